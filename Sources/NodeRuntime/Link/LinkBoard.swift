import Registry
import Replication
import Synchronization

/// How one link stands, for status and pages.
package struct LinkState: Sendable {
    package enum Phase: String, Sendable {
        case connected, synchronising, waiting, cut, refused, never
    }
    package var peer: NodePath
    package var isParent: Bool
    package var phase: Phase
    package var address: String?
    /// Milliseconds since 1970.
    package var lastContact: UInt64?
    package var lastError: String?
    /// What a child said it holds of ledgers that flow down; kept across its connections.
    package var held: [LedgerID: UInt64] = [:]
}

/// Where all sessions meet: their states, and the news that one link has for the others.
package final class LinkBoard: Sendable {
    /// News that crosses from one link to others.
    package enum News: Sendable {
        /// The parent, or a tier above it, holds these durably.
        case durable([LedgerTip], at: NodePath)
        case statement(SignedStatement, Audience, issuer: NodePath)
        /// The shelf holds a newer condition of this node, for the tiers above.
        case condition(of: NodePath)
        /// The replica began a new incarnation: every conversation starts anew.
        case newIncarnation
        /// A child was suspended.
        case suspended(NodePath)
        /// A child opened a newer link: older ones end.
        case superseded(NodePath, generation: UInt64)
        /// Contents of attachments: more may be wanted, or one is whole here now.
        case contentsWanted
        case contentHeld(Digest)
        /// A list key came or was made: children get it.
        case listKeys
    }

    private struct Inner {
        var states: [NodePath: LinkState] = [:]
        var listeners: [UInt64: (peer: NodePath, body: @Sendable (News) -> Void)] = [:]
        var next: UInt64 = 0
        /// Newest link of each child. Bounded by the enrolled children.
        var generations: [NodePath: UInt64] = [:]
    }
    private let inner = Mutex(Inner())

    let clock = LinkClock()
    /// Memory for change sets on their way in, over all links.
    let budgets = AdmissionBudgets()

    package init() {}

    /// Calls `body` with news that may concern the link to `peer`; it must not block.
    package func listen(as peer: NodePath, _ body: @escaping @Sendable (News) -> Void) -> UInt64 {
        inner.withLock { inner in
            inner.next += 1
            inner.listeners[inner.next] = (peer, body)
            return inner.next
        }
    }

    package func stop(_ handle: UInt64) { inner.withLock { _ = $0.listeners.removeValue(forKey: handle) } }

    package func tell(_ news: News, except handle: UInt64? = nil) {
        let listeners = inner.withLock { inner in inner.listeners.filter { $0.key != handle }.sorted { $0.key < $1.key }.map(\.value) }
        guard case .durable(let tips, let place) = news else {
            for listener in listeners { listener.body(news) }
            return
        }
        // Of 160 links a street's tip concerns the one it came by.
        var routed: [NodePath: [LedgerTip]] = [:]
        for tip in tips {
            for step in sequence(first: tip.ledger.replica.path, next: \.parent) { routed[step, default: []].append(tip) }
        }
        for listener in listeners { if let tips = routed[listener.peer] { listener.body(.durable(tips, at: place)) } }
    }

    /// The number of a new link of a child, greater than that of every earlier one, which it supersedes.
    func begin(linkOf child: NodePath) -> UInt64 {
        let generation = inner.withLock { inner in
            inner.generations[child, default: 0] += 1
            return inner.generations[child, default: 0]
        }
        tell(.superseded(child, generation: generation))
        return generation
    }

    /// Whether a link is still the child's newest.
    func isCurrent(linkOf child: NodePath, generation: UInt64) -> Bool { inner.withLock { $0.generations[child] == generation } }

    package func update(_ peer: NodePath, isParent: Bool, _ change: (inout LinkState) -> Void) {
        inner.withLock { inner in
            var state = inner.states[peer] ?? LinkState(peer: peer, isParent: isParent, phase: .never)
            change(&state)
            inner.states[peer] = state
        }
    }

    package func state(of peer: NodePath) -> LinkState? { inner.withLock { $0.states[peer] } }
    package var states: [LinkState] { inner.withLock { $0.states.values.sorted { $0.peer < $1.peer } } }
}
