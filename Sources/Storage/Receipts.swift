import Foundation
import GRDB
import Registry
import Replication

/// How far a ledger is known to be durable above this node.
package struct DurabilityRow: Sendable, Hashable {
    package let ledger: LedgerID
    /// Durable at the parent up to here.
    package let sequence: UInt64
    /// Path of the highest tier of which a receipt told, and how far it holds the ledger.
    package let durableAt: NodePath
    package let sequenceAtHighest: UInt64
    /// Milliseconds since 1970.
    package let time: UInt64
}

/// A statement as held.
package struct StatementRow: Sendable, Hashable {
    package let slot: String
    package let issuer: NodePath
    package let issuedAt: UInt64
    package let validUntil: UInt64
    package let receivedAt: UInt64
    package let audience: Audience
    package let signed: SignedStatement
}

/// What the parent said of one change.
package struct VerdictRow: Sendable, Hashable {
    package let verdict: Verdict
    package let receivedAt: UInt64
}

/// Something refused, counted by place, rule and peer.
package struct RefusalRow: Sendable, Hashable {
    package let place: String
    package let rule: String
    package let peer: String
    package let detail: String
    package let count: Int
    package let lastAt: UInt64
}

private enum ReceiptSQL {
    static let verdict = HotSQL("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?, ?)")
}

extension ReadTransaction {
    package func durability() throws -> [DurabilityRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM receipt").compactMap { row in
            let sequence: Int64 = row["sequence"]
            let highest: Int64 = row["sequence_at_highest"]
            let time: Int64 = row["time"]
            guard let path = NodePath(row["durable_at"]) else { return nil }
            return DurabilityRow(
                ledger: try ledger(numbered: row["ledger"]), sequence: UInt64(sequence), durableAt: path,
                sequenceAtHighest: UInt64(highest), time: UInt64(time))
        }.sorted { $0.ledger < $1.ledger }
    }

    /// All but conditions, which are many and of no use to those who ask for statements.
    package func statements() throws -> [StatementRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM statement WHERE slot < 'condition ' OR slot >= 'condition!' ORDER BY slot").compactMap(statementRow)
    }

    /// Conditions as last saved, one an issuer. '!' follows the blank in ASCII.
    package func conditions() throws -> [StatementRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM statement WHERE slot >= 'condition ' AND slot < 'condition!' ORDER BY slot").compactMap(statementRow)
    }

    /// Statements held of one issuer, conditions among them.
    package func statementCount(of issuer: NodePath) throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM statement WHERE issuer = ?"), arguments: [issuer.description]) ?? 0
    }

    package func statement(slot: String) throws -> StatementRow? {
        let statement = try db.cachedStatement(sql: "SELECT * FROM statement WHERE slot = ?")
        return try Row.fetchOne(statement, arguments: [slot]).flatMap(statementRow)
    }

    func statementRow(_ row: Row) -> StatementRow? {
        let issued: Int64 = row["issued_at"]
        let until: Int64 = row["valid_until"]
        let received: Int64 = row["received_at"]
        let data: Data = row["bytes"]
        guard let issuer = NodePath(row["issuer"]), let audience = Audience(row["audience"]),
            let signed = try? SignedStatement(serialized: Array(data))
        else { return nil }
        return StatementRow(
            slot: row["slot"], issuer: issuer, issuedAt: UInt64(issued), validUntil: UInt64(until), receivedAt: UInt64(received),
            audience: audience, signed: signed)
    }

    package func verdict(of change: Dot) throws -> VerdictRow? {
        try Row.fetchOne(db, sql: "SELECT * FROM verdict WHERE change = ?", arguments: [change.description]).flatMap(verdictRow)
    }

    package func verdicts(limit: Int) throws -> [VerdictRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM verdict ORDER BY received_at DESC, change LIMIT ?", arguments: [limit]).compactMap(verdictRow)
    }

    private func verdictRow(_ row: Row) -> VerdictRow? {
        let outcome: UInt32 = row["outcome"]
        let received: Int64 = row["received_at"]
        guard let change = Dot(row["change"]), let outcome = Verdict.Outcome(rawValue: outcome) else { return nil }
        return VerdictRow(
            verdict: Verdict(change: change, outcome: outcome, rule: row["rule"], detail: row["detail"]), receivedAt: UInt64(received))
    }

    package func refusals() throws -> [RefusalRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM refusal ORDER BY last_at DESC LIMIT 100").map { row in
            let last: Int64 = row["last_at"]
            return RefusalRow(
                place: row["place"], rule: row["rule"], peer: row["peer"], detail: row["detail"], count: row["count"], lastAt: UInt64(last))
        }
    }
}

