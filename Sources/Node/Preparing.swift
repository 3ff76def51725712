import Registry
import Replication
import Sealing
import Storage

/// A change set whose signature was checked, with what its key still needs.
struct CheckedSet: Sendable {
    /// Without bodies where all of them are among `plain`.
    let set: VerifiedChangeSet
    let key: KeyStanding
    /// Records accepted already.
    let plain: [PlainRow]
    /// Orders that came with the set, for bodies it lacks.
    var permits: [ErasureRow] = []
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
        var editions = EditionShelf()
        // Without a transaction over the whole: what takes long here needs nothing of the replica, and a snapshot held
        // meanwhile would keep the writer's log from being emptied.
        for one in sealed {
            var header: Header?
            do {
                let unverified = try UnverifiedChangeSet(one)
                header = unverified.header
                if stopped.contains(unverified.header.ledger) { continue }
                let (key, standing) = try trusted(unverified, from: peer, &fresh)
                var one = try check(unverified, key, standing, &editions)
                if !unverified.sealed.erasureOrders.isEmpty { one.permits = try permits(with: unverified, from: peer, &fresh) }
                checked.append(one)
            } catch let fault as ChangeSetFault {
                if let header { stopped.insert(header.ledger) }
                faults.append((header?.ledger, header?.sequence ?? 0, fault))
            }
        }
        return PreparedSets(peer: peer, checked: checked, faults: faults, fresh: fresh)
    }

    /// The key of a set that may cross this link.
    private func trusted(_ unverified: UnverifiedChangeSet, from peer: NodePath, _ fresh: inout FreshKeys) throws -> (CertifiedKey, KeyStanding) {
        let header = unverified.header
        let place = "\(header.ledger) \(header.sequence)"
        guard header.ledger.crosses(from: peer, to: path) else {
            throw ChangeSetFault(.wrongAudience, place, "this ledger does not cross the link from \(peer)")
        }
        return try trustedKey(unverified, place, &fresh)
    }

    /// Digests and signature; then what can be judged of the content already.
    private func check(_ unverified: UnverifiedChangeSet, _ key: CertifiedKey, _ standing: KeyStanding, _ editions: inout EditionShelf) throws(ChangeSetFault) -> CheckedSet {
        let header = unverified.header
        var set = try VerifiedChangeSet(unverified) { unverified throws(ChangeSetFault) in
            try ChangeSetSealer.check(unverified, key: key.key)
        }
        // Whether bodies may be missing is asked in the transaction that stores the set: an order may come just before it.
        let plain = plainRows(header.ledger, set.bodies) { editions.edition($0, self) }
        if plain.count == header.count { set.forgetBodies() }
        return CheckedSet(set: set, key: standing, plain: plain)
    }
}
