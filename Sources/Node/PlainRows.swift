import Registry
import Replication
import Storage

/// A record of a change set that ``PlainJudge`` accepted, with all that the projection takes of it.
struct PlainRow: Sendable {
    /// In the set.
    let index: Int
    let item: UInt32
    let validity: Validity
    let subject: String
    let naturalKey: [UInt8]
}

/// Editions as judging uses them, for one batch beside the writer: asked of the replica once each, held or not.
struct EditionShelf {
    private var known: [Digest: EditionInForce?] = [:]

    /// nil while the edition is not held.
    mutating func edition(_ digest: Digest, _ node: Node) -> EditionInForce? {
        if let answer = known[digest] { return answer }
        let answer = node.heldEdition(digest)
        // Few are named by honest changes; a peer that names a million gets no memory for it.
        if known.count < 256 { known[digest] = answer }
        return answer
    }
}

extension Node {
    /// The records of a set that can be accepted from their bytes alone, ascending by index. Those left out are judged in
    /// the transaction that stores the set.
    func plainRows(_ ledger: LedgerID, _ bodies: SealedBodies, edition: (Digest) -> EditionInForce?) -> [PlainRow] {
        withoutActuallyEscaping(edition) { edition in
            var judge = PlainJudge(ledger: ledger, edition: edition)
            var accepted: [(index: Int, row: PlainJudge.Accepted)] = []
            accepted.reserveCapacity(bodies.count)
            var keys: [UInt8] = []
            keys.reserveCapacity(160 * bodies.count)
            let bytes = bodies.buffer.span
            for (index, place) in bodies.places.enumerated() where !place.isEmpty {
                if let row = judge.accept(bytes, place, keys: &keys) { accepted.append((index, row)) }
            }
            let length = NaturalKey.indexedBytes
            let digests = primitives.digests(.ed25519SHA256, of: keys, accepted.map(\.row.key), length: length)
            var rows: [PlainRow] = []
            rows.reserveCapacity(accepted.count)
            for (place, one) in accepted.enumerated() {
                guard let code = CreditCode(canonical: bytes.extracting(one.row.subject)) else { preconditionFailure("the judge read this code") }
                rows.append(
                    PlainRow(
                        index: one.index, item: one.row.item, validity: one.row.validity, subject: code.text,
                        naturalKey: Array(digests[place * length..<(place + 1) * length])))
            }
            return rows
        }
    }
}
