import Foundation
import GRDB
import Registry
import Replication

/// One order that says a body may be missing.
package struct ErasureRow: Sendable, Hashable {
    /// The change whose body it is.
    package let change: Dot
    package let order: Dot
    /// The record the order speaks of: only a change of this record is erased.
    package let record: Dot

    package init(change: Dot, order: Dot, record: Dot) { (self.change, self.order, self.record) = (change, order, record) }
}

/// A record purged by an accepted order.
package struct PurgeRow: Sendable, Hashable {
    package let record: Dot
    package let order: Dot
    package let ground: ErasureGround
    /// Milliseconds since 1970, by the clock of who ordered it.
    package let capturedAt: UInt64
}

private enum ErasureSQL {
    static let within = HotSQL(
        """
        SELECT counter, order_replica, order_counter, record_replica, record_counter FROM erasure
        WHERE replica = ? AND counter BETWEEN ? AND ? ORDER BY counter, order_replica, order_counter
        """)
    static let isPurged = HotSQL("SELECT 1 FROM purge WHERE record_replica = ? AND record_counter = ? LIMIT 1")
    static let tombstone = HotSQL("SELECT record_replica, record_counter FROM purge WHERE tombstone = ? AND tombstone_key = ? ORDER BY record_replica, record_counter LIMIT 1")
    static let anyTombstone = HotSQL("SELECT 1 FROM purge LIMIT 1")
}

extension ReadTransaction {
    /// Orders held that name bodies of a change set, ascending by change.
    package func erasures(in header: Header) throws -> [ErasureRow] {
        try erasures(of: header.ledger.replica, from: header.firstCounter, count: header.count)
    }

    func erasures(of replica: ReplicaID, from first: UInt64, count: Int) throws -> [ErasureRow] {
        guard let number = try replicaNumber(replica) else { return [] }
        let statement = try hot(ErasureSQL.within)
        statement.bind(1, number)
        statement.bind(2, Int64(clamping: first))
        statement.bind(3, Int64(clamping: first + UInt64(count) - 1))
        var found: [(Int64, Int64, Int64, Int64, Int64)] = []
        try statement.each { row in
            found.append((row.int(0), row.int(1), row.int(2), row.int(3), row.int(4)))
            return true
        }
        return try found.map { row in
            ErasureRow(change: Dot(replica: replica, counter: UInt64(row.0)), order: try dot(row.1, row.2), record: try dot(row.3, row.4))
        }
    }

    /// Orders that name one change.
    package func erasures(of change: Dot) throws -> [ErasureRow] { try erasures(of: change.replica, from: change.counter, count: 1) }

    /// Whether an accepted order purged the record with this id.
    package func isPurged(_ record: Dot) throws -> Bool {
        guard let replica = try replicaNumber(record.replica) else { return false }
        let statement = try hot(ErasureSQL.isPurged)
        statement.bind(1, replica)
        statement.bind(2, Int64(clamping: record.counter))
        return try statement.any()
    }

    /// The purged record that left this tombstone; nil when none did.
    package func purged(_ tombstone: Tombstone) throws -> Dot? {
        let statement = try hot(ErasureSQL.tombstone)
        statement.bind(1, tombstone.digest.bytes)
        statement.bind(2, Int64(tombstone.key.rawValue))
        guard let found = try statement.first({ ($0.int(0), $0.int(1)) }) else { return nil }
        return try dot(found.0, found.1)
    }

    /// Whether any decision was ever purged: the cheap question of an import.
    package func anyTombstone() throws -> Bool { try hot(ErasureSQL.anyTombstone).any() }

    /// Orders that purged a record, ascending.
    package func purges(of record: Dot) throws -> [PurgeRow] {
        guard let replica = try replicaNumber(record.replica) else { return [] }
        let statement = try db.cachedStatement(sql: "SELECT replica, counter, ground, captured_at FROM purge WHERE record_replica = ? AND record_counter = ?")
        return try Row.fetchAll(statement, arguments: [replica, Int64(clamping: record.counter)]).map { row in
            let ground: UInt32 = row[2], captured: Int64 = row[3]
            return PurgeRow(record: record, order: try dot(row[0], row[1]), ground: ErasureGround(rawValue: ground) ?? .retention, capturedAt: UInt64(captured))
        }.sorted { $0.order < $1.order }
    }

