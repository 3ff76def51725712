/// What an export takes: the JSON of `POST /v1/export`, whose answer is the file.
package struct ExportOptions: Codable, Sendable, Hashable {
    /// A node path (ledgers written at it or below) or a ledger's full name; nil = all ledgers held.
    package var ledger: String?
    /// Drafts and other ledgers that never leave the node by themselves.
    package var includeLocal: Bool

    package init(ledger: String? = nil, includeLocal: Bool = false) { (self.ledger, self.includeLocal) = (ledger, includeLocal) }
}

package struct ExportProgress: Codable, Sendable {
    package var entries: UInt64
    /// Entries that the file will hold.
    package var planned: UInt64
    package var bytes: Int
}

package struct ExportReport: Codable, Sendable {
    package var file: String
    package var bytes: Int
    package var ledgers: UInt64
    package var entries: UInt64
    package var changes: UInt64
    package var keys: UInt64
    package var receipts: UInt64
    package var statements: UInt64
    package var includesLocal: Bool
    /// SHA-256 of the root certificate by which the file can be checked, hexadecimal: `verify --file … --ca …`.
    package var ledgerRoot: String
    package var milliseconds: Int
}

/// What checking an export file found.
package struct ExportVerifyReport: Codable, Sendable {
    package var file: String
    package var exporter: String?
    package var exportedAt: String?
    /// SHA-256 of the root certificate everything was checked against.
    package var ledgerRoot: String?
    package var includesLocal: Bool
    package var ledgers: Int
    package var entries: Int
    package var changes: Int
    package var missingBodies: Int
    package var keys: Int
    package var receipts: Int
    package var statements: Int
    /// Entries by name of the suite.
    package var suites: [String: Int]
    package var faults: [VerifyCommand.Fault]
    /// No faults: what somebody signed for and the file does not hold.
    package var notes: [VerifyCommand.Fault]
    package var milliseconds: Int
}
