import Replication
import Storage

/// The change sets read last, decoded: a re-import meets its rows in the order they were written.
struct BodyCache {
    private var sets: [(set: StoredChangeSet, bodies: SealedBodies)] = []

    mutating func change(_ dot: Dot, _ node: Node, _ tx: ReadTransaction) throws -> Change? { try held(dot, node, tx)?.change }

    /// The change with the audience of its ledger; nil when it, or its body, is not held.
    mutating func held(_ dot: Dot, _ node: Node, _ tx: ReadTransaction) throws -> (change: Change, audience: Audience)? {
        guard let (set, body) = try body(dot, node, tx) else { return nil }
        return (try Change(serialized: body), set.ledger.audience)
    }

    /// The serialised change with its change set; nil when it, or its body, is not held.
    mutating func body(_ dot: Dot, _ node: Node, _ tx: ReadTransaction) throws -> (set: StoredChangeSet, body: [UInt8])? {
        func isIn(_ set: StoredChangeSet) -> Bool {
            set.ledger.replica == dot.replica && dot.counter >= set.firstCounter && dot.counter < set.firstCounter + UInt64(set.count)
        }
        if !sets.contains(where: { isIn($0.set) }) {
            guard let set = try tx.changeSet(holding: dot) else { return nil }
            if sets.count == 4 { sets.removeFirst() }
            sets.append((set, try node.readBodies(set)))
        }
        guard let hit = sets.first(where: { isIn($0.set) }), let body = hit.bodies[Int(dot.counter - hit.set.firstCounter)] else { return nil }
        return (hit.set, body)
    }
}

/// A cache that several readers of one transaction share.
final class BodyShelf {
    var cache = BodyCache()
}
