import Foundation
import Stage

/// What an import of many rows cost from the street's file to durable at the city.
struct ChainFigures: Sendable {
    let rows: Int
    let seconds: Double
    /// Street, district, city.
    let cpu: [Double]
    let commandCPU: Double
    let peaks: [Double]
    let disk: [Int]
    /// Lower and upper hop, both directions.
    let wire: [Int]

    func measures(_ reference: ReferenceRun) -> [Measure] {
        let per100k = 100_000 / Double(rows), each = Double(rows)
        let bytes = wire.map { Double($0) / each }, files = disk.map { Double($0) / each }
        return [
            Measure("chain-rows", each / seconds, "rows/s", reference: reference.rowsPerSecond, detail: ["seconds": seconds, "rows": each],
                    note: "chain-rows: from the start of the import commands until the city's status counts every row"),
            Measure("chain-cpu", (cpu.reduce(0, +) + commandCPU) * per100k, "s per 100,000", reference: reference.cpuPer100k,
                    detail: ["street": cpu[0] * per100k, "district": cpu[1] * per100k, "city": cpu[2] * per100k, "commands": commandCPU * per100k]),
            Measure("chain-wire", bytes.reduce(0, +) / 2, "B per row and hop", reference: reference.deflatedBytesPerRow,
                    detail: ["lower": bytes[0], "upper": bytes[1]], note: "chain-wire: TCP payload with TLS, both directions; the reference is zlib level 6 in batches of 1,000"),
            Measure("chain-disk", files.reduce(0, +) / 3, "B per row and tier", reference: reference.diskBytesPerRow,
                    detail: ["street": files[0], "district": files[1], "city": files[2]], note: "chain-disk: node.db and its WAL as they lie after the import"),
            Measure("chain-rss", peaks.max() ?? 0, "MiB", reference: reference.peakMiB, detail: ["street": peaks[0], "district": peaks[1], "city": peaks[2]],
                    note: "chain-rss: greatest peak of the three processes; the reference holds all rows in memory"),
        ]
    }
}

extension BenchTown {
    func importChain(rows: Int, _ report: BenchReport) async throws -> ChainFigures {
        let files = try writeFiles(first: 0, count: rows)
        let figures = try currentFigures(), carried = [lower.carried, upper.carried], commands = ReferenceRun.commandSeconds()
        report.note("product: \(rows) rows, street to city …")
        let start = ContinuousClock.now
        async let arrived = status(of: city, "\(rows) records at the city", within: Self.patience(rows)) { $0.records >= rows }
        for file in files {
            let report = try await street.importFile(file.path, item: file.item, actor: Self.actor)
            guard report.effective == file.rows else { throw BenchFailure(what: "\(file.path): \(report.effective) of \(file.rows) rows became effective") }
        }
        let records = try await arrived.records
        let took = (ContinuousClock.now - start).inSeconds
        guard records == rows else { throw BenchFailure(what: "\(records) records at the city instead of \(rows)") }
        report.note("product: \(Int(Double(rows) / took)) rows/s")
        // Receipts travel back after the last row; let them, so that the work of all three is counted.
        _ = try await status(of: street, "receipts at the street", within: .seconds(60)) { $0.links.allSatisfy { $0.backlog.ordinary == 0 && $0.backlog.relief == 0 } }
        let after = try currentFigures()
        return ChainFigures(
            rows: rows, seconds: took, cpu: zip(after, figures).map { $0.cpuSeconds - $1.cpuSeconds }, commandCPU: ReferenceRun.commandSeconds() - commands,
            peaks: after.map(\.peakMiB), disk: nodes.map(\.diskBytes),
            wire: zip([lower.carried, upper.carried], carried).map { $0.up + $0.down - $1.up - $1.down })
    }

    private func currentFigures() throws -> [ProcessFigures] {
        try nodes.map { node in
            guard let number = node.processNumber, let figures = ProcessFigures(pid: number) else { throw NodeEnded(path: node.path, log: node.log) }
            return figures
        }
    }
}
