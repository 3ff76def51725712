import Registry
import Replication

struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

func path(_ text: String) -> NodePath {
    guard let path = NodePath(text) else { preconditionFailure(text) }
    return path
}

func replica(_ text: String, _ incarnation: UInt64 = 1) -> ReplicaID {
    ReplicaID(path: path(text), incarnation: Incarnation(high: 7, low: incarnation))
}

let actor = Actor(unit: "11000000TEXT00017D", operator: "甲", reviewer: "乙")

func state(_ validity: Validity, text: String, home: String? = nil) -> ChangeKind {
    .recordState(
        RecordState(item: 1, home: home.map { path($0) }, validity: validity, subject: .unregistered("某户"), fields: [RecordField(number: 1, value: .text(text))]))
}

/// Thousands of runs with a seed each; more with CREDITNODE_SOAK set.
enum Seeds {
    static func each(_ count: Int, _ body: (UInt64, inout SplitMix) throws -> Void) rethrows {
        for seed in 0..<UInt64(count * factor) {
            var random = SplitMix(seed: seed)
            try body(seed, &random)
        }
    }

    private static var factor: Int { soaking ? 50 : 1 }
}
