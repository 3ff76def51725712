import Registry

/// Which records are one decision: those that share a natural key, or that a person declared the same; never two that a
/// person declared not to be (M35–M37: un-merge wins).
struct Identities {
    /// Record ids, each group ascending, groups ascending by their first.
    let groups: [[Dot]]
    /// Records somebody separated: what they show waits until it is confirmed.
    let separated: Set<Dot>

    init(_ history: History, _ naturalKeys: [Dot: [UInt8]]) {
        if !history.sorts.contains(.identity), let first = history.changes.first, history.changes.allSatisfy({ $0.record == first.record }) {
            (groups, separated) = ([[first.record]], [])
            return
        }
        var same: Set<Pair> = [], apart: Set<Pair> = []
        var records: Set<Dot> = []
        for held in history.changes {
            records.insert(held.record)
            guard case .act(.identity(let link)) = held.change.kind, link.other != held.record else { continue }
            let pair = Pair(held.record, link.other)
            if link.isSame { same.insert(pair) } else { apart.insert(pair) }
        }
        separated = Set(apart.flatMap { [$0.a, $0.b] })
        if records.count == 1 || (apart.isEmpty && naturalKeys.isEmpty) {
            groups = records.isEmpty ? [] : [records.sorted()]
            return
        }
        var made: [[Dot]] = []
        // Ascending, into the first group that takes it: a function of the set.
        for record in records.sorted() {
            let index = made.firstIndex { group in
                group.allSatisfy { !apart.contains(Pair($0, record)) }
                    && group.contains { same.contains(Pair($0, record)) || Identities.share($0, record, naturalKeys) }
            }
            if let index { made[index].append(record) } else { made.append([record]) }
        }
        groups = made
    }

    private static func share(_ a: Dot, _ b: Dot, _ keys: [Dot: [UInt8]]) -> Bool {
        guard let a = keys[a], let b = keys[b] else { return true }
        return a == b
    }

    private struct Pair: Hashable {
        let a: Dot, b: Dot
        init(_ one: Dot, _ other: Dot) { (a, b) = one < other ? (one, other) : (other, one) }
    }
}
