import Foundation
import NIOCore
import NodeRuntime
import Testing
import Transport

/// `children suspend` and `resume` against a live link and against a resumed TLS session.
@Suite(.serialized) struct SuspensionTests {
    typealias F = Federation

    @Test("Suspending ends the live link and keeps the child out; resuming lets it in, and nothing is lost")
    func liveLink() throws {
        let federation = try F.withSilentStreet()
        try federation.serve(F.a, parentPort: try federation.port(F.district))
        func states() throws -> (street: String, district: String) { (try federation.link(F.district, at: F.a).state, try federation.link(F.a, at: F.district).state) }
        try federation.until("linked") { try states() == ("connected", "connected") }
        #expect(try federation.children(["suspend", F.a], at: F.district).map(\.state) == ["suspended"])
        try federation.until("the district ended it") { try states().district == "cut" }
        // Only an attempt that was refused gives one of these; the end of a talk gives "cut".
        try federation.until("the street called again and was refused") { try ["refused", "waiting"].contains(states().street) }
        let imported = try federation.importPermits(0..<20, at: F.a)
        #expect(imported.effective == 20)
        let contact = try federation.link(F.a, at: F.district).lastContact
        #expect(try federation.digest(F.a, at: F.district).records == 0)
        #expect(try states().district == "cut" && federation.link(F.a, at: F.district).lastContact == contact)

        #expect(try federation.children(["resume", F.a], at: F.district).map(\.state) == ["enrolled"])
        try federation.until("linked again") { try states() == ("connected", "connected") }
        try federation.until("what was written meanwhile arrived") { try federation.digest(F.a, at: F.district).records == 20 }
        #expect(try federation.run(["children", "suspend", F.b, "--json"], at: F.district).status == 66)
    }

    @Test("A suspended child gets in neither by a session ticket nor by a connection that is still open")
    func ticket() async throws {
        let federation = try F.withSilentStreet()
        let client = try HostileClient(port: try federation.port(F.district), try federation.credential(F.a))
        #expect(await client.askLink() == .status(200))
        #expect(!client.lastResumed)
        let open = try await client.connect()
        #expect(client.lastResumed, "the ticket works: what follows is about it")
        let live = try await HostileClient.openLink(on: open)
        #expect(live.status == 200)

        _ = try federation.children(["suspend", F.a], at: F.district)
        // The body ends, whether by farewell or reset; a link that lived on would keep this waiting.
        do { for try await _ in live.stream.inbound {} } catch is TransportError {}
        if !open.isClosed { #expect(try await HostileClient.openLink(on: open).status == 403) }
        let answer = await client.askLink()
        #expect(client.lastResumed && answer.isRefusal, "by ticket: \(answer)")
        let anew = try await HostileClient(port: client.port, try federation.credential(F.a)).askLink()
        #expect(anew.isRefusal, "by a whole handshake: \(anew)")
        #expect(try federation.link(F.a, at: F.district).state == "cut")

        _ = try federation.children(["resume", F.a], at: F.district)
        #expect(try await HostileClient(port: client.port, try federation.credential(F.a)).askLink() == .status(200))
        // A node that restarts keeps no ticket keys, and the list of the suspended.
        _ = try federation.children(["suspend", F.a], at: F.district)
        let listen = try #require(federation.addresses(F.district)?.listen)
        await open.close()
        federation.kill9(F.district)
        try federation.serve(F.district, listen: listen)
        let restarted = await client.askLink()
        #expect(restarted.isRefusal, "after a restart: \(restarted)")
        #expect(try federation.children(at: F.district).map(\.state) == ["suspended"])
    }

    @Test("The end of an older link does not make a live one look cut")
    func olderLinkEnds() async throws {
        let federation = try F.withSilentStreet()
        // The line breaks without a word, the child dials again, and the parent gives up the old link later.
        let older = try await HostileClient(port: try federation.port(F.district), try federation.credential(F.a)).connect()
        let stream = try await HostileClient.openLink(on: older).stream
        try federation.serve(F.a, parentPort: try federation.port(F.district))
        try federation.until("linked") { try federation.link(F.a, at: F.district).state == "connected" }
        // The newer link supersedes the older one: its stream ends without our doing.
        do { for try await _ in stream.inbound {} } catch is TransportError {}
        await older.close()
        _ = try federation.importPermits(0..<5, at: F.a)
        try federation.until("the live link carries rows") { try federation.digest(F.a, at: F.district).records == 5 }
        let state = try federation.link(F.a, at: F.district).state
        #expect(state == "connected")
    }

    @Test("A child that reads nothing cannot keep its link by leaving the farewell unread")
    func unreadFarewell() async throws {
        let federation = try F.withSilentStreet()
        // Change sets so large that one alone overfills the writer's queue, and hard to compress.
        var random = SplitMix64(state: 20_250_303)
        for list in 0..<8 {
            let basis = String(String.UnicodeScalarView((0..<40_000).compactMap { _ in UnicodeScalar(0x4e00 + UInt32(random.next() % 20_000)) }))
            _ = try federation.ask(
                ListSummary.self, ["list", "create", "list-\(list)", "--title", basis, "--basis", basis, "--unit", F.unit, "--operator", "甲", "--reviewer", "乙"], at: F.district)
        }
        var limits = HTTPLimits()
        limits.streamWindow = 65_535
        let client = try HostileClient(port: try federation.port(F.district), try federation.credential(F.a))
        let connection = try await client.connect(limits)
        let (status, stream) = try await HostileClient.openLink(on: connection)
        #expect(status == 200)
        try await stream.write(ByteBuffer(bytes: HostileFrames.opening(of: F.a)))
        try federation.until("the conversation is open") { try federation.link(F.a, at: F.district).state == "connected" }
        _ = try federation.children(["suspend", F.a], at: F.district)
        try federation.until("the link ended", seconds: 10) { try federation.link(F.a, at: F.district).state == "cut" }
        let before = try federation.link(F.a, at: F.district).lastContact
        // Unknown frames: read, and left aside; the time of the last contact is in whole seconds.
        for _ in 0..<40 where try federation.link(F.a, at: F.district).lastContact == before { try? await stream.write(ByteBuffer(bytes: HostileFrames.framed([0xfa, 0x06, 0]))) }
        let after = try federation.link(F.a, at: F.district).lastContact
        #expect(after == before)
        stream.reset()
        await connection.close()
    }
}
