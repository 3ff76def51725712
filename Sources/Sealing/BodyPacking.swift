import Replication

/// How the bodies of a change set are compressed: the numbers of `compression` in `docs/wire-format.md`.
/// It is outside the signature, so a relay may pack anew.
package enum BodyPacking: UInt32, Sendable, CaseIterable {
    case none = 0
    /// Raw deflate: what nodes sealed before zstd; read, never written.
    case deflate = 1
    /// One zstd frame: what is sealed today.
    case zstd = 2

    /// What costs a street least: see `docs/decisions/0032-bodies-are-compressed-with-zstd.md`.
    package static let level: Int32 = 3
    /// Smaller parts are stored as they are.
    static let threshold = 128

    /// Bodies as they are sealed: compressed when that makes them smaller.
    static func pack(_ part: [UInt8]) throws(CompressionProblem) -> (packing: BodyPacking, bytes: [UInt8]) {
        guard part.count >= threshold, let packed = try Zstd.compress(part, level: level) else { return (.none, part) }
        return (.zstd, packed)
    }

    /// The serialised `Bodies` of a sealed set; bounded by ``SealedChangeSet/maximumBodyBytes``.
    /// - Throws: ``CompressionProblem``; ``CodingFault`` for a compression that this node does not know.
    package static func unpack(_ sealed: SealedChangeSet) throws -> [UInt8] {
        guard let packing = BodyPacking(rawValue: sealed.compression) else { throw CodingFault("unknown compression \(sealed.compression)") }
        switch packing {
        case .none:
            guard sealed.bodies.count == sealed.bodiesSize else { throw CodingFault("\(sealed.bodies.count) bytes of bodies; \(sealed.bodiesSize) were announced") }
            return sealed.bodies
        case .deflate: return try Deflate.decompress(sealed.bodies, expectedSize: sealed.bodiesSize, limit: SealedChangeSet.maximumBodyBytes)
        case .zstd: return try Zstd.decompress(sealed.bodies, expectedSize: sealed.bodiesSize, limit: SealedChangeSet.maximumBodyBytes)
        }
    }
}

extension SealedChangeSet {
    /// The same set for a peer that speaks this protocol: before protocol 2 nobody reads zstd, so the bodies
    /// go as they are. Nothing of what is signed changes.
    /// - Throws: as ``BodyPacking/unpack(_:)``.
    package func readable(inProtocol version: UInt32) throws -> SealedChangeSet {
        guard version < 2, compression == BodyPacking.zstd.rawValue else { return self }
        var plain = self
        plain.bodies = try BodyPacking.unpack(self)
        plain.compression = BodyPacking.none.rawValue
        return plain
    }
}
