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
        try seal(header, SealableBodies(bodies, suite: header.suite, seed: seed))
    }

    /// Fixes header bytes and signature over bodies that were made ready. The sealed set does not keep the bodies themselves.
    /// - Parameter header: of the key's suite, with `count` equal to the number of bodies.
    package func seal(_ header: Header, _ bodies: SealableBodies) throws -> VerifiedChangeSet {
        precondition(header.count == bodies.count && header.suite == key.suite && header.key == key.keyID, "a header of this key and these bodies")
        precondition(bodies.suite == header.suite, "bodies digested under this suite")
        let headerBytes = try header.serialized()
        let digest = Self.headerDigest(header.suite, headerBytes, bodies.digests)
        let sealed = SealedChangeSet(
            header: headerBytes, signature: try key.sign(Self.signedMessage(digest)), digests: [], compression: bodies.packing.rawValue,
            bodiesSize: bodies.size, bodies: bodies.packed)
        return try VerifiedChangeSet(try UnverifiedChangeSet(sealed)) { _ throws(ChangeSetFault) in (digest, SealedBodies([], [])) }
    }
}
