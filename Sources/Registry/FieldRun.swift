/// The fields of a record without a string for each: one run of UTF-8, and a slim mark a field. A row of an import is
/// read, validated and sealed in this form; strings are made only where somebody asks for them.
///
/// Invariant: marks ascend by field number; ranges of texts lie inside ``bytes`` and hold whole characters.
package struct FieldRun: Sendable {
    private struct Mark: Sendable {
        let number: UInt32
        let type: FieldType
        /// Of a text: where it begins.
        let start: UInt32
        /// Of a text its length, of a date its days, of an amount its millionths.
        let payload: Int64
    }

    /// Texts one behind the other.
    package private(set) var bytes: [UInt8] = []
    private var marks: [Mark] = []

    init() {}

    mutating func reserve(fields: Int, bytes count: Int) {
        marks.reserveCapacity(fields)
        bytes.reserveCapacity(count)
    }

    /// - Parameter text: UTF-8, in normal form.
    mutating func append(_ number: UInt32, text: Span<UInt8>) {
        marks.append(Mark(number: number, type: .text, start: UInt32(truncatingIfNeeded: bytes.count), payload: Int64(text.count)))
        text.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ number: UInt32, date: CivilDate) {
        marks.append(Mark(number: number, type: .date, start: 0, payload: Int64(date.daysSinceEpoch)))
    }

    mutating func append(_ number: UInt32, amount: Amount) {
        marks.append(Mark(number: number, type: .amount, start: 0, payload: amount.micros))
    }

    package var count: Int { marks.count }
    package func number(_ index: Int) -> UInt32 { marks[index].number }
    package func type(_ index: Int) -> FieldType { marks[index].type }

    /// Where the text of field `index` stands in ``bytes``; empty for dates and amounts.
    package func range(_ index: Int) -> Range<Int> {
        let mark = marks[index]
        guard mark.type == .text else { return 0..<0 }
        return Int(mark.start)..<Int(mark.start) + Int(mark.payload)
    }

    /// Of a date its days since 1970, of an amount its millionths of 万元.
    package func quantity(_ index: Int) -> Int64 { marks[index].payload }

    /// Place of the field with this number; nil when the record lacks it.
    package func index(of number: UInt32) -> Int? { marks.firstIndex { $0.number == number } }

    package func text(_ index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

    package subscript(index: Int) -> (number: UInt32, value: FieldValue) {
        let mark = marks[index]
        switch mark.type {
        case .text: return (mark.number, .text(text(index)))
        case .date:
            guard let date = CivilDate(daysSinceEpoch: Int(mark.payload)) else { preconditionFailure("only a date is appended as one") }
            return (mark.number, .date(date))
        case .amount:
            guard let amount = Amount(micros: mark.payload) else { preconditionFailure("only an amount is appended as one") }
            return (mark.number, .amount(amount))
        }
    }

    /// Whether the text of field `index` is `other`, byte by byte.
    func holds(_ other: String, at index: Int) -> Bool { bytes[range(index)].elementsEqual(other.utf8) }
}
