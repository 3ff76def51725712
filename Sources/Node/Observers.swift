import Registry
import Replication
import Synchronization

/// Who is told that ledgers grew: the links, each of what may cross it. A tip of one street concerns two of a district's
/// 160 links, and only these are touched.
final class Observers: Sendable {
    typealias Body = @Sendable ([LedgerTip]) -> Void

    private struct State {
        var everything: [UInt64: Body] = [:]
        var links: [NodePath: [UInt64: Body]] = [:]
        var last: UInt64 = 0
    }

    private let state = Mutex(State())

    func add(_ peer: NodePath?, _ body: @escaping Body) -> UInt64 {
        state.withLock { state in
            state.last += 1
            if let peer { state.links[peer, default: [:]][state.last] = body } else { state.everything[state.last] = body }
            return state.last
        }
    }

    func remove(_ handle: UInt64) {
        state.withLock { state in
            state.everything[handle] = nil
            for peer in state.links.keys where state.links[peer]?[handle] != nil {
                state.links[peer]?[handle] = nil
                if state.links[peer]?.isEmpty == true { state.links[peer] = nil }
            }
        }
    }

    func tell(_ tips: [LedgerTip]) {
        let told = state.withLock { state -> [(handle: UInt64, body: Body, tips: [LedgerTip])] in
            var told = state.everything.map { (handle: $0.key, body: $0.value, tips: tips) }
            for (peer, tips) in Self.route(tips, among: state.links.keys) {
                for (handle, body) in state.links[peer] ?? [:] { told.append((handle, body, tips)) }
            }
            return told
        }
        for one in told.sorted(by: { $0.handle < $1.handle }) { one.body(one.tips) }
    }

    /// The tips that may cross the link to each peer: a lineage's ledger runs along the path to the root, and a
    /// published one also down from its author.
    static func route(_ tips: [LedgerTip], among peers: some Collection<NodePath>) -> [NodePath: [LedgerTip]] {
        var routed: [NodePath: [LedgerTip]] = [:]
        var steps: [NodePath: [NodePath]] = [:]
        for tip in tips {
            let foot: NodePath
            switch tip.ledger.audience {
            case .local: continue
            case .lineage(let of, _): foot = of
            case .published:
                foot = tip.ledger.replica.path
                for peer in peers where foot.isProperAncestor(of: peer) { routed[peer, default: []].append(tip) }
            }
            if steps[foot] == nil { steps[foot] = Array(sequence(first: foot, next: \.parent)) }
            for step in steps[foot] ?? [] { routed[step, default: []].append(tip) }
        }
        return routed
    }
}
