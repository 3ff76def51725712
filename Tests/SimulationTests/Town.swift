import Foundation
import Node
import Registry
import Replication
import Sealing
import Storage
import Synchronization

/// The federation of the conversations: real nodes over real replicas, with real signatures and certificates, in one process.
/// Clock and randomness are the test's, and lines carry frames in memory.
final class Town {
    /// A clock that only the minutes move, and repeatable randomness.
    private final class Surroundings: Sendable {
        private let state = Mutex((now: UInt64(0), seed: UInt64(1)))
        var now: UInt64 {
            get { state.withLock { $0.now } }
            set { state.withLock { $0.now = newValue } }
        }

        func bytes(_ count: Int) -> [UInt8] {
            (0..<count).map { _ in
                state.withLock { state in
                    state.seed &+= 0x9E37_79B9_7F4A_7C15
                    var z = state.seed
                    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
                    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
                    return UInt8(truncatingIfNeeded: z ^ (z >> 31))
                }
            }
        }
    }

    /// Keys and certificates are the same in all conversations: making them is the dear part.
    struct Keys: Sendable {
        let identity: NodeIdentity
        let authority: CertificateAuthority
        let federation: FederationKeys
    }

    private let directory: URL
    private let surroundings = Surroundings()
    private(set) var nodes: [String: Node] = [:]
    /// Nodes whose line to their parent is cut.
    private var cut: Set<String> = []
    private var isQuiet = true

    /// City, district and two streets, with catalogue, registry, law and calendar in force everywhere.
    init(on day: CivilDate) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "creditnode-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        self.day = day
        setClock()
        for name in Cast.nodes { nodes[name] = try open(name) }
        guard let city = nodes["wuhan"], let office = Cast.actor("市信用办"), let law = LegalProfile.standard("wuhan") else { preconditionFailure("the cast is fixed") }
        _ = try city.publishCatalogue(.standard, actor: office)
        for object in [IssuedObject.units(Cast.registry()), .profile(law), .calendar(.standard)] { _ = try city.publish(object, actor: office) }
        isQuiet = false
        try settle()
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    var day: CivilDate { didSet { setClock() } }

    /// Nine in the morning, UTC+8; each act a minute later.
    private func setClock() { surroundings.now = UInt64(day.daysSinceEpoch) * 86_400_000 + 3_600_000 }
    func passMinute() { surroundings.now += 60_000 }

    private func open(_ name: String, copy: Int = 0) throws -> Node {
        guard let identity = try Town.keys.get()[name]?.identity else { preconditionFailure("no node \(name)") }
        let surroundings = surroundings
        let environment = NodeEnvironment(now: { surroundings.now }, random: { surroundings.bytes($0) })
        let store = try ReplicaStore(path: directory.appending(path: "\(name)-\(copy).db").path)
        try Node.initialise(store: store, identity: identity, environment: environment)
        let node = try Node(store: store, identity: identity, environment: environment)
        if let parent = identity.path.parent?.name, let above = try Town.keys.get()[parent] { try node.trust(chain: above.identity.ledgerChain) }
        return node
    }

    // MARK: - Lines

    func setLine(_ name: String, up: Bool) throws {
        try settle()
        if up { cut.remove(name) } else { cut.insert(name) }
        isQuiet = false
    }

    /// Somebody wrote something: it goes where lines go before anything else happens.
    func stir() { isQuiet = false }

    /// Lets every line that is up carry what there is, upward from the streets and back.
    func settle() throws {
        guard !isQuiet else { return }
        for name in ["jiyuqiao", "zhonghualu", "wuchang", "jiyuqiao", "zhonghualu"] where !cut.contains(name) {
            guard let child = nodes[name], let parent = child.path.parent, let above = nodes[parent.name] else { continue }
            if let key = child.identity.tlsKey { above.remember(tlsKey: key.subjectPublicKeyInfo, of: child.path) }
            _ = try TownLine(child: child, parent: above).run()
        }
        isQuiet = true
    }

