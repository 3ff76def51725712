import CMalloc
import Foundation
import GRDB
import Registry

/// The SQLite replica of one node: one writer, concurrent readers, WAL with `synchronous=FULL`, so that
/// what a transaction committed survives power loss (guarantee 2).
package final class ReplicaStore: Sendable {
    private let writer: Connection
    private let readers: ReaderShelf
    private let queue: WriteQueue
    private let checkpointer: Checkpointer
    /// Path of the database file.
    package let path: String

    /// Opens the database, making and migrating it as needed.
    /// - Throws: ``StorageError``.
    package convenience init(path: String, readers: Int = 4) throws { try self.init(path: path, readers: readers, checkpoints: Checkpointer.Limits()) }

    /// Opens the database for a caller that is alone with it: what otherwise runs beside it, on threads and by timers,
    /// it does itself, at once. So the same calls always do the same, in the same order, as a simulation needs.
    /// - Parameter location: a path, or a `file:` URI that names an SQLite VFS.
    /// - Throws: ``StorageError``.
    package convenience init(inlineAt location: String) throws {
        var limits = Checkpointer.Limits()
        (limits.isInline, limits.due, limits.most) = (true, 200, 400)
        try self.init(path: location, readers: 1, checkpoints: limits)
    }

    init(path: String, readers: Int, checkpoints: Checkpointer.Limits) throws {
        self.path = path
        do {
            let writer = try Connection(path: path, Self.configuration(.writer))
            try writer.migrate(Schema.migrator)
            try writer.use { session in
                // After GRDB's own WAL set-up, which asks for NORMAL.
                // What is deleted is overwritten: erasing is a duty, and what earlier moves of a row left behind must be gone too.
                try session.db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA journal_size_limit = \(Self.logBytesKept)")
                #if PLANTED_BUGS
                    // Confirmed, and receipts given, before it is durable.
                    if plantedBug == 3 { try session.db.execute(sql: "PRAGMA synchronous = NORMAL") }
                #endif
                session.ignoreCommits()
            }
            writer.countFrames()
            let readers = ReaderShelf(limit: readers) { try Connection(path: path, Self.configuration(.reader)) }
            let copying = LateBox<Checkpointer>()
            let queue = WriteQueue(writer: writer) { frames in copying.value?.committed(frames: frames) }
            let checkpointer = Checkpointer(try Connection(path: path, Self.configuration(.checkpointer)), limits: checkpoints) { queue.alone($0) } quiet: {
                queue.alone { writer.use { $0.shrink() } }
                readers.shrink()
                creditnode_malloc_trim()
            }
            copying.value = checkpointer
            (self.writer, self.readers, self.queue, self.checkpointer) = (writer, readers, queue, checkpointer)
        } catch {
            throw StorageError(error, doing: "opening \(path)")
        }
    }

    /// What of the log stays on the disk when it begins anew, in bytes: overwriting is cheaper than growing.
    private static let logBytesKept = 40 << 20

    private enum Role {
        case writer, reader, checkpointer

        /// Of the page cache, in KiB. The system's own cache stands behind it.
        var cache: Int {
            switch self {
            case .writer: 16_384
            case .reader: 2_048
            case .checkpointer: 256
            }
        }
    }

    private static func configuration(_ role: Role) -> Configuration {
        var configuration = Configuration()
        configuration.label = "replica"
        configuration.readonly = role == .reader
        configuration.foreignKeysEnabled = true
        // Transactions are begun and ended by hand.
        configuration.allowsUnsafeTransactions = true
        if role != .reader { configuration.journalMode = .wal }
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -\(role.cache); PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 0")
        }
        return configuration
    }

    /// Runs `body` whole or not at all, and returns when what it wrote is durable. Callers at the same time share one
    /// transaction and its fsync: `body` may run on another's thread while this one waits, sees what those before
    /// it in the transaction wrote, and nothing of one that failed.
    /// - Throws: what `body` threw; ``StorageError`` when nothing could be made durable.
    @discardableResult
    package func write<T>(as weight: WriteWeight = .small, _ body: (WriteTransaction) throws -> T) throws -> T {
        var result: T?
        try withoutActuallyEscaping({ (tx: WriteTransaction) in result = try body(tx) }) { try queue.perform(weight, $0) }
        guard let result else { preconditionFailure("a write without fault has its result") }
        return result
    }

    /// As ``write(as:_:)`` for many small writes at a time: whoever waits holds no thread.
    /// - Parameter body: may run twice, when another that shares its savepoint failed; only the last run counts.
    /// - Throws: also ``StorageError`` at once when too many wait already.
    @discardableResult
    package func enqueue<T: Sendable>(_ body: @escaping @Sendable (WriteTransaction) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let box = ResultBox<T>()
            queue.enqueue({ tx in box.value = try body(tx) }) { fault in
                if let fault { return continuation.resume(throwing: fault) }
                guard let value = box.value else { preconditionFailure("a write without fault has its result") }
                continuation.resume(returning: value)
            }
        }
    }

    /// Runs `body` on a consistent snapshot, beside the writer.
    package func read<T>(_ body: (ReadTransaction) throws -> T) throws -> T {
        do {
            return try readers.use { connection in
                try connection.use { session in
                    try session.run(.beginSnapshot)
                    defer { try? session.run(.commit) }
                    return try body(ReadTransaction(session))
                }
            }
        } catch let error as DatabaseError {
            throw StorageError(error, doing: "reading")
        }
    }

    /// Writers that wait for their turn, and transactions committed since opening. For tests and figures.
    package var waitingWriters: Int { queue.waitingCount }
    package var commits: UInt64 { queue.commits }

    /// What a quiet node does by itself: copies the log into the database file, shortens it, gives caches back.
    package func checkpoint() throws { checkpointer.settle() }

    /// After bodies were erased: empties the log too, which still has them. Readers of an older snapshot delay that to the next
    /// quiet moment.
    package func scrub() { checkpointer.scrub() }

    package func close() throws {
        try checkpointer.close()
        try readers.close()
        try writer.close()
    }

    /// SQLite's own integrity check, and whether every record stands in its indexes. - Returns: nil when sound, else its first complaints.
    package func integrityFault() throws -> String? {
        try read { tx in
            let lines = try String.fetchAll(tx.db, sql: "PRAGMA integrity_check(10)")
            return lines == ["ok"] ? try tx.indexFault() : lines.joined(separator: "; ")
        }
    }

    /// The pragmas that guarantee 2 stands on, read back from the writer.
    package func durability() throws -> (journal: String, synchronous: Int) {
        try writer.use { session in
            (
                try String.fetchOne(session.db, sql: "PRAGMA journal_mode") ?? "",
                try Int.fetchOne(session.db, sql: "PRAGMA synchronous") ?? 0
            )
        }
    }

    /// Copies the whole replica, as it stands now, into a new file while others read and write.
    package func backup(to path: String) throws {
        do {
            let target = try DatabaseQueue(path: path)
            try readers.use { try $0.backup(to: target) }
        } catch {
            throw StorageError(error, doing: "backing up to \(path)")
        }
    }
}

/// What is known only after those who need it were made.
private final class LateBox<T: AnyObject & Sendable>: @unchecked Sendable {  // set once, before the store is used; weak: the store owns it
    weak var value: T?
}

/// A result on its way from the leader to a task that waits for it.
private final class ResultBox<T>: @unchecked Sendable {  // written by the leader, then read by whom it tells
    var value: T?
}

/// An operating failure of the database, with a hint.
package struct StorageError: Error, Sendable, CustomStringConvertible {
    package let message: String
    package let hint: String

    static var closed: StorageError { StorageError(message: "the replica is closed", hint: "the node is stopping") }

    /// What went wrong for a writer: SQLite's errors with a hint, its own as they are.
    static func ofWriting(_ error: any Error) -> any Error { error is DatabaseError ? StorageError(error, doing: "writing") : error }

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
