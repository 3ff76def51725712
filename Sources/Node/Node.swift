import Registry
import Replication
import Sealing
import Storage
import Synchronization

/// One replica with its identity: every operation, local and from links, as load–decide–apply in one
/// transaction. Synchronous and free of sockets, timers and files; callers put it on threads of theirs.
package final class Node: Sendable {
    package let store: ReplicaStore
    package let identity: NodeIdentity
    package let environment: NodeEnvironment
    package let primitives = OpenSSLPrimitives()
    /// What those below say of themselves.
    package let conditions: ConditionShelf
    private let caches: Mutex<Caches>
    /// Told after each commit which ledgers grew.
    private let observers = Observers()
    /// Change sets stored a moment ago.
    let recents: RecentSets
    let waiting = WaitingChanges()
    /// Most bytes of attachments' contents kept here.
    private let contentQuota = Mutex<UInt64>(10 << 30)
    /// TLS keys that enrolled children proved on their links: list keys are wrapped for them.
    let childKeys = Mutex<[NodePath: [UInt8]]>([:])
    /// Look-ups of persons that one operator may make in an hour.
    package let personLookupsPerHour = Mutex(60)
    let firstWord = FirstWord()
    /// What look-ups have in common, of the last transaction that answered any.
    let keptFacts = Mutex<LookupFacts?>(nil)
    /// Look-up clients enrolled here, by path; as committed.
    let readers: Mutex<[NodePath: ReaderRow]>

    private struct Caches {
        var replica: ReplicaID
        var keys: [Digest: CertifiedKey] = [:]
        var editions: [Digest: EditionInForce] = [:]
        /// Profiles and calendars.
        var issues: [Digest: IssuedObject] = [:]
    }

    /// A ledger key with the path it is certified for.
    package struct CertifiedKey: Sendable {
        package let path: NodePath
        package let key: LedgerPublicKey
    }

    /// Opens the node over a replica that ``initialise(store:identity:environment:)`` prepared.
    /// - Throws: ``NodeRefusal`` when the replica belongs to another path or to none.
    package init(store: ReplicaStore, identity: NodeIdentity, environment: NodeEnvironment) throws {
        guard let replica = try store.read({ try $0.identity() }) else {
            throw NodeRefusal(.notFound, "not-initialised", zh: "该目录下没有节点", en: "the replica was never initialised", hint: "creditnode init / join")
        }
        guard replica.path == identity.path else {
            throw NodeRefusal(
                .refused, "wrong-identity", zh: "数据库属于 \(replica.path)，密钥属于 \(identity.path)",
                en: "the database belongs to \(replica.path), the keys to \(identity.path)", hint: "restore both from the same backup")
        }
        self.store = store
        self.identity = identity
        self.environment = environment
        caches = Mutex(Caches(replica: replica))
        recents = RecentSets(at: replica.path)
        conditions = ConditionShelf(try store.read { try $0.conditions() })
        readers = Mutex(Dictionary(try store.read { try $0.readers() }.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first }))
        if try store.read({ try $0.projectionIsDue() }) {
            _ = try rebuild()
            try store.write { try $0.projectionIsDone() }
        }
    }

    /// Writes path, a new incarnation and the node's own key into an empty replica.
    package static func initialise(store: ReplicaStore, identity: NodeIdentity, environment: NodeEnvironment) throws {
        guard let incarnation = Incarnation(try environment.random(16)) else { preconditionFailure("16 bytes were asked for") }
        try store.write { tx in
            try tx.become(ReplicaID(path: identity.path, incarnation: incarnation))
            try tx.put(
                LedgerKeyRow(
                    key: identity.ledgerKey.keyID, path: identity.path, publicKey: identity.ledgerKey.subjectPublicKeyInfo,
                    chain: identity.ledgerChain, continuity: nil), seenAt: environment.now())
        }
    }

    package var replica: ReplicaID { caches.withLock { $0.replica } }
    package var path: NodePath { identity.path }

    /// Begins a new incarnation: after a restore from a backup, or when a fork of our own ledger shows
    /// (guarantee 10). Old ledgers stay, as another replica's.
    package func beginIncarnation() throws -> ReplicaID {
        guard let incarnation = Incarnation(try environment.random(16)) else { preconditionFailure("16 bytes were asked for") }
        let replica = ReplicaID(path: path, incarnation: incarnation)
        try store.write { try $0.become(replica) }
        caches.withLock { $0.replica = replica }
        return replica
    }

    /// Most bytes of attachments' contents kept here; beyond it nothing more is taken in or fetched. 10 GiB unless set.
    package var attachmentQuota: UInt64 {
        get { contentQuota.withLock { $0 } }
        set { contentQuota.withLock { $0 = newValue } }
    }

    // MARK: - Observers

    /// Calls `body` after every commit that made ledgers grow, with those of them that may cross the link to `peer`; with all when
    /// it is nil. - Returns: a handle to stop.
    package func observe(for peer: NodePath? = nil, _ body: @escaping @Sendable ([LedgerTip]) -> Void) -> UInt64 { observers.add(peer, body) }

    package func stopObserving(_ handle: UInt64) { observers.remove(handle) }

    /// Tells the observers that ledgers grew: these tips are durable.
    package func announce(_ tips: [LedgerTip]) {
        guard !tips.isEmpty else { return }
        recents.publish(tips)
        observers.tell(tips)
    }

    /// Entries after `sequence` that were stored a moment ago, the same bytes as ``load(_:after:limitBytes:)`` gives.
    /// - Returns: nil when the replica must be asked.
    package func recent(_ ledger: LedgerID, after sequence: UInt64, limitBytes: Int) -> [SealedChangeSet]? {
        recents.sets(of: ledger, after: sequence, limitBytes: limitBytes)
    }

    // MARK: - Caches

    /// An edition ready for judging; nil when it is not held.
    func edition(_ digest: Digest, _ tx: ReadTransaction) -> EditionInForce? {
        if let cached = caches.withLock({ $0.editions[digest] }) { return cached }
        guard let body = try? tx.editionBody(digest), let change = try? Change(serialized: body), let object = IssuedObject(change.kind) else { return nil }
        let inForce: EditionInForce
        switch object {
        case .catalogue(let catalogue): inForce = .catalogue(CatalogueInForce(catalogue, seen: change.context))
        case .units(let registry): inForce = .units(registry)
        case .profile, .calendar: inForce = .other
        }
        caches.withLock { $0.editions[digest] = inForce }
        return inForce
    }

    /// The object an edition holds, decoded once; nil when the edition is not held.
    func keptIssue(_ digest: Digest, _ tx: ReadTransaction) throws -> IssuedObject? {
        if let kept = caches.withLock({ $0.issues[digest] }) { return kept }
        guard let object = try issued(digest, tx) else { return nil }
        caches.withLock { $0.issues[digest] = object }
        return object
    }

    /// As ``edition(_:_:)``, outside any transaction.
    func heldEdition(_ digest: Digest) -> EditionInForce? {
        if let cached = caches.withLock({ $0.editions[digest] }) { return cached }
        return try? store.read { edition(digest, $0) }
    }

    /// A ledger key that was used before; nil does not mean that it is not held.
    func rememberedKey(_ id: Digest) -> CertifiedKey? { caches.withLock { $0.keys[id] } }

    /// A catalogue edition ready for judging; nil when it is not held, or no catalogue.
    func catalogue(_ digest: Digest, _ tx: ReadTransaction) -> CatalogueInForce? {
        guard case .catalogue(let catalogue)? = edition(digest, tx) else { return nil }
        return catalogue
    }

    /// A held ledger key; nil when it is not held or unreadable.
    func certifiedKey(_ id: Digest, _ tx: ReadTransaction) throws -> CertifiedKey? {
        if let cached = caches.withLock({ $0.keys[id] }) { return cached }
        guard let row = try tx.ledgerKey(id), let key = try? LedgerPublicKey(subjectPublicKeyInfo: row.publicKey) else { return nil }
        let certified = CertifiedKey(path: row.path, key: key)
        remember(certified)
        return certified
    }

    func remember(_ key: CertifiedKey) { caches.withLock { $0.keys[key.key.keyID] = key } }

    /// The digest by which changes name the edition that a change body issued.
    func editionDigest(_ body: [UInt8]) -> Digest {
        primitives.digest(.ed25519SHA256, of: LengthPrefixed.join("creditnode edition v1", [body]))
    }

    func digest(_ bytes: [UInt8]) -> Digest { primitives.digest(.ed25519SHA256, of: bytes) }
}
