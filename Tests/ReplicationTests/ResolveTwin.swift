import Registry
import Replication

/// A deliberately simple twin of `resolve` for one decision: the definitions written down, every change compared with every
/// other, no indexes. What it says, the real one must say.
struct ResolveTwin {
    struct Answer: Equatable {
        var id: Dot
        var isRevoked: Bool
        var subject: String
        var fields: [RecordField]
        var conflicts: [UInt32]
        var proposals: Set<Dot>
        var statuses: [Dot: CaseStatus]
        var receipts: Set<String>
        var repair: RepairState
        var fulfilment: FulfilmentState
        var litigation: Set<String>
    }

    private struct Say {
        var held: HeldChange
        var basis: Basis
        var value: String
    }

    let changes: [HeldChange]
    let home: NodePath

    init(_ held: [HeldChange], home: NodePath) {
        var once: [Dot: HeldChange] = [:]
        for one in held { once[one.origin] = one }
        changes = once.values.sorted { $0.origin < $1.origin }
        self.home = home
    }

    private func saw(_ a: HeldChange, _ b: HeldChange) -> Bool { a.record == b.record && a.change.context.contains(b.origin) }

    /// Those nothing overrules, of the highest rank, last of their procedure.
    private func standing(_ says: [Say]) -> (standing: [Say], lost: [Say]) {
        if says.count < 2 { return (says, []) }
        var live = says.filter { x in !says.contains { y in y.basis.rank > x.basis.rank && saw(x.held, y.held) } }
        if live.isEmpty { live = says }
        var open = live.filter { x in !live.contains { y in y.basis.rank >= x.basis.rank && saw(y.held, x.held) } }
        if open.isEmpty { open = live }
        let top = open.map(\.basis.rank).max() ?? .technical
        var best = open.filter { $0.basis.rank == top }
        let last = best.filter { x in !best.contains { y in !y.basis.follows.isEmpty && y.basis.follows == x.basis.document } }
        if !last.isEmpty { best = last }
        let kept = Set(best.map(\.held.origin))
        let notCeded = Set(live.map(\.held.origin)), stillOpen = Set(open.map(\.held.origin))
        return (best, says.filter { !kept.contains($0.held.origin) && (!notCeded.contains($0.held.origin) || stillOpen.contains($0.held.origin)) })
    }

    func answer() -> Answer? {
        let entries = changes.filter { if case .recordState = $0.change.kind { true } else { false } }
        guard let first = entries.first(where: { isOwn($0) }) ?? entries.first, case .recordState(let base) = first.change.kind else { return nil }
        let units = [first.change.actor.unit, base.text(3)]
        func deciding(_ held: HeldChange) -> Bool { units.contains(held.change.actor.unit) }
        var answer = Answer(
            id: first.record, isRevoked: false, subject: base.subject.lookupText, fields: base.fields, conflicts: [], proposals: [], statuses: [:], receipts: [],
            repair: .none, fulfilment: .none, litigation: [])
        answer.isRevoked = changes.contains { held in
            guard case .revocation(let one) = held.change.kind else { return false }
            return held.dot.replica.path == (base.home ?? first.record.replica.path) || one.rank >= .superior || deciding(held)
        } || told.contains { !$0.revocations.isEmpty }
        content(base, entries.filter { $0.record == first.record || deciding($0) }, deciding, &answer)
        cases(deciding, base.home ?? first.record.replica.path, &answer)
        repair(deciding, &answer)
        fulfilment(deciding, &answer)
        return answer
    }

    /// What nodes above last said of records that are not here, root first.
    private var told: [Kinship] {
        let records = Set(changes.map(\.record))
        var words: [(held: HeldChange, said: Kinship)] = []
        for held in changes { if case .federation(.kinship(let said)) = held.change.kind { words.append((held, said)) } }
        let last = words.filter { one in
            !words.contains { other in
                other.held.record == one.held.record && other.held.origin.replica.path == one.held.origin.replica.path
                    && (other.said.number > one.said.number || (other.said.number == one.said.number && other.held.origin > one.held.origin))
            }
        }
        return last.filter { !Set($0.said.others).isSubset(of: records) }.sorted { a, b in
            (a.held.origin.replica.path.depth, a.held.record) < (b.held.origin.replica.path.depth, b.held.record)
        }.map(\.said)
    }

