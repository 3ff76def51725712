import Registry
import Replication

/// Seals change sets and checks sealed ones: the one place where digests, salts, signature and
/// compression meet the format of `docs/wire-format.md`.
package struct ChangeSetSealer: Sendable {
    private static let primitives = OpenSSLPrimitives()
    static let bodyLabel = Array("creditnode body v1".utf8)

    private let key: LedgerKey

    package init(key: LedgerKey) { self.key = key }

    /// Fixes salts, digests, header bytes and signature.
    /// - Parameters:
    ///   - header: of the key's suite, with `count` equal to the number of bodies.
    ///   - seed: 16 unpredictable bytes.
    /// - Throws: ``SealingError`` or a coding error; nothing was sealed then.
    package func seal(_ header: Header, bodies: [[UInt8]], seed: [UInt8]) throws -> VerifiedChangeSet {
        try seal(header, SealableBodies(bodies, suite: header.suite, seed: seed))
    }

    /// Fixes header bytes and signature over bodies that were made ready.
    /// - Parameter header: of the key's suite, with `count` equal to the number of bodies.
    package func seal(_ header: Header, _ bodies: SealableBodies) throws -> VerifiedChangeSet {
        precondition(header.count == bodies.count && header.suite == key.suite && header.key == key.keyID, "a header of this key and these bodies")
        precondition(bodies.suite == header.suite, "bodies digested under this suite")
        let headerBytes = try header.serialized()
        let digest = Self.headerDigest(header.suite, headerBytes, bodies.digests)
        let sealed = SealedChangeSet(
            header: headerBytes, signature: try key.sign(Self.signedMessage(digest)), digests: [], compression: bodies.packing.rawValue,
            bodiesSize: bodies.size, bodies: bodies.packed)
        return try VerifiedChangeSet(try UnverifiedChangeSet(sealed)) { _ throws(ChangeSetFault) in (digest, bodies.bodies.map { $0 }) }
    }

    /// Recomputes every digest that bodies are present for and checks the signature over the rebuilt header.
    /// - Throws: ``ChangeSetFault`` naming what is wrong; nothing a peer sends crashes or grows memory beyond
    ///   ``SealedChangeSet/maximumBodyBytes``.
    package static func check(_ unverified: UnverifiedChangeSet, key: some LedgerVerifier) throws(ChangeSetFault) -> (digest: Digest, bodies: [[UInt8]?]) {
        let header = unverified.header
        let sealed = unverified.sealed
        let place = "\(header.ledger) \(header.sequence)"
        guard header.key == key.keyID, header.suite == key.suite else { throw ChangeSetFault(.unknownKey, place, "signed by another key") }
        let part: BodyPart
        let digests: [UInt8]
        do {
            part = try bodyPart(sealed, count: header.count)
            digests = try bodyDigests(part, header: header, given: sealed.digests, place)
        } catch let fault as ChangeSetFault {
            throw fault
        } catch {
            throw ChangeSetFault(.malformed, place, "\(error)")
        }
        let digest = headerDigest(header.suite, sealed.header, digests)
        guard key.isValid(signature: sealed.signature, of: signedMessage(digest)) else {
            throw ChangeSetFault(.badSignature, place, "the signature does not cover these bytes: they were altered, or signed by another key")
        }
        return (digest, part.bodies)
    }

    /// The bodies of a sealed set; checks sizes, not the signature.
    package static func bodies(of sealed: SealedChangeSet, count: Int) throws -> [[UInt8]?] { try bodyPart(sealed, count: count).bodies }

    /// What is signed and what the next header names:
    /// H("creditnode header v1" ‖ u32 length of the header ‖ header ‖ salted body digests).
    package static func headerDigest(_ suite: Suite, _ header: [UInt8], _ digests: [UInt8]) -> Digest {
        primitives.digest(suite, of: LengthPrefixed.join("creditnode header v1", [header]) + digests)
    }

    private static func signedMessage(_ digest: Digest) -> [UInt8] { LengthPrefixed.join("creditnode change set v1", [digest.bytes]) }

    private static func bodyPart(_ sealed: SealedChangeSet, count: Int) throws -> BodyPart {
        try BodyPart(serialized: BodyPacking.unpack(sealed), count: count)
    }

    private static func bodyDigests(_ part: BodyPart, header: Header, given: [UInt8], _ place: String) throws -> [UInt8] {
        let present = part.bodies.compactMap { $0 }
        if present.count == part.bodies.count, part.salts.count == 1, let root = part.salts.first, root.level == 0 {
            let salts = try SaltTree(primitives, header.suite).salts(seed: root.value, count: header.count)
            return SealableBodies.digests(header.suite, salts: salts, present)
        }
        guard given.count == header.count * Digest.byteCount else {
            throw ChangeSetFault(.malformed, place, "bodies are missing and so are their digests")
        }
        let cover = try SaltCover(count: header.count, nodes: part.salts.map { SaltCover.Node(level: UInt8($0.level), index: UInt32($0.index), value: $0.value) })
        let salts = SaltTree(primitives, header.suite).salts(from: cover)
        for (index, body) in part.bodies.enumerated() {
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
