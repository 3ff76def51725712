import Foundation
import GRDB
import Registry
import Replication

private enum OptOutSQL {
    static let any = HotSQL("SELECT 1 FROM opt_out LIMIT 1")
    static let stands = HotSQL(
        """
        SELECT 1 FROM opt_out WHERE subject = ?1 AND item = ?2 AND NOT EXISTS (
        SELECT 1 FROM opt_out_lifted WHERE wish_replica = opt_out.origin_replica AND wish_counter = opt_out.origin_counter AND opt_out_lifted.subject = ?1) LIMIT 1
        """)
}

extension ReadTransaction {
    /// Whether any subject opted out of anything: the cheap question of an import.
    package func anyOptOut() throws -> Bool { try hot(OptOutSQL.any).any() }

    /// Whether a wish of the subject about an item stands: one that no later change of the subject lifted.
    package func hasOptOut(subject: Digest, item: UInt32) throws -> Bool {
        guard try anyOptOut() else { return false }
        let statement = try hot(OptOutSQL.stands)
        statement.bind(1, subject.bytes)
        statement.bind(2, Int64(item))
        return try statement.any()
    }

    /// Origins of the wishes of a subject that stand, with their items, ascending.
    package func optOuts(subject: Digest) throws -> [(origin: Dot, items: [UInt32])] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT origin_replica, origin_counter, item FROM opt_out WHERE subject = ?1 AND NOT EXISTS (
                SELECT 1 FROM opt_out_lifted WHERE wish_replica = opt_out.origin_replica AND wish_counter = opt_out.origin_counter AND opt_out_lifted.subject = ?1)
                ORDER BY item
                """, arguments: [Data(subject.bytes)])
        var found: [Dot: [UInt32]] = [:]
        for row in rows { found[try dot(row[0], row[1]), default: []].append(row[2]) }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension ReadTransaction {
    /// Wishes of a subject and what lifts them, by origin, each with the copies held: ascending.
    package func optOutCopies(subject: Digest) throws -> [(origin: Dot, copies: [Dot])] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT origin_replica, origin_counter, replica, counter FROM opt_out WHERE subject = ?1
                UNION SELECT DISTINCT origin_replica, origin_counter, replica, counter FROM opt_out_lifted WHERE subject = ?1
                """, arguments: [Data(subject.bytes)])
        var found: [Dot: [Dot]] = [:]
        for row in rows { found[try dot(row[0], row[1]), default: []].append(try dot(row[2], row[3])) }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted()) }
    }

    /// Who records of an item are about, with their homes.
    package func subjects(of item: UInt32) throws -> [(subject: String, home: NodePath)] {
        try Row.fetchAll(
            db, sql: "SELECT DISTINCT subject, path FROM record JOIN replica ON replica.id = record.home WHERE item = ? AND validity >= 3", arguments: [item]
        ).compactMap { row in
            guard let home = NodePath(row[1]) else { return nil }
            return (row[0], home)
        }
    }
}

extension WriteTransaction {
    package func put(_ wish: OptOutWish, origin: Dot, change: Dot) throws {
        let copy = (try number(change.replica), Int64(clamping: change.counter)), first = (try number(origin.replica), Int64(clamping: origin.counter))
        let subject = Data(wish.subject.bytes)
        if wish.isWithdrawal {
            for lifted in wish.withdraws {
                try db.execute(
                    sql: "INSERT OR IGNORE INTO opt_out_lifted VALUES (?, ?, ?, ?, ?, ?, ?)",
                    arguments: [try number(lifted.replica), Int64(clamping: lifted.counter), first.0, first.1, copy.0, copy.1, subject])
            }
            return
        }
        for item in wish.items {
            try db.execute(sql: "INSERT OR IGNORE INTO opt_out VALUES (?, ?, ?, ?, ?, ?)", arguments: [subject, item, first.0, first.1, copy.0, copy.1])
        }
    }
}
