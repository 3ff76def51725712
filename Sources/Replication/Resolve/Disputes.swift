import Registry

/// Where a case stands.
package enum CaseStatus: String, Sendable, Hashable {
    case open
    case upheld
    case rejected
    case unverifiable
    /// Decided, and the subject asked the next tier; or two decisions of one instance contradict each other (M16).
    case underReview = "under-review"
    /// The record was revoked: nothing is left to decide, in the subject's favour (M11).
    case moot
}

/// What a reply counts for.
package enum ReplyWeight: String, Sendable, Hashable {
    case counts
    /// Outside the competence of who gave it: an opinion (M14).
    case opinion
    /// Its author knew of a superior decision (M17).
    case ceded
    /// Overruled by a later one that saw it, or by a superior one (M15).
    case overruled
}

package struct CaseReply: Sendable, Hashable {
    package let change: Dot
    package let outcome: ObjectionOutcome
    package let rank: InstrumentRank
    package let unit: String
    package let weight: ReplyWeight
}

package struct CaseReceipt: Sendable, Hashable {
    package let change: Dot
    /// Node whose window accepted it.
    package let at: NodePath
    package let number: String
    package let acceptedOn: CivilDate
}

/// One objection case: every acceptance of the same claim by the same claimant, at whatever window (M12).
package struct CaseView: Sendable, Hashable {
    /// The smallest origin among its objections.
    package let id: Dot
    package let ground: ObjectionGround
    package let fields: [UInt32]
    package let claimant: String
    /// Ascending by origin; none is ever lost.
    package let receipts: [CaseReceipt]
    package let status: CaseStatus
    package let replies: [CaseReply]
    /// The subject is owed a reply, on the clock of the earliest acceptance.
    package let replyOwed: Bool
    /// Effective corrections of disputed fields: “changed to …” (M9). They close nothing.
    package let touched: [Dot]
    /// Replies that contradict each other at one instance (M16).
    package let contradiction: [Dot]

    package var clockFrom: CivilDate { receipts.map(\.acceptedOn).min() ?? CivilDate.earliest }
    package var isOpen: Bool {
        switch status {
        case .open, .underReview: true
        case .upheld, .rejected, .unverifiable, .moot: false
        }
    }
}

/// The cases of a decision (M9–M17).
struct Disputes {
    private(set) var cases: [CaseView] = []

    init(_ members: Members, _ history: History, _ content: Content, isRevoked: Bool, _ circumstances: Setting) {
        guard history.sorts.contains(.objection) else { return }
        let filings = Filings(history)
        guard !filings.objections.isEmpty else { return }
        let court = Court(members: members, history: history, circumstances: circumstances, home: members.home(history))
        let touched = Disputes.corrected(content, history)
        cases = filings.groups(history).map { Disputes.view($0, filings, court, touched, isRevoked) }
    }

    /// Effective corrections with the parts they set.
    private static func corrected(_ content: Content, _ history: History) -> [(change: Dot, parts: [UInt32])] {
        guard !content.corrections.isEmpty else { return [] }
        let effective = Set(content.corrections)
        return history.indices(of: .correction).compactMap { index in
            let held = history.changes[index]
            guard case .act(.correction(let correction)) = held.change.kind, effective.contains(held.origin) else { return nil }
            return (held.origin, correction.parts.map(\.part.number))
        }
    }

    private static func view(
        _ group: [Int], _ filings: Filings, _ court: Court, _ touched: [(change: Dot, parts: [UInt32])], _ isRevoked: Bool
    ) -> CaseView {
        let history = court.history
        var receipts: [CaseReceipt] = []
        var first: Objection?
        var claims: [Claim<ObjectionOutcome>] = [], opinions: [Int] = [], reviewAsked = false
        for index in group {
            guard case .act(.objection(let objection)) = history.changes[index].change.kind else { continue }
            let held = history.changes[index]
            first = first ?? objection
            receipts.append(CaseReceipt(change: held.origin, at: held.origin.replica.path, number: objection.receipt, acceptedOn: objection.acceptedOn))
            reviewAsked = reviewAsked || filings.reviews.contains(held.origin)
            for answer in filings.replies[held.origin] ?? [] {
                guard case .act(.reply(let reply)) = history.changes[answer].change.kind else { continue }
                if court.mayDecide(reply, objection.ground, history.changes[answer]) {
                    claims.append(Claim(change: answer, basis: reply.basis, value: reply.outcome))
                } else {
                    opinions.append(answer)
                }
            }
        }
        guard let first else { preconditionFailure("a group has an objection") }
        claims.sort { $0.change < $1.change }
        let settled = Settlement(claims, in: history)
        let standing = Set(settled.standing.map(\.change)), ceded = Set(settled.ceded.map(\.change))
        var replies = claims.map { claim in
            history.reply(claim.change, standing.contains(claim.change) ? .counts : ceded.contains(claim.change) ? .ceded : .overruled)
        }
        replies += opinions.map { history.reply($0, .opinion) }
        let disputed = Set(first.fields)
        return CaseView(
            id: history.changes[group[0]].origin, ground: first.ground, fields: first.fields, claimant: first.claimant, receipts: receipts,
            status: status(settled, reviewAsked: reviewAsked, isRevoked: isRevoked), replies: replies.sorted { $0.change < $1.change },
            replyOwed: claims.isEmpty, touched: touched.filter { disputed.isEmpty || $0.parts.contains(where: disputed.contains) }.map(\.change),
            contradiction: settled.isConflict ? settled.standing.map { history.changes[$0.change].origin } : [])
    }

