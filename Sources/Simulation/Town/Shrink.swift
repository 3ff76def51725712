/// Makes a failing run smaller: leaves steps out as long as the same guarantee still fails, whole kinds of steps first, then ever
/// smaller runs of them (delta debugging, Zeller 2002).
package struct Shrink {
    /// Runs it may take.
    package let runs: Int
    /// What else is claimed of the town (``Simulator/run(_:cast:steps:claim:)``).
    private let claim: Simulator.Claim?
    /// Whether it has taken long enough.
    private let isOver: () -> Bool
    package private(set) var used = 0
    private var steps: [Step] = []
    private var best: Simulator.Outcome?

    package init(runs: Int = 600, claim: Simulator.Claim? = nil, isOver: @escaping () -> Bool = { false }) {
        (self.runs, self.claim, self.isOver) = (runs, claim, isOver)
    }

    private var goesOn: Bool { used < runs && !isOver() }

    /// - Parameter failed: the run as it failed.
    /// - Returns: the smallest failing run found, with its steps.
    package mutating func shrink(_ failed: Simulator.Outcome, cast: Cast) throws -> (steps: [Step], outcome: Simulator.Outcome) {
        guard let violation = failed.violation else { return ([], failed) }
        steps = failed.plan.all
        best = failed
        keep(failed, steps)
        try dropKinds(failed.plan, violation.mark, cast)
        var size = max(1, steps.count / 2)
        while goesOn {
            let before = steps.count
            var start = 0
            while start < steps.count, goesOn {
                if try !fails(Array(steps[..<start] + steps[min(start + size, steps.count)...]), failed.plan, violation.mark, cast) { start += size }
            }
            // A step left out may make another one needless.
            if size == 1, steps.count == before { break }
            size = max(1, size / 2)
        }
        return (steps, best ?? failed)
    }

    /// Most runs fail without most kinds of step; the most frequent first.
    private mutating func dropKinds(_ plan: Simulator.Plan, _ mark: String, _ cast: Cast) throws {
        var counts: [StepKind: Int] = [:]
        for step in steps { counts[step.kind, default: 0] += 1 }
        for kind in StepKind.allCases.sorted(by: { (counts[$0] ?? 0, $1.rawValue) > (counts[$1] ?? 0, $0.rawValue) }) where goesOn && counts[kind] != nil {
            _ = try fails(steps.filter { $0.kind != kind }, plan, mark, cast)
        }
    }

    /// Whether some of the steps still break the guarantee; they are kept then.
    private mutating func fails(_ fewer: [Step], _ plan: Simulator.Plan, _ mark: String, _ cast: Cast) throws -> Bool {
        guard fewer.count < steps.count else { return false }
        used += 1
        let outcome = try Simulator.run(plan, cast: cast, steps: fewer, claim: claim)
        guard outcome.violation?.mark == mark else { return false }
        keep(outcome, fewer)
        return true
    }

    /// What came after the failure had no part in it.
    private mutating func keep(_ outcome: Simulator.Outcome, _ failing: [Step]) {
        best = outcome
        steps = outcome.violation?.step.map { last in failing.filter { $0.number <= last } } ?? failing
    }
}
