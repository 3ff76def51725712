import Foundation
import GRDB
import Registry
import Replication

/// One record as the projection keeps it.
package struct RecordRow: Sendable, Hashable {
    package var id: Dot
    package var item: UInt32
    package var home: NodePath
    package var validity: Validity
    package var subject: String
    /// First 16 bytes of the digest of the natural key.
    package var naturalKey: [UInt8]
    /// The change whose state stands.
    package var state: Dot

    package init(id: Dot, item: UInt32, home: NodePath, validity: Validity, subject: String, naturalKey: [UInt8], state: Dot) {
        self.id = id
        self.item = item
        self.home = home
        self.validity = validity
        self.subject = subject
        self.naturalKey = naturalKey
        self.state = state
    }
}

/// Which records to list.
package struct RecordFilter: Sendable {
    package var home: NodePath?
    package var subject: String?
    package var item: UInt32?
    package var validity: Validity?
    /// Continue after this record.
    package var after: Dot?
    package var limit: Int

    package init(home: NodePath? = nil, subject: String? = nil, item: UInt32? = nil, validity: Validity? = nil, after: Dot? = nil, limit: Int = 50) {
        self.home = home
        self.subject = subject
        self.item = item
        self.validity = validity
        self.after = after
        self.limit = limit
    }
}

private enum RecordSQL {
    static let columns = "id, item, home, validity, subject, key_high, key_low, state"
    static let byID = HotSQL("SELECT \(columns) FROM record WHERE id = ?")
    static let keyOf = HotSQL("SELECT key_high, key_low FROM record WHERE id = ?")
    static let byKey = HotSQL(RecordIndex.key.records("record.id, item, home, validity, subject, key_high, key_low, state", "?1", where: "key_high = ?1 AND key_low = ?2"))
    static let hasKey = HotSQL(RecordIndex.key.records("1", "?1", where: "key_high = ?1 AND key_low = ?2"))
    static let countsOfSubject = HotSQL(
        """
        SELECT item, count(*) FROM record WHERE id IN (\(RecordIndex.subject.ids("?1"))) AND subject = ?2 AND validity = 3
        AND NOT EXISTS (SELECT 1 FROM acted_record WHERE acted_record.id = record.id) GROUP BY item ORDER BY item
        """)
    static let ofReplica = HotSQL("SELECT \(columns) FROM record WHERE id > ? AND id < ? ORDER BY id LIMIT ?")
    static let insert = HotSQL("INSERT OR IGNORE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    static let replace = HotSQL("INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    static let remove = HotSQL("DELETE FROM record WHERE id = ?")
    static let countedBy = HotSQL("SELECT home, item, validity, key_high, subject_hash FROM record WHERE id = ?")
    static let count = HotSQL("INSERT INTO record_count VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n")
    static let dropZeros = HotSQL("DELETE FROM record_count WHERE n = 0")
    static let changes = HotSQL("SELECT replica, counter FROM record_change WHERE record_replica = ? AND record_counter = ?")
    static let link = HotSQL("INSERT OR IGNORE INTO record_change VALUES (?, ?, ?, ?)")
}

/// A row as it was read, before its numbers became names.
private struct RawRecord {
    let id: Int64
    let item: UInt32
    let home: Int64
    let validity: UInt32
    let subject: String
    let key: PackedKey
    let state: Int64?

    init(_ row: HotStatement) {
        id = row.int(0)
        item = UInt32(truncatingIfNeeded: row.int(1))
        home = row.int(2)
        validity = UInt32(truncatingIfNeeded: row.int(3))
        subject = row.text(4)
        key = PackedKey(high: row.int(5), low: row.int(6))
        state = row.optionalInt(7)
    }

    init(_ row: Row) {
        (id, item, home, validity, subject, state) = (row[0], row[1], row[2], row[3], row[4], row[7])
        key = PackedKey(high: row[5], low: row[6])
    }
}

extension ReadTransaction {
    package func record(_ id: Dot) throws -> RecordRow? {
        guard let replica = try replicaNumber(id.replica), id.counter < PackedDot.counterLimit else { return nil }
        let statement = try hot(RecordSQL.byID)
        statement.bind(1, try PackedDot.pack(replica, id.counter))
        return try statement.first { RawRecord($0) }.map(recordRow)
    }

    /// The indexed natural key of a record; nil when it is not held.
    package func naturalKey(of id: Dot) throws -> [UInt8]? {
        guard let replica = try replicaNumber(id.replica), id.counter < PackedDot.counterLimit else { return nil }
        let statement = try hot(RecordSQL.keyOf)
        statement.bind(1, try PackedDot.pack(replica, id.counter))
        return try statement.first { PackedKey(high: $0.int(0), low: $0.int(1)).bytes }
    }

