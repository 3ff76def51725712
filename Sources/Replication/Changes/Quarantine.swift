import Registry

/// Authentic changes that do not count: told to their author's node, and decided about by a person.
package enum Quarantine: Sendable, Hashable {
    case notice(QuarantineNotice)
    case ruling(QuarantineRuling)
}

/// What a tier tells the node whose changes it quarantined.
package struct QuarantineNotice: Sendable, Hashable {
    package static let maximumChanges = 1000

    /// Stable name.
    package var rule: String
    package var detail: String
    package var replica: ReplicaID
    /// Of the changes, ascending, 1…``maximumChanges``.
    package var counters: [UInt64]

    package init(rule: String, detail: String, replica: ReplicaID, counters: [UInt64]) {
        (self.rule, self.detail, self.replica, self.counters) = (rule, detail, replica, counters)
    }
}

/// A person releases one quarantined change, or rejects it for good. Judged by competence like any act.
package struct QuarantineRuling: Sendable, Hashable {
    /// Raw values are sealed.
    package enum Outcome: UInt32, Sendable, Hashable {
        case released = 1
        case rejected = 2
    }

    package var change: Dot
    /// The rule it is released from; others still hold it.
    package var rule: String
    package var outcome: Outcome
    package var reason: String

    package init(change: Dot, rule: String, outcome: Outcome, reason: String) {
        (self.change, self.rule, self.outcome, self.reason) = (change, rule, outcome, reason)
    }
}
