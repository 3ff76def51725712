import Foundation
import NodeRuntime
import Stage

extension Scenario {
    static let scale = Scenario(name: "scale", what: "a city of 1,000,000 records (--rows 10000000: more): import, verify, rebuild, restart") { run in
        let rows = run.options.rows(full: 1_000_000, smoke: 300)
        let node = StagedNode(path: "bench", executable: run.program, troupe: run.troupe)
        let filled = try await FilledCity.fill(node, rows, run), peak = try node.figures().peakMiB
        run.report.add(filled.importMeasure(peak: peak, diskBytes: node.diskBytes))
        try await node.stop(within: .seconds(300))
        run.report.add(try await filled.restart("scale-restart", run))
        run.note("verify …")
        run.report.add(try await filled.timed("scale-verify") {
            let answer = try await node.run(["verify"], as: VerifyCommand.Response.self)
            guard answer.faults.isEmpty, answer.changes >= rows else { throw BenchFailure(what: "verify: \(answer.changes) changes, \(answer.faults.prefix(3))") }
            return Double(answer.milliseconds)
        })
        try await node.stop(within: .seconds(300))
        try await node.serve()
        run.note("rebuild …")
        run.report.add(try await filled.timed("scale-rebuild") {
            let answer = try await node.run(["rebuild"], as: RebuildCommand.Response.self)
            guard answer.identical else { throw BenchFailure(what: "rebuild: another result than what stood") }
            return Double(answer.milliseconds)
        })
        try await node.stop(within: .seconds(300))
        run.report.add(try await filled.restart("scale-restart-rebuilt", run))
        try await node.stop(within: .seconds(300))
        try filled.putAside(run)
    }
}

extension FilledCity {
    func importMeasure(peak: Double, diskBytes: Int) -> Measure {
        let seconds = parts.map(\.seconds).reduce(0, +), each = parts.map { $0.seconds * 1e6 / Double($0.rows) }, cpu = parts.map { $0.cpu * 1e6 / Double($0.rows) }
        return Measure(
            "scale-import", seconds * 1e6 / Double(rows), "µs per row",
            detail: [
                "seconds": seconds, "rows": Double(rows), "MiB": peak, "first part": each.first ?? 0, "last part": each.last ?? 0,
                "first part CPU": cpu.first ?? 0, "last part CPU": cpu.last ?? 0, "B per row": Double(diskBytes) / Double(rows),
            ],
            note: "scale: at the city itself, by the import command; MiB: peak of the node in this step alone; first and last part: µs per row of the first and the last tenth (at most 250,000 rows), CPU: of the node alone")
    }

    /// A step of the serving node: time by the row and its peak of memory. The node was started for it alone.
    func timed(_ name: String, _ body: () async throws -> Double) async throws -> Measure {
        let start = ContinuousClock.now, milliseconds = try await body(), seconds = (ContinuousClock.now - start).inSeconds
        let peak = try node.figures().peakMiB
        return Measure(name, seconds * 1e6 / Double(rows), "µs per row", detail: ["seconds": seconds, "as the node says, s": milliseconds / 1000, "MiB": peak])
    }

    /// Starts the node, which then serves.
    func restart(_ name: String, _ run: BenchRun) async throws -> Measure {
        let times = try await start()
        return Measure(name, times.ready, "ms", detail: ["first answer": times.answered, "MiB": try node.figures().peakMiB])
    }
}
