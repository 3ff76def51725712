import GRDBSQLite

/// SQLite said no.
struct ReferenceFailure: Error, CustomStringConvertible {
    let what: String
    let code: Int32
    var description: String { "SQLite \(what): \(code)" }
}

/// One database of the reference, through the C interface alone: schema, indexes, settings and statements as in
/// the loop that every ratio of the project is measured against.
@safe final class ReferenceDatabase {
    static let schema = """
        CREATE TABLE rec(id INTEGER PRIMARY KEY,kind TEXT,subject TEXT,uscc TEXT,doc_no TEXT,category TEXT,content TEXT,\
        decided_on TEXT,valid_from TEXT,valid_to TEXT,published_on TEXT,agency TEXT,agency_uscc TEXT,status TEXT,origin TEXT,version INTEGER);\
        CREATE INDEX rec_uscc ON rec(uscc);CREATE UNIQUE INDEX rec_doc ON rec(doc_no);CREATE INDEX rec_ov ON rec(origin,version,id);
        """
    private static let upsert = """
        INSERT INTO rec VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET kind=excluded.kind,subject=excluded.subject,\
        uscc=excluded.uscc,doc_no=excluded.doc_no,category=excluded.category,content=excluded.content,decided_on=excluded.decided_on,\
        valid_from=excluded.valid_from,valid_to=excluded.valid_to,published_on=excluded.published_on,agency=excluded.agency,\
        agency_uscc=excluded.agency_uscc,status=excluded.status,origin=excluded.origin,version=excluded.version WHERE excluded.version>rec.version
        """
    private static let select = "SELECT * FROM rec WHERE origin='street000' AND version=1 AND id>=? ORDER BY id LIMIT ?"

    private let handle: OpaquePointer
    private let writing: OpaquePointer
    private let reading: OpaquePointer

    /// Makes a new file.
    init(path: String) throws {
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open(path, &opened)
        guard code == SQLITE_OK, let database = unsafe opened else { throw ReferenceFailure(what: "open", code: code) }
        try unsafe Self.execute(database, "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA wal_autocheckpoint=1000;PRAGMA cache_size=-2000;")
        try unsafe Self.execute(database, Self.schema)
        unsafe writing = try unsafe Self.prepare(database, Self.upsert)
        unsafe reading = try unsafe Self.prepare(database, Self.select)
        unsafe handle = unsafe database
    }

    /// The last one out copies the log into the file.
    func close() {
        unsafe sqlite3_finalize(writing)
        unsafe sqlite3_finalize(reading)
        unsafe sqlite3_close(handle)
    }

    private static func execute(_ database: OpaquePointer, _ sql: String) throws {
        let code = unsafe sqlite3_exec(database, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw ReferenceFailure(what: sql, code: code) }
    }

    private static func prepare(_ database: OpaquePointer, _ sql: String) throws -> OpaquePointer {
        var made: OpaquePointer?
        let code = unsafe sqlite3_prepare_v2(database, sql, -1, &made, nil)
        guard code == SQLITE_OK, let statement = unsafe made else { throw ReferenceFailure(what: sql, code: code) }
        return unsafe statement
    }

    /// Writes rows in one transaction.
    func insert(_ rows: ReferenceRows, _ range: Range<Int>) throws {
        try unsafe Self.execute(handle, "BEGIN IMMEDIATE")
        try unsafe rows.bytes.withUnsafeBufferPointer { bytes in
            guard let base = unsafe UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self) else { return }
            for row in range {
                unsafe sqlite3_bind_int64(writing, 1, rows.ids[row])
                for text in 0..<ReferenceRows.texts {
                    let start = rows.bounds[row * ReferenceRows.texts + text], end = rows.bounds[row * ReferenceRows.texts + text + 1]
                    // nil is SQLITE_STATIC: the buffer outlives the step.
                    unsafe sqlite3_bind_text(writing, Int32(text + 2), base + start, Int32(end - start), nil)
                }
                unsafe sqlite3_bind_int64(writing, 16, 1)
                try step("insert")
            }
        }
        try unsafe Self.execute(handle, "COMMIT")
    }

    /// Reads `count` rows from `id` on out of another database and writes them here, in one transaction.
    func copy(from source: ReferenceDatabase, id: Int64, count: Int) throws {
        try unsafe Self.execute(handle, "BEGIN IMMEDIATE")
        unsafe sqlite3_bind_int64(source.reading, 1, id)
        unsafe sqlite3_bind_int(source.reading, 2, Int32(count))
        var copied = 0
        while unsafe sqlite3_step(source.reading) == SQLITE_ROW {
            for column in 0..<Int32(16) { unsafe sqlite3_bind_value(writing, column + 1, sqlite3_column_value(source.reading, column)) }
            try step("copy")
            copied += 1
        }
        unsafe sqlite3_reset(source.reading)
        try unsafe Self.execute(handle, "COMMIT")
        guard copied == count else { throw ReferenceFailure(what: "copied \(copied) of \(count)", code: 0) }
    }

    private func step(_ what: String) throws {
        let code = unsafe sqlite3_step(writing)
        guard code == SQLITE_DONE else { throw ReferenceFailure(what: what, code: code) }
        unsafe sqlite3_reset(writing)
    }
}
