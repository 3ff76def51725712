import Registry
import Replication

/// What shows one change of a sealed set to be its author's.
package struct BodyProof: Sendable {
    /// Salted digests of all bodies of the set, 32 bytes each.
    package let digests: [UInt8]
    package let salt: [UInt8]
    package let body: [UInt8]
}

extension ChangeSetSealer {
    /// Takes one body of a sealed set out, with what shows that the signature covers it.
    /// - Returns: nil when that body, or its salt, was erased.
    /// - Throws: ``ChangeSetFault`` or a coding error for bytes that are no such set.
    package static func bodyProof(of sealed: SealedChangeSet, at index: Int) throws -> BodyProof? {
        let header = try Header(serialized: sealed.header)
        let opened = try OpenedBodies(BodyPacking.unpack(sealed), count: header.count)
        guard opened.bodies.indices.contains(index), let body = opened.bodies[index] else { return nil }
        let cover = try SaltCover(count: header.count, nodes: opened.salts.map { SaltCover.Node(level: UInt8($0.level), index: UInt32($0.index), value: $0.value) })
        guard let salt = SaltTree(primitives, header.suite).salts(from: cover)[index] else { return nil }
        return BodyProof(digests: try digests(of: sealed), salt: salt, body: body)
    }

    /// The salted digests of a set's bodies, 32 bytes each: recomputed where every body is there, else as they stand beside them.
    package static func digests(of sealed: SealedChangeSet) throws -> [UInt8] {
        let header = try Header(serialized: sealed.header)
        let opened = try OpenedBodies(BodyPacking.unpack(sealed), count: header.count)
        return try bodyDigests(opened, header: header, given: sealed.digests, "\(header.ledger) \(header.sequence)")
    }

    /// - Returns: why the proof does not hold under this key; nil when it does.
    package static func fault(of proof: OriginProof, key: some LedgerVerifier) -> String? {
        let suite = proof.header.suite
        guard proof.header.key == key.keyID, suite == key.suite else { return "the original was signed by another key" }
        let start = proof.index * Digest.byteCount
        let digest = primitives.digest(suite, of: bodyLabel + proof.salt + proof.body)
        guard digest.bytes.elementsEqual(proof.digests[start..<start + Digest.byteCount]) else { return "the original's body is not the one that was signed" }
        let signed = signedMessage(headerDigest(suite, proof.headerBytes, proof.digests))
        return key.isValid(signature: proof.signature, of: signed) ? nil : "the original's signature is wrong"
    }

    /// - Returns: why an entry shown as evidence is not its author's; nil when it is.
    package static func fault(of evidence: ForkEvidence, key: some LedgerVerifier) -> String? {
        guard evidence.header.key == key.keyID, evidence.header.suite == key.suite else { return "signed by another key" }
        let signed = signedMessage(headerDigest(evidence.header.suite, evidence.headerBytes, evidence.digests))
        return key.isValid(signature: evidence.signature, of: signed) ? nil : "the signature is wrong"
    }
}
