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

extension ReadTransaction {
    package func record(_ id: Dot) throws -> RecordRow? {
        guard let replica = try replicaNumber(id.replica) else { return nil }
        let statement = try db.cachedStatement(sql: "SELECT * FROM record WHERE replica = ? AND counter = ?")
        return try Row.fetchOne(statement, arguments: [replica, Int64(id.counter)]).map { try recordRow($0) }
    }

    /// Records that share a natural key, ascending by id.
    package func records(naturalKey: [UInt8]) throws -> [RecordRow] {
        let statement = try db.cachedStatement(sql: "SELECT * FROM record WHERE natural_key = ?")
        return try Row.fetchAll(statement, arguments: [Data(naturalKey)]).map { try recordRow($0) }.sorted { $0.id < $1.id }
    }

    /// Whether any record has this natural key: the cheap question of an import.
    package func hasRecord(naturalKey: [UInt8]) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT 1 FROM record WHERE natural_key = ? LIMIT 1")
        return try Int.fetchOne(statement, arguments: [Data(naturalKey)]) != nil
    }

    package func records(_ filter: RecordFilter) throws -> [RecordRow] {
        var conditions: [String] = []
        var arguments: [any DatabaseValueConvertible] = []
        if let home = filter.home {
            conditions.append("home IN (SELECT id FROM replica WHERE path = ?)")
            arguments.append(home.description)
        }
        if let subject = filter.subject {
            conditions.append("subject = ?")
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
            conditions.append("(replica, counter) > (?, ?)")
            arguments.append(replica)
            arguments.append(Int64(after.counter))
        }
        let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        arguments.append(filter.limit)
        let rows = try Row.fetchAll(db, sql: "SELECT * FROM record \(clause) ORDER BY replica, counter LIMIT ?", arguments: StatementArguments(arguments))
        return try rows.map { try recordRow($0) }
    }

    /// Ids of every record whose home is `home` or below it, ascending by id, with what was last read.
    package func eachRecord(home: NodePath, _ body: (RecordRow) throws -> Void) throws {
        let numbers = try Row.fetchAll(db, sql: "SELECT id, path, incarnation FROM replica").compactMap { row -> (Int64, ReplicaID)? in
            let number: Int64 = row["id"]
            let replica = try replica(number: number)
            return home.isAncestorOrSelf(of: replica.path) ? (number, replica) : nil
        }.sorted { $0.1 < $1.1 }
        for (number, _) in numbers {
            let cursor = try Row.fetchCursor(db, sql: "SELECT * FROM record WHERE replica = ? ORDER BY counter", arguments: [number])
            while let row = try cursor.next() { try body(try recordRow(row)) }
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
        let statement = try db.cachedStatement(sql: "SELECT replica, counter FROM record_change WHERE record_replica = ? AND record_counter = ?")
        return try Row.fetchAll(statement, arguments: [replica, Int64(record.counter)]).map { try dot($0[0], $0[1]) }.sorted()
    }

    func dot(_ replica: Int64, _ counter: Int64) throws -> Dot {
        Dot(replica: try self.replica(number: replica), counter: UInt64(counter))
    }

    private func recordRow(_ row: Row) throws -> RecordRow {
        let validity: UInt32 = row["validity"]
        let key: Data = row["natural_key"]
        let id = try dot(row["replica"], row["counter"])
        let home: Int64 = row["home"]
        let stateReplica: Int64? = row["state_replica"]
        let stateCounter: Int64? = row["state_counter"]
        var state = id
        if let stateReplica, let stateCounter { state = try dot(stateReplica, stateCounter) }
        return RecordRow(
            id: id, item: row["item"], home: home == row["replica"] ? id.replica.path : try replica(number: home).path,
            validity: Validity(rawValue: validity) ?? .draft, subject: row["subject"], naturalKey: Array(key), state: state)
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
        let own = row.state == row.id
        let insert = try db.cachedStatement(sql: "INSERT OR IGNORE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let arguments: StatementArguments = [
            replica, Int64(row.id.counter), row.item, home, row.validity.rawValue, row.subject, Data(row.naturalKey),
            own ? nil : try number(row.state.replica), own ? nil : Int64(row.state.counter),
        ]
        insert.setUncheckedArguments(arguments)
        try insert.execute()
        if db.changesCount == 0 {
            let held = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT home, item, validity FROM record WHERE replica = ? AND counter = ?"), arguments: [replica, Int64(row.id.counter)])
            if let held { countDeltas[RecordCountKey(home: held[0], item: held[1], validity: held[2]), default: 0] -= 1 }
            let replace = try db.cachedStatement(sql: "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
            replace.setUncheckedArguments(arguments)
            try replace.execute()
        }
        countDeltas[RecordCountKey(home: home, item: row.item, validity: row.validity.rawValue), default: 0] += 1
    }

    /// Writes the counts that ``put(_:)-(RecordRow)`` changed; called once a change set.
    package func flushCounts() throws {
        for (key, delta) in countDeltas.sorted(by: { ($0.key.home, $0.key.item, $0.key.validity) < ($1.key.home, $1.key.item, $1.key.validity) }) where delta != 0 {
            try db.cachedStatement(
                sql: "INSERT INTO record_count VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n"
            ).execute(arguments: [key.home, key.item, key.validity, delta])
        }
        if countDeltas.values.contains(where: { $0 < 0 }) { try db.execute(sql: "DELETE FROM record_count WHERE n = 0") }
        countDeltas = [:]
    }

    package func linkChange(_ change: Dot, to record: Dot) throws {
        let statement = try db.cachedStatement(sql: "INSERT OR IGNORE INTO record_change VALUES (?, ?, ?, ?)")
        try statement.execute(arguments: [
            try number(record.replica), Int64(record.counter), try number(change.replica), Int64(change.counter),
        ])
    }

    /// The local number of a replica, made when it is new.
    func number(_ replica: ReplicaID) throws -> Int64 { try replicaNumberMaking(replica) }
}

extension ReadTransaction {
    /// Effective records about a subject, by item number.
    package func recordCounts(subject: String) throws -> [(item: UInt32, count: Int)] {
        let statement = try db.cachedStatement(sql: "SELECT item, count(*) FROM record WHERE subject = ? AND validity = 3 GROUP BY item ORDER BY item")
        return try Row.fetchAll(statement, arguments: [subject]).map { ($0[0], $0[1]) }
    }
}
