import Node
import Registry
import Replication
import Sealing
import Simulation
import Storage

/// The federation of the conversations, in a simulated world: city, district and two streets, with catalogue, registry, law and
/// calendar in force everywhere.
final class Town {
    private let world: World
    private var isQuiet = false
    /// Whose line to their parent is down.
    private var cut: Set<String> = []
    /// Of a node with two disks the one that is not in use.
    private var copies: [String: [String: [UInt8]]] = [:]
    /// A disk lasts as long as somebody keeps it.
    private var disks: [MemoryDisk] = []

    private static let cast = Result {
        try Simulation.Cast(Cast.nodes.compactMap { Cast.path($0).flatMap { NodePath($0) } }, now: milliseconds(CivilDate("2026-01-01") ?? .earliest))
    }

    init(on day: CivilDate) throws {
        world = try World(seed: 1, cast: Town.cast.get(), catalogue: nil, start: Town.milliseconds(day))
        self.day = day
        guard let city = self["wuhan"], let office = Cast.actor("市信用办"), let law = LegalProfile.standard("wuhan") else { preconditionFailure("the cast is fixed") }
        _ = try city.publishCatalogue(.standard, actor: office)
        for object in [IssuedObject.units(Cast.registry()), .profile(law), .calendar(.standard)] { _ = try city.publish(object, actor: office) }
        try settle()
    }

    subscript(_ name: String) -> Node? { Cast.path(name).map { world.node($0) } }

    /// Nine in the morning, UTC+8.
    private static func milliseconds(_ day: CivilDate) -> UInt64 { UInt64(day.daysSinceEpoch) * 86_400_000 + 3_600_000 }

    var day: CivilDate { didSet { world.clock.set(day) } }

    /// Each act a minute after the one before.
    func passMinute() { world.clock.advance(milliseconds: 60_000) }

    // MARK: - Lines

    func setLine(_ name: String, up: Bool) throws {
        guard let path = Cast.path(name), path.contains("/") else { throw GoldenRun.Misread(text: "\(name) has no line") }
        try settle()
        world.link(path, up: up)
        if up { cut.remove(name) } else { cut.insert(name) }
        isQuiet = false
    }

    /// What is known of lists comes over a line before it is cut.
    func spreadFreshness() throws {
        guard let city = self["wuhan"], try !city.store.read({ try $0.lists() }).isEmpty else { return }
        try renewStatements()
    }

    /// Issuers say that their lists are current; lines that are up carry it, as a serving node's do by themselves.
    func renewStatements() throws {
        for name in Cast.nodes { _ = try self[name]?.renewStatements() }
        for name in Cast.nodes where !cut.contains(name) {
            guard let path = Cast.path(name), path.contains("/") else { continue }
            // What is said when a line begins.
            world.link(path, up: false)
            world.link(path, up: true)
        }
        isQuiet = false
        try settle()
    }

    // MARK: - Disks

    /// Keeps a copy of a node's disk as it stands.
    func copyDisk(_ name: String) throws {
        try settle()
        copies[name] = try machine(name).disk.image()
    }

    /// Takes the machine with the one disk away and puts the one with the other in its place.
    func swapDisks(_ name: String) throws {
        guard let other = copies[name] else { throw GoldenRun.Misread(text: "\(name) has one disk") }
        try settle()
        let machine = try machine(name)
        copies[name] = machine.disk.image()
        try world.restore(machine.path, from: other)
        isQuiet = false
    }

    private func machine(_ name: String) throws -> Machine {
        guard let path = Cast.path(name).flatMap({ NodePath($0) }) else { throw GoldenRun.Misread(text: "no node \(name)") }
        return world.machine(path)
    }

    /// Somebody wrote something: it goes where lines go before anything else happens.
    func stir() { isQuiet = false }

    func settle() throws {
        guard !isQuiet else { return }
        try world.settle()
        isQuiet = true
    }

    // MARK: - The same changes again

    /// A node of the same place that was told everything this one holds, each ledger in its order, the ledgers in an order
    /// drawn from `seed`, some of it twice.
    func retold(_ name: String, seed: UInt64) throws -> Node {
        guard let node = self[name] else { preconditionFailure("no node \(name)") }
        var random = SplitMix64(seed: seed), told: [(set: SealedChangeSet, peer: NodePath)] = []
        let now = world.clock.now, bytes = random.bytes(64)
        let environment = NodeEnvironment(now: { now }, random: { Array(bytes.prefix($0)) })
        let disk = MemoryDisk()
        disks.append(disk)
        let store = try ReplicaStore(inlineAt: disk.location(of: "node.db"))
        try Node.initialise(store: store, identity: node.identity, environment: environment)
        let again = try Node(store: store, identity: node.identity, environment: environment)
        if let parent = node.path.parent { try again.trust(chain: world.node(parent).identity.ledgerChain) }
        var queues: [[SealedChangeSet]] = []
        for tip in try node.store.read({ try $0.tips() }) where neighbours(of: node).contains(where: { tip.ledger.crosses(from: $0, to: node.path) }) {
            queues.append(try node.load(tip.ledger, after: 0, limitBytes: 64 << 20))
        }
        while !queues.isEmpty {
            let at = random.below(queues.count), set = queues[at].removeFirst()
            told.append((set, try peer(of: node, for: set)))
            if queues[at].isEmpty { queues.remove(at: at) }
            let last = told[told.count - 1]
            try admit(last, again)
            if random.chance(300) { try admit(told[random.below(told.count)], again) }
        }
        return again
    }

    private func neighbours(of node: Node) -> [NodePath] { world.paths.filter { $0.parent == node.path || $0 == node.path.parent } }

    /// Whether nobody but a node itself can tell it of a change: it went over no line.
    func isOwn(_ dot: Dot, at node: Node) throws -> Bool {
        guard let ledger = try node.store.read({ try $0.ledger(holding: dot) }) else { return false }
        return !neighbours(of: node).contains { ledger.crosses(from: $0, to: node.path) }
    }

    private func admit(_ one: (set: SealedChangeSet, peer: NodePath), _ node: Node) throws {
        if let fault = try node.admit([one.set], from: one.peer).faults.first { throw fault.fault }
    }

    /// Who would bring it: the child on whose side its author is, else the parent, else a child, for what the root wrote in its
    /// earlier life.
    private func peer(of node: Node, for set: SealedChangeSet) throws -> NodePath {
        let author = try UnverifiedChangeSet(set).header.ledger.replica.path
        let children = world.paths.filter { $0.parent == node.path }
        let ledger = try UnverifiedChangeSet(set).header.ledger
        let likely = children.filter { $0.isAncestorOrSelf(of: author) } + [node.path.parent].compactMap { $0 } + children
        return likely.first { ledger.crosses(from: $0, to: node.path) } ?? likely[0]
    }
}
