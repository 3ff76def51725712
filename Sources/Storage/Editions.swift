import Foundation
import GRDB
import Registry
import Replication

/// One edition as held.
package struct EditionRow: Sendable, Hashable {
    package let digest: Digest
    package let kind: EditionKind
    /// Which profile or calendar; empty where there is one of the kind.
    package let code: String
    package let number: UInt64
    /// The change that issued it.
    package let change: Dot
    /// Milliseconds since 1970 by the issuer's clock.
    package let capturedAt: UInt64

    package init(digest: Digest, kind: EditionKind, code: String, number: UInt64, change: Dot, capturedAt: UInt64) {
        self.digest = digest
        self.kind = kind
        self.code = code
        self.number = number
        self.change = change
        self.capturedAt = capturedAt
    }
}

extension ReadTransaction {
    /// The body of the change that issued an edition.
    package func editionBody(_ digest: Digest) throws -> [UInt8]? {
        let statement = try db.cachedStatement(sql: "SELECT body FROM edition WHERE digest = ?")
        return try Data.fetchOne(statement, arguments: [Data(digest.bytes)]).map { Array($0) }
    }

    private static let columns = "digest, kind, code, number, replica, counter, captured_at"

    /// The newest edition of a kind and code: highest number, then smallest digest.
    package func newestEdition(_ kind: EditionKind, code: String = "") throws -> EditionRow? {
        let statement = try db.cachedStatement(
            sql: "SELECT \(Self.columns) FROM edition WHERE kind = ? AND code = ? ORDER BY number DESC, digest LIMIT 1")
        return try Row.fetchOne(statement, arguments: [kind.rawValue, code]).map { try edition($0) }
    }

    /// Every edition held, ascending by kind, code and number.
    package func editions() throws -> [EditionRow] {
        try Row.fetchAll(db, sql: "SELECT \(Self.columns) FROM edition ORDER BY kind, code, number, digest").map { try edition($0) }
    }

    /// The newest edition of every kind and code, ascending.
    package func editionsInForce() throws -> [EditionRow] {
        var newest: [EditionRow] = []
        for row in try editions() {
            guard let last = newest.last, last.kind == row.kind, last.code == row.code else {
                newest.append(row)
                continue
            }
            if row.number > last.number { newest[newest.count - 1] = row }
        }
        return newest
    }

    private func edition(_ row: Row) throws -> EditionRow {
        let digest: Data = row["digest"]
        let kind: String = row["kind"]
        let number: Int64 = row["number"]
        let captured: Int64 = row["captured_at"]
        guard let digest = Digest(digest), let kind = EditionKind(rawValue: kind) else {
            throw StorageError(message: "an edition row is damaged", hint: "run `creditnode doctor`")
        }
        return EditionRow(
            digest: digest, kind: kind, code: row["code"], number: UInt64(number), change: try dot(row["replica"], row["counter"]),
            capturedAt: UInt64(captured))
    }
}

extension WriteTransaction {
    package func putEdition(_ edition: EditionRow, body: [UInt8]) throws {
        try db.execute(
            sql: "INSERT OR IGNORE INTO edition VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                Data(edition.digest.bytes), edition.kind.rawValue, edition.code, Int64(clamping: edition.number), try number(edition.change.replica),
                Int64(edition.change.counter), Int64(clamping: edition.capturedAt), Data(body),
            ])
    }
}
