import Foundation
import GRDB
import Registry
import Replication

package struct ListRow: Sendable, Hashable {
    package let id: Dot
    package let opened: ListOpened
}

package struct ListEditionRow: Sendable, Hashable {
    package let number: UInt64
    package let entries: UInt64
    package let digest: Digest
    /// Milliseconds since 1970 by the issuer's clock.
    package let capturedAt: UInt64
}

/// One entry as held, with what look-ups need.
package struct ListEntryRow: Sendable, Hashable {
    package let list: Dot
    package let id: Dot
    package let subject: String
    package let name: String
    package let document: String
    package let authority: String
    package let since: CivilDate
    package let until: CivilDate?
    /// False while it is a draft of this node.
    package let published: Bool
    /// The change that gave this state.
    package let change: Dot
    /// A removal of the same subject and document is held.
    package let removed: Bool
}

extension ReadTransaction {
    package func lists() throws -> [ListRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM list").map { try listRow($0) }.sorted { $0.id < $1.id }
    }

    package func list(_ id: Dot) throws -> ListRow? {
        guard let replica = try replicaNumber(id.replica) else { return nil }
        let statement = try db.cachedStatement(sql: "SELECT * FROM list WHERE replica = ? AND counter = ?")
        return try Row.fetchOne(statement, arguments: [replica, Int64(id.counter)]).map { try listRow($0) }
    }

    private func listRow(_ row: Row) throws -> ListRow {
        let age: Int64 = row["max_age"]
        return ListRow(
            id: try dot(row["replica"], row["counter"]),
            opened: ListOpened(code: row["code"], title: row["title"], basis: row["basis"], authority: row["authority"], maxAge: UInt32(clamping: age)))
    }

    /// The newest edition of a list; nil before the first.
    package func newestEdition(of list: Dot) throws -> ListEditionRow? {
        guard let replica = try replicaNumber(list.replica) else { return nil }
        let statement = try db.cachedStatement(
            sql: "SELECT * FROM list_edition WHERE list_replica = ? AND list_counter = ? ORDER BY number DESC, replica DESC, counter DESC LIMIT 1")
        return try Row.fetchOne(statement, arguments: [replica, Int64(list.counter)]).map { row in
            let number: Int64 = row["number"]
            let entries: Int64 = row["entries"]
            let captured: Int64 = row["captured_at"]
            let digest: Data = row["digest"]
            return ListEditionRow(number: UInt64(number), entries: UInt64(entries), digest: Digest(digest) ?? .zero, capturedAt: UInt64(captured))
        }
    }

    private static let entrySelect = """
        SELECT list_entry.*, EXISTS (
            SELECT 1 FROM list_removal WHERE list_removal.list_replica = list_entry.list_replica
                AND list_removal.list_counter = list_entry.list_counter
                AND list_removal.subject = list_entry.subject AND list_removal.document = list_entry.document) AS removed
        FROM list_entry
        """

    /// Entries of one subject over all lists, removed ones included.
    package func entries(subject: String) throws -> [ListEntryRow] {
        let statement = try db.cachedStatement(sql: Self.entrySelect + " WHERE subject = ?")
        return try Row.fetchAll(statement, arguments: [subject]).map { try entryRow($0) }
    }

    /// Every entry of a list, ascending by subject and document, one at a time.
    package func eachEntry(of list: Dot, _ body: (ListEntryRow) throws -> Void) throws {
        guard let replica = try replicaNumber(list.replica) else { return }
        let cursor = try Row.fetchCursor(
            db, sql: Self.entrySelect + " WHERE list_replica = ? AND list_counter = ? ORDER BY subject, document, entry_replica, entry_counter",
            arguments: [replica, Int64(list.counter)])
        while let row = try cursor.next() { try body(try entryRow(row)) }
    }

    private func entryRow(_ row: Row) throws -> ListEntryRow {
        let since: Int = row["since"]
        let until: Int? = row["until"]
        return ListEntryRow(
            list: try dot(row["list_replica"], row["list_counter"]), id: try dot(row["entry_replica"], row["entry_counter"]),
            subject: row["subject"], name: row["name"], document: row["document"], authority: row["authority"],
            since: CivilDate(daysSinceEpoch: since) ?? .earliest, until: until.flatMap { CivilDate(daysSinceEpoch: $0) },
            published: row["published"], change: try dot(row["change_replica"], row["change_counter"]), removed: row["removed"])
    }
}

extension WriteTransaction {
    package func put(_ opened: ListOpened, id: Dot) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO list VALUES (?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
            try number(id.replica), Int64(id.counter), opened.code, opened.title, opened.basis, opened.authority, opened.maxAge,
        ])
    }

    /// A published state replaces a draft, never the other way round.
    package func put(_ entry: ListEntry, id: Dot, change: Dot, published: Bool) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO list_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET name = excluded.name, authority = excluded.authority, since = excluded.since, until = excluded.until,
                    published = excluded.published, change_replica = excluded.change_replica, change_counter = excluded.change_counter
                WHERE excluded.published >= list_entry.published
                """
        ).execute(arguments: [
            try number(entry.list.replica), Int64(entry.list.counter), entry.subject.lookupText, entry.document,
            try number(id.replica), Int64(id.counter), entry.name, entry.authority, entry.since.daysSinceEpoch,
            entry.until?.daysSinceEpoch, published, try number(change.replica), Int64(change.counter),
        ])
    }

    package func put(_ removal: ListRemoval, change: Dot) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO list_removal VALUES (?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
            try number(removal.list.replica), Int64(removal.list.counter), removal.subject.lookupText, removal.document,
            try number(change.replica), Int64(change.counter), removal.reason,
        ])
    }

    package func put(_ edition: ListEdition, change: Dot, capturedAt: UInt64) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO list_edition VALUES (?, ?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
            try number(edition.list.replica), Int64(edition.list.counter), Int64(clamping: edition.number), try number(change.replica),
            Int64(change.counter), Int64(clamping: edition.entries), Data(edition.digest.bytes), Int64(clamping: capturedAt),
        ])
    }
}
