import Foundation
import GRDB
import Replication

extension Schema {
    /// What look-ups told that was not in the subject's favour, so that relief finds them (M45).
    static let notices = """
        -- Which lines of the log told of records (1) or list entries (2) of a subject. Within segments of lines, so that writing stays in few pages however long the log.
        CREATE TABLE lookup_told (
            segment INTEGER NOT NULL,              -- line >> 15
            subject_hash INTEGER NOT NULL,
            line INTEGER NOT NULL,
            kind INTEGER NOT NULL CHECK (kind IN (1, 2)),
            PRIMARY KEY (segment, subject_hash, line, kind)
        ) STRICT, WITHOUT ROWID;

        -- Relief that came and was not yet matched against the log.
        CREATE TABLE relief_arrival (
            id INTEGER PRIMARY KEY,
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            record_replica INTEGER,                -- NULL: of a list
            record_counter INTEGER,
            list TEXT NOT NULL,                    -- code; empty: of a record
            subject TEXT NOT NULL,                 -- as it stood before
            kind TEXT NOT NULL,
            through INTEGER NOT NULL,              -- last line of the log when it came
            arrived_at INTEGER NOT NULL
        ) STRICT;

        -- Look-ups whose users must be told.
        CREATE TABLE lookup_notice (
            id INTEGER PRIMARY KEY,
            line INTEGER NOT NULL,
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            record_replica INTEGER,
            record_counter INTEGER,
            list TEXT NOT NULL,
            kind TEXT NOT NULL,
            unit TEXT NOT NULL,
            arrived_at INTEGER NOT NULL,
            done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
            UNIQUE (line, replica, counter)
        ) STRICT;
        CREATE INDEX lookup_notice_open ON lookup_notice (unit, id) WHERE done = 0;

        -- Who told whom and how, hash-chained as the log is.
        CREATE TABLE notice_done (
            id INTEGER PRIMARY KEY,
            receipt TEXT NOT NULL,
            change TEXT NOT NULL,
            time INTEGER NOT NULL,
            unit TEXT NOT NULL,
            operator TEXT NOT NULL,
            how TEXT NOT NULL,
            digest BLOB NOT NULL CHECK (length(digest) = 32)
        ) STRICT;
        """
}

/// What a line of the log told of its subject.
package enum ToldKind: Int64, Sendable, Hashable {
    case records = 1
    case entries = 2
}

/// Relief as it came, to be matched against the log.
package struct ReliefArrival: Sendable, Hashable {
    package var id: Int64 = 0
    package var change: Dot
    package var record: Dot?
    /// Code; empty for relief of a record.
    package var list: String
    package var subject: String
    /// What it did, by a stable name.
    package var kind: String
    package var through: Int64
    package var arrivedAt: UInt64

    package init(change: Dot, record: Dot?, list: String = "", subject: String, kind: String, through: Int64, arrivedAt: UInt64) {
        self.change = change
        self.record = record
        self.list = list
        self.subject = subject
        self.kind = kind
        self.through = through
        self.arrivedAt = arrivedAt
    }
}

/// A look-up whose user must be told, with the line of the log.
package struct NoticeRow: Sendable {
    package let id: Int64
    package let line: LookupEntry
    package let change: Dot
    package let record: Dot?
    package let list: String
    package let kind: String
    package let arrivedAt: UInt64
    package let isDone: Bool
}

/// A user was told.
package struct NoticeDone: Sendable, Hashable {
    package let receipt: String
    package let change: Dot
    package let time: UInt64
    package let unit: String
    package let `operator`: String
    package let how: String

    package init(receipt: String, change: Dot, time: UInt64, unit: String, operator: String, how: String) {
        self.receipt = receipt
        self.change = change
        self.time = time
        self.unit = unit
        self.operator = `operator`
        self.how = how
    }

    /// What the chain digest covers, with the digest before it.
    package func message(previous: Digest) -> [UInt8] {
        LengthPrefixed.join(
            "creditnode notice done v1",
            [previous.bytes, Array(receipt.utf8), Array(change.description.utf8), BigEndian.bytes(time), Array(unit.utf8), Array(`operator`.utf8), Array(how.utf8)])
    }
}

