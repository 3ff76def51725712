import Registry
import Replication

/// Bodies of a change set with everything of sealing that hangs on them alone: salts, salted digests and the packed
/// part. Made beside the writer; header and signature need the ledger's tip and wait for the transaction.
package struct SealableBodies: Sendable {
    let suite: Suite
    /// Serialised changes.
    let bodies: [[UInt8]]
    /// 32 bytes a body.
    let digests: [UInt8]
    let packing: BodyPacking
    /// Of the part before it is packed, bytes.
    let size: Int
    let packed: [UInt8]

    package var count: Int { bodies.count }

    /// - Parameters:
    ///   - bodies: 1…``Header/maximumChanges``, none empty.
    ///   - seed: 16 unpredictable bytes, never used twice.
    /// - Throws: ``SaltTreeProblem``, ``CompressionProblem``.
    package init(_ bodies: [[UInt8]], suite: Suite, seed: [UInt8]) throws {
        self.suite = suite
        self.bodies = bodies
        let salts = try SaltTree(OpenSSLPrimitives(), suite).salts(seed: seed, count: bodies.count)
        digests = Self.digests(suite, salts: salts, bodies)
        let part = try BodyPart(salts: [BodyPart.Salt(level: 0, index: 0, value: seed)], bodies: bodies.map { $0 }).serialized()
        size = part.count
        (packing, packed) = try BodyPacking.pack(part)
    }

    /// Salted digests of bodies, one behind the other.
    static func digests(_ suite: Suite, salts: [UInt8], _ bodies: [[UInt8]]) -> [UInt8] {
        let digests = OpenSSLPrimitives().saltedDigests(suite, prefix: ChangeSetSealer.bodyLabel, salts: salts, bodies: bodies.map { $0[...] })
        var out: [UInt8] = []
        out.reserveCapacity(digests.count * Digest.byteCount)
        for digest in digests { out += digest.bytes }
        return out
    }
}
