import GRDB

/// What records are looked up by: one entry a record, of 64 bits and its id.
enum RecordIndex: String, CaseIterable {
    /// The first half of the natural key.
    case key = "record_key"
    /// ``SubjectHash`` of the subject.
    case subject = "record_subject"

    /// Young, middle and old entries. An entry at a random place writes a page; gathered in a small table and moved on in order,
    /// many share one, so that the millionth record costs what the hundred-thousandth did (decision 0043).
    static let levels = 3
    /// Young entries that are moved on together.
    static let youngLimit = 16_384
    /// Below so many records all entries are old at once: the pages of so few stay in memory anyway.
    static let smallTotal = 49_152
    /// Parts of all values, of which one at a time is moved from the middle to the old.
    static let slices = 16

    func table(_ level: Int) -> String { "\(rawValue)_\(level)" }
    private var tables: [String] { (0..<Self.levels).map(table) }
    static var allTables: [String] { allCases.flatMap(\.tables) }

    static var schema: String {
        allTables.map {
            """
            DROP TABLE IF EXISTS \($0);
            CREATE TABLE \($0) (hash INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (hash, id)) STRICT, WITHOUT ROWID;
            """
        }.joined(separator: "\n")
    }

    /// A query of the ids that `place` (as `?1`) is the hash of.
    func ids(_ place: String) -> String { tables.map { "SELECT id FROM \($0) WHERE hash = \(place)" }.joined(separator: " UNION ALL ") }

    /// A query of `columns` of records that `place` is the hash of and for which `condition` holds; each level is one search.
    func records(_ columns: String, _ place: String, where condition: String) -> String {
        tables.map { "SELECT \(columns) FROM \($0) AS entry CROSS JOIN record ON record.id = entry.id WHERE entry.hash = \(place) AND \(condition)" }.joined(separator: " UNION ALL ")
    }

    /// The values of a slice, first and last. Both hashes are as good as random within their width.
    func bounds(_ slice: Int) -> (Int64, Int64) {
        let (bits, first): (Int64, Int64) = self == .key ? (60, .min) : (44, 0)
        let low = first &+ Int64(slice) << bits
        return (low, slice == Self.slices - 1 ? .max : low + (1 << bits) - 1)
    }
}

/// How full the levels are, as far as a connection knows: too high after a rollback, which only moves entries sooner.
final class RecordIndexState {
    /// Records when last counted, and put since; nil = not counted.
    var total: Int?
    var young = 0
    var smallTotal = RecordIndex.smallTotal
    var youngLimit = RecordIndex.youngLimit
}

private enum IndexSQL {
    struct Statements: Sendable {
        let young, old, toMiddle, emptyYoung, toOld, trimMiddle: HotSQL
        let remove: [HotSQL]

        init(_ index: RecordIndex) {
            func insert(_ level: Int) -> String { "INSERT OR IGNORE INTO \(index.table(level))" }
            let slice = "hash BETWEEN ?1 AND ?2"
            young = HotSQL("\(insert(0)) VALUES (?, ?)")
            old = HotSQL("\(insert(2)) VALUES (?, ?)")
            toMiddle = HotSQL("\(insert(1)) SELECT hash, id FROM \(index.table(0)) ORDER BY hash, id")
            emptyYoung = HotSQL("DELETE FROM \(index.table(0))")
            toOld = HotSQL("\(insert(2)) SELECT hash, id FROM \(index.table(1)) WHERE \(slice) ORDER BY hash, id")
            trimMiddle = HotSQL("DELETE FROM \(index.table(1)) WHERE \(slice)")
            remove = (0..<RecordIndex.levels).map { HotSQL("DELETE FROM \(index.table($0)) WHERE hash = ? AND id = ?") }
        }
    }

    static let key = Statements(.key)
    static let subject = Statements(.subject)
    static let total = HotSQL("SELECT coalesce(sum(n), 0) FROM record_count")
    static let young = HotSQL("SELECT count(*) FROM \(RecordIndex.key.table(0))")

    static func of(_ index: RecordIndex) -> Statements { index == .key ? key : subject }
}

extension WriteTransaction {
    /// Enters a record into both indexes.
    func index(_ id: Int64, key: Int64, subject: Int64) throws {
        let state = session.recordIndex, total = try state.total ?? countIndex(state), isYoung = total >= state.smallTotal
        for (statements, hash) in [(IndexSQL.key, key), (IndexSQL.subject, subject)] {
            let statement = try hot(isYoung ? statements.young : statements.old)
            statement.bind(1, hash)
            statement.bind(2, id)
            try statement.execute()
        }
        state.total = total + 1
        if isYoung { state.young += 1 }
    }

    private func countIndex(_ state: RecordIndexState) throws -> Int {
        state.young = Int(try hot(IndexSQL.young).first { $0.int(0) } ?? 0)
        return Int(try hot(IndexSQL.total).first { $0.int(0) } ?? 0)
    }

    /// Takes a record out of both indexes, wherever it stands.
    func unindex(_ id: Int64, key: Int64, subject: Int64) throws {
        for (statements, hash) in [(IndexSQL.key, key), (IndexSQL.subject, subject)] {
            for sql in statements.remove {
                let statement = try hot(sql)
                statement.bind(1, hash)
                statement.bind(2, id)
                try statement.execute()
            }
        }
    }

    /// Moves young entries on once there are many: all of them to the middle, and one slice of the middle to the old.
    func moveIndexOn() throws {
        let state = session.recordIndex
        guard state.young >= state.youngLimit, let total = state.total else { return }
        let slice = total / state.youngLimit % RecordIndex.slices
        for index in RecordIndex.allCases {
            let statements = IndexSQL.of(index), (low, high) = index.bounds(slice)
            try session.run(statements.toMiddle)
            try session.run(statements.emptyYoung)
            for sql in [statements.toOld, statements.trimMiddle] {
                let statement = try hot(sql)
                statement.bind(1, low)
                statement.bind(2, high)
                try statement.execute()
            }
        }
        (state.young, state.total) = (0, nil)
    }

    func clearIndex() throws {
        for table in RecordIndex.allTables { try db.execute(sql: "DELETE FROM \(table)") }
        session.recordIndex.total = nil
    }
}

extension ReadTransaction {
    /// Entries without their record and records without their entries: none, unless the file was damaged or altered.
    package func indexFault() throws -> String? {
        for index in RecordIndex.allCases {
            let column = index == .key ? "key_high" : "subject_hash"
            let sound = try (0..<RecordIndex.levels).map {
                try Int.fetchOne(db, sql: "SELECT count(*) FROM \(index.table($0)) AS entry CROSS JOIN record ON record.id = entry.id WHERE record.\(column) = entry.hash") ?? 0
            }.reduce(0, +)
            let entries = try (0..<RecordIndex.levels).map { try Int.fetchOne(db, sql: "SELECT count(*) FROM \(index.table($0))") ?? 0 }.reduce(0, +)
            let records = try Int.fetchOne(db, sql: "SELECT count(*) FROM record") ?? 0
            if sound != records || entries != records { return "\(index.rawValue): \(records) records, \(entries) entries, of which \(sound) fit" }
        }
        return nil
    }
}
