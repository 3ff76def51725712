import NIOCore
import NIOPosix
import Synchronization

/// A TCP line that tests cut and restore: raw bytes both ways between a port of its own and a target.
final class LineRelay: Sendable {
    let port: Int
    private let target: Int
    private let state: Mutex<State>

    private struct State {
        var listener: (any Channel)?
        var ends: [ObjectIdentifier: any Channel] = [:]
        /// Cut the line once this many bytes went up.
        var cutAfter: Int?
        var bytesUp = 0
    }

    init(to target: Int) throws {
        self.target = target
        state = Mutex(State())
        let listener = try Self.bind(0, to: target)
        port = listener.channel.localAddress?.port ?? 0
        listener.box.relay.withLock { $0 = WeakRelay(self) }
        state.withLock { $0.listener = listener.channel }
    }

    var address: String { "127.0.0.1:\(port)" }

    /// Ends every connection and listens no more.
    func cut() {
        let (listener, ends) = state.withLock { state in
            defer {
                state.listener = nil
                state.ends = [:]
                state.cutAfter = nil
            }
            return (state.listener, Array(state.ends.values))
        }
        try? listener?.close().wait()
        for end in ends { end.close(promise: nil) }
    }

    /// Cuts by itself in the middle of what goes up.
    func cut(afterBytes bytes: Int) {
        state.withLock { state in
            state.cutAfter = bytes
            state.bytesUp = 0
        }
    }

    func restore() throws {
        let listener = try Self.bind(port, to: target)
        listener.box.relay.withLock { $0 = WeakRelay(self) }
        state.withLock { $0.listener = listener.channel }
    }

    var isCut: Bool { state.withLock { $0.listener == nil } }

    fileprivate func joined(_ channel: any Channel) {
        state.withLock { $0.ends[ObjectIdentifier(channel)] = channel }
        channel.closeFuture.whenComplete { [weak self] _ in self?.state.withLock { _ = $0.ends.removeValue(forKey: ObjectIdentifier(channel)) } }
    }

    fileprivate func wentUp(_ bytes: Int) {
        let isDue = state.withLock { state in
            state.bytesUp += bytes
            guard let limit = state.cutAfter, state.bytesUp >= limit else { return false }
            state.cutAfter = nil
            return true
        }
        // On another thread: closing waits for the loop that called.
        if isDue { NIOThreadPool.singleton.submit { _ in self.cut() } }
    }

    fileprivate final class Box: Sendable {
        let relay = Mutex<WeakRelay?>(nil)
    }

    private static func bind(_ port: Int, to target: Int) throws -> (channel: any Channel, box: Box) {
        let box = Box()
        let channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: true)
            .childChannelInitializer { inbound in
                inbound.eventLoop.makeCompletedFuture {
                    let relay = box.relay.withLock { $0?.relay }
                    relay?.joined(inbound)
                    try inbound.pipeline.syncOperations.addHandler(Splice(target: target, relay: relay))
                }
            }
            .bind(host: "127.0.0.1", port: port).wait()
        return (channel, box)
    }
}

struct WeakRelay: @unchecked Sendable {
    weak var relay: LineRelay?
    init(_ relay: LineRelay) { self.relay = relay }
}

/// Dials the target when a connection comes and copies bytes both ways on one loop.
private final class Splice: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let target: Int
    private let relay: LineRelay?
    private var outbound: (any Channel)?
    private var waiting: [ByteBuffer] = []

    init(target: Int, relay: LineRelay?) {
        self.target = target
        self.relay = relay
    }

    func channelActive(context: ChannelHandlerContext) {
        let inbound = context.channel
        let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Back(to: inbound)) }
            }
            .connect(host: "127.0.0.1", port: target)
            .whenComplete { result in
                switch result {
                case .success(let channel):
                    let me = loopBound.value
                    me.relay?.joined(channel)
                    me.outbound = channel
                    for buffer in me.waiting { channel.writeAndFlush(buffer, promise: nil) }
                    me.waiting = []
                case .failure: inbound.close(promise: nil)
                }
            }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        relay?.wentUp(buffer.readableBytes)
        if let outbound { outbound.writeAndFlush(buffer, promise: nil) } else { waiting.append(buffer) }
    }

    func channelInactive(context: ChannelHandlerContext) { outbound?.close(promise: nil) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

private final class Back: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let inbound: any Channel
    init(to inbound: any Channel) { self.inbound = inbound }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { inbound.writeAndFlush(unwrapInboundIn(data), promise: nil) }
    func channelInactive(context: ChannelHandlerContext) { inbound.close(promise: nil) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
