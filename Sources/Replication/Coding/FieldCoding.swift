import Registry

extension RecordField {
    var wire: WireField {
        var wire = WireField()
        wire.number = number
        switch value {
        case .text(let text): wire.text = text
        case .date(let date): wire.date = date.daysSinceEpoch
        case .amount(let amount): wire.amount = amount.micros
        }
        return wire
    }
}

extension [RecordField] {
    /// - Throws: ``CodingFault``: more than 256, not ascending, or a value out of range.
    init(_ wire: [WireField]) throws(CodingFault) {
        guard wire.count <= 256 else { throw CodingFault("more than 256 fields") }
        self = []
        reserveCapacity(wire.count)
        var last: UInt32 = 0
        for field in wire {
            guard field.number > last else { throw CodingFault("fields do not ascend at \(field.number)") }
            last = field.number
            let value: FieldValue
            switch field.value {
            case .text(let text): value = .text(text)
            case .date(let days): value = .date(try CivilDate(wire: days))
            case .amount(let micros):
                guard let amount = Amount(micros: micros) else { throw CodingFault("amount out of range in field \(field.number)") }
                value = .amount(amount)
            case nil: throw CodingFault("field \(field.number) without a value")
            }
            append(RecordField(number: field.number, value: value))
        }
    }
}

extension CivilDate {
    init(wire days: Int32) throws(CodingFault) {
        guard let date = CivilDate(daysSinceEpoch: Int(days)) else { throw CodingFault("no such date: day \(days)") }
        self = date
    }
}

/// Field numbers that ascend strictly, as sets of fields stand in acts.
func ascending(_ numbers: [UInt32]) throws(CodingFault) -> [UInt32] {
    guard numbers.count <= 256 else { throw CodingFault("more than 256 fields") }
    var last: UInt32 = 0
    for number in numbers {
        guard number > last else { throw CodingFault("fields do not ascend at \(number)") }
        last = number
    }
    return numbers
}
