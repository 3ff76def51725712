import Registry
import Replication

extension ChangeSetSealer {
    /// The same set without some bodies, and without the salts of those and of every body that is missing already: what is
    /// left proves the header as before, and says nothing of what is gone (guarantee 8).
    ///
    /// Digests stand in it from now on, for they can no longer be recomputed. Two nodes that erased the same bodies hold
    /// equal bytes, whatever order they did it in.
    /// - Parameter indices: of bodies in the set; those outside are left aside.
    /// - Throws: ``CodingFault``, ``SaltTreeProblem``, ``CompressionProblem``, ``ChangeSetFault`` for a set that is no sound one.
    package static func erase(_ indices: some Sequence<Int>, of sealed: SealedChangeSet, _ header: Header) throws -> SealedChangeSet {
        let opened = try OpenedBodies(BodyPacking.unpack(sealed), count: header.count)
        let digests = try bodyDigests(opened, header: header, given: sealed.digests, "\(header.ledger) \(header.sequence)")
        var keeping = opened.bodies.places.map { !$0.isEmpty }
        for index in indices where keeping.indices.contains(index) { keeping[index] = false }
        let nodes = opened.salts.map { SaltCover.Node(level: UInt8($0.level), index: UInt32($0.index), value: $0.value) }
        let cover = try SaltTree(primitives, header.suite).puncture(SaltCover(count: header.count, nodes: nodes), keeping: keeping)
        let part = BodyPart(
            salts: cover.nodes.map { BodyPart.Salt(level: Int($0.level), index: Int($0.index), value: $0.value) },
            bodies: opened.bodies.enumerated().map { keeping[$0.offset] ? $0.element : nil })
        let bytes = try part.serialized()
        var reduced = sealed
        (reduced.digests, reduced.bodiesSize, reduced.erasureOrders) = (digests, bytes.count, [])
        let (packing, packed) = try BodyPacking.pack(bytes)
        (reduced.compression, reduced.bodies) = (packing.rawValue, packed)
        return reduced
    }
}
