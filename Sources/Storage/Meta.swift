import GRDB
import Registry
import Replication

/// Facts of the node itself that must move in the same transaction as the changes.
package enum MetaKey: String, Sendable {
    case path
    case incarnation
    /// Next counter to allocate, across all ledgers of the incarnation.
    case nextCounter = "next_counter"
    case clock
    /// Present while the projection is empty after a new version changed its shape.
    case rebuild
    /// Present until the replay that looks for relief of look-ups which an earlier version answered.
    case reliefAnew = "relief_anew"
}

private enum MetaSQL {
    static let value = HotSQL("SELECT value FROM meta WHERE key = ?")
    static let set = HotSQL("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
}

extension ReadTransaction {
    package func meta(_ key: MetaKey) throws -> [UInt8]? {
        let statement = try hot(MetaSQL.value)
        statement.bind(1, key.rawValue)
        return try statement.first { $0.bytes(0) }
    }

    package func metaNumber(_ key: MetaKey) throws -> UInt64? {
        try meta(key).flatMap { bytes in bytes.count == 8 ? bytes.reduce(0) { $0 << 8 | UInt64($1) } : nil }
    }

    /// nil before the node was initialised.
    package func identity() throws -> ReplicaID? {
        guard let path = try meta(.path), let raw = try meta(.incarnation), let node = NodePath(String(decoding: path, as: UTF8.self)),
            let incarnation = Incarnation(raw)
        else { return nil }
        return ReplicaID(path: node, incarnation: incarnation)
    }
}

extension ReadTransaction {
    /// The tables of the projection were made anew: the truth is to be replayed into them.
    package func projectionIsDue() throws -> Bool { try meta(.rebuild) != nil }
}

extension WriteTransaction {
    package func projectionIsDone() throws {
        for key in [MetaKey.rebuild, .reliefAnew] { try db.execute(sql: "DELETE FROM meta WHERE key = ?", arguments: [key.rawValue]) }
    }

    package func setMeta(_ key: MetaKey, _ value: [UInt8]) throws {
        let statement = try hot(MetaSQL.set)
        statement.bind(1, key.rawValue)
        statement.bind(2, value)
        try statement.execute()
    }

    package func setMeta(_ key: MetaKey, _ value: UInt64) throws { try setMeta(key, BigEndian.bytes(value)) }

    /// Sets path and incarnation; a new incarnation counts from 1 again.
    package func become(_ replica: ReplicaID) throws {
        try setMeta(.path, Array(replica.path.description.utf8))
        try setMeta(.incarnation, replica.incarnation.bytes)
        try setMeta(.nextCounter, 1)
    }

    /// Allocates `count` counters in this transaction, so that commit order and counter order agree.
    package func allocateCounters(_ count: Int) throws -> UInt64 {
        let first = try metaNumber(.nextCounter) ?? 1
        try setMeta(.nextCounter, first + UInt64(count))
        return first
    }

    /// The next hybrid time when the wall clock shows `now` (milliseconds).
    package func tick(now: UInt64) throws -> HybridTime {
        let next = HybridTime(raw: try metaNumber(.clock) ?? 0).advanced(to: now)
        try setMeta(.clock, next.raw)
        return next
    }
}
