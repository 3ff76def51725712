/// Makes a failing run smaller: leaves steps out as long as the same guarantee still fails (delta debugging, Zeller 2002).
package struct Shrink: Sendable {
    /// Runs it may take.
    package var runs = 400
    package private(set) var used = 0

    package init(runs: Int = 400) { self.runs = runs }

    /// - Parameter failed: the run as it failed.
    /// - Returns: the smallest failing run found, with its steps.
    package mutating func shrink(_ failed: Simulator.Outcome, cast: Cast) throws -> (steps: [Step], outcome: Simulator.Outcome) {
        guard let mark = failed.violation?.mark else { return ([], failed) }
        var steps = Step.all(seed: failed.plan.seed, count: failed.plan.steps), best = failed
        // What came after the failure had no part in it.
        if let last = failed.violation?.step { steps = steps.filter { $0.number <= last } }
        var size = max(1, steps.count / 2)
        while used < runs {
            var start = 0, shrunk = false
            while start < steps.count, used < runs {
                let fewer = Array(steps[..<start] + steps[min(start + size, steps.count)...])
                used += 1
                let outcome = try Simulator.run(failed.plan, cast: cast, steps: fewer)
                if outcome.violation?.mark == mark {
                    (steps, best, shrunk) = (fewer, outcome, true)
                    if let last = outcome.violation?.step { steps = steps.filter { $0.number <= last } }
                } else {
                    start += size
                }
            }
            if size == 1, !shrunk { break }
            size = max(1, size / 2)
        }
        return (steps, best)
    }
}
