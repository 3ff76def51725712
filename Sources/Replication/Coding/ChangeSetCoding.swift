import Foundation
import Registry
import SwiftProtobuf

extension Header {
    /// The exact bytes that are signed and relayed.
    package func serialized() throws -> [UInt8] {
        var wire = WireHeader()
        wire.format = Header.currentFormat
        wire.replica = ledger.replica.wire
        wire.audience = ledger.audience.wire
        wire.lane = ledger.lane.wire
        wire.sequence = sequence
        if let previous { wire.previous = previous.data }
        wire.time = time.raw
        wire.suite = suite.rawValue
        wire.key = key.data
        wire.firstCounter = firstCounter
        wire.count = UInt32(count)
        wire.siblings = siblings.map { sibling in
            var out = WireSiblingTip()
            out.lane = sibling.lane.wire
            out.sequence = sibling.tip.sequence
            out.digest = sibling.tip.digest.data
            return out
        }
        return try wire.serializedBytes()
    }

    /// - Throws: ``ChangeSetFault`` (`malformed`, `too-large`, `newer-format`, `wrong-audience`).
    package init(serialized bytes: [UInt8]) throws(ChangeSetFault) {
        guard bytes.count <= SealedChangeSet.maximumHeaderBytes else {
            throw ChangeSetFault(.tooLarge, "header", "\(bytes.count) bytes; at most \(SealedChangeSet.maximumHeaderBytes)")
        }
        let wire: WireHeader
        do { wire = try WireHeader(serializedBytes: bytes) } catch { throw ChangeSetFault(.malformed, "header", "not a header: \(error)") }
        guard wire.format >= 1 else { throw ChangeSetFault(.malformed, "header", "no format version") }
        guard wire.format <= Header.currentFormat else {
            throw ChangeSetFault(.newerFormat, "header", "format \(wire.format); this node reads up to \(Header.currentFormat)")
        }
        guard let suite = Suite(rawValue: wire.suite) else { throw ChangeSetFault(.newerFormat, "header", "unknown suite \(wire.suite)") }
        do {
            let ledger = LedgerID(
                replica: try ReplicaID(wire.replica), audience: try Audience(wire.audience), lane: try Lane(wire.lane))
            let place = "\(ledger) \(wire.sequence)"
            guard ledger.audience.admits(author: ledger.replica.path) else {
                throw ChangeSetFault(.wrongAudience, place, "\(ledger.replica.path) may not write for \(ledger.audience)")
            }
            guard wire.sequence >= 1, wire.sequence < 1 << 62 else { throw ChangeSetFault(.malformed, place, "sequences begin at 1") }
            guard (wire.sequence == 1) == wire.previous.isEmpty else {
                throw ChangeSetFault(.malformed, place, "the first entry, and no other, names no previous one")
            }
            guard wire.count >= 1, wire.count <= Header.maximumChanges else {
                throw ChangeSetFault(.tooLarge, place, "\(wire.count) changes; 1…\(Header.maximumChanges)")
            }
            guard wire.firstCounter >= 1, wire.firstCounter < 1 << 62 else { throw ChangeSetFault(.malformed, place, "counters begin at 1") }
            guard wire.siblings.count <= 16 else { throw ChangeSetFault(.tooLarge, place, "\(wire.siblings.count) sibling ledgers") }
            var siblings: [(lane: Lane, tip: Tip)] = []
            for sibling in wire.siblings {
                siblings.append((try Lane(sibling.lane), Tip(sequence: sibling.sequence, digest: try Digest(wire: sibling.digest, "a sibling tip"))))
            }
            self.init(
                ledger: ledger, sequence: wire.sequence,
                previous: wire.previous.isEmpty ? nil : try Digest(wire: wire.previous, "previous"),
                time: HybridTime(raw: wire.time), suite: suite, key: try Digest(wire: wire.key, "a key id"),
                firstCounter: wire.firstCounter, count: Int(wire.count), siblings: siblings)
        } catch let fault as ChangeSetFault {
            throw fault
        } catch {
            throw ChangeSetFault(.malformed, "header", "\(error)")
        }
    }
}

