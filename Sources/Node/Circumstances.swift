import Registry
import Replication
import Storage

extension Node {
    /// What a decision's view depends on besides its changes (guarantee 1), by the editions and lists held here.
    func circumstances(of held: GatheredDecision, asOf: CivilDate, _ tx: ReadTransaction) throws -> ViewCircumstances {
        let place = try placing(held, tx)
        var circumstances = ViewCircumstances(asOf: asOf, item: place?.item.item, checker: place?.item.checker)
        circumstances.calendar = try calendar(tx)
        circumstances.units = try registry(tx)
        circumstances.isPurged = try held.rows.contains { try isPurged($0, tx) }
        circumstances.optedOut = try isOptedOut(held, tx)
        guard let place else { return circumstances }
        circumstances.disclosure = try disclosure(of: place.item.item, home: held.rows.first?.home, tx)
        circumstances.profile = try legalProfile(for: CreditCode(place.authority), tx)
        // Nothing else reads it (M31), and of a person it takes a while to find out.
        if circumstances.profile?.retention.extendedWhileListed == true, let subject = held.subject { circumstances.isListed = try isListed(subject, on: asOf, tx) }
        if held.changes.contains(where: \.change.kind.isConditionalRepair) {
            circumstances.others = try otherFacts(like: place.item.item, held, tx)
        }
        return circumstances
    }

    /// The catalogue item of a decision, in the newest edition that any of its states names, and its authority's code.
    private func placing(_ held: GatheredDecision, _ tx: ReadTransaction) throws -> (item: ItemInForce, authority: String)? {
        var best: (number: UInt64, dot: Dot, item: ItemInForce, authority: String)?
        for one in held.changes {
            guard case .recordState(let state) = one.change.kind, let edition = one.change.editions.first, let catalogue = catalogue(edition, tx),
                let item = catalogue.item(state.item)
            else { continue }
            let number = catalogue.catalogue.number
            // Of several the smallest, in whatever order they were gathered.
            if let best, best.number > number || (best.number == number && best.dot < one.origin) { continue }
            best = (number, one.origin, item, state.text(item.item.roles.authorityCode))
        }
        return best.map { ($0.item, $0.authority) }
    }

    /// M40: of the edition a record names and the newest one the narrower disclosure counts, and what a tier on the way to the
    /// record's home made narrower still and the root did not know when it issued the newest one.
    func disclosure(of item: CatalogueItem, home: NodePath?, _ tx: ReadTransaction) throws -> Disclosure? {
        guard let newest = try tx.newestEdition(.catalogue), let inForce = catalogue(newest.digest, tx), let current = inForce.item(item.number)?.item else { return nil }
        let below = try tx.disclosures(item: item.number).filter { one in
            !inForce.seen.contains(one.author) && home.map { one.author.replica.path.isAncestorOrSelf(of: $0) } ?? false
        }
        return ([item.disclosure, current.disclosure] + below.map(\.disclosure)).max { $0.rawValue < $1.rawValue }
    }

    func calendar(_ tx: ReadTransaction) throws -> WorkCalendar? {
        guard let row = try tx.newestEdition(.calendar, code: "cn"), case .calendar(let calendar)? = try keptIssue(row.digest, tx) else { return nil }
        return calendar
    }

    func registry(_ tx: ReadTransaction) throws -> UnitRegistry? {
        guard let row = try tx.newestEdition(.units), case .units(let registry)? = edition(row.digest, tx) else { return nil }
        return registry
    }

    /// M20: the days of other effective decisions of the same item about the same subject.
    private func otherFacts(like item: CatalogueItem, _ held: GatheredDecision, _ tx: ReadTransaction) throws -> [CivilDate] {
        guard item.kind.isAdverse, let first = held.rows.first else { return [] }
        let own = Set(held.rows.map(\.id))
        var cache = BodyCache(), days: [CivilDate] = []
        for row in try tx.records(RecordFilter(subject: first.subject, item: item.number, validity: .effective, limit: 200)) where !own.contains(row.id) {
            guard case .recordState(let state)? = try cache.change(row.state, self, tx)?.kind, let number = item.roles.decisionDate,
                case .date(let date)? = state.value(number)
            else { continue }
            days.append(date)
        }
        return days.sorted()
    }
}

extension GatheredDecision {
    /// Of the state that was entered first.
    fileprivate var subject: SubjectKey? {
        let states = changes.filter { if case .recordState = $0.change.kind { true } else { false } }
        guard case .recordState(let state)? = states.min(by: { $0.origin < $1.origin })?.change.kind else { return nil }
        return state.subject
    }
}

extension ChangeKind {
    /// A repair on condition that nothing is repeated.
    fileprivate var isConditionalRepair: Bool {
        if case .act(.repair(let act)) = self { act.noRepeat } else { false }
    }
}