private enum NoticeSQL {
    static let tell = HotSQL("INSERT OR IGNORE INTO lookup_told VALUES (?, ?, ?, ?)")
    static let told = HotSQL("SELECT line FROM lookup_told WHERE segment = ? AND subject_hash = ? AND line <= ? AND kind = ?")
    static let firstSegment = HotSQL("SELECT segment FROM lookup_told ORDER BY segment LIMIT 1")
    static let arrive = HotSQL("INSERT INTO relief_arrival (replica, counter, record_replica, record_counter, list, subject, kind, through, arrived_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    static let line = HotSQL("SELECT receipt, time, unit, operator, purpose, case_number, subject, answer FROM lookup_log WHERE id = ?")
    static let notice = HotSQL("INSERT OR IGNORE INTO lookup_notice (line, replica, counter, record_replica, record_counter, list, kind, unit, arrived_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    static let openOf = HotSQL("SELECT unit, count(*) FROM lookup_notice WHERE done = 0 GROUP BY unit")
    static let doneTip = HotSQL("SELECT id, digest FROM notice_done ORDER BY id DESC LIMIT 1")
}

extension ReadTransaction {
    private static let segmentBits: Int64 = 15

    /// Lines that told of a subject, none after `through`, ascending.
    package func told(_ subject: String, _ kind: ToldKind, through: Int64) throws -> [Int64] {
        guard let first = try hot(NoticeSQL.firstSegment).first({ $0.int(0) }), through > 0 else { return [] }
        var lines: [Int64] = []
        let hash = SubjectHash.hash(subject)
        for segment in first...max(first, through >> Self.segmentBits) {
            let statement = try hot(NoticeSQL.told)
            statement.bind(1, segment)
            statement.bind(2, hash)
            statement.bind(3, through)
            statement.bind(4, kind.rawValue)
            try statement.each { row in
                lines.append(row.int(0))
                return true
            }
        }
        return lines
    }

    static func segment(_ line: Int64) -> Int64 { line >> segmentBits }

    package func lookup(_ line: Int64) throws -> LookupEntry? {
        let statement = try hot(NoticeSQL.line)
        statement.bind(1, line)
        return try statement.first { row in
            LookupEntry(
                receipt: row.text(0), time: UInt64(row.int(1)), unit: row.text(2), operator: row.text(3), purpose: row.text(4), caseNumber: row.text(5),
                subject: row.text(6), answer: row.text(7))
        }
    }

    package func reliefArrivals(limit: Int) throws -> [ReliefArrival] {
        try Row.fetchAll(db, sql: "SELECT * FROM relief_arrival ORDER BY id LIMIT ?", arguments: [limit]).map { row in
            let arrived: Int64 = row["arrived_at"]
            var arrival = ReliefArrival(
                change: try dot(row["replica"], row["counter"]), record: try optionalDot(row["record_replica"], row["record_counter"]), list: row["list"],
                subject: row["subject"], kind: row["kind"], through: row["through"], arrivedAt: UInt64(arrived))
            arrival.id = row["id"]
            return arrival
        }
    }

    private func optionalDot(_ replica: Int64?, _ counter: Int64?) throws -> Dot? {
        guard let replica, let counter else { return nil }
        return try dot(replica, counter)
    }

    /// Open notices, oldest first; of one unit, or of all.
    package func notices(unit: String?, includingDone: Bool = false, limit: Int) throws -> [NoticeRow] {
        var conditions = includingDone ? [] : ["done = 0"]
        var arguments: [any DatabaseValueConvertible] = []
        if let unit {
            conditions.append("unit = ?")
            arguments.append(unit)
        }
        arguments.append(limit)
        let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return try Row.fetchAll(db, sql: "SELECT * FROM lookup_notice \(clause) ORDER BY id LIMIT ?", arguments: StatementArguments(arguments)).compactMap { try notice($0) }
    }

    package func notice(_ id: Int64) throws -> NoticeRow? {
        try Row.fetchOne(db, sql: "SELECT * FROM lookup_notice WHERE id = ?", arguments: [id]).flatMap { try notice($0) }
    }

    private func notice(_ row: Row) throws -> NoticeRow? {
        let arrived: Int64 = row["arrived_at"], done: Int = row["done"]
        guard let line = try lookup(row["line"]) else { return nil }
        return NoticeRow(
            id: row["id"], line: line, change: try dot(row["replica"], row["counter"]), record: try optionalDot(row["record_replica"], row["record_counter"]),
            list: row["list"], kind: row["kind"], arrivedAt: UInt64(arrived), isDone: done != 0)
    }

    /// How many users of each unit must be told.
    package func openNotices() throws -> [String: Int] {
        var counts: [String: Int] = [:]
        try hot(NoticeSQL.openOf).each { row in
            counts[row.text(0)] = Int(row.int(1))
            return true
        }
        return counts
    }

    /// What was told, in order, with the digests that chain it.
    package func eachNoticeDone(_ body: (_ id: Int64, _ done: NoticeDone, _ digest: Digest) throws -> Void) throws {
        let cursor = try Row.fetchCursor(db, sql: "SELECT * FROM notice_done ORDER BY id")
        while let row = try cursor.next() {
            let time: Int64 = row["time"], digest: Data = row["digest"], change: String = row["change"]
            guard let change = Dot(change) else { continue }
            try body(
                row["id"], NoticeDone(receipt: row["receipt"], change: change, time: UInt64(time), unit: row["unit"], operator: row["operator"], how: row["how"]),
                Digest(digest) ?? .zero)
        }
    }
}

extension WriteTransaction {
    /// A line tells of a subject.
    package func tell(_ subject: String, _ kind: ToldKind, line: Int64) throws {
        let statement = try hot(NoticeSQL.tell)
        statement.bind(1, Self.segment(line))
        statement.bind(2, SubjectHash.hash(subject))
        statement.bind(3, line)
        statement.bind(4, kind.rawValue)
        try statement.execute()
    }

    package func arrive(_ arrival: ReliefArrival) throws {
        let statement = try hot(NoticeSQL.arrive)
        statement.bind(1, try number(arrival.change.replica))
        statement.bind(2, Int64(arrival.change.counter))
        statement.bind(3, try arrival.record.map { try number($0.replica) })
        statement.bind(4, arrival.record.map { Int64($0.counter) })
        statement.bind(5, arrival.list)
        statement.bind(6, arrival.subject)
        statement.bind(7, arrival.kind)
        statement.bind(8, arrival.through)
        statement.bind(9, Int64(arrival.arrivedAt))
        try statement.execute()
    }

    package func forget(_ arrival: ReliefArrival) throws {
        try db.cachedStatement(sql: "DELETE FROM relief_arrival WHERE id = ?").execute(arguments: [arrival.id])
    }

    /// - Parameter unit: of the line.
    package func notify(line: Int64, unit: String, of arrival: ReliefArrival) throws {
        let statement = try hot(NoticeSQL.notice)
        statement.bind(1, line)
        statement.bind(2, try number(arrival.change.replica))
        statement.bind(3, Int64(arrival.change.counter))
        statement.bind(4, try arrival.record.map { try number($0.replica) })
        statement.bind(5, arrival.record.map { Int64($0.counter) })
        statement.bind(6, arrival.list)
        statement.bind(7, arrival.kind)
        statement.bind(8, unit)
        statement.bind(9, Int64(arrival.arrivedAt))
        try statement.execute()
    }

    /// Chains a line about a notice that was passed on, and closes it.
    package func close(_ notice: Int64, _ done: NoticeDone, digest: (Digest) -> Digest) throws {
        let tip = try hot(NoticeSQL.doneTip).first { ($0.int(0), Digest($0.bytes(1)) ?? .zero) } ?? (0, .zero)
        try db.execute(
            sql: "INSERT INTO notice_done VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [tip.0 + 1, done.receipt, done.change.description, Int64(done.time), done.unit, done.operator, done.how, Data(digest(tip.1).bytes)])
        try db.execute(sql: "UPDATE lookup_notice SET done = 1 WHERE id = ?", arguments: [notice])
    }
}
