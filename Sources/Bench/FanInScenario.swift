import Foundation
import Stage

extension Scenario {
    static let fanIn = Scenario(name: "fan-in", what: "1, 10, 50 and 160 streets feed one district: rows/s, CPU and memory per tier") { run in
        let rows = run.options.rows(), counts = run.options.streets.map { [$0] } ?? run.options.pick(full: [1, 10, 50, 160], quick: [1, 10, 50], smoke: [1, 3])
        var first: FanInFigures?
        for count in counts {
            // A troupe of its own each, ended before the next.
            let troupe = try Troupe(name: "\(count)", in: run.troupe.directory)
            let figures: FanInFigures
            do {
                figures = try await GatherTown.build(streets: count, run.with(troupe)).feed(rows / count * count, run.report)
            } catch {
                await troupe.end()
                throw error
            }
            await troupe.end()
            for measure in figures.measures(alone: first ?? figures) { run.report.add(measure) }
            first = first ?? figures
        }
    }
}

/// What gathering from a number of streets cost.
struct FanInFigures: Sendable {
    let streets: Int
    let rows: Int
    let seconds: Double
    /// CPU seconds.
    let cpu: (city: Double, district: Double, streets: Double)
    let peaks: [String: Double]
    /// Between streets and district, both directions.
    let bytes: Int

    private var per100k: Double { 100_000 / Double(rows) }
    private var whole: Double { (cpu.city + cpu.district + cpu.streets) * per100k }
    private var gathering: Double { (cpu.city + cpu.district) * per100k }

    /// - Parameter alone: the figures of one street, the reference of all.
    func measures(alone: FanInFigures) -> [Measure] {
        let speed = Double(rows) / seconds
        return [
            Measure("fan-in-rows-\(streets)", speed, "rows/s", reference: Double(alone.rows) / alone.seconds, detail: ["seconds": seconds, "rows": Double(rows)],
                    note: "fan-in: every street a process; links open before, imports at all streets at once through their sockets, until every row is committed at the city; the reference is one street"),
            Measure("fan-in-cpu-\(streets)", whole, "s per 100,000", reference: alone.whole,
                    detail: ["streets": cpu.streets * per100k, "district": cpu.district * per100k, "city": cpu.city * per100k], note: "fan-in-cpu: all tiers together, intake at the streets included"),
            Measure("fan-in-gathering-\(streets)", gathering, "s per 100,000", reference: alone.gathering,
                    detail: ["district": cpu.district * per100k, "city": cpu.city * per100k, "B per row": Double(bytes) / Double(rows)], note: "fan-in-gathering: CPU of district and city alone; bytes of the lower hop"),
            Measure("fan-in-rss-\(streets)", peaks["district MiB"] ?? 0, "MiB", reference: alone.peaks["district MiB"], detail: peaks, note: "fan-in-rss: peak of the district; in the detail the greatest street, and what all streets hold at the end, the program's own pages counted once"),
        ]
    }
}

extension GatherTown {
    /// Rows each street imports before the clock starts.
    private static let warmUp = 10

    /// Imports `rows` rows, as many at each street, at once.
    func feed(_ rows: Int, _ report: BenchReport) async throws -> FanInFigures {
        let count = streets.count
        let files = (0..<count).map { SampleFiles(street: $0, first: Self.warmUp, count: rows / count) }
        // What a process does at its first import alone (reading the catalogue, first touch of memory) is not the cost of a row.
        try await forEach(Array(streets.enumerated()), atOnce: 4) { number, street in try await SampleFiles(street: number, count: Self.warmUp).importAll(at: street) }
        let base = count * Self.warmUp
        _ = try await gathered(base, within: .seconds(120))
        let before = try figures(), carried = line.carried
        report.note("\(count) streets: \(rows) rows …")
        let start = ContinuousClock.now
        try await forEach(Array(zip(streets, files)), atOnce: count) { street, files in try await files.importAll(at: street) }
        report.note("\(count) streets: durable there after \((ContinuousClock.now - start).seconds) s")
        let took = (try await gathered(base + rows, within: BenchTown.patience(rows)) - start).inSeconds
        // Receipts travel back after the last row. Asking every street whether it has its own would cost more than they do.
        try await Task.sleep(for: .milliseconds(300))
        let after = try figures()
        report.note("\(count) streets: \(Int(Double(rows) / took)) rows/s")
        return FanInFigures(
            streets: count, rows: rows, seconds: took, cpu: after.cpu(since: before), peaks: after.peaks.merging(["all streets now MiB": streetsMiB]) { $1 },
            bytes: line.carried.up + line.carried.down - carried.up - carried.down)
    }
}
