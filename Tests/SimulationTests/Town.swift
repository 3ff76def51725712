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
        isQuiet = false
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
        for tip in try node.store.read({ try $0.tips() }) where tip.ledger.audience != .local {
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

    private func admit(_ one: (set: SealedChangeSet, peer: NodePath), _ node: Node) throws {
        if let fault = try node.admit([one.set], from: one.peer).faults.first { throw fault.fault }
    }

    /// Who would bring it: the child on whose side its author is, else the parent, else a child, for what the root wrote in its
    /// earlier life.
    private func peer(of node: Node, for set: SealedChangeSet) throws -> NodePath {
        let author = try UnverifiedChangeSet(set).header.ledger.replica.path
        let children = world.paths.filter { $0.parent == node.path }
        return children.first { $0.isAncestorOrSelf(of: author) } ?? node.path.parent ?? children[0]
    }
}
