/// Withdraws a record of this node for good; travels ahead of everything else.
package struct RevokeCommand: ControlCommand {
    package static let name = "revoke"
    /// A record id, or a document number that only one record has.
    package var record: String
    /// Number of the document by which it is withdrawn.
    package var document: String
    package var reason: String
    /// Rank of that document: 1 the deciding unit, 2 the superior organ, 3 reconsideration, 4 court.
    package var rank: UInt32
    package var actor: ActorOptions

    package init(record: String, document: String, reason: String, rank: UInt32 = 1, actor: ActorOptions) {
        self.record = record
        self.document = document
        self.reason = reason
        self.rank = rank
        self.actor = actor
    }

    package struct Response: Codable, Sendable {
        package var record: String
        package var change: String
    }
}

/// Enters this node's records of an item into the wider audience the newest catalogue gives it.
package struct WidenCommand: ControlCommand {
    package static let name = "widen"
    /// Code of the catalogue item.
    package var item: String
    package var actor: ActorOptions

    package init(item: String, actor: ActorOptions) {
        self.item = item
        self.actor = actor
    }

    package struct Response: Codable, Sendable {
        package var item: String
        package var entered: Int
        package var already: Int
    }
}
