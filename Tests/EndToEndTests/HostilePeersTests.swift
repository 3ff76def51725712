import Foundation
import NIOCore
import NodeRuntime
import Stage
import Testing
import Transport

/// Peers that speak rightly and behave badly: floods, trickles, peers that never read. What a node keeps for
/// one of them is bounded, and an honest link takes its place.
@Suite(.serialized) struct HostilePeersTests {
    typealias F = Federation
    private static let memoryMiB = 250

    /// City and district serve; the street is enrolled and silent.
    /// - Parameter silence: the district's patience, seconds.
    private func stage(silence: Int = 35) throws -> (F, HostileClient) {
        let federation = try F.withSilentStreet()
        #expect(federation.stop(F.district) == 0)
        try federation.serve(F.district, settings: ["silence_seconds: \(silence)", "reconnect_seconds: 1"])
        return (federation, try HostileClient(port: try federation.port(F.district), try federation.credential(F.a)))
    }

    private func expectWell(_ federation: F, _ pid: Int32, _ what: String) throws {
        #expect(try federation.pid(F.district) == pid && federation.status(F.district).path == F.district, "\(what)")
        let memory = try federation.residentMiB(F.district)
        #expect(memory.peak < Self.memoryMiB, "\(what): at its highest \(memory.peak) MiB")
    }

    @Test("Millions of empty frames, endless tip lists and verdicts of a child end the link by name, in little memory")
    func floods() async throws {
        let (federation, client) = try stage()
        let pid = try federation.pid(F.district)
        let connection = try await client.connect()
        let greeting = HostileFrames.framed(HostileFrames.greeting(of: F.a)), opened = HostileFrames.opening(of: F.a)
        let zeros = [UInt8](repeating: 0, count: 4_000_000)
        let verdict = HostileFrames.message(1, HostileFrames.message(1, HostileFrames.message(1, Array(F.a.utf8)) + HostileFrames.message(2, [UInt8](repeating: 9, count: 16))) + [0x10, 1]) + [0x10, 3]
        let verdicts = HostileFrames.framed(HostileFrames.message(6, HostileFrames.message(1, verdict)))
        for (what, bytes, word) in [("lengths of zero", zeros, "0 bytes"), ("verdicts", opened + (0..<50_000).flatMap { _ in verdicts }, "verdicts")] {
            try await say(bytes, on: connection)
            try federation.until("\(what) were named") { try federation.link(F.a, at: F.district).lastError?.contains(word) == true }
        }
        // Every tip names another ledger of the street's own, as an honest one would.
        let (_, stream) = try await HostileClient.openLink(on: connection)
        try await stream.write(ByteBuffer(bytes: greeting))
        do {
            for frame in 0..<64 { try await stream.write(ByteBuffer(bytes: HostileFrames.framed(Self.tips(frame * 4096..<(frame + 1) * 4096)))) }
        } catch is TransportError {}
        try federation.until("the tips were named") { try federation.link(F.a, at: F.district).lastError?.contains("too many tips") == true }
        stream.reset()
        await connection.close()
        try expectWell(federation, pid, "floods")
        #expect(await client.askLink() == .status(200))
    }

    @Test("A peer that writes and never reads is kept waiting, not in memory; a newer link takes its place")
    func neverReads() async throws {
        let (federation, client) = try stage()
        let pid = try federation.pid(F.district)
        let connection = try await client.connect()
        let (_, stream) = try await HostileClient.openLink(on: connection)
        try await stream.write(ByteBuffer(bytes: HostileFrames.opening(of: F.a)))
        // 60 MiB of pings, each of which wants an answer; the answers stay unread, so the node stops reading.
        let pings = ByteBuffer(bytes: (0..<20_000).flatMap { _ in HostileFrames.framed([0x42, 2, 8, 1]) })
        let flooding = Task { () -> Int in
            var written = 0
            do {
                for _ in 0..<400 {
                    try await stream.write(pings)
                    written += pings.readableBytes
                }
            } catch {}
            return written
        }
        // The window is full when the writer stands still: two looks see the same.
        var before = -1
        try federation.until("the flood stands still", seconds: 60) {
            let now = try federation.residentMiB(F.district).now
            defer { before = now }
            return now == before
        }
        try expectWell(federation, pid, "pings unread")
        try await honest(federation, client)
        _ = await flooding.value
        try expectWell(federation, pid, "after the flood")
        await connection.close()
    }

    /// On a machine that runs many tests at once this process may itself fall silent for longer than the limit.
    @Test("A trickle keeps its own link and nobody else's; when it stops, silence ends it", .enabled(if: soaking))
    func trickle() async throws {
        let (federation, client) = try stage(silence: 2)
        let pid = try federation.pid(F.district)
        let connection = try await client.connect()
        let (_, stream) = try await HostileClient.openLink(on: connection)
        try await stream.write(ByteBuffer(bytes: HostileFrames.opening(of: F.a) + HostileFrames.prefix(4 * 1024 * 1024)))
        let start = Date()
        // Twice the limit, a byte at a time: each is a sign of life.
        while Date().timeIntervalSince(start) < 4 {
            try await stream.write(ByteBuffer(bytes: [0]))
            #expect(try federation.link(F.a, at: F.district).state == "connected")
        }
        try federation.until("silence ended it", seconds: 10) { try federation.link(F.a, at: F.district).lastError?.contains("silent") == true }
        stream.reset()
        try expectWell(federation, pid, "a trickle")
        try await honest(federation, client)
        await connection.close()
    }

    /// The street itself serves now, and its rows arrive.
    private func honest(_ federation: F, _ client: HostileClient) async throws {
        try federation.serve(F.a, parentPort: try federation.port(F.district))
        try federation.until("the honest street is linked") { try federation.link(F.district, at: F.a).state == "connected" && federation.status(F.a).catalogue != nil }
        _ = try federation.importPermits(0..<50, at: F.a)
        try federation.until("its rows came") { try federation.digest(F.a, at: F.district).records == 50 }
    }

    private func say(_ bytes: [UInt8], on connection: HTTPConnection) async throws {
        let (_, stream) = try await HostileClient.openLink(on: connection)
        do {
            try await stream.write(ByteBuffer(bytes: bytes))
            try await stream.finish()
            for try await _ in stream.inbound {}
        } catch is TransportError {}
    }

    private static func tips(_ numbers: Range<Int>) -> [UInt8] {
        let path = HostileFrames.message(1, Array(F.a.utf8)), published: [UInt8] = HostileFrames.message(2, [8, 3])
        var list: [UInt8] = []
        for number in numbers {
            let incarnation = (0..<16).map { UInt8(truncatingIfNeeded: $0 < 8 ? 0 : number >> (8 * (15 - $0))) }
            let ledger = HostileFrames.message(1, path + HostileFrames.message(2, incarnation)) + published + [0x18, 1]
            list += HostileFrames.message(1, HostileFrames.message(1, ledger) + [0x10, 1] + HostileFrames.message(3, [UInt8](repeating: 7, count: 32)))
        }
        return HostileFrames.message(2, list)
    }
}
