import NIOCore
import NIOPosix
import Stage
import Testing

/// Sends back what it gets.
private final class Echo: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.write(data, promise: nil) }
    func channelReadComplete(context: ChannelHandlerContext) { context.flush() }
}

private let group = MultiThreadedEventLoopGroup.singleton

private func echoServer() async throws -> any Channel {
    try await ServerBootstrap(group: group)
        .childChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Echo()) } }
        .bind(host: "127.0.0.1", port: 0).get()
}

private func dial(_ port: Int) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
    try await ClientBootstrap(group: group).connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
    }
}

/// Sends `count` bytes and reads until as many came back.
private func roundTrip(_ channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>, _ count: Int) async throws -> Int {
    try await channel.executeThenClose { inbound, outbound in
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await outbound.write(ByteBuffer(repeating: 7, count: count)) }
            var back = 0
            for try await piece in inbound {
                back += piece.readableBytes
                if back >= count { break }
            }
            return back
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct LineTests {
    @Test func carriesAndCounts() async throws {
        let server = try await echoServer()
        let line = try await Line.start(to: "127.0.0.1", port: try #require(server.localAddress?.port))
        // More than any buffer between the two holds: nothing may be lost when one side waits for the other.
        #expect(try await roundTrip(try await dial(line.port), 8 << 20) == 8 << 20)
        #expect(line.carried.up == 8 << 20)
        #expect(line.carried.down == 8 << 20)
        await line.cut()
        try await server.close()
    }

    @Test func aCutClosesTheConnectionAndRefusesNewOnes() async throws {
        let server = try await echoServer()
        let line = try await Line.start(to: "127.0.0.1", port: try #require(server.localAddress?.port))
        let ended = try await dial(line.port).executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: "a"))
            var pieces = inbound.makeAsyncIterator()
            _ = try await pieces.next()
            await line.cut()
            // End of stream or a reset: over either way.
            return (try? await pieces.next()) == nil
        }
        #expect(ended)
        #expect(!line.isWhole)
        await #expect(throws: (any Error).self) { try await dial(line.port) }
        try await server.close()
    }

    @Test func aRestoredLineHasTheSamePortAndCountsOn() async throws {
        let server = try await echoServer()
        let line = try await Line.start(to: "127.0.0.1", port: try #require(server.localAddress?.port))
        let port = line.port
        for _ in 0..<3 {
            #expect(try await roundTrip(try await dial(port), 1000) == 1000)
            await line.cut()
            try await line.restore()
            try await line.restore()
            #expect(line.port == port && line.isWhole)
        }
        #expect(line.carried.up == 3000)
        await line.cut()
        try await server.close()
    }

    @Test func aDeadParentEndsTheChildsConnection() async throws {
        let server = try await echoServer()
        let port = try #require(server.localAddress?.port)
        try await server.close()
        let line = try await Line.start(to: "127.0.0.1", port: port)
        let ended = try await dial(line.port).executeThenClose { inbound, _ in
            var pieces = inbound.makeAsyncIterator()
            return (try? await pieces.next()) == nil
        }
        #expect(ended)
        await line.cut()
    }
}

@Suite(.timeLimit(.minutes(5))) struct LineConditionTests {
    private func line() async throws -> (Line, any Channel) {
        let server = try await echoServer()
        return (try await Line.start(port: try #require(server.localAddress?.port)), server)
    }

    @Test("The schedule is the same for the same seed, keeps order, and takes the time that rate, latency and losses make")
    func schedule() {
        var a = LineSchedule(seed: 5), b = LineSchedule(seed: 5), last: Int64 = 0
        let bad = LineConditions(latency: 150, bytesPerSecond: 32_000, loss: 0.05, timeout: 500)
        for n in 0..<1000 {
            let at = a.arrival(of: LineSchedule.segment, now: Int64(n), bad)
            #expect(at == b.arrival(of: LineSchedule.segment, now: Int64(n), bad))
            #expect(at >= last)
            last = at
        }
        // 1000 segments: 45.25 s on the line, and about fifty losses of at least half a second.
        let seconds = Double(last) / 1e9
        #expect(seconds > 45.25 + 12 && seconds < 45.25 + 60, "\(seconds)")
        var exact = LineSchedule(seed: 1)
        #expect(exact.arrival(of: 32_000, now: 7, LineConditions(latency: 10, bytesPerSecond: 32_000)) == 7 + 1_010_000_000)
        #expect(exact.arrival(of: 32_000, now: 7, LineConditions(bytesPerSecond: 32_000)) == 7 + 2_000_000_000, "it queues")
        #expect(exact.arrival(of: 9, now: 5_000_000_000, .perfect) == 5_000_000_000)
    }

    @Test("Latency and bandwidth take their time, and lose and reorder nothing")
    func slow() async throws {
        let (line, server) = try await line()
        line.set(both: LineConditions(latency: 60))
        let started = ContinuousClock.now
        #expect(try await roundTrip(try await dial(line.port), 3 << 20) == 3 << 20)
        #expect(ContinuousClock.now - started > .milliseconds(120))
        line.set(up: .perfect, down: LineConditions(bytesPerSecond: 400_000, loss: 0.02, timeout: 20))
        let again = ContinuousClock.now
        #expect(try await roundTrip(try await dial(line.port), 200_000) == 200_000)
        #expect(ContinuousClock.now - again > .milliseconds(450))
        await line.cut()
        try await server.close()
    }

    @Test("What a swallowing line lost stays lost, without an end; connections after it are carried")
    func swallows() async throws {
        let (line, server) = try await line()
        try await dial(line.port).executeThenClose { inbound, outbound in
            var pieces = inbound.makeAsyncIterator()
            try await outbound.write(ByteBuffer(string: "a"))
            #expect(try await pieces.next()?.readableBytes == 1)
            line.swallow()
            try await outbound.write(ByteBuffer(string: "lost"))
            _ = try await wait(for: "the bytes vanish", within: .seconds(10), pause: .milliseconds(5)) { (line.vanished, "\(line.vanished)") } until: { $0 == 4 }
            #expect(line.carried.up == 1 && line.carried.down == 1)
            line.heal()
            try await outbound.write(ByteBuffer(string: "still lost"))
            #expect(try await roundTrip(try await dial(line.port), 1000) == 1000)
            #expect(line.carried.up == 1001 && line.carried.down == 1001)
        }
        await line.cut()
        try await server.close()
    }

    @Test("Mishaps strike at their byte: a bit is turned, a connection ends, a line is cut", arguments: [Line.Mishap.corrupt, .truncate, .cut])
    func mishaps(mishap: Line.Mishap) async throws {
        let (line, server) = try await line()
        line.strike(mishap, .up, afterBytes: 5)
        let back = try await dial(line.port).executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: [UInt8](repeating: 1, count: 8)))
            var read: [UInt8] = []
            do {
                for try await piece in inbound {
                    read += Array(piece.readableBytesView)
                    if read.count == 8 { break }
                }
            } catch {}
            return read
        }
        switch mishap {
        case .corrupt: #expect(back == [1, 1, 1, 1, 1, 17, 1, 1])
        case .truncate, .cut, .swallow: #expect(back.count <= 5 && line.carried.up == 5)
        }
        if mishap == .cut {
            _ = try await wait(for: "cut", within: .seconds(10), pause: .milliseconds(5)) { (line.isWhole, "whole") } until: { !$0 }
        } else {
            #expect(try await roundTrip(try await dial(line.port), 100) == 100)
        }
        await line.cut()
        try await server.close()
    }

    @Test("A line that moves listens elsewhere; one that forgets its child ends the child's side alone")
    func addresses() async throws {
        let (line, server) = try await line()
        let before = line.port
        try await line.move()
        #expect(line.port != before && line.isWhole)
        await #expect(throws: (any Error).self) { try await dial(before) }
        let ended = try await dial(line.port).executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: "a"))
            var pieces = inbound.makeAsyncIterator()
            _ = try await pieces.next()
            await line.forgetChild()
            return (try? await pieces.next()) == nil
        }
        #expect(ended)
        #expect(try await roundTrip(try await dial(line.port), 1000) == 1000)
        #expect(line.connections == 2)
        await line.cut()
        try await server.close()
    }
}
