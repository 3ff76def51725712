import Foundation
import NIOCore
import NIOPosix
import NodeRuntime
import Testing
import Transport

/// Bytes that no honest peer sends, before TLS and after it: the node lives on, in little memory.
@Suite(.serialized) struct HostileBytesTests {
    typealias F = Federation
    private static let memoryMiB = 250
    /// Same as the node's bound of a frame.
    private static let frameBytes = 4 * 1024 * 1024

    private func expectAlive(_ federation: Federation, _ pid: Int32, _ what: String) throws {
        #expect(try federation.status(F.district).path == F.district, "\(what)")
        #expect(try federation.pid(F.district) == pid, "\(what): the same process")
    }

    private func expectSmall(_ memory: (now: Int, peak: Int), _ what: String) {
        #expect(memory.peak < Self.memoryMiB, "\(what): \(memory.now) MiB, at its highest \(memory.peak)")
    }

    @Test("Before TLS: noise, plain HTTP, and a handshake that turns to garbage end; silence is given up; others are served")
    func beforeTLS() async throws {
        let federation = try F.withSilentStreet()
        let port = try federation.port(F.district), pid = try federation.pid(F.district)
        let hello = try await Self.clientHello()
        var random = SplitMix64(state: 20_250_301)
        var talks: [(String, [UInt8])] = [
            ("HTTP/2 without TLS", Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]),
            ("HTTP/1", Array("POST /v1/link HTTP/1.1\r\nHost: x\r\n\r\n".utf8)),
            ("ClientHello, then garbage", hello + random.bytes(64 * 1024)),
            ("ClientHello twice", hello + hello),
            ("ClientHello cut short", Array(hello.dropLast(40))),
            ("a record of 16 KiB that claims to be a handshake", [22, 3, 1, 0x40, 0] + random.bytes(0x4000)),
            ("a handshake message of 16 MiB", [22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff]),
            ("an alert", [21, 3, 3, 0, 2, 2, 40]),
            ("application data first", [23, 3, 3, 0x10, 0] + random.bytes(0x1000))
        ]
        for round in 0..<32 { talks.append(("noise \(round)", random.bytes(1 << (round % 18)))) }
        for round in 0..<32 {
            var mutated = hello
            for _ in 0..<4 { mutated[Int(random.next() % UInt64(mutated.count))] = UInt8(truncatingIfNeeded: random.next()) }
            talks.append(("mutated ClientHello \(round)", mutated))
        }
        for silent in 0..<200 { talks.append(("silence \(silent)", [])) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (_, bytes) in talks { group.addTask { try await Self.talk(bytes, to: port) } }
            // Meanwhile an honest child gets its link.
            #expect(try await HostileClient(port: port, try federation.credential(F.a)).askLink() == .status(200))
            // Ends only when the node has given up every one of them.
            try await group.waitForAll()
        }
        try expectAlive(federation, pid, "before TLS")
        try expectSmall(federation.residentMiB(F.district), "before TLS")
    }

    @Test("On a link: impossible lengths, noise, mutated and oversized frames end that link and nothing else")
    func onTheLink() async throws {
        let federation = try F.withSilentStreet()
        let port = try federation.port(F.district), pid = try federation.pid(F.district)
        let connection = try await HostileClient(port: port, try federation.credential(F.a)).connect()
        var random = SplitMix64(state: 20_250_302)
        let greeting = try await Self.greeting(on: connection)
        var all: [(String, [UInt8])] = [
            ("length 0xFFFFFFFF", [0xff, 0xff, 0xff, 0xff] + random.bytes(5000)),
            ("length 0", [0, 0, 0, 0]),
            ("one byte too long", HostileFrames.prefix(Self.frameBytes + 1) + random.bytes(5000)),
            ("a length and no more", HostileFrames.prefix(Self.frameBytes)),
            ("half a length", [0, 0]),
            ("its own greeting", HostileFrames.framed(greeting)),
            ("its own greeting a thousand times", (0..<1000).flatMap { _ in HostileFrames.framed(greeting) }),
            ("the longest frame, of zeros", HostileFrames.framed([UInt8](repeating: 0, count: Self.frameBytes))),
            ("groups in groups", HostileFrames.framed([UInt8](repeating: 0x7b, count: 100_000))),
            ("a hundred thousand pings", (0..<100_000).flatMap { _ in HostileFrames.framed([0x42, 0]) }),
            ("a hundred thousand unknown frames", (0..<100_000).flatMap { _ in HostileFrames.framed([0xfa, 0x06, 0]) })
        ]
        for tag in 1...11 {
            all.append(("empty message \(tag)", HostileFrames.framed(HostileFrames.message(tag, []))))
            all.append(("noise in message \(tag)", HostileFrames.framed(HostileFrames.message(tag, random.bytes(3000)))))
        }
        // The same inside a conversation that began as it should.
        let opened = HostileFrames.opening(of: F.a)
        for tag in 3...11 {
            all.append(("opened, then an empty message \(tag)", opened + HostileFrames.framed(HostileFrames.message(tag, []))))
            all.append(("opened, then noise in message \(tag)", opened + HostileFrames.framed(HostileFrames.message(tag, random.bytes(3000)))))
            all.append(("opened, then message \(tag) of noise in field 1", opened + HostileFrames.framed(HostileFrames.message(tag, HostileFrames.message(1, random.bytes(500))))))
        }
        all.append(("opened twice", opened + opened))
        all.append(("a neighbour's greeting", HostileFrames.framed(HostileFrames.greeting(of: F.b))))
        let noise = (0..<200).flatMap { _ in HostileFrames.framed(HostileFrames.message(3, HostileFrames.message(1, random.bytes(200)) + HostileFrames.message(6, random.bytes(200)))) }
        all.append(("opened, then change sets of noise", opened + noise))
        for round in 0..<40 { all.append(("noise \(round)", HostileFrames.framed(random.bytes(1 + Int(random.next() % 4096))))) }
        for round in 0..<80 {
            var mutated = greeting
            for _ in 0..<3 { mutated[Int(random.next() % UInt64(mutated.count))] = UInt8(truncatingIfNeeded: random.next()) }
            all.append(("mutated greeting \(round)", HostileFrames.framed(mutated)))
        }
        // The opening is a right one, so what follows it is read and not refused for being out of place.
        let (_, control) = try await HostileClient.openLink(on: connection)
        try await control.write(ByteBuffer(bytes: opened))
        try federation.until("the conversation is open") { try federation.link(F.a, at: F.district).state == "connected" }
        control.reset()
        for (what, bytes) in all {
            let status = try await Self.say(bytes, on: connection)
            #expect(status == 200, "\(what): the connection still opens links")
        }
        try expectAlive(federation, pid, "on the link")
        try expectSmall(federation.residentMiB(F.district), "on the link")
        await connection.close()
        #expect(try await HostileClient(port: port, try federation.credential(F.a)).askLink() == .status(200))
        #expect(try federation.ask(VerifyCommand.Response.self, ["verify"], at: F.district).faults.isEmpty)
    }

    /// Two bytes on the line are a message in memory: two million of them in one permitted frame.
    @Test("A frame of empty parts costs no more memory than one of the same size", arguments: [2, 5, 6, 7])
    func emptyParts(tag: Int) async throws {
        let federation = try F.withSilentStreet()
        let pid = try federation.pid(F.district)
        let connection = try await HostileClient(port: try federation.port(F.district), try federation.credential(F.a)).connect()
        let parts = [0x0a, 0].repeated(2_000_000), opened = HostileFrames.opening(of: F.a)
        // Inside a statement, field 17 of its content is a heartbeat: its tips are read before its signature.
        let content = tag == 7 ? HostileFrames.message(1, HostileFrames.message(17, parts)) + HostileFrames.message(2, [UInt8](repeating: 1, count: 32)) : parts
        #expect(try await Self.say(opened + HostileFrames.framed(HostileFrames.message(tag, content)), on: connection) == 200)
        await connection.close()
        try expectAlive(federation, pid, "message \(tag)")
        let memory = try federation.residentMiB(F.district)
        expectSmall(memory, "message \(tag)")
    }

    @Test("A child that opens many links at once and leaves each with half a frame costs little memory")
    func manyHalfFrames() async throws {
        let federation = try F.withSilentStreet()
        let port = try federation.port(F.district), pid = try federation.pid(F.district)
        let connection = try await HostileClient(port: port, try federation.credential(F.a)).connect()
        let half = ByteBuffer(bytes: HostileFrames.prefix(Self.frameBytes) + [UInt8](repeating: 1, count: Self.frameBytes - 1))
        var streams: [DuplexStream] = []
        for _ in 0..<100 {
            let (status, stream) = try await HostileClient.openLink(on: connection)
            guard status == 200 else { break }
            // A link that another one replaced takes no more; that is an answer as well.
            do { try await stream.write(half) } catch is TransportError {}
            streams.append(stream)
        }
        try expectAlive(federation, pid, "\(streams.count) links")
        let memory = try federation.residentMiB(F.district)
        expectSmall(memory, "\(streams.count) links")
        for stream in streams { stream.reset() }
        await connection.close()
    }

    // MARK: - Bytes

    /// Says it on a new link, ends the body, and waits until the node has ended its side.
    private static func say(_ bytes: [UInt8], on connection: HTTPConnection) async throws -> Int {
        let (status, stream) = try await HostileClient.openLink(on: connection)
        do {
            try await stream.write(ByteBuffer(bytes: bytes))
            try await stream.finish()
            for try await _ in stream.inbound {}
        } catch is TransportError {}
        return status
    }

    /// The first frame that a node sends on a link.
    private static func greeting(on connection: HTTPConnection) async throws -> [UInt8] {
        let (_, stream) = try await HostileClient.openLink(on: connection)
        defer { stream.reset() }
        var read = ByteBuffer()
        for try await var part in stream.inbound {
            read.writeBuffer(&part)
            guard let length = read.getInteger(at: 0, as: UInt32.self), read.readableBytes >= 4 + Int(length) else { continue }
            return try #require(read.getBytes(at: 4, length: Int(length)))
        }
        throw Federation.Failed("no greeting")
    }

    /// What our own client says first.
    private static func clientHello() async throws -> [UInt8] {
        let sink = try Sink()
        let client = try HostileClient(port: sink.port, nil)
        let dialling = Task { _ = try await client.connect() }
        defer { dialling.cancel() }
        return Array(try await sink.firstBytes.get().readableBytesView)
    }

    /// Sends everything and waits until the other side ends the connection.
    private static func talk(_ bytes: [UInt8], to port: Int) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Deaf()) } }
            .connect(host: "127.0.0.1", port: port).get()
        if !bytes.isEmpty { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }
        try await channel.closeFuture.get()
    }

    private final class Deaf: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

