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

@Suite(.timeLimit(.minutes(1))) struct CuttableLineTests {
    @Test func carriesAndCounts() async throws {
        let server = try await echoServer()
        let line = try await CuttableLine.start(to: "127.0.0.1", port: try #require(server.localAddress?.port))
        // More than any buffer between the two holds: nothing may be lost when one side waits for the other.
        #expect(try await roundTrip(try await dial(line.port), 8 << 20) == 8 << 20)
        #expect(line.carried.up == 8 << 20)
        #expect(line.carried.down == 8 << 20)
        await line.cut()
        try await server.close()
    }

    @Test func aCutClosesTheConnectionAndRefusesNewOnes() async throws {
        let server = try await echoServer()
        let line = try await CuttableLine.start(to: "127.0.0.1", port: try #require(server.localAddress?.port))
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
        let line = try await CuttableLine.start(to: "127.0.0.1", port: try #require(server.localAddress?.port))
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
        let line = try await CuttableLine.start(to: "127.0.0.1", port: port)
        let ended = try await dial(line.port).executeThenClose { inbound, _ in
            var pieces = inbound.makeAsyncIterator()
            return (try? await pieces.next()) == nil
        }
        #expect(ended)
        await line.cut()
    }
}
