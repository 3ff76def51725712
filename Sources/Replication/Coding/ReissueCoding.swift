import Foundation
import Registry
import SwiftProtobuf

extension OriginProof {
    fileprivate var wire: WireReissued {
        var wire = WireReissued()
        wire.header = Data(headerBytes)
        wire.signature = Data(signature)
        wire.digests = Data(digests)
        wire.index = UInt32(index)
        wire.salt = Data(salt)
        wire.body = Data(body)
        wire.chain = chain.map { Data($0) }
        if let continuity { wire.continuity = continuity.wire }
        return wire
    }
}

extension Change {
    /// The wire form of a re-issued change: what the original says stands in its proof, and nowhere twice.
    func wire(reissuedWith proof: OriginProof) -> WireChange {
        var wire = WireChange()
        wire.origin = proof.origin.wire
        if let record { wire.record = record.wire }
        wire.previous = previous
        if let actor = proof.assignedBy {
            wire.actor.unit = actor.unit
            wire.actor.operator = actor.operator
            if let reviewer = actor.reviewer { wire.actor.reviewer = reviewer }
        }
        wire.capturedAt = proof.reissuedAt
        wire.reissued = proof.wire
        return wire
    }

    /// Reads a re-issued change as the act that was filed, or the wish, by whom it was taken, under its first dot.
    /// - Returns: nil when the original is of a kind that only a newer node knows.
    static func read(_ outer: WireChange, _ wire: WireReissued) throws(CodingFault) -> Change? {
        guard wire.signature.count <= 256, wire.salt.count == 16, wire.chain.count <= 2 * NodePath.maximumDepth, wire.chain.allSatisfy({ $0.count <= 8192 }) else {
            throw CodingFault("a proof of origin out of bounds")
        }
        let header: Header
        do { header = try Header(serialized: Array(wire.header)) } catch { throw CodingFault("a proof of origin without header: \(error)") }
        guard wire.index < header.count, wire.digests.count == header.count * Digest.byteCount else {
            throw CodingFault("a proof of origin that does not fit its header")
        }
        let body = Array(wire.body)
        guard let inner = try original(body) else { return nil }
        let kind: ChangeKind, filing: Filing?
        if case .federation(.filing(let filed)) = inner.kind {
            (kind, filing) = (.act(filed.act), filed)
        } else if case .optOut = inner.kind {
            (kind, filing) = (inner.kind, nil)
        } else {
            return nil
        }
        let origin = header.dot(at: Int(wire.index))
        guard outer.hasOrigin, try Dot(outer.origin) == origin else { throw CodingFault("the origin is not the one that is proven") }
        var assignedBy: Actor?
        if outer.hasActor { assignedBy = Actor(unit: outer.actor.unit, operator: outer.actor.operator, reviewer: outer.actor.reviewer.isEmpty ? nil : outer.actor.reviewer) }
        let proof = OriginProof(
            header: header, headerBytes: Array(wire.header), signature: Array(wire.signature), digests: Array(wire.digests), index: Int(wire.index),
            salt: Array(wire.salt), body: body, chain: wire.chain.map { Array($0) },
            continuity: wire.hasContinuity ? try KeyContinuity(wire.continuity) : nil, filing: filing, assignedBy: assignedBy, reissuedAt: outer.capturedAt)
        return Change(
            origin: origin, record: outer.hasRecord ? try Dot(outer.record) : nil, previous: outer.previous, context: inner.context, actor: inner.actor,
            capturedAt: inner.capturedAt, editions: inner.editions, kind: kind, proof: proof)
    }

    /// The change that was filed, or the wish. Looked at before it is read: nothing nests in it again.
    private static func original(_ body: [UInt8]) throws(CodingFault) -> Change? {
        try ChangeBounds.check(body)
        let wire: WireChange
        do { wire = try WireChange(serializedBytes: body) } catch { throw CodingFault("not a change: \(error)") }
        guard wire.kind != nil else { return nil }
        switch wire.kind {
        case .filing?, .optOutWish?: return try Change(generally: body)
        default: throw CodingFault("only filings and wishes are re-issued")
        }
    }
}
