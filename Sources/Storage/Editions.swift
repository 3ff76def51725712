import Foundation
import GRDB
import Registry
import Replication

extension ReadTransaction {
    /// The body of the change that issued an edition.
    package func editionBody(_ digest: Digest) throws -> [UInt8]? {
        let statement = try db.cachedStatement(sql: "SELECT body FROM edition WHERE digest = ?")
        return try Data.fetchOne(statement, arguments: [Data(digest.bytes)]).map { Array($0) }
    }

    /// The newest edition of the catalogue: highest number, then smallest digest.
    package func newestCatalogue() throws -> (digest: Digest, number: UInt64)? {
        guard let row = try Row.fetchOne(db, sql: "SELECT digest, number FROM edition WHERE kind = 'catalogue' ORDER BY number DESC, digest LIMIT 1") else { return nil }
        let data: Data = row["digest"]
        let number: Int64 = row["number"]
        return Digest(data).map { ($0, UInt64(number)) }
    }
}

extension WriteTransaction {
    package func putCatalogue(_ digest: Digest, number editionNumber: UInt64, change: Dot, body: [UInt8]) throws {
        try db.execute(
            sql: "INSERT OR IGNORE INTO edition VALUES (?, 'catalogue', ?, ?, ?, ?)",
            arguments: [Data(digest.bytes), Int64(clamping: editionNumber), try number(change.replica), Int64(change.counter), Data(body)])
    }
}
