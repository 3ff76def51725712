import Registry
import Replication
import Storage

extension Node {
    /// Withdraws an effective record of this node for good (T7): in the relief lane, so that it arrives before
    /// whatever else waits, and with the natural key, so that it acts before the record does.
    /// - Parameters:
    ///   - document: number of the document by which it is withdrawn.
    ///   - rank: of that document; R1 when the unit revokes its own act.
    /// - Returns: the change.
    /// - Throws: ``NodeRefusal``: not held, not of this node, a draft, revoked already, no second person.
    package func revoke(_ record: Dot, document: String, reason: String, rank: InstrumentRank = .decidingUnit, actor: Actor) throws -> Dot {
        try check(actor)
        guard actor.reviewer != nil else {
            throw NodeRefusal(.refused, "four-eyes", zh: "撤销须经另一人审核（T7）", en: "a revocation needs a reviewer (rule T7)", hint: "--reviewer")
        }
        let document = Normalisation.documentNumber(document)
        guard !document.isEmpty, !reason.isEmpty else {
            throw NodeRefusal(.badInput, "revocation-document", zh: "撤销须写明依据文书号和理由", en: "a revocation names its document and reason", hint: "--document, --reason")
        }
        return try writing { tx in
            let held = try ownRecord(record, tx)
            guard let item = held.view.edition.flatMap({ catalogue($0, tx) })?.item(held.view.item)?.item,
                let key = NaturalKey(held.state, item: item)
            else {
                throw NodeRefusal(.refused, "no-natural-key", zh: "该记录没有文书号，无法按自然键撤销", en: "the record has no natural key to revoke by")
            }
            let revocation = Revocation(
                naturalKey: digest(key.bytes), authority: held.state.text(item.roles.authorityCode), document: document, reason: reason, rank: rank)
            let chain = chain(of: held.changes, in: held.audience)
            let change = Change(
                record: record, previous: chain.previous, context: chain.context, actor: actor, capturedAt: environment.now(), kind: .revocation(revocation))
            let written = try append([change], to: held.audience, lane: .relief, tx)
            return (written.dots, written.tip)
        }[0]
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
            throw NodeRefusal(.notFound, "no-such-record", zh: "本节点没有记录 \(id)", en: "record \(id) is not held here", hint: "creditnode records")
        }
        guard view.home == path else {
            throw NodeRefusal(
                .refused, "not-competent", zh: "该记录属于 \(view.home)，本节点不得改动（P1）", en: "the record belongs to \(view.home); this node may not change it (P1)",
                hint: "由 \(view.home) 办理 / to be done at \(view.home)")
        }
        switch view.validity {
        case .effective: break
        case .draft, .submitted:
            throw NodeRefusal(.refused, "not-effective", zh: "该记录尚未生效", en: "the record is not effective yet", hint: "--reviewer")
        case .revoked: throw NodeRefusal(.refused, "revoked-already", zh: "该记录已撤销", en: "the record is revoked already")
        }
        let state = RecordState(item: view.item, home: nil, validity: view.validity, subject: view.subject, fields: view.fields)
        guard let audience = changes.first(where: { $0.dot == view.state })?.audience else { preconditionFailure("a view's state is among its changes") }
        return OwnRecord(view: view, state: state, changes: changes, audience: audience)
    }

    /// What a new change of a record in `audience` says it follows: the author's previous change there, and
    /// exactly what the author holds that this audience can see.
    func chain(of changes: [HeldChange], in audience: Audience) -> (previous: UInt64, context: Context) {
        let visible = changes.filter { $0.audience == audience }
        let replicas = Set(visible.map(\.dot.replica)).sorted()
        let context = Context(
            holding: replicas.map { replica in
                (replica, visible.filter { $0.dot.replica == replica }.map { ($0.dot.counter, $0.change.previous) })
            })
        return (visible.filter { $0.dot.replica == replica }.map(\.dot.counter).max() ?? 0, context)
    }
}
