package struct StatusCommand: ControlCommand {
    package static let name = "status"
    package init() {}
    package typealias Response = StatusReport
}

package struct StatusReport: Codable, Sendable {
    package struct Backlog: Codable, Sendable, Hashable {
        package var relief: Int
        package var ordinary: Int
        package init(relief: Int, ordinary: Int) { (self.relief, self.ordinary) = (relief, ordinary) }
    }
    package struct Link: Codable, Sendable {
        /// parent or child.
        package var role: String
        package var peer: String
        /// connected, synchronising, waiting, cut, refused, never.
        package var state: String
        package var address: String?
        package var lastContact: String?
        /// Milliseconds since the last contact; 0 while connected.
        package var silentMs: Int?
        /// Changes not yet durable at the peer (parent links) or not yet held by it (child links).
        package var backlog: Backlog
        /// Age of the oldest change in the backlog, milliseconds; 0 when empty.
        package var lagMs: Int
        package var lastError: String?
        /// This child was suspended here; its line stays down.
        package var suspended = false

        /// ``state``, or that the child is suspended: what people are shown.
        package var word: String { suspended ? "suspended" : state }
    }
    /// When this was put together.
    package var asOf: String
    package var path: String
    package var incarnation: String
    /// Of this node's ledger key; other nodes may have the other one.
    package var suite: String
    /// SHA-256 of the ledger root certificate, hexadecimal: what exports are checked against.
    package var ledgerRoot: String?
    package var tier: Int
    package var serving: Bool
    package var software: String
    package var listen: String?
    package var statusPage: String?
    package var startedAt: String?
    package var changeSets: Int
    package var changes: Int
    package var records: Int
    package var waiting: Int
    package var quarantined: Int
    package var catalogue: UInt64?
    package var links: [Link]
    package var lists: [ListSummary]
    package var counts: [RecordsCommand.Count]
    /// Contents of attachments.
    package struct Attachments: Codable, Sendable, Hashable {
        /// Held whole.
        package var held = 0
        /// Described by changes held here and not held whole.
        package var wanted = 0
        /// Bytes stored.
        package var bytes: UInt64 = 0

        package init(held: Int = 0, wanted: Int = 0, bytes: UInt64 = 0) { (self.held, self.wanted, self.bytes) = (held, wanted, bytes) }
    }
    package var attachments = Attachments()
    /// What waits for people here.
    package var open: OpenWork?
    /// Work on records held elsewhere, and forked replicas.
    package var passing: PassingWork?
    /// Ledgers whose author says there is more than we hold, or that were silent too long.
    package var warnings: [String]
    /// The federation as known here: from the root down to everything below this node.
    package var tree: TreeNode
}
