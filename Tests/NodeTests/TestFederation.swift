import Foundation
import GRDB
import Node
import Registry
import Replication
import Sealing
import Storage
import Synchronization
import Testing

/// Repeatable randomness for tests.
final class TestRandom: Sendable {
    private let state: Mutex<UInt64>
    init(seed: UInt64) { state = Mutex(seed) }

    func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
    func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

/// A clock that tests set.
final class TestClock: Sendable {
    private let time: Mutex<UInt64>
    init(_ milliseconds: UInt64 = 1_795_000_000_000) { time = Mutex(milliseconds) }
    var now: UInt64 { time.withLock { $0 } }
    func advance(milliseconds: Int64) { time.withLock { $0 = UInt64(Int64($0) + milliseconds) } }
}

/// Files outside the database, in memory.
final class TestFiles: Sendable {
    private let files = Mutex<[String: [UInt8]]>([:])
    func put(_ bytes: [UInt8], _ name: String) { files.withLock { $0[name] = bytes } }
    func bytes(_ name: String) -> [UInt8]? { files.withLock { $0[name] } }
}

/// A federation of real nodes (real SQLite, real signatures and certificates) in one process, joined by
/// links that carry frames in memory. Only clock, randomness and network are the test's.
final class TestFederation {
    let directory: URL
    let random: TestRandom
    let clock = TestClock()
    private(set) var nodes: [String: Node] = [:]
    private var ledgerCAs: [String: CertificateAuthority] = [:]
    private var keys: [String: FederationKeys] = [:]
    /// What each node keeps as file of list keys.
    let listKeyFiles = TestFiles()
    private let suite: Suite

    init(_ paths: [String], seed: UInt64 = 1, suite: Suite = .ed25519SHA256) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "creditnode-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        random = TestRandom(seed: seed)
        self.suite = suite
        for path in paths { try add(path) }
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    subscript(_ path: String) -> Node {
        guard let node = nodes[path] else { preconditionFailure("no node \(path)") }
        return node
    }

    var environment: NodeEnvironment {
        let clock = clock, random = random
        return NodeEnvironment(now: { clock.now }, random: { random.bytes($0) })
    }

    private func add(_ text: String) throws {
        let path = try #require(NodePath(text))
        let seconds = Int64(clock.now / 1000)
        let parent = path.parent?.description ?? ""
        let key = try LedgerKey.generate(suite)
        let ca: CertificateAuthority
        let issuer: CertificateAuthority
        if path.depth == 1 {
            ca = try CertificateAuthority.makeRoot(path: path, purpose: .ledger, key: LedgerKey.generate(suite).handle, now: seconds, validityDays: 3650)
            issuer = ca
            keys[text] = try FederationKeys.generate(root: path)
        } else {
            issuer = try #require(ledgerCAs[parent])
            let caKey = try LedgerKey.generate(suite)
            let certificate = try issuer.issue(.intermediateCA(path), for: .make(caKey), now: seconds, validityDays: 3650)
            ca = try CertificateAuthority(certificate: certificate, key: caKey.handle)
            keys[text] = try #require(keys[parent]).derived(forChild: path)
        }
        ledgerCAs[text] = ca
        let leaf = try issuer.issue(.ledgerLeaf(path), for: .make(key), now: seconds, validityDays: 398)
        var chain = [leaf.der]
        var above: NodePath? = path.parent ?? path
        while let next = above {
            chain.append(try #require(ledgerCAs[next.description]).certificate.der)
            above = next.parent
        }
        let root = try #require(ledgerCAs[path.root.description]).certificate
        let identity = NodeIdentity(
            path: path, ledgerKey: key, ledgerChain: chain, ledgerRoots: try TrustRoots([root]), federationKeys: try #require(keys[text]), authorities: nil, tlsKey: try ECKey.generate(),
            listKeys: try listKeys(path))
        let store = try ReplicaStore(path: file(text))
        try Node.initialise(store: store, identity: identity, environment: environment)
        let node = try Node(store: store, identity: identity, environment: environment)
        if let parent = path.parent { try node.trust(chain: self[parent.description].identity.ledgerChain) }
        nodes[text] = node
        if path.depth == 1 { _ = try node.publishCatalogue(.standard, actor: Self.clerk) }
    }

    /// Cheap keys: what is tested here is not the cost. The root's first one, nothing elsewhere.
    private func listKeys(_ path: NodePath) throws -> ListKeyring {
        let file = path.description
        var held: [ListKey] = []
        if path.depth == 1 { held = [ListKey(epoch: 1, cost: .trial, secret: random.bytes(32))] }
        return ListKeyring(held, keepsAll: path.depth == 1) { [listKeyFiles] bytes in listKeyFiles.put(bytes, file) }
    }

    /// Adds a node later: an enrolment.
    func enrol(_ path: String) throws { try add(path) }

    func replace(_ path: String, with node: Node) { nodes[path] = node }

    func file(_ path: String) -> String { directory.appending(path: path.replacing("/", with: "_") + ".db").path }

    /// The ledger CA of a node, for tests that forge.
    func authority(_ path: String) throws -> CertificateAuthority { try #require(ledgerCAs[path]) }

    /// Closes the node and opens it again from its file: a restart.
    func restart(_ path: String) throws {
        let node = self[path]
        try node.store.close()
        nodes[path] = try Node(store: try ReplicaStore(path: file(path)), identity: node.identity, environment: environment)
    }

    /// Replaces the node's database by a copy made earlier: a restore from a backup.
    func restore(_ path: String, from backup: String) throws {
        let node = self[path]
        try node.store.close()
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file(path) + suffix) }
        try FileManager.default.copyItem(atPath: backup, toPath: file(path))
        nodes[path] = try Node(store: try ReplicaStore(path: file(path)), identity: node.identity, environment: environment)
    }

