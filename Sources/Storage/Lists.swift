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
    /// The change that issued it.
    package let change: Dot
    /// Published entries, removed ones included.
    package let entries: UInt64
    package let digest: Digest
    /// Milliseconds since 1970 by the issuer's clock.
    package let capturedAt: UInt64
    /// 0 = no person is listed.
    package let epoch: UInt32
    package let persons: UInt64
    package let keyCheck: Digest?
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
    /// Stable key of a person whose number is held here; nil elsewhere.
    package let person: String?
    /// The change here that holds the person's number and name.
    package let draft: Dot?
    /// A removal of the same subject and document is held.
    package let removed: Bool
    /// Of the grounds, to the subject.
    package var notice: ListNotice?
    /// That it follows.
    package var proposal: Dot?
    /// The subject was removed from the list under another document, and no notice came with this one (M26).
    package var lacksNotice = false

    /// Whether it waits for a notice of grounds; such an entry does not stand.
    package func isPending(in list: ListOpened) -> Bool { notice == nil && (lacksNotice || list.noticeRequired) }

    /// Whether it names a person by list digest.
    package var isListedPerson: Bool { subject.hasPrefix("listed:") }
}

extension ReadTransaction {
    package func lists() throws -> [ListRow] {
        try Row.fetchAll(db.cachedStatement(sql: "SELECT * FROM list")).map { try listRow($0) }.sorted { $0.id < $1.id }
    }

    package func list(_ id: Dot) throws -> ListRow? {
        guard let replica = try replicaNumber(id.replica) else { return nil }
        let statement = try db.cachedStatement(sql: "SELECT * FROM list WHERE replica = ? AND counter = ?")
        return try Row.fetchOne(statement, arguments: [replica, Int64(id.counter)]).map { try listRow($0) }
    }

    private func listRow(_ row: Row) throws -> ListRow {
        let age: Int64 = row["max_age"], kind: UInt32 = row["kind"]
        return ListRow(
            id: try dot(row["replica"], row["counter"]),
            opened: ListOpened(code: row["code"], title: row["title"], basis: row["basis"], authority: row["authority"], maxAge: UInt32(clamping: age),
                kind: ListKind(rawValue: kind) ?? .other, noticeRequired: row["notice_required"]))
    }

    /// The newest edition of a list: highest number, then greatest dot; nil before the first.
    package func newestEdition(of list: Dot) throws -> ListEditionRow? {
        guard let replica = try replicaNumber(list.replica) else { return nil }
        let statement = try db.cachedStatement(
            sql: """
                SELECT * FROM list_edition WHERE list_replica = ? AND list_counter = ?
                    AND number = (SELECT max(number) FROM list_edition WHERE list_replica = ? AND list_counter = ?)
                """)
        return try Row.fetchAll(statement, arguments: [replica, Int64(list.counter), replica, Int64(list.counter)]).map { row in
            let number: Int64 = row["number"]
            let entries: Int64 = row["entries"]
            let captured: Int64 = row["captured_at"]
            let digest: Data = row["digest"]
            let epoch: Int64 = row["epoch"]
            let persons: Int64 = row["persons"]
            let check: Data? = row["key_check"]
            return ListEditionRow(
                number: UInt64(number), change: try dot(row["replica"], row["counter"]), entries: UInt64(entries), digest: Digest(digest) ?? .zero,
                capturedAt: UInt64(captured), epoch: UInt32(clamping: epoch), persons: UInt64(persons), keyCheck: check.flatMap { Digest($0) })
        }.max { $0.change < $1.change }
    }

    private static let entrySelect = """
        SELECT list_entry.*, EXISTS (
            SELECT 1 FROM list_removal WHERE list_removal.list_replica = list_entry.list_replica
                AND list_removal.list_counter = list_entry.list_counter
                AND list_removal.subject = list_entry.subject AND list_removal.document = list_entry.document) AS removed,
            notice_on IS NULL AND EXISTS (
            SELECT 1 FROM list_removal WHERE list_removal.list_replica = list_entry.list_replica
                AND list_removal.list_counter = list_entry.list_counter
                AND list_removal.subject = list_entry.subject AND list_removal.document <> list_entry.document) AS lacks_notice
        FROM list_entry
        """

    /// Entries of one subject over all lists, removed ones included.
    package func entries(subject: String) throws -> [ListEntryRow] {
        let statement = try db.cachedStatement(sql: Self.entrySelect + " WHERE subject = ?")
        return try Row.fetchAll(statement, arguments: [subject]).map { try entryRow($0) }
    }

    /// Entries of a person whose number is held here, by stable key, drafts included.
    package func entries(person: String) throws -> [ListEntryRow] {
        let statement = try db.cachedStatement(sql: Self.entrySelect + " WHERE person = ?")
        return try Row.fetchAll(statement, arguments: [person]).map { try entryRow($0) }
    }

