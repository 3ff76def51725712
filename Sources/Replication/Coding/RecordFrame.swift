import Registry

/// What the records of one import have in common: everything of their changes but subject and fields. Judged once,
/// and written once, for all of them.
package struct RecordFrame: Sendable {
    package let actor: Actor
    /// Milliseconds since 1970 by the author's clock.
    package let capturedAt: UInt64
    /// The catalogue's edition first.
    package let editions: [Digest]
    /// ``CatalogueItem/number``, above 0.
    package let item: UInt32
    /// Draft or effective.
    package let validity: Validity
    /// Serialised parts of every change: before the state, and the state before its subject.
    private let head: [UInt8]
    private let stateHead: [UInt8]

    package init(actor: Actor, capturedAt: UInt64, editions: [Digest], item: UInt32, validity: Validity) {
        precondition(item > 0 && validity != .revoked, "an item is numbered from 1, and revoked is no state of its own")
        (self.actor, self.capturedAt, self.editions, self.item, self.validity) = (actor, capturedAt, editions, item, validity)
        (head, stateHead) = RecordWriter.frame(actor, capturedAt, editions, item, validity)
    }

    /// The serialised change of a record under this frame, byte for byte what ``Change/serialized()`` gives for it.
    /// - Returns: nil for a record that is not about an organisation with a code: the general way writes those.
    package func body(of record: ValidRecord) -> [UInt8]? {
        guard record.item == item, let code = record.subjectCode else { return nil }
        return RecordWriter.body(head, stateHead, code, record.values)
    }
}

extension RecordWriter {
    /// The parts of a change that do not hang on the record.
    static func frame(_ actor: Actor, _ capturedAt: UInt64, _ editions: [Digest], _ item: UInt32, _ validity: Validity) -> (head: [UInt8], stateHead: [UInt8]) {
        var head = RecordWriter()
        head.common(actor, capturedAt, editions)
        head.out += [0x82, 0x01]
        var state = RecordWriter()
        state.number(0x08, UInt64(item))
        state.number(0x18, UInt64(validity.rawValue))
        return (head.out, state.out)
    }

    /// The whole change, in one piece of exactly the size it needs: lengths are summed up first.
    static func body(_ head: [UInt8], _ stateHead: [UInt8], _ code: Range<Int>, _ values: FieldRun) -> [UInt8] {
        let subject = 2 + 1 + size(UInt64(code.count)) + code.count
        var state = stateHead.count + subject
        for index in 0..<values.count {
            let field = fieldSize(values, index)
            state += 1 + size(UInt64(field)) + field
        }
        let count = head.count + size(UInt64(state)) + state
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            var cursor = Cursor(buffer: buffer)
            cursor.copy(head[...])
            cursor.varint(UInt64(state))
            cursor.copy(stateHead[...])
            cursor.byte(0x22)
            cursor.varint(UInt64(subject - 2))
            cursor.byte(0x0A)
            cursor.varint(UInt64(code.count))
            cursor.copy(values.bytes[code])
            for index in 0..<values.count { cursor.field(values, index, fieldSize(values, index)) }
            precondition(cursor.at == count, "what was measured was written")
            written = count
        }
    }

    /// Bytes of a field's message.
    private static func fieldSize(_ values: FieldRun, _ index: Int) -> Int {
        1 + size(UInt64(values.number(index))) + 1
            + (values.type(index) == .text ? size(UInt64(values.range(index).count)) + values.range(index).count : size(zigzag(values, index)))
    }

    /// Dates are 32 bits wide, amounts 64; both are zigzag.
    fileprivate static func zigzag(_ values: FieldRun, _ index: Int) -> UInt64 {
        let quantity = values.quantity(index)
        return UInt64(bitPattern: quantity << 1 ^ quantity >> 63)
    }

    /// Bytes of a varint.
    private static func size(_ value: UInt64) -> Int { value < 0x80 ? 1 : (UInt64.bitWidth - value.leadingZeroBitCount + 6) / 7 }
}

/// Writes into memory that was measured before; each step stays inside it.
private struct Cursor {
    let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var at = 0

    init(buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

    mutating func byte(_ value: UInt8) {
        precondition(at < buffer.count, "what was measured is enough")
        buffer[at] = value
        at += 1
    }

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    mutating func copy(_ piece: ArraySlice<UInt8>) {
        precondition(at + piece.count <= buffer.count, "what was measured is enough")
        _ = UnsafeMutableBufferPointer(rebasing: buffer[at..<at + piece.count]).initialize(fromContentsOf: piece)
        at += piece.count
    }

    mutating func field(_ values: FieldRun, _ index: Int, _ size: Int) {
        byte(0x2A)
        varint(UInt64(size))
        byte(0x08)
        varint(UInt64(values.number(index)))
        switch values.type(index) {
        case .text:
            let range = values.range(index)
            byte(0x12)
            varint(UInt64(range.count))
            copy(values.bytes[range])
        case .date:
            byte(0x18)
            varint(RecordWriter.zigzag(values, index))
        case .amount:
            byte(0x20)
            varint(RecordWriter.zigzag(values, index))
        }
    }
}
