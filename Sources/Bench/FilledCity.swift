import Foundation
import NodeRuntime
import Samples
import Stage

/// A city that imported very many rows itself, by the command line, file by file. One that a scenario is done with is put aside
/// for the next in the same run of the program.
struct FilledCity: Sendable {
    let node: StagedNode
    let rows: Int
    /// One file or two of the import.
    struct Part: Sendable {
        let rows: Int
        let seconds: Double
        /// Of the node: on a machine with others at work it tells more than seconds.
        let cpu: Double
    }
    /// Empty when the city was put aside by an earlier scenario.
    let parts: [Part]

    private static func shelf(_ rows: Int, _ run: BenchRun) -> String { "\(run.shared)/city-\(rows)" }

    /// The city an earlier scenario left, else a new one; it does not serve.
    static func take(rows: Int, _ run: BenchRun) async throws -> FilledCity {
        let node = StagedNode(path: "bench", executable: run.program, troupe: run.troupe), shelf = shelf(rows, run)
        if FileManager.default.fileExists(atPath: shelf) {
            try FileManager.default.moveItem(atPath: shelf, toPath: node.home)
            return FilledCity(node: node, rows: rows, parts: [])
        }
        let filled = try await fill(node, rows, run)
        try await node.stop(within: .seconds(120))
        return filled
    }

    /// Fills a new city, which serves afterwards.
    static func fill(_ node: StagedNode, _ rows: Int, _ run: BenchRun) async throws -> FilledCity {
        try await node.perform(["init", "--path", node.path])
        try await node.serve()
        let part = min(250_000, max(1, rows / 10)), actor = BenchTown.actor
        var parts: [Part] = [], done = 0
        while done < rows {
            let count = min(part, rows - done)
            let files = try SampleTable.write(first: done, count: count, into: run.troupe.directory)
            let before = try node.figures().cpuSeconds, start = ContinuousClock.now
            for file in files {
                let report = try await node.importFile(file.path, item: file.item, actor: actor)
                guard report.effective == file.rows else { throw BenchFailure(what: "\(file.path): \(report.effective) of \(file.rows) rows became effective") }
            }
            let seconds = (ContinuousClock.now - start).inSeconds
            parts.append(Part(rows: count, seconds: seconds, cpu: try node.figures().cpuSeconds - before))
            for file in files { try? FileManager.default.removeItem(atPath: file.path) }
            done += count
            run.note("\(done) of \(rows) rows, \(Int(Double(count) / (parts.last?.seconds ?? 1))) rows/s, \(Measure.text(try node.figures().peakMiB)) MiB")
        }
        return FilledCity(node: node, rows: rows, parts: parts)
    }

    /// Leaves the city, which must not serve any more, to the next scenario.
    func putAside(_ run: BenchRun) throws { try FileManager.default.moveItem(atPath: node.home, toPath: Self.shelf(rows, run)) }

    /// Milliseconds from the start of the process until it says that it serves, and until it answered a first question.
    func start() async throws -> (ready: Double, answered: Double) {
        let start = ContinuousClock.now
        try await node.serve(pause: .milliseconds(1))
        let ready = (ContinuousClock.now - start).inSeconds * 1000
        let records = try await node.ask(StatusCommand()).records
        let answered = (ContinuousClock.now - start).inSeconds * 1000
        guard records == rows else { throw BenchFailure(what: "\(records) records after a start instead of \(rows)") }
        return (ready, answered)
    }
}
