import Registry
import Replication

/// Seals change sets and checks sealed ones: the one place where digests, salts, signature and
/// compression meet the format of `docs/wire-format.md`.
package struct ChangeSetSealer: Sendable {
    static let primitives = OpenSSLPrimitives()
    static let bodyLabel = Array("creditnode body v1".utf8)

    private let key: LedgerKey

    package init(key: LedgerKey) { self.key = key }

    /// Fixes salts, digests, header bytes and signature.
    /// - Parameters:
    ///   - header: of the key's suite, with `count` equal to the number of bodies.
    ///   - seed: 16 unpredictable bytes.
    /// - Throws: ``SealingError`` or a coding error; nothing was sealed then.
    package func seal(_ header: Header, bodies: [[UInt8]], seed: [UInt8]) throws -> VerifiedChangeSet {
        precondition(header.count == bodies.count && header.suite == key.suite && header.key == key.keyID, "a header of this key and these bodies")
        let salts = try SaltTree(Self.primitives, header.suite).salts(seed: seed, count: bodies.count)
        let opened = SealedBodies(bodies)
        let digests = Self.primitives.saltedDigests(header.suite, prefix: Self.bodyLabel, salts: salts, bodies: opened)
        let headerBytes = try header.serialized()
        let digest = Self.headerDigest(header.suite, headerBytes, digests)
        let part = try BodyPart(salts: [BodyPart.Salt(level: 0, index: 0, value: seed)], bodies: bodies.map { $0 }).serialized()
        let (packing, packed) = try BodyPacking.pack(part)
        let sealed = SealedChangeSet(
            header: headerBytes, signature: try key.sign(Self.signedMessage(digest)), digests: [], compression: packing.rawValue,
            bodiesSize: part.count, bodies: packed)
        return try VerifiedChangeSet(try UnverifiedChangeSet(sealed)) { _ throws(ChangeSetFault) in (digest, opened) }
    }
}
