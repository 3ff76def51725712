import Foundation
import GRDB
import Replication

/// One look-up, as logged before its answer was given.
package struct LookupEntry: Sendable, Hashable {
    package let receipt: String
    /// Milliseconds since 1970.
    package let time: UInt64
    package let unit: String
    package let `operator`: String
    package let purpose: String
    /// Empty when none was given.
    package let caseNumber: String
    /// Of a person the keyed digest, never the number.
    package let subject: String
    package let answer: String

    package init(receipt: String, time: UInt64, unit: String, operator: String, purpose: String, caseNumber: String = "", subject: String, answer: String) {
        self.receipt = receipt
        self.time = time
        self.unit = unit
        self.operator = `operator`
        self.purpose = purpose
        self.caseNumber = caseNumber
        self.subject = subject
        self.answer = answer
    }

    /// What the chain digest of a line covers, with the digest before it.
    package func message(previous: Digest) -> [UInt8] {
        // As LengthPrefixed.join gives it, without an array for each part.
        var message: [UInt8] = []
        message.reserveCapacity(384)
        func add(_ count: Int, _ bytes: some Sequence<UInt8>) {
            for shift in [24, 16, 8, 0] as [UInt32] { message.append(UInt8(truncatingIfNeeded: UInt32(count) >> shift)) }
            message.append(contentsOf: bytes)
        }
        message.append(contentsOf: "creditnode lookup v1".utf8)
        add(32, previous.bytes)
        add(receipt.utf8.count, receipt.utf8)
        add(8, BigEndian.bytes(time))
        for text in [unit, `operator`, purpose, caseNumber, subject, answer] { add(text.utf8.count, text.utf8) }
        return message
    }
}

/// The last line of the log: what the next one chains.
package struct LookupTip: Sendable, Hashable {
    /// Number of the line; 0 before the first.
    package let number: Int64
    package let digest: Digest

    package init(number: Int64, digest: Digest) { (self.number, self.digest) = (number, digest) }
}

private enum LookupSQL {
    static let tip = HotSQL("SELECT id, digest FROM lookup_log ORDER BY id DESC LIMIT 1")
    static let append = HotSQL("INSERT INTO lookup_log (id, receipt, time, unit, operator, purpose, case_number, subject, answer, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    static let persons = HotSQL(
        "SELECT count(*) FROM lookup_log WHERE unit = ? AND operator = ? AND time > ? AND subject >= 'person:' AND subject < 'person;'")
    static let mentions = HotSQL("SELECT EXISTS (SELECT 1 FROM list_entry WHERE subject = ?1), EXISTS (\(RecordIndex.subject.records("1", "?2", where: "subject = ?1")))")
}

extension ReadTransaction {
    /// Whether any entry, and any record, is about a subject. Of most who are asked about there is nothing, and then this
    /// one question is all.
    package func mentions(_ subject: String) throws -> (entries: Bool, records: Bool) {
        let statement = try hot(LookupSQL.mentions)
        statement.bind(1, subject)
        statement.bind(2, SubjectHash.hash(subject))
        return try statement.first { ($0.int(0) != 0, $0.int(1) != 0) } ?? (false, false)
    }

    /// The last line; number 0 and digest zero before the first.
    package func lookupTip() throws -> LookupTip {
        try hot(LookupSQL.tip).first { LookupTip(number: $0.int(0), digest: Digest($0.bytes(1)) ?? .zero) } ?? LookupTip(number: 0, digest: .zero)
    }

    /// Look-ups of persons by one operator of a unit since a time, for the limit on them.
    package func personLookups(unit: String, operator: String, since: UInt64) throws -> Int {
        let statement = try hot(LookupSQL.persons)
        statement.bind(1, unit)
        statement.bind(2, `operator`)
        statement.bind(3, Int64(clamping: since))
        return Int(try statement.first { $0.int(0) } ?? 0)
    }

    package func lookupCount() throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM lookup_log") ?? 0 }

    /// The line of a receipt, found by the number in it; nil when no such receipt was given here.
    package func lookup(receipt: String) throws -> LookupEntry? {
        let parts = receipt.split(separator: "-")
        guard parts.count >= 3, let line = Int64(parts[parts.count - 2]),
            let row = try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM lookup_log WHERE id = ? AND receipt = ?"), arguments: [line, receipt])
        else { return nil }
        return entry(row)
    }

    private func entry(_ row: Row) -> LookupEntry {
        let time: Int64 = row["time"]
        return LookupEntry(
            receipt: row["receipt"], time: UInt64(time), unit: row["unit"], operator: row["operator"], purpose: row["purpose"],
            caseNumber: row["case_number"], subject: row["subject"], answer: row["answer"])
    }

    /// Lines in order, with the digests that chain them.
    package func eachLookup(_ body: (_ id: Int64, _ entry: LookupEntry, _ digest: Digest) throws -> Void) throws {
        let cursor = try Row.fetchCursor(db, sql: "SELECT * FROM lookup_log ORDER BY id")
        while let row = try cursor.next() {
            let digest: Data = row["digest"]
            try body(row["id"], entry(row), Digest(digest) ?? .zero)
        }
    }
}

extension WriteTransaction {
    /// Changes whenever a row of any table is written on this store's one writer, by whatever statement: what was
    /// derived from the replica in a writing transaction is still true in a later one with the same stamp. Changes
    /// that were rolled back count too.
    package var changeStamp: Int64 { session.totalChanges }

    /// Appends lines that number and chain on from ``ReadTransaction/lookupTip()``.
    package func append(_ line: LookupEntry, at tip: LookupTip) throws {
        let statement = try hot(LookupSQL.append)
        statement.bind(1, tip.number)
        statement.bind(2, line.receipt)
        statement.bind(3, Int64(line.time))
        for (place, text) in [(4, line.unit), (5, line.operator), (6, line.purpose), (7, line.caseNumber), (8, line.subject), (9, line.answer)] as [(Int32, String)] {
            statement.bind(place, text)
        }
        statement.bind(10, tip.digest.bytes)
        try statement.execute()
    }
}
