import Foundation
import Registry
import SwiftProtobuf

/// The part of a change set that may be erased, as a value: what tests and erasure take apart and put together.
package struct BodyPart: Sendable, Hashable {
    package struct Salt: Sendable, Hashable {
        package let level: Int
        package let index: Int
        /// 16 bytes.
        package let value: [UInt8]
        package init(level: Int, index: Int, value: [UInt8]) { (self.level, self.index, self.value) = (level, index, value) }
    }

    package var salts: [Salt]
    /// nil = missing.
    package var bodies: [[UInt8]?]

    package init(salts: [Salt], bodies: [[UInt8]?]) { (self.salts, self.bodies) = (salts, bodies) }

    package func serialized() throws -> [UInt8] {
        var wire = WireBodies()
        wire.salts = salts.map { salt in
            var out = WireSaltNode()
            out.level = UInt32(salt.level)
            out.index = UInt32(salt.index)
            out.value = Data(salt.value)
            return out
        }
        wire.body = bodies.map { $0.map { Data($0) } ?? Data() }
        return try wire.serializedBytes()
    }

    /// - Throws: ``CodingFault``, see ``OpenedBodies/init(_:count:)``.
    package init(serialized bytes: [UInt8], count: Int) throws(CodingFault) {
        let opened = try OpenedBodies(bytes, count: count)
        self.init(salts: opened.salts, bodies: Array(opened.bodies))
    }
}

/// The part of a change set as its author writes it: the one seed all salts follow from, and every body, in one buffer.
package struct WrittenBodies: Sendable {
    /// Places in the whole part.
    package let bodies: SealedBodies

    /// The bytes that the general encoder writes, without a copy of each body in between.
    package init(seed: [UInt8], _ bodies: [[UInt8]]) throws {
        var wire = WireSaltNode()
        wire.value = Data(seed)
        let salt: [UInt8] = try wire.serializedBytes()
        var out: [UInt8] = []
        out.reserveCapacity(bodies.reduce(salt.count + 8) { $0 + $1.count + 6 })
        _ = WrittenBodies.append(0x0A, salt, to: &out)
        self.bodies = { bodies in
            let places = bodies.map { WrittenBodies.append(0x12, $0, to: &out) }
            return SealedBodies(out, places)
        }(bodies)
    }

    /// - Returns: where the content lies.
    private static func append(_ tag: UInt8, _ content: [UInt8], to out: inout [UInt8]) -> Range<Int> {
        out.append(tag)
        var rest = content.count
        while rest >= 0x80 {
            out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        out.append(UInt8(rest))
        out += content
        return out.count - content.count..<out.count
    }
}

/// The part of a change set that may be erased, as it lies in its bytes.
package struct OpenedBodies: Sendable {
    package let salts: [BodyPart.Salt]
    package let bodies: SealedBodies

    /// Finds salts and bodies without copying the latter. What the message counts is bounded by `count` before anything
    /// is kept of it, so that no crowd of small entries grows in memory.
    /// - Parameter count: of bodies, as the header says.
    /// - Throws: ``CodingFault``.
    package init(_ bytes: [UInt8], count: Int) throws(CodingFault) {
        var scan = RecordScan(0..<bytes.count)
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(min(count, Header.maximumChanges))
        var salts: [BodyPart.Salt] = []
        while !scan.isDone {
            if let body = scan.content(0x12, bytes.span) {
                guard ranges.count < count else { throw CodingFault("more bodies than the header says, \(count)") }
                ranges.append(body)
            } else if let node = scan.content(0x0A, bytes.span) {
                guard salts.count < count else { throw CodingFault("more salts than bodies") }
                salts.append(try Self.salt(Array(bytes[node])))
            } else {
                try scan.stepOver(bytes.span)
            }
        }
        guard ranges.count == count else { throw CodingFault("\(ranges.count) bodies; the header says \(count)") }
        self.salts = salts
        bodies = SealedBodies(bytes, ranges)
    }

    private static func salt(_ bytes: [UInt8]) throws(CodingFault) -> BodyPart.Salt {
        let wire: WireSaltNode
        do { wire = try WireSaltNode(serializedBytes: bytes) } catch { throw CodingFault("not a salt node: \(error)") }
        guard wire.value.count == 16, wire.level <= 16, wire.index < 1 << 16 else { throw CodingFault("a salt node out of bounds") }
        return BodyPart.Salt(level: Int(wire.level), index: Int(wire.index), value: Array(wire.value))
    }
}

extension RecordScan {
    /// Steps over one field of a kind that a newer format may have added.
    fileprivate mutating func stepOver(_ bytes: Span<UInt8>) throws(CodingFault) {
        guard let tag = varint(bytes), tag >> 3 > 0, tag >> 3 < 1 << 29, step(over: tag & 7, bytes) else {
            throw CodingFault("not the bodies of a change set")
        }
        // Our own two fields in another dress: an over-long tag, or another wire type, which the format does not know.
        if tag >> 3 <= 2 { throw CodingFault("not the bodies of a change set") }
    }

    private mutating func step(over type: UInt64, _ bytes: Span<UInt8>) -> Bool {
        switch type {
        case 0: return varint(bytes) != nil
        case 1: return skip(8)
        case 2:
            guard let length = varint(bytes), length <= UInt64(Int32.max) else { return false }
            return skip(Int(length))
        case 5: return skip(4)
        // Groups are no part of the format. From the wire, not an enum of ours.
        default: return false
        }
    }
}
