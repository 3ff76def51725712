import Node
import Registry
import Replication
import Sealing
import Storage
import Testing

/// Batches checked beside the writer, before those ahead of them are durable.
@Suite struct PreparingTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao"

    private func settled() throws -> TestFederation {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        return federation
    }

    private func sets(of street: Node, from first: UInt64 = 0) throws -> [SealedChangeSet] {
        let ledger = try #require(try street.store.read { try $0.tips() }.first { $0.ledger.replica == street.replica }).ledger
        return try street.load(ledger, after: first, limitBytes: 1 << 24)
    }

    @Test("A batch may lean on the key that the batch ahead of it brought, and counts for nothing before it is stored")
    func pipelined() throws {
        let federation = try settled()
        for batch in 0..<3 { try federation.enter(2, from: batch * 10, at: Self.a) }
        let street = federation[Self.a], district = federation[Self.district]
        let all = try sets(of: street)
        #expect(all.map(\.chain.isEmpty) == [false, true, true])
        #expect(try district.prepare([all[1]], from: street.path).count == 0, "alone it has no key")
        let first = try district.prepare([all[0]], from: street.path)
        let second = try district.prepare([all[1]], from: street.path, behind: [first])
        #expect(second.count == 1)
        let third = try district.prepare([all[2]], from: street.path, behind: [first, second])
        #expect(try district.authors().map(\.description) == [Self.city])
        var grown: [UInt64] = []
        for prepared in [first, second, third] {
            let admission = try district.commit(prepared)
            #expect(admission.faults.isEmpty, "\(admission.faults)")
            grown += admission.grown.map(\.tip.sequence)
        }
        #expect(grown == [1, 2, 3])
        #expect(try district.verify().faults.isEmpty)
        #expect(try district.viewDigest(home: street.path).records == 6)
    }

    /// An entry of the street's, sealed by `key`, without content that any node would project.
    private func sealed(_ federation: TestFederation, _ key: LedgerKey, chain: [[UInt8]], incarnation: UInt64 = 1, lane: Lane = .ordinary, counter: UInt64 = 1) throws -> SealedChangeSet {
        let author = federation[Self.a].path
        let ledger = LedgerID(replica: ReplicaID(path: author, incarnation: Incarnation(high: incarnation, low: 2)), audience: .lineage(of: author, upTo: 1), lane: lane)
        let header = Header(
            ledger: ledger, sequence: 1, previous: nil, time: HybridTime(milliseconds: 1), suite: key.suite, key: key.keyID, firstCounter: counter, count: 1,
            siblings: [])
        let body = try Change(actor: TestFederation.clerk, capturedAt: 1, kind: .unknown).serialized()
        var sealed = try ChangeSetSealer(key: key).seal(header, bodies: [body], seed: federation.random.bytes(16)).sealed
        sealed.chain = chain
        return sealed
    }

    /// Another key of the street with certificates of its CA.
    private func otherKey(_ federation: TestFederation) throws -> (key: LedgerKey, chain: [[UInt8]]) {
        let street = federation[Self.a], key = try LedgerKey.generate(.ed25519SHA256)
        let leaf = try federation.authority(Self.district).issue(.ledgerLeaf(street.path), for: .make(key), now: Int64(federation.clock.now / 1000), validityDays: 100)
        return (key, [leaf.der] + street.identity.ledgerChain.dropFirst())
    }

    @Test("A key of a batch that was not stored is not trusted by the one behind it")
    func failedAhead() throws {
        let federation = try settled()
        let street = federation[Self.a], district = federation[Self.district]
        let key = street.identity.ledgerKey, chain = street.identity.ledgerChain
        let ahead = try district.prepare([try sealed(federation, key, chain: chain)], from: street.path)
        let behind = try district.prepare([try sealed(federation, key, chain: [], lane: .relief, counter: 9)], from: street.path, behind: [ahead])
        #expect(behind.count == 1)
        let admission = try district.commit(behind)
        #expect(admission.faults.map(\.fault.rule) == [.unknownKey])
        #expect(admission.grown.isEmpty)
        #expect(try district.store.read { try $0.ledgerKey(key.keyID) } == nil)
        #expect(try district.prepare([try sealed(federation, key, chain: [])], from: street.path).count == 0, "nor remembered")
        #expect(try district.commit(ahead).faults.isEmpty)
        #expect(try district.commit(behind).faults.isEmpty)
    }

    @Test("Nothing is taken of a ledger of which the batch ahead refused an entry")
    func stoppedAhead() throws {
        let federation = try settled()
        for batch in 0..<2 { try federation.enter(1, from: batch, at: Self.a) }
        let street = federation[Self.a], district = federation[Self.district]
        var all = try sets(of: street)
        all[0].signature[3] ^= 1
        let ahead = try district.prepare([all[0]], from: street.path)
        let behind = try district.prepare([all[1]], from: street.path, behind: [ahead])
        #expect(ahead.count == 0 && behind.count == 0)
        #expect(try district.commit(ahead).faults.map(\.fault.rule) == [.badSignature])
        #expect(try district.commit(behind).faults.isEmpty)
    }

    @Test("Two keys of one author on their way at once: the second needs a continuity statement", arguments: ["same batch", "batch behind", "another link"])
    func twoKeys(_ way: String) throws {
        let federation = try settled()
        let street = federation[Self.a], district = federation[Self.district]
        let other = try otherKey(federation)
        let one = try sealed(federation, street.identity.ledgerKey, chain: street.identity.ledgerChain)
        let two = try sealed(federation, other.key, chain: other.chain, incarnation: 7)
        var faults: [ChangeSetFault.Rule] = []
        switch way {
        case "same batch": faults = try district.admit([one, two], from: street.path).faults.map(\.fault.rule)
        case "batch behind":
            let ahead = try district.prepare([one], from: street.path)
            let behind = try district.prepare([two], from: street.path, behind: [ahead])
            for prepared in [ahead, behind] { faults += try district.commit(prepared).faults.map(\.fault.rule) }
        default:
            let ahead = try district.prepare([one], from: street.path), unaware = try district.prepare([two], from: street.path)
            for prepared in [ahead, unaware] { faults += try district.commit(prepared).faults.map(\.fault.rule) }
        }
        #expect(faults == [.keyNotContinued])
        #expect(try district.store.read { try $0.ledgerKeys(of: street.path) }.map(\.key) == [street.identity.ledgerKey.keyID])
        #expect(try district.verify().faults.isEmpty)
    }

    @Test("A key whose own entry failed is not remembered because another entry of the ledger was stored")
    func failedKeyIsForgotten() throws {
        let federation = try settled()
        try federation.enter(1, at: Self.a)
        let street = federation[Self.a], district = federation[Self.district]
        let first = try sets(of: street)[0]
        let header = try UnverifiedChangeSet(first).header
        let other = try otherKey(federation)
        var continuity = KeyContinuity(
            path: street.path, newKey: other.key.keyID, oldKey: street.identity.ledgerKey.keyID, time: 5, signer: street.identity.ledgerKey.keyID, signature: [])
        continuity.signature = try street.identity.ledgerKey.sign(continuity.message)
        // Continued and certified, but it does not follow the first entry.
        let broken = Header(
            ledger: header.ledger, sequence: 2, previous: Digest(a: 1, b: 2, c: 3, d: 4), time: header.time, suite: header.suite, key: other.key.keyID,
            firstCounter: header.firstCounter + 5, count: 1, siblings: [])
        var second = try ChangeSetSealer(key: other.key).seal(
            broken, bodies: [try Change(actor: TestFederation.clerk, capturedAt: 1, kind: .unknown).serialized()], seed: federation.random.bytes(16)).sealed
        second.chain = other.chain
        second.continuity = continuity
        let admission = try district.admit([first, second], from: street.path)
        #expect(admission.faults.map(\.fault.rule) == [.brokenChain])
        #expect(admission.grown.map(\.tip.sequence) == [1])
        second.chain = []
        #expect(try district.admit([second], from: street.path).faults.map(\.fault.rule) == [.unknownKey], "without its certificates")
    }
}
