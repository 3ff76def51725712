import Foundation
import Stage

extension Scenario {
    static let chain = Scenario(name: "chain", what: "street → district → city: rows/s, CPU, bytes, disk, memory, latency, backlog") { run in
        let rows = run.options.rows(), singles = run.options.singles
        let sizes = CompressedSizes(of: ReferenceRows(street: 0, count: min(rows, 100_000)))
        let before = try await ReferenceRun.inProcess(run, rows: rows, singles: singles)
        let town = try await BenchTown.build(run.troupe, program: run.program)
        let chain = try await town.importChain(rows: rows, run.report)
        let after = try await ReferenceRun.inProcess(run, rows: rows, singles: singles)
        let reference = ReferencePair(before: before, after: after)
        for measure in chain.measures(reference, sizes) { run.report.add(measure) }
        try await town.reconnect(direct: true)
        let latency = try await town.timeSingles(singles, after: rows, run.report)
        for measure in latency.measures(reference) { run.report.add(measure) }
        try await town.reconnect(direct: false)
        let backlog = try await town.timeBacklog(run.options.backlogRows ?? rows, after: rows + singles, run.report)
        run.report.add(backlog.measure(reference))
    }
}

/// What an import of many rows cost from the street's file to durable at the city.
struct ChainFigures: Sendable {
    let rows: Int
    let seconds: Double
    /// Street, district, city.
    let cpu: [Double]
    let commandCPU: Double
    /// Of this process: the counting relays on both lines, and waiting.
    let ownCPU: Double
    let peaks: [Double]
    let disk: [Int]
    /// Lower and upper hop, both directions.
    let wire: [Int]

    func measures(_ reference: ReferencePair, _ sizes: CompressedSizes) -> [Measure] {
        let per100k = 100_000 / Double(rows), each = Double(rows)
        let bytes = wire.map { Double($0) / each }, files = disk.map { Double($0) / each }
        return [
            Measure("chain-rows", each / seconds, "rows/s", reference: reference.rowsPerSecond, detail: ["seconds": seconds, "rows": each].merging(reference.speeds) { $1 },
                    note: "chain-rows: from the start of the import commands until every row is committed at the city, read from its file every 5 ms; the reference is the mean of a run before and one after"),
            Measure("chain-cpu", (cpu.reduce(0, +) + commandCPU) * per100k, "s per 100,000", reference: reference.cpuPer100k,
                    detail: ["street": cpu[0] * per100k, "district": cpu[1] * per100k, "city": cpu[2] * per100k, "commands": commandCPU * per100k, "relays": ownCPU * per100k],
                    note: "chain-cpu: three nodes and the import commands; relays: this process meanwhile, which counts the bytes, shares the cores and is not added"),
            Measure("chain-wire", bytes.reduce(0, +) / 2, "B per row and hop", reference: sizes.reference,
                    detail: ["lower": bytes[0], "upper": bytes[1]].merging(sizes.all) { $1 },
                    note: "chain-wire: TCP payload with TLS, both directions; the reference is \(Compressor.all.last?.name ?? "") of batches of 1,000 rows as CSV"),
            Measure("chain-disk", files.reduce(0, +) / 3, "B per row and tier", reference: reference.diskBytesPerRow,
                    detail: ["street": files[0], "district": files[1], "city": files[2]], note: "chain-disk: node.db and its WAL as they lie after the import"),
            Measure("chain-rss", peaks.max() ?? 0, "MiB", reference: reference.peakMiB, detail: ["street": peaks[0], "district": peaks[1], "city": peaks[2]],
                    note: "chain-rss: greatest peak of the three processes; the reference is a process that holds all rows in memory"),
        ]
    }
}

extension BenchTown {
    func importChain(rows: Int, _ report: BenchReport) async throws -> ChainFigures {
        let files = try writeFiles(first: 0, count: rows)
        let figures = try nodes.map { try $0.figures() }, carried = [lower.carried, upper.carried]
        let commands = Usage.commands(), own = Usage.own()
        report.note("product: \(rows) rows, street to city …")
        let start = ContinuousClock.now
        try await importFiles(files)
        let arrived = try await OutsideView.records(of: city.home).reaches(rows, "\(rows) records at the city", within: Self.patience(rows))
        let took = (arrived - start).inSeconds
        report.note("product: \(Int(Double(rows) / took)) rows/s")
        // Receipts travel back after the last row; let them, so that the work of all three is counted.
        _ = try await status(of: street, "receipts at the street", within: .seconds(60)) { $0.links.allSatisfy { $0.backlog.ordinary == 0 && $0.backlog.relief == 0 } }
        let after = try nodes.map { try $0.figures() }
        return ChainFigures(
            rows: rows, seconds: took, cpu: zip(after, figures).map { $0.cpuSeconds - $1.cpuSeconds }, commandCPU: Usage.commands() - commands,
            ownCPU: Usage.own() - own, peaks: after.map(\.peakMiB), disk: nodes.map(\.diskBytes),
            wire: zip([lower.carried, upper.carried], carried).map { $0.up + $0.down - $1.up - $1.down })
    }
}
