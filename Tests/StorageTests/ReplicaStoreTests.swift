import Foundation
import GRDB
import Registry
import Replication
import Sealing
import Storage
import Testing

@Suite struct ReplicaStoreTests {
    private let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "creditnode-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    private func open() throws -> ReplicaStore { try ReplicaStore(path: directory.appending(path: "node.db").path) }

    private func replica(_ path: String) throws -> ReplicaID {
        ReplicaID(path: try #require(NodePath(path)), incarnation: Incarnation(high: 1, low: 2))
    }

    private func sealed(_ author: String, sequence: UInt64, previous: Digest?, counter: UInt64, key: LedgerKey, lane: Lane = .ordinary) throws -> VerifiedChangeSet {
        let id = try replica(author)
        let header = Header(
            ledger: LedgerID(replica: id, audience: .published, lane: lane), sequence: sequence, previous: previous, time: HybridTime(milliseconds: 1),
            suite: key.suite, key: key.keyID, firstCounter: counter, count: 2, siblings: [])
        let body = try Change(actor: Actor(unit: "11000000TEXT00017D", operator: "甲"), capturedAt: 1, kind: .unknown).serialized()
        return try ChangeSetSealer(key: key).seal(header, bodies: [body, body], seed: Array(repeating: 1, count: 16))
    }

    @Test("What a transaction committed is there after the process forgot everything")
    func reopening() throws {
        let key = try LedgerKey.generate(.ed25519SHA256)
        let first = try sealed("wuhan", sequence: 1, previous: nil, counter: 1, key: key)
        do {
            let store = try open()
            try store.write { try $0.append(first, receivedAt: 5) }
            try store.close()
        }
        let store = try open()
        #expect(try store.read { try $0.tip(of: first.header.ledger) } == Tip(sequence: 1, digest: first.digest))
        let held = try #require(try store.read { try $0.changeSets(of: first.header.ledger, after: 0, limitBytes: 1) }.first)
        #expect(held.sealed.header == first.sealed.header && held.sealed.bodies == first.sealed.bodies && held.sealed.signature == first.sealed.signature)
    }

    @Test("Entries are appended in order, on the entry they name, with fresh counters; anything else changes nothing")
    func appendRules() throws {
        let store = try open()
        let key = try LedgerKey.generate(.ed25519SHA256)
        let first = try sealed("wuhan", sequence: 1, previous: nil, counter: 1, key: key)
        try store.write { try $0.append(first, receivedAt: 1) }
        func fault(_ set: VerifiedChangeSet) -> ChangeSetFault.Rule? {
            do {
                try store.write { try $0.append(set, receivedAt: 1) }
                return nil
            } catch { return (error as? ChangeSetFault)?.rule }
        }
        #expect(fault(first) == .outOfOrder)
        #expect(try fault(sealed("wuhan", sequence: 3, previous: first.digest, counter: 9, key: key)) == .outOfOrder)
        #expect(try fault(sealed("wuhan", sequence: 2, previous: Digest(a: 1, b: 1, c: 1, d: 1), counter: 9, key: key)) == .brokenChain)
        #expect(try fault(sealed("wuhan", sequence: 2, previous: first.digest, counter: 2, key: key)) == .counterReused)
        #expect(try fault(sealed("wuhan", sequence: 1, previous: nil, counter: 1, key: key, lane: .relief)) == .counterReused)
        #expect(try store.read { try $0.tips() }.count == 1)
        #expect(try fault(sealed("wuhan", sequence: 2, previous: first.digest, counter: 3, key: key)) == nil)
    }

    @Test("A thrown error rolls the whole transaction back")
    func atomicity() throws {
        struct Stop: Error {}
        let store = try open()
        let me = try replica("wuhan")
        try store.write { try $0.become(me) }
        #expect(throws: Stop.self) {
            try store.write { tx in
                _ = try tx.allocateCounters(10)
                throw Stop()
            }
        }
        #expect(try store.write { try $0.allocateCounters(1) } == 1)
        #expect(try store.write { try $0.allocateCounters(5) } == 2)
        #expect(try store.write { try $0.allocateCounters(1) } == 7)
    }

    @Test("Invariants live in the schema: strict types, checks and foreign keys")
    func schema() throws {
        let store = try open()
        try store.close()
        let queue = try DatabaseQueue(path: directory.appending(path: "node.db").path)
        for bad in [
            "INSERT INTO replica (path, incarnation) VALUES ('wuhan', x'00')",
            "INSERT INTO ledger (replica, audience, lane, sequence, digest) VALUES (99, 'local', 1, 0, zeroblob(32))",
            "INSERT INTO meta VALUES ('x', 7)",
            "INSERT INTO member VALUES ('wuhan/a', zeroblob(32), zeroblob(32), 'perhaps', 1, NULL)",
            "INSERT INTO record VALUES (1, 1, 1, 9, 's', 1, 1, 1, NULL)",
        ] {
            #expect(throws: DatabaseError.self, "\(bad)") { try queue.write { try $0.execute(sql: "PRAGMA foreign_keys = ON; " + bad) } }
        }
        let unstrict = try queue.read { try String.fetchAll($0, sql: "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%' AND name <> 'grdb_migrations'") }
        #expect(unstrict.isEmpty)
    }

    @Test("Receipts never go back, and the highest tier is remembered")
    func receipts() throws {
        let store = try open()
        let key = try LedgerKey.generate(.ed25519SHA256)
        let set = try sealed("wuhan/a", sequence: 1, previous: nil, counter: 1, key: key)
        try store.write { try $0.append(set, receivedAt: 1) }
        let tip = LedgerTip(ledger: set.header.ledger, tip: Tip(sequence: 1, digest: set.digest))
        let signed = SignedReceipt(content: [], key: key.keyID, signature: [])
        func put(_ sequence: UInt64, _ at: String) throws {
            let parent = try replica("wuhan"), place = try #require(NodePath(at))
            let tips = [LedgerTip(ledger: tip.ledger, tip: Tip(sequence: sequence, digest: set.digest))]
            try store.write { try $0.put(Receipt(issuer: parent, child: set.header.ledger.replica.path, tips: tips, durableAt: place, time: 1, provisional: false), signed: signed) }
        }
        try put(1, "wuhan")
        try put(0, "wuhan/a")
        let row = try #require(try store.read { try $0.durability() }.first)
        #expect(row.sequence == 1 && row.durableAt.description == "wuhan" && row.sequenceAtHighest == 1)
    }

    @Test("Refusals are counted, and a flood of different ones stays bounded")
    func refusalsAreBounded() throws {
        let store = try open()
        for n in 0..<1200 {
            try store.write { try $0.noteRefusal(ChangeSetFault(.malformed, "place \(n)", "x"), from: "peer", at: UInt64(n)) }
        }
        try store.write { try $0.noteRefusal(ChangeSetFault(.malformed, "place 1199", "y"), from: "peer", at: 5000) }
        let rows = try store.read { try $0.refusals() }
        #expect(rows.first?.count == 2 && rows.first?.detail == "y")
        try store.close()
        let queue = try DatabaseQueue(path: directory.appending(path: "node.db").path)
        #expect(try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM refusal") ?? 0 } <= 1001)
    }
}