    /// A copy of the node's database as it stands.
    func backup(_ path: String) throws -> String {
        let copy = directory.appending(path: "backup-\(random.next()).db").path
        try self[path].store.checkpoint()
        try self[path].store.backup(to: copy)
        return copy
    }

    static let clerk = Actor(unit: "11000000TEXT00017D", operator: "甲", reviewer: "乙")
    static let loneClerk = Actor(unit: "11000000TEXT00017D", operator: "甲")

    /// Valid synthetic permit rows.
    func rows(_ count: Int, from first: Int = 0, street: String) throws -> [ValidRecord] {
        let item = try #require(Catalogue.standard.item(code: "permit"))
        let columns = item.fields.map { ColumnTarget.field($0.number) }
        _ = columns
        let validator = try TestRows.validator(item, today: environment.today)
        return try (first..<first + count).map { index in
            let result = validator.validate(row: index + 1, cells: TestRows.cells(index, street: street))
            return try #require(result.record, "\(result.problems)")
        }
    }

    @discardableResult
    func enter(_ count: Int, from first: Int = 0, at path: String, actor: Actor = TestFederation.clerk) throws -> [RowFate] {
        let current = try self[path].currentCatalogue()
        let item = try #require(current.catalogue.item(code: "permit"))
        return try self[path].record(try rows(count, from: first, street: path), item: item, edition: current.digest, actor: actor)
    }

    /// Runs the conversation between a child and its parent until both are quiet.
    @discardableResult
    func sync(_ child: String, tamper: ((Frame, _ up: Bool) -> Frame?)? = nil) throws -> TestLink.Result {
        let parent = try #require(NodePath(child)?.parent?.description)
        // What a parent's door learns from the handshake.
        if let key = self[child].identity.tlsKey { self[parent].remember(tlsKey: key.subjectPublicKeyInfo, of: self[child].path) }
        return try TestLink(child: self[child], parent: self[parent], tamper: tamper).run()
    }

    /// Syncs every link until nothing moves.
    func settle() throws {
        for _ in 0..<4 {
            for path in nodes.keys.sorted(by: { $0.utf8.count > $1.utf8.count }) where path.contains("/") { try sync(path) }
        }
    }
}

extension TestFederation {
    /// Opens a node again whose store was closed.
    func reopen(_ path: String) throws {
        try replace(path, with: Node(store: try ReplicaStore(path: file(path)), identity: self[path].identity, environment: environment))
    }
}

/// Alters a database behind the node's back, as a thief or a bad disk would.
func sqlite(_ file: String, _ sql: String) throws {
    let queue = try DatabaseQueue(path: file)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
}
