import NIOCore
import NIOPosix
import Synchronization

/// A TCP line of so many bytes a second upward, that counts what goes up and breaks when told. Small socket
/// buffers, so that a sender feels the pace.
final class SlowLine: Sendable {
    private struct State {
        var listener: (any Channel)?
        var ends: [ObjectIdentifier: any Channel] = [:]
        var bytesUp = 0
        var breakAt: Int?
        var pace: Int
    }

    let port: Int
    private let target: Int
    private let state: Mutex<State>

    /// - Parameter pace: bytes a second.
    init(to target: Int, pace: Int) throws {
        self.target = target
        state = Mutex(State(pace: pace))
        let me = Mutex<WeakLine?>(nil)
        let box = LineBox(me)
        let channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.so_rcvbuf), value: 32 * 1024)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16 * 1024))
            .childChannelInitializer { inbound in
                inbound.eventLoop.makeCompletedFuture {
                    guard let line = box.line else { return inbound.close(promise: nil) }
                    line.joined(inbound)
                    try inbound.pipeline.syncOperations.addHandler(Upward(line: line, target: target))
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        port = channel.localAddress?.port ?? 0
        box.set(self)
        state.withLock { $0.listener = channel }
    }

    deinit { for end in state.withLock({ [$0.listener].compactMap { $0 } + $0.ends.values }) { end.close(promise: nil) } }

    var address: String { "127.0.0.1:\(port)" }
    var bytesUp: Int { state.withLock { $0.bytesUp } }
    var pace: Int { state.withLock { $0.pace } }
    func setPace(_ pace: Int) { state.withLock { $0.pace = pace } }

    /// Breaks every connection once this many bytes went up in all; it can be dialled again at once.
    func breakLine(atTotal bytes: Int) { state.withLock { $0.breakAt = bytes } }
    /// Whether the break that was ordered has come.
    var hasBroken: Bool { state.withLock { $0.breakAt == nil } }

    fileprivate func joined(_ channel: any Channel) {
        state.withLock { $0.ends[ObjectIdentifier(channel)] = channel }
        channel.closeFuture.whenComplete { [weak self] _ in self?.state.withLock { _ = $0.ends.removeValue(forKey: ObjectIdentifier(channel)) } }
    }

    fileprivate func wentUp(_ bytes: Int) {
        let broken = state.withLock { state -> [any Channel] in
            state.bytesUp += bytes
            guard let limit = state.breakAt, state.bytesUp >= limit else { return [] }
            state.breakAt = nil
            return Array(state.ends.values)
        }
        for end in broken { end.close(promise: nil) }
    }
}

private final class LineBox: Sendable {
    private let weak: Mutex<WeakLine?>
    init(_ mutex: consuming Mutex<WeakLine?>) { weak = mutex }
    var line: SlowLine? { weak.withLock { $0?.line } }
    func set(_ line: SlowLine) { weak.withLock { $0 = WeakLine(line) } }
}

private struct WeakLine: @unchecked Sendable {
    weak var line: SlowLine?
    init(_ line: SlowLine) { self.line = line }
}

/// Reads a little, passes it on, and waits as long as the pace asks for.
private final class Upward: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let line: SlowLine
    private let target: Int
    private var outbound: (any Channel)?

    init(line: SlowLine, target: Int) { (self.line, self.target) = (line, target) }

    func channelActive(context: ChannelHandlerContext) {
        let inbound = context.channel
        let me = NIOLoopBound(self, eventLoop: context.eventLoop)
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Downward(to: inbound)) } }
            .connect(host: "127.0.0.1", port: target)
            .whenComplete { result in
                switch result {
                case .success(let channel):
                    me.value.outbound = channel
                    me.value.line.joined(channel)
                    inbound.read()
                case .failure: inbound.close(promise: nil)
                }
            }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        let bytes = buffer.readableBytes
        outbound?.writeAndFlush(buffer, promise: nil)
        line.wentUp(bytes)
        let inbound = context.channel
        context.eventLoop.scheduleTask(in: .microseconds(Int64(bytes) * 1_000_000 / Int64(max(1, line.pace)))) { inbound.read() }
    }

    func channelInactive(context: ChannelHandlerContext) { outbound?.close(promise: nil) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

private final class Downward: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let inbound: any Channel
    init(to inbound: any Channel) { self.inbound = inbound }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { inbound.writeAndFlush(unwrapInboundIn(data), promise: nil) }
    func channelInactive(context: ChannelHandlerContext) { inbound.close(promise: nil) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
