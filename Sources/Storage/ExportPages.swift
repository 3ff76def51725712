import Foundation
import GRDB
import Registry
import Replication

// What an export reads beside change sets, a page at a time: a city holds tens of thousands of keys.
extension ReadTransaction {
    /// Paths with a ledger key, ascending, after `path`.
    package func keyedPaths(after path: String, limit: Int) throws -> [NodePath] {
        let statement = try db.cachedStatement(sql: "SELECT DISTINCT path FROM ledger_key WHERE path > ? ORDER BY path LIMIT ?")
        return try String.fetchAll(statement, arguments: [path, limit]).compactMap { NodePath($0) }
    }

    /// Receipts as signed, in the order of the ledgers they were kept for. One that names several ledgers comes several times.
    package func receiptPage(after ledger: Int64, limit: Int) throws -> [(ledger: Int64, signed: SignedReceipt)] {
        let statement = try db.cachedStatement(sql: "SELECT ledger, content, key, signature FROM receipt WHERE ledger > ? ORDER BY ledger LIMIT ?")
        return try Row.fetchAll(statement, arguments: [ledger, limit]).compactMap { row in
            let content: Data = row["content"]
            let key: Data = row["key"]
            let signature: Data = row["signature"]
            return Digest(key).map { (row["ledger"], SignedReceipt(content: Array(content), key: $0, signature: Array(signature))) }
        }
    }

    /// Statements, ascending by slot, after `slot`.
    package func statementPage(after slot: String, limit: Int) throws -> [StatementRow] {
        let statement = try db.cachedStatement(sql: "SELECT * FROM statement WHERE slot > ? ORDER BY slot LIMIT ?")
        return try Row.fetchAll(statement, arguments: [slot, limit]).compactMap(statementRow)
    }
}
