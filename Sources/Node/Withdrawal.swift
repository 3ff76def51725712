import Registry
import Replication
import Storage

extension Node {
    /// Withdraws an effective record for good (T7): one of this node; as its deciding unit, one that passes this node; by an instrument of R2 or above any that does: in the relief lane, so that it arrives before
    /// whatever else waits, and with the natural key, so that it acts before the record does.
    /// - Parameters:
    ///   - document: number of the document by which it is withdrawn.
    ///   - rank: of that document; R1 when the unit revokes its own act.
    ///   - effectiveOn: from which day the withdrawal has legal effect.
    /// - Returns: the change.
    /// - Throws: ``NodeRefusal``: not held, not of this node, a draft, revoked already, no second person.
    package func revoke(
        _ record: Dot, document: String, reason: String, rank: InstrumentRank = .decidingUnit, effectiveOn: CivilDate? = nil, actor: Actor
    ) throws -> Dot {
        try check(actor)
        guard actor.reviewer != nil else {
            throw NodeRefusal(.refused, "four-eyes", zh: "撤销须经另一人审核（T7）", en: "a revocation needs a reviewer (rule T7)", hint: "--reviewer")
        }
        let document = Normalisation.documentNumber(document)
        guard !document.isEmpty, !reason.isEmpty else {
            throw NodeRefusal(.badInput, "revocation-document", zh: "撤销须写明依据文书号和理由", en: "a revocation names its document and reason", hint: "--document, --reason")
        }
        return try announcing { tx in
            let (held, view) = try actable(record, tx)
            try checkEffective(view)
            let item = try item(of: view, tx)
            guard try view.home == path || rank >= .superior || isDeciding(actor.unit, view, item, tx) else { throw Self.notOwn(view) }
            // Of a decision entered twice each record is withdrawn: whoever holds only one of them sees it.
            var acts: [(ActPlace, ChangeKind)] = []
            for member in [record] + ([view.id] + view.aliases).filter({ $0 != record }).sorted() {
                guard let place = try place(held, member, basedOn: nil, required: member == record) else { continue }
                let target = try target(of: member, held, item)
                let revocation = Revocation(
                    naturalKey: target.naturalKey, authority: target.authority, document: document, reason: reason, rank: rank, effectiveOn: effectiveOn)
                acts.append((place, .revocation(revocation)))
            }
            return try write(acts, lane: .relief, actor, tx)
        }[0]
    }

    /// Whether a unit decided what a view shows, is the authority it names, or has their duties (P1).
    private func isDeciding(_ unit: String, _ view: RecordView, _ item: CatalogueItem, _ tx: ReadTransaction) throws -> Bool {
        let deciders = [view.actor.unit, view.authority(item)].filter { !$0.isEmpty }
        if deciders.contains(unit) { return true }
        guard let registry = try registry(tx), let heir = CreditCode(unit) else { return false }
        return deciders.contains { CreditCode($0).map { registry.hasDuties(of: $0, heir) } ?? false }
    }

    /// An effective record of this node with its accepted changes and the audience they share.
    struct OwnRecord {
        let view: RecordView
        let state: RecordState
        let changes: [HeldChange]
        let audience: Audience
    }

    /// - Throws: ``NodeRefusal`` when it is not held, of another node, a draft or revoked.
    func ownRecord(_ id: Dot, _ tx: ReadTransaction) throws -> OwnRecord {
        let changes = try acceptedChanges(of: id, tx)
        guard let view = resolve(record: id, changes: changes) else {
            throw try absent(id, tx)
        }
        guard view.home == path else { throw Self.notOwn(view) }
        try checkEffective(view)
        let state = RecordState(item: view.item, home: nil, validity: view.validity, subject: view.subject, fields: view.fields)
        guard let audience = changes.first(where: { $0.dot == view.state })?.audience else { preconditionFailure("a view's state is among its changes") }
        return OwnRecord(view: view, state: state, changes: changes, audience: audience)
    }

    private func checkEffective(_ view: RecordView) throws {
        switch view.validity {
        case .effective: break
        case .draft, .submitted:
            throw NodeRefusal(.refused, "not-effective", zh: "该记录尚未生效", en: "the record is not effective yet", hint: "--reviewer")
        case .revoked: throw NodeRefusal(.refused, "revoked-already", zh: "该记录已撤销", en: "the record is revoked already")
        }
    }

    private static func notOwn(_ view: RecordView) -> NodeRefusal {
        NodeRefusal(
            .refused, "not-competent", zh: "该记录属于 \(view.home)，本节点不得改动（P1）", en: "the record belongs to \(view.home); this node may not change it (P1)",
            hint: "由 \(view.home) 办理，由决定单位办理，或依上级、复议、法院文书（--rank 2…4） / to be done at \(view.home), by the deciding unit, or by an instrument of R2 to R4 (--rank)")
    }

    /// What a new change of a record in `audience` says it follows: the author's previous change there, and
    /// exactly what the author holds that this audience can see.
    func chain(of changes: [HeldChange], in audience: Audience) -> (previous: UInt64, context: Context) {
        let visible = changes.filter { $0.audience == audience }
        let replicas = Set(visible.map(\.origin.replica)).sorted()
        let context = Context(
            holding: replicas.map { replica in
                (replica, visible.filter { $0.origin.replica == replica }.map { ($0.origin.counter, $0.chainLink) })
            })
        return (visible.filter { $0.dot.replica == replica }.map(\.dot.counter).max() ?? 0, context)
    }
}

extension HeldChange {
    /// Its author's change before it in this chain; of one that was re-issued nobody here knows, and it stands singly.
    fileprivate var chainLink: UInt64 { origin == dot ? change.previous : .max }
}
