/// What goes with a file that is taken in; its bytes follow as the request body.
package struct StageOptions: Codable, Sendable, Hashable {
    package var fileName: String
    package var fileBytes: Int

    package init(fileName: String, fileBytes: Int) { (self.fileName, self.fileBytes) = (fileName, fileBytes) }
}

/// A file taken in, waiting to be named by ``AttachCommand``; forgotten after an hour.
package struct StagedFile: Codable, Sendable, Hashable {
    package var token: String
    package var fileName: String
    package var mediaType: String
    package var size: UInt64

    package init(token: String, fileName: String, mediaType: String, size: UInt64) {
        (self.token, self.fileName, self.mediaType, self.size) = (token, fileName, mediaType, size)
    }
}

/// Attaches staged files to an effective record of this node: all of them, or none.
package struct AttachCommand: ControlCommand {
    package static let name = "attach"
    /// A record id, or a document number that only it has.
    package var record: String
    package var files: [StagedFile]
    package var actor: ActorOptions

    package init(record: String, files: [StagedFile], actor: ActorOptions) {
        self.record = record
        self.files = files
        self.actor = actor
    }

    package struct File: Codable, Sendable, Hashable {
        package var name: String
        package var mediaType: String
        package var size: UInt64
        package var digest: String
        /// added, or unchanged: the record has these bytes already.
        package var outcome: String
    }
    package struct Response: Codable, Sendable {
        package var record: String
        package var files: [File]
    }
}

/// One attachment in the answer to ``ShowCommand``.
package struct AttachmentLine: Codable, Sendable, Hashable {
    package var name: String
    package var mediaType: String
    package var size: UInt64
    package var digest: String
    package var change: String
    /// held, on-its-way, missing.
    package var state: String
    /// Of its bytes, 0…100.
    package var percent: Int
    /// Where it is missing, and why.
    package var trouble: String?
}

/// Which attachment to give; its bytes are the answer.
package struct FetchOptions: Codable, Sendable, Hashable {
    package var record: String
    /// Name, or the beginning of the digest; nil where the record has just one.
    package var which: String?

    package init(record: String, which: String?) { (self.record, self.which) = (record, which) }
}

package struct FetchedFile: Codable, Sendable, Hashable {
    package var record: String
    package var name: String
    package var mediaType: String
    package var size: UInt64
    package var digest: String

    package init(record: String, name: String, mediaType: String, size: UInt64, digest: String) {
        (self.record, self.name, self.mediaType, self.size, self.digest) = (record, name, mediaType, size, digest)
    }
}
