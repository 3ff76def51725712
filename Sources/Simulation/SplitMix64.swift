/// Repeatable randomness (Steele, Lea and Flood 2014): the same seed, the same numbers, on every machine.
package struct SplitMix64: Sendable, RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// 0 ..< `bound`, which is at least 1.
    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// True `share` times in a thousand.
    package mutating func chance(_ share: Int) -> Bool { below(1000) < share }

    /// nil of nothing.
    package mutating func pick<T>(_ choices: [T]) -> T? { choices.isEmpty ? nil : choices[below(choices.count)] }

    package mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let word = next()
            for shift in stride(from: 0, to: 64, by: 8) where bytes.count < count { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
        }
        return bytes
    }

    /// A generator of its own for `purpose`, whatever was drawn from this one.
    package static func derived(from seed: UInt64, _ purpose: String) -> SplitMix64 {
        var mixed = SplitMix64(seed: seed)
        var state = mixed.next()
        for byte in purpose.utf8 { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return SplitMix64(seed: state)
    }
}
