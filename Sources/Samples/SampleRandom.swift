/// Numbers that are the same on every machine and in every version: xoshiro256** seeded by SplitMix64
/// (Blackman and Vigna, public domain). Not for keys.
package struct SampleRandom: Sendable {
    private var a: UInt64, b: UInt64, c: UInt64, d: UInt64

    package init(seed: UInt64) {
        var mixer = SplitMix64(state: seed)
        (a, b, c, d) = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
    }

    /// A generator for one row of one stream: row *n* does not depend on rows before it.
    package init(seed: UInt64, street: Int, stream: UInt64, row: Int) {
        var mixer = SplitMix64(state: seed)
        var key = mixer.next()
        for part in [UInt64(truncatingIfNeeded: street), stream, UInt64(truncatingIfNeeded: row)] {
            mixer = SplitMix64(state: key ^ part &* 0x9E37_79B9_7F4A_7C15)
            key = mixer.next()
        }
        self.init(seed: key)
    }

    package mutating func next() -> UInt64 {
        let result = (b &* 5).rotatedLeft(7) &* 9
        let shifted = b << 17
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= shifted
        d = d.rotatedLeft(45)
        return result
    }

    /// 0 ..< `bound`; `bound` must be positive. The bias (below bound / 2^64) does not matter for samples.
    package mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// True in `percent` of 100 cases.
    package mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    package mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }
}

/// Steele, Lea and Flood's mixer: turns any seed, 0 too, into well spread words.
struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension UInt64 {
    fileprivate func rotatedLeft(_ bits: UInt64) -> UInt64 { (self << bits) | (self >> (64 - bits)) }
}
