import Registry
import Replication
import Storage

extension Node {
    /// A separation is said on both records, and the other half may have gone down with a disk: then no resumption could have seen what it
    /// lifts. Whoever confirms the separation says the lost half first, in the same transaction (M37).
    func mendSeparation(of record: Dot, before act: RecordAct, _ held: GatheredDecision, _ actor: Actor, _ tx: WriteTransaction) throws -> (dots: [Dot], tips: [LedgerTip]) {
        guard case .publication(let mark) = act, mark.step == .resumed else { return ([], []) }
        var others: [Dot] = []
        for one in held.changes {
            guard case .act(.identity(let link)) = one.change.kind, !link.isSame else { continue }
            if one.record == record { return ([], []) }
            if link.other == record { others.append(one.record) }
        }
        guard let other = others.min(), let place = try place(held, record, basedOn: nil, required: false) else { return ([], []) }
        let half = RecordAct.identity(IdentityLink(other: other, isSame: false, reason: mark.reason))
        let written = try write([(place, .act(half))], lane: half.lane, actor, tx)
        return (written.0, written.1)
    }

    /// A person here takes note of what became of this node's changes on a record: corrections that a revocation overtook (M6), records
    /// that were blocked (M33). The question about them ends, here and above.
    /// - Throws: ``NodeRefusal``: not held, nothing to take note of.
    package func takeNote(of record: Dot, actor: Actor) throws -> [Dot] {
        try check(actor)
        return try announcing { tx in
            let (held, view) = try actable(record, tx)
            let own = view.tickets.filter { $0.reviewer == .author || $0.reviewer == .sender }.flatMap(\.changes).filter { $0.replica.path == path }
            guard !own.isEmpty, let place = try place(held, record, basedOn: nil, required: true) else {
                throw NodeRefusal(
                    .notFound, "nothing-to-note", zh: "本节点对该记录没有须知悉的事项", en: "there is nothing about this node's changes on the record to take note of", hint: "creditnode tickets")
            }
            let noted = Noted(changes: Array(Set(own).sorted().prefix(Noted.maximumChanges)))
            let written = try write([(place, .federation(.noted(noted)))], lane: .ordinary, actor, tx)
            return (noted.changes, written.1)
        }
    }
}
