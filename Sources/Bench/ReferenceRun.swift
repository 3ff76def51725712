import Foundation
import Samples
import Stage

/// What raw SQLite does with the same rows: street, district and city as three databases, one after the other in
/// one thread; 1,000 rows are written to the first, read back by (origin, version, id) and upserted into the
/// second, then the third. Making the rows is outside the measured part.
struct ReferenceRun: Sendable {
    static let batch = 1000

    let rowsPerSecond: Double
    let cpuPer100k: Double
    /// Of one database.
    let diskBytesPerRow: Double
    let peakMiB: Double
    /// Milliseconds for one row through all three, three commits.
    let single: Percentiles
    /// Per row, in batches of 1,000.
    let deflatedBytesPerRow: Double
    let plainBytesPerRow: Double

    static func measure(rows count: Int, singles: Int, directory: String) throws -> ReferenceRun {
        let rows = ReferenceRows(street: 0, count: count), more = ReferenceRows(street: 0, count: singles, first: count)
        let paths = ["street", "district", "city"].map { "\(directory)/reference-\($0).db" }
        let databases = try paths.map { try ReferenceDatabase(path: $0) }
        let cpu = cpuSeconds(), start = ContinuousClock.now
        for from in stride(from: 0, to: count, by: batch) {
            try Task.checkCancellation()
            let range = from..<min(from + batch, count)
            try pass(rows, range, through: databases)
        }
        let took = (ContinuousClock.now - start).inSeconds, spent = cpuSeconds() - cpu
        let peak = ProcessFigures(pid: getpid())?.peakMiB ?? 0
        let times = try (0..<singles).map { number in
            try Task.checkCancellation()
            let start = ContinuousClock.now
            try pass(more, number..<(number + 1), through: databases)
            return (ContinuousClock.now - start).inSeconds * 1000
        }
        for database in databases { database.close() }
        let disk = FileManager.default.size(paths[2])
        for path in paths { try? FileManager.default.removeItem(atPath: path) }
        let (deflated, plain) = compression(rows)
        return ReferenceRun(
            rowsPerSecond: Double(count) / took, cpuPer100k: spent * 100_000 / Double(count), diskBytesPerRow: Double(disk) / Double(count + singles),
            peakMiB: peak, single: Percentiles(times), deflatedBytesPerRow: deflated, plainBytesPerRow: plain)
    }

    private static func pass(_ rows: ReferenceRows, _ range: Range<Int>, through databases: [ReferenceDatabase]) throws {
        try databases[0].insert(rows, range)
        try databases[1].copy(from: databases[0], id: rows.ids[range.lowerBound], count: range.count)
        try databases[2].copy(from: databases[1], id: rows.ids[range.lowerBound], count: range.count)
    }

    private static func compression(_ rows: ReferenceRows) -> (deflated: Double, plain: Double) {
        var deflated = 0, plain = 0
        for from in stride(from: 0, to: rows.count, by: batch) {
            let lines = rows.lines(from..<min(from + batch, rows.count))
            plain += lines.count
            deflated += Deflated.size(of: lines) ?? lines.count
        }
        return (Double(deflated) / Double(rows.count), Double(plain) / Double(rows.count))
    }

    /// User and system time of this process.
    static func cpuSeconds() -> Double {
        var usage = rusage()
        unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
        return seconds(usage)
    }

    /// User and system time of ended commands this process has waited for.
    static func commandSeconds() -> Double {
        var usage = rusage()
        unsafe getrusage(RUSAGE_CHILDREN.rawValue, &usage)
        return seconds(usage)
    }

    private static func seconds(_ usage: rusage) -> Double {
        Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
    }

    /// The figures when nothing is compared.
    var alone: [Measure] {
        [
            Measure("reference-rows", rowsPerSecond, "rows/s"), Measure("reference-cpu", cpuPer100k, "s per 100,000"),
            Measure("reference-wire", deflatedBytesPerRow, "B per row", detail: ["plain": plainBytesPerRow], note: "wire: zlib level 6, batches of 1,000 rows"),
            Measure("reference-disk", diskBytesPerRow, "B per row and database"), Measure("reference-rss", peakMiB, "MiB", note: "rss: with all rows in memory"),
            Measure("reference-latency-p50", single.at(50), "ms"), Measure("reference-latency-p99", single.at(99), "ms", note: "latency: one row, three commits"),
        ]
    }
}
