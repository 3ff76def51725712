import Registry
import Replication

extension ChangeSetSealer {
    /// Recomputes every digest that bodies are present for and checks the signature over the rebuilt header.
    /// - Throws: ``ChangeSetFault`` naming what is wrong; nothing a peer sends crashes or grows memory beyond
    ///   ``SealedChangeSet/maximumBodyBytes``.
    package static func check(_ unverified: UnverifiedChangeSet, key: some LedgerVerifier) throws(ChangeSetFault) -> (digest: Digest, bodies: SealedBodies) {
        let header = unverified.header
        let sealed = unverified.sealed
        let place = "\(header.ledger) \(header.sequence)"
        guard header.key == key.keyID, header.suite == key.suite else { throw ChangeSetFault(.unknownKey, place, "signed by another key") }
        let opened: OpenedBodies
        let digests: [UInt8]
        do {
            opened = try open(sealed, count: header.count)
            digests = try bodyDigests(opened, header: header, given: sealed.digests, place)
        } catch let fault as ChangeSetFault {
            throw fault
        } catch {
            throw ChangeSetFault(.malformed, place, "\(error)")
        }
        let digest = headerDigest(header.suite, sealed.header, digests)
        guard key.isValid(signature: sealed.signature, of: signedMessage(digest)) else {
            throw ChangeSetFault(.badSignature, place, "the signature does not cover these bytes: they were altered, or signed by another key")
        }
        return (digest, opened.bodies)
    }

    /// The bodies of a sealed set; checks sizes, not the signature.
    package static func bodies(of sealed: SealedChangeSet, count: Int) throws -> SealedBodies { try open(sealed, count: count).bodies }

    /// What is signed and what the next header names:
    /// H("creditnode header v1" ‖ u32 length of the header ‖ header ‖ salted body digests).
    package static func headerDigest(_ suite: Suite, _ header: [UInt8], _ digests: [UInt8]) -> Digest {
        primitives.digest(suite, of: LengthPrefixed.join("creditnode header v1", [header]) + digests)
    }

    static func signedMessage(_ digest: Digest) -> [UInt8] { LengthPrefixed.join("creditnode change set v1", [digest.bytes]) }

    private static func open(_ sealed: SealedChangeSet, count: Int) throws -> OpenedBodies {
        try OpenedBodies(BodyPacking.unpack(sealed), count: count)
    }

    static func bodyDigests(_ opened: OpenedBodies, header: Header, given: [UInt8], _ place: String) throws -> [UInt8] {
        let bodies = opened.bodies
        if bodies.firstHole == nil, opened.salts.count == 1, let root = opened.salts.first, root.level == 0 {
            let salts = try SaltTree(primitives, header.suite).salts(seed: root.value, count: header.count)
            return primitives.saltedDigests(header.suite, prefix: bodyLabel, salts: salts, bodies: bodies)
        }
        guard given.count == header.count * Digest.byteCount else {
            throw ChangeSetFault(.malformed, place, "bodies are missing and so are their digests")
        }
        let cover = try SaltCover(count: header.count, nodes: opened.salts.map { SaltCover.Node(level: UInt8($0.level), index: UInt32($0.index), value: $0.value) })
        let salts = SaltTree(primitives, header.suite).salts(from: cover)
        for (index, body) in bodies.enumerated() {
            guard let body else { continue }
            guard let salt = salts[index] else { throw ChangeSetFault(.malformed, place, "body \(index) came without its salt") }
            let digest = primitives.digest(header.suite, of: bodyLabel + salt + body)
            let start = index * Digest.byteCount
            guard digest.bytes.elementsEqual(given[start..<start + Digest.byteCount]) else {
                throw ChangeSetFault(.badSignature, place, "body \(index) is not the one that was signed")
            }
        }
        return given
    }
}
