import NIOCore

/// How one direction of a line behaves. The default is a perfect line.
package struct LineConditions: Sendable, Hashable {
    /// From one end to the other, milliseconds.
    package var latency: Int64
    /// nil: no limit.
    package var bytesPerSecond: Int?
    /// Probability that a segment (1448 bytes) is lost, 0 … 0.9. TCP hides a loss from both ends and shows a
    /// stall: that segment and all behind it come a retransmission time-out later, doubled each time the
    /// segment is lost again.
    package var loss: Double
    /// First retransmission time-out, milliseconds.
    package var timeout: Int64
    /// Same seed, same losses, for each connection by its number.
    package var seed: UInt64

    package init(latency: Int64 = 0, bytesPerSecond: Int? = nil, loss: Double = 0, timeout: Int64 = 300, seed: UInt64 = 1) {
        self.latency = latency
        self.bytesPerSecond = bytesPerSecond
        self.loss = loss
        self.timeout = timeout
        self.seed = seed
    }

    package static let perfect = LineConditions()
    package var isPerfect: Bool { latency == 0 && bytesPerSecond == nil && loss == 0 }

    /// Bytes on their way before the sender is made to wait: what a router and a TCP window hold.
    var capacity: Int { bytesPerSecond.map { max(64 * 1024, $0 * Int(latency) / 500) } ?? 16 * 1024 * 1024 }
}

/// When the bytes of one direction of one connection arrive. A value: time and seed come in.
package struct LineSchedule: Sendable {
    package static let segment = 1448
    /// Parts in which a slow line delivers.
    static let part = 4 * segment

    private var free: Int64 = 0
    private var random: UInt64

    package init(seed: UInt64) { random = seed }

    /// - Parameter now: nanoseconds. - Returns: when the last of `count` bytes arrives, never before earlier ones.
    package mutating func arrival(of count: Int, now: Int64, _ conditions: LineConditions) -> Int64 {
        free = max(free, now)
        if let rate = conditions.bytesPerSecond { free += Int64(count) * 1_000_000_000 / Int64(max(1, rate)) }
        if conditions.loss > 0 {
            for _ in 0..<max(1, (count + Self.segment - 1) / Self.segment) {
                var wait = conditions.timeout
                while draw() < conditions.loss, wait < 60_000 {
                    free += wait * 1_000_000
                    wait *= 2
                }
            }
        }
        return free + conditions.latency * 1_000_000
    }

    /// 0 ..< 1 (SplitMix64).
    private mutating func draw() -> Double {
        random &+= 0x9e37_79b9_7f4a_7c15
        var z = random
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return Double((z ^ (z >> 31)) >> 11) / Double(1 << 53)
    }
}