    /// Records that share a natural key, ascending by id.
    package func records(naturalKey: [UInt8]) throws -> [RecordRow] {
        let statement = try hot(RecordSQL.byKey)
        bind(PackedKey(naturalKey), statement)
        var found: [RawRecord] = []
        try statement.each { row in
            found.append(RawRecord(row))
            return true
        }
        return try found.map(recordRow).sorted { $0.id < $1.id }
    }

    /// Whether any record has this natural key: the cheap question of an import.
    package func hasRecord(naturalKey: [UInt8]) throws -> Bool {
        let statement = try hot(RecordSQL.hasKey)
        bind(PackedKey(naturalKey), statement)
        return try statement.any()
    }

    private func bind(_ key: PackedKey, _ statement: HotStatement) {
        statement.bind(1, key.high)
        statement.bind(2, key.low)
    }

    package func records(_ filter: RecordFilter) throws -> [RecordRow] {
        var conditions: [String] = []
        var arguments: [any DatabaseValueConvertible] = []
        if let home = filter.home {
            conditions.append("home IN (SELECT id FROM replica WHERE path = ?)")
            arguments.append(home.description)
        }
        if let subject = filter.subject {
            conditions.append("id IN (\(RecordIndex.subject.ids("\(SubjectHash.hash(subject))"))) AND subject = ?")
            arguments.append(subject)
        }
        if let item = filter.item {
            conditions.append("item = ?")
            arguments.append(item)
        }
        if let validity = filter.validity {
            conditions.append("validity = ?")
            arguments.append(validity.rawValue)
        }
        if let after = filter.after, let replica = try replicaNumber(after.replica) {
            conditions.append("id > ?")
            arguments.append(try PackedDot.pack(replica, after.counter))
        }
        let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        arguments.append(filter.limit)
        let rows = try Row.fetchAll(
            db, sql: "SELECT \(RecordSQL.columns) FROM record \(clause) ORDER BY id LIMIT ?", arguments: StatementArguments(arguments))
        return try rows.map { try recordRow(RawRecord($0)) }
    }

    /// Ids of every record whose home is `home` or below it, ascending by id, with what was last read.
    package func eachRecord(home: NodePath, _ body: (RecordRow) throws -> Void) throws {
        let numbers = try Row.fetchAll(db, sql: "SELECT id, path, incarnation FROM replica").compactMap { row -> (Int64, ReplicaID)? in
            let number: Int64 = row["id"]
            let replica = try replica(number: number)
            return home.isAncestorOrSelf(of: replica.path) ? (number, replica) : nil
        }.sorted { $0.1 < $1.1 }
        for (number, _) in numbers {
            try eachRecord(ofReplica: number, body)
        }
    }

    /// In pages, so that `body` may ask the database too.
    private func eachRecord(ofReplica number: Int64, _ body: (RecordRow) throws -> Void) throws {
        var last = try PackedDot.pack(number, 0)
        let end = try PackedDot.pack(number + 1, 0)
        while true {
            let statement = try hot(RecordSQL.ofReplica)
            statement.bind(1, last)
            statement.bind(2, end)
            statement.bind(3, 256)
            var page: [RawRecord] = []
            try statement.each { row in
                page.append(RawRecord(row))
                return true
            }
            guard let bottom = page.last else { return }
            for row in page { try body(try recordRow(row)) }
            last = bottom.id
        }
    }

