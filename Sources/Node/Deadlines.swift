import Registry
import Replication
import Storage

/// Something that must be done by a date: what a street prints that cannot reach its parent (rules.md 3.7).
package struct DeadlineEntry: Sendable {
    package enum Kind: String, Sendable, Hashable {
        /// A ticket, by its rule.
        case ticket
        /// A clock of an objection case.
        case objection
        /// To be reported: a draft that nobody approved, or an effective record that the parent has not acknowledged.
        case report
        /// A user of a look-up who must be told (M45).
        case notice
    }
    package let kind: Kind
    /// Rule or clock, by its stable name.
    package let what: String
    package let record: Dot?
    package let home: NodePath
    package let item: CatalogueItem?
    package let document: String
    /// Receipt of the case or of the look-up; empty for others.
    package let receipt: String
    package let due: DueDate
    package let isOverdue: Bool
    /// For people: who has to act.
    package let who: String
    /// Publication waits meanwhile.
    package var suspends = false
}

extension Node {
    /// Most change sets not yet acknowledged above that are read for one answer.
    private static let unsentSets = 20

    /// Everything with a date that is not done, nearest first.
    /// - Parameter looked: most records looked at.
    package func deadlines(limit: Int, looked: Int = 5_000) throws -> (entries: [DeadlineEntry], isCut: Bool) {
        let open = try openDecisions(OpenFilter(limit: limit, looked: looked))
        var entries = open.decisions.flatMap { self.entries(of: $0) }
        entries += try lookupNotices(limit: limit).map { notice in
            DeadlineEntry(
                kind: .notice, what: notice.row.kind, record: notice.row.record, home: path, item: notice.item, document: notice.view?.text(notice.item?.roles.documentNumber) ?? "",
                receipt: notice.row.line.receipt, due: notice.due, isOverdue: notice.isOverdue, who: notice.row.line.unit)
        }
        let waiting = try drafts(limit: limit)
        entries += try waiting.lines.compactMap { line in
            try report(line.view, line.item, who: line.draft.submittedBy == nil ? line.draft.author.operator : "reviewer")
        }
        entries += try unsent(limit: limit)
        entries.sort { ($0.due.date, $0.kind.rawValue, $0.what, $0.document) < ($1.due.date, $1.kind.rawValue, $1.what, $1.document) }
        return (Array(entries.prefix(limit)), open.isCut || waiting.next != nil || entries.count > limit)
    }

    private func entries(of open: OpenDecision) -> [DeadlineEntry] {
        let document = open.view.text(open.item?.roles.documentNumber)
        var entries = open.tickets.compactMap { one in
            one.due.map { due in
                DeadlineEntry(
                    kind: .ticket, what: one.ticket.rule, record: open.view.id, home: open.view.home, item: open.item, document: document, receipt: "", due: due,
                    isOverdue: one.isOverdue, who: one.ticket.reviewer.rawValue, suspends: one.ticket.suspends)
            }
        }
        for one in open.cases {
            for clock in one.clocks where clock.doneOn == nil {
                guard let due = clock.due else { continue }
                entries.append(
                    DeadlineEntry(
                        kind: .objection, what: clock.clock.name, record: open.view.id, home: open.view.home, item: open.item, document: document,
                        receipt: one.view.receipts.first?.number ?? "", due: due, isOverdue: clock.isOverdue,
                        who: clock.clock == .review ? Reviewer.parent.rawValue : Reviewer.decidingUnit.rawValue))
            }
        }
        return entries
    }

    private func report(_ view: RecordView, _ item: CatalogueItem?, who: String) throws -> DeadlineEntry? {
        guard let item, let due = try deadlines(view, item: item).deadlines.reportBy else { return nil }
        return DeadlineEntry(
            kind: .report, what: view.validity == .effective ? "unacknowledged" : "draft", record: view.id, home: view.home, item: item,
            document: view.text(item.roles.documentNumber), receipt: "", due: due, isOverdue: environment.today > due.date, who: who)
    }

    /// Effective records of this node that its parent has not acknowledged.
    private func unsent(limit: Int) throws -> [DeadlineEntry] {
        guard path.depth > 1 else { return [] }
        let views = try store.read { tx -> [(RecordView, CatalogueItem?)] in
            let acknowledged = Dictionary(try tx.durability().map { ($0.ledger, $0.sequence) }, uniquingKeysWith: max)
            var views: [(RecordView, CatalogueItem?)] = [], cache = BodyCache()
            for tip in try tx.tips() where tip.ledger.replica.path == path && tip.ledger.audience != .local && tip.ledger.lane == .ordinary {
                let from = acknowledged[tip.ledger] ?? 0
                guard from < tip.tip.sequence else { continue }
                for sequence in (from + 1)...min(tip.tip.sequence, from + UInt64(Self.unsentSets)) {
                    guard let header = try tx.header(of: tip.ledger, at: sequence)?.header else { continue }
                    for index in 0..<header.count where views.count < limit {
                        guard let change = try cache.change(header.dot(at: index), self, tx), case .recordState = change.kind else { continue }
                        let shown = try view(of: change.record ?? header.dot(at: index), tx)
                        views.append((shown, try? item(of: shown, tx)))
                    }
                }
            }
            return views
        }
        return try views.compactMap { try report($0.0, $0.1, who: path.parent?.description ?? "") }
    }
}
