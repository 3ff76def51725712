import Registry

/// Reads the commonest change, the state of a new record of an organisation, straight from its bytes.
///
/// Every tier decodes every record it receives, so this is most of what decoding costs. It takes only the plain
/// form that our own encoder writes (known fields, ascending, once each) and gives nil for all else, which the
/// general decoder then reads or refuses. What it takes, it reads exactly as that one does: a test compares the
/// two over whole and over broken bytes.
struct RecordScan {
    private var at = 0
    private var end: Int

    private init(_ range: Range<Int>) { (at, end) = (range.lowerBound, range.upperBound) }

    static func change(_ bytes: Span<UInt8>) -> Change? {
        var scan = RecordScan(0..<bytes.count)
        guard let actor = scan.content(0x2A, bytes).flatMap({ actor(bytes, $0) }) else { return nil }
        var captured: UInt64 = 0
        if scan.skip(0x30, bytes) {
            guard let value = scan.varint(bytes) else { return nil }
            captured = value
        }
        var editions: [Digest] = []
        while let range = scan.content(0x3A, bytes) {
            guard range.count == Digest.byteCount, editions.count < 16 else { return nil }
            editions.append(digest(bytes, range.lowerBound))
        }
        guard scan.skip(0x82, bytes), let range = scan.content(0x01, bytes), scan.isDone, let state = state(bytes, range) else { return nil }
        return Change(actor: actor, capturedAt: captured, editions: editions, kind: .recordState(state))
    }

    private static func actor(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Actor? {
        var scan = RecordScan(range)
        guard let unit = scan.text(0x0A, bytes), let name = scan.text(0x12, bytes) else { return nil }
        var reviewer: String?
        if !scan.isDone {
            guard let text = scan.text(0x1A, bytes), !text.isEmpty, scan.isDone else { return nil }
            reviewer = text
        }
        return Actor(unit: unit, operator: name, reviewer: reviewer)
    }

    private static func state(_ bytes: Span<UInt8>, _ range: Range<Int>) -> RecordState? {
        var scan = RecordScan(range)
        guard scan.skip(0x08, bytes), let item = scan.varint(bytes), let item = UInt32(exactly: item) else { return nil }
        var home: NodePath?
        if let text = scan.text(0x12, bytes) {
            guard let path = NodePath(text) else { return nil }
            home = path
        }
        guard scan.skip(0x18, bytes), let raw = scan.varint(bytes), raw < Validity.revoked.rawValue, let validity = Validity(rawValue: UInt32(raw)),
            let about = scan.content(0x22, bytes), let subject = organisation(bytes, about)
        else { return nil }
        var fields: [RecordField] = []
        fields.reserveCapacity(24)
        var last: UInt32 = 0
        while let range = scan.content(0x2A, bytes) {
            guard fields.count < 256, let field = field(bytes, range), field.number > last else { return nil }
            last = field.number
            fields.append(field)
        }
        guard scan.isDone else { return nil }
        return RecordState(item: item, home: home, validity: validity, subject: subject, fields: fields)
    }

    private static func organisation(_ bytes: Span<UInt8>, _ range: Range<Int>) -> SubjectKey? {
        var scan = RecordScan(range)
        guard let text = scan.text(0x0A, bytes), scan.isDone, case .valid(let code, _) = CreditCode.parse(text), code.text == text else { return nil }
        return .organisation(code)
    }

    private static func field(_ bytes: Span<UInt8>, _ range: Range<Int>) -> RecordField? {
        var scan = RecordScan(range)
        guard scan.skip(0x08, bytes), let raw = scan.varint(bytes), let number = UInt32(exactly: raw), number > 0 else { return nil }
        let value: FieldValue
        if let text = scan.text(0x12, bytes) {
            value = .text(text)
        } else if scan.skip(0x18, bytes) {
            guard let raw = scan.varint(bytes), raw <= UInt64(UInt32.max) else { return nil }
            let days = Int32(bitPattern: UInt32(raw) >> 1) ^ -Int32(bitPattern: UInt32(raw) & 1)
            guard let date = CivilDate(daysSinceEpoch: Int(days)) else { return nil }
            value = .date(date)
        } else if scan.skip(0x20, bytes) {
            guard let raw = scan.varint(bytes), let amount = Amount(micros: Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)) else { return nil }
            value = .amount(amount)
        } else {
            return nil
        }
        return scan.isDone ? RecordField(number: number, value: value) : nil
    }

    private static func digest(_ bytes: Span<UInt8>, _ start: Int) -> Digest {
        func word(_ index: Int) -> UInt64 {
            var value: UInt64 = 0
            for offset in 0..<8 { value = value << 8 | UInt64(bytes[start + index * 8 + offset]) }
            return value
        }
        return Digest(a: word(0), b: word(1), c: word(2), d: word(3))
    }

    // MARK: - Primitives

    private var isDone: Bool { at == end }

    /// Steps over one byte when it is the one expected.
    private mutating func skip(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
        guard at < end, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func varint(_ bytes: Span<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while at < end, shift < 63 {
            let byte = bytes[at]
            at += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    /// The bounds of a length-delimited field with this tag; nil, and no step, when another comes next.
    private mutating func content(_ tag: UInt8, _ bytes: Span<UInt8>) -> Range<Int>? {
        let start = at
        guard skip(tag, bytes), let length = varint(bytes), length <= UInt64(end - at) else {
            at = start
            return nil
        }
        let range = at..<at + Int(length)
        at = range.upperBound
        return range
    }

    /// As ``content(_:_:)``, for text; ill-formed UTF-8 gives nil as well.
    private mutating func text(_ tag: UInt8, _ bytes: Span<UInt8>) -> String? {
        let start = at
        guard let range = content(tag, bytes), let span = try? UTF8Span(validating: bytes.extracting(range)) else {
            at = start
            return nil
        }
        return String(copying: span)
    }
}
