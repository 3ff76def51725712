import Foundation
import Stage

extension Scenario {
    static let startUp = Scenario(name: "start-up", what: "a city with 1,000,000 records: time to serve, memory at rest") { run in
        let rows = run.options.rows(full: 1_000_000, smoke: 300), city = try await FilledCity.take(rows: rows, run)
        var ready: [Double] = [], answered: [Double] = []
        for _ in 0..<run.options.pick(full: 7, quick: 5, smoke: 2) {
            let times = try await city.start()
            ready.append(times.ready)
            answered.append(times.answered)
            try await city.node.stop()
        }
        try dropCached(city.node.home + "/node.db")
        let cold = try await city.start()
        try await Task.sleep(for: .seconds(run.options.pick(full: 10, quick: 10, smoke: 0)))
        let resident = try city.node.figures()
        try await city.node.stop()
        let times = Percentiles(ready), answers = Percentiles(answered)
        for measure in [
            Measure("start-up", times.at(50), "ms", detail: ["first answer": answers.at(50), "worst": times.at(100), "records": Double(rows), "cold": cold.ready, "cold first answer": cold.answered],
                    note: "start-up: from starting the process until it says that it serves, median of 7 with the file in the system's cache; first answer: its status; cold: once with the file dropped from the cache"),
            Measure("start-up-rss", resident.residentMiB, "MiB", detail: ["peak": resident.peakMiB], note: "start-up-rss: resident 10 s after the start, nothing but one status asked"),
        ] { run.report.add(measure) }
        try city.putAside(run)
    }

    /// Asks the system to forget what it holds of a file.
    private static func dropCached(_ path: String) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw BenchFailure(what: "cannot open \(path)") }
        defer { try? handle.close() }
        _ = fdatasync(handle.fileDescriptor)
        _ = posix_fadvise(handle.fileDescriptor, 0, 0, POSIX_FADV_DONTNEED)
    }
}
