import NIOCore
import NIOPosix
import Synchronization

/// A TCP line on loopback between a child and its parent that can really be cut: raw bytes, both ways,
/// counted. The child dials ``port``; what it sends goes to the parent's address.
package final class CuttableLine: Sendable {
    /// Bytes carried since the start, in all connections.
    package struct Carried: Sendable, Hashable {
        /// From the child to the parent.
        package var up = 0
        package var down = 0
    }

    private struct State {
        var listener: (any Channel)?
        var children: [ObjectIdentifier: any Channel] = [:]
        /// A connection accepted before a cut must not join after it.
        var generation = 0
    }

    /// Where the child dials, on 127.0.0.1; the same before and after a cut.
    package let port: Int
    private let target: (host: String, port: Int)
    private let group: any EventLoopGroup
    private let state = Mutex(State())
    private let up = Atomic<Int>(0)
    private let down = Atomic<Int>(0)

    /// Listens on a free port of 127.0.0.1 and forwards to `host`:`port`.
    package static func start(to host: String, port: Int, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton) async throws -> CuttableLine {
        // The port must be known before the first connection, so ask for a free one and listen on it for good.
        let probe = try await ServerBootstrap(group: group).serverChannelOption(.socketOption(.so_reuseaddr), value: 1).bind(host: "127.0.0.1", port: 0).get()
        let free = probe.localAddress?.port ?? 0
        try await probe.close()
        let line = CuttableLine(port: free, target: (host, port), group: group)
        try await line.restore()
        return line
    }

    private init(port: Int, target: (host: String, port: Int), group: any EventLoopGroup) {
        self.port = port
        self.target = target
        self.group = group
    }

    package var carried: Carried { Carried(up: up.load(ordering: .relaxed), down: down.load(ordering: .relaxed)) }

    package var isWhole: Bool { state.withLock { $0.listener != nil } }

    /// Closes every connection on both sides and stops listening: dialling is refused from now on.
    package func cut() async {
        let (listener, children) = state.withLock { state in
            defer { (state.listener, state.children, state.generation) = (nil, [:], state.generation + 1) }
            return (state.listener, Array(state.children.values))
        }
        try? await listener?.close()
        for child in children { try? await child.close() }
    }

    /// Listens on the same port again; does nothing on a whole line.
    package func restore() async throws {
        guard !isWhole else { return }
        let generation = state.withLock { $0.generation }
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [self] child in connect(child, generation) }
            .bind(host: "127.0.0.1", port: port).get()
        state.withLock { $0.listener = listener }
    }

    /// Dials the parent for an accepted connection and ties both together.
    private func connect(_ child: any Channel, _ generation: Int) -> EventLoopFuture<Void> {
        guard admit(child, generation) else { return child.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
        return ClientBootstrap(group: child.eventLoop)
            .connectTimeout(.seconds(5))
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: target.host, port: target.port)
            .flatMapThrowing { [self] parent in
                // Both live on one event loop, so each may call the other at once.
                let upward = LineEnd { [self] in up.wrappingAdd($0, ordering: .relaxed) }
                let downward = LineEnd { [self] in down.wrappingAdd($0, ordering: .relaxed) }
                LineEnd.tie(upward, downward)
                try child.pipeline.syncOperations.addHandler(upward)
                try parent.pipeline.syncOperations.addHandler(downward)
                child.closeFuture.whenComplete { _ in parent.close(promise: nil) }
                parent.closeFuture.whenComplete { _ in child.close(promise: nil) }
                parent.read()
            }
    }

    private func admit(_ child: any Channel, _ generation: Int) -> Bool {
        let id = ObjectIdentifier(child)
        let admitted = state.withLock { state in
            guard state.generation == generation else { return false }
            state.children[id] = child
            return true
        }
        if admitted { child.closeFuture.whenComplete { [self] _ in state.withLock { _ = $0.children.removeValue(forKey: id) } } }
        return admitted
    }
}
