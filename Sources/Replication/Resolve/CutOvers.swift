import Registry

/// What the editions in force have ended, each up to a frontier: units that others succeeded (M41), items that were
/// withdrawn (M39). A change beyond its frontier is quarantined, whatever edition it names; nothing asks for a time.
///
/// What a window took in for a subject (objections, requests for review, applications for repair, marks of litigation) is never held up: any unit may
/// take it in, and a receipt was given for it. Nor is relief that the old unit gave: a decision that was shown as revoked, repaired or
/// stopped does not come back because an edition arrives late (guarantee 3).
package struct CutOvers: Sendable {
    package static let none = CutOvers(registry: nil, catalogue: nil)
    /// Names of the rules by which changes are quarantined here.
    package static let rules = ["item-withdrawn", "unit-succeeded"]

    private struct Cut: Sendable {
        let counters: [String: UInt64]

        init(_ cuts: [CutOver]) { counters = Dictionary(cuts.map { ($0.replica, $0.counter) }, uniquingKeysWith: max) }

        func covers(_ dot: Dot) -> Bool { covers(dot.replica, through: dot.counter) }
        func covers(_ replica: ReplicaID, through counter: UInt64) -> Bool { counter <= counters[replica.description] ?? 0 }
        func counter(_ replica: ReplicaID) -> UInt64 { counters[replica.description] ?? 0 }
    }

    private let units: [String: [(succession: Succession, cut: Cut)]]
    /// Where succeeded units worked.
    private let places: [NodePath: [Cut]]
    private let items: [UInt32: (withdrawal: ItemWithdrawal, cut: Cut)]

    /// Successions and withdrawals that their issuer has not signed yet cut nothing over.
    package init(registry: UnitRegistry?, catalogue: Catalogue?) {
        var units: [String: [(succession: Succession, cut: Cut)]] = [:], places: [NodePath: [Cut]] = [:]
        for one in registry?.successions ?? [] where !one.cutOver.isEmpty {
            let cut = Cut(one.cutOver)
            units[one.from.text, default: []].append((one, cut))
            for node in registry?.unit(one.from)?.nodes ?? [] { places[node, default: []].append(cut) }
        }
        (self.units, self.places) = (units, places)
        var items: [UInt32: (withdrawal: ItemWithdrawal, cut: Cut)] = [:]
        for one in catalogue?.withdrawals ?? [] where !one.cutOver.isEmpty { items[one.item] = (one, Cut(one.cutOver)) }
        self.items = items
    }

    package var isEmpty: Bool { units.isEmpty && items.isEmpty }

    /// Whether changes of a unit or under an item are to be looked at one by one.
    package func concerns(unit: String, item: UInt32) -> Bool { units[unit] != nil || items[item] != nil }

    package func isWithdrawn(_ item: UInt32) -> Bool { items[item] != nil }

    /// Whether a succeeded unit may have written something beyond its frontier at this replica, up to `counter`.
    package func mayCut(_ replica: ReplicaID, through counter: UInt64) -> Bool {
        places[replica.path]?.contains { !$0.covers(replica, through: counter) } ?? false
    }

    /// The first counter of a replica from which anything may be cut off; nil when nothing is.
    package func first(of replica: ReplicaID) -> UInt64? {
        let cuts = items.values.map(\.cut) + (places[replica.path] ?? [])
        return cuts.map { $0.counter(replica) }.min()
    }

    /// nil = it stands.
    package func fault(_ change: Change, _ dot: Dot, edition: (Digest) -> EditionInForce?) -> Judgement? {
        if isEmpty { return nil }
        switch change.kind {
        case .recordState(let state): return succeeded(change, dot) ?? withdrawn(state, change, dot, edition)
        case .revocation: return nil
        case .attachmentsAdded: return succeeded(change, dot)
        case .act(let act):
            switch act {
            case .objection, .reviewRequest, .litigation, .forwarding: return nil
            // A subject applied for it: the window may be another's than the deciding unit's.
            case .repair(let repair) where repair.step == .applied: return nil
            case .correction, .upheld, .reply, .repair, .publication, .identity, .fulfilment: return act.lane == .relief ? nil : succeeded(change, dot)
            }
        case .affair, .draftStep, .federation, .listOpened, .listEntry, .listRemoval, .listEdition, .listDigests, .catalogue, .units, .profile, .calendar, .itemProposal,
            .proposalReply, .erasure, .optOut, .unknown: return nil
        }
    }

    private func succeeded(_ change: Change, _ dot: Dot) -> Judgement? {
        for one in units[change.actor.unit] ?? [] where !one.cut.covers(dot) {
            return .quarantined(
                rule: "unit-succeeded",
                detail: "unit \(change.actor.unit) was succeeded by \(one.succession.to.text) (\(one.succession.document)); what it wrote later waits for the successor (M41)")
        }
        return nil
    }

    private func withdrawn(_ state: RecordState, _ change: Change, _ dot: Dot, _ edition: (Digest) -> EditionInForce?) -> Judgement? {
        guard let ended = items[state.item], !ended.cut.covers(change.record ?? dot) else { return nil }
        if let until = ended.withdrawal.lawfulUntil, let named = change.editions.first, case .catalogue(let catalogue)? = edition(named),
            let number = catalogue.item(state.item)?.item.roles.decisionDate, case .date(let decided)? = state.value(number), decided <= until
        {
            return nil
        }
        return .quarantined(rule: "item-withdrawn", detail: "item \(state.item) was withdrawn: \(ended.withdrawal.reason) (M39)")
    }
}
