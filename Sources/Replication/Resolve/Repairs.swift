import Registry

/// Fourth dimension of a record's state (rules.md 3.3).
package enum RepairState: String, Sendable, Hashable {
    case none
    case applied
    case repaired
    case provisional
    case refused
    case withdrawn
    /// An objection was upheld: “repaired” would still imply guilt (M18).
    case unnecessary

    /// Publication is over while it lasts.
    package var stopsPublication: Bool {
        switch self {
        case .repaired, .provisional, .unnecessary: true
        case .none, .applied, .refused, .withdrawn: false
        }
    }
}

/// The repair of a decision (M18–M23).
struct Repairs {
    private(set) var state = RepairState.none
    /// Approvals that stand, and what contradicts them concurrently: a person decides, publication stays stopped (M21, M22).
    private(set) var refusedBeside: [Dot] = []
    private(set) var withdrawnBeside: [Dot] = []
    /// Steps of units that may not take them (M21).
    private(set) var void: [Dot] = []
    /// An approval that stands was given on condition that nothing is repeated (M20).
    private(set) var wasConditional = false

    /// - Parameter kin: of a record of the decision that is not here; it stops publication as one given here would.
    init(_ members: Members, _ history: History, isUpheld: Bool, _ kin: RepairState?, _ circumstances: Setting) {
        var applications: [Int] = [], approvals: [Int] = [], refusals: [Int] = [], withdrawals: [Int] = []
        let steps = history.indices(of: .repair)
        if steps.isEmpty {
            if let kin { state = isUpheld ? .unnecessary : kin }
            return
        }
        for index in steps {
            let held = history.changes[index]
            guard case .act(.repair(let act)) = held.change.kind else { continue }
            if act.step != .applied, !members.isDeciding(held.change.actor.unit, circumstances) {
                void.append(held.origin)
                continue
            }
            switch act.step {
            case .applied: applications.append(index)
            case .approved, .provisional: approvals.append(index)
            case .refused: refusals.append(index)
            case .withdrawn: withdrawals.append(index)
            }
        }
        let withdrawn = Seen(by: withdrawals, history), refused = Seen(by: refusals, history), decided = Seen(by: approvals, history)
        let live = approvals.filter { !withdrawn.contains($0, history) }
        if live.isEmpty {
            let seenByApplicant = Seen(by: applications, history)
            let pending = applications.contains { !refused.contains($0, history) && !decided.contains($0, history) }
            if !approvals.isEmpty {
                state = .withdrawn
            } else if !refusals.isEmpty, !(pending && refusals.allSatisfy { seenByApplicant.contains($0, history) }) {
                state = .refused
            } else if !applications.isEmpty {
                state = .applied
            }
        } else {
            state = live.contains { history.changes[$0].change.kind.repairStep == .approved } ? .repaired : .provisional
            let approvedLater = Seen(by: live, history)
            refusedBeside = refusals.filter { !approvedLater.contains($0, history) }.map { history.changes[$0].origin }
            withdrawnBeside = withdrawals.filter { !approvedLater.contains($0, history) }.map { history.changes[$0].origin }
            wasConditional = live.contains { history.changes[$0].change.kind.isConditionalRepair }
        }
        if let kin, !state.stopsPublication { state = kin }
        if isUpheld, state != .none { state = .unnecessary }
    }
}

/// Everything that some changes saw, so that many are compared with many in linear time.
struct Seen {
    private var through: [Dot: [ReplicaID: UInt64]] = [:]
    private var later: Set<Dot> = []

    init(by seers: [Int], _ history: History) {
        for index in seers {
            let held = history.changes[index]
            for entry in held.change.context.entries {
                through[held.record, default: [:]][entry.replica] = max(through[held.record]?[entry.replica] ?? 0, entry.through)
                for counter in entry.later { later.insert(Dot(replica: entry.replica, counter: counter)) }
            }
        }
    }

    func contains(_ index: Int, _ history: History) -> Bool {
        let held = history.changes[index]
        #if PLANTED_BUGS
            // Contexts are compared by counters alone, whoever's they are.
            if plantedBug == 2, through[held.record]?.values.contains(where: { held.origin.counter <= $0 }) == true { return true }
        #endif
        if let seen = through[held.record]?[held.origin.replica], held.origin.counter <= seen { return true }
        return later.contains(held.origin)
    }
}

extension ChangeKind {
    fileprivate var repairStep: RepairStep? { if case .act(.repair(let act)) = self { act.step } else { nil } }
    fileprivate var isConditionalRepair: Bool { if case .act(.repair(let act)) = self { act.noRepeat } else { false } }
}
