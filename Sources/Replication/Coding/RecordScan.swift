import Registry

/// The commonest change, the state of a new record of an organisation, as it lies in its bytes: where each part stands,
/// nothing copied. Used again for one body after another, so that it allocates once.
///
/// It takes only the plain form that our own encoder writes (known fields, ascending, once each) and leaves all else to
/// the general decoder, which then reads or refuses it. Every tier reads every record it receives, so this is most of
/// what decoding costs. A test compares the two over whole and over broken bytes.
package struct PlainRecord {
    /// One field of the record.
    package struct Field {
        package enum Kind: UInt8 { case text, date, amount }
        package let number: UInt32
        package let kind: Kind
        /// Of a text, not known to be UTF-8.
        package let text: Range<Int>
        /// Of a date, in days since 1970; of an amount, in millionths of 万元. In the range of its type.
        package let value: Int64
    }

    /// The whole of the actor, its parts within.
    package private(set) var actor = 0..<0
    package private(set) var unit = 0..<0
    package private(set) var operatorName = 0..<0
    /// nil: nobody reviewed.
    package private(set) var reviewer: Range<Int>?
    package private(set) var capturedAt: UInt64 = 0
    /// All editions, with their tags; see ``edition(_:_:)``.
    package private(set) var editions = 0..<0
    package private(set) var editionCount = 0
    package private(set) var item: UInt32 = 0
    /// nil: the author's path.
    package private(set) var home: Range<Int>?
    package private(set) var validity = Validity.draft
    /// Of the subject's credit code, which is canonical.
    package private(set) var subject = 0..<0
    /// Ascending by number.
    package private(set) var fields: [Field] = []

    package init() {}

    /// The edition number `index` that the change names.
    package func edition(_ index: Int, _ bytes: Span<UInt8>) -> Digest {
        Digest(bytes.extracting(editions.lowerBound + index * Self.editionStride + 2..<editions.lowerBound + (index + 1) * Self.editionStride))
    }

    /// Tag, length and digest.
    private static let editionStride = 2 + Digest.byteCount

    /// Finds the parts of the change that stands at `range`. - Returns: false, with parts of no meaning, for any other form.
    package mutating func read(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var scan = RecordScan(range)
        guard let actor = scan.content(0x2A, bytes), readActor(bytes, actor) else { return false }
        capturedAt = 0
        if scan.skip(0x30, bytes) {
            guard let value = scan.varint(bytes) else { return false }
            capturedAt = value
        }
        let first = scan.at
        editionCount = 0
        while let edition = scan.content(0x3A, bytes) {
            guard edition.count == Digest.byteCount, editionCount < 16 else { return false }
            editionCount += 1
            // An over-long length is lawful and nobody's: left to the general decoder.
            guard scan.at - first == editionCount * Self.editionStride else { return false }
        }
        editions = first..<scan.at
        guard scan.skip(0x82, bytes), let state = scan.content(0x01, bytes), scan.isDone else { return false }
        return readState(bytes, state)
    }

    private mutating func readActor(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var scan = RecordScan(range)
        guard let unit = scan.content(0x0A, bytes), let name = scan.content(0x12, bytes) else { return false }
        (actor, self.unit, operatorName, reviewer) = (range, unit, name, nil)
        if scan.isDone { return true }
        guard let reviewer = scan.content(0x1A, bytes), !reviewer.isEmpty, scan.isDone else { return false }
        self.reviewer = reviewer
        return true
    }

    private mutating func readState(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var scan = RecordScan(range)
        guard scan.skip(0x08, bytes), let item = scan.varint(bytes), let item = UInt32(exactly: item) else { return false }
        self.item = item
        home = scan.content(0x12, bytes)
        guard scan.skip(0x18, bytes), let raw = scan.varint(bytes), raw < Validity.revoked.rawValue, let validity = Validity(rawValue: UInt32(raw)),
            let about = scan.content(0x22, bytes)
        else { return false }
        self.validity = validity
        var within = RecordScan(about)
        guard let subject = within.content(0x0A, bytes), within.isDone, CreditCode.isCanonical(bytes.extracting(subject)) else { return false }
        self.subject = subject
        fields.removeAll(keepingCapacity: true)
        var last: UInt32 = 0
        while let range = scan.content(0x2A, bytes) {
            guard fields.count < 256, let field = Self.field(bytes, range), field.number > last else { return false }
            last = field.number
            fields.append(field)
        }
        return scan.isDone
    }

    static func field(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Field? {
        var scan = RecordScan(range)
        guard scan.skip(0x08, bytes), let raw = scan.varint(bytes), let number = UInt32(exactly: raw), number > 0 else { return nil }
        if let text = scan.content(0x12, bytes) { return scan.isDone ? Field(number: number, kind: .text, text: text, value: 0) : nil }
        if scan.skip(0x18, bytes) {
            guard let raw = scan.varint(bytes), raw <= UInt64(UInt32.max), scan.isDone else { return nil }
            let days = Int32(bitPattern: UInt32(raw) >> 1) ^ -Int32(bitPattern: UInt32(raw) & 1)
            return CivilDate(daysSinceEpoch: Int(days)).map { Field(number: number, kind: .date, text: 0..<0, value: Int64($0.daysSinceEpoch)) }
        }
        guard scan.skip(0x20, bytes), let raw = scan.varint(bytes), scan.isDone else { return nil }
        return Amount(micros: Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)).map { Field(number: number, kind: .amount, text: 0..<0, value: $0.micros) }
    }

    // MARK: - As a value

    /// The change that ``read(_:_:)`` found; nil where a text is not UTF-8 or the home no path.
    func change(_ bytes: Span<UInt8>) -> Change? {
        guard let actor = actorValue(bytes), let code = CreditCode(canonical: bytes.extracting(subject)) else { return nil }
        var home: NodePath?
        if let range = self.home {
            guard let path = Self.text(bytes, range).flatMap({ NodePath($0) }) else { return nil }
            home = path
        }
        var values: [RecordField] = []
        values.reserveCapacity(fields.count)
        for field in fields {
            guard let value = Self.value(field, bytes) else { return nil }
            values.append(RecordField(number: field.number, value: value))
        }
        let state = RecordState(item: item, home: home, validity: validity, subject: .organisation(code), fields: values)
        return Change(actor: actor, capturedAt: capturedAt, editions: (0..<editionCount).map { edition($0, bytes) }, kind: .recordState(state))
    }

    static func value(_ field: Field, _ bytes: Span<UInt8>) -> FieldValue? {
        switch field.kind {
        case .text: text(bytes, field.text).map { .text($0) }
        case .date: CivilDate(daysSinceEpoch: Int(field.value)).map { .date($0) }
        case .amount: Amount(micros: field.value).map { .amount($0) }
        }
    }

    /// Who acted; nil where a name is not UTF-8.
    func actorValue(_ bytes: Span<UInt8>) -> Actor? {
        guard let unit = Self.text(bytes, unit), let name = Self.text(bytes, operatorName) else { return nil }
        guard let reviewer else { return Actor(unit: unit, operator: name) }
        return Self.text(bytes, reviewer).map { Actor(unit: unit, operator: name, reviewer: $0) }
    }

    static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String? {
        guard let text = try? UTF8Span(validating: bytes.extracting(range)) else { return nil }
        return String(copying: text)
    }
}

