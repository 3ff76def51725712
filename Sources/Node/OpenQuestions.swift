import Registry
import Replication
import Storage

/// A decision about which somebody has something to do.
package struct OpenDecision: Sendable {
    package let view: RecordView
    package let item: CatalogueItem?
    /// Law of the deciding unit's place; nil while none is held.
    package let profile: LegalProfile?
    package let tickets: [OpenTicket]
    package let cases: [OpenCase]

    /// The nearest date by which somebody must have acted; nil where no rule sets one.
    package var nearest: CivilDate? {
        (tickets.compactMap(\.due?.date) + cases.flatMap(\.clocks).filter { $0.doneOn == nil }.compactMap(\.due?.date)).min()
    }
}

/// A question for a person (rules.md 3.4), with its clock at this node.
package struct OpenTicket: Sendable {
    package let ticket: Ticket
    /// The digest of its rule and changes: the same at every node.
    package let id: Digest
    /// When the last of its changes became durable here, milliseconds since 1970.
    package let raisedAt: UInt64
    /// nil where no rule sets a time.
    package let due: DueDate?
    package let isOverdue: Bool
    /// Who wrote what it is about.
    package let authors: [TicketAuthor]
}

package struct TicketAuthor: Sendable {
    package let change: Dot
    package let kind: String
    package let at: NodePath
    package let actor: Actor
    /// By the author's clock, and when it became durable here; milliseconds since 1970.
    package let capturedAt: UInt64
    package let acceptedAt: UInt64
}

/// An objection case with its clocks: several run at once, none touches the other.
package struct OpenCase: Sendable {
    package let view: CaseView
    package let receipts: [CaseIntake]
    package let clocks: [CaseClock]
}

/// One window's acceptance: when it was captured there, and when it became durable here.
package struct CaseIntake: Sendable {
    package let receipt: CaseReceipt
    package let capturedAt: UInt64
    package let acceptedAt: UInt64
}

package struct CaseClock: Sendable {
    package let clock: ProfileClock
    package let from: CivilDate
    /// nil while the jurisdiction sets none, or no profile is held.
    package let due: DueDate?
    package let doneOn: CivilDate?
    package let isOverdue: Bool
    /// The number was not read in the text of the law.
    package let isUnverified: Bool
}

/// Which open decisions are wanted.
package struct OpenFilter: Sendable {
    /// At this path or below; nil = all.
    package var home: NodePath?
    package var limit: Int
    /// Most records looked at.
    package var looked: Int

    package init(home: NodePath? = nil, limit: Int = 200, looked: Int = 5_000) { (self.home, self.limit, self.looked) = (home, limit, looked) }
}

extension Node {
    /// Decisions held here about which a question is open, nearest date first. Reads the records whose last act may have
    /// left a question, and no other; what proves settled is not looked at again before the next act.
    package func openDecisions(_ filter: OpenFilter = OpenFilter(), asOf: CivilDate? = nil) throws -> (decisions: [OpenDecision], isCut: Bool) {
        var found: [OpenDecision] = [], settled: [(record: Dot, changes: Int)] = [], met: Set<Dot> = []
        var last: Dot?, looked = 0, isCut = false
        while !isCut {
            let page = try store.read { tx -> [Dot] in
                let page = try tx.openRecords(after: last, limit: 256), bodies = BodyShelf()
                for record in page where try met.insert(record).inserted && within(record, filter, tx) {
                    guard let held = try gather(record, tx, bodies) else { continue }
                    let open = try question(record, held, asOf ?? environment.today, tx)
                    for row in held.rows { met.insert(row.id) }
                    if let open {
                        found.append(open)
                    } else if !held.changes.contains(where: \.change.kind.mayRaiseLater) {
                        for row in held.rows { settled.append((row.id, try tx.changeCount(of: row.id))) }
                    }
                }
                return page
            }
            looked += page.count
            last = page.last
            if page.count < 256 { break }
            isCut = looked >= filter.looked
        }
        try forget(settled)
        found.sort { ($0.nearest ?? .latest, $0.view.id) < ($1.nearest ?? .latest, $1.view.id) }
        return (Array(found.prefix(filter.limit)), isCut || found.count > filter.limit)
    }

    /// What is open about one decision; nil where nothing is.
    package func openDecision(_ record: Dot, asOf: CivilDate? = nil) throws -> OpenDecision? {
        try store.read { tx in
            guard let held = try gather(record, tx) else { throw Self.noRecord(record) }
            return try question(record, held, asOf ?? environment.today, tx)
        }
    }

    private func within(_ record: Dot, _ filter: OpenFilter, _ tx: ReadTransaction) throws -> Bool {
        guard let home = filter.home else { return true }
        return try tx.record(record).map { home.isAncestorOrSelf(of: $0.home) } ?? false
    }

    private func forget(_ settled: [(record: Dot, changes: Int)]) throws {
        guard !settled.isEmpty else { return }
        try store.write { tx in
            for one in settled { try tx.settle(one.record, changes: one.changes) }
        }
    }

    private func question(_ record: Dot, _ held: GatheredDecision, _ today: CivilDate, _ tx: ReadTransaction) throws -> OpenDecision? {
        guard let view = try view(held, containing: record, asOf: today, tx) else { return nil }
        let clerk = try clerk(view, held, today, tx)
        let tickets = try clerk.tickets(), cases = try clerk.cases()
        guard !tickets.isEmpty || cases.contains(where: { $0.view.isOpen || $0.view.replyOwed }) else { return nil }
        return OpenDecision(view: view, item: clerk.item, profile: clerk.profile, tickets: tickets, cases: cases)
    }

    private func clerk(_ view: RecordView, _ held: GatheredDecision, _ today: CivilDate, _ tx: ReadTransaction) throws -> QuestionClerk {
        let item = try? self.item(of: view, tx)
        return QuestionClerk(
            view: view, item: item, held: held, today: today, profile: try legalProfile(for: CreditCode(view.authority(item)), tx),
            calendar: try calendar(tx) ?? Self.weekendsOnly, receivedAt: { try tx.receivedAt($0) }, digest: { self.digest(Array($0.utf8)) })
    }

    /// Every case of a decision with its clocks, closed ones too.
    package func caseLines(_ view: RecordView) throws -> [OpenCase] {
        if view.cases.isEmpty { return [] }
        return try store.read { tx in
            guard let held = try gather(view.id, tx) else { return [] }
            return try clerk(view, held, environment.today, tx).cases()
        }
    }

    /// The catalogue item of a view; nil while its edition is not held.
    package func item(of view: RecordView) throws -> CatalogueItem? { try store.read { try? item(of: view, $0) } }
}

extension ChangeKind {
    /// A repair on condition that nothing is repeated: another decision may raise a question about it (M20).
    fileprivate var mayRaiseLater: Bool {
        if case .act(.repair(let act)) = self { return act.noRepeat }
        return false
    }
}
