/// When a child dials its parent again: the wait doubles with each failure, and is drawn at random from the
/// whole of it but its first eighth, so that the children of a parent that was away return spread out. After a talk that
/// went well the first wait is short: most lines break for a moment. A parent that was away longer meets its children
/// spread over the longer waits they have come to by then; 160 that were cut off at once return within a quarter of a second,
/// a few milliseconds of its work each.
package struct Redial: Sendable, Hashable {
    /// Ceiling of the wait after a talk that went well, milliseconds.
    package static let first: UInt64 = 250
    /// A talk that ended sooner counts as a failure, milliseconds: two nodes that cannot agree do not dial in a loop.
    package static let shortTalk: UInt64 = 5000

    /// Longest wait, milliseconds.
    package let longest: UInt64
    /// Failures since the last talk that went well, at most 16.
    package private(set) var failures = 0

    /// - Parameter longest: milliseconds, at least 1.
    package init(longest: UInt64) { self.longest = max(1, longest) }

    /// An attempt is over.
    /// - Parameter talked: how long the conversation lasted, milliseconds; nil when none began.
    package mutating func ended(talked: UInt64?) {
        if let talked, talked >= Self.shortTalk { failures = 0 } else { failures = min(failures + 1, 16) }
    }

    /// The longest the next wait can be, milliseconds.
    package var ceiling: UInt64 { min(longest, Self.first << UInt64(max(0, failures - 1))) }

    /// The next wait, milliseconds, 1…``ceiling``.
    /// - Parameter draw: uniformly random.
    package func wait(draw: UInt64) -> UInt64 {
        let least = ceiling / 8
        return max(1, least + draw % (ceiling - least + 1))
    }
}
