import Registry

/// What kind of list it is (红黑名单). Raw values are sealed.
package enum ListKind: UInt32, Sendable, Hashable, CaseIterable {
    case other = 0
    /// 严重失信主体名单.
    case serious = 1
    /// 守信激励对象: suspended while the subject stands on a serious list (M27).
    case red = 2
    /// 重点关注名单.
    case watch = 3
    /// 经营异常名录.
    case abnormal = 4

    package var name: String {
        switch self {
        case .other: "other"
        case .serious: "serious"
        case .red: "red"
        case .watch: "watch"
        case .abnormal: "abnormal"
        }
    }

    package init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}

/// The subject was told the grounds before it is listed (告知, T19).
package struct ListNotice: Sendable, Hashable {
    /// Normalised number; never empty.
    package var document: String
    package var servedOn: CivilDate

    package init(document: String, servedOn: CivilDate) { (self.document, self.servedOn) = (document, servedOn) }
}

/// Raw values are sealed.
package enum ListIntent: UInt32, Sendable, Hashable, CaseIterable {
    case add = 1
    case remove = 2
    /// A mirrored list is wrong, somebody here says; its own authority stands above (M28).
    case objection = 3

    package var name: String {
        switch self {
        case .add: "add"
        case .remove: "remove"
        case .objection: "objection"
        }
    }
}

/// How somebody who may not change a list wants it changed (T19: a street may only propose).
package struct ListProposal: Sendable, Hashable {
    package var list: Dot
    package var intent: ListIntent
    package var subject: SubjectKey
    package var name: String
    /// Normalised number of the decision.
    package var document: String
    /// Code of the unit that made the decision.
    package var authority: String
    package var since: CivilDate
    /// nil = until removed.
    package var until: CivilDate?
    /// And the criteria it rests on.
    package var reason: String
    package var notice: ListNotice?

    package init(
        list: Dot, intent: ListIntent, subject: SubjectKey, name: String, document: String, authority: String, since: CivilDate, until: CivilDate? = nil,
        reason: String, notice: ListNotice? = nil
    ) {
        self.list = list
        self.intent = intent
        self.subject = subject
        self.name = name
        self.document = document
        self.authority = authority
        self.since = since
        self.until = until
        self.reason = reason
        self.notice = notice
    }

    /// Where a proposal of `author` goes: from one of the two to the other, and to whom stands between.
    package static func audience(from author: NodePath, to issuer: NodePath) -> Audience? {
        guard author.isInLine(with: issuer) else { return nil }
        return .lineage(of: author.depth > issuer.depth ? author : issuer, upTo: min(author.depth, issuer.depth))
    }
}

/// What the list's issuer decided.
package struct ListReply: Sendable, Hashable {
    package var proposal: Dot
    package var list: Dot
    package var outcome: ProposalReply.Outcome
    package var reason: String
    /// The entry or removal that carries it out; only when adopted.
    package var result: Dot?

    package init(proposal: Dot, list: Dot, outcome: ProposalReply.Outcome, reason: String, result: Dot?) {
        self.proposal = proposal
        self.list = list
        self.outcome = outcome
        self.reason = reason
        self.result = result
    }
}
