import Registry

/// One change's say on one question: the value of a field, the outcome of a case, the state of a repair.
struct Claim<Value: Hashable> {
    /// Index in the history, where the document it rests on is found.
    let change: Int
    let rank: InstrumentRank
    let value: Value
}

/// What became of the claims on one question. Every list ascends by change.
struct Settlement<Value: Hashable> {
    /// The value that counts; nil while nothing is claimed, or while claims of equal rank differ.
    private(set) var agreed: Value?
    /// Claims nothing overrules. More than one value among them is a conflict, which a person decides (P2).
    private(set) var standing: [Claim<Value>] = []
    /// Claims that knew of a superior one and could not overrule it (M17): proposals.
    private(set) var ceded: [Claim<Value>] = []
    /// Concurrent claims of a lower rank than one that stands.
    private(set) var outranked: [Claim<Value>] = []

    var isConflict: Bool { agreed == nil && !standing.isEmpty }
}

extension Settlement {
    /// Settles claims by causality and rank, never by time (P2): a claim overrules one it saw when its rank is at least as
    /// high; it yields to one it saw of a higher rank; of concurrent ones the highest rank counts, and within it the later
    /// stage of one procedure. Linear in claims and entries of their contexts.
    ///
    /// Contexts of a liar may run in circles; then nothing overrules anything, and all of them stand.
    init(_ claims: [Claim<Value>], in history: History) {
        guard claims.count > 1 else {
            standing = claims
            agreed = claims.first?.value
            return
        }
        var open: [Claim<Value>]
        if claims.count <= Self.few {
            let (cededAmong, openAmong) = Self.weighFew(claims, history)
            if cededAmong != 0 { ceded = claims.indices.filter { cededAmong >> $0 & 1 == 1 }.map { claims[$0] } }
            #if !PLANTED_BUGS
                // Nearly always one is left.
                if openAmong.nonzeroBitCount == 1 {
                    let last = claims[openAmong.trailingZeroBitCount]
                    (standing, agreed) = ([last], last.value)
                    return
                }
            #endif
            open = claims.indices.filter { openAmong >> $0 & 1 == 1 }.map { claims[$0] }
        } else {
            open = weighMany(claims, history)
        }
        let top = open.map(\.rank).max() ?? .technical
        outranked = open.filter { $0.rank < top }
        open = open.filter { $0.rank == top }
        if open.count == 1 {
            (standing, agreed) = (open, open[0].value)
            return
        }
        let followed = Set(open.map { history.changes[$0.change].instrument.follows }).subtracting([""])
        if !followed.isEmpty {
            let last = open.filter { !followed.contains(history.changes[$0.change].instrument.document) }
            if !last.isEmpty, last.count < open.count {
                outranked = (outranked + open.filter { followed.contains(history.changes[$0.change].instrument.document) }).sorted { $0.change < $1.change }
                open = last
            }
        }
        #if PLANTED_BUGS
            // The later clock wins.
            if plantedBug == 10, let latest = open.max(by: { history.changes[$0.change].change.capturedAt < history.changes[$1.change].change.capturedAt }) { open = [latest] }
        #endif
        standing = open
        if let first = open.first, open.allSatisfy({ $0.value == first.value }) { agreed = first.value }
    }
}

extension Settlement {
    /// So few claims are compared with each other faster than with chains; the outcome is the same.
    static var few: Int { 8 }

    /// As bits: claims that ceded, and those that nothing overrules.
    private static func weighFew(_ claims: [Claim<Value>], _ history: History) -> (ceded: UInt32, open: UInt32) {
        let all: UInt32 = (1 << UInt32(claims.count)) - 1
        var ceded: UInt32 = 0
        for one in claims.indices {
            for other in claims.indices where claims[other].rank > claims[one].rank && history.saw(claims[one].change, claims[other].change) {
                ceded |= 1 << UInt32(one)
                break
            }
        }
        // Where all yield to each other, all of them stand against each other.
        if ceded == all { ceded = 0 }
        let weighed = all & ~ceded
        var open: UInt32 = 0
        for one in claims.indices where weighed >> UInt32(one) & 1 == 1 {
            var isOpen = true
            for other in claims.indices
            where weighed >> UInt32(other) & 1 == 1 && claims[other].rank >= claims[one].rank && history.saw(claims[other].change, claims[one].change) {
                isOpen = false
                break
            }
            if isOpen { open |= 1 << UInt32(one) }
        }
        return (ceded, open == 0 ? weighed : open)
    }

    /// - Returns: what nothing overrules.
    private mutating func weighMany(_ claims: [Claim<Value>], _ history: History) -> [Claim<Value>] {
        let chains = Chains(claims, history)
        var live: [Claim<Value>] = [], yielded: [Claim<Value>] = []
        if chains.ranks.count > 1 {
            let seen = Overview(claims, history, chains)
            for (place, claim) in claims.enumerated() {
                if seen.holdsSuperior(of: claim, at: place, history, chains) { yielded.append(claim) } else { live.append(claim) }
            }
        }
        let weighed: [Claim<Value>]
        let places: [Int]
        if live.isEmpty {
            (weighed, places) = (claims, Array(claims.indices))
        } else {
            ceded = yielded
            weighed = live
            var next = 0
            places = live.map { one in
                while claims[next].change != one.change { next += 1 }
                next += 1
                return next - 1
            }
        }
        let overruled = Overruled(weighed, places, history, chains)
        let open = zip(weighed, places).filter { !overruled.contains($0, at: $1, history, chains) }.map(\.0)
        return open.isEmpty ? weighed : open
    }
}
