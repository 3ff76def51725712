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
    /// Published, and waiting for a notice of grounds (M26).
    package let pending: Int
    /// The published entries held are those the newest edition speaks of.
    package let isConfirmed: Bool
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
            return try issue([.listOpened(opened)], under: try listEditions(opened.code, actor, tx), actor, to: .published, tx)
        }[0]
    }

    package func listStates() throws -> [ListState] {
        try store.read { tx in
            try tx.lists().map { row in
                let counts = try tx.listCounts(row.id)
                let pending = try tx.pendingEntries(of: row)
                return ListState(
                    row: row, edition: try tx.newestEdition(of: row.id), standing: counts.published - counts.removed - pending, staged: counts.staged,
                    removed: counts.removed, pending: pending, isConfirmed: counts.confirmed, statement: try tx.statement(slot: Self.freshnessSlot(row.id)))
            }
        }
    }

    static func freshnessSlot(_ list: Dot) -> String { "freshness \(list)" }

    func ownList(_ code: String, _ tx: ReadTransaction) throws -> ListRow {
        let named = try tx.lists().filter { $0.opened.code == code }
        if let own = named.first(where: { $0.id.replica.path == path }) { return own }
        if let foreign = named.first {
            throw NodeRefusal(
                .refused, "not-competent", zh: "名单 \(code) 属于 \(foreign.id.replica.path)，本节点只能建议（P1）", en: "list \(code) belongs to \(foreign.id.replica.path); this node may only propose (P1)",
                hint: "creditnode list propose \(code) …")
        }
        throw NodeRefusal(.notFound, "no-such-list", zh: "没有名单 \(code)", en: "there is no list \(code)", hint: "creditnode list create \(code) …")
    }

    // MARK: - Writing

    /// One transaction of own changes, announced after the commit.
    func writing(_ body: (WriteTransaction) throws -> ([Dot], LedgerTip?)) throws -> [Dot] {
        try announcing { tx in
            let (dots, tip) = try body(tx)
            return (dots, tip.map { [$0] } ?? [])
        }
    }

    /// One transaction over any ledgers of this node, announced after the commit. Whoever writes what may concern records goes
    /// this way: filings that it concerns are passed on and answered in the same transaction.
    func announcing<T>(as weight: WriteWeight = .small, _ body: (WriteTransaction) throws -> (T, [LedgerTip])) throws -> T {
        let (result, tips, hasErased) = try store.write(as: weight) { tx in
            let (result, tips) = try body(tx)
            let owed = try duties(tx)
            return (result, tips + owed, tx.hasErased)
        }
        announce(tips)
        if hasErased { store.scrub() }
        return result
    }

    /// Writes issued objects: one change a kind, mostly without context, for they create or name their object.
    func issue(
        _ kinds: [ChangeKind], records: [Dot?] = [], under editions: [Digest] = [], _ actor: Actor, to audience: Audience, lane: Lane = .ordinary,
        context: Context = .empty, _ tx: WriteTransaction
    ) throws -> ([Dot], LedgerTip?) {
        let now = environment.now()
        let changes = kinds.enumerated().map { index, kind in
            Change(record: records.isEmpty ? nil : records[index], context: context, actor: actor, capturedAt: now, editions: editions, kind: kind)
        }
        let written = try append(changes, to: audience, lane: lane, tx)
        return (written.dots, written.tip)
    }
}
