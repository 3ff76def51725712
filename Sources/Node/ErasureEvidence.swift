import Registry
import Replication
import Sealing
import Storage

/// A set that is stored with less than it came with, or lacks bodies already.
struct ReducedSet {
    let sealed: SealedChangeSet
    let bodies: SealedBodies
    /// Places of bodies that are gone.
    let missing: Set<Int>
}

extension Node {
    /// Most bytes of evidence that goes with one set; a frame holds both.
    private static let evidenceBytes = 1_500_000

    // MARK: - Receiving

    /// What erasure leaves of a set that came: bodies it lacks under an order held or shown, and bodies that an order held
    /// names although they still came.
    /// - Returns: nil where no order speaks of any of it and nothing is missing.
    /// - Throws: ``ChangeSetFault`` `missing-body` for a hole that no order names (guarantee 8).
    func reduced(_ one: CheckedSet, _ tx: WriteTransaction) throws -> ReducedSet? {
        let header = one.set.header
        if !one.permits.isEmpty { try tx.note(one.permits) }
        let orders = try tx.erasures(in: header)
        // Where all of a set was accepted on its bytes, these were let go; such a set lacks none.
        let isWhole = one.plain.count == header.count || one.set.bodies.firstHole == nil
        if orders.isEmpty, isWhole { return nil }
        let bodies = try ChangeSetSealer.bodies(of: one.set.sealed, count: header.count)
        let named = Set(orders.map(\.change))
        for index in bodies.places.indices where bodies.places[index].isEmpty {
            guard named.contains(header.dot(at: index)), header.ledger.audience.mayBeErased else {
                throw ChangeSetFault(
                    .missingBody, "\(header.ledger) \(header.sequence)", "the body of \(header.dot(at: index).short) is missing without an erasure order")
            }
        }
        let erased = header.ledger.audience.mayBeErased ? try erasable(orders, in: bodies, first: header.firstCounter, tx) : []
        if erased.isEmpty, isWhole { return nil }
        // Salts of what is missing go as well, should the sender have left them.
        let sealed = try ChangeSetSealer.erase(erased, of: one.set.sealed, header)
        let left = try ChangeSetSealer.bodies(of: sealed, count: header.count)
        return ReducedSet(sealed: sealed, bodies: left, missing: Set(left.places.indices.filter { left.places[$0].isEmpty }))
    }

    func keep(_ reduced: ReducedSet, of header: Header, _ tx: WriteTransaction) throws {
        guard let stored = try tx.changeSet(holding: header.dot(at: 0)) else { preconditionFailure("the set was stored in this transaction") }
        try tx.replaceBodies(of: stored.id, by: reduced.sealed)
    }

    /// The orders that came with a set: each in its own sealed set, whose key, digests and signature are checked like any other's. They may
    /// stand later in the same ledger, or in one that comes later.
    func permits(with unverified: UnverifiedChangeSet, from peer: NodePath, _ fresh: inout FreshKeys) throws -> [ErasureRow] {
        let range = unverified.header.firstCounter..<unverified.header.firstCounter + UInt64(unverified.header.count)
        var rows: [ErasureRow] = []
        for bytes in unverified.sealed.erasureOrders {
            let proof = try UnverifiedChangeSet(SealedChangeSet(serialized: bytes)), header = proof.header
            let place = "\(header.ledger) \(header.sequence)"
            guard header.ledger.crosses(from: peer, to: path) else {
                throw ChangeSetFault(.wrongAudience, place, "this ledger does not cross the link from \(peer)")
            }
            let (key, _) = try trustedKey(proof, place, &fresh)
            let checked = try ChangeSetSealer.check(proof, key: key.key)
            for (index, body) in checked.bodies.enumerated() {
                guard let body, let change = try? Change(serialized: body), case .erasure(let order) = change.kind, let record = change.record else { continue }
                let dot = header.dot(at: index)
                let circumstances = Circumstances(edition: { self.heldEdition($0) }, holds: { _ in false }, naturalKey: { _ in nil })
                if case .quarantined = judge(change, dot: dot, ledger: header.ledger, in: circumstances) { continue }
                rows += order.erased.filter { $0.replica == unverified.header.ledger.replica && range.contains($0.counter) }
                    .map { ErasureRow(change: $0, order: dot, record: record) }
            }
        }
        return rows
    }

    // MARK: - Sending

    /// The sets with the orders for what a stored set lacks; certificates come once a key.
    func erasureOrders(for stored: StoredChangeSet, _ tx: ReadTransaction) throws -> [[UInt8]] {
        // Only where a body is missing do digests stand beside the bodies.
        guard !stored.sealed.digests.isEmpty else { return [] }
        let header = try Header(serialized: stored.sealed.header), bodies = try readBodies(stored)
        let missing = Set(bodies.places.indices.filter { bodies.places[$0].isEmpty }.map { header.dot(at: $0) })
        var sent: Set<Int64> = [], keys: Set<Digest> = [], shown: Set<Dot> = [], out: [[UInt8]] = [], bytes = 0
        for row in try tx.erasures(in: header) where missing.contains(row.change) && !shown.contains(row.change) {
            guard let proof = try tx.changeSet(holding: row.order) else { continue }
            shown.insert(row.change)
            guard sent.insert(proof.id).inserted else { continue }
            var sealed = proof.sealed
            let key = try Header(serialized: sealed.header).key
            if keys.insert(key).inserted, let row = try tx.ledgerKey(key) { (sealed.chain, sealed.continuity) = (row.chain, row.continuity) }
            let serialized = try sealed.serialized()
            bytes += serialized.count
            if bytes > Self.evidenceBytes { break }
            out.append(serialized)
        }
        return out
    }
}

extension Audience {
    /// Published objects and what they say of lists stay whole.
    var mayBeErased: Bool {
        switch self {
        case .local, .lineage: true
        case .published: false
        }
    }
}
