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
        if filings.objections.count == 1 {
            cases = [Disputes.view([filings.objections[0].index], filings, court, content, isRevoked)]
        } else {
            cases = filings.groups(history).map { Disputes.view($0, filings, court, content, isRevoked) }
        }
    }

    /// Effective corrections of disputed fields.
    private static func touched(_ disputed: [UInt32], _ content: Content, _ history: History) -> [Dot] {
        if content.effective.isEmpty { return [] }
        if disputed.isEmpty { return content.corrections }
        let many = disputed.count > 8 ? Set(disputed) : []
        var touched: [Dot] = []
        for index in content.effective {
            guard case .correction(let one) = history.changes[index].said else { continue }
            if one.correction.touches({ many.isEmpty ? disputed.contains($0) : many.contains($0) }) { touched.append(history.changes[index].origin) }
        }
        return touched
    }

    private static func view(_ group: [Int], _ filings: Filings, _ court: Court, _ content: Content, _ isRevoked: Bool) -> CaseView {
        let history = court.history
        var receipts: [CaseReceipt] = []
        var first: SaidObjection?
        var claims: [Claim<ObjectionOutcome>] = [], opinions: [Int] = [], reviewAsked = false
        for index in group {
            let held = history.changes[index]
            guard case .objection(let said) = held.said else { continue }
            first = first ?? said
            receipts.append(
                CaseReceipt(change: held.origin, at: held.origin.replica.path, number: said.objection.receipt, acceptedOn: said.objection.acceptedOn))
            reviewAsked = reviewAsked || filings.reviews.contains(held.origin)
            filings.eachReply(to: held.origin) { answer in
                guard case .reply(let reply) = history.changes[answer].said else { return }
                if court.mayDecide(reply, said.objection.ground, history.changes[answer]) {
                    claims.append(Claim(change: answer, rank: reply.reply.basis.rank, value: reply.reply.outcome))
                } else {
                    opinions.append(answer)
                }
            }
        }
        guard let first else { preconditionFailure("a group has an objection") }
        if group.count > 1 { claims.sort { $0.change < $1.change } }
        let settled = Settlement(claims, in: history)
        var replies = weighed(claims, settled, history)
        if !opinions.isEmpty {
            replies += opinions.map { history.reply($0, .opinion) }
            replies.sort { $0.change < $1.change }
        }
        return CaseView(
            id: history.changes[group[0]].origin, ground: first.objection.ground, fields: first.objection.fields, claimant: first.objection.claimant, receipts: receipts,
            status: status(settled, reviewAsked: reviewAsked, isRevoked: isRevoked), replies: replies, replyOwed: claims.isEmpty,
            touched: touched(first.objection.fields, content, history),
            contradiction: settled.isConflict ? settled.standing.map { history.changes[$0.change].origin } : [])
    }

    /// Claims, and what became of them, ascend alike.
    private static func weighed(_ claims: [Claim<ObjectionOutcome>], _ settled: Settlement<ObjectionOutcome>, _ history: History) -> [CaseReply] {
        var standing = 0, ceded = 0, replies: [CaseReply] = []
        replies.reserveCapacity(claims.count)
        for claim in claims {
            var weight = ReplyWeight.overruled
            if ceded < settled.ceded.count, settled.ceded[ceded].change == claim.change { (weight, ceded) = (.ceded, ceded + 1) }
            if standing < settled.standing.count, settled.standing[standing].change == claim.change { (weight, standing) = (.counts, standing + 1) }
            replies.append(history.reply(claim.change, weight))
        }
        return replies
    }

    private static func status(_ settled: Settlement<ObjectionOutcome>, reviewAsked: Bool, isRevoked: Bool) -> CaseStatus {
        if isRevoked { return .moot }
        if settled.isConflict { return .underReview }
        // A review, or what binds it, is final; before it a request keeps the case open.
        if reviewAsked, !settled.standing.isEmpty, !settled.standing.contains(where: { $0.rank >= .superior }) { return .underReview }
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
    private(set) var objections: [(index: Int, said: SaidObjection)] = []
    private(set) var replies: Few<Dot, [Int]> = Few()
    private(set) var reviews: Set<Dot> = []

    init(_ history: History) {
        for index in history.changes.indices {
            let held = history.changes[index]
            switch held.said {
            case .objection(let said): objections.append((index, said))
            case .reply(let said):
                let place = replies.place(of: said.reply.objection, new: [])
                replies[place].append(index)
            case .state, .correction: continue
            case .other:
                guard held.sort == .review, case .act(.reviewRequest(let request)) = held.change.kind else { continue }
                reviews.insert(request.objection)
            }
        }
    }

    /// Ascending.
    func eachReply(to objection: Dot, _ body: (Int) -> Void) {
        guard let place = replies.place(of: objection) else { return }
        for index in replies.entries[place].value { body(index) }
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
        var answers: [ClaimKey: [Int]] = [:]
        for one in objections { eachReply(to: history.changes[one.index].origin) { answers[ClaimKey(one.said.objection), default: []].append($0) } }
        var groups: [ClaimKey: [Int]] = [:]
        for one in objections {
            var key = ClaimKey(one.said.objection)
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

    func mayDecide(_ said: SaidReply, _ ground: ObjectionGround, _ held: HeldChange) -> Bool {
        switch said.reply.basis.rank {
        case .technical: ground.isOfPlatform && isAbove(held.origin.replica.path)
        case .decidingUnit: ground.isOfPlatform ? isAbove(held.origin.replica.path) : members.isDeciding(held.change.actor.unit, circumstances)
        case .superior: isAbove(held.origin.replica.path)
        case .reconsideration, .court: !said.reply.basis.document.isEmpty
        }
    }

    private func isAbove(_ author: NodePath) -> Bool { author.isAncestorOrSelf(of: home) && (author != home || home.depth == 1) }
}

extension History {
    fileprivate func reply(_ index: Int, _ weight: ReplyWeight) -> CaseReply {
        let held = changes[index]
        guard case .reply(let said) = held.said else { preconditionFailure("only replies are weighed") }
        return CaseReply(change: held.origin, outcome: said.reply.outcome, rank: said.reply.basis.rank, unit: held.change.actor.unit, weight: weight)
    }
}
