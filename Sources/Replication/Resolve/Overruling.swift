import Registry

/// Replicas' chains on records, numbered, as far as any of the claims stands on them: contexts speak of record and replica
/// together, and to name a chain by a number costs its hash once.
struct Chains {
    private var records: Few<Dot, Few<ReplicaID, Int>> = Few()
    private(set) var count = 0
    /// By claim.
    private var chains: [Int] = []
    private var places: [Int] = []
    /// Which there are.
    private(set) var ranks: Set<InstrumentRank> = []
    /// Whether any of the contexts names a change singly.
    private(set) var namesSingly = false

    init<Value>(_ claims: [Claim<Value>], _ history: History) {
        chains.reserveCapacity(claims.count)
        places.reserveCapacity(claims.count)
        var seen: UInt64 = 0
        for claim in claims {
            let held = history.changes[claim.change]
            let place = records.place(of: held.record, new: Few())
            let slot = records[place].place(of: held.origin.replica, new: count)
            let chain = records[place][slot]
            if chain == count { count += 1 }
            chains.append(chain)
            places.append(place)
            seen |= 1 << UInt64(claim.rank.rawValue)
            let context = held.change.context
            for index in context.entries.indices where !context.entries[index].later.isEmpty { namesSingly = true }
        }
        for rank in InstrumentRank.allCases where seen >> UInt64(rank.rawValue) & 1 == 1 { ranks.insert(rank) }
    }

    subscript(claim: Int) -> Int { chains[claim] }

    /// The chain of a replica on the record of a claim; nil when no claim stands there.
    func chain(_ replica: ReplicaID, asOf claim: Int) -> Int? {
        let place = places[claim]
        guard let slot = records.entries[place].value.place(of: replica) else { return nil }
        return records.entries[place].value.entries[slot].value
    }
}

/// A change on a chain.
private struct Link: Hashable {
    let chain: Int
    let counter: UInt64
}

/// Which ranks there are to be seen where, so that each claim is compared with chains rather than with every other claim.
struct Overview {
    /// By chain and rank, the smallest counter of a claim of that rank or above.
    private var first: [UInt64]
    private var ranks: [Link: InstrumentRank] = [:]

    init<Value>(_ claims: [Claim<Value>], _ history: History, _ chains: Chains) {
        first = Array(repeating: .max, count: chains.count * InstrumentRank.slots)
        for (place, claim) in claims.enumerated() {
            let counter = history.changes[claim.change].origin.counter, row = chains[place] * InstrumentRank.slots
            for rank in 0...claim.rank.slot where counter < first[row + rank] { first[row + rank] = counter }
            if chains.namesSingly { ranks[Link(chain: chains[place], counter: counter)] = claim.rank }
        }
    }

    /// Whether the author of `claim` held one of a higher rank.
    func holdsSuperior<Value>(of claim: Claim<Value>, at place: Int, _ history: History, _ chains: Chains) -> Bool {
        let above = claim.rank.slot + 1
        guard above < InstrumentRank.slots else { return false }
        let context = history.changes[claim.change].change.context
        for index in context.entries.indices {
            guard let chain = chains.chain(context.entries[index].replica, asOf: place) else { continue }
            let smallest = first[chain * InstrumentRank.slots + above]
            if smallest != .max, smallest <= context.entries[index].through { return true }
            for counter in context.entries[index].later {
                if let rank = ranks[Link(chain: chain, counter: counter)], rank > claim.rank { return true }
            }
        }
        return false
    }
}

/// What the live claims overrule, by rank.
struct Overruled {
    /// By chain and rank.
    private var through: [UInt64?]
    private var singly: [Link: InstrumentRank] = [:]

    /// - Parameter places: of `claims` among those that `chains` were numbered for.
    init<Value>(_ claims: [Claim<Value>], _ places: [Int], _ history: History, _ chains: Chains) {
        through = Array(repeating: nil, count: chains.count * InstrumentRank.slots)
        for (claim, place) in zip(claims, places) {
            let context = history.changes[claim.change].change.context
            for index in context.entries.indices {
                guard let chain = chains.chain(context.entries[index].replica, asOf: place) else { continue }
                let row = chain * InstrumentRank.slots, last = context.entries[index].through
                for rank in 0...claim.rank.slot where through[row + rank].map({ $0 < last }) ?? true { through[row + rank] = last }
                for counter in context.entries[index].later {
                    let link = Link(chain: chain, counter: counter)
                    singly[link] = max(singly[link] ?? .technical, claim.rank)
                }
            }
        }
    }

    func contains<Value>(_ claim: Claim<Value>, at place: Int, _ history: History, _ chains: Chains) -> Bool {
        let counter = history.changes[claim.change].origin.counter
        if let seen = through[chains[place] * InstrumentRank.slots + claim.rank.slot], counter <= seen { return true }
        if singly.isEmpty { return false }
        return singly[Link(chain: chains[place], counter: counter)].map { $0 >= claim.rank } ?? false
    }
}

extension InstrumentRank {
    fileprivate static var slots: Int { 5 }
    fileprivate var slot: Int { Int(rawValue) }
}