    // MARK: - The same changes again

    /// A node of the same place that was told everything this one holds, each ledger in its order, the ledgers in an order
    /// drawn from `seed`, some of it twice.
    func retold(_ name: String, seed: UInt64) throws -> Node {
        guard let node = nodes[name] else { preconditionFailure("no node \(name)") }
        let again = try open(name, copy: Int(seed) + 1)
        var queues: [[SealedChangeSet]] = []
        for tip in try node.store.read({ try $0.tips() }) where tip.ledger.audience != .local {
            queues.append(try node.load(tip.ledger, after: 0, limitBytes: 64 << 20))
        }
        var random = Dice(seed: seed), told: [(SealedChangeSet, NodePath)] = []
        while !queues.isEmpty {
            let at = random.below(queues.count), set = queues[at].removeFirst()
            // Its own earlier life comes back from above, or from below.
            let peer = try peer(of: node, for: set)
            told.append((set, peer))
            try admit(set, peer, again)
            if random.below(3) == 0 { let old = told[random.below(told.count)]; try admit(old.0, old.1, again) }
            if queues[at].isEmpty { queues.remove(at: at) }
        }
        return again
    }

    private func admit(_ set: SealedChangeSet, _ peer: NodePath, _ node: Node) throws {
        let admission = try node.admit([set], from: peer)
        if let fault = admission.faults.first { throw fault.fault }
    }

    /// Who would bring it: the child on whose side its author is, else the parent, else any child that may see it.
    private func peer(of node: Node, for set: SealedChangeSet) throws -> NodePath {
        let author = try UnverifiedChangeSet(set).header.ledger.replica.path
        let children = Cast.nodes.compactMap { nodes[$0]?.path }.filter { $0.parent == node.path }
        if let child = children.first(where: { $0.isAncestorOrSelf(of: author) }) { return child }
        if let parent = node.path.parent { return parent }
        return children[0]
    }

    // MARK: - Keys

    private static let keys = Result { try makeKeys() }

    private static func makeKeys() throws -> [String: Keys] {
        var made: [String: Keys] = [:]
        // 2026-01-01; valid longer than any conversation lasts.
        let now: Int64 = 1_767_225_600
        for name in Cast.nodes {
            guard let path = Cast.path(name).flatMap({ NodePath($0) }) else { preconditionFailure("no path for \(name)") }
            let key = try LedgerKey.generate(.ed25519SHA256), caKey = try LedgerKey.generate(.ed25519SHA256)
            let above = path.parent.flatMap { made[$0.name] }
            let authority: CertificateAuthority
            if let above {
                let certificate = try above.authority.issue(.intermediateCA(path), for: .make(caKey), now: now, validityDays: 3650)
                authority = try CertificateAuthority(certificate: certificate, key: caKey.handle)
            } else {
                authority = try CertificateAuthority.makeRoot(path: path, purpose: .ledger, key: caKey.handle, now: now, validityDays: 3650)
            }
            let federation = try above.map { try $0.federation.derived(forChild: path) } ?? FederationKeys.generate(root: path)
            var chain = [try (above?.authority ?? authority).issue(.ledgerLeaf(path), for: .make(key), now: now, validityDays: 3650).der]
            var next: NodePath? = path.parent ?? path
            while let at = next {
                chain.append((made[at.name]?.authority ?? authority).certificate.der)
                next = at.parent
            }
            let identity = NodeIdentity(
                path: path, ledgerKey: key, ledgerChain: chain, ledgerRoots: try TrustRoots([made["wuhan"]?.authority.certificate ?? authority.certificate]),
                federationKeys: federation, authorities: nil, tlsKey: try ECKey.generate(), listKeys: ListKeyring([], keepsAll: path.depth == 1) { _ in })
            made[name] = Keys(identity: identity, authority: authority, federation: federation)
        }
        return made
    }
}

/// Draws that a seed repeats.
struct Dice {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
}
