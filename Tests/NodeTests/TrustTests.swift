import Foundation
import Node
import Registry
import Replication
import Sealing
import Storage
import Synchronization
import Testing

/// Guarantees 3, 4, 5 and 7 against peers that lie, forge and relay badly.
@Suite struct TrustTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao"

    private func settled(_ rows: Int = 3) throws -> TestFederation {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        if rows > 0 { try federation.enter(rows, at: Self.a) }
        return federation
    }

    @Test("A byte flipped anywhere in a relayed change set is refused and named", arguments: ["header", "signature", "bodies"])
    func flippedByte(part: String) throws {
        let federation = try settled()
        for seed in 0..<40 {
            let random = TestRandom(seed: UInt64(seed))
            let result = try federation.sync(Self.a) { frame, up in
                guard up, case .changeSet(var sealed) = frame else { return frame }
                func flip(_ bytes: inout [UInt8]) { bytes[random.below(bytes.count)] ^= UInt8(1 << random.below(8)) }
                switch part {
                case "header": flip(&sealed.header)
                case "signature": flip(&sealed.signature)
                default: flip(&sealed.bodies)
                }
                return .changeSet(sealed)
            }
            #expect(!result.faults.isEmpty, "seed \(seed)")
            #expect(try federation[Self.district].authors().map(\.description) == [Self.city], "nothing forged is held, seed \(seed)")
        }
        #expect(try !federation[Self.district].store.read { try $0.refusals() }.isEmpty)
        try federation.settle()
        #expect(try federation[Self.city].authors().map(\.description).contains(Self.a), "the true bytes are taken afterwards")
    }

    @Test("A relay that drops an entry leaves a gap that is refused, not skipped")
    func droppedEntry() throws {
        let federation = try settled(0)
        for batch in 0..<3 { try federation.enter(2, from: batch * 10, at: Self.a) }
        var count = 0
        let result = try federation.sync(Self.a) { frame, up in
            guard up, case .changeSet = frame else { return frame }
            count += 1
            return count == 2 ? nil : frame
        }
        #expect(result.faults.map(\.rule) == [.outOfOrder])
        #expect(try federation[Self.district].verify().faults.isEmpty)
        try federation.settle()
        let home = try #require(NodePath(Self.a))
        #expect(try federation[Self.city].viewDigest(home: home).records == 6)
    }

    @Test("Bodies that are missing without an erasure order are refused")
    func missingBody() throws {
        let federation = try settled()
        let result = try federation.sync(Self.a) { frame, up in
            guard up, case .changeSet(var sealed) = frame, let bodies = try? Array(ChangeSetSealer.bodies(of: sealed, count: 3)),
                let seed = try? BodyPart(serialized: BodyPacking.unpack(sealed), count: 3).salts.first?.value,
                let cover = try? SaltTree(OpenSSLPrimitives(), .ed25519SHA256).cover(seed: seed, count: 3, keeping: [true, false, true]),
                let part = try? BodyPart(salts: cover.nodes.map { .init(level: Int($0.level), index: Int($0.index), value: $0.value) }, bodies: [bodies[0], nil, bodies[2]]).serialized()
            else { return frame }
            let salts = try? SaltTree(OpenSSLPrimitives(), .ed25519SHA256).salts(seed: seed, count: 3)
            let label = Array("creditnode body v1".utf8)
            sealed.digests = (0..<3).flatMap { i in OpenSSLPrimitives().digest(.ed25519SHA256, of: label + (salts ?? [])[16 * i..<16 * i + 16] + (bodies[i] ?? [])).bytes }
            sealed.compression = 0
            sealed.bodies = part
            sealed.bodiesSize = part.count
            return .changeSet(sealed)
        }
        #expect(result.faults.map(\.rule) == [.missingBody], "the signature still verifies; only the hole is refused: \(result.faults)")
    }

    @Test("A peer that speaks protocol 1 is sent nothing it cannot read, and holds the same in the end")
    func olderPeer() throws {
        let federation = try settled(0)
        try federation.enter(3, from: 0, at: Self.a)
        let own = try federation[Self.a].tips(for: #require(NodePath(Self.district))).tips.filter { $0.ledger.replica == federation[Self.a].replica }
        let sealed = try own.flatMap { try federation[Self.a].load($0.ledger, after: 0, limitBytes: 1 << 20) }
        #expect(sealed.contains { $0.compression == 2 })
        var packings: [UInt32] = []
        _ = try federation.sync(Self.a) { frame, up in
            switch frame {
            case .greeting(var greeting):
                greeting.protocolMax = 1
                return .greeting(greeting)
            case .changeSet(let sealed):
                if up { packings.append(sealed.compression) }
                return frame
            case .tips, .receipt, .held, .verdicts, .statement, .ping, .pong, .farewell, .refusal, .attachment, .listKeys: return frame
            }
        }
        #expect(!packings.isEmpty && packings.allSatisfy { $0 == 0 })
        try federation.settle()
        let home = try #require(NodePath(Self.a))
        #expect(try federation[Self.city].viewDigest(home: home).digest == federation[Self.a].viewDigest(home: home).digest)
    }

    /// A change set of `author`, sealed with `key`.
    private func forged(_ federation: TestFederation, author: NodePath, key: LedgerKey, chain: [[UInt8]], sequence: UInt64 = 1, counter: UInt64 = 1, audience: Audience? = nil) throws -> SealedChangeSet {
        let ledger = LedgerID(
            replica: ReplicaID(path: author, incarnation: Incarnation(high: 1, low: 2)), audience: audience ?? .lineage(of: author, upTo: 1), lane: .ordinary)
        let change = Change(actor: TestFederation.clerk, capturedAt: 1, kind: .unknown)
        let header = Header(
            ledger: ledger, sequence: sequence, previous: nil, time: HybridTime(milliseconds: 1), suite: key.suite, key: key.keyID,
            firstCounter: counter, count: 1, siblings: [])
        var sealed = try ChangeSetSealer(key: key).seal(header, bodies: [try change.serialized()], seed: federation.random.bytes(16)).sealed
        sealed.chain = chain
        return sealed
    }

    @Test("Keys without certificate, of another CA, or of another path are refused")
    func uncertifiedKeys() throws {
        let federation = try settled(0)
        let district = federation[Self.district]
        let author = try #require(NodePath("wuhan/wuchang/shouyilu"))
        let peer = try #require(NodePath(Self.a))
        let key = try LedgerKey.generate(.ed25519SHA256)
        let from = try #require(NodePath(Self.district))
        // Relayed to the city by the district: every tier checks for itself.
        let city = federation[Self.city]
        #expect(try city.admit([try forged(federation, author: author, key: key, chain: [])], from: from).faults.map(\.fault.rule) == [.unknownKey])
        let foreign = try CertificateAuthority.makeRoot(path: try #require(NodePath("wuhan")), purpose: .ledger, now: 1_795_000_000, validityDays: 300)
        let foreignLeaf = try foreign.issue(.ledgerLeaf(author), for: .make(key), now: 1_795_000_000, validityDays: 100)
        let chain = [foreignLeaf.der, foreign.certificate.der]
        #expect(try city.admit([try forged(federation, author: author, key: key, chain: chain)], from: from).faults.map(\.fault.rule) == [.keyNotCertified])
        // A leaf of the street's own path cannot sign for a sibling.
        let ownKey = federation[Self.a].identity.ledgerKey
        let own = federation[Self.a].identity.ledgerChain
        #expect(try city.admit([try forged(federation, author: author, key: ownKey, chain: own)], from: from).faults.map(\.fault.rule) == [.keyNotCertified])
        // And a street may not hand over what does not cross its link.
        #expect(try district.admit([try forged(federation, author: author, key: key, chain: chain)], from: peer).faults.map(\.fault.rule) == [.wrongAudience])
        #expect(try city.verify().faults.isEmpty)
    }

    @Test("A parent cannot quietly replace its child's key; the old key or the tier above can continue it")
    func keyContinuity() throws {
        let federation = try settled(2)
        try federation.settle()
        let author = try #require(NodePath(Self.a)), from = try #require(NodePath(Self.district))
        let new = try LedgerKey.generate(.ed25519SHA256)
        let ca = try federation.authority(Self.district)
        let leaf = try ca.issue(.ledgerLeaf(author), for: .make(new), now: Int64(federation.clock.now / 1000), validityDays: 100)
        let chain = [leaf.der] + federation[Self.a].identity.ledgerChain.dropFirst()
        let city = federation[Self.city]
        var sealed = try forged(federation, author: author, key: new, chain: chain)
        #expect(try city.admit([sealed], from: from).faults.map(\.fault.rule) == [.keyNotContinued], "certified by the parent alone")

        func continued(by signer: LedgerKey) throws -> KeyContinuity {
            var statement = KeyContinuity(path: author, newKey: new.keyID, oldKey: federation[Self.a].identity.ledgerKey.keyID, time: 5, signer: signer.keyID, signature: [])
            statement.signature = try signer.sign(statement.message)
            return statement
        }
        sealed.continuity = try continued(by: federation[Self.district].identity.ledgerKey)
        #expect(try city.admit([sealed], from: from).faults.map(\.fault.rule) == [.keyNotContinued], "the parent's own signature is not enough")
        for signer in [Self.city, Self.a] {
            sealed.continuity = try continued(by: federation[signer].identity.ledgerKey)
            #expect(try federation.acceptsOnCopy(of: Self.city, sealed, from: from), "continued by \(signer)")
        }
    }

    @Test("A counter is never used twice by one replica")
    func reusedCounter() throws {
        let federation = try settled(0)
        let author = try #require(NodePath(Self.a)), key = federation[Self.a].identity.ledgerKey
        let chain = federation[Self.a].identity.ledgerChain
        let district = federation[Self.district]
        #expect(try district.admit([try forged(federation, author: author, key: key, chain: chain, counter: 7)], from: author).faults.isEmpty)
        let again = try forged(federation, author: author, key: key, chain: chain, counter: 7, audience: .published)
        #expect(try district.admit([again], from: author).faults.map(\.fault.rule) == [.counterReused])
    }

    @Test("A heartbeat shows a tail that a relay withholds; a forged one is refused")
    func heartbeats() throws {
        let federation = try settled(0)
        try federation.enter(1, at: Self.a)
        try federation.settle()
        try federation.enter(1, from: 5, at: Self.a)
        let beats = try federation[Self.a].stateHeartbeats()
        let beat = try #require(beats.first), from = try #require(NodePath(Self.a))
        let district = federation[Self.district]
        var forged = beat
        forged.content[forged.content.count / 2] ^= 1
        #expect(throws: (any Error).self) { try district.consider(forged, from: from) }
        #expect(try district.consider(beat, from: from))
        #expect(try !district.consider(beat, from: from), "not newer than the one held")
        #expect(try district.withheld().map { "\($0.claimed) \($0.held)" } == ["2 1"])
        try federation.settle()
        #expect(try district.withheld().isEmpty)
        #expect(throws: ChangeSetFault.self, "a statement of another's ledgers does not cross this link") {
            try federation[Self.city].consider(beat, from: try #require(NodePath("wuhan/hanyang")))
        }
    }

    @Test("A known entry that comes again says only that the peer holds this entry, and is not announced")
    func echoes() throws {
        let federation = try settled(0)
        for batch in 0..<3 { try federation.enter(1, from: batch, at: Self.a) }
        let street = federation[Self.a], peer = try #require(NodePath(Self.district))
        let ledger = try #require(try street.store.read { try $0.tips() }.first { $0.ledger.replica.path == street.path }).ledger
        let echo = try street.load(ledger, after: 0, limitBytes: 1)
        let told = Told()
        let handle = street.observe { tips in told.add(tips) }
        let admission = try street.admit(echo, from: peer)
        street.stopObserving(handle)
        #expect(admission.tips.map(\.tip.sequence) == [1], "not our own tip, 3: the peer may still need what follows")
        #expect(admission.grown.isEmpty && told.count == 0)
    }

    @Test("Admission leaves the announcement to the caller, so that nothing is sent straight back")
    func admissionDoesNotAnnounce() throws {
        let federation = try settled(1)
        let district = federation[Self.district], street = federation[Self.a]
        let ledger = try #require(try street.store.read { try $0.tips() }.first { $0.ledger.replica.path == street.path }).ledger
        let told = Told()
        let handle = district.observe { tips in told.add(tips) }
        let admission = try district.admit(try street.load(ledger, after: 0, limitBytes: 1), from: street.path)
        #expect(told.count == 0)
        district.announce(admission.grown)
        #expect(told.count == 1)
        district.stopObserving(handle)
    }

    @Test("A change of an unknown kind is quarantined, its bytes relayed all the same")
    func unknownKindSurvivesRelays() throws {
        let federation = try settled(0)
        let author = try #require(NodePath(Self.a)), key = federation[Self.a].identity.ledgerKey
        let sealed = try forged(federation, author: author, key: key, chain: federation[Self.a].identity.ledgerChain)
        let admission = try federation[Self.district].admit([sealed], from: author)
        #expect(admission.faults.isEmpty)
        #expect(admission.verdicts.map(\.rule) == ["unknown-kind"])
        try federation.sync(Self.district)
        let held = try federation[Self.city].load(LedgerID(replica: ReplicaID(path: author, incarnation: Incarnation(high: 1, low: 2)), audience: .lineage(of: author, upTo: 1), lane: .ordinary), after: 0, limitBytes: 1000)
        #expect(held.map(\.bodies) == [sealed.bodies])
        #expect(held.map(\.header) == [sealed.header])
        #expect(try federation[Self.city].verify().faults.isEmpty)
    }

    @Test("Numbers beyond every bound are refused, and a set that cannot be projected leaves nothing behind")
    func absurdNumbers() throws {
        let federation = try settled(0)
        let author = try #require(NodePath(Self.a)), key = federation[Self.a].identity.ledgerKey
        let replica = ReplicaID(path: author, incarnation: Incarnation(high: 1, low: 2))
        let ledger = LedgerID(replica: replica, audience: .published, lane: .ordinary)
        let huge = LedgerTip(ledger: ledger, tip: Tip(sequence: .max, digest: .zero))
        #expect(throws: CodingFault.self) { try Frame.read(Frame.tips([huge], last: true).serialized()) }
        let list = Dot(replica: replica, counter: 1)
        let kinds: [ChangeKind] = [
            .listOpened(ListOpened(code: "x", title: "名单", basis: "依据", authority: "11000000TEXT00017D", maxAge: .max)),
            .listEdition(ListEdition(list: list, number: .max, entries: .max, digest: .zero)),
            .listEdition(ListEdition(list: list, number: 0, entries: 0, digest: .zero)),
            .listEdition(ListEdition(list: list, number: 1, entries: .max, digest: .zero)),
        ]
        let bodies = try kinds.map { try Change(actor: TestFederation.clerk, capturedAt: .max, kind: $0).serialized() }
        let header = Header(
            ledger: ledger, sequence: 1, previous: nil, time: HybridTime(raw: .max), suite: key.suite, key: key.keyID, firstCounter: 1, count: bodies.count, siblings: [])
        var sealed = try ChangeSetSealer(key: key).seal(header, bodies: bodies, seed: federation.random.bytes(16)).sealed
        sealed.chain = federation[Self.a].identity.ledgerChain
        let admission = try federation[Self.district].admit([sealed], from: author)
        #expect(admission.faults.isEmpty)
        #expect(admission.verdicts.map(\.rule) == ["edition-number", "edition-number"])
        #expect(try federation[Self.district].verify().faults.isEmpty)
        #expect(try federation[Self.district].listStates().first?.edition?.number == 1)
    }

    @Test("A child whose clock is years ahead does not make its parent's answers stale")
    func childsClockCountsForNothing() throws {
        let federation = try settled(0)
        try federation.enter(1, at: Self.a)
        try federation.settle()
        federation.clock.advance(milliseconds: 10 * 365 * 86_400_000)
        let beat = try #require(try federation[Self.a].stateHeartbeats().first)
        federation.clock.advance(milliseconds: -10 * 365 * 86_400_000)
        #expect(try federation[Self.district].consider(beat, from: try #require(NodePath(Self.a))))
        let now = federation.clock.now
        #expect(try federation[Self.district].store.read { try $0.latestSignedTime(above: federation[Self.district].path) } <= now)
    }

    @Test("No hostile bytes crash a node")
    func garbage() throws {
        let federation = try settled(4)
        let random = TestRandom(seed: 99)
        let from = try #require(NodePath(Self.a))
        let tip = try #require(try federation[Self.a].store.read { try $0.tips() }.first { $0.ledger.replica.path == from })
        let good = try #require(try federation[Self.a].load(tip.ledger, after: 0, limitBytes: 1 << 20).first)
        for _ in 0..<300 {
            var bytes = try Frame.changeSet(good).serialized()
            for _ in 0...random.below(6) { bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next()) }
            if random.below(4) == 0 { bytes = Array(bytes.prefix(random.below(bytes.count))) }
            guard case .changeSet(let sealed)? = try? Frame.read(bytes) else { continue }
            _ = try federation[Self.district].admit([sealed], from: from)
        }
        #expect(try federation[Self.district].verify().faults.isEmpty)
    }
}

/// Counts what observers were told.
private final class Told: Sendable {
    private let tips = Mutex<[LedgerTip]>([])
    func add(_ more: [LedgerTip]) { tips.withLock { $0 += more } }
    var count: Int { tips.withLock { $0.count } }
}

extension TestFederation {
    /// Whether a copy of the node takes the set: the node itself stays as it was.
    func acceptsOnCopy(of path: String, _ sealed: SealedChangeSet, from: NodePath) throws -> Bool {
        let copy = try backup(path)
        let node = try Node(store: try ReplicaStore(path: copy), identity: self[path].identity, environment: environment)
        return try node.admit([sealed], from: from).faults.isEmpty
    }
}
