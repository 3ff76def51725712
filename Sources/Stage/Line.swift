import NIOCore
import NIOPosix
import Synchronization

/// A TCP line on loopback between a child and its parent that behaves as badly as it is told: raw bytes, both
/// ways, counted. The child dials ``port``; what it sends goes to the parent's address.
///
/// It stands between two TCP connections, so it shows what TCP would show its ends (delay, stalls, little
/// bandwidth, silence, an end), not packets; it needs no rights and runs wherever tests run.
package final class Line: Sendable {
    /// Bytes carried since the start, in all connections.
    package struct Carried: Sendable, Hashable {
        /// From the child to the parent.
        package var up = 0
        package var down = 0
    }

    package enum Direction: Sendable, Hashable { case up, down }

    /// What befalls a line at a given byte.
    package enum Mishap: Sendable, Hashable {
        /// The whole line is cut.
        case cut
        /// One bit is turned.
        case corrupt
        /// The connection ends there, in good order as it seems.
        case truncate
        /// From there on bytes vanish, and nothing closes.
        case swallow
    }

    private struct State {
        var listener: (any Channel)?
        var ends: [ObjectIdentifier: (channel: any Channel, ends: NIOLoopBound<(child: LineEnd, parent: LineEnd)>?)] = [:]
        /// A connection accepted before a cut must not join after it.
        var generation = 0
        var port = 0
        var target: (host: String, port: Int)
        var up = LineConditions.perfect
        var down = LineConditions.perfect
        var connections: UInt64 = 0
        var due: (direction: Direction, bytes: Int, mishap: Mishap)?
        var swallowsUp = false
        var swallowsDown = false
    }

    private let group: any EventLoopGroup
    private let state: Mutex<State>
    private let up = Atomic<Int>(0)
    private let down = Atomic<Int>(0)
    private let gone = Atomic<Int>(0)

    /// Listens on a free port of 127.0.0.1 and forwards to `host`:`port`.
    package static func start(to host: String = "127.0.0.1", port: Int, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton) async throws -> Line {
        let line = Line(target: (host, port), group: group)
        try await line.restore()
        return line
    }

    private init(target: (host: String, port: Int), group: any EventLoopGroup) {
        state = Mutex(State(target: target))
        self.group = group
    }

    // MARK: - Looking

    /// Where the child dials, on 127.0.0.1; the same before and after a cut.
    package var port: Int { state.withLock { $0.port } }
    package var address: String { "127.0.0.1:\(port)" }
    package var carried: Carried { Carried(up: up.load(ordering: .relaxed), down: down.load(ordering: .relaxed)) }
    /// Bytes that vanished on the way, in both directions.
    package var vanished: Int { gone.load(ordering: .relaxed) }
    package var isWhole: Bool { state.withLock { $0.listener != nil } }
    /// Connections accepted since the start.
    package var connections: Int { Int(state.withLock { $0.connections }) }

    // MARK: - Conditions

    /// From now on, in both directions or in one; bytes under way keep the time they were given.
    package func set(up: LineConditions? = nil, down: LineConditions? = nil) {
        state.withLock { state in
            if let up { state.up = up }
            if let down { state.down = down }
        }
    }

    package func set(both: LineConditions) { set(up: both, down: both) }

    /// Half-open: connections, present and new ones, lose all that travels in these directions, and neither end
    /// hears of the other's closing. ``heal()`` does not give back what vanished: such connections stay lost.
    package func swallow(up: Bool = true, down: Bool = true) { state.withLock { ($0.swallowsUp, $0.swallowsDown) = (up, down) } }

    /// New connections are carried again.
    package func heal() { swallow(up: false, down: false) }

    /// Something befalls the line once `bytes` more went in a direction.
    package func strike(_ mishap: Mishap, _ direction: Direction, afterBytes bytes: Int) {
        state.withLock { $0.due = (direction, bytes, mishap) }
    }

    // MARK: - Cutting and moving

    /// Closes every connection on both sides and stops listening: dialling is refused from now on.
    package func cut() async {
        let (listener, ends) = state.withLock { state in
            defer { (state.listener, state.ends, state.generation) = (nil, [:], state.generation + 1) }
            return (state.listener, state.ends.values.map(\.channel))
        }
        try? await listener?.close()
        for end in ends { try? await end.close() }
    }

    /// Listens on the same port again; does nothing on a whole line.
    package func restore() async throws {
        guard !isWhole else { return }
        let (generation, port) = state.withLock { ($0.generation, $0.port) }
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [self] child in connect(child, generation) }
            .bind(host: "127.0.0.1", port: port).get()
        state.withLock { state in
            state.listener = listener
            state.port = listener.localAddress?.port ?? 0
        }
    }

    /// The parent's address changes as the child sees it: connections end, and the line listens elsewhere.
    package func move() async throws {
        await cut()
        state.withLock { $0.port = 0 }
        try await restore()
    }

    /// The parent itself listens elsewhere; connections from now on go there.
    package func lead(to port: Int) { state.withLock { $0.target.port = port } }

    /// The child's address changes, as when a router forgets it: its connections break, the parent is told nothing.
    package func forgetChild() async {
        let ends = state.withLock { state in
            defer { state.ends = [:] }
            return Array(state.ends.values)
        }
        for end in ends {
            try? await end.channel.eventLoop.submit {
                end.ends?.value.child.closesAlone = true
                end.ends?.value.parent.closesAlone = true
            }.get()
            try? await end.channel.close()
        }
    }

    // MARK: - Connections

    /// Dials the parent for an accepted connection and ties both together.
    private func connect(_ child: any Channel, _ generation: Int) -> EventLoopFuture<Void> {
        guard let number = admit(child, generation) else { return child.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
        let (target, seed) = state.withLock { ($0.target, $0.up.seed &* 1_000_003 &+ number) }
        return ClientBootstrap(group: child.eventLoop)
            .connectTimeout(.seconds(5))
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: target.host, port: target.port)
            .flatMapThrowing { [self] parent in
                // Both live on one event loop, so each may call the other at once.
                let upward = LineEnd(seed: seed) { [self] in state.withLock { $0.up } } judge: { [self] in judge($0, .up) }
                let downward = LineEnd(seed: ~seed) { [self] in state.withLock { $0.down } } judge: { [self] in judge($0, .down) }
                LineEnd.tie(upward, downward)
                do {
                    try child.pipeline.syncOperations.addHandler(upward)
                    try parent.pipeline.syncOperations.addHandler(downward)
                } catch {
                    // The child has gone meanwhile.
                    parent.close(promise: nil)
                    throw error
                }
                let bound = NIOLoopBound((child: upward, parent: downward), eventLoop: child.eventLoop)
                state.withLock { state in
                    if state.ends[ObjectIdentifier(child)] != nil { state.ends[ObjectIdentifier(child)] = (child, bound) }
                }
                // A cut that came meanwhile closed the child before it had a partner to tell.
                if generation != state.withLock({ $0.generation }) { parent.close(promise: nil) }
                parent.read()
            }
    }

    private func admit(_ child: any Channel, _ generation: Int) -> UInt64? {
        let id = ObjectIdentifier(child)
        let number = state.withLock { state -> UInt64? in
            guard state.generation == generation else { return nil }
            state.ends[id] = (child, nil)
            state.connections += 1
            return state.connections
        }
        if number != nil { child.closeFuture.whenComplete { [self] _ in state.withLock { _ = $0.ends.removeValue(forKey: id) } } }
        return number
    }

    private func judge(_ bytes: ByteBuffer, _ direction: Direction) -> LineEnd.Fate {
        let count = bytes.readableBytes
        let (mishap, swallows) = state.withLock { state -> ((Mishap, Int)?, Bool) in
            let swallows = direction == .up ? state.swallowsUp : state.swallowsDown
            guard let due = state.due, due.direction == direction, !swallows else { return (nil, swallows) }
            guard due.bytes < count else {
                state.due?.bytes -= count
                return (nil, false)
            }
            state.due = nil
            return ((due.mishap, due.bytes), false)
        }
        if swallows {
            gone.wrappingAdd(count, ordering: .relaxed)
            return .lose(ByteBuffer())
        }
        let carried = mishap.map { $0.0 == .corrupt ? count : $0.1 } ?? count
        switch direction {
        case .up: up.wrappingAdd(carried, ordering: .relaxed)
        case .down: down.wrappingAdd(carried, ordering: .relaxed)
        }
        guard let (what, at) = mishap else { return .carry(bytes) }
        if what == .swallow { gone.wrappingAdd(count - at, ordering: .relaxed) }
        let before = bytes.getSlice(at: bytes.readerIndex, length: at) ?? ByteBuffer()
        switch what {
        case .corrupt:
            var turned = bytes
            if let byte = bytes.getInteger(at: bytes.readerIndex + at, as: UInt8.self) { turned.setInteger(byte ^ 0x10, at: bytes.readerIndex + at) }
            return .carry(turned)
        case .truncate: return .last(before)
        case .swallow: return .lose(before)
        case .cut:
            Task { [self] in await cut() }
            return .last(before)
        }
    }
}
