import Foundation
import GRDB
import Registry
import Replication

/// A change set as stored, with its place.
package struct StoredChangeSet: Sendable {
    /// Order in which sets became durable here.
    package let id: Int64
    package let ledger: LedgerID
    package let sequence: UInt64
    package let firstCounter: UInt64
    package let count: Int
    package let digest: Digest
    /// Milliseconds since 1970 by the local clock.
    package let receivedAt: UInt64
    /// Without certificate chain; ``ReadTransaction/keyChain(_:)`` has it.
    package let sealed: SealedChangeSet
}

private enum LedgerSQL {
    static let replica = HotSQL("SELECT id FROM replica WHERE path = ? AND incarnation = ?")
    static let ledger = HotSQL("SELECT id, sequence, digest FROM ledger WHERE replica = ? AND audience = ? AND lane = ?")
    static let digest = HotSQL("SELECT digest FROM change_set WHERE ledger = ? AND sequence = ?")
    static let lastBefore = HotSQL("SELECT first_counter + count FROM change_set WHERE replica = ? AND first_counter < ? ORDER BY first_counter DESC LIMIT 1")
    static let insert = HotSQL(
        """
        INSERT INTO change_set (ledger, sequence, replica, first_counter, count, digest, header, signature, digests, compression, bodies_size, bodies, received_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    static let move = HotSQL("UPDATE ledger SET sequence = ?, digest = ?, changes = changes + ? WHERE id = ?")
}

/// A ledger's row, remembered within a transaction.
struct LedgerPlace {
    let number: Int64
    var tip: Tip
}

extension ReadTransaction {
    func replicaNumber(_ replica: ReplicaID) throws -> Int64? {
        // One after another is nearly always the same.
        if let last = lastReplica, last.replica == replica { return last.number }
        if let number = numbers[replica] {
            lastReplica = (replica, number)
            return number
        }
        let statement = try hot(LedgerSQL.replica)
        statement.bind(1, replica.path.description)
        statement.bind(2, replica.incarnation.bytes)
        let number = try statement.first { $0.int(0) }
        numbers[replica] = number
        return number
    }

    /// nil for a ledger not held.
    func place(of ledger: LedgerID) throws -> LedgerPlace? {
        if let place = places[ledger] { return place }
        guard let replica = try replicaNumber(ledger.replica) else { return nil }
        let statement = try hot(LedgerSQL.ledger)
        statement.bind(1, replica)
        statement.bind(2, ledger.audience.description)
        statement.bind(3, Int64(ledger.lane.rawValue))
        let place = try statement.first { row in
            LedgerPlace(number: row.int(0), tip: Tip(sequence: UInt64(row.int(1)), digest: Digest(row.bytes(2)) ?? .zero))
        }
        places[ledger] = place
        return place
    }

    func replica(number: Int64) throws -> ReplicaID {
        if let replica = replicas[number] { return replica }
        let statement = try db.cachedStatement(sql: "SELECT path, incarnation FROM replica WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [number]) else { throw StorageError(message: "replica \(number) is missing", hint: "run `creditnode doctor`") }
        let replica = try replica(row)
        replicas[number] = replica
        return replica
    }

    private func replica(_ row: Row) throws -> ReplicaID {
        let data: Data = row["incarnation"]
        guard let path = NodePath(row["path"]), let incarnation = Incarnation(data) else {
            throw StorageError(message: "a replica row is damaged", hint: "run `creditnode doctor`")
        }
        return ReplicaID(path: path, incarnation: incarnation)
    }

    private func ledger(_ row: Row) throws -> LedgerID {
        let lane: UInt32 = row["lane"]
        guard let audience = Audience(row["audience"]), let lane = Lane(rawValue: lane) else {
            throw StorageError(message: "a ledger row is damaged", hint: "run `creditnode doctor`")
        }
        return LedgerID(replica: try replica(row), audience: audience, lane: lane)
    }

    private static let ledgerColumns = "ledger.id, replica.path, replica.incarnation, ledger.audience, ledger.lane, ledger.sequence, ledger.digest"

    /// Every ledger held, with its tip, ascending by ledger id.
    package func tips() throws -> [LedgerTip] {
        let rows = try Row.fetchAll(db, sql: "SELECT \(Self.ledgerColumns) FROM ledger JOIN replica ON replica.id = ledger.replica")
        return try rows.map { row in
            let sequence: Int64 = row["sequence"]
            let digest: Data = row["digest"]
            return LedgerTip(ledger: try ledger(row), tip: Tip(sequence: UInt64(sequence), digest: Digest(digest) ?? .zero))
        }.sorted { $0.ledger < $1.ledger }
    }

    func ledgerNumber(_ ledger: LedgerID) throws -> Int64? { try place(of: ledger)?.number }

    /// ``Tip/none`` for a ledger not held.
    package func tip(of ledger: LedgerID) throws -> Tip {
        guard let place = try place(of: ledger), place.tip.sequence > 0 else { return .none }
        return place.tip
    }

    /// The header digest of one entry; nil when it is not held.
    package func digest(of ledger: LedgerID, at sequence: UInt64) throws -> Digest? {
        guard let number = try ledgerNumber(ledger) else { return nil }
        let statement = try hot(LedgerSQL.digest)
        statement.bind(1, number)
        statement.bind(2, Int64(clamping: sequence))
        return try statement.first { Digest($0.bytes(0)) } ?? nil
    }

    /// Entries after `sequence`, ascending, until `limitBytes` is passed (at least one).
    package func changeSets(of ledger: LedgerID, after sequence: UInt64, limitBytes: Int) throws -> [StoredChangeSet] {
        guard let number = try ledgerNumber(ledger) else { return [] }
        let statement = try db.cachedStatement(sql: "SELECT * FROM change_set WHERE ledger = ? AND sequence > ? ORDER BY sequence")
        let cursor = try Row.fetchCursor(statement, arguments: [number, Int64(sequence)])
        var out: [StoredChangeSet] = []
        var bytes = 0
        while bytes < limitBytes, let row = try cursor.next() {
            let stored = stored(row, ledger: ledger)
            bytes += stored.sealed.byteCount
            out.append(stored)
        }
        return out
    }

    /// The header of one entry and when it was stored, without reading its bodies; nil when it is not held.
    package func header(of ledger: LedgerID, at sequence: UInt64) throws -> (header: Header, receivedAt: UInt64)? {
        guard let number = try ledgerNumber(ledger) else { return nil }
        let statement = try db.cachedStatement(sql: "SELECT header, received_at FROM change_set WHERE ledger = ? AND sequence = ?")
        guard let row = try Row.fetchOne(statement, arguments: [number, Int64(clamping: sequence)]) else { return nil }
        let bytes: Data = row[0]
        let received: Int64 = row[1]
        return (try Header(serialized: Array(bytes)), UInt64(received))
    }

    /// The change set that holds `dot`; nil when it is not held.
    package func changeSet(holding dot: Dot) throws -> StoredChangeSet? {
        guard let replica = try replicaNumber(dot.replica) else { return nil }
        let statement = try db.cachedStatement(
            sql: "SELECT * FROM change_set WHERE replica = ? AND first_counter <= ? ORDER BY first_counter DESC LIMIT 1")
        guard let row = try Row.fetchOne(statement, arguments: [replica, Int64(dot.counter)]) else { return nil }
        let first: Int64 = row["first_counter"]
        let count: Int64 = row["count"]
        guard dot.counter < UInt64(first + count) else { return nil }
        return stored(row, ledger: try ledger(numbered: row["ledger"]))
    }

    func ledger(numbered number: Int64) throws -> LedgerID {
        let statement = try db.cachedStatement(
            sql: "SELECT \(Self.ledgerColumns) FROM ledger JOIN replica ON replica.id = ledger.replica WHERE ledger.id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [number]) else {
            throw StorageError(message: "ledger \(number) is missing", hint: "run `creditnode doctor`")
        }
        return try ledger(row)
    }

    func stored(_ row: Row, ledger: LedgerID) -> StoredChangeSet {
        let sequence: Int64 = row["sequence"]
        let first: Int64 = row["first_counter"]
        let received: Int64 = row["received_at"]
        let size: Int64 = row["bodies_size"]
        let digest: Data = row["digest"]
        return StoredChangeSet(
            id: row["id"], ledger: ledger, sequence: UInt64(sequence), firstCounter: UInt64(first), count: row["count"],
            digest: Digest(digest) ?? .zero, receivedAt: UInt64(received),
            sealed: SealedChangeSet(
                header: bytes(row["header"]), signature: bytes(row["signature"]), digests: bytes(row["digests"]),
                compression: row["compression"], bodiesSize: Int(size), bodies: bytes(row["bodies"])))
    }

    func bytes(_ data: Data) -> [UInt8] { Array(data) }

    /// Counts for status pages: change sets and changes held.
    package func totals() throws -> (changeSets: Int, changes: Int, records: Int, waiting: Int, quarantined: Int) {
        // Sequences are contiguous from 1: a ledger holds as many sets as its tip says.
        let row = try Row.fetchOne(db, sql: "SELECT ifnull(sum(sequence), 0), ifnull(sum(changes), 0) FROM ledger")
        let pending = try Row.fetchOne(db, sql: "SELECT ifnull(sum(state = 'waiting'), 0), ifnull(sum(state = 'quarantined'), 0) FROM pending")
        return (
            row?[0] ?? 0, row?[1] ?? 0, try Int.fetchOne(db, sql: "SELECT ifnull(sum(n), 0) FROM record_count") ?? 0,
            pending?[0] ?? 0, pending?[1] ?? 0
        )
    }
}

extension WriteTransaction {
    func replicaNumberMaking(_ replica: ReplicaID) throws -> Int64 {
        if let number = try replicaNumber(replica) { return number }
        try db.execute(
            sql: "INSERT INTO replica (path, incarnation) VALUES (?, ?)",
            arguments: [replica.path.description, Data(replica.incarnation.bytes)])
        let number = db.lastInsertedRowID
        numbers[replica] = number
        return number
    }

    /// Appends the next entry of a ledger and moves its tip.
    ///
    /// - Throws: ``ChangeSetFault``: `out-of-order`, `broken-chain`, or `counter-reused` when a dot would be
    ///   used twice (a restored or cloned author, or a forger).
    package func append(_ set: VerifiedChangeSet, receivedAt: UInt64) throws {
        let header = set.header
        let place = "\(header.ledger) \(header.sequence)"
        let tip = try tip(of: header.ledger)
        guard header.sequence == tip.sequence + 1 else {
            throw ChangeSetFault(.outOfOrder, place, "held up to \(tip.sequence)")
        }
        guard header.previous == (tip.sequence == 0 ? nil : tip.digest) else {
            throw ChangeSetFault(.brokenChain, place, "the previous entry it names is not the one held")
        }
        guard header.firstCounter + UInt64(header.count) <= PackedDot.counterLimit else {
            throw ChangeSetFault(.tooLarge, place, "counters beyond \(PackedDot.counterLimit) are not kept")
        }
        let replica = try replicaNumberMaking(header.ledger.replica)
        let before = try hot(LedgerSQL.lastBefore)
        before.bind(1, replica)
        before.bind(2, Int64(header.firstCounter) + Int64(header.count))
        if let end = try before.first({ $0.int(0) }), end > Int64(header.firstCounter) {
            throw ChangeSetFault(.counterReused, place, "counter \(header.firstCounter) was used before in another change set")
        }
        let ledger = try ledgerNumberMaking(header.ledger, replica)
        try insert(set, ledger, replica, receivedAt)
        let move = try hot(LedgerSQL.move)
        move.bind(1, Int64(header.sequence))
        move.bind(2, set.digest.bytes)
        move.bind(3, Int64(header.count))
        move.bind(4, ledger)
        try move.execute()
        places[header.ledger] = LedgerPlace(number: ledger, tip: Tip(sequence: header.sequence, digest: set.digest))
    }

    private func ledgerNumberMaking(_ ledger: LedgerID, _ replica: Int64) throws -> Int64 {
        if let number = try ledgerNumber(ledger) { return number }
        try db.execute(
            sql: "INSERT INTO ledger (replica, audience, lane, sequence, digest) VALUES (?, ?, ?, 0, zeroblob(32))",
            arguments: [replica, ledger.audience.description, ledger.lane.rawValue])
        return session.lastInsertedID
    }

    private func insert(_ set: VerifiedChangeSet, _ ledger: Int64, _ replica: Int64, _ receivedAt: UInt64) throws {
        let statement = try hot(LedgerSQL.insert)
        statement.bind(1, ledger)
        statement.bind(2, Int64(set.header.sequence))
        statement.bind(3, replica)
        statement.bind(4, Int64(set.header.firstCounter))
        statement.bind(5, Int64(set.header.count))
        statement.bind(6, set.digest.bytes)
        statement.bind(7, set.sealed.header)
        statement.bind(8, set.sealed.signature)
        statement.bind(9, set.sealed.digests)
        statement.bind(10, Int64(set.sealed.compression))
        statement.bind(11, Int64(set.sealed.bodiesSize))
        statement.bind(13, Int64(receivedAt))
        try statement.binding(12, set.sealed.bodies) { try statement.execute() }
    }
}

extension ReadTransaction {
    /// Changes of a ledger after `sequence`, and when the first of them was stored here.
    package func backlog(of ledger: LedgerID, after sequence: UInt64) throws -> (changes: Int, oldest: UInt64?) {
        guard let number = try ledgerNumber(ledger) else { return (0, nil) }
        let statement = try db.cachedStatement(sql: "SELECT ifnull(sum(count), 0) FROM change_set WHERE ledger = ? AND sequence > ?")
        let changes = try Int.fetchOne(statement, arguments: [number, Int64(sequence)]) ?? 0
        guard changes > 0 else { return (0, nil) }
        // The time stands behind the bodies: it is read of one row only, not through megabytes of each.
        let first = try db.cachedStatement(sql: "SELECT received_at FROM change_set WHERE ledger = ? AND sequence > ? ORDER BY sequence LIMIT 1")
        return (changes, try Int64.fetchOne(first, arguments: [number, Int64(sequence)]).map { UInt64($0) })
    }

    /// What a node tells of itself above: records that stand, and changes that do not count yet.
    package func standing() throws -> (records: Int, waiting: Int, quarantined: Int) {
        let pending = try Row.fetchOne(db, sql: "SELECT ifnull(sum(state = 'waiting'), 0), ifnull(sum(state = 'quarantined'), 0) FROM pending")
        return (try Int.fetchOne(db, sql: "SELECT ifnull(sum(n), 0) FROM record_count") ?? 0, pending?[0] ?? 0, pending?[1] ?? 0)
    }
}

extension ReadTransaction {
    /// Change sets in the order they were stored, a page at a time.
    package func changeSetPage(after id: Int64, limit: Int) throws -> [StoredChangeSet] {
        try Row.fetchAll(db, sql: "SELECT * FROM change_set WHERE id > ? ORDER BY id LIMIT ?", arguments: [id, limit]).map { row in
            stored(row, ledger: try ledger(numbered: row["ledger"]))
        }
    }
}
