import Registry
import Replication
import Storage
import Synchronization

/// Whether a node may write of its own motion. A disk restored from a backup does not know that others hold more of its past: what it wrote before it
/// heard of that would use counters twice (guarantee 10). So a node that begins to serve waits for the first talk with its
/// parent, the root for one with any child; what it owes others meanwhile is remembered.
final class FirstWord: Sendable {
    private let state = Mutex<(isAwaited: Bool, kin: Set<Dot>)>((false, []))

    func await() { state.withLock { $0.isAwaited = true } }

    /// - Returns: whether it must wait, and then `kin` is kept.
    func keeps(_ kin: Set<Dot>) -> Bool {
        state.withLock { state in
            if state.isAwaited { state.kin.formUnion(kin) }
            return state.isAwaited
        }
    }

    /// - Returns: what was kept.
    func heard() -> Set<Dot> {
        state.withLock { state in
            defer { state = (false, []) }
            return state.kin
        }
    }

    var isAwaited: Bool { state.withLock { $0.isAwaited } }
}

extension Node {
    /// From now on homes of other records of a decision are told only after a talk: called when a node begins to serve.
    package func awaitFirstWord() { firstWord.await() }

    /// A talk with a peer is under way, and both ends know what the other holds.
    /// - Parameter theirs: what the peer held when it opened; empty when both held the same.
    package func heard(from peer: NodePath, _ theirs: [(ledger: LedgerID, sequence: UInt64)]) throws {
        guard firstWord.isAwaited, path.parent == nil || path.parent == peer else { return }
        // It holds more of this replica's past than is here: that comes first, and a new incarnation begins.
        let isBehind = try store.read { tx in try theirs.contains { try $0.ledger.replica == replica && $0.sequence > tx.tip(of: $0.ledger).sequence } }
        if isBehind { return }
        let kin = firstWord.heard()
        if kin.isEmpty { return }
        try announcing { tx in
            tx.kinDue.formUnion(kin)
            return ((), [])
        }
    }
}
