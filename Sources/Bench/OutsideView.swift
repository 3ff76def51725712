import GRDBSQLite
import Stage

/// One number asked of a node's database again and again from outside, read-only: it sees only what is committed, costs
/// microseconds, and costs the node nothing.
@safe final class OutsideView {
    private let handle: OpaquePointer
    private let statement: OpaquePointer
    private let sql: String

    /// A number that changes with every commit of another connection; knows nothing of the schema.
    static func commits(of home: String) throws -> OutsideView { try OutsideView(path: home + "/node.db", sql: "PRAGMA data_version") }

    /// Records held, as status counts them.
    static func records(of home: String) throws -> OutsideView {
        try OutsideView(path: home + "/node.db", sql: "SELECT ifnull(sum(n), 0) FROM record_count")
    }

    private init(path: String, sql: String) throws {
        self.sql = sql
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(path, &opened, SQLITE_OPEN_READONLY, nil)
        guard code == SQLITE_OK, let database = unsafe opened else {
            unsafe sqlite3_close(opened)
            throw ReferenceFailure(what: "open \(path)", code: code)
        }
        unsafe sqlite3_busy_timeout(database, 1000)
        var made: OpaquePointer?
        let prepared = unsafe sqlite3_prepare_v2(database, sql, -1, &made, nil)
        guard prepared == SQLITE_OK, let statement = unsafe made else {
            unsafe sqlite3_close(database)
            throw ReferenceFailure(what: sql, code: prepared)
        }
        unsafe handle = unsafe database
        unsafe self.statement = unsafe statement
    }

    deinit {
        unsafe sqlite3_finalize(statement)
        unsafe sqlite3_close(handle)
    }

    func number() throws -> Int {
        let code = unsafe sqlite3_step(statement)
        defer { unsafe sqlite3_reset(statement) }
        guard code == SQLITE_ROW else { throw ReferenceFailure(what: sql, code: code) }
        return Int(unsafe sqlite3_column_int64(statement, 0))
    }

    /// Waits until the number is at least `target`.
    ///
    /// - Returns: the moment it was seen, at most `pause` and a look late.
    /// - Throws: ``BenchFailure`` when it is greater: something was counted twice.
    func reaches(_ target: Int, _ what: String, within length: Duration, pause: Duration = .milliseconds(5)) async throws -> ContinuousClock.Instant {
        let found = try await wait(for: what, within: length, pause: pause) {
            let number = try self.number()
            return ((number, ContinuousClock.now), "\(number) of \(target)")
        } until: { $0.0 >= target }
        guard found.0 == target else { throw BenchFailure(what: "\(what): \(found.0) instead of \(target)") }
        return found.1
    }
}
