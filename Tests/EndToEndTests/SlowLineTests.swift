import Foundation
import NodeRuntime
import Stage
import Testing

/// Lines that are slow, far or lossy, between real processes.
@Suite(.serialized) struct SlowLineTests {
    typealias F = Federation
    /// 256 kbit/s, 300 ms there and back, one segment in twenty lost.
    private static let bad = LineConditions(latency: 150, bytesPerSecond: 32_000, loss: 0.05, timeout: 500, seed: 7)

    @Test("At 300 ms, 5 % loss and 256 kbit/s rows go up and a list comes down over one connection")
    func badLine() async throws {
        let (federation, line, _) = try await F.overLine()
        let connections = line.connections
        line.set(both: Self.bad)
        _ = try federation.importPermits(0..<400, at: F.district, bulk: 200)
        try federation.publishList("serious", at: F.city)
        try federation.until("the list came down") { try federation.answer(at: F.district) == .onTheList }
        try federation.expectEqual(400)
        #expect(line.connections == connections, "the line was bad, not broken")
        await line.cut()
    }

    @Test("A set that takes longer than the silence limit does not end the link: any byte is a sign of life")
    func longSets() async throws {
        let (federation, line, _) = try await F.overLine(silence: 3)
        let connections = line.connections
        line.set(both: LineConditions(latency: 50, bytesPerSecond: 40_000))
        // A set of 1000 such rows is more than 200 kB: five seconds, and the limit is three.
        _ = try federation.importPermits(0..<1400, at: F.district, bulk: 200)
        try federation.expectEqual(1400)
        #expect(line.carried.up > 250_000, "the sets were as long as they had to be: \(line.carried)")
        #expect(line.connections == connections)
        await line.cut()
    }

    @Test("Relief overtakes a backlog that is being sent over a slow line")
    func reliefOvertakes() async throws {
        let (federation, line, _) = try await F.overLine()
        try federation.publishList("own", at: F.district)
        try federation.until("the city has the district's list") { try federation.answer(at: F.city) == .onTheList }
        line.set(both: LineConditions(latency: 150, bytesPerSecond: 64_000))
        let rows = 8000
        _ = try federation.importPermits(0..<rows, at: F.district, bulk: 200)
        try federation.until("the backlog moves") { try federation.digest(F.district, at: F.city).records > 0 }
        try federation.remove("文〔2025〕1号", from: "own", at: F.district)
        let atRemoval = try federation.digest(F.district, at: F.city).records
        try federation.until("the removal is at the city") { try federation.status(F.city).lists.first?.removed == 1 }
        let held = try federation.digest(F.district, at: F.city).records
        #expect(atRemoval < rows - 3000, "there was a backlog: \(atRemoval) of \(rows) rows had come")
        #expect(held < atRemoval + 3000, "\(held) of \(rows) rows came before the relief, \(atRemoval) before it was written")
        line.set(both: .perfect)
        try federation.expectEqual(rows)
        await line.cut()
    }

    @Test("300 ms there and back cost no more than a little beside the rows themselves")
    func longFatLine() async throws {
        let rows = soaking ? 20_000 : 3000
        let (federation, line, _) = try await F.overLine()
        var times: [Double] = []
        for (round, conditions) in [LineConditions.perfect, LineConditions(latency: 150)].enumerated() {
            await line.cut()
            _ = try federation.importPermits(round * rows..<(round + 1) * rows, at: F.district, bulk: 200)
            let before = try federation.status(F.city).records
            line.set(both: conditions)
            try await line.restore()
            try federation.until("the backlog moves") { try federation.status(F.city).records > before }
            let start = Date()
            try federation.until("all rows came", seconds: 300) { try federation.status(F.city).records == (round + 1) * rows }
            times.append(Date().timeIntervalSince(start))
        }
        // Two seconds for the polling and for the first round trips.
        #expect(times[1] < 2 * times[0] + 2, "\(times[1]) s at 300 ms, \(times[0]) s without")
        print("\(rows) rows: \(times[0]) s on a perfect line, \(times[1]) s at 300 ms")
        await line.cut()
    }
}
