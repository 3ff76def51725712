import Registry
import Replication
import Sealing
import Storage

/// A change set whose signature was checked, with what its key still needs.
struct CheckedSet: Sendable {
    let set: VerifiedChangeSet
    let key: KeyStanding
}

/// Change sets of one peer, checked beside the writer and not stored yet. Nothing of them counts before
/// ``Node/commit(_:)``.
package struct PreparedSets: Sendable {
    package let peer: NodePath
    let checked: [CheckedSet]
    /// Refused already, with ledger and sequence where they could be read.
    let faults: [(ledger: LedgerID?, sequence: UInt64, fault: ChangeSetFault)]
    let fresh: FreshKeys

    /// Change sets that passed.
    package var count: Int { checked.count }
}

extension Node {
    /// Checks keys, digests and signatures of change sets, beside the writer: the next batch of a link can be prepared
    /// while the one before it is written.
    /// - Parameters:
    ///   - peer: who sent them; only ledgers that both ends may see are taken.
    ///   - behind: batches of this link, oldest first, that were prepared and are not known to be committed: this one may
    ///     lean on keys that they brought. Nor is anything taken of a ledger of which they refused an entry.
    /// - Throws: ``StorageError`` when the replica cannot be read.
    package func prepare(_ sealed: [SealedChangeSet], from peer: NodePath, behind: [PreparedSets] = []) throws -> PreparedSets {
        var fresh = FreshKeys()
        var checked: [CheckedSet] = []
        var faults: [(ledger: LedgerID?, sequence: UInt64, fault: ChangeSetFault)] = []
        var stopped: Set<LedgerID> = []
        for earlier in behind where earlier.peer == peer {
            fresh.awaited.merge(earlier.fresh.brought) { $1 }
            stopped.formUnion(earlier.faults.compactMap(\.ledger))
        }
        try store.read { tx in
            for one in sealed {
                var header: Header?
                do throws(ChangeSetFault) {
                    let unverified = try UnverifiedChangeSet(one)
                    header = unverified.header
                    if stopped.contains(unverified.header.ledger) { continue }
                    checked.append(try verify(unverified, from: peer, &fresh, tx))
                } catch {
                    if let header { stopped.insert(header.ledger) }
                    faults.append((header?.ledger, header?.sequence ?? 0, error))
                }
            }
        }
        return PreparedSets(peer: peer, checked: checked, faults: faults, fresh: fresh)
    }

    private func verify(_ unverified: UnverifiedChangeSet, from peer: NodePath, _ fresh: inout FreshKeys, _ tx: ReadTransaction) throws(ChangeSetFault) -> CheckedSet {
        let header = unverified.header
        let place = "\(header.ledger) \(header.sequence)"
        guard header.ledger.crosses(from: peer, to: path) else {
            throw ChangeSetFault(.wrongAudience, place, "this ledger does not cross the link from \(peer)")
        }
        let (key, standing) = try trustedKey(unverified, place, &fresh, tx)
        let set = try VerifiedChangeSet(unverified) { unverified throws(ChangeSetFault) in
            try ChangeSetSealer.check(unverified, key: key.key)
        }
        // A body may be missing only under a signed erasure order; no such order exists in this version,
        // so a relay that drops one is refused rather than believed.
        if let hole = set.bodies.firstIndex(where: { $0 == nil }) {
            throw ChangeSetFault(.missingBody, place, "the body of \(header.dot(at: hole).short) is missing without an erasure order")
        }
        return CheckedSet(set: set, key: standing)
    }
}
