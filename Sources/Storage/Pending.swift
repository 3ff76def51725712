import Foundation
import GRDB
import Registry
import Replication

/// An authentic change that is not accepted, with its reason.
package struct PendingRow: Sendable, Hashable {
    package let change: Dot
    package let judgement: Judgement
}

private enum PendingSQL {
    static let anythingWaits = HotSQL("SELECT 1 FROM pending WHERE waiting_for IS NOT NULL LIMIT 1")
    static let suspends = HotSQL("SELECT 1 FROM suspension WHERE natural_key = ? LIMIT 1")
}

extension Missing {
    /// Key under which waiting changes are found again.
    fileprivate var key: String {
        switch self {
        case .edition(let digest): "edition \(digest)"
        case .change(let dot): "change \(dot)"
        case .ruling(let replica): "ruling \(Dot(replica: replica, counter: 1))"
        case .record(let naturalKey): "record \(Hex.encode(naturalKey))"
        }
    }

    fileprivate init?(key: String) {
        if key.hasPrefix("edition "), let raw = Hex.decode(String(key.dropFirst(8))), let digest = Digest(raw) {
            self = .edition(digest)
        } else if key.hasPrefix("change "), let dot = Dot(String(key.dropFirst(7))) {
            self = .change(dot)
        } else if key.hasPrefix("ruling "), let dot = Dot(String(key.dropFirst(7))) {
            self = .ruling(dot.replica)
        } else if key.hasPrefix("record "), let naturalKey = Hex.decode(String(key.dropFirst(7))) {
            self = .record(naturalKey)
        } else {
            return nil
        }
    }
}

extension ReadTransaction {
    /// nil = accepted, or not held.
    package func pending(_ change: Dot) throws -> Judgement? {
        guard let replica = try replicaNumber(change.replica) else { return nil }
        let statement = try db.cachedStatement(sql: "SELECT * FROM pending WHERE replica = ? AND counter = ?")
        return try Row.fetchOne(statement, arguments: [replica, Int64(change.counter)]).map(judgement)
    }

    /// Changes that wait for `missing`, ascending.
    package func waiting(for missing: Missing) throws -> [Dot] {
        let statement = try db.cachedStatement(sql: "SELECT replica, counter FROM pending WHERE waiting_for = ?")
        return try Row.fetchAll(statement, arguments: [missing.key]).map { try dot($0[0], $0[1]) }.sorted()
    }

    package func pendingChanges(limit: Int) throws -> [PendingRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM pending ORDER BY replica, counter LIMIT ?", arguments: [limit]).map { row in
            PendingRow(change: try dot(row["replica"], row["counter"]), judgement: judgement(row))
        }
    }

    private func judgement(_ row: Row) -> Judgement {
        let waiting: String? = row["waiting_for"]
        if let waiting, let missing = Missing(key: waiting) { return .waiting(missing) }
        return .quarantined(rule: row["rule"], detail: row["detail"])
    }
}

extension WriteTransaction {
    /// Notes, or with `.accepted` forgets, why a change is not accepted.
    package func note(_ judgement: Judgement, of change: Dot) throws {
        let replica = try number(change.replica)
        waits = nil
        switch judgement {
        case .accepted:
            try db.cachedStatement(sql: "DELETE FROM pending WHERE replica = ? AND counter = ?")
                .execute(arguments: [replica, Int64(change.counter)])
        case .waiting(let missing):
            try put(replica, change, "waiting", "waiting", missing.description, missing.key)
        case .quarantined(let rule, let detail):
            try put(replica, change, "quarantined", rule, detail.bounded(500), nil)
        }
    }

    private func put(_ replica: Int64, _ change: Dot, _ state: String, _ rule: String, _ detail: String, _ waiting: String?) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO pending VALUES (?, ?, ?, ?, ?, ?)")
            .execute(arguments: [replica, Int64(change.counter), state, rule, detail, waiting])
    }
}

extension ReadTransaction {
    /// Whether relief that is not judged yet names this natural key: then nothing of it is published.
    package func isSuspended(naturalKey: [UInt8]) throws -> Bool {
        let statement = try hot(PendingSQL.suspends)
        statement.bind(1, naturalKey)
        return try statement.any()
    }
}

extension WriteTransaction {
    /// Whether anything at all waits: lets an import skip the question for each of its records.
    package func anythingWaits() throws -> Bool {
        if let waits { return waits }
        let waits = try hot(PendingSQL.anythingWaits).any()
        self.waits = waits
        return waits
    }

    package func suspend(naturalKey: [UInt8], by change: Dot) throws {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO suspension VALUES (?, ?, ?)")
            .execute(arguments: [Data(naturalKey), try number(change.replica), Int64(change.counter)])
    }

    package func endSuspension(naturalKey: [UInt8], by change: Dot) throws {
        try db.cachedStatement(sql: "DELETE FROM suspension WHERE natural_key = ? AND replica = ? AND counter = ?")
            .execute(arguments: [Data(naturalKey), try number(change.replica), Int64(change.counter)])
    }
}