extension [UInt8] {
    fileprivate func repeated(_ times: Int) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(count * times)
        for _ in 0..<times { out += self }
        return out
    }
}

/// Frames of the link, written byte by byte as docs/wire-format.md has them.
enum HostileFrames {
    static func prefix(_ count: Int) -> [UInt8] { (0..<4).map { UInt8(count >> (24 - 8 * $0) & 255) } }
    static func framed(_ bytes: [UInt8]) -> [UInt8] { prefix(bytes.count) + bytes }

    /// A length-delimited field.
    static func message(_ tag: Int, _ bytes: [UInt8]) -> [UInt8] {
        let key = tag << 3 | 2
        var out = key < 128 ? [UInt8(key)] : [UInt8(key & 127 | 128), UInt8(key >> 7)], count = bytes.count
        while count >= 128 {
            out.append(UInt8(count & 127 | 128))
            count >>= 7
        }
        return out + [UInt8(count)] + bytes
    }

    /// A right greeting of a node that holds nothing.
    static func greeting(of path: String) -> [UInt8] {
        let replica = message(1, Array(path.utf8)) + message(2, [UInt8](repeating: 9, count: 16))
        return message(1, [0x08, 1, 0x10, 1] + message(3, replica) + message(4, [UInt8](repeating: 0, count: 32)))
    }

    /// Greets, and says that it holds nothing: a conversation is open then.
    static func opening(of path: String) -> [UInt8] { framed(greeting(of: path)) + framed(message(2, [0x10, 1])) }
}

/// The same numbers on every run.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
}
