import Foundation
import GRDB
import GRDBSQLite
import Synchronization

/// One connection with the statements it keeps prepared. GRDB's queue lets one thread in at a time; transactions
/// are begun and ended by hand, for nobody observes them.
final class Connection: @unchecked Sendable {  // `statements` and `recordIndex` are touched within the queue only
    private let queue: DatabaseQueue
    private var statements: [HotStatement?] = []
    /// Frames in the log after the last commit of this connection, once ``countFrames()`` was called.
    let frames = Atomic<Int>(0)
    let recordIndex = RecordIndexState()
    var path: String { queue.path }

    init(path: String, _ configuration: Configuration) throws { queue = try DatabaseQueue(path: path, configuration: configuration) }

    /// Instead of SQLite's own checkpoint within a commit, notes how long the log is.
    func countFrames() {
        use { session in
            guard let connection = unsafe session.db.sqliteConnection else { return }
            let this = unsafe Unmanaged.passUnretained(self).toOpaque()
            _ = unsafe sqlite3_wal_hook(
                connection,
                { context, _, _, frames in
                    if let context = unsafe context {
                        unsafe Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().frames.store(Int(frames), ordering: .relaxed)
                    }
                    return SQLITE_OK
                }, this)
        }
    }

    /// The only way to the database.
    func use<T>(_ body: (Session) throws -> T) rethrows -> T {
        try queue.writeWithoutTransaction { db in try body(Session(db: db, connection: self)) }
    }

    fileprivate func statement(_ sql: HotSQL, _ db: Database) throws -> HotStatement {
        if sql.number < statements.count {
            if let held = statements[sql.number] { return held }
        } else {
            statements += repeatElement(nil, count: sql.number + 8 - statements.count)
        }
        guard let connection = unsafe db.sqliteConnection else { throw StorageError.closed }
        let made = try unsafe HotStatement(sql.text, connection: connection)
        statements[sql.number] = made
        return made
    }

    func migrate(_ migrator: DatabaseMigrator) throws { try migrator.migrate(queue) }

    func backup(to target: DatabaseQueue) throws { try queue.backup(to: target) }

    func close() throws {
        queue.writeWithoutTransaction { _ in statements = [] }
        try queue.close()
    }
}

/// A connection while a thread has it.
struct Session {
    let db: Database
    fileprivate let connection: Connection

    func hot(_ sql: HotSQL) throws -> HotStatement { try connection.statement(sql, db) }

    var recordIndex: RecordIndexState { connection.recordIndex }

    /// A statement that is not kept.
    func statement(_ sql: String) throws -> HotStatement {
        guard let connection = unsafe db.sqliteConnection else { throw StorageError.closed }
        return try unsafe HotStatement(sql, connection: connection)
    }

    func run(_ sql: HotSQL) throws { try hot(sql).execute() }

    var isInTransaction: Bool { db.isInsideTransaction }

    /// Rows changed since the connection was opened.
    var totalChanges: Int64 { unsafe db.sqliteConnection.map { unsafe sqlite3_total_changes64($0) } ?? 0 }

    /// Rows that the last statement changed.
    var changes: Int64 { unsafe db.sqliteConnection.map { unsafe sqlite3_changes64($0) } ?? 0 }

    var lastInsertedID: Int64 { db.lastInsertedRowID }

    /// Gives back the page cache.
    func shrink() { if let connection = unsafe db.sqliteConnection { _ = unsafe sqlite3_db_release_memory(connection) } }

    /// Takes GRDB's observation of commits off: there is nobody to tell, and commits are not run through it.
    func ignoreCommits() {
        guard let connection = unsafe db.sqliteConnection else { return }
        _ = unsafe sqlite3_commit_hook(connection, nil, nil)
        _ = unsafe sqlite3_rollback_hook(connection, nil, nil)
    }
}

extension HotSQL {
    static let beginImmediate = HotSQL("BEGIN IMMEDIATE")
    static let beginSnapshot = HotSQL("BEGIN DEFERRED")
    static let commit = HotSQL("COMMIT")
    static let rollback = HotSQL("ROLLBACK")
    /// Around one caller's work, or some callers', in a shared transaction.
    static let savepoint = HotSQL("SAVEPOINT share")
    static let release = HotSQL("RELEASE share")
    static let rollbackTo = HotSQL("ROLLBACK TO share")
    /// Around a part of one caller's work.
    static let innerSavepoint = HotSQL("SAVEPOINT part")
    static let innerRelease = HotSQL("RELEASE part")
    static let innerRollbackTo = HotSQL("ROLLBACK TO part")
}

/// Connections that read snapshots: opened when first needed, the one used last given first, its cache being warm.
final class ReaderShelf: Sendable {
    private let idle: Mutex<(connections: [Connection], isClosed: Bool)>
    private let free: DispatchSemaphore
    private let open: @Sendable () throws -> Connection

    init(limit: Int, open: @escaping @Sendable () throws -> Connection) {
        idle = Mutex(([], false))
        free = DispatchSemaphore(value: limit)
        self.open = open
    }

    func use<T>(_ body: (Connection) throws -> T) throws -> T {
        free.wait()
        defer { free.signal() }
        let held = try idle.withLock { idle in
            if idle.isClosed { throw StorageError.closed }
            return idle.connections.popLast()
        }
        let connection = try held ?? open()
        defer {
            let late = idle.withLock { idle in
                if !idle.isClosed { idle.connections.append(connection) }
                return idle.isClosed
            }
            if late { try? connection.close() }
        }
        return try body(connection)
    }

    /// Gives back the page caches of those nobody uses.
    func shrink() {
        let connections = idle.withLock { idle in
            defer { idle.connections = [] }
            return idle.connections
        }
        for connection in connections { connection.use { $0.shrink() } }
        let late = idle.withLock { idle in
            if !idle.isClosed { idle.connections = connections + idle.connections }
            return idle.isClosed
        }
        if late { for connection in connections { try? connection.close() } }
    }

    func close() throws {
        let connections = idle.withLock { idle in
            idle.isClosed = true
            defer { idle.connections = [] }
            return idle.connections
        }
        for connection in connections { try connection.close() }
    }
}
