import Registry

/// Who has to decide what nodes cannot (rules.md 3.4, column reviewer).
package enum Reviewer: String, Sendable, Hashable {
    /// 审核员 of the deciding unit, and not one of the authors.
    case decidingUnit = "deciding-unit"
    case decidingUnitHead = "deciding-unit-head"
    case legalOfficer = "legal-officer"
    /// 信用办 one tier above the home.
    case parent
    case decidingUnitAndParent = "deciding-unit-and-parent"
    case objectionOfficer = "objection-officer"
    /// 审核员 where a blocked change came from.
    case sender
    /// Whoever wrote what came to nothing: it is for knowing, not for deciding.
    case author
}

/// A question for a person. Derived, never minted: it is there while its reason is, and its id follows from its changes.
package struct Ticket: Sendable, Hashable {
    /// Number of the merge rule, or of the transition, that asks: `M3`, `T9`.
    package let rule: String
    /// What it is about, ascending by origin.
    package let changes: [Dot]
    package let reviewer: Reviewer
    /// Publication waits for the answer.
    package let suspends: Bool
    /// To answer, where the rule says so; a profile sets it.
    package let term: Term?
    /// Field numbers, or what the check said.
    package let detail: String

    package init(_ rule: String, _ changes: [Dot], _ reviewer: Reviewer, suspends: Bool = false, term: Term? = nil, detail: String = "") {
        self.rule = rule
        self.changes = changes.sorted()
        self.reviewer = reviewer
        self.suspends = suspends
        self.term = term
        self.detail = detail
    }

    /// Equal tickets, equal bytes; a ticket's id is the digest of them.
    package var canonicalText: String {
        "\(rule) \(reviewer.rawValue) \(changes.map(\.description).joined(separator: " ")) \(detail.utf8.count):\(detail)"
    }
}
