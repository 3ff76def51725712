import Registry

/// Frames that hold a change set are most of all bytes: they are written and read without the copies that generated
/// code makes. Byte for byte what the definitions in `link.proto` and `ledger.proto` say (`CodingTests`).
extension Frame {
    /// The frame's bytes, to be written one part after the other; without the length prefix.
    package func parts() throws -> [[UInt8]] {
        guard case .changeSet(let set) = self, set.continuity == nil, set.erasureOrders.isEmpty else { return [try serialized()] }
        var head: [UInt8] = []
        WireWriter.bytes(1, set.header, to: &head)
        WireWriter.bytes(2, set.signature, to: &head)
        WireWriter.bytes(3, set.digests, to: &head)
        WireWriter.number(4, UInt64(set.compression), to: &head)
        WireWriter.number(5, UInt64(set.bodiesSize), to: &head)
        if !set.bodies.isEmpty { WireWriter.prefix(6, length: set.bodies.count, to: &head) }
        var tail: [UInt8] = []
        for certificate in set.chain { WireWriter.element(7, certificate, to: &tail) }
        var prefix: [UInt8] = []
        WireWriter.prefix(3, length: head.count + set.bodies.count + tail.count, to: &prefix)
        return [prefix + head, set.bodies, tail]
    }

    /// As ``read(_:)``, from bytes that stay where they are.
    package static func read(raw bytes: UnsafeRawBufferPointer) throws -> Frame? {
        if let set = try ChangeSetScan.frame(bytes) { return .changeSet(set) }
        return try read(Array(bytes))
    }
}

/// The few shapes of a protocol buffer that are written by hand here. Zero values are left out, as in proto3.
enum WireWriter {
    static func varint(_ value: UInt64, to out: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        out.append(UInt8(rest))
    }

    static func number(_ field: UInt64, _ value: UInt64, to out: inout [UInt8]) {
        guard value != 0 else { return }
        varint(field << 3, to: &out)
        varint(value, to: &out)
    }

    static func prefix(_ field: UInt64, length: Int, to out: inout [UInt8]) {
        varint(field << 3 | 2, to: &out)
        varint(UInt64(length), to: &out)
    }

    static func bytes(_ field: UInt64, _ value: [UInt8], to out: inout [UInt8]) { if !value.isEmpty { element(field, value, to: &out) } }

    /// An entry of a repeated field, which stands there even when it is empty.
    static func element(_ field: UInt64, _ value: [UInt8], to out: inout [UInt8]) {
        prefix(field, length: value.count, to: &out)
        out += value
    }
}

/// Reads a frame that is one plain change set. Whatever is unusual (a field twice, one that this version does not know, a continuity,
/// a malformed byte) is left to the general reader, so that both agree on every input.
private struct ChangeSetScan {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    static func frame(_ bytes: UnsafeRawBufferPointer) throws(ChangeSetFault) -> SealedChangeSet? {
        var outer = ChangeSetScan(bytes: bytes)
        guard outer.varint() == 3 << 3 | 2, let content = outer.content(), outer.isDone else { return nil }
        var scan = ChangeSetScan(bytes: content)
        return try scan.changeSet()
    }

    private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private var isDone: Bool { position == bytes.count }

    private mutating func changeSet() throws(ChangeSetFault) -> SealedChangeSet? {
        var parts: [UnsafeRawBufferPointer?] = [nil, nil, nil, nil]
        var numbers: [UInt64] = [0, 0], chain: [UnsafeRawBufferPointer] = []
        var last: UInt64 = 0
        while !isDone {
            guard let tag = varint() else { return nil }
            let field = tag >> 3
            // In the order of their numbers, each once, but for the certificates.
            guard field > last || (field == 7 && last == 7) else { return nil }
            last = field
            switch (field, tag & 7) {
            case (1, 2), (2, 2), (3, 2), (6, 2):
                guard let content = self.content() else { return nil }
                parts[field == 6 ? 3 : Int(field) - 1] = content
            case (4, 0), (5, 0):
                guard let value = varint(), value <= UInt64(UInt32.max) else { return nil }
                numbers[Int(field) - 4] = value
            case (7, 2):
                guard let content = content(), chain.count < 64 else { return nil }
                chain.append(content)
            // From the wire, not an enum of ours.
            default: return nil
            }
        }
        try SealedChangeSet.checkBounds(
            bodiesSize: numbers[1], bodies: parts[3]?.count ?? 0, chain: chain.map(\.count), signature: parts[1]?.count ?? 0, digests: parts[2]?.count ?? 0)
        func array(_ part: UnsafeRawBufferPointer?) -> [UInt8] { part.map { Array($0) } ?? [] }
        return SealedChangeSet(
            header: array(parts[0]), signature: array(parts[1]), digests: array(parts[2]), compression: UInt32(numbers[0]),
            bodiesSize: Int(numbers[1]), bodies: array(parts[3]), chain: chain.map { Array($0) })
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0, shift: UInt64 = 0
        while position < bytes.count, shift < 63 {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    private mutating func content() -> UnsafeRawBufferPointer? {
        guard let length = varint(), length <= UInt64(bytes.count - position) else { return nil }
        defer { position += Int(length) }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + Int(length)])
    }
}
