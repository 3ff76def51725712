import Foundation
import GRDB
import Registry
import Replication
@testable import Storage
import Testing

/// The log is copied beside the writer and stays bounded; what was acknowledged outlives the process.
@Suite struct CheckpointTests {
    private let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "creditnode-log-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    private var path: String { directory.appending(path: "node.db").path }

    private func size(_ suffix: String) -> Int {
        ((try? FileManager.default.attributesOfItem(atPath: path + suffix))?[.size] as? NSNumber)?.intValue ?? 0
    }

    private func fill(_ store: ReplicaStore, _ range: Range<Int>) throws {
        for n in range {
            try store.write { tx in
                try tx.db.execute(sql: "INSERT OR REPLACE INTO verdict VALUES (?, 1, 'r', ?, 1)", arguments: ["change \(n % 20)", String(repeating: "x", count: 40_000)])
            }
        }
    }

    @Test("However much is written, the log stays near its limit, without a checkpoint inside any commit")
    func bounded() throws {
        let store = try ReplicaStore(path: path, readers: 2, checkpoints: Checkpointer.Limits(due: 50, most: 200, quietBytes: 0, quietAfter: .seconds(60)))
        var longest = 0
        for step in 0..<60 {
            try fill(store, step * 10..<step * 10 + 10)
            longest = max(longest, size("-wal"))
        }
        // 600 transactions of eleven frames and more are 27 MB; what came while passes ran is on top of the limit.
        #expect(longest < 12 << 20)
        #expect(try store.integrityFault() == nil)
        try store.close()
    }

    @Test("A reader of an old snapshot keeps it, however often the log is copied meanwhile")
    func snapshot() throws {
        let store = try ReplicaStore(path: path, readers: 2, checkpoints: Checkpointer.Limits(due: 10, most: 20, quietBytes: 0, quietAfter: .seconds(60)))
        try fill(store, 0..<1)
        try store.read { tx in
            #expect(try Int.fetchOne(tx.db, sql: "SELECT count(*) FROM verdict") == 1)
            try fill(store, 1..<15)
            try store.checkpoint()
            #expect(try Int.fetchOne(tx.db, sql: "SELECT count(*) FROM verdict") == 1)
        }
        #expect(try store.read { try Int.fetchOne($0.db, sql: "SELECT count(*) FROM verdict") } == 15)
    }

    @Test("A quiet node copies everything and leaves a short log")
    func quiet() throws {
        let store = try ReplicaStore(path: path, readers: 2, checkpoints: Checkpointer.Limits(due: 100_000, most: 100_000, quietBytes: 4096, quietAfter: .seconds(60)))
        try fill(store, 0..<20)
        #expect(size("-wal") > 800_000)
        try store.checkpoint()
        #expect(size("-wal") == 0)
        // Read from the database file alone.
        try FileManager.default.copyItem(atPath: path, toPath: path + ".copy")
        let copy = try DatabaseQueue(path: path + ".copy")
        #expect(try copy.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM verdict") } == 20)
        try fill(store, 20..<21)
        #expect(try store.durability() == ("wal", 2))
    }

    @Test("A process that dies in the middle of a shared transaction loses nothing acknowledged and keeps nothing else")
    func crash() throws {
        let store = try ReplicaStore(path: path)
        try store.write { try $0.setMeta(.clock, 7) }
        try store.write { tx in
            try tx.setMeta(.clock, 8)
            // What a dying process leaves behind at this very moment.
            for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + suffix, toPath: path + ".dead" + suffix) }
        }
        let found = try ReplicaStore(path: path + ".dead")
        #expect(try found.read { try $0.metaNumber(.clock) } == 7)
        #expect(try found.integrityFault() == nil)
        #expect(try store.read { try $0.metaNumber(.clock) } == 8)
    }

    @Test("A closed replica answers with an error, not with a crash")
    func closed() throws {
        let store = try ReplicaStore(path: path)
        try store.close()
        #expect(throws: StorageError.self) { try store.read { try $0.metaNumber(.clock) } }
        #expect(throws: StorageError.self) { try store.write { try $0.setMeta(.clock, 1) } }
    }
}
