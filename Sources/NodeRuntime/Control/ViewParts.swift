/// The whole view of a decision for people: five dimensions, what contradicts what, and who has to act (rules.md 3.3).
package struct ViewParts: Codable, Sendable {
    package struct Say: Codable, Sendable {
        package var value: String
        /// R0…R4 with the document.
        package var basis: String
        package var unit: String
        package var change: String
    }

    package struct Conflict: Codable, Sendable {
        package var part: String
        package var material: Bool
        /// What all of them had seen; nil = they agreed on nothing.
        package var lastAgreed: String?
        package var says: [Say]
    }

    package struct Proposal: Codable, Sendable {
        package var part: String
        /// not-competent, ceded, outranked.
        package var reason: String
        package var say: Say
    }

    package struct Revoked: Codable, Sendable {
        package var document: String
        package var reason: String
        package var rank: UInt32
        package var effectiveOn: String?
    }

    package var label: String
    package var dispute: String
    package var repair: String
    package var fulfilment: String
    package var publication: String
    /// Every reason why it is not published.
    package var reasons: [String]
    package var publicUntil: String?
    /// How many corrections count.
    package var corrections: Int
    package var litigation: [String]
    /// Other records of the same decision.
    package var aliases: [String]
    /// Records that came again without a new decision document (M33).
    package var blocked: [String]
    /// Where the canonical record of the same decision stands that is not held here.
    package var elsewhere: String? = nil
    package var revocations: [Revoked]
    package var conflicts: [Conflict]
    package var proposals: [Proposal]
    package var cases: [CasesCommand.Line]
    package var tickets: [TicketsCommand.Line]
    /// Before it is effective: what an edit is based on.
    package var draft: DraftsCommand.Line?
}

/// What waits for people at a node, for its status.
package struct OpenWork: Codable, Sendable {
    package var tickets: Int
    package var cases: Int
    package var overdue: Int
    /// Come up from nodes below.
    package var escalated: Int
    package var drafts: Int
    package var submitted: Int
    /// Users of look-ups to be told.
    package var notices: Int
    /// There are more than were looked at.
    package var isCut: Bool
    /// The nearest of all dates.
    package var lines: [DeadlinesCommand.Line]
}
