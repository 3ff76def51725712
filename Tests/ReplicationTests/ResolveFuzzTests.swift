import Registry
import Replication
import Testing

/// What a hostile peer may send: bytes of changes with some of them altered, and well-formed changes that make no sense. Every
/// one of them is decoded or refused, judged, and resolved, and nothing of it stops a node.
@Suite struct ResolveFuzzTests {
    /// A replica knows nothing but what it is asked about.
    private static var circumstances: Circumstances {
        Circumstances(edition: { _ in nil }, holds: { $0.counter % 2 == 0 }, naturalKey: { _ in Array(repeating: 0, count: 16) })
    }

    private func survives(_ held: [HeldChange], _ seed: UInt64) {
        for one in held {
            for lane in Lane.allCases {
                _ = judge(one.change, dot: one.dot, ledger: LedgerID(replica: one.dot.replica, audience: one.audience, lane: lane), in: Self.circumstances)
            }
        }
        let views = resolve(held, in: .plain)
        #expect(resolve(held.reversed() + held, in: .plain).map(\.canonicalBytes) == views.map(\.canonicalBytes), "seed \(seed)")
    }

    @Test("Altered bytes are refused or resolved")
    func bytes() {
        Seeds.each(400) { seed, random in
            let story = ResolvePropertyTests.history(&random, acts: 4...12)
            let held = story.changes.map { one -> HeldChange in
                guard var bytes = try? one.change.serializedGenerally(), !bytes.isEmpty else { return one }
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                    case 1: bytes.remove(at: place)
                    case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                    default: bytes[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
                    }
                    if bytes.isEmpty { break }
                }
                guard let change = try? Change(serialized: bytes) else { return one }
                return HeldChange(dot: one.dot, change: change, audience: one.audience)
            }
            survives(held, seed)
        }
    }

    @Test("Arbitrary bytes are no change, or one that is judged")
    func noise() {
        Seeds.each(2_000) { _, random in
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            guard let change = try? Change(serialized: bytes) else { return }
            let dot = Dot(replica: ReplicaID(path: path("wuhan"), incarnation: Incarnation(high: 1, low: 1)), counter: 1)
            _ = judge(change, dot: dot, ledger: LedgerID(replica: dot.replica, audience: .published, lane: .relief), in: Self.circumstances)
            _ = resolve([HeldChange(dot: dot, change: change, audience: .published)], in: .plain)
        }
    }

    @Test("Contexts that run in circles, name themselves, the future and strangers; acts on acts and on nothing")
    func absurd() {
        Seeds.each(400) { seed, random in
            let story = ResolvePropertyTests.history(&random, acts: 4...14)
            let dots = story.changes.map(\.dot)
            func any() -> Dot { dots.randomElement(using: &random) ?? dots[0] }
            let held = story.changes.map { one -> HeldChange in
                var change = one.change
                let replicas = Set(dots.map(\.replica)).sorted().filter { _ in Bool.random(using: &random) }
                change.context =
                    Context(replicas.map { Context.Entry(replica: $0, through: UInt64.random(in: 1...(1 << 61), using: &random), later: []) }) ?? .empty
                change.previous = UInt64.random(in: 0...(1 << 61), using: &random)
                if Int.random(in: 0..<3, using: &random) == 0 { change.record = any() }
                if Int.random(in: 0..<4, using: &random) == 0 { change.origin = any() }
                if case .act(.reply(var reply)) = change.kind {
                    reply.objection = any()
                    change.kind = .act(.reply(reply))
                }
                if Int.random(in: 0..<6, using: &random) == 0 {
                    change.kind = .act(.identity(IdentityLink(other: any(), isSame: Bool.random(using: &random), reason: "?")))
                }
                let audience: Audience = [one.audience, .published, .local].randomElement(using: &random) ?? .local
                return HeldChange(dot: one.dot, change: change, audience: audience)
            }
            survives(held, seed)
        }
    }
}
