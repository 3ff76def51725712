import Registry

/// What was sent on a link and is not acknowledged yet, and how much more may be sent now.
///
/// Whatever is in flight stands before relief that is written next, in socket buffers, in the line and at
/// the peer. So no more is kept in flight than the line delivers in ``target``, measured by
/// acknowledgements: a load that began when `ahead` bytes were unacknowledged (itself among them) and was
/// acknowledged after *d* milliseconds shows a rate of `ahead`/*d*. Faster than the target, the allowance
/// grows towards rate × target; slower, it falls to that. A fast line, or a long fat one, reaches
/// ``Flight/most`` within a few round trips; a slow one comes down to a set at a time, never lower.
package struct Flight: Sendable {
    /// Unacknowledged change-set bytes per link and direction, at most.
    package static let most = 8 * 1024 * 1024
    /// Allowed before anything is known of the line, bytes.
    package static let first = 128 * 1024
    /// Never less, bytes: below this a single change set decides.
    package static let least = 16 * 1024
    /// Bytes loaded at a time, at most; less on slow lines, so that several loads are in flight.
    package static let load = 1024 * 1024
    /// What stands before newly written relief, in milliseconds of the line's time beyond its own delay.
    package static let target: UInt64 = 2000
    /// A line's own delay is believed up to here, milliseconds: the first acknowledgement on a slow line
    /// is no round trip.
    package static let longestDelay: UInt64 = 3000

    private struct Load: Sendable {
        let ledger: LedgerID
        let through: UInt64
        let bytes: Int
        /// Unacknowledged when it began, and its own bytes.
        let ahead: Int
        /// Monotonic milliseconds.
        let begun: UInt64
    }

    private var loads: [Load] = []
    private var begun: UInt64 = 0
    private var shortest: UInt64?
    /// Unacknowledged bytes.
    package private(set) var bytes = 0
    /// Bytes that may be unacknowledged; a load in progress may pass it.
    package private(set) var allowance = Flight.first

    package init() {}

    package var hasRoom: Bool { bytes < allowance }

    /// How much to load next, bytes: the caller takes at least one change set.
    package var nextBytes: Int { max(1, min(Flight.load, allowance / 4)) }

    /// A load is about to be written; `now` in monotonic milliseconds.
    package mutating func begin(at now: UInt64) { begun = now }

    /// The load was written.
    package mutating func sent(_ ledger: LedgerID, through: UInt64, bytes sent: Int) {
        bytes += sent
        loads.append(Load(ledger: ledger, through: through, bytes: sent, ahead: bytes, begun: begun))
    }

    /// The peer holds these.
    package mutating func acknowledge(_ held: [LedgerID: UInt64], at now: UInt64) {
        guard !loads.isEmpty else { return }
        var freed: [Load] = []
        loads.removeAll { load in
            guard let through = held[load.ledger], through >= load.through else { return false }
            freed.append(load)
            return true
        }
        for load in freed {
            bytes -= load.bytes
            measure(load, now)
        }
    }

    /// The peer takes nothing more of this ledger: its bytes count no longer.
    package mutating func forget(_ ledger: LedgerID) {
        loads.removeAll { load in
            guard load.ledger == ledger else { return false }
            bytes -= load.bytes
            return true
        }
    }

    private mutating func measure(_ load: Load, _ now: UInt64) {
        let delay = max(1, now > load.begun ? now - load.begun : 0)
        let own = min(min(shortest ?? delay, delay), Flight.longestDelay)
        shortest = own
        let wanted = Flight.target + own
        let carried = Int(clamping: UInt64(load.ahead).multipliedReportingOverflow(by: wanted).partialValue / delay)
        // An idle line shows less than it could carry, so only slowness lowers the allowance.
        allowance = min(max(delay > wanted ? carried : max(allowance, carried), Flight.least), Flight.most)
    }
}
