import Foundation
import NodeRuntime
import Stage

extension Scenario {
    static let storm = Scenario(name: "storm", what: "160 lines are cut at once and come back, each street with a row that waits") { run in
        let town = try await GatherTown.build(streets: run.options.manyStreets, run)
        for measure in try await town.storm(run.report) { run.report.add(measure) }
    }
}

extension GatherTown {
    func storm(_ report: BenchReport) async throws -> [Measure] {
        report.note("\(streets.count) lines are cut …")
        await line.cut()
        _ = try await wait(for: "the district notices", within: .seconds(120)) {
            let links = try await district.ask(StatusCommand()).links.filter { $0.role == "child" && $0.state == "connected" }.count
            return (links, "\(links) links")
        } until: { $0 == 0 }
        try await forEach(Array(streets.enumerated()), atOnce: 8) { number, street in try await SampleFiles(street: number, count: 1).importAll(at: street) }
        let before = try figures(), dials = line.connections
        try await line.restore()
        let start = ContinuousClock.now
        async let rows = gathered(streets.count, within: .seconds(180))
        let open = (try await linked(within: .seconds(180)) - start).inSeconds, there = (try await rows - start).inSeconds
        try await Task.sleep(for: .milliseconds(300))
        let after = try figures(), cpu = after.cpu(since: before), count = Double(streets.count)
        return [
            Measure("storm-links", open, "s", detail: ["links": count, "dials beyond one a link": Double(line.connections - dials) - count],
                    note: "storm: from the lines' return until the district's status shows every link open, asked every 50 ms; the wait for the next dial, spread at random within a second, is in it"),
            Measure("storm-rows", there, "s", detail: ["rows": count], note: "storm-rows: until the city counts one waiting row of each street"),
            Measure("storm-cpu", (cpu.city + cpu.district + cpu.streets) * 1000 / count, "ms per link",
                    detail: ["city": cpu.city * 1000 / count, "district": cpu.district * 1000 / count, "streets": cpu.streets * 1000 / count]),
            Measure("storm-rss", after.district.peakMiB, "MiB", detail: after.peaks),
        ]
    }
}
