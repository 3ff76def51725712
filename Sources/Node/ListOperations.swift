import Registry
import Replication
import Storage

/// A list as this node sees it.
package struct ListState: Sendable {
    package let row: ListRow
    package let edition: ListEditionRow?
    /// Standing published entries.
    package let standing: Int
    package let staged: Int
    package let removed: Int
    package let statement: StatementRow?
}

extension Node {
    /// Opens a list. It reaches other nodes at once but answers nothing before its first edition.
    /// - Throws: ``NodeRefusal``: bad code, no legal basis, code taken.
    package func createList(_ opened: ListOpened, actor: Actor) throws -> Dot {
        try check(actor)
        guard ListCode.isValid(opened.code) else {
            throw NodeRefusal(.badInput, "list-code", zh: "名单代码只能用小写字母、数字和连字符，1至40位", en: "a list code is 1…40 of a-z, 0-9 and -", hint: "例如 serious-dishonesty")
        }
        guard !opened.basis.isEmpty else {
            throw NodeRefusal(.refused, "no-basis", zh: "没有法律法规依据的名单不得设立（国办发〔2020〕49号）", en: "a list without a legal basis cannot be created", hint: "--basis 填写依据文件名称和条款")
        }
        guard !opened.title.isEmpty, (3600...90 * 86_400).contains(Int(opened.maxAge)) else {
            throw NodeRefusal(.badInput, "list-fields", zh: "名单须有名称，有效期1小时至90天", en: "a list needs a title and a maximum age of 1 hour to 90 days")
        }
        return try writing { tx in
            if try tx.lists().contains(where: { $0.opened.code == opened.code && $0.id.replica.path == path }) {
                throw NodeRefusal(.refused, "list-exists", zh: "名单 \(opened.code) 已存在", en: "list \(opened.code) exists already", hint: "creditnode list show")
            }
            return try issue([.listOpened(opened)], actor, to: .published, tx)
        }[0]
    }

    /// Stages an entry as a local draft.
    /// - Throws: ``NodeRefusal``; an entry under a document that was removed from the list stays removed (P4, M25).
    package func addToList(code: String, subject: CreditCode, name: String, document: String, since: CivilDate, until: CivilDate?, actor: Actor) throws -> Dot {
        try check(actor)
        let document = Normalisation.documentNumber(document)
        guard !document.isEmpty, !name.isEmpty else {
            throw NodeRefusal(.badInput, "list-document", zh: "须写明主体名称和决定书文号", en: "name the subject and the number of the decision")
        }
        return try writing { tx in
            let list = try ownList(code, tx)
            let key = SubjectKey.organisation(subject).lookupText
            for entry in try tx.entries(subject: key) where entry.list == list.id && entry.document == document {
                throw entry.removed
                    ? NodeRefusal(
                        .refused, "removed-before", zh: "该文书的列入已被移出，不得恢复；新的列入须有新的决定书", en: "this decision was removed from the list and cannot return; a new effect needs a new decision document",
                        hint: "rules.md P4, M25")
                    : NodeRefusal(.refused, "listed-already", zh: "该主体已凭此文书列入", en: "the subject is on the list under this document already")
            }
            let entry = ListEntry(
                list: list.id, subject: .organisation(subject), name: name, document: document, authority: list.opened.authority, since: since, until: until)
            return try issue([.listEntry(entry)], actor, to: .local, tx)
        }[0]
    }

    /// Removes at once, in the relief lane. Elsewhere it acts whether or not the entry has arrived there.
    /// - Parameter document: number of the decision by which the subject was listed.
    package func removeFromList(code: String, subject: CreditCode, document: String, reason: String, actor: Actor) throws -> Dot {
        try check(actor)
        guard !reason.isEmpty else { throw NodeRefusal(.badInput, "list-reason", zh: "移出须说明理由", en: "a removal states its reason") }
        let document = Normalisation.documentNumber(document)
        return try writing { tx in
            let list = try ownList(code, tx)
            let key = SubjectKey.organisation(subject).lookupText
            guard try tx.entries(subject: key).contains(where: { $0.list == list.id && $0.document == document }) else {
                throw NodeRefusal(
                    .notFound, "not-listed", zh: "名单 \(code) 中没有 \(subject) 凭《\(document)》的列入", en: "list \(code) holds no entry of \(subject) under \(document)",
                    hint: "--document 填列入时的决定书文号 / give the number of the decision by which it was listed; creditnode lookup \(subject)")
            }
            let removal = ListRemoval(list: list.id, subject: .organisation(subject), document: document, authority: list.opened.authority, reason: reason)
            return try issue([.listRemoval(removal)], actor, to: .published, lane: .relief, tx)
        }[0]
    }

