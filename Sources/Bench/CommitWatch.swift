import GRDBSQLite

/// Sees from outside that a node's database has committed something: `PRAGMA data_version` of a read-only
/// connection changes with every commit of another one. Costs microseconds, knows nothing of the schema.
@safe final class CommitWatch {
    private let handle: OpaquePointer
    private let statement: OpaquePointer

    init(path: String) throws {
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(path, &opened, SQLITE_OPEN_READONLY, nil)
        guard code == SQLITE_OK, let database = unsafe opened else {
            unsafe sqlite3_close(opened)
            throw ReferenceFailure(what: "open \(path)", code: code)
        }
        var made: OpaquePointer?
        let prepared = unsafe sqlite3_prepare_v2(database, "PRAGMA data_version", -1, &made, nil)
        guard prepared == SQLITE_OK, let statement = unsafe made else {
            unsafe sqlite3_close(database)
            throw ReferenceFailure(what: "PRAGMA data_version", code: prepared)
        }
        unsafe handle = unsafe database
        unsafe self.statement = unsafe statement
    }

    deinit {
        unsafe sqlite3_finalize(statement)
        unsafe sqlite3_close(handle)
    }

    /// A number that differs from the one before when something was committed between.
    func version() throws -> Int32 {
        let code = unsafe sqlite3_step(statement)
        defer { unsafe sqlite3_reset(statement) }
        guard code == SQLITE_ROW else { throw ReferenceFailure(what: "PRAGMA data_version", code: code) }
        return unsafe sqlite3_column_int(statement, 0)
    }
}
