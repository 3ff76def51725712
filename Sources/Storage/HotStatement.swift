import GRDB
import GRDBSQLite
import Synchronization

/// SQL that each connection prepares once and keeps. Make it a `static let`: its number is its place in the
/// connection's shelf, so that finding the prepared statement costs an index, not a look at the text.
package struct HotSQL: Sendable {
    let number: Int
    let text: String

    private static let count = Atomic<Int>(0)

    package init(_ text: String) {
        number = Self.count.wrappingAdd(1, ordering: .relaxed).oldValue
        self.text = text
    }
}

/// A prepared statement for the hot paths: typed binds by place (from 1), typed columns (from 0), nothing boxed.
/// Got from ``ReadTransaction/hot(_:)``; bind everything, then ``execute()``, ``first(_:)`` or ``each(_:)``, which
/// leave it ready for the next use, whatever happens. Not to be used within its own `each`.
@safe package final class HotStatement {
    private let handle: OpaquePointer
    private var bindFault: Int32 = SQLITE_OK

    /// - Throws: `DatabaseError` with SQLite's words for text it does not understand.
    init(_ sql: String, connection: OpaquePointer) throws {
        var prepared: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let statement = unsafe prepared else {
            throw unsafe DatabaseError(resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)), sql: sql)
        }
        unsafe handle = statement
    }

    deinit { unsafe sqlite3_finalize(handle) }

    // MARK: - Binding

    package func bind(_ place: Int32, _ value: Int64) { note(unsafe sqlite3_bind_int64(handle, place, value)) }

    package func bind(_ place: Int32, _ value: Int64?) {
        if let value { bind(place, value) } else { bindNull(place) }
    }

    package func bindNull(_ place: Int32) { note(unsafe sqlite3_bind_null(handle, place)) }

    package func bind(_ place: Int32, _ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            // An empty buffer may have no address, which SQLite would take for NULL.
            guard let start = utf8.baseAddress, utf8.count > 0 else {
                note(unsafe sqlite3_bind_text(handle, place, "", 0, Self.transient))
                return
            }
            unsafe start.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
                note(unsafe sqlite3_bind_text64(handle, place, $0, UInt64(utf8.count), Self.transient, UInt8(SQLITE_UTF8)))
            }
        }
    }

    /// Binds a copy of `bytes`.
    package func bind(_ place: Int32, _ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { raw in
            if let start = raw.baseAddress, raw.count > 0 {
                note(unsafe sqlite3_bind_blob64(handle, place, start, UInt64(raw.count), Self.transient))
            } else {
                note(unsafe sqlite3_bind_zeroblob(handle, place, 0))
            }
        }
    }

    /// Binds `bytes` without a copy while `body` runs, which must finish the statement. For blobs of many pages.
    package func binding<T>(_ place: Int32, _ bytes: [UInt8], _ body: () throws -> T) rethrows -> T {
        try unsafe bytes.withUnsafeBytes { raw in
            guard let start = raw.baseAddress, raw.count > 0 else {
                note(unsafe sqlite3_bind_zeroblob(handle, place, 0))
                return try body()
            }
            note(unsafe sqlite3_bind_blob64(handle, place, start, UInt64(raw.count), nil))
            defer { unsafe sqlite3_bind_null(handle, place) }
            return try body()
        }
    }

    private static var transient: sqlite3_destructor_type { unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    private func note(_ code: Int32) {
        precondition(code != SQLITE_RANGE && code != SQLITE_MISUSE, "a bind that the statement has no place for")
        if code != SQLITE_OK, bindFault == SQLITE_OK { bindFault = code }
    }

    // MARK: - Running

    /// Runs a statement that returns nothing of interest.
    package func execute() throws {
        defer { reset() }
        while try step() {}
    }

    /// The first row as `read` sees it; nil when there is none.
    package func first<T>(_ read: (HotStatement) throws -> T) throws -> T? {
        defer { reset() }
        return try step() ? try read(self) : nil
    }

    /// Whether there is any row.
    package func any() throws -> Bool {
        defer { reset() }
        return try step()
    }

    /// Every row in turn, until `body` says false.
    package func each(_ body: (HotStatement) throws -> Bool) throws {
        defer { reset() }
        while try step() { if try !body(self) { return } }
    }

    private func step() throws -> Bool {
        if bindFault != SQLITE_OK {
            defer { bindFault = SQLITE_OK }
            throw DatabaseError(resultCode: ResultCode(rawValue: bindFault), message: "a value could not be bound")
        }
        switch unsafe sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let message = unsafe sqlite3_db_handle(handle).flatMap { unsafe sqlite3_errmsg($0) }.map { unsafe String(cString: $0) }
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: unsafe sqlite3_sql(handle).map { unsafe String(cString: $0) })
        }
    }

    private func reset() { unsafe sqlite3_reset(handle) }

    // MARK: - Columns of the row at hand

    package var columns: Int32 { unsafe sqlite3_column_count(handle) }

    package enum Kind { case null, integer, real, text, blob }

    package func kind(_ column: Int32) -> Kind {
        switch unsafe sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: .integer
        case SQLITE_FLOAT: .real
        case SQLITE_TEXT: .text
        case SQLITE_BLOB: .blob
        case _: .null
        }
    }

    package func real(_ column: Int32) -> Double { unsafe sqlite3_column_double(handle, column) }

    package func int(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    package func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(handle, column) == SQLITE_NULL }

    package func optionalInt(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }

    package func text(_ column: Int32) -> String {
        unsafe withBytes(column, unsafe sqlite3_column_text(handle, column).map { unsafe UnsafeRawPointer($0) }) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    package func bytes(_ column: Int32) -> [UInt8] {
        unsafe withBytes(column, unsafe sqlite3_column_blob(handle, column)) { unsafe Array($0) }
    }

    private func withBytes<T>(_ column: Int32, _ start: UnsafeRawPointer?, _ body: (UnsafeRawBufferPointer) -> T) -> T {
        unsafe body(UnsafeRawBufferPointer(start: start, count: unsafe start == nil ? 0 : Int(sqlite3_column_bytes(handle, column))))
    }
}
