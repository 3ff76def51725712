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
    static let of = HotSQL("SELECT rule, detail, waiting_for FROM pending WHERE replica = ? AND counter = ?")
    static let waitingFor = HotSQL("SELECT replica, counter FROM pending WHERE waiting_for = ?")
    static let forget = HotSQL("DELETE FROM pending WHERE replica = ? AND counter = ?")
    static let put = HotSQL("INSERT OR REPLACE INTO pending VALUES (?, ?, ?, ?, ?, ?)")
    static let suspend = HotSQL("INSERT OR IGNORE INTO suspension VALUES (?, ?, ?)")
    static let endSuspension = HotSQL("DELETE FROM suspension WHERE natural_key = ? AND replica = ? AND counter = ?")
}

extension Missing {
    /// Key under which waiting changes are found again.
    fileprivate var key: String {
        switch self {
        case .edition(let digest): "edition \(digest)"
        case .change(let dot): "change \(dot)"
        case .ruling(let replica): "ruling \(Dot(replica: replica, counter: 1))"
        case .record(let naturalKey): "record \(Hex.encode(naturalKey))"
        case .key(let key): "key \(key)"
        }
    }

    fileprivate init?(key: String) {
        if key.hasPrefix("edition "), let raw = Hex.decode(String(key.dropFirst(8))), let digest = Digest(raw) {
            self = .edition(digest)
        } else if key.hasPrefix("change "), let dot = Dot(String(key.dropFirst(7))) {
            self = .change(dot)
        } else if key.hasPrefix("ruling "), let dot = Dot(String(key.dropFirst(7))) {
            self = .ruling(dot.replica)
        } else if key.hasPrefix("key "), let raw = Hex.decode(String(key.dropFirst(4))), let digest = Digest(raw) {
            self = .key(digest)
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
        let statement = try hot(PendingSQL.of)
        statement.bind(1, replica)
        statement.bind(2, Int64(change.counter))
        return try statement.first { row in
            if !row.isNull(2), let missing = Missing(key: row.text(2)) { return .waiting(missing) }
            return .quarantined(rule: row.text(0), detail: row.text(1))
        }
    }

    /// Changes that wait for `missing`, ascending.
    package func waiting(for missing: Missing) throws -> [Dot] {
        let statement = try hot(PendingSQL.waitingFor)
        statement.bind(1, missing.key)
        var found: [(Int64, Int64)] = []
        try statement.each { row in
            found.append((row.int(0), row.int(1)))
            return true
        }
        return try found.map { try dot($0.0, $0.1) }.sorted()
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
        switch judgement {
        case .accepted:
            let statement = try hot(PendingSQL.forget)
            statement.bind(1, replica)
            statement.bind(2, Int64(change.counter))
            try statement.execute()
        case .waiting(let missing):
            waits = true
            try put(replica, change, "waiting", "waiting", missing.description, missing.key)
        case .quarantined(let rule, let detail):
            try put(replica, change, "quarantined", rule, detail.bounded(500), nil)
        }
    }

    private func put(_ replica: Int64, _ change: Dot, _ state: String, _ rule: String, _ detail: String, _ waiting: String?) throws {
        let statement = try hot(PendingSQL.put)
        statement.bind(1, replica)
        statement.bind(2, Int64(change.counter))
        statement.bind(3, state)
        statement.bind(4, rule)
        statement.bind(5, detail)
        if let waiting { statement.bind(6, waiting) } else { statement.bindNull(6) }
        try statement.execute()
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
    /// Whether anything at all waits: lets an import skip the question for each of its records. Once something did, the answer
    /// stays yes until the transaction ends: to ask anew after each change that waits no more costs more than a look in vain.
    package func anythingWaits() throws -> Bool {
        if let waits { return waits }
        let waits = try hot(PendingSQL.anythingWaits).any()
        self.waits = waits
        return waits
    }

    package func suspend(naturalKey: [UInt8], by change: Dot) throws {
        try run(PendingSQL.suspend, naturalKey, change)
    }

    package func endSuspension(naturalKey: [UInt8], by change: Dot) throws {
        try run(PendingSQL.endSuspension, naturalKey, change)
    }

    private func run(_ sql: HotSQL, _ naturalKey: [UInt8], _ change: Dot) throws {
        let statement = try hot(sql)
        statement.bind(1, naturalKey)
        statement.bind(2, try number(change.replica))
        statement.bind(3, Int64(change.counter))
        try statement.execute()
    }
}
