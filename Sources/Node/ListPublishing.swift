import Registry
import Replication
import Sealing
import Storage

extension Node {
    /// Entries published, and persons digested anew, in one transaction at most: memory and the time that the
    /// writer is held stay bounded.
    private static let publishAtOnce = 1000
    private static let digestAtOnce = 250

    /// Publishes staged entries and the next edition; the freshness statement follows. Many entries take several
    /// transactions, the last of which holds the edition; an interrupted publication goes on where it stopped.
    /// - Parameter renewal: why the list key was renewed, where that is what is published.
    /// - Throws: ``NodeRefusal`` without a reviewer: a published adverse effect needs two persons.
    package func publishList(code: String, actor: Actor, renewal: String = "") throws -> ListEditionRow {
        try check(actor)
        guard actor.reviewer != nil else {
            throw NodeRefusal(.refused, "four-eyes", zh: "发布名单须经另一人审核", en: "publishing a list needs a reviewer", hint: "--reviewer")
        }
        let list = try store.read { try ownList(code, $0) }
        try checkListKey(for: list)
        var after: Dot?
        var finished = false
        while !finished {
            if after == nil { try digestAnew(list, actor, renewal) }
            let page = try preparePage(list, after: after)
            after = page.isLast ? nil : page.end
            finished = try publish(page, list, actor)
        }
        guard let edition = try store.read({ try $0.newestEdition(of: list.id) }) else { preconditionFailure("an edition was just written") }
        try stateFreshness(of: list.id)
        return edition
    }

    struct Page {
        var entries: [(row: ListEntryRow, entry: ListEntry)] = []
        var end: Dot?
        var isLast: Bool
    }

    /// Staged entries as they will go out. Persons' digests are computed here, beside the writer.
    private func preparePage(_ list: ListRow, after: Dot?) throws -> Page {
        let rows = try store.read { try $0.stagedEntries(of: list.id, after: after, limit: Self.publishAtOnce) }
        return try page(rows, isLast: rows.count < Self.publishAtOnce)
    }

    func page(_ rows: [ListEntryRow], isLast: Bool) throws -> Page {
        let numbers = try store.read { try heldNumbers(of: rows, $0) }
        var page = Page(end: rows.last?.id, isLast: isLast)
        for row in rows where !row.removed {
            let subject: SubjectKey, name: String
            if let number = numbers[row.id] {
                let key = try currentListKey()
                subject = .listed(ListedPerson(epoch: key.epoch, digest: try key.digest(number.document, number: number.text)))
                name = ""
            } else {
                guard let code = CreditCode(row.subject) else { continue }
                (subject, name) = (.organisation(code), row.name)
            }
            page.entries.append(
                (
                    row,
                    ListEntry(
                        list: row.list, subject: subject, name: name, document: row.document, authority: row.authority, since: row.since, until: row.until,
                        notice: row.notice, proposal: row.proposal)
                ))
        }
        return page
    }

    /// - Parameter also: what is written in the same transaction, once the entries are.
    /// - Returns: true when the edition was written too.
    func publish(_ page: Page, _ list: ListRow, _ actor: Actor, also: (WriteTransaction) throws -> LedgerTip? = { _ in nil }) throws -> Bool {
        return try announcing { tx -> (Bool, [LedgerTip]) in
            var tip: LedgerTip?
            // What was published or removed since the page was read stays out.
            let entries = try page.entries.filter { one in try tx.entries(id: one.row.id).contains { !$0.published && !$0.removed } }
            if !entries.isEmpty {
                tip = try issue(
                    entries.map { .listEntry($0.entry) }, records: entries.map(\.row.id), under: try listEditions(list.opened.code, actor, tx), actor, to: .published, tx).1
            }
            let other = try also(tx)
            guard page.isLast, let edition = try nextEdition(list, tx) else { return (false, [tip, other].compactMap { $0 }) }
            tip = try issue([.listEdition(edition)], actor, to: .published, tx).1
            return (true, [tip, other].compactMap { $0 })
        }
    }

