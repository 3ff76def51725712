import Foundation
import GRDB
import Registry
import Replication

/// What a node above said of one change.
package struct QuarantineNoticeRow: Sendable, Hashable {
    package let change: Dot
    package let author: NodePath
    package let rule: String
    package let detail: String

    package init(change: Dot, author: NodePath, rule: String, detail: String) {
        (self.change, self.author, self.rule, self.detail) = (change, author, rule, detail)
    }
}

/// What persons decided about one change.
package struct QuarantineRulingRow: Sendable, Hashable {
    package let change: Dot
    package let rule: String
    package let outcome: QuarantineRuling.Outcome
    /// The ruling itself.
    package let ruling: Dot
    package let reason: String

    package init(change: Dot, rule: String, outcome: QuarantineRuling.Outcome, ruling: Dot, reason: String) {
        (self.change, self.rule, self.outcome, self.ruling, self.reason) = (change, rule, outcome, ruling, reason)
    }
}

extension ReadTransaction {
    /// Notices about one change, ascending by author; of nil about all, at most `limit`.
    package func quarantineNotices(of change: Dot? = nil, limit: Int = 1000) throws -> [QuarantineNoticeRow] {
        let rows: [Row]
        if let change {
            guard let replica = try replicaNumber(change.replica) else { return [] }
            rows = try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM quarantine_notice WHERE replica = ? AND counter = ? ORDER BY author, rule"),
                arguments: [replica, Int64(change.counter)])
        } else {
            rows = try Row.fetchAll(db, sql: "SELECT * FROM quarantine_notice ORDER BY replica, counter, author, rule LIMIT ?", arguments: [limit])
        }
        return try rows.compactMap { row in
            guard let author = NodePath(row["author"]) else { return nil }
            return QuarantineNoticeRow(change: try dot(row["replica"], row["counter"]), author: author, rule: row["rule"], detail: row["detail"])
        }
    }

    /// Rulings about one change, ascending; of nil about all, at most `limit`.
    package func quarantineRulings(of change: Dot? = nil, limit: Int = 1000) throws -> [QuarantineRulingRow] {
        let rows: [Row]
        if let change {
            guard let replica = try replicaNumber(change.replica) else { return [] }
            rows = try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM quarantine_ruling WHERE replica = ? AND counter = ?"), arguments: [replica, Int64(change.counter)])
        } else {
            rows = try Row.fetchAll(db, sql: "SELECT * FROM quarantine_ruling LIMIT ?", arguments: [limit])
        }
        return try rows.compactMap { row in
            let outcome: UInt32 = row["outcome"]
            guard let outcome = QuarantineRuling.Outcome(rawValue: outcome) else { return nil }
            return QuarantineRulingRow(
                change: try dot(row["replica"], row["counter"]), rule: row["rule"], outcome: outcome,
                ruling: try dot(row["ruling_replica"], row["ruling_counter"]), reason: row["reason"])
        }.sorted { ($0.change, $0.ruling) < ($1.change, $1.ruling) }
    }
}

extension WriteTransaction {
    package func put(_ notice: QuarantineNoticeRow) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO quarantine_notice VALUES (?, ?, ?, ?, ?)").execute(arguments: [
            try number(notice.change.replica), Int64(notice.change.counter), notice.author.description, notice.rule, notice.detail.bounded(500),
        ])
    }

    package func put(_ ruling: QuarantineRulingRow) throws {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO quarantine_ruling VALUES (?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
            try number(ruling.change.replica), Int64(ruling.change.counter), ruling.rule, try number(ruling.ruling.replica),
            Int64(ruling.ruling.counter), ruling.outcome.rawValue, ruling.reason.bounded(500),
        ])
    }
}
