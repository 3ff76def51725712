import Registry

/// One accepted change as `resolve` takes it.
package struct HeldChange: Sendable, Hashable {
    package let dot: Dot
    package let change: Change
    /// Of the ledger it came in.
    package let audience: Audience
    package init(dot: Dot, change: Change, audience: Audience) { (self.dot, self.change, self.audience) = (dot, change, audience) }

    package var origin: Dot { change.origin ?? dot }
}

/// Version of the rules below. Nodes with equal inputs and equal versions show equal views (guarantee 1).
package let rulesVersion: UInt32 = 2

/// What a node shows of one record: a pure function of its changes.
package struct RecordView: Sendable, Hashable {
    package let id: Dot
    package let home: NodePath
    package let item: UInt32
    package let validity: Validity
    package let subject: SubjectKey
    package let fields: [RecordField]
    package let actor: Actor
    /// The catalogue edition it was judged under.
    package let edition: Digest?
    /// The change whose state stands. Not part of the view: a re-minted one has another dot.
    package let state: Dot
    /// Every accepted revocation, ascending by origin: all bases are kept (M7).
    package let revocations: [Revocation]
    /// Changes that took part, by origin, ascending.
    package let changes: [Dot]

    /// Canonical bytes: equal views, equal bytes, on every machine. Text, one fact a line, with
    /// lengths where text is free, so that no two views share them.
    package var canonicalBytes: [UInt8] {
        var out = "view \(rulesVersion)\nid \(id)\nhome \(home)\nitem \(item)\nvalidity \(validity.rawValue)\n"
        out += "subject \(subject.lookupText.utf8.count):\(subject.lookupText)\n"
        for field in fields {
            switch field.value {
            case .text(let text): out += "\(field.number) t \(text.utf8.count):\(text)\n"
            case .date(let date): out += "\(field.number) d \(date.daysSinceEpoch)\n"
            case .amount(let amount): out += "\(field.number) a \(amount.micros)\n"
            }
        }
        out += "actor \(actor.unit) \(actor.operator.utf8.count):\(actor.operator) \((actor.reviewer ?? "").utf8.count):\(actor.reviewer ?? "")\n"
        if let edition { out += "edition \(edition)\n" }
        for one in revocations {
            out += "revoked \(one.rank.rawValue) \(one.authority) \(one.document.utf8.count):\(one.document) \(one.reason.utf8.count):\(one.reason)\n"
        }
        for dot in changes { out += "change \(dot)\n" }
        return Array(out.utf8)
    }
}

/// The view of one record from the accepted changes that name it, in any order, with any duplicates.
///
/// All shared changes of a record have one audience, which may only widen: once the record entered a wider
/// one, what only a narrower one can see is history, and nodes inside and outside it show the same. Relief
/// counts from wherever it came (P4).
///
/// Duplicates by origin count once. Of several whole states (a draft entered into a wider audience,
/// or entered twice by a re-minted change) the one that stands is the highest validity, then the
/// causally later, then the smaller origin: a total order, so that every node agrees.
/// - Returns: nil when nothing among `changes` gives the record a state.
package func resolve(record id: Dot, changes: [HeldChange]) -> RecordView? {
    var seen: Set<Dot> = []
    let widest = changes.filter { if case .recordState = $0.change.kind { true } else { false } }.map(\.audience.width).max() ?? 0
    let ordered = changes.filter { $0.audience.width == widest || $0.change.kind.lane == .relief }
        .sorted { $0.origin == $1.origin ? $0.dot < $1.dot : $0.origin < $1.origin }.filter { seen.insert($0.origin).inserted }
    var standing: (held: HeldChange, state: RecordState)?
    var revocations: [Revocation] = []
    for held in ordered {
        switch held.change.kind {
        case .recordState(let state):
            if let current = standing, !stands(held, state, over: current.held, current.state) { continue }
            standing = (held, state)
        case .revocation(let revocation): revocations.append(revocation)
        case .attachmentsAdded, .listOpened, .listEntry, .listRemoval, .listEdition, .listDigests, .catalogue, .units, .profile, .calendar, .itemProposal, .proposalReply,
            .unknown: continue
        }
    }
    guard let standing else { return nil }
    return RecordView(
        id: id, home: standing.state.home ?? standing.held.dot.replica.path, item: standing.state.item,
        validity: revocations.isEmpty ? standing.state.validity : .revoked, subject: standing.state.subject, fields: standing.state.fields,
        actor: standing.held.change.actor, edition: standing.held.change.editions.first, state: standing.held.dot,
        revocations: revocations, changes: ordered.map(\.origin))
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

private func stands(_ a: HeldChange, _ aState: RecordState, over b: HeldChange, _ bState: RecordState) -> Bool {
    if aState.validity != bState.validity { return aState.validity > bState.validity }
    if a.change.context.contains(b.origin) { return true }
    if b.change.context.contains(a.origin) { return false }
    return a.origin < b.origin
}