    /// - Returns: nil while a standing person has no digest of the newest epoch.
    private func nextEdition(_ list: ListRow, _ tx: WriteTransaction) throws -> ListEdition? {
        let state = try tx.listState(list.id)
        let entries = UInt64(state.counts.published)
        var edition = ListEdition(
            list: list.id, number: try tx.newestEdition(of: list.id).map { $0.number + 1 } ?? 1, entries: entries,
            digest: state.added.editionDigest(list: list.id, entries: entries))
        guard state.counts.persons > 0 else { return edition }
        let key = try currentListKey()
        let covered = try tx.coverage(of: list.id, epoch: key.epoch).covered
        if covered < state.counts.persons, try hasUndigested(list, key.epoch, tx) { return nil }
        (edition.epoch, edition.persons, edition.keyCheck) = (key.epoch, UInt64(covered), key.check)
        return edition
    }

    private func hasUndigested(_ list: ListRow, _ epoch: UInt32, _ tx: ReadTransaction) throws -> Bool {
        var after: Dot?
        while true {
            let rows = try tx.undigestedEntries(of: list.id, epoch: epoch, after: after, limit: Self.publishAtOnce)
            if rows.contains(where: { !$0.removed }) { return true }
            guard rows.count == Self.publishAtOnce, let last = rows.last else { return false }
            after = last.id
        }
    }

    // MARK: - A renewed key

    /// Publishes digests of standing persons under the newest list key, where they have none.
    func digestAnew(_ list: ListRow, _ actor: Actor, _ reason: String) throws {
        guard let key = identity.listKeys.newest else { return }
        let counts = try store.read { (try $0.listCounts(list.id), try $0.coverage(of: list.id, epoch: key.epoch).covered) }
        guard counts.1 < counts.0.persons else { return }
        var after: Dot?
        while true {
            let (rows, numbers) = try store.read { tx in
                let rows = try tx.undigestedEntries(of: list.id, epoch: key.epoch, after: after, limit: Self.digestAtOnce)
                return (rows, try heldNumbers(of: rows.filter { !$0.removed }, tx))
            }
            guard let last = rows.last else { return }
            var entries: [(id: Dot, digest: Digest)] = []
            for row in rows where !row.removed {
                guard let number = numbers[row.id] else { throw numbersMissing(list, counts.0) }
                entries.append((row.id, try key.digest(number.document, number: number.text)))
            }
            var kinds: [ChangeKind] = []
            for replica in Set(entries.map(\.id.replica)).sorted() {
                let own = entries.filter { $0.id.replica == replica }.map { (counter: $0.id.counter, digest: $0.digest) }.sorted { $0.counter < $1.counter }
                kinds.append(.listDigests(ListDigests(list: list.id, epoch: key.epoch, replica: replica, entries: own, reason: reason)))
            }
            if !kinds.isEmpty { _ = try writing { tx in try issue(kinds, actor, to: .published, tx) } }
            after = last.id
        }
    }

    private func numbersMissing(_ list: ListRow, _ counts: ListCounts) -> NodeRefusal {
        NodeRefusal(
            .refused, "numbers-missing", zh: "名单 \(list.opened.code) 有 \(counts.persons - counts.known) 条自然人列入在本节点没有证件号码（恢复旧备份后由下级取回），无法换用新密钥",
            en: "list \(list.opened.code) has \(counts.persons - counts.known) entries of persons whose numbers are not held here (they came back from other nodes after a restore), so they cannot be digested under the new key",
            hint: "按原文书号再次 list add 或 list import，即补上号码 / add or import them again under the same documents: that supplies the numbers")
    }

    private struct HeldNumber {
        let document: IdentityDocument
        let text: String
    }

    /// The numbers behind entries of persons, from this node's own drafts.
    private func heldNumbers(of rows: [ListEntryRow], _ tx: ReadTransaction) throws -> [Dot: HeldNumber] {
        var found: [Dot: HeldNumber] = [:]
        var cache = BodyCache()
        for row in rows {
            guard let draft = row.draft, case .listEntry(let entry)? = try cache.change(draft, self, tx)?.kind, case .person(let person) = entry.subject else { continue }
            let sealed = SealedNumber(digest: person.digest, ciphertext: person.ciphertext)
            let text = try identity.federationKeys.openNumber(type: UInt8(person.document.rawValue), sealed: sealed, at: person.sealedAt)
            found[row.id] = HeldNumber(document: person.document, text: text)
        }
        return found
    }
}
