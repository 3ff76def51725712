import Registry
import Replication
import Storage

/// What a node owes the homes of records of one decision that do not hear of each other (M33, M34, M36): the lowest node above
/// two of them tells each what the other's changes mean for it.
extension Node {
    /// - Returns: tips of ledgers of this node that grew.
    func tellKin(_ tx: WriteTransaction) throws -> [LedgerTip] {
        var tips: [LedgerTip] = [], met: Set<Dot> = []
        while !tx.kinDue.isEmpty {
            let due = tx.kinDue.sorted()
            tx.kinDue = []
            for record in due where met.insert(record).inserted {
                guard try mayHaveKinBelow(record, tx), let held = try gather(record, tx), held.rows.count > 1 else { continue }
                for row in held.rows { met.insert(row.id) }
                do {
                    try tx.wholly { tips += try tellKin(held, tx) }
                } catch let refusal as NodeRefusal {
                    // Whoever sent what gave rise to it is not at fault, and goes on.
                    let fault = ChangeSetFault(.malformed, "record \(record.short)", "its other homes could not be told: \(refusal)")
                    try tx.noteRefusal(fault, from: path.description, at: environment.now())
                }
            }
        }
        return tips
    }

    /// Asked of each act, so that nothing is read of records that are alone.
    private func mayHaveKinBelow(_ record: Dot, _ tx: ReadTransaction) throws -> Bool {
        if try tx.isLinked(record) { return true }
        guard let row = try tx.record(record) else { return false }
        let same = try tx.records(naturalKey: row.naturalKey)
        return same.count > 1 && same.contains { path.isProperAncestor(of: $0.id.replica.path) }
    }

    private func tellKin(_ held: GatheredDecision, _ tx: WriteTransaction) throws -> [LedgerTip] {
        let ids = held.rows.filter { $0.validity >= .effective }.map(\.id)
        let below = ids.filter { path.isProperAncestor(of: $0.replica.path) }
        guard ids.count > 1, !below.isEmpty else { return [] }
        // What ends by a clock of its own is not said: nobody would take it back.
        let circumstances = try circumstances(of: held, asOf: .latest, tx)
        // Of what nodes above said they tell the homes themselves.
        let changes = held.changes.filter { if case .federation(.kinship) = $0.change.kind { false } else { true } }
        let views = resolve(changes, naturalKeys: held.naturalKeys, in: circumstances)
        var tips: [LedgerTip] = []
        for record in below {
            let others = ids.filter { $0 != record && path.isAncestorOrSelf(of: $0.replica.path) }
            guard others.contains(where: { $0.replica.path.commonAncestor(with: record.replica.path) == path }),
                let whole = views.first(where: { $0.id == record || $0.aliases.contains(record) })
            else { continue }
            let own = held.changes.filter { $0.record == record }
            // What the home sees by itself.
            guard let shown = resolve(changes.filter { $0.record == record }, in: circumstances).first else { continue }
            var said = Kinship(number: 1, others: Array(others.sorted().prefix(Kinship.maximumOthers)), home: whole.home)
            if shown.validity != .revoked { said.revocations = revocations(held, of: whole) }
            if whole.repair.stopsPublication, !shown.repair.stopsPublication { said.repair = whole.repair }
            let lacks = Set(whole.shown.reasons).subtracting(shown.shown.reasons)
            said.holds = KinHold.allCases.filter { lacks.contains($0.reason) }
            let waits = whole.home != record.replica.path && shown.cases.contains(where: \.replyOwed)
            if let tip = try tell(said, isOwed: said.isRelief || waits, record, held, own, tx) { tips.append(tip) }
        }
        return tips
    }

    /// Every basis of the decision's revocation, by its origin.
    private func revocations(_ held: GatheredDecision, of view: RecordView) -> [Kinship.Withdrawn] {
        let counting = Set(view.revocations)
        var found: [Dot: Revocation] = [:]
        for one in held.changes {
            guard case .revocation(let revocation) = one.change.kind, counting.contains(revocation) else { continue }
            found[one.origin] = revocation
        }
        return found.sorted { $0.key < $1.key }.prefix(Kinship.maximumRevocations).map { Kinship.Withdrawn(change: $0.key, revocation: $0.value) }
    }

    /// Says it, when it is new.
    private func tell(_ said: Kinship, isOwed: Bool, _ record: Dot, _ held: GatheredDecision, _ own: [HeldChange], _ tx: WriteTransaction) throws -> LedgerTip? {
        var said = said
        let before = own.compactMap { one -> (dot: Dot, said: Kinship)? in
            guard one.origin.replica.path == path, case .federation(.kinship(let kinship)) = one.change.kind else { return nil }
            return (one.origin, kinship)
        }
        if var last = before.max(by: { ($0.said.number, $0.dot) < ($1.said.number, $1.dot) })?.said {
            let number = last.number
            last.number = 1
            // A clock that runs no longer leaves what was said standing.
            if last == said || (!isOwed && !last.isRelief) { return nil }
            said.number = number + 1
        } else if !isOwed {
            return nil
        }
        guard let place = try place(held, record, basedOn: nil, required: false) else { return nil }
        let change = Change(
            record: record, previous: place.previous, context: place.context, actor: .ofNode, capturedAt: environment.now(), kind: .federation(.kinship(said)))
        return try append([change], to: place.audience, lane: change.kind.lane, tx).tip
    }
}

extension Projector {
    /// At nodes that hold all records of the decision it changes nothing; at others it is relief like any other.
    func accept(_ kinship: Kinship, _ dot: Dot, on record: Dot) throws {
        let before = try tx.record(record)
        try tx.linkChange(dot, to: record)
        try project(record)
        let isNews = try kinship.others.contains { try tx.record($0) == nil }
        if isNews { try actedOn(record, by: dot, .federation(.kinship(kinship)), before) } else { try tx.noteActs(on: record) }
        tx.kinDue.insert(record)
        if try tx.anythingWaits() { try judgeAgain(waitingFor: .change(dot)) }
        try concern(filingsOn: record)
    }

    /// Something was said of a record: homes of other records of its decision may have to be told. At the home itself nobody.
    func concern(kinOf record: Dot) throws {
        guard !isReplay, node.path.depth < record.replica.path.depth || node.path == record.replica.path else { return }
        tx.kinDue.insert(record)
    }
}
