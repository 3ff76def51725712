import Foundation
import GRDB
import Registry
import Replication

/// Counts of a list, kept while changes are applied.
package struct ListCounts: Sendable, Hashable {
    /// Published entries, removed ones included.
    package var published = 0
    /// Of those, removed.
    package var removed = 0
    /// Drafts of this node.
    package var staged = 0
    /// Published entries that name a person by list digest.
    package var persons = 0
    /// Of those, with the number held here.
    package var known = 0
    /// Published entries later than the newest edition.
    package var beyond = 0
    /// The entries are exactly those the newest edition speaks of, as far as it speaks.
    package var confirmed = false

    package init() {}
}

/// The whole state of a list.
package struct ListStateRow: Sendable, Hashable {
    package var counts = ListCounts()
    /// Of published entries.
    package var added = SetHash.empty
    /// Of published entries later than the newest edition.
    package var beyond = SetHash.empty
    /// Of removals, each subject and document once.
    package var removals = SetHash.empty

    package init() {}
}

extension ReadTransaction {
    private static let countColumns = "published, removed, staged, persons, known, beyond, confirmed"

    /// Counts alone: cheap enough for every look-up. Zero for a list without entries.
    package func listCounts(_ list: Dot) throws -> ListCounts {
        guard let replica = try replicaNumber(list.replica) else { return ListCounts() }
        let statement = try db.cachedStatement(sql: "SELECT \(Self.countColumns) FROM list_state WHERE list_replica = ? AND list_counter = ?")
        return try Row.fetchOne(statement, arguments: [replica, Int64(list.counter)]).map(counts) ?? ListCounts()
    }

    package func listState(_ list: Dot) throws -> ListStateRow {
        var state = ListStateRow()
        guard let replica = try replicaNumber(list.replica) else { return state }
        let statement = try db.cachedStatement(sql: "SELECT * FROM list_state WHERE list_replica = ? AND list_counter = ?")
        guard let row = try Row.fetchOne(statement, arguments: [replica, Int64(list.counter)]) else { return state }
        state.counts = counts(row)
        let added: Data = row["added_hash"], beyond: Data = row["beyond_hash"], removals: Data = row["removal_hash"]
        guard let addedHash = SetHash(added), let beyondHash = SetHash(beyond), let removalHash = SetHash(removals) else {
            throw StorageError(message: "the state of a list is damaged", hint: "creditnode rebuild")
        }
        (state.added, state.beyond, state.removals) = (addedHash, beyondHash, removalHash)
        return state
    }

    private func counts(_ row: Row) -> ListCounts {
        var counts = ListCounts()
        counts.published = row["published"]
        counts.removed = row["removed"]
        counts.staged = row["staged"]
        counts.persons = row["persons"]
        counts.known = row["known"]
        counts.beyond = row["beyond"]
        counts.confirmed = row["confirmed"]
        return counts
    }

    /// Digests of an epoch held of a list, and how many of them are later than the newest edition.
    package func coverage(of list: Dot, epoch: UInt32) throws -> (covered: Int, beyond: Int) {
        guard let replica = try replicaNumber(list.replica) else { return (0, 0) }
        let statement = try db.cachedStatement(sql: "SELECT covered, beyond FROM list_epoch WHERE list_replica = ? AND list_counter = ? AND epoch = ?")
        return try Row.fetchOne(statement, arguments: [replica, Int64(list.counter), Int64(epoch)]).map { ($0["covered"], $0["beyond"]) } ?? (0, 0)
    }

    /// Epochs of which a list has digests, ascending.
    package func epochs(of list: Dot) throws -> [UInt32] {
        guard let replica = try replicaNumber(list.replica) else { return [] }
        let statement = try db.cachedStatement(sql: "SELECT epoch FROM list_epoch WHERE list_replica = ? AND list_counter = ? AND covered > 0 ORDER BY epoch")
        return try Int64.fetchAll(statement, arguments: [replica, Int64(list.counter)]).map { UInt32(clamping: $0) }
    }
}

extension WriteTransaction {
    package func put(_ state: ListStateRow, of list: Dot) throws {
        let counts = state.counts
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO list_state VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
            try number(list.replica), Int64(list.counter), counts.published, counts.removed, counts.staged, counts.persons, counts.known,
            counts.beyond, counts.confirmed, Data(state.added.bytes), Data(state.beyond.bytes), Data(state.removals.bytes),
        ])
    }

    /// Counts one more digest of an epoch.
    package func countDigest(of list: Dot, epoch: UInt32, isBeyond: Bool) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO list_epoch VALUES (?, ?, ?, 1, ?)
                ON CONFLICT DO UPDATE SET covered = covered + 1, beyond = beyond + excluded.beyond
                """
        ).execute(arguments: [try number(list.replica), Int64(list.counter), Int64(epoch), isBeyond])
    }

    /// A newer edition speaks of all digests held.
    package func nothingBeyond(_ list: Dot) throws {
        try db.cachedStatement(sql: "UPDATE list_epoch SET beyond = 0 WHERE list_replica = ? AND list_counter = ?").execute(arguments: [
            try number(list.replica), Int64(list.counter),
        ])
    }

    /// Forgets the digests of epochs before `epoch`.
    package func dropDigests(of list: Dot, before epoch: UInt32) throws {
        let place: StatementArguments = [try number(list.replica), Int64(list.counter), Int64(epoch)]
        try db.cachedStatement(sql: "DELETE FROM list_epoch WHERE list_replica = ? AND list_counter = ? AND epoch < ?").execute(arguments: place)
        guard db.changesCount > 0 else { return }
        try db.cachedStatement(sql: "DELETE FROM list_digest WHERE list_replica = ? AND list_counter = ? AND epoch < ?").execute(arguments: place)
    }
}