    private func isOwn(_ held: HeldChange) -> Bool {
        guard case .recordState(let state) = held.change.kind else { return false }
        return held.change.actor.unit == state.text(3)
    }

    private func content(_ base: RecordState, _ entries: [HeldChange], _ deciding: (HeldChange) -> Bool, _ answer: inout Answer) {
        for number in 0...12 as ClosedRange<UInt32> {
            var says: [Say] = [], isAsked = false
            for held in entries {
                guard case .recordState(let state) = held.change.kind else { continue }
                says.append(Say(held: held, basis: Basis(rank: .technical, reason: ""), value: value(state, number)))
                if value(state, number) != value(base, number) { isAsked = true }
            }
            for held in changes {
                guard case .act(.correction(let correction)) = held.change.kind, let value = value(correction, number) else { continue }
                let isCompetent =
                    switch correction.basis.rank {
                    case .technical: correction.source != nil
                    case .decidingUnit: deciding(held)
                    case .superior, .reconsideration, .court: !correction.basis.document.isEmpty
                    }
                guard isCompetent else {
                    answer.proposals.insert(held.origin)
                    continue
                }
                isAsked = true
                says.append(Say(held: held, basis: correction.basis, value: value))
            }
            guard isAsked else { continue }
            let (standing, lost) = standing(says)
            for say in lost { if case .act = say.held.change.kind { answer.proposals.insert(say.held.origin) } }
            if Set(standing.map(\.value)).count > 1 {
                answer.conflicts.append(number)
                set(number, lastAgreed(standing, says), &answer)
            } else {
                set(number, standing.first?.held, &answer)
            }
        }
    }

    private func lastAgreed(_ standing: [Say], _ says: [Say]) -> HeldChange? {
        var above = standing, rest = says
        for _ in 0..<8 {
            rest = rest.filter { old in above.allSatisfy { $0.held.origin != old.held.origin && saw($0.held, old.held) } }
            let settled = self.standing(rest).standing
            if settled.isEmpty { return nil }
            if Set(settled.map(\.value)).count == 1 { return settled[0].held }
            above = settled
        }
        return nil
    }

    private func set(_ number: UInt32, _ held: HeldChange?, _ answer: inout Answer) {
        if number == 0 {
            switch held?.change.kind {
            case .recordState(let state)?: answer.subject = state.subject.lookupText
            case .act(.correction(let correction))?: answer.subject = correction.subject?.lookupText ?? answer.subject
            case nil, _?: break
            }
            return
        }
        var field: RecordField?
        switch held?.change.kind {
        case .recordState(let state)?: field = state.fields.first { $0.number == number }
        case .act(.correction(let correction))?: field = correction.fields.first { $0.number == number }
        case nil, _?: break
        }
        answer.fields.removeAll { $0.number == number }
        if let field { answer.fields.append(field) }
        answer.fields.sort { $0.number < $1.number }
    }

    private func value(_ state: RecordState, _ number: UInt32) -> String {
        number == 0 ? state.subject.lookupText : state.value(number).map { "\($0)" } ?? "-"
    }

    private func value(_ correction: Correction, _ number: UInt32) -> String? {
        if number == 0 { return correction.subject?.lookupText }
        if correction.cleared.contains(number) { return "-" }
        return correction.fields.first { $0.number == number }.map { "\($0.value)" }
    }

