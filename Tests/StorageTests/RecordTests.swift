import Foundation
import GRDB
import Registry
import Replication
@testable import Storage
import Testing

@Suite struct RecordTests {
    private let path: String
    private let store: ReplicaStore

    init() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "creditnode-records-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        path = directory.appending(path: "node.db").path
        store = try ReplicaStore(path: path)
    }

    private func row(_ author: String, _ counter: UInt64, subject: String = "s", key: UInt8 = 1, low: UInt8 = 2) throws -> RecordRow {
        let id = Dot(replica: ReplicaID(path: try #require(NodePath(author)), incarnation: Incarnation(high: 1, low: 2)), counter: counter)
        return RecordRow(
            id: id, item: 3, home: id.replica.path, validity: .effective, subject: subject,
            naturalKey: Array(repeating: key, count: 8) + Array(repeating: low, count: 8), state: id)
    }

    @Test("A record comes back as it was put: with another home, another standing change, the highest bits set")
    func roundTrip() throws {
        var foreign = try row("wuhan/a", 5, key: 0xff, low: 0x80)
        foreign.home = try #require(NodePath("wuhan/b"))
        foreign.state = Dot(replica: ReplicaID(path: try #require(NodePath("wuhan/c")), incarnation: Incarnation(high: 9, low: 9)), counter: (1 << 40) - 1)
        let plain = try row("wuhan/a", 6)
        try store.write { tx in for one in [foreign, plain] { try tx.put(one) } }
        #expect(try store.read { try $0.record(foreign.id) } == foreign)
        #expect(try store.read { try $0.record(plain.id) } == plain)
        #expect(try store.read { try $0.records(naturalKey: foreign.naturalKey) } == [foreign])
    }

    @Test("Half a natural key, or half a subject, is no match")
    func wholeComparison() throws {
        let one = try row("wuhan/a", 1, key: 1, low: 1), other = try row("wuhan/a", 2, key: 1, low: 2)
        try store.write { try $0.put(one) }
        #expect(try store.read { try $0.hasRecord(naturalKey: one.naturalKey) })
        #expect(try !store.read { try $0.hasRecord(naturalKey: other.naturalKey) })
        try store.write { try $0.put(other) }
        #expect(try store.read { try $0.records(naturalKey: other.naturalKey) } == [other])
        // Two subjects that share the index entry.
        try store.write { try $0.db.execute(sql: "UPDATE record SET subject = 'x' WHERE key_low = ?", arguments: [PackedKey(one.naturalKey).low]) }
        #expect(try store.read { try $0.recordCounts(subject: "s") }.map(\.count) == [1])
        #expect(try store.read { try $0.records(RecordFilter(subject: "s")) }.map(\.id) == [other.id])
    }

    @Test("Listing goes on where it stopped, and stays within one author")
    func paging() throws {
        let rows = try (1...600).map { try row($0 <= 300 ? "wuhan/a" : "wuhan/b", UInt64($0), subject: "s\($0 % 2)", key: UInt8($0 % 250)) }
        try store.write { tx in
            for row in rows { try tx.put(row) }
            try tx.flushCounts()
        }
        var seen: [RecordRow] = []
        while true {
            let page = try store.read { try $0.records(RecordFilter(after: seen.last?.id, limit: 70)) }
            if page.isEmpty { break }
            seen += page
        }
        #expect(seen == rows)
        var ofB: [Dot] = []
        try store.read { tx in try tx.eachRecord(home: #require(NodePath("wuhan/b"))) { ofB.append($0.id) } }
        #expect(ofB == rows[300...].map(\.id))
        #expect(try store.read { try $0.records(RecordFilter(home: NodePath("wuhan/b"), subject: "s1", limit: 1000)) }.count == 150)
    }

    @Test("What does not fit into a packed dot is refused by name, and the largest that fits is kept")
    func limits() throws {
        #expect(try PackedDot.counter(PackedDot.pack(PackedDot.replicaLimit - 1, PackedDot.counterLimit - 1)) == PackedDot.counterLimit - 1)
        #expect(try PackedDot.replica(PackedDot.pack(PackedDot.replicaLimit - 1, PackedDot.counterLimit - 1)) == PackedDot.replicaLimit - 1)
        #expect(throws: StorageError.self) { try PackedDot.pack(PackedDot.replicaLimit, 1) }
        #expect(throws: StorageError.self) { try PackedDot.pack(1, PackedDot.counterLimit) }
        let beyond = try row("wuhan/a", PackedDot.counterLimit)
        #expect(throws: StorageError.self) { try store.write { try $0.put(beyond) } }
        #expect(try store.read { try $0.record(beyond.id) } == nil)
    }

    @Test("Statements come back ready after an error, an early end or a bad value")
    func statements() throws {
        let sql = HotSQL("INSERT INTO verdict VALUES (?, ?, 'r', 'd', 1)")
        try store.write { tx in
            let insert = try tx.hot(sql)
            insert.bind(1, "甲")
            insert.bind(2, Int64(1))
            try insert.execute()
            #expect(throws: DatabaseError.self) { try insert.execute() }
            insert.bind(1, "")
            insert.bind(2, Int64?.none)
            #expect(throws: DatabaseError.self) { try insert.execute() }
            insert.bind(2, 2)
            try insert.execute()
        }
        let all = HotSQL("SELECT change, outcome FROM verdict ORDER BY outcome")
        try store.read { tx in
            var found: [String] = []
            for _ in 0..<2 {
                try tx.hot(all).each { row in
                    found.append(row.text(0))
                    return false
                }
            }
            #expect(found == ["甲", "甲"])
            #expect(try tx.hot(all).first { $0.bytes(0) } == Array("甲".utf8))
            #expect(throws: DatabaseError.self) { try tx.hot(HotSQL("SELECT nothing FROM verdict")) }
        }
    }
}
