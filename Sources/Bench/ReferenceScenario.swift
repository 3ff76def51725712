extension Scenario {
    static let reference = Scenario(name: "reference", what: "raw SQLite and compressors alone") { run in
        let rows = run.options.rows(), found = try await ReferenceRun.inProcess(run, rows: rows, singles: run.options.singles)
        let sizes = CompressedSizes(of: ReferenceRows(street: 0, count: rows))
        let single = Percentiles(found.singles)
        for measure in [
            Measure("reference-rows", found.rowsPerSecond, "rows/s"),
            Measure("reference-cpu", found.cpuPer100k, "s per 100,000"),
            Measure("reference-wire", sizes.reference, "B per row", detail: sizes.all, note: "reference-wire: \(Compressor.all.last?.name ?? "") of batches of 1,000 rows as CSV"),
            Measure("reference-disk", found.diskBytesPerRow, "B per row and database"),
            Measure("reference-rss", found.peakMiB, "MiB", note: "reference-rss: with all rows in memory"),
            Measure("reference-latency-p50", single.at(50), "ms"),
            Measure("reference-latency-p99", single.at(99), "ms", note: "reference-latency: one row, three FULL commits"),
        ] { run.report.add(measure) }
    }
}

/// Bytes a row that general compressors leave of batches of 1,000 rows.
struct CompressedSizes: Sendable {
    /// By compressor, and `plain`.
    let all: [String: Double]
    /// Of the last compressor.
    let reference: Double

    init(of rows: ReferenceRows) {
        var sums = [Int](repeating: 0, count: Compressor.all.count), plain = 0
        for from in stride(from: 0, to: rows.count, by: ReferenceRun.batch) {
            let lines = rows.lines(from..<min(from + ReferenceRun.batch, rows.count))
            plain += lines.count
            for (index, compressor) in Compressor.all.enumerated() { sums[index] += compressor.size(lines) ?? lines.count }
        }
        let each = sums.map { Double($0) / Double(max(1, rows.count)) }
        var found = ["plain": Double(plain) / Double(max(1, rows.count))]
        for (compressor, size) in zip(Compressor.all, each) { found[compressor.name] = size }
        all = found
        reference = each.last ?? 0
    }
}
