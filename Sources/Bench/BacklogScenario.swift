import NodeRuntime
import Stage

/// How fast a street that was away catches up.
struct BacklogFigures: Sendable {
    let rows: Int
    /// From the line's return until all is at the city.
    let seconds: Double
    /// From the line's return until the city's first new record.
    let firstArrival: Double

    func measure(_ reference: ReferenceRun) -> Measure {
        Measure(
            "chain-backlog", Double(rows) / seconds, "rows/s", reference: reference.rowsPerSecond,
            detail: ["seconds": seconds, "first-arrival": firstArrival, "rows": Double(rows), "rows/s after first": Double(rows) / max(0.001, seconds - firstArrival)],
            note: "chain-backlog: counted from the line's return, waiting for the next dial included (reconnect_seconds: 1)")
    }
}

extension BenchTown {
    func timeBacklog(_ count: Int, after first: Int, _ report: BenchReport) async throws -> BacklogFigures {
        report.note("backlog: \(count) rows while the line is cut …")
        await lower.cut()
        _ = try await status(of: street, "the street notices the cut", within: .seconds(60)) { status in
            status.links.allSatisfy { $0.state != "connected" }
        }
        try await importRows(first: first, count: count)
        let before = try await city.ask(StatusCommand()).records
        guard before == first else { throw BenchFailure(what: "\(before) records at the city behind a cut line, \(first) expected") }
        try await lower.restore()
        let start = ContinuousClock.now
        _ = try await status(of: city, "the first record after the return", within: .seconds(60), pause: .milliseconds(10)) { $0.records > first }
        let firstArrival = (ContinuousClock.now - start).inSeconds
        _ = try await status(of: city, "\(first + count) records at the city", within: Self.patience(count)) { $0.records >= first + count }
        return BacklogFigures(rows: count, seconds: (ContinuousClock.now - start).inSeconds, firstArrival: firstArrival)
    }
}
