import Registry

/// One accepted change as `resolve` takes it. A class, so that sorting and filtering hand on one reference and not a whole change.
package final class HeldChange: Sendable, Hashable {
    package let dot: Dot
    package let change: Change
    /// Of the ledger it came in.
    package let audience: Audience
    package let origin: Dot
    /// The record it is about.
    package let record: Dot
    /// What it says, without saying it.
    let sort: ChangeSort
    let said: Said

    package init(dot: Dot, change: Change, audience: Audience) {
        (self.dot, self.change, self.audience) = (dot, change, audience)
        origin = change.origin ?? dot
        record = change.record ?? origin
        sort = ChangeSort(change.kind)
        said = Said(change.kind)
    }

    package static func == (a: HeldChange, b: HeldChange) -> Bool { a.dot == b.dot && a.audience == b.audience && a.change == b.change }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(dot)
        hasher.combine(audience)
    }
}

/// The kinds that views are folded from, as a set: most questions are answered by what is absent.
struct ChangeSort: OptionSet, Sendable {
    let rawValue: UInt16

    static let state = ChangeSort(rawValue: 1), revocation = ChangeSort(rawValue: 2), correction = ChangeSort(rawValue: 4)
    static let upheld = ChangeSort(rawValue: 8), objection = ChangeSort(rawValue: 16), reply = ChangeSort(rawValue: 32)
    static let review = ChangeSort(rawValue: 64), repair = ChangeSort(rawValue: 128), publication = ChangeSort(rawValue: 256)
    static let litigation = ChangeSort(rawValue: 512), identity = ChangeSort(rawValue: 1024), fulfilment = ChangeSort(rawValue: 2048)
    static let draftStep = ChangeSort(rawValue: 4096), kinship = ChangeSort(rawValue: 8192), noted = ChangeSort(rawValue: 16384)

    init(rawValue: UInt16) { self.rawValue = rawValue }

    init(_ kind: ChangeKind) {
        switch kind {
        case .recordState: self = .state
        case .revocation: self = .revocation
        case .act(let act):
            switch act {
            case .correction: self = .correction
            case .upheld: self = .upheld
            case .objection: self = .objection
            case .reply: self = .reply
            case .reviewRequest: self = .review
            case .repair: self = .repair
            case .publication: self = .publication
            case .litigation: self = .litigation
            case .identity: self = .identity
            case .fulfilment: self = .fulfilment
            case .forwarding: self = []
            }
        case .draftStep: self = .draftStep
        case .federation(.kinship): self = .kinship
        case .federation(.noted): self = .noted
        case .affair, .attachmentsAdded, .federation, .listOpened, .listEntry, .listRemoval, .listEdition, .listDigests, .catalogue, .units, .profile, .calendar, .itemProposal,
            .proposalReply, .erasure, .optOut, .unknown: self = []
        }
    }
}

/// The accepted changes of one decision, each origin once, ascending by origin, with who saw whom. A function of the set:
/// order and duplicates of arrival leave no trace.
struct History {
    let changes: [HeldChange]
    /// Which kinds there are.
    let sorts: ChangeSort

    /// All shared changes of a record have one audience, which may only widen: once a record entered a wider one, what only
    /// a narrower one can see is history, and nodes inside and outside it show the same. Relief counts from wherever it came (P4).
    init(_ held: [HeldChange]) {
        let visible = History.visible(held)
        var kept: [HeldChange] = [], sorts: ChangeSort = []
        kept.reserveCapacity(visible.count)
        #if PLANTED_BUGS
            // Whatever is gathered last counts last: the order of arrival shows.
            if plantedBug == 9 {
                (changes, self.sorts) = (visible, visible.reduce(into: []) { $0.formUnion($1.sort) })
                return
            }
        #endif
        for one in History.ordered(visible) {
            if let last = kept.last, last.origin == one.origin { continue }
            kept.append(one)
            sorts.formUnion(one.sort)
        }
        (changes, self.sorts) = (kept, sorts)
    }

    /// Few are put in their places one by one, and often they came in order.
    private static func ordered(_ held: [HeldChange]) -> [HeldChange] {
        if held.count > 16 { return held.sorted(by: precedes) }
        var ordered = held
        for index in ordered.indices.dropFirst() {
            let one = ordered[index]
            var slot = index
            while slot > 0, precedes(one, ordered[slot - 1]) { slot -= 1 }
            if slot == index { continue }
            for place in stride(from: index, to: slot, by: -1) { ordered[place] = ordered[place - 1] }
            ordered[slot] = one
        }
        return ordered
    }

    private static func visible(_ held: [HeldChange]) -> [HeldChange] {
        // Nearly always all came in one audience.
        guard let first = held.first, held.contains(where: { $0.audience != first.audience }) else { return held }
        var widest: [Dot: Int] = [:]
        for one in held where one.sort == .state { widest[one.record] = max(widest[one.record] ?? 0, one.audience.width) }
        return held.filter { $0.change.kind.lane == .relief || $0.audience.width >= widest[$0.record] ?? 0 }
    }

    /// Ascending.
    var origins: [Dot] {
        var origins: [Dot] = []
        origins.reserveCapacity(changes.count)
        for index in changes.indices { origins.append(changes[index].origin) }
        return origins
    }

    /// Indices of the changes of one kind, ascending.
    func indices(of sort: ChangeSort) -> [Int] {
        if !sorts.contains(sort) { return [] }
        var found: [Int] = []
        for index in changes.indices where changes[index].sort == sort { found.append(index) }
        return found
    }

    /// Of two copies of one origin the widest, then the smaller dot, is the one that counts.
    private static func precedes(_ a: HeldChange, _ b: HeldChange) -> Bool {
        if a.origin != b.origin { return a.origin < b.origin }
        if a.audience.width != b.audience.width { return a.audience.width > b.audience.width }
        return a.dot < b.dot
    }

    /// Whether the author of `a` held `b` when writing. Contexts speak of one record: of another member of the same
    /// decision an author says nothing, and the two are concurrent.
    func saw(_ a: Int, _ b: Int) -> Bool {
        let seer = changes[a], seen = changes[b]
        return seer.record == seen.record && seer.change.context.contains(seen.origin)
    }
}
