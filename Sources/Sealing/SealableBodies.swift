import Registry
import Replication

/// Bodies of a change set with everything of sealing that hangs on them alone: salts, salted digests and the packed
/// part. Made beside the writer; header and signature need the ledger's tip and wait for the transaction.
package struct SealableBodies: Sendable {
    let suite: Suite
    /// 32 bytes a body.
    let digests: [UInt8]
    let packing: BodyPacking
    /// Of the part before it is packed, bytes.
    let size: Int
    let packed: [UInt8]

    package let count: Int

    /// - Parameters:
    ///   - bodies: 1…``Header/maximumChanges``, none empty.
    ///   - seed: 16 unpredictable bytes, never used twice.
    /// - Throws: ``SaltTreeProblem``, ``CompressionProblem``.
    package init(_ bodies: [[UInt8]], suite: Suite, seed: [UInt8]) throws {
        self.suite = suite
        count = bodies.count
        let salts = try SaltTree(OpenSSLPrimitives(), suite).salts(seed: seed, count: bodies.count)
        // Digested where they lie in the part, which is let go when it is packed.
        let part = try WrittenBodies(seed: seed, bodies)
        digests = OpenSSLPrimitives().saltedDigests(suite, prefix: ChangeSetSealer.bodyLabel, salts: salts, bodies: part.bodies)
        size = part.bodies.buffer.count
        (packing, packed) = try BodyPacking.pack(part.bodies.buffer)
    }
}
