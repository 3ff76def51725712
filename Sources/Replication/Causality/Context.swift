/// The exact set of changes *of one record* its author held when writing: per replica the counter up
/// to which that replica's chain on this record was held unbroken, plus later dots singly.
///
/// Received contexts are never merged into one's own, and a higher counter does not imply that lower
/// ones were held, because lanes and audiences deliver out of order.
///
/// Invariants: one entry per replica, ascending by replica; `later` ascending, all above `through`.
package struct Context: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package let replica: ReplicaID
        /// 0 when the chain's beginning was not held.
        package let through: UInt64
        package let later: [UInt64]

        package init(replica: ReplicaID, through: UInt64, later: [UInt64] = []) {
            (self.replica, self.through, self.later) = (replica, through, later)
        }
    }

    package let entries: [Entry]

    package static let empty = Context(unchecked: [])
    /// More entries than any honest record has; bounds what a peer can make us keep.
    package static let maximumEntries = 256

    private init(unchecked entries: [Entry]) { self.entries = entries }

    /// - Returns: nil when the invariants do not hold.
    package init?(_ entries: [Entry]) {
        guard entries.count <= Context.maximumEntries else { return nil }
        for (i, entry) in entries.enumerated() {
            if i > 0, !(entries[i - 1].replica < entry.replica) { return nil }
            var last = entry.through
            for counter in entry.later {
                guard counter > last else { return nil }
                last = counter
            }
            guard entry.through > 0 || !entry.later.isEmpty else { return nil }
        }
        self.entries = entries
    }

    /// The context of an author that holds `chains`: per replica the counters of its changes on the
    /// record, each with the counter of the previous one it names (0 = first).
    package init(holding chains: [(replica: ReplicaID, changes: [(counter: UInt64, previous: UInt64)])]) {
        entries = chains.sorted { $0.replica < $1.replica }.compactMap { chain in
            let changes = chain.changes.sorted { $0.counter < $1.counter }
            var through: UInt64 = 0
            var later: [UInt64] = []
            for change in changes {
                if later.isEmpty, change.previous == through { through = change.counter } else { later.append(change.counter) }
            }
            return changes.isEmpty ? nil : Entry(replica: chain.replica, through: through, later: later)
        }
    }

    /// A version as forms and commands carry it: entries `PATH#INCARNATION:THROUGH+LATER+…`, joined by `;`. Read back by ``init(version:)``.
    package var version: String {
        entries.map { entry in
            "\(entry.replica.path)#\(entry.replica.incarnation):" + ([entry.through] + entry.later).map(String.init).joined(separator: "+")
        }.joined(separator: ";")
    }

    /// Reads ``version``. - Returns: nil for anything else.
    package init?(version text: String) {
        var entries: [Entry] = []
        for part in text.split(separator: ";", omittingEmptySubsequences: false) {
            guard let colon = part.lastIndex(of: ":"), let dot = Dot(String(part[..<colon]) + ":1") else { return nil }
            let counters = part[part.index(after: colon)...].split(separator: "+", omittingEmptySubsequences: false).map { UInt64($0) }
            guard let through = counters.first ?? nil, counters.allSatisfy({ $0 != nil }) else { return nil }
            entries.append(Entry(replica: dot.replica, through: through, later: counters.dropFirst().compactMap { $0 }))
        }
        self.init(entries)
    }

    /// Whether the author had seen `dot`.
    package func contains(_ dot: Dot) -> Bool {
        for index in entries.indices where entries[index].replica == dot.replica {
            return dot.counter <= entries[index].through || entries[index].later.contains(dot.counter)
        }
        return false
    }
}

/// Hybrid logical time: milliseconds since 1970 in the upper 48 bits, a count in the lower 16.
/// For display and deadlines only, never for content (guarantee 9).
package struct HybridTime: Hashable, Sendable, Comparable {
    package let raw: UInt64
    package init(raw: UInt64) { self.raw = raw }
    package init(milliseconds: UInt64, count: UInt16 = 0) { raw = milliseconds << 16 | UInt64(count) }
    package var milliseconds: UInt64 { raw >> 16 }

    /// The next time after `self` when the wall clock shows `now` (milliseconds): never goes back.
    package func advanced(to now: UInt64) -> HybridTime {
        let wall = HybridTime(milliseconds: now & 0xFFFF_FFFF_FFFF)
        return wall.raw > raw ? wall : HybridTime(raw: raw &+ 1)
    }

    package static func < (a: HybridTime, b: HybridTime) -> Bool { a.raw < b.raw }
}