    /// Published entries of a person by list digest, with the epoch of the digest.
    package func entries(listed digest: Digest) throws -> [(epoch: UInt32, entry: ListEntryRow)] {
        let statement = try db.cachedStatement(sql: "SELECT entry_replica, entry_counter, epoch FROM list_digest WHERE digest = ?")
        var found: [(epoch: UInt32, entry: ListEntryRow)] = []
        for row in try Row.fetchAll(statement, arguments: [Data(digest.bytes)]) {
            let epoch: Int64 = row["epoch"]
            for entry in try entries(replica: row["entry_replica"], counter: row["entry_counter"]) where entry.published {
                found.append((UInt32(clamping: epoch), entry))
            }
        }
        return found
    }

    /// The states held under one entry id: a draft, a published one, or none.
    package func entries(id: Dot) throws -> [ListEntryRow] {
        guard let replica = try replicaNumber(id.replica) else { return [] }
        return try entries(replica: replica, counter: Int64(id.counter))
    }

    private func entries(replica: Int64, counter: Int64) throws -> [ListEntryRow] {
        let statement = try db.cachedStatement(sql: Self.entrySelect + " WHERE entry_replica = ? AND entry_counter = ?")
        return try Row.fetchAll(statement, arguments: [replica, counter]).map { try entryRow($0) }
    }

    /// Drafts of a list, removed ones included, ascending by id, after `after`.
    package func stagedEntries(of list: Dot, after: Dot?, limit: Int) throws -> [ListEntryRow] {
        guard let replica = try replicaNumber(list.replica) else { return [] }
        let place = try after.map { (try replicaNumber($0.replica) ?? 0, Int64($0.counter)) } ?? (0, 0)
        let statement = try db.cachedStatement(
            sql: Self.entrySelect + """
                 INDEXED BY list_entry_staged WHERE list_replica = ? AND list_counter = ? AND published = 0
                    AND (entry_replica, entry_counter) > (?, ?) ORDER BY entry_replica, entry_counter LIMIT ?
                """)
        return try Row.fetchAll(statement, arguments: [replica, Int64(list.counter), place.0, place.1, limit]).map { try entryRow($0) }
    }

    /// Published persons of a list without a digest of `epoch`, removed ones included, ascending by id, after `after`.
    package func undigestedEntries(of list: Dot, epoch: UInt32, after: Dot?, limit: Int) throws -> [ListEntryRow] {
        guard let replica = try replicaNumber(list.replica) else { return [] }
        let place = try after.map { (try replicaNumber($0.replica) ?? 0, Int64($0.counter)) } ?? (0, 0)
        let statement = try db.cachedStatement(
            sql: Self.entrySelect + """
                 INDEXED BY list_entry_id WHERE list_replica = ? AND list_counter = ? AND published = 1 AND subject >= 'listed:' AND subject < 'listed;'
                    AND (entry_replica, entry_counter) > (?, ?)
                    AND NOT EXISTS (SELECT 1 FROM list_digest WHERE list_digest.entry_replica = list_entry.entry_replica
                        AND list_digest.entry_counter = list_entry.entry_counter AND list_digest.epoch = ?)
                ORDER BY entry_replica, entry_counter LIMIT ?
                """)
        return try Row.fetchAll(statement, arguments: [replica, Int64(list.counter), place.0, place.1, Int64(epoch), limit]).map { try entryRow($0) }
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
        let draftReplica: Int64? = row["draft_replica"], draftCounter: Int64? = row["draft_counter"]
        var draft: Dot?
        if let draftReplica, let draftCounter { draft = try dot(draftReplica, draftCounter) }
        let number: String? = row["notice"], served: Int? = row["notice_on"]
        let proposalReplica: Int64? = row["proposal_replica"], proposalCounter: Int64? = row["proposal_counter"]
        var proposal: Dot?
        if let proposalReplica, let proposalCounter { proposal = try dot(proposalReplica, proposalCounter) }
        var notice: ListNotice?
        if let number, let served { notice = ListNotice(document: number, servedOn: CivilDate(daysSinceEpoch: served) ?? .earliest) }
        return ListEntryRow(
            list: try dot(row["list_replica"], row["list_counter"]), id: try dot(row["entry_replica"], row["entry_counter"]),
            subject: row["subject"], name: row["name"], document: row["document"], authority: row["authority"],
            since: CivilDate(daysSinceEpoch: since) ?? .earliest, until: until.flatMap { CivilDate(daysSinceEpoch: $0) },
            published: row["published"], change: try dot(row["change_replica"], row["change_counter"]), person: row["person"], draft: draft, removed: row["removed"],
            notice: notice, proposal: proposal, lacksNotice: row["lacks_notice"])
    }

    /// How many entries, published and staged, a subject and document have in a list.
    package func entryCounts(of list: Dot, subject: String, document: String) throws -> (published: Int, staged: Int) {
        guard let replica = try replicaNumber(list.replica) else { return (0, 0) }
        let statement = try db.cachedStatement(
            sql: "SELECT count(*), count(*) FILTER (WHERE published = 0) FROM list_entry WHERE list_replica = ? AND list_counter = ? AND subject = ? AND document = ?")
        guard let row = try Row.fetchOne(statement, arguments: [replica, Int64(list.counter), subject, document]) else { return (0, 0) }
        let all: Int = row[0], staged: Int = row[1]
        return (all - staged, staged)
    }