    private func cases(_ deciding: (HeldChange) -> Bool, _ home: NodePath, _ answer: inout Answer) {
        var groups: [String: [(HeldChange, Objection)]] = [:]
        func replies(to dots: Set<Dot>) -> [(HeldChange, ObjectionReply)] {
            changes.compactMap { held in
                guard case .act(.reply(let reply)) = held.change.kind, dots.contains(reply.objection) else { return nil }
                return (held, reply)
            }
        }
        let objections: [(HeldChange, Objection)] = changes.compactMap { held in
            guard case .act(.objection(let objection)) = held.change.kind else { return nil }
            return (held, objection)
        }
        for (held, objection) in objections {
            let key = "\(objection.ground) \(objection.fields) \(objection.claimant)"
            let same = objections.filter { "\($0.1.ground) \($0.1.fields) \($0.1.claimant)" == key }.map(\.0.origin)
            let round = replies(to: Set(same)).count { saw(held, $0.0) }
            groups["\(key) \(round)", default: []].append((held, objection))
            answer.receipts.insert(objection.receipt)
        }
        for group in groups.values {
            let filed = Set(group.map(\.0.origin)), ground = group[0].1.ground
            let says: [Say] = replies(to: filed).compactMap { held, reply in
                let author = held.origin.replica.path
                let above = author.isAncestorOrSelf(of: home) && (author != home || home.depth == 1)
                let isCompetent =
                    switch reply.basis.rank {
                    case .technical: ground.isOfPlatform && above
                    case .decidingUnit: ground.isOfPlatform ? above : deciding(held)
                    case .superior: above
                    case .reconsideration, .court: !reply.basis.document.isEmpty
                    }
                return isCompetent ? Say(held: held, basis: reply.basis, value: reply.outcome.name) : nil
            }
            let settled = standing(says).standing
            let outcomes = Set(settled.map(\.value))
            let asked = changes.contains { held in
                guard case .act(.reviewRequest(let request)) = held.change.kind else { return false }
                return filed.contains(request.objection)
            }
            let id = group.map(\.0.origin).min() ?? group[0].0.origin
            if answer.isRevoked { answer.statuses[id] = .moot }
            else if outcomes.count > 1 || (asked && !settled.isEmpty && settled.allSatisfy { $0.basis.rank < .superior }) { answer.statuses[id] = .underReview }
            else { answer.statuses[id] = outcomes.first.flatMap { CaseStatus(rawValue: $0) } ?? .open }
        }
    }

    private func repair(_ deciding: (HeldChange) -> Bool, _ answer: inout Answer) {
        func steps(_ wanted: RepairStep...) -> [HeldChange] {
            changes.filter { held in
                guard case .act(.repair(let act)) = held.change.kind, wanted.contains(act.step) else { return false }
                return act.step == .applied || deciding(held)
            }
        }
        let approvals = steps(.approved, .provisional), withdrawals = steps(.withdrawn), refusals = steps(.refused), applications = steps(.applied)
        let live = approvals.filter { a in !withdrawals.contains { saw($0, a) } }
        if !live.isEmpty {
            let approved = live.contains { held in if case .act(.repair(let act)) = held.change.kind { act.step == .approved } else { false } }
            answer.repair = approved ? .repaired : .provisional
        } else if !approvals.isEmpty {
            answer.repair = .withdrawn
        } else if !refusals.isEmpty {
            let fresh = applications.contains { a in !refusals.contains { saw($0, a) } }
            let known = refusals.allSatisfy { r in applications.contains { saw($0, r) } }
            answer.repair = fresh && known ? .applied : .refused
        } else if !applications.isEmpty {
            answer.repair = .applied
        }
        if [RepairState.none, .applied, .refused, .withdrawn].contains(answer.repair), let elsewhere = told.compactMap(\.repair).first { answer.repair = elsewhere }
        if answer.repair != .none, answer.statuses.values.contains(.upheld) { answer.repair = .unnecessary }
    }

    private func fulfilment(_ deciding: (HeldChange) -> Bool, _ answer: inout Answer) {
        var open: Set<String> = [], closed: Set<String> = []
        var says: [Say] = []
        for held in changes {
            switch held.change.kind {
            case .act(.litigation(let mark)): if mark.isClosed { closed.insert(mark.caseNumber) } else { open.insert(mark.caseNumber) }
            case .act(.fulfilment(let one)):
                var basis = one.basis
                if basis.rank == .decidingUnit, !deciding(held) { basis.rank = .technical }
                says.append(Say(held: held, basis: basis, value: one.isFulfilled ? "kept" : "broken"))
            default: continue
            }
        }
        answer.litigation = open.subtracting(closed)
        let settled = standing(says).standing, words = Set(settled.map(\.value))
        if words.count > 1 { answer.fulfilment = .underCheck }
        else if words == ["kept"] { answer.fulfilment = .fulfilled }
        else if words == ["broken"] { answer.fulfilment = settled.allSatisfy { $0.basis.rank == .technical } ? .underCheck : .broken }
    }
}
