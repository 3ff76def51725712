import Registry

/// What is shown of the records whose changes are given: all that share a natural key, and all linked to them. A pure and
/// total function of the set, of the circumstances and of the date in them: the same everywhere, in any order of arrival.
///
/// - Parameters:
///   - held: accepted changes, in any order, with any duplicates.
///   - naturalKeys: of each record; a record without one is taken to share that of all others.
/// - Returns: one view a decision, ascending by id; empty when nothing gives any record a state.
package func resolve(_ held: [HeldChange], naturalKeys: [Dot: [UInt8]] = [:], in circumstances: ViewCircumstances) -> [RecordView] {
    let history = History(held), setting = Setting(circumstances)
    let identities = Identities(history, naturalKeys)
    if identities.groups.count == 1 { return view(history, identities.separated, setting).map { [$0] } ?? [] }
    return identities.groups.compactMap { group in
        let members = Set(group)
        return view(History(history.changes.filter { members.contains($0.record) }), identities.separated, setting)
    }.sorted { $0.id < $1.id }
}

/// The view of one record by itself.
/// - Returns: nil when nothing among `changes` gives the record a state.
package func resolve(record id: Dot, changes: [HeldChange], in circumstances: ViewCircumstances = ViewCircumstances(asOf: .earliest)) -> RecordView? {
    view(History(changes.filter { $0.record == id }), [], Setting(circumstances))
}

private func view(_ history: History, _ separated: Set<Dot>, _ setting: Setting) -> RecordView? {
    guard let members = Members(history, setting) else { return nil }
    let fold = Fold(members, history, separated, Kin(history), setting)
    let canonical = members.canonical, state = canonical.said, entry = history.changes[canonical.change]
    if setting.isPurged { return purged(members, entry, history, fold.shown) }
    return RecordView(
        id: canonical.id, aliases: members.all.count == 1 ? [] : members.all.map(\.id).filter { $0 != canonical.id }, home: members.home(history), item: state.state.item,
        validity: fold.isRevoked ? .revoked : fold.drafting.validity, subject: fold.content.subject, fields: fold.content.fields,
        actor: entry.change.actor, edition: entry.change.editions.first, state: entry.dot, corrections: fold.content.corrections,
        conflicts: fold.content.conflicts, proposals: fold.content.proposals, revocations: fold.isRevoked ? fold.revocations.map(\.revocation) : [], blocked: fold.blocked,
        cases: fold.disputes.cases, dispute: fold.dispute, litigation: fold.litigation, repair: fold.repairs.state, fulfilment: fold.fulfilment, drafting: fold.drafting.view, kin: fold.kin.view,
        tickets: fold.tickets, changes: history.origins, shown: fold.shown)
}

/// Of a purged decision nothing is shown but that it was (M43).
private func purged(_ members: Members, _ entry: HeldChange, _ history: History, _ shown: Shown) -> RecordView {
    let canonical = members.canonical
    return RecordView(
        id: canonical.id, aliases: members.all.map(\.id).filter { $0 != canonical.id }, home: members.home(history), item: canonical.state.item,
        validity: canonical.state.validity, subject: .unregistered(""), fields: [], actor: entry.change.actor, edition: entry.change.editions.first,
        state: entry.dot, corrections: [], conflicts: [], proposals: [], revocations: [], blocked: [], cases: [], dispute: .none, litigation: [],
        repair: .none, fulfilment: .none, drafting: nil, kin: nil, tickets: [], changes: history.origins, shown: shown)
}

extension Audience {
    /// How far a record's shared changes go: 0 stays here, more is wider.
    package var width: Int {
        switch self {
        case .local: 0
        case .lineage(let of, let upTo): of.depth - upTo + 1
        case .published: Int.max
        }
    }
}
