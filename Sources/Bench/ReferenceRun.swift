import Foundation
import Samples
import Stage

/// What raw SQLite does with the same rows: street, district and city as three databases, one after the other in
/// one thread; 1,000 rows are written to the first, read back by (origin, version, id) and upserted into the
/// second, then the third. Making the rows is outside the measured part.
struct ReferenceRun: Sendable, Codable {
    static let batch = 1000

    let rowsPerSecond: Double
    let cpuPer100k: Double
    /// Of one database.
    let diskBytesPerRow: Double
    /// Of a process that does nothing else; it holds all rows in memory.
    let peakMiB: Double
    /// Milliseconds for one row through all three, three commits.
    let singles: [Double]

    static func measure(rows count: Int, singles: Int, directory: String) throws -> ReferenceRun {
        let rows = ReferenceRows(street: 0, count: count), more = ReferenceRows(street: 0, count: singles, first: count)
        let paths = ["street", "district", "city"].map { "\(directory)/reference-\($0).db" }
        let databases = try paths.map { try ReferenceDatabase(path: $0) }
        let cpu = Usage.own(), start = ContinuousClock.now
        for from in stride(from: 0, to: count, by: batch) { try pass(rows, from..<min(from + batch, count), through: databases) }
        let took = (ContinuousClock.now - start).inSeconds, spent = Usage.own() - cpu
        let peak = ProcessFigures(pid: getpid())?.peakMiB ?? 0
        let times = try (0..<singles).map { number in
            let start = ContinuousClock.now
            try pass(more, number..<(number + 1), through: databases)
            return (ContinuousClock.now - start).inSeconds * 1000
        }
        for database in databases { database.close() }
        let disk = FileManager.default.size(paths[2])
        for path in paths { try? FileManager.default.removeItem(atPath: path) }
        return ReferenceRun(
            rowsPerSecond: Double(count) / took, cpuPer100k: spent * 100_000 / Double(count), diskBytesPerRow: Double(disk) / Double(count + singles),
            peakMiB: peak, singles: times)
    }

    private static func pass(_ rows: ReferenceRows, _ range: Range<Int>, through databases: [ReferenceDatabase]) throws {
        try databases[0].insert(rows, range)
        try databases[1].copy(from: databases[0], id: rows.ids[range.lowerBound], count: range.count)
        try databases[2].copy(from: databases[1], id: rows.ids[range.lowerBound], count: range.count)
    }

    // MARK: - As a process of its own

    /// Measures in a process that does nothing else, so that time and memory are the loop's alone.
    static func inProcess(_ run: BenchRun, rows: Int, singles: Int) async throws -> ReferenceRun {
        run.note("reference: raw SQLite through three databases, \(rows) rows …")
        let words = ["--loop-directory", run.troupe.directory, "--rows", "\(rows)", "--latency-rows", "\(singles)"]
        let result = try await run.troupe.run(try ownPath(), words)
        guard result.exit == 0 else { throw CommandFailed(result: result, reason: "exit code") }
        let found = try JSONDecoder().decode(ReferenceRun.self, from: Data(result.output))
        run.note("reference: \(Int(found.rowsPerSecond)) rows/s, \(Measure.text(found.cpuPer100k)) CPU s per 100,000")
        return found
    }

    func write() throws { FileHandle.standardOutput.write(try JSONEncoder().encode(self)) }

    /// Of this program.
    static func ownPath() throws -> String { try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") }
}

/// The reference right before and right after the product: a machine whose speed drifts shows it.
struct ReferencePair: Sendable {
    let before: ReferenceRun
    let after: ReferenceRun

    var rowsPerSecond: Double { (before.rowsPerSecond + after.rowsPerSecond) / 2 }
    var cpuPer100k: Double { (before.cpuPer100k + after.cpuPer100k) / 2 }
    var diskBytesPerRow: Double { (before.diskBytesPerRow + after.diskBytesPerRow) / 2 }
    var peakMiB: Double { (before.peakMiB + after.peakMiB) / 2 }
    var single: Percentiles { Percentiles(before.singles + after.singles) }
    /// Both, for the detail of a figure.
    var speeds: [String: Double] { ["reference before": before.rowsPerSecond, "reference after": after.rowsPerSecond] }
}

/// User and system time.
enum Usage {
    /// Of this process.
    static func own() -> Double {
        var usage = rusage()
        unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
        return seconds(usage)
    }

    /// Of ended commands this process has waited for.
    static func commands() -> Double {
        var usage = rusage()
        unsafe getrusage(RUSAGE_CHILDREN.rawValue, &usage)
        return seconds(usage)
    }

    private static func seconds(_ usage: rusage) -> Double {
        Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
    }
}