extension WriteTransaction {
    /// Notes a verified receipt. Never goes back: an older receipt changes nothing.
    package func put(_ receipt: Receipt, signed: SignedReceipt) throws {
        for tip in receipt.tips {
            guard let ledger = try ledgerNumber(tip.ledger) else { continue }
            let old = try Row.fetchOne(db, sql: "SELECT sequence, durable_at, sequence_at_highest FROM receipt WHERE ledger = ?", arguments: [ledger])
            let oldSequence: Int64 = old?["sequence"] ?? 0
            var highest = receipt.durableAt
            var highestSequence = Int64(tip.tip.sequence)
            if let old, let path = NodePath(old["durable_at"]) {
                let sequence: Int64 = old["sequence_at_highest"]
                if path.depth < highest.depth || (path.depth == highest.depth && sequence > highestSequence) { (highest, highestSequence) = (path, sequence) }
            }
            try db.execute(
                sql: "INSERT OR REPLACE INTO receipt VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    ledger, max(oldSequence, Int64(tip.tip.sequence)), highest.description, highestSequence, Int64(clamping: receipt.time),
                    Data(signed.content), Data(signed.key.bytes), Data(signed.signature),
                ])
        }
    }

    /// - Returns: false when a statement at least as new is held in the slot.
    package func put(_ statement: Replication.Statement, signed: SignedStatement, receivedAt: UInt64) throws -> Bool {
        if let held = try self.statement(slot: statement.slot), held.issuedAt >= statement.issuedAt { return false }
        try db.execute(
            sql: "INSERT OR REPLACE INTO statement VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                statement.slot, statement.issuer.path.description, statement.audience.description, Int64(clamping: statement.issuedAt),
                Int64(clamping: statement.validUntil), Int64(receivedAt), Data(try signed.serialized()),
            ])
        return true
    }

    package func put(_ verdict: Verdict, receivedAt: UInt64) throws {
        let statement = try hot(ReceiptSQL.verdict)
        statement.bind(1, verdict.change.description)
        statement.bind(2, Int64(verdict.outcome.rawValue))
        statement.bind(3, verdict.rule)
        statement.bind(4, verdict.detail)
        statement.bind(5, Int64(receivedAt))
        try statement.execute()
    }

    /// Counts a refusal; at most 1,000 different ones are kept.
    package func noteRefusal(_ fault: ChangeSetFault, from peer: String, at time: UInt64) throws {
        try db.execute(
            sql: """
                INSERT INTO refusal VALUES (?, ?, ?, ?, 1, ?)
                ON CONFLICT DO UPDATE SET detail = excluded.detail, count = count + 1, last_at = excluded.last_at
                """,
            arguments: [fault.place.bounded(300), fault.rule.rawValue, peer, fault.detail.bounded(500), Int64(time)])
        try db.execute(sql: "DELETE FROM refusal WHERE (SELECT count(*) FROM refusal) > 1000 AND last_at = (SELECT min(last_at) FROM refusal)")
    }
}

extension ReadTransaction {
    /// The latest time that the parent or a tier above signed: a local clock behind it cannot judge age. What
    /// a child says of the time counts for nothing: its clock may be years ahead.
    package func latestSignedTime(above path: NodePath) throws -> UInt64 {
        let value = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT max(ifnull((SELECT max(issued_at) FROM statement WHERE ? LIKE issuer || '/%'), 0), ifnull((SELECT max(time) FROM receipt), 0))"),
            arguments: [path.description])
        return UInt64(max(0, value ?? 0))
    }
}
