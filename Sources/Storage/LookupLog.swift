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
    package let subject: String
    package let answer: String

    package init(receipt: String, time: UInt64, unit: String, operator: String, purpose: String, subject: String, answer: String) {
        self.receipt = receipt
        self.time = time
        self.unit = unit
        self.operator = `operator`
        self.purpose = purpose
        self.subject = subject
        self.answer = answer
    }

    /// What the chain digest of a line covers, with the digest before it.
    package func message(previous: Digest) -> [UInt8] {
        LengthPrefixed.join(
            "creditnode lookup v1",
            [previous.bytes, Array(receipt.utf8), BigEndian.bytes(time), Array(unit.utf8), Array(`operator`.utf8), Array(purpose.utf8), Array(subject.utf8), Array(answer.utf8)])
    }
}

extension ReadTransaction {
    /// The digest of the last line; zero before the first.
    package func lastLookupDigest() throws -> Digest {
        try Data.fetchOne(db, sql: "SELECT digest FROM lookup_log ORDER BY id DESC LIMIT 1").flatMap { Digest($0) } ?? .zero
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
                    subject: row["subject"], answer: row["answer"]),
                Digest(previous) ?? .zero, Digest(digest) ?? .zero)
        }
    }
}

extension WriteTransaction {
    package func append(_ entry: LookupEntry, previous: Digest, digest: Digest) throws {
        try db.cachedStatement(
            sql: "INSERT INTO lookup_log (receipt, time, unit, operator, purpose, subject, answer, previous, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            entry.receipt, Int64(entry.time), entry.unit, entry.operator, entry.purpose, entry.subject, entry.answer,
            Data(previous.bytes), Data(digest.bytes),
        ])
    }
}
