import Registry

/// Accepts plain records of one ledger on their bytes: the same rules as ``judge(_:dot:ledger:in:)``, asked of the bytes
/// as they lie, and once for what does not change from one record to the next. It only ever accepts. What it does not
/// accept, for whatever reason, is decoded and judged in general, which finds the verdict and its words.
///
/// Acceptance of a plain record hangs on its bytes, its ledger and the editions it names, and on nothing else of the
/// replica: it stays right, whatever is stored meanwhile.
package struct PlainJudge {
    /// What the projection needs of an accepted record.
    package struct Accepted: Sendable {
        package let item: UInt32
        package let validity: Validity
        /// Of the credit code, in the bytes.
        package let subject: Range<Int>
        /// Of the natural key, in the caller's buffer of keys.
        package let key: Range<Int>
    }

    private let ledger: LedgerID
    /// The author's path as text.
    private let author: [UInt8]
    private let isOpen: Bool
    private let edition: (Digest) -> EditionInForce?
    private var record = PlainRecord()
    // Of the change accepted last: its actor and editions, and what they and its item came to.
    private var actor: [UInt8] = []
    private var editions: [UInt8] = []
    private var catalogue: CatalogueInForce?
    private var isReviewed = false
    private var item: UInt32 = 0
    private var terms: ItemInForce?

    /// - Parameter edition: nil while the edition is not held.
    package init(ledger: LedgerID, edition: @escaping (Digest) -> EditionInForce?) {
        self.ledger = ledger
        self.edition = edition
        author = Array(ledger.replica.path.description.utf8)
        isOpen = ledger.lane == .ordinary && ledger.audience != .published
    }

    /// Judges the change at `place`. - Parameter keys: the record's natural key is appended here.
    /// - Returns: nil, with `keys` as they were, when the general way must decide.
    package mutating func accept(_ bytes: Span<UInt8>, _ place: Range<Int>, keys: inout [UInt8]) -> Accepted? {
        guard isOpen, record.read(bytes, place) else { return nil }
        if let home = record.home, !Self.equal(bytes, home, author) { return nil }
        guard stands(bytes), let terms = currentTerms() else { return nil }
        switch record.validity {
        case .effective: if !isReviewed { return nil }
        case .draft, .submitted: if ledger.audience != .local { return nil }
        case .revoked: return nil
        }
        let start = keys.count
        guard isSound(bytes, terms, &keys) else { return nil }
        return Accepted(item: record.item, validity: record.validity, subject: record.subject, key: start..<keys.count)
    }

    /// Whether actor and editions are as they must be; asked anew only when they differ from those before.
    private mutating func stands(_ bytes: Span<UInt8>) -> Bool {
        if catalogue != nil, Self.equal(bytes, record.actor, actor), Self.equal(bytes, record.editions, editions) { return true }
        (catalogue, terms) = (nil, nil)
        guard let value = record.actorValue(bytes), actorFault(value) == nil, record.editionCount > 0 else { return false }
        let named = (0..<record.editionCount).map { record.edition($0, bytes) }
        guard case .catalogue(let held)? = edition(named[0]), unitFault(value, named, author: ledger.replica.path, edition) == nil else { return false }
        actor = Self.copy(bytes, record.actor)
        editions = Self.copy(bytes, record.editions)
        isReviewed = record.reviewer != nil
        catalogue = held
        return true
    }

    /// The item of the record, where the ledger is the one that its records go to.
    private mutating func currentTerms() -> ItemInForce? {
        if let terms, item == record.item { return terms }
        terms = nil
        guard let found = catalogue?.item(record.item) else { return nil }
        switch ledger.audience {
        case .local: break
        case .published: return nil
        case .lineage(let of, let upTo):
            guard of == ledger.replica.path, upTo == min(Int(found.item.upToTier), of.depth) else { return nil }
        }
        (item, terms) = (record.item, found)
        return found
    }

    /// Whether no field breaks a rule; if so, with the natural key.
    private func isSound(_ bytes: Span<UInt8>, _ terms: ItemInForce, _ keys: inout [UInt8]) -> Bool {
        let plan = terms.keyPlan
        var course = terms.checker.begin(.organisation)
        var authority = 0..<0, document = 0..<0, itemNumber = 0..<0
        for index in record.fields.indices {
            let field = record.fields[index]
            switch field.kind {
            case .text:
                let text = bytes.extracting(field.text)
                guard WellFormed.isUTF8(text) else { return false }
                terms.checker.text(field.number, text, &course)
                if field.number == plan.authority { authority = field.text }
                if field.number == plan.document { document = field.text }
                if field.number == plan.itemNumber { itemNumber = field.text }
            case .date:
                guard let date = CivilDate(daysSinceEpoch: Int(field.value)) else { return false }
                terms.checker.date(field.number, date, &course)
            case .amount: terms.checker.amount(field.number, &course)
            }
        }
        guard terms.checker.finish(&course).isEmpty else { return false }
        return plan.append(bytes, authority: authority, document: document, subject: record.subject, itemNumber: itemNumber, to: &keys)
    }

    private static func equal(_ bytes: Span<UInt8>, _ range: Range<Int>, _ other: [UInt8]) -> Bool {
        guard range.count == other.count else { return false }
        let other = other.span
        for index in 0..<other.count where bytes[range.lowerBound + index] != other[index] { return false }
        return true
    }

    private static func copy(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8] { range.map { bytes[$0] } }
}

/// Whether bytes are UTF-8, with a short way for the text of our records: ASCII and ideographs.
enum WellFormed {
    static func isUTF8(_ bytes: Span<UInt8>) -> Bool {
        var at = 0
        while at < bytes.count {
            let first = bytes[at]
            if first < 0x80 {
                at += 1
            } else if first >= 0xE1, first <= 0xEC, at + 2 < bytes.count, bytes[at + 1] & 0xC0 == 0x80, bytes[at + 2] & 0xC0 == 0x80 {
                // With these leads any two followers are well formed.
                at += 3
            } else {
                // Begins on a character, so what follows can be judged by itself.
                return (try? UTF8Span(validating: bytes.extracting(at..<bytes.count))) != nil
            }
        }
        return true
    }
}
