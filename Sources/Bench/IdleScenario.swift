import Foundation
import Stage

extension Scenario {
    static let idle = Scenario(name: "idle", what: "what 160 open links cost while nothing happens") { run in
        let town = try await GatherTown.build(streets: run.options.manyStreets, run)
        for measure in try await town.idle(seconds: run.options.pick(full: 30, quick: 10, smoke: 1), run.report) { run.report.add(measure) }
    }
}

extension GatherTown {
    func idle(seconds: Int, _ report: BenchReport) async throws -> [Measure] {
        // What joining left to tell is told first.
        try await Task.sleep(for: .seconds(seconds / 2))
        report.note("\(streets.count) links idle for \(seconds) s …")
        let before = try figures(), carried = line.carried, start = ContinuousClock.now
        try await Task.sleep(for: .seconds(seconds))
        let minutes = (ContinuousClock.now - start).inSeconds / 60, after = try figures(), cpu = after.cpu(since: before)
        let up = line.carried.up - carried.up, down = line.carried.down - carried.down, each = Double(streets.count) * minutes
        let resident = ["district MiB": after.district.residentMiB, "street MiB": after.streets.map(\.residentMiB).max() ?? 0, "city MiB": after.city.residentMiB]
        return [
            Measure("idle-cpu", cpu.district * 1000 / each, "ms per link and minute", detail: ["street": cpu.streets * 1000 / each, "city ms per minute": cpu.city * 1000 / minutes],
                    note: "idle-cpu: all the district uses, by the number of its children's links; street: all a street uses"),
            Measure("idle-wire", Double(up + down) / each, "B per link and minute", detail: ["up": Double(up) / each, "down": Double(down) / each]),
            Measure("idle-rss", after.district.residentMiB, "MiB", detail: resident),
        ]
    }
}
