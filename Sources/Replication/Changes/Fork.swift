import Registry

/// One signed entry of a ledger without its bodies: enough to show who signed it.
package struct ForkEvidence: Sendable, Hashable {
    package let header: Header
    /// Exact bytes.
    package let headerBytes: [UInt8]
    package let signature: [UInt8]
    /// Salted digests of its bodies, 32 bytes each.
    package let digests: [UInt8]

    /// - Throws: ``ChangeSetFault`` when the header cannot be read or the digests do not fit it.
    package init(headerBytes: [UInt8], signature: [UInt8], digests: [UInt8]) throws(ChangeSetFault) {
        header = try Header(serialized: headerBytes)
        guard digests.count == header.count * Digest.byteCount, signature.count <= 256 else {
            throw ChangeSetFault(.malformed, "\(header.ledger) \(header.sequence)", "digests that do not fit the entry")
        }
        (self.headerBytes, self.signature, self.digests) = (headerBytes, signature, digests)
    }

    /// Whether both cannot be entries of one unbroken replica: one sequence of one ledger twice, or one counter twice.
    package func contradicts(_ other: ForkEvidence) -> Bool {
        let a = header, b = other.header
        guard a.ledger.replica == b.ledger.replica, headerBytes != other.headerBytes || digests != other.digests else { return false }
        if a.ledger == b.ledger, a.sequence == b.sequence { return true }
        return a.firstCounter < b.firstCounter + UInt64(b.count) && b.firstCounter < a.firstCounter + UInt64(a.count)
    }
}

/// What a replica says that learned of its own past being written twice (M46): the first entry of its that nobody took.
package struct ForkReport: Sendable, Hashable {
    package var entry: ForkEvidence
    /// Changes of that branch, kept until they are written anew.
    package var changes: UInt64
    /// Natural keys that relief among them names: not published until a person rules. At most 1000.
    package var suspends: [Digest]

    package init(entry: ForkEvidence, changes: UInt64, suspends: [Digest]) { (self.entry, self.changes, self.suspends) = (entry, changes, suspends) }
}

/// What an ancestor says of a replica whose past was written twice: what was receipted keeps its effect; what is later waits
/// until a person lets the receipted branch go on (M46).
package struct ForkRuling: Sendable, Hashable {
    package var replica: ReplicaID
    /// The entry that was receipted, and what contradicts it.
    package var held: ForkEvidence
    package var other: ForkEvidence
    /// Counters up to here keep their effect.
    package var through: UInt64
    package var goesOn: Bool
    package var reason: String

    package init(replica: ReplicaID, held: ForkEvidence, other: ForkEvidence, through: UInt64, goesOn: Bool, reason: String) {
        self.replica = replica
        self.held = held
        self.other = other
        self.through = through
        self.goesOn = goesOn
        self.reason = reason
    }
}