    /// Publishes staged entries and the next edition; the freshness statement follows.
    /// - Throws: ``NodeRefusal`` without a reviewer: a published adverse effect needs two persons.
    package func publishList(code: String, actor: Actor) throws -> ListEditionRow {
        try check(actor)
        guard actor.reviewer != nil else {
            throw NodeRefusal(.refused, "four-eyes", zh: "发布名单须经另一人审核", en: "publishing a list needs a reviewer", hint: "--reviewer")
        }
        let list = try writing { tx -> ([Dot], LedgerTip?, ListRow) in
            let list = try ownList(code, tx)
            var changes: [ChangeKind] = []
            var records: [Dot?] = []
            try tx.eachEntry(of: list.id) { entry in
                guard !entry.published, !entry.removed, case .listEntry(let staged)? = try change(entry.change, tx)?.change.kind else { return }
                changes.append(.listEntry(staged))
                records.append(entry.id)
            }
            var dots: [Dot] = []
            if !changes.isEmpty { dots = try issue(changes, records: records, actor, to: .published, tx).0 }
            let fold = try standing(list.id, tx)
            let number = try tx.newestEdition(of: list.id).map { $0.number + 1 } ?? 1
            let edition = ListEdition(list: list.id, number: number, entries: UInt64(fold.count), digest: digest(ListFold.canonicalBytes(fold)))
            let (issued, tip) = try issue([.listEdition(edition)], actor, to: .published, tx)
            return (dots + issued, tip, list)
        } finish: { $0.2 }
        guard let edition = try store.read({ try $0.newestEdition(of: list.id) }) else { preconditionFailure("an edition was just written") }
        try stateFreshness(of: list.id)
        return edition
    }

    package func listStates() throws -> [ListState] {
        try store.read { tx in
            try tx.lists().map { row in
                var standing = 0, staged = 0, removed = 0
                try tx.eachEntry(of: row.id) { entry in
                    if entry.removed { removed += 1 } else if entry.published { standing += 1 } else { staged += 1 }
                }
                return ListState(
                    row: row, edition: try tx.newestEdition(of: row.id), standing: standing, staged: staged, removed: removed,
                    statement: try tx.statement(slot: Self.freshnessSlot(row.id)))
            }
        }
    }

    static func freshnessSlot(_ list: Dot) -> String { "freshness \(list)" }

    /// The standing published entries, in the fold's order.
    func standing(_ list: Dot, _ tx: ReadTransaction) throws -> [ListFold.Entry] {
        var entries: [ListFold.Entry] = []
        try tx.eachEntry(of: list) { row in
            guard row.published, !row.removed, let subject = CreditCode(row.subject) else { return }
            entries.append(
                ListFold.Entry(
                    id: row.id,
                    entry: ListEntry(
                        list: list, subject: .organisation(subject), name: row.name, document: row.document, authority: row.authority,
                        since: row.since, until: row.until)))
        }
        return ListFold.standing(entries: entries, removals: [])
    }

    private func ownList(_ code: String, _ tx: ReadTransaction) throws -> ListRow {
        let named = try tx.lists().filter { $0.opened.code == code }
        if let own = named.first(where: { $0.id.replica.path == path }) { return own }
        if let foreign = named.first {
            throw NodeRefusal(
                .refused, "not-competent", zh: "名单 \(code) 属于 \(foreign.id.replica.path)，本节点只能建议（P1）", en: "list \(code) belongs to \(foreign.id.replica.path); this node may only propose (P1)")
        }
        throw NodeRefusal(.notFound, "no-such-list", zh: "没有名单 \(code)", en: "there is no list \(code)", hint: "creditnode list create \(code) …")
    }

    // MARK: - Writing

    /// One transaction of own changes, announced after the commit.
    func writing<T>(_ body: (WriteTransaction) throws -> ([Dot], LedgerTip?, T), finish: (([Dot], LedgerTip?, T)) -> T) throws -> T {
        let result = try store.write(body)
        announce(result.1.map { [$0] } ?? [])
        return finish(result)
    }

    func writing(_ body: (WriteTransaction) throws -> ([Dot], LedgerTip?)) throws -> [Dot] {
        let result = try store.write(body)
        announce(result.1.map { [$0] } ?? [])
        return result.0
    }

    /// Writes issued objects: one change a kind, without contexts, for they create or name their object.
    func issue(_ kinds: [ChangeKind], records: [Dot?] = [], _ actor: Actor, to audience: Audience, lane: Lane = .ordinary, _ tx: WriteTransaction) throws -> ([Dot], LedgerTip?) {
        let now = environment.now()
        let changes = kinds.enumerated().map { index, kind in
            Change(record: records.isEmpty ? nil : records[index], actor: actor, capturedAt: now, kind: kind)
        }
        let written = try append(changes, to: audience, lane: lane, tx)
        return (written.dots, written.tip)
    }
}
