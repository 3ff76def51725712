import NodeRuntime
import Stage

/// How fast a street that was away catches up.
struct BacklogFigures: Sendable {
    let rows: Int
    /// From the line's return until all is at the city.
    let seconds: Double
    /// From the line's return until the city's first new record.
    let firstArrival: Double
    /// Street, district, city.
    let peaks: [Double]

    func measure(_ reference: ReferencePair) -> Measure {
        Measure(
            "chain-backlog", Double(rows) / seconds, "rows/s", reference: reference.rowsPerSecond,
            detail: [
                "seconds": seconds, "first-arrival": firstArrival, "rows": Double(rows), "rows/s after first": Double(rows) / max(0.001, seconds - firstArrival),
                "street MiB": peaks[0], "district MiB": peaks[1], "city MiB": peaks[2],
            ],
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
        let records = try OutsideView.records(of: city.home)
        try await lower.restore()
        let start = ContinuousClock.now
        var firstArrival = 0.0
        _ = try await wait(for: "\(first + count) records at the city", within: Self.patience(count), pause: .milliseconds(5)) {
            let found = try records.number()
            if found > before, firstArrival == 0 { firstArrival = (ContinuousClock.now - start).inSeconds }
            return (found, "\(found) records")
        } until: { $0 >= first + count }
        return BacklogFigures(
            rows: count, seconds: (ContinuousClock.now - start).inSeconds, firstArrival: firstArrival, peaks: try nodes.map { try $0.figures().peakMiB })
    }
}