/// Steps over the fields of one message.
struct RecordScan {
    private(set) var at: Int
    private let end: Int

    init(_ range: Range<Int>) { (at, end) = (range.lowerBound, range.upperBound) }

    var isDone: Bool { at == end }

    /// Steps over one byte when it is the one expected.
    mutating func skip(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
        guard at < end, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    /// Steps over `count` bytes where there are so many.
    mutating func skip(_ count: Int) -> Bool {
        guard count <= end - at else { return false }
        at += count
        return true
    }

    mutating func varint(_ bytes: Span<UInt8>) -> UInt64? {
        guard at < end else { return nil }
        // Most are of one byte.
        let first = bytes[at]
        at += 1
        if first < 0x80 { return UInt64(first) }
        var value = UInt64(first & 0x7F)
        var shift: UInt64 = 7
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
    mutating func content(_ tag: UInt8, _ bytes: Span<UInt8>) -> Range<Int>? {
        let start = at
        guard skip(tag, bytes), let length = varint(bytes), length <= UInt64(end - at) else {
            at = start
            return nil
        }
        let range = at..<at + Int(length)
        at = range.upperBound
        return range
    }
}

extension Digest {
    /// - Precondition: 32 bytes.
    init(_ bytes: Span<UInt8>) {
        func word(_ index: Int) -> UInt64 {
            var value: UInt64 = 0
            for offset in 0..<8 { value = value << 8 | UInt64(bytes[index * 8 + offset]) }
            return value
        }
        self.init(a: word(0), b: word(1), c: word(2), d: word(3))
    }
}
