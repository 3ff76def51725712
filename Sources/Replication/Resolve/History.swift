import Registry

/// One accepted change as `resolve` takes it.
package struct HeldChange: Sendable, Hashable {
    package let dot: Dot
    package let change: Change
    /// Of the ledger it came in.
    package let audience: Audience
    package init(dot: Dot, change: Change, audience: Audience) { (self.dot, self.change, self.audience) = (dot, change, audience) }

    package var origin: Dot { change.origin ?? dot }
    /// The record it is about.
    package var record: Dot { change.record ?? origin }
}

/// The accepted changes of one decision, each origin once, ascending by origin, with who saw whom. A function of the set:
/// order and duplicates of arrival leave no trace.
struct History {
    let changes: [HeldChange]

    /// All shared changes of a record have one audience, which may only widen: once a record entered a wider one, what only
    /// a narrower one can see is history, and nodes inside and outside it show the same. Relief counts from wherever it came (P4).
    init(_ held: [HeldChange]) {
        var widest: [Dot: Int] = [:]
        for one in held {
            guard case .recordState = one.change.kind else { continue }
            widest[one.record] = max(widest[one.record] ?? 0, one.audience.width)
        }
        let visible = held.filter { $0.change.kind.lane == .relief || $0.audience.width >= widest[$0.record] ?? 0 }
        var kept: [HeldChange] = []
        kept.reserveCapacity(visible.count)
        for one in visible.sorted(by: History.precedes) where kept.last?.origin != one.origin { kept.append(one) }
        changes = kept
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