extension SealedChangeSet {
    package var wire: WireChangeSet {
        var wire = WireChangeSet()
        wire.header = Data(header)
        wire.signature = Data(signature)
        wire.digests = Data(digests)
        wire.compression = compression
        wire.bodiesSize = UInt32(clamping: bodiesSize)
        wire.bodies = Data(bodies)
        wire.chain = chain.map { Data($0) }
        if let continuity { wire.continuity = continuity.wire }
        wire.erasureOrders = erasureOrders.map { Data($0) }
        return wire
    }

    package func serialized() throws -> [UInt8] { try wire.serializedBytes() }

    /// Of one that stands within another, so without evidence of its own.
    package init(serialized bytes: [UInt8]) throws(ChangeSetFault) {
        let wire: WireChangeSet
        do { wire = try WireChangeSet(serializedBytes: bytes) } catch { throw ChangeSetFault(.malformed, "change set", "\(error)") }
        try self.init(wire)
        erasureOrders = []
    }

    /// - Throws: ``ChangeSetFault`` (`too-large`, `malformed`).
    /// Sizes as a peer may send them.
    static func checkBounds(bodiesSize: UInt64, bodies: Int, chain: [Int], signature: Int, digests: Int) throws(ChangeSetFault) {
        guard bodiesSize <= UInt64(maximumBodyBytes), bodies <= maximumBodyBytes else {
            throw ChangeSetFault(.tooLarge, "change set", "\(bodiesSize) bytes of bodies; at most \(maximumBodyBytes)")
        }
        guard chain.count <= 2 * NodePath.maximumDepth, chain.allSatisfy({ $0 <= 8192 }), signature <= 256, digests <= Header.maximumChanges * Digest.byteCount else {
            throw ChangeSetFault(.tooLarge, "change set", "certificates, signature or digests out of bounds")
        }
    }

    package init(_ wire: WireChangeSet) throws(ChangeSetFault) {
        try Self.checkBounds(
            bodiesSize: UInt64(wire.bodiesSize), bodies: wire.bodies.count, chain: wire.chain.map(\.count), signature: wire.signature.count,
            digests: wire.digests.count)
        guard wire.erasureOrders.count <= Header.maximumChanges else { throw ChangeSetFault(.tooLarge, "change set", "\(wire.erasureOrders.count) erasure orders") }
        let continuity: KeyContinuity?
        do { continuity = wire.hasContinuity ? try KeyContinuity(wire.continuity) : nil } catch {
            throw ChangeSetFault(.malformed, "change set", "\(error)")
        }
        self.init(
            header: Array(wire.header), signature: Array(wire.signature), digests: Array(wire.digests),
            compression: wire.compression, bodiesSize: Int(wire.bodiesSize), bodies: Array(wire.bodies),
            chain: wire.chain.map { Array($0) }, continuity: continuity)
        erasureOrders = wire.erasureOrders.map { Array($0) }
    }
}

extension KeyContinuity {
    package var wire: WireKeyContinuity {
        var wire = WireKeyContinuity()
        wire.path = path.description
        wire.newKey = newKey.data
        wire.oldKey = oldKey.data
        wire.time = time
        wire.signer = signer.data
        wire.signature = Data(signature)
        return wire
    }

    package init(_ wire: WireKeyContinuity) throws(CodingFault) {
        guard let path = NodePath(wire.path), wire.signature.count <= 256 else { throw CodingFault("not a key continuity statement") }
        self.init(
            path: path, newKey: try Digest(wire: wire.newKey, "a key id"), oldKey: try Digest(wire: wire.oldKey, "a key id"),
            time: wire.time, signer: try Digest(wire: wire.signer, "a key id"), signature: Array(wire.signature))
    }

    package func serialized() throws -> [UInt8] { try wire.serializedBytes() }

    package init(serialized bytes: [UInt8]) throws {
        try self.init(WireKeyContinuity(serializedBytes: bytes))
    }
}
