import Registry

/// A file that belongs to a record, as its change describes it. The content travels and is kept apart.
package struct Attachment: Sendable, Hashable {
    /// Most bytes of one file: a scanned decision of some dozen pages.
    package static let maximumBytes: UInt64 = 20 * 1024 * 1024
    package static let maximumNameBytes = 200
    package static let saltBytes = 16
    /// What the digest begins with.
    package static let label = "creditnode attachment v1"

    /// As people see it: 1…200 bytes, no control characters, no path.
    package let name: String
    /// `type/subtype`, 3…100 bytes.
    package let mediaType: String
    /// 1…20 MiB.
    package let size: UInt64
    /// H_suite(label ‖ salt ‖ content).
    package let digest: Digest
    /// 16 random bytes. With the body erased nobody can try contents against the digest.
    package let salt: [UInt8]
    /// Whose hash function made the digest; named here so that a copy of the change under a key of another
    /// suite still fits.
    package let suite: Suite

    /// - Throws: ``CodingFault`` naming the bound that is broken.
    package init(name: String, mediaType: String, size: UInt64, digest: Digest, salt: [UInt8], suite: Suite) throws(CodingFault) {
        guard Attachment.isName(name) else { throw CodingFault("no name for an attachment: \(name.bounded(80))") }
        guard Attachment.isMediaType(mediaType) else { throw CodingFault("no media type: \(mediaType.bounded(80))") }
        guard (1...Attachment.maximumBytes).contains(size) else { throw CodingFault("an attachment of \(size) bytes; 1…\(Attachment.maximumBytes) are possible") }
        guard salt.count == Attachment.saltBytes else { throw CodingFault("the salt of an attachment has \(salt.count) bytes") }
        self.name = name
        self.mediaType = mediaType
        self.size = size
        self.digest = digest
        self.salt = salt
        self.suite = suite
    }

    package static func isName(_ name: String) -> Bool {
        (1...maximumNameBytes).contains(name.utf8.count) && name != "." && name != ".."
            && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && $0 != "/" && $0 != "\\" }
    }

    private static func isMediaType(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return text.utf8.count <= 100 && parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0x21...0x7E).contains($0) } }
    }
}

/// Files added to an existing record, by its home.
package struct AttachmentsAdded: Sendable, Hashable {
    package static let maximumFiles = 16

    /// 1…16.
    package let attachments: [Attachment]

    /// - Throws: ``CodingFault`` for none, or more than 16.
    package init(_ attachments: [Attachment]) throws(CodingFault) {
        guard (1...AttachmentsAdded.maximumFiles).contains(attachments.count) else {
            throw CodingFault("\(attachments.count) attachments in one change; 1…\(AttachmentsAdded.maximumFiles) are possible")
        }
        self.attachments = attachments
    }
}