    private static func status(_ settled: Settlement<ObjectionOutcome>, reviewAsked: Bool, isRevoked: Bool) -> CaseStatus {
        if isRevoked { return .moot }
        if settled.isConflict { return .underReview }
        // A review, or what binds it, is final; before it a request keeps the case open.
        if reviewAsked, !settled.standing.isEmpty, !settled.standing.contains(where: { $0.basis.rank >= .superior }) { return .underReview }
        return switch settled.agreed {
        case .upheld: .upheld
        case .rejected: .rejected
        case .unverifiable: .unverifiable
        case nil: .open
        }
    }
}

/// Objections of a decision, and what answers each.
private struct Filings {
    private(set) var objections: [(index: Int, objection: Objection)] = []
    private(set) var replies: [Dot: [Int]] = [:]
    private(set) var reviews: Set<Dot> = []

    init(_ history: History) {
        let filed: ChangeSort = [.objection, .reply, .review]
        for (index, held) in history.changes.enumerated() where filed.contains(held.sort) && !held.sort.isEmpty {
            guard case .act(let act) = held.change.kind else { continue }
            switch act {
            case .objection(let objection): objections.append((index, objection))
            case .reply(let reply): replies[reply.objection, default: []].append(index)
            case .reviewRequest(let request): reviews.insert(request.objection)
            case .correction, .upheld, .forwarding, .repair, .publication, .litigation, .identity, .fulfilment: continue
            }
        }
    }

    /// What is said and by whom. One whose author knew of replies to the claim opens it anew.
    private struct ClaimKey: Hashable {
        let ground: ObjectionGround
        let fields: [UInt32]
        let claimant: String
        var round = 0

        init(_ objection: Objection) { (ground, fields, claimant) = (objection.ground, objection.fields, objection.claimant) }
    }

    /// Indices of the objections of each case, ascending; cases ascending by their first.
    func groups(_ history: History) -> [[Int]] {
        if objections.count == 1 { return [[objections[0].index]] }
        var answers: [ClaimKey: [Int]] = [:]
        for one in objections { answers[ClaimKey(one.objection), default: []] += replies[history.changes[one.index].origin] ?? [] }
        var groups: [ClaimKey: [Int]] = [:]
        for one in objections {
            var key = ClaimKey(one.objection)
            if let answers = answers[key], !answers.isEmpty { key.round = answers.count { history.saw(one.index, $0) } }
            groups[key, default: []].append(one.index)
        }
        return groups.values.sorted { $0[0] < $1[0] }
    }
}

/// Who may decide what (T9, T10, M14): content is the deciding unit's, grounds of the platform are the platform's; reviews
/// come from a tier above the home; courts and reconsideration bind whoever enters their document.
private struct Court {
    let members: Members
    let history: History
    let circumstances: Setting
    let home: NodePath

    func mayDecide(_ reply: ObjectionReply, _ ground: ObjectionGround, _ held: HeldChange) -> Bool {
        let author = held.origin.replica.path
        let above = author.isAncestorOrSelf(of: home) && (author != home || home.depth == 1)
        switch reply.basis.rank {
        case .technical: return ground.isOfPlatform && above
        case .decidingUnit: return ground.isOfPlatform ? above : members.isDeciding(held.change.actor.unit, circumstances.units)
        case .superior: return above
        case .reconsideration, .court: return !reply.basis.document.isEmpty
        }
    }
}

extension History {
    fileprivate func reply(_ index: Int, _ weight: ReplyWeight) -> CaseReply {
        let held = changes[index]
        guard case .act(.reply(let reply)) = held.change.kind else { preconditionFailure("only replies are weighed") }
        return CaseReply(change: held.origin, outcome: reply.outcome, rank: reply.basis.rank, unit: held.change.actor.unit, weight: weight)
    }
}
