import Registry

/// The shape of an export file: docs/wire-format.md, section Export.
package enum ExportFormat {
    /// The newest that this code writes and reads.
    package static let current: UInt32 = 1
    /// The file's first line, with its line feed.
    package static let magic = Array("creditnode export 1\n".utf8)
    /// Bytes of a record, without its length.
    package static let maximumRecord = 4 * 1024 * 1024
    /// Tips that receipts and statements of one file may name: as on a link.
    package static let maximumClaims = 1 << 20
    /// Certificates in one record.
    package static let maximumCertificates = 64
}

/// Who wrote an export, when, and what of.
package struct ExportHeader: Sendable, Hashable {
    package var exporter: ReplicaID
    /// Milliseconds since 1970.
    package var exportedAt: UInt64
    package var software: String
    /// DER: offered, not trusted.
    package var roots: [[UInt8]]
    package var includesLocal: Bool
    /// What the ledgers were chosen by; empty = all.
    package var filter: String
    /// Change sets that follow.
    package var plannedEntries: UInt64

    package init(exporter: ReplicaID, exportedAt: UInt64, software: String, roots: [[UInt8]], includesLocal: Bool, filter: String, plannedEntries: UInt64) {
        self.exporter = exporter
        self.exportedAt = exportedAt
        self.software = software
        self.roots = roots
        self.includesLocal = includesLocal
        self.filter = filter
        self.plannedEntries = plannedEntries
    }
}

/// A ledger key with what certifies it.
package struct ExportKey: Sendable, Hashable {
    package var key: Digest
    package var path: NodePath
    /// DER, leaf first, root last.
    package var chain: [[UInt8]]
    /// Of a second or later key of the path.
    package var continuity: KeyContinuity?

    package init(key: Digest, path: NodePath, chain: [[UInt8]], continuity: KeyContinuity?) {
        self.key = key
        self.path = path
        self.chain = chain
        self.continuity = continuity
    }
}

/// How much an export holds, so that an end that is cut off shows.
package struct ExportTrailer: Sendable, Hashable {
    package var keys: UInt64 = 0
    package var receipts: UInt64 = 0
    package var statements: UInt64 = 0
    package var ledgers: UInt64 = 0
    package var entries: UInt64 = 0
    package var changes: UInt64 = 0
    /// Over every record before the trailer.
    package var digest: Digest = .zero

    package init() {}
}

/// One record of an export file.
package enum ExportRecord: Sendable, Hashable {
    case header(ExportHeader)
    case key(ExportKey)
    case receipt(SignedReceipt)
    case statement(SignedStatement)
    /// The entries of this ledger follow, from 1 to the tip.
    case ledger(LedgerTip)
    case entry(SealedChangeSet)
    case trailer(ExportTrailer)
}

/// Cuts the bytes of an export file, fed as they come, into records. Holds one record at most.
package struct ExportCutter {
    private var rest: [UInt8] = []
    private var begun = false

    package init() {}

    /// Whether the bytes so far end where a record ends.
    package var isWhole: Bool { begun && rest.isEmpty }

    /// - Throws: ``CodingFault`` when it is no export file or a length breaks the bound; nothing after that can be read.
    package mutating func feed(_ bytes: some Sequence<UInt8>, _ body: ([UInt8]) throws -> Void) throws {
        rest += bytes
        var at = 0
        if !begun {
            guard rest.count >= ExportFormat.magic.count else {
                guard ExportFormat.magic.starts(with: rest) else { throw CodingFault("not an export file: it begins otherwise") }
                return
            }
            guard rest.starts(with: ExportFormat.magic) else { throw CodingFault("not an export file, or one of a newer format: it begins otherwise") }
            begun = true
            at = ExportFormat.magic.count
        }
        while rest.count - at >= 4 {
            let length = rest[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
            guard (1...ExportFormat.maximumRecord).contains(length) else { throw CodingFault("a record of \(length) bytes; 1…\(ExportFormat.maximumRecord)") }
            guard rest.count - at - 4 >= length else { break }
            try body(Array(rest[at + 4..<at + 4 + length]))
            at += 4 + length
        }
        rest.removeFirst(at)
    }
}