    /// Changes quarantined for being of purged records (M43) whose bodies no order names yet, ascending.
    package func latePurged(limit: Int) throws -> [Dot] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT replica, counter FROM pending WHERE rule = 'purged'
                AND NOT EXISTS (SELECT 1 FROM erasure WHERE erasure.replica = pending.replica AND erasure.counter = pending.counter)
                ORDER BY replica, counter LIMIT ?
                """, arguments: [limit])
        return try rows.map { try dot($0[0], $0[1]) }
    }

    /// Changes that wait or are quarantined, ascending.
    package func eachPending(_ body: (Dot) throws -> Void) throws {
        for row in try Row.fetchAll(db, sql: "SELECT replica, counter FROM pending ORDER BY replica, counter") { try body(try dot(row[0], row[1])) }
    }
}

extension WriteTransaction {
    /// From now on these bodies may be missing.
    package func note(_ erasures: [ErasureRow]) throws {
        let statement = try db.cachedStatement(sql: "INSERT OR IGNORE INTO erasure VALUES (?, ?, ?, ?, ?, ?)")
        for row in erasures {
            try statement.execute(arguments: [
                try number(row.change.replica), Int64(clamping: row.change.counter), try number(row.order.replica), Int64(clamping: row.order.counter),
                try number(row.record.replica), Int64(clamping: row.record.counter),
            ])
        }
    }

    package func put(_ order: ErasureOrder, change: Dot, record: Dot, capturedAt: UInt64) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO purge VALUES (?, ?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
            try number(record.replica), Int64(clamping: record.counter), try number(change.replica), Int64(clamping: change.counter), order.ground.rawValue,
            Int64(clamping: capturedAt), order.tombstone.map { Data($0.digest.bytes) }, order.tombstone?.key.rawValue,
        ])
    }

    /// Puts a reduced set in the place of the one stored: same header, signature and digest.
    package func replaceBodies(of id: Int64, by reduced: SealedChangeSet) throws {
        try db.cachedStatement(sql: "UPDATE change_set SET digests = ?, compression = ?, bodies_size = ?, bodies = ? WHERE id = ?").execute(arguments: [
            Data(reduced.digests), reduced.compression, reduced.bodiesSize, Data(reduced.bodies), id,
        ])
    }

    /// Takes a purged record out of the projection: its row, its changes and what they describe. What of its changes is
    /// pending stays noted.
    /// - Returns: the changes that were linked to it.
    package func forget(_ record: Dot) throws -> [Dot] {
        try flushCounts()
        let linked = try changes(of: record)
        for change in linked { try eraseContents(of: change) }
        guard let replica = try replicaNumber(record.replica) else { return linked }
        let id = try PackedDot.pack(replica, record.counter)
        try removeRow(id)
        for table in ["acted_record", "open_record", "linked_record"] { try db.execute(sql: "DELETE FROM \(table) WHERE id = ?", arguments: [id]) }
        try flushCounts()
        try db.execute(sql: "DELETE FROM record_change WHERE record_replica = ? AND record_counter = ?", arguments: [replica, Int64(record.counter)])
        return linked
    }

    /// A link stands with both records it is about; the other one forgets it too.
    package func unlinkChange(_ change: Dot, from record: Dot) throws {
        try db.execute(
            sql: "DELETE FROM record_change WHERE record_replica = ? AND record_counter = ? AND replica = ? AND counter = ?",
            arguments: [try number(record.replica), Int64(clamping: record.counter), try number(change.replica), Int64(clamping: change.counter)])
    }

    /// What was noted of a change goes with its body.
    package func forgetPending(_ change: Dot) throws {
        let arguments: StatementArguments = [try number(change.replica), Int64(clamping: change.counter)]
        try db.execute(sql: "DELETE FROM pending WHERE replica = ? AND counter = ?", arguments: arguments)
        try db.execute(sql: "DELETE FROM suspension WHERE replica = ? AND counter = ?", arguments: arguments)
        waits = nil
    }
}
