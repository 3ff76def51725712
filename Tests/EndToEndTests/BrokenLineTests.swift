import Foundation
import NodeRuntime
import Stage
import Testing

/// Lines that fall silent, move and break, and parents that come and go; real processes.
@Suite(.serialized) struct BrokenLineTests {
    typealias F = Federation

    @Test("Half-open connections, one way or both, are given up by both sides within the limit, and nothing piles up")
    func halfOpen() async throws {
        let (federation, line, _) = try await F.overLine(silence: 2)
        let before = try [F.city, F.district].map { try federation.footprint($0) }
        let episodes = soaking ? 50 : 4
        for episode in 0..<episodes {
            let connections = line.connections
            // The first one finds both ends in the middle of work.
            if episode % 2 == 0 { _ = try federation.importPermits(episode * 20..<(episode + 2) * 20, at: F.district) }
            line.swallow(up: episode % 3 != 1, down: episode % 3 != 2)
            try federation.until("both gave up episode \(episode)", seconds: 15) {
                try line.connections > connections || (federation.link(F.city, at: F.district).state != "connected" && federation.link(F.district, at: F.city).state != "connected")
            }
            line.heal()
            try federation.until("linked again after episode \(episode)", seconds: 15) {
                try line.connections > connections && federation.link(F.city, at: F.district).state == "connected" && federation.link(F.district, at: F.city).state == "connected"
            }
        }
        try federation.expectEqual((episodes + 1) / 2 * 40)
        for (node, old) in zip([F.city, F.district], before) {
            try federation.until("\(node) has closed what was lost", seconds: 15) { try federation.footprint(node).files <= old.files + 2 }
            let new = try federation.footprint(node)
            #expect(new.threads <= old.threads + 8, "\(node): \(old) then \(new)")
            #expect(new.residentMiB <= old.residentMiB + 40, "\(node): \(old) then \(new)")
        }
        await line.cut()
    }

    @Test("The child's address changes in mid-stream, the parent moves: work goes on from the frontier, nothing comes twice")
    func addresses() async throws {
        let (federation, line, settings) = try await F.overLine(silence: 5)
        line.set(both: LineConditions(latency: 20, bytesPerSecond: 60_000))
        _ = try federation.importPermits(0..<1500, at: F.district, bulk: 200)
        try federation.until("rows are on their way") { try federation.digest(F.district, at: F.city).records > 0 }
        let connections = line.connections
        await line.forgetChild()
        try federation.until("the child called again", seconds: 15) { line.connections > connections }
        try federation.expectEqual(1500)
        #expect(try federation.link(F.district, at: F.city).state == "connected")

        // The parent is found elsewhere: the setting says where, and no new invitation is needed.
        try await line.move()
        #expect(federation.stop(F.district) == 0)
        try federation.serve(F.district, settings: settings + ["parent: \"\(line.address)\""])
        _ = try federation.importPermits(1500..<1600, at: F.district)
        try federation.expectEqual(1600)
        // The parent's machine changes behind the same name.
        #expect(federation.stop(F.city) == 0)
        try federation.serve(F.city, settings: settings)
        line.lead(to: try federation.port(F.city))
        _ = try federation.importPermits(1600..<1700, at: F.district)
        try federation.expectEqual(1700)
        await line.cut()
    }

    @Test("A parent that falls or stops five times in the middle of a push: nothing is lost, nothing doubled")
    func restarts() async throws {
        let (federation, line, settings) = try await F.overLine()
        let listen = try #require(federation.addresses(F.city)?.listen)
        line.set(both: LineConditions(latency: 10, bytesPerSecond: 160_000))
        for round in 0..<5 {
            let before = line.carried.up
            _ = try federation.importPermits(round * 1000..<round * 1000 + 1000, at: F.district, bulk: 200)
            // Some 250 kB go up: now the parent holds part of a set.
            try federation.until("round \(round) is under way") { line.carried.up > before + 60_000 }
            if round % 2 == 0 { federation.kill9(F.city) } else { #expect(federation.stop(F.city) == 0) }
            try federation.serve(F.city, listen: listen, settings: settings)
        }
        try federation.expectEqual(5000)
        #expect(try federation.status(F.city).warnings.isEmpty && federation.status(F.district).warnings.isEmpty)
        await line.cut()
    }

    @Test("After an outage of many failed attempts the child is back within its longest wait, and says meanwhile what it met")
    func outage() async throws {
        let (federation, line, _) = try await F.overLine()
        await line.cut()
        try federation.until("it was refused") { try federation.link(F.city, at: F.district).lastError?.contains("127.0.0.1: ") == true }
        let words = try #require(federation.link(F.city, at: F.district).lastError)
        #expect(words.hasPrefix("Cannot connect to \(line.address): ") && words.contains("refused") && !words.contains("NIO"), "\(words)")
        let start = Date()
        try await line.restore()
        try federation.until("it is back", seconds: 20) { try federation.link(F.city, at: F.district).state == "connected" }
        #expect(Date().timeIntervalSince(start) < 6, "one second of waiting, and a slow machine")
        await line.cut()
    }

    @Test("Turned bits and truncated streams end the connection, never the node, and the next one goes on", arguments: [Line.Mishap.corrupt, .truncate, .swallow])
    func damage(mishap: Line.Mishap) async throws {
        let (federation, line, _) = try await F.overLine(silence: 3)
        let connections = line.connections
        line.strike(mishap, .up, afterBytes: 20_011)
        _ = try federation.importPermits(0..<1000, at: F.district, bulk: 60)
        try federation.expectEqual(1000)
        #expect(line.connections > connections, "it struck")
        line.strike(mishap, .down, afterBytes: 100)
        _ = try federation.importPermits(1000..<1100, at: F.district)
        try federation.expectEqual(1100)
        await line.cut()
    }
}