    /// Published entries that wait for a notice of grounds: those of `list` that stand but for it.
    package func pendingEntries(of list: ListRow) throws -> Int {
        guard let replica = try replicaNumber(list.id.replica) else { return 0 }
        let place: StatementArguments = [replica, Int64(list.id.counter)]
        let open = "published = 1 AND notice_on IS NULL AND NOT EXISTS (SELECT 1 FROM list_removal r WHERE r.list_replica = e.list_replica AND r.list_counter = e.list_counter AND r.subject = e.subject AND r.document = e.document)"
        if list.opened.noticeRequired {
            return try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM list_entry e WHERE list_replica = ? AND list_counter = ? AND \(open)"), arguments: place) ?? 0
        }
        let statement = try db.cachedStatement(
            sql: """
                SELECT count(*) FROM (SELECT DISTINCT list_replica, list_counter, subject FROM list_removal WHERE list_replica = ? AND list_counter = ?) AS gone
                JOIN list_entry e ON e.list_replica = gone.list_replica AND e.list_counter = gone.list_counter AND e.subject = gone.subject WHERE \(open)
                """)
        return try Int.fetchOne(statement, arguments: place) ?? 0
    }

    /// Whether a removal of subject and document is held.
    package func isRemoved(_ list: Dot, subject: String, document: String) throws -> Bool {
        guard let replica = try replicaNumber(list.replica) else { return false }
        let statement = try db.cachedStatement(
            sql: "SELECT 1 FROM list_removal WHERE list_replica = ? AND list_counter = ? AND subject = ? AND document = ? LIMIT 1")
        return try Int.fetchOne(statement, arguments: [replica, Int64(list.counter), subject, document]) != nil
    }
}

extension WriteTransaction {
    package func put(_ opened: ListOpened, id: Dot) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO list VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
            try number(id.replica), Int64(id.counter), opened.code, opened.title, opened.basis, opened.authority, opened.maxAge, opened.kind.rawValue,
            opened.noticeRequired,
        ])
    }

    /// Writes one state of an entry as it is; the caller has decided that it stands.
    /// - Parameter person: stable key and the change that holds the number, where it is held.
    package func put(_ entry: ListEntry, id: Dot, change: Dot, published: Bool, person: (key: String, draft: Dot)?) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO list_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
            try number(entry.list.replica), Int64(entry.list.counter), entry.subject.lookupText, entry.document,
            try number(id.replica), Int64(id.counter), entry.name, entry.authority, entry.since.daysSinceEpoch,
            entry.until?.daysSinceEpoch, published, try number(change.replica), Int64(change.counter), person?.key,
            try person.map { try number($0.draft.replica) }, person.map { Int64($0.draft.counter) },
            entry.notice?.document, entry.notice?.servedOn.daysSinceEpoch, try entry.proposal.map { try number($0.replica) }, entry.proposal.map { Int64($0.counter) },
        ])
    }

    /// Forgets the states held under an entry id, drafts alone or published ones.
    package func dropEntry(_ id: Dot, published: Bool) throws {
        try db.cachedStatement(sql: "DELETE FROM list_entry WHERE entry_replica = ? AND entry_counter = ? AND published = ?").execute(arguments: [
            try number(id.replica), Int64(id.counter), published,
        ])
    }

    /// The number of a published person has become known here.
    package func setPerson(_ person: String, draft: Dot, ofEntry id: Dot) throws {
        let sql = "UPDATE list_entry SET person = ?, draft_replica = ?, draft_counter = ? WHERE entry_replica = ? AND entry_counter = ?"
        try db.cachedStatement(sql: sql).execute(arguments: [
            person, try number(draft.replica), Int64(draft.counter), try number(id.replica), Int64(id.counter),
        ])
    }

    package func put(_ removal: ListRemoval, change: Dot) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO list_removal VALUES (?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
            try number(removal.list.replica), Int64(removal.list.counter), removal.subject.lookupText, removal.document,
            try number(change.replica), Int64(change.counter), removal.reason,
        ])
    }

    package func put(_ edition: ListEdition, change: Dot, capturedAt: UInt64) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO list_edition VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
            try number(edition.list.replica), Int64(edition.list.counter), Int64(clamping: edition.number), try number(change.replica),
            Int64(change.counter), Int64(clamping: edition.entries), Data(edition.digest.bytes), Int64(clamping: capturedAt),
            Int64(edition.epoch), Int64(clamping: edition.persons), edition.keyCheck.map { Data($0.bytes) },
        ])
    }

    /// - Returns: false when the entry has a digest of this epoch already; the first stays.
    package func putDigest(_ digest: Digest, epoch: UInt32, entry: Dot, list: Dot) throws -> Bool {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO list_digest VALUES (?, ?, ?, ?, ?, ?)").execute(arguments: [
            try number(entry.replica), Int64(entry.counter), Int64(epoch), try number(list.replica), Int64(list.counter), Data(digest.bytes),
        ])
        return db.changesCount > 0
    }
}