    /// Counts by home, item and validity.
    package func recordCounts() throws -> [(home: NodePath, item: UInt32, validity: Validity, count: Int)] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT replica.path AS path, item, validity, sum(n) AS n FROM record_count
                JOIN replica ON replica.id = home GROUP BY path, item, validity ORDER BY path, item, validity
                """)
        return rows.compactMap { row in
            let validity: UInt32 = row["validity"]
            guard let home = NodePath(row["path"]), let validity = Validity(rawValue: validity) else { return nil }
            return (home, row["item"], validity, row["n"])
        }
    }

    /// Dots of the changes of a record beyond the creating one, ascending.
    package func changes(of record: Dot) throws -> [Dot] {
        guard let replica = try replicaNumber(record.replica) else { return [] }
        let statement = try hot(RecordSQL.changes)
        statement.bind(1, replica)
        statement.bind(2, Int64(record.counter))
        var found: [(Int64, Int64)] = []
        try statement.each { row in
            found.append((row.int(0), row.int(1)))
            return true
        }
        return try found.map { try dot($0.0, $0.1) }.sorted()
    }

    func dot(_ replica: Int64, _ counter: Int64) throws -> Dot {
        Dot(replica: try self.replica(number: replica), counter: UInt64(counter))
    }

    func dot(_ packed: Int64) throws -> Dot { try dot(PackedDot.replica(packed), Int64(PackedDot.counter(packed))) }

    private func recordRow(_ row: RawRecord) throws -> RecordRow {
        let id = try dot(row.id)
        let home = row.home == PackedDot.replica(row.id) ? id.replica.path : try replica(number: row.home).path
        return RecordRow(
            id: id, item: row.item, home: home, validity: Validity(rawValue: row.validity) ?? .draft, subject: row.subject,
            naturalKey: row.key.bytes, state: try row.state.map { try dot($0) } ?? id)
    }
}

/// What records are counted by.
struct RecordCountKey: Hashable {
    let home: Int64
    let item: UInt32
    let validity: UInt32
}

extension WriteTransaction {
    /// Inserts the projection row of a record that is not held yet; one that is held is replaced.
    package func put(_ row: RecordRow) throws {
        let replica = try number(row.id.replica)
        let home = row.home == row.id.replica.path ? replica : try number(ReplicaID(path: row.home, incarnation: row.id.replica.incarnation))
        let id = try PackedDot.pack(replica, row.id.counter)
        let state = row.state == row.id ? nil : try PackedDot.pack(try number(row.state.replica), row.state.counter)
        let key = PackedKey(row.naturalKey).high, subject = SubjectHash.hash(row.subject)
        try write(row, id, home, state, RecordSQL.insert)
        if session.changes > 0 {
            try index(id, key: key, subject: subject)
        } else {
            let held = try heldIndex(id)
            if let held { countDeltas[held.count, default: 0] -= 1 }
            try write(row, id, home, state, RecordSQL.replace)
            if held?.key != key || held?.subject != subject {
                if let held { try unindex(id, key: held.key, subject: held.subject) }
                try index(id, key: key, subject: subject)
            }
        }
        countDeltas[RecordCountKey(home: home, item: row.item, validity: row.validity.rawValue), default: 0] += 1
    }

    /// What a held record is counted and found by.
    private func heldIndex(_ id: Int64) throws -> (count: RecordCountKey, key: Int64, subject: Int64)? {
        let statement = try hot(RecordSQL.countedBy)
        statement.bind(1, id)
        return try statement.first { row in
            (RecordCountKey(home: row.int(0), item: UInt32(truncatingIfNeeded: row.int(1)), validity: UInt32(truncatingIfNeeded: row.int(2))), row.int(3), row.int(4))
        }
    }

    /// Takes a record's row away, with what it is counted and found by.
    func removeRow(_ id: Int64) throws {
        guard let held = try heldIndex(id) else { return }
        countDeltas[held.count, default: 0] -= 1
        try unindex(id, key: held.key, subject: held.subject)
        let statement = try hot(RecordSQL.remove)
        statement.bind(1, id)
        try statement.execute()
    }

    private func write(_ row: RecordRow, _ id: Int64, _ home: Int64, _ state: Int64?, _ sql: HotSQL) throws {
        let statement = try hot(sql)
        let key = PackedKey(row.naturalKey)
        statement.bind(1, id)
        statement.bind(2, Int64(row.item))
        statement.bind(3, home)
        statement.bind(4, Int64(row.validity.rawValue))
        statement.bind(5, row.subject)
        statement.bind(6, SubjectHash.hash(row.subject))
        statement.bind(7, key.high)
        statement.bind(8, key.low)
        statement.bind(9, state)
        try statement.execute()
    }

    /// Writes the counts that ``put(_:)-(RecordRow)`` changed; called once a change set.
    package func flushCounts() throws {
        if countDeltas.isEmpty { return }
        for (key, delta) in countDeltas.sorted(by: { ($0.key.home, $0.key.item, $0.key.validity) < ($1.key.home, $1.key.item, $1.key.validity) }) where delta != 0 {
            let statement = try hot(RecordSQL.count)
            statement.bind(1, key.home)
            statement.bind(2, Int64(key.item))
            statement.bind(3, Int64(key.validity))
            statement.bind(4, Int64(delta))
            try statement.execute()
        }
        if countDeltas.values.contains(where: { $0 < 0 }) { try session.run(RecordSQL.dropZeros) }
        countDeltas = [:]
        try moveIndexOn()
    }

    package func linkChange(_ change: Dot, to record: Dot) throws {
        let statement = try hot(RecordSQL.link)
        statement.bind(1, try number(record.replica))
        statement.bind(2, Int64(record.counter))
        statement.bind(3, try number(change.replica))
        statement.bind(4, Int64(change.counter))
        try statement.execute()
    }

    /// The local number of a replica, made when it is new.
    func number(_ replica: ReplicaID) throws -> Int64 { try replicaNumberMaking(replica) }
}

extension ReadTransaction {
    /// Effective records about a subject whose one state is all there is to say, by item number.
    package func recordCounts(subject: String) throws -> [(item: UInt32, count: Int)] {
        let statement = try hot(RecordSQL.countsOfSubject)
        statement.bind(1, SubjectHash.hash(subject))
        statement.bind(2, subject)
        var counts: [(item: UInt32, count: Int)] = []
        try statement.each { row in
            counts.append((UInt32(truncatingIfNeeded: row.int(0)), Int(row.int(1))))
            return true
        }
        return counts
    }
}
