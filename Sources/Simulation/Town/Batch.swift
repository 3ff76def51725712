import Foundation
import Synchronization

/// Many seeds, some at a time: each run stays in one thread, and no run knows of another.
package enum Batch {
    /// - Parameters:
    ///   - twins: every so many seeds run a second time with every clock off by years; content must be the same (guarantee 9).
    ///   - without: kinds of steps that are left out.
    ///   - stopsAtFailure: no further seed begins once one failed.
    ///   - tell: called with each outcome, in the order of the seeds.
    /// - Returns: all outcomes, in the order of the seeds.
    package static func run(
        seeds: ClosedRange<UInt64>, steps: Int, tree: [Int], jobs: Int, twins: Int, without: Set<StepKind> = [], stopsAtFailure: Bool, tell: @escaping @Sendable (Simulator.Outcome) -> Void
    ) throws -> [Simulator.Outcome] {
        let cast = try Simulator.cast(tree: tree)
        let state = Mutex(State(next: seeds.lowerBound))
        DispatchQueue.concurrentPerform(iterations: max(1, jobs)) { _ in
            while let seed = state.withLock({ $0.take(upTo: seeds.upperBound, stopsAtFailure) }) {
                let outcome: Simulator.Outcome
                do {
                    var plan = Simulator.Plan(seed: seed, steps: steps, tree: tree)
                    plan.without = without
                    outcome = try one(plan, cast, twin: twins > 0 && seed % UInt64(twins) == 0)
                } catch {
                    state.withLock { if $0.fault == nil { $0.fault = error } }
                    return
                }
                let ready = state.withLock { $0.finish(seed, outcome) }
                for outcome in ready { tell(outcome) }
            }
        }
        let ended = state.withLock { $0 }
        if let fault = ended.fault { throw fault }
        return ended.told
    }

    /// One seed, and where asked its twin under other clocks.
    package static func one(_ plan: Simulator.Plan, _ cast: Cast, twin: Bool) throws -> Simulator.Outcome {
        var plan = plan
        plan.isTwinned = twin
        var outcome = try Simulator.run(plan, cast: cast)
        guard twin, outcome.violation == nil else { return outcome }
        var shifted = plan
        shifted.shiftsClocks = true
        let other = try Simulator.run(shifted, cast: cast)
        if let violation = other.violation {
            outcome.violation = Violation("G9", "only with clocks that are years off: \(violation)")
        } else if other.content != outcome.content {
            let difference = zip(outcome.trace, other.trace).first { $0 != $1 }
            outcome.violation = Violation("G9", "clocks that are years off change what is shown: \(difference?.0 ?? "") / \(difference?.1 ?? "")")
        }
        return outcome
    }

    private struct State {
        var next: UInt64
        var isOver = false
        var hasFailed = false
        var fault: (any Error)?
        var waiting: [UInt64: Simulator.Outcome] = [:]
        var told: [Simulator.Outcome] = []
        var turn: UInt64?

        mutating func take(upTo last: UInt64, _ stopsAtFailure: Bool) -> UInt64? {
            if turn == nil { turn = next }
            guard !isOver, fault == nil, !(stopsAtFailure && hasFailed) else { return nil }
            defer { if next == last { isOver = true } else { next += 1 } }
            return next
        }

        /// - Returns: what may be told now: those whose turn it is.
        mutating func finish(_ seed: UInt64, _ outcome: Simulator.Outcome) -> [Simulator.Outcome] {
            waiting[seed] = outcome
            if outcome.violation != nil { hasFailed = true }
            var ready: [Simulator.Outcome] = []
            while let seed = turn, let outcome = waiting.removeValue(forKey: seed) {
                ready.append(outcome)
                turn = seed &+ 1
            }
            told += ready.map { outcome in
                // What is kept of thousands of runs that went well need not hold their traces.
                var kept = outcome
                if outcome.violation == nil { kept.trace = [] }
                return kept
            }
            return ready
        }
    }
}
