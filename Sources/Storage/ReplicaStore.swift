import Foundation
import GRDB
import Registry
import Replication

/// The SQLite replica of one node: one writer, concurrent readers, WAL with `synchronous=FULL`, so that
/// what a transaction committed survives power loss (guarantee 2).
package final class ReplicaStore: Sendable {
    fileprivate let pool: DatabasePool
    /// Path of the database file.
    package let path: String

    /// Opens the database, making and migrating it as needed.
    /// - Throws: ``StorageError``.
    package init(path: String, readers: Int = 4) throws {
        self.path = path
        var configuration = Configuration()
        configuration.label = "replica"
        configuration.maximumReaderCount = readers
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;")
        }
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction { db in
                // After the pool's own WAL set-up, which asks for NORMAL.
                try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8000;")
            }
            try Schema.migrator.migrate(pool)
        } catch {
            throw StorageError(error, doing: "opening \(path)")
        }
    }

    /// Runs `body` in one IMMEDIATE transaction on the writer; commits when it returns, rolls back when it throws.
    @discardableResult
    package func write<T>(_ body: (WriteTransaction) throws -> T) throws -> T {
        do {
            return try pool.write { db in try body(WriteTransaction(db)) }
        } catch let error as DatabaseError {
            throw StorageError(error, doing: "writing")
        }
    }

    /// Runs `body` on a consistent snapshot, beside the writer.
    package func read<T>(_ body: (ReadTransaction) throws -> T) throws -> T {
        do {
            return try pool.read { db in try body(ReadTransaction(db)) }
        } catch let error as DatabaseError {
            throw StorageError(error, doing: "reading")
        }
    }

    /// Copies the log into the database file where readers allow; cheap, for quiet moments.
    package func checkpoint() throws {
        _ = try pool.writeWithoutTransaction { db in try db.checkpoint(.passive) }
    }

    package func close() throws { try pool.close() }

    /// SQLite's own integrity check. - Returns: nil when sound, else its first complaints.
    package func integrityFault() throws -> String? {
        try pool.read { db in
            let lines = try String.fetchAll(db, sql: "PRAGMA integrity_check(10)")
            return lines == ["ok"] ? nil : lines.joined(separator: "; ")
        }
    }

    /// The pragmas that guarantee 2 stands on, read back from the writer.
    package func durability() throws -> (journal: String, synchronous: Int) {
        try pool.writeWithoutTransaction { db in
            (
                try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "",
                try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? 0
            )
        }
    }
}

/// An operating failure of the database, with a hint.
package struct StorageError: Error, Sendable, CustomStringConvertible {
    package let message: String
    package let hint: String

    package init(message: String, hint: String) { (self.message, self.hint) = (message, hint) }

    init(_ error: any Error, doing what: String) {
        message = "\(what): \(error)"
        switch (error as? DatabaseError)?.resultCode {
        case .SQLITE_FULL: hint = "the disk is full: free space, then repeat; nothing was half-applied / 磁盘已满：请腾出空间后重试，未写入任何半截数据"
        case .SQLITE_BUSY, .SQLITE_LOCKED: hint = "another process holds the database; is `creditnode serve` running? / 数据库被其他进程占用"
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: hint = "the file is damaged: restore a backup, then `creditnode verify` / 数据库文件损坏：请从备份恢复"
        case .SQLITE_CANTOPEN, .SQLITE_READONLY: hint = "check that the directory exists and is writable / 请检查目录是否存在且可写"
        default: hint = "run `creditnode doctor` / 请运行 creditnode doctor"
        }
    }

    package var description: String { "\(message) (\(hint))" }
}

/// Reading within one snapshot.
package class ReadTransaction {
    let db: Database
    /// Replicas met in this transaction, both ways: a row names its replica by number, a change by value.
    var replicas: [Int64: ReplicaID] = [:]
    var numbers: [ReplicaID: Int64] = [:]
    init(_ db: Database) { self.db = db }
}

/// Reading and writing within one transaction.
package final class WriteTransaction: ReadTransaction {
    /// Changes of the record counts that are not written yet.
    var countDeltas: [RecordCountKey: Int] = [:]
    /// Whether any change waits for something; nil = not asked since it may have changed.
    var waits: Bool?
    /// Whether this transaction came to want contents of attachments that are not held.
    package internal(set) var wantsContents = false

    /// Runs `body` whole or not at all within the transaction; what it threw is thrown on.
    package func wholly(_ body: () throws -> Void) throws {
        do {
            try db.inSavepoint {
                try body()
                return .commit
            }
        } catch {
            // What was remembered may have been rolled back.
            (numbers, replicas, countDeltas, waits) = ([:], [:], [:], nil)
            throw error
        }
    }
}

extension ReplicaStore {
    /// Copies the whole replica, as it stands now, into a new file while others read and write.
    package func backup(to path: String) throws {
        do {
            try pool.backup(to: try DatabaseQueue(path: path))
        } catch {
            throw StorageError(error, doing: "backing up to \(path)")
        }
    }
}
