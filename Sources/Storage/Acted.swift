import GRDB
import Replication

extension Schema {
    static let actedRecords = """
        -- Records that people acted on, and records that share a natural key with another, or once did: look-ups resolve these, and
        -- count all others. No part of the projection: one too many costs a look, no more.
        DROP TABLE IF EXISTS acted_record;
        CREATE TABLE acted_record (id INTEGER PRIMARY KEY) STRICT;
        -- Those of them about which a question may be open. Whoever asks forgets what is settled, and an act puts it back.
        DROP TABLE IF EXISTS open_record;
        CREATE TABLE open_record (id INTEGER PRIMARY KEY) STRICT;
        -- Those that a person declared to be one decision with another, or not to be: found without reading their changes.
        DROP TABLE IF EXISTS linked_record;
        CREATE TABLE linked_record (id INTEGER PRIMARY KEY) STRICT;
        -- Drafts, among millions of effective records.
        CREATE INDEX record_draft ON record (id) WHERE validity < 3;
        """
}

private enum ActedSQL {
    static let mark = HotSQL("INSERT OR IGNORE INTO acted_record VALUES (?)")
    static let open = HotSQL("INSERT OR IGNORE INTO open_record VALUES (?)")
    static let settle = HotSQL("DELETE FROM open_record WHERE id = ?")
    static let link = HotSQL("INSERT OR IGNORE INTO linked_record VALUES (?)")
    static let isLinked = HotSQL("SELECT 1 FROM linked_record WHERE id = ?")
    static let openAfter = HotSQL("SELECT id FROM open_record WHERE id > ? ORDER BY id LIMIT ?")
    static let all = HotSQL("INSERT OR IGNORE INTO open_record SELECT id FROM acted_record")
    static let ofSubject = HotSQL(
        "SELECT id FROM record WHERE id IN (\(RecordIndex.subject.ids("?1"))) AND subject = ?2 AND EXISTS (SELECT 1 FROM acted_record WHERE acted_record.id = record.id) ORDER BY id LIMIT ?3")
    static let duplicates = HotSQL(
        """
        INSERT OR IGNORE INTO acted_record SELECT id FROM record WHERE key_high IN (
            SELECT hash FROM (\((0..<RecordIndex.levels).map { "SELECT hash FROM \(RecordIndex.key.table($0))" }.joined(separator: " UNION ALL "))) GROUP BY hash HAVING count(*) > 1)
        """)
    static let drafts = HotSQL("SELECT id FROM record INDEXED BY record_draft WHERE validity < 3 AND id > ? ORDER BY id LIMIT ?")
    static let receivedAt = HotSQL("SELECT received_at FROM change_set WHERE replica = ? AND first_counter <= ? ORDER BY first_counter DESC LIMIT 1")
    static let openCount = HotSQL("SELECT count(*) FROM open_record")
    static let changes = HotSQL("SELECT count(*) FROM record_change WHERE record_replica = ? AND record_counter = ?")
}

extension ReadTransaction {
    /// Records of a subject that a look-up must resolve, ascending.
    package func actedRecords(subject: String, limit: Int) throws -> [Dot] {
        let statement = try hot(ActedSQL.ofSubject)
        statement.bind(1, SubjectHash.hash(subject))
        statement.bind(2, subject)
        statement.bind(3, Int64(limit))
        return try dots(statement)
    }

    /// Records about which a question may be open, in the order of ``PackedDot``, after one of them.
    package func openRecords(after: Dot?, limit: Int) throws -> [Dot] {
        let statement = try hot(ActedSQL.openAfter)
        statement.bind(1, try packed(after))
        statement.bind(2, Int64(limit))
        return try dots(statement)
    }

    /// Rows of drafts and submitted records, ascending, after one of them.
    package func drafts(after: Dot?, limit: Int) throws -> [RecordRow] {
        let statement = try hot(ActedSQL.drafts)
        statement.bind(1, try packed(after))
        statement.bind(2, Int64(limit))
        return try dots(statement).compactMap { try record($0) }
    }

    /// How many changes beyond the creating one a record has.
    package func changeCount(of record: Dot) throws -> Int {
        guard let replica = try replicaNumber(record.replica) else { return 0 }
        let statement = try hot(ActedSQL.changes)
        statement.bind(1, replica)
        statement.bind(2, Int64(record.counter))
        return Int(try statement.first { $0.int(0) } ?? 0)
    }

    /// When the change set of a held change became durable here, milliseconds since 1970 by the local clock.
    package func receivedAt(_ change: Dot) throws -> UInt64? {
        guard let replica = try replicaNumber(change.replica) else { return nil }
        let statement = try hot(ActedSQL.receivedAt)
        statement.bind(1, replica)
        statement.bind(2, Int64(change.counter))
        return try statement.first { UInt64($0.int(0)) }
    }

    /// Records about which a question may be open, those settled since the last asking included.
    package func openRecordCount() throws -> Int { Int(try hot(ActedSQL.openCount).first { $0.int(0) } ?? 0) }

    /// Whether a person linked the record to another, or separated them.
    package func isLinked(_ record: Dot) throws -> Bool {
        let statement = try hot(ActedSQL.isLinked)
        statement.bind(1, try packed(record))
        return try statement.first { _ in true } ?? false
    }

    private func packed(_ record: Dot?) throws -> Int64 {
        guard let record, let replica = try replicaNumber(record.replica) else { return 0 }
        return try PackedDot.pack(replica, record.counter)
    }

    private func dots(_ statement: HotStatement) throws -> [Dot] {
        var found: [Int64] = []
        try statement.each { row in
            found.append(row.int(0))
            return true
        }
        return try found.map { try dot($0) }
    }
}

extension WriteTransaction {
    /// There is more to say of a record than its one state, and perhaps a question to answer.
    package func noteActs(on record: Dot) throws {
        let id = try PackedDot.pack(try number(record.replica), record.counter)
        for sql in [ActedSQL.mark, ActedSQL.open] {
            let statement = try hot(sql)
            statement.bind(1, id)
            try statement.execute()
        }
    }

    /// A person said of two records that they are one decision, or that they are not.
    package func noteLink(_ record: Dot, _ other: Dot) throws {
        for one in [record, other] {
            let statement = try hot(ActedSQL.link)
            statement.bind(1, try PackedDot.pack(try number(one.replica), one.counter))
            try statement.execute()
        }
    }

    /// No question about a record is open, as of `changes` changes beyond the creating one; a later act is not forgotten.
    package func settle(_ record: Dot, changes: Int) throws {
        guard try changeCount(of: record) == changes else { return }
        let statement = try hot(ActedSQL.settle)
        statement.bind(1, try PackedDot.pack(try number(record.replica), record.counter))
        try statement.execute()
    }

    /// Finds records that share a natural key, all at once, after a replay.
    package func noteDuplicates() throws {
        try session.run(ActedSQL.duplicates)
        try reopenRecords()
    }

    /// What decides competence has changed: every record that was acted on may have a question again.
    package func reopenRecords() throws { try session.run(ActedSQL.all) }
}
