import Foundation
import GRDB
import Registry
import Replication
@testable import Storage
import Testing

/// Records are found by natural key and by subject wherever their entries stand: young, middle or old.
@Suite struct RecordIndexTests {
    private let store: ReplicaStore
    private let author: ReplicaID

    init() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "creditnode-index-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        store = try ReplicaStore(path: directory.appending(path: "node.db").path)
        author = ReplicaID(path: try #require(NodePath("wuhan/a")), incarnation: Incarnation(high: 1, low: 2))
        try store.write { ($0.session.recordIndex.smallTotal, $0.session.recordIndex.youngLimit) = (40, 32) }
    }

    private struct Undone: Error {}

    /// Few keys and subjects, so that they repeat; spread over all slices.
    private func row(_ counter: UInt64, _ random: inout Dice) -> RecordRow {
        let id = Dot(replica: author, counter: counter), key = UInt64.random(in: 0..<300, using: &random)
        let half = withUnsafeBytes(of: (key &* 0x9e37_79b9_7f4a_7c15).bigEndian, Array.init)
        return RecordRow(
            id: id, item: 3, home: author.path, validity: .effective, subject: "s\(UInt64.random(in: 0..<200, using: &random))",
            naturalKey: half + Array(repeating: 0, count: 8), state: id)
    }

    private func levels() throws -> [[Int]] {
        try store.read { tx in
            try RecordIndex.allCases.map { index in try (0..<RecordIndex.levels).map { try #require(try Int.fetchOne(tx.db, sql: "SELECT count(*) FROM \(index.table($0))")) } }
        }
    }

    @Test("Whatever is put, put again with other values, taken away or rolled back is found as a dictionary finds it", arguments: [1, 2, 3] as [UInt64])
    func asADictionary(_ seed: UInt64) throws {
        var random = Dice(seed: seed), held: [UInt64: RecordRow] = [:], next: UInt64 = 1
        for _ in 0..<80 {
            var after = held
            let last = next
            var acts: [(RecordRow?, UInt64)] = []
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                switch Int.random(in: 0..<10, using: &random) {
                case 0 where !after.isEmpty:
                    let one = after.keys.sorted()[Int.random(in: 0..<after.count, using: &random)]
                    after[one] = nil
                    acts.append((nil, one))
                case 1, 2:
                    guard let one = after.keys.sorted().randomElement(using: &random) else { continue }
                    let again = row(one, &random)
                    after[one] = again
                    acts.append((again, one))
                default:
                    let new = row(next, &random)
                    after[next] = new
                    acts.append((new, next))
                    next += 1
                }
            }
            let undone = Int.random(in: 0..<6, using: &random) == 0
            do {
                try store.write { tx in
                    for (row, counter) in acts {
                        if let row { try tx.put(row) } else { try tx.dropRecord(Dot(replica: author, counter: counter)) }
                    }
                    try tx.flushCounts()
                    if undone { throw Undone() }
                }
                held = after
            } catch is Undone { next = last }
        }
        try store.read { (tx: ReadTransaction) throws -> Void in
            for (key, rows) in Dictionary(grouping: held.values, by: \.naturalKey) {
                #expect(try tx.records(naturalKey: key) == rows.sorted { $0.id < $1.id })
                #expect(try tx.hasRecord(naturalKey: key))
            }
            for (subject, rows) in Dictionary(grouping: held.values, by: \.subject) {
                #expect(try tx.records(RecordFilter(subject: subject, limit: 1000)) == rows.sorted { $0.id < $1.id })
                #expect(try tx.recordCounts(subject: subject).map(\.count) == [rows.count])
                #expect(try tx.mentions(subject).records)
            }
            #expect(try !tx.mentions("s200").records)
            #expect(try !tx.hasRecord(naturalKey: Array(repeating: 9, count: 16)))
            #expect(try tx.indexFault() == nil)
        }
        // All levels were at work.
        #expect(try levels().allSatisfy { $0[1] > 0 && $0[2] > 40 })
        #expect(try store.integrityFault() == nil)
    }

    @Test("A missing entry is found by the integrity check")
    func fault() throws {
        var random = Dice(seed: 7)
        let rows = (1...50).map { row($0, &random) }
        try store.write { tx in
            for row in rows { try tx.put(row) }
            try tx.flushCounts()
        }
        #expect(try store.integrityFault() == nil)
        try store.write { try $0.db.execute(sql: "DELETE FROM record_subject_2 WHERE id = (SELECT min(id) FROM record)") }
        #expect(try #require(try store.integrityFault()).contains("record_subject"))
    }

    @Test("Every value has one slice")
    func slices() {
        for index in RecordIndex.allCases {
            var next: Int64? = index == .key ? .min : 0
            for slice in 0..<RecordIndex.slices {
                let (low, high) = index.bounds(slice)
                #expect(low == next)
                next = high == .max ? nil : high + 1
            }
            #expect(next == nil)
        }
    }
}

/// SplitMix64.
private struct Dice: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
