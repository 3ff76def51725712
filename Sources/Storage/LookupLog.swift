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
        LengthPrefixed.join(
            "creditnode lookup v1",
            [previous.bytes, Array(receipt.utf8), BigEndian.bytes(time), Array(unit.utf8), Array(`operator`.utf8), Array(purpose.utf8), Array(caseNumber.utf8), Array(subject.utf8), Array(answer.utf8)])
    }
}

extension ReadTransaction {
    /// The digest of the last line; zero before the first.
    package func lastLookupDigest() throws -> Digest {
        try Data.fetchOne(db, sql: "SELECT digest FROM lookup_log ORDER BY id DESC LIMIT 1").flatMap { Digest($0) } ?? .zero
    }

    /// Look-ups of persons by one operator of a unit since a time, for the limit on them.
    package func personLookups(unit: String, operator: String, since: UInt64) throws -> Int {
        let statement = try db.cachedStatement(
            sql: "SELECT count(*) FROM lookup_log WHERE time > ? AND unit = ? AND operator = ? AND subject >= 'person:' AND subject < 'person;'")
        return try Int.fetchOne(statement, arguments: [Int64(clamping: since), unit, `operator`]) ?? 0
    }

    package func lookupCount() throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM lookup_log") ?? 0 }

    /// Lines in order, with the digests that chain them.
    package func eachLookup(_ body: (_ id: Int64, _ entry: LookupEntry, _ previous: Digest, _ digest: Digest) throws -> Void) throws {
        let cursor = try Row.fetchCursor(db, sql: "SELECT * FROM lookup_log ORDER BY id")
        while let row = try cursor.next() {
            let time: Int64 = row["time"]
            let previous: Data = row["previous"]
            let digest: Data = row["digest"]
            try body(
                row["id"],
                LookupEntry(
                    receipt: row["receipt"], time: UInt64(time), unit: row["unit"], operator: row["operator"], purpose: row["purpose"],
                    caseNumber: row["case_number"], subject: row["subject"], answer: row["answer"]),
                Digest(previous) ?? .zero, Digest(digest) ?? .zero)
        }
    }
}

extension WriteTransaction {
    package func append(_ entry: LookupEntry, previous: Digest, digest: Digest) throws {
        try db.cachedStatement(
            sql: "INSERT INTO lookup_log (receipt, time, unit, operator, purpose, case_number, subject, answer, previous, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            entry.receipt, Int64(entry.time), entry.unit, entry.operator, entry.purpose, entry.caseNumber, entry.subject, entry.answer,
            Data(previous.bytes), Data(digest.bytes),
        ])
    }
}
