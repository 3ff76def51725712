import Node
import Registry
import Storage
import Synchronization

/// The world's time, which only moves when it is told to.
package final class WorldClock: Sendable {
    private let time: Mutex<UInt64>
    init(_ milliseconds: UInt64) { time = Mutex(milliseconds) }
    /// Milliseconds since 1970.
    package var now: UInt64 { time.withLock { $0 } }
    package func advance(milliseconds: UInt64) { time.withLock { $0 += milliseconds } }
    package func advance(days: Int) { advance(milliseconds: UInt64(days) * 86_400_000) }
    /// To the same time of day on another date, at UTC+8.
    package func set(_ date: CivilDate) {
        time.withLock { time in
            let today = (time / 1000 + 8 * 3600) / 86_400
            time = UInt64(Int64(time) + (Int64(date.daysSinceEpoch) - Int64(today)) * 86_400_000)
        }
    }
}

/// What a machine draws from: generators of Node, replayed with the seed.
private final class MachineRandom: Sendable {
    private let random: Mutex<SplitMix64>
    init(_ random: SplitMix64) { self.random = Mutex(random) }
    func bytes(_ count: Int) -> [UInt8] { random.withLock { $0.bytes(count) } }
}

/// One machine: a disk, a clock that may be wrong, and the node that runs on it.
package final class Machine {
    package let path: NodePath
    package let disk = MemoryDisk()
    private let identity: NodeIdentity
    private let random: MachineRandom
    private let clock: WorldClock
    private let offset = MachineOffset()
    private var running: Node?

    init(_ path: NodePath, _ identity: NodeIdentity, clock: WorldClock, seed: UInt64) throws {
        self.path = path
        self.identity = identity
        self.clock = clock
        random = MachineRandom(.derived(from: seed, "machine \(path)"))
        let store = try ReplicaStore(inlineAt: disk.location(of: "node.db"))
        try Node.initialise(store: store, identity: identity, environment: environment)
        running = try Node(store: store, identity: identity, environment: environment)
    }

    /// How far this machine's clock is off, in milliseconds.
    package var clockError: Int64 {
        get { offset.value }
        set { offset.value = newValue }
    }

    private var environment: NodeEnvironment {
        let (clock, offset, random) = (clock, offset, random)
        return NodeEnvironment(now: { UInt64(max(0, Int64(clock.now) + offset.value)) }, random: { random.bytes($0) })
    }

    /// nil while the machine is off.
    package var isOn: Bool { running != nil }

    package var node: Node {
        guard let running else { preconditionFailure("\(path) is off") }
        return running
    }

    /// Takes the power away and throws off what held the files open.
    func stop() {
        disk.loosePower()
        // Everything fails by now; what matters is that the connections are gone.
        try? running?.store.close()
        running = nil
    }

    /// Starts from what the disk kept.
    func start(losing loss: MemoryDisk.Loss) throws {
        if running != nil { stop() }
        disk.restart(losing: loss)
        try open()
    }

    /// Stops the machine in good order and starts it again.
    func restart() throws {
        try running?.store.close()
        running = nil
        try open()
    }

    /// Starts from an image of the whole disk made earlier.
    func start(from image: [String: [UInt8]]) throws {
        stop()
        disk.restore(image)
        try open()
    }

    private func open() throws {
        let node = try Node(store: try ReplicaStore(inlineAt: disk.location(of: "node.db")), identity: identity, environment: environment)
        node.awaitFirstWord()
        running = node
    }
}

private final class MachineOffset: Sendable {
    private let offset = Mutex<Int64>(0)
    var value: Int64 {
        get { offset.withLock { $0 } }
        set { offset.withLock { $0 = newValue } }
    }
}
