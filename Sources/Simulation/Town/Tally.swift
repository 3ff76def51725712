/// What a run did, so that nobody takes an idle simulator for a proof.
package struct Tally: Sendable, Hashable {
    package var steps = 0
    /// Acts of clerks that were confirmed, by step.
    package var confirmed: [StepKind: Int] = [:]
    /// Acts that the rules refused, or that spoke of what was not there.
    package var refused = 0
    /// Confirmed changes of the relief lane.
    package var relief = 0
    /// Frames moved.
    package var frames = 0
    /// Decisions that stand as several records in the end.
    package var merges = 0
    /// Views with an open conflict of values or of decisions, over acts and the end.
    package var conflicts = 0
    /// Filings that reached their record, and records purged everywhere, in the end.
    package var filed = 0
    package var purged = 0
    /// Faults that struck, by step.
    package var faults: [StepKind: Int] = [:]
    /// Checks made.
    package var checks = 0

    package init() {}

    package var operations: Int { confirmed.values.reduce(0, +) }
    package var faultCount: Int { faults.values.reduce(0, +) }

    package static func + (a: Tally, b: Tally) -> Tally {
        var sum = a
        sum.steps += b.steps
        sum.confirmed.merge(b.confirmed, uniquingKeysWith: +)
        sum.refused += b.refused
        sum.relief += b.relief
        sum.frames += b.frames
        sum.merges += b.merges
        sum.conflicts += b.conflicts
        sum.filed += b.filed
        sum.purged += b.purged
        sum.faults.merge(b.faults, uniquingKeysWith: +)
        sum.checks += b.checks
        return sum
    }

    /// What this tally lacks of the least that so many steps must have done; empty when nothing.
    package var shortfalls: [String] { shortfalls(without: []) }

    /// - Parameter without: kinds of steps that were left out.
    package func shortfalls(without: Set<StepKind>) -> [String] {
        var missing: [String] = []
        func least(_ what: String, _ count: Int, perThousand: Int) {
            let wanted = steps * perThousand / 1000
            if count < wanted { missing.append("\(what): \(count), at least \(wanted)") }
        }
        least("operations", operations, perThousand: 150)
        least("relief", relief, perThousand: 20)
        least("merges", merges, perThousand: 1)
        least("conflicts", conflicts, perThousand: 2)
        least("faults", faultCount, perThousand: 20)
        // Seldomer things, once there were enough steps.
        guard steps >= 5_000 else { return missing }
        if !without.contains(.file) { least("filings on their records", filed, perThousand: 2) }
        if !without.contains(.purge) { least("purged records", purged, perThousand: 1) }
        // Of every kind one, once there were enough steps for the rarest.
        guard steps >= 20_000 else { return missing }
        for kind in StepKind.allCases where !without.contains(kind) && kind.isFault && faults[kind, default: 0] == 0 { missing.append("fault \(kind.rawValue): none") }
        for kind in StepKind.allCases where !without.contains(kind) && !kind.isFault && kind != .carry && kind != .lineUp && kind != .image && confirmed[kind, default: 0] == 0 {
            missing.append("operation \(kind.rawValue): none confirmed")
        }
        return missing
    }

    /// One line for people.
    package var line: String {
        "\(steps) steps, \(operations) operations, \(merges) merges, \(conflicts) conflicts, \(filed) filed, \(purged) purged, \(relief) relief, \(faultCount) faults, \(refused) refused, \(frames) frames, \(checks) checks"
    }
}

/// What a checker found: a guarantee that did not hold.
package struct Violation: Error, Sendable, CustomStringConvertible {
    /// `G1`…`G11` of docs/invariants.md; `P1`…`P10` the properties; `X` for what no number covers.
    package let mark: String
    package let what: String
    package var step: Int?

    package init(_ mark: String, _ what: String) { (self.mark, self.what) = (mark, what) }

    package var description: String { "\(mark): \(what)\(step.map { " (after step \($0))" } ?? "")" }
}
