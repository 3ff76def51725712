import Registry

/// The natural key of a record: what makes two entries the same real decision (rules.md 3.2).
/// Local to an index, never sealed.
package struct NaturalKey: Sendable, Hashable {
    /// Each part as `LENGTH:TEXT`, joined by `|`: what is digested.
    package let bytes: [UInt8]
    /// How much of its digest the index keeps.
    package static let indexedBytes = 16

    package init(kind: String, authority: String, document: String, subject: SubjectKey, itemNumber: String, keys: [String] = []) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(160)
        for part in [kind, authority, document, subject.lookupText, itemNumber] { NaturalKey.append(part, to: &bytes) }
        for part in keys { NaturalKey.append(part, to: &bytes) }
        self.bytes = bytes
    }

    /// Once a record and tier: without strings in between.
    private static func append(_ part: String, to bytes: inout [UInt8]) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: "|")) }
        append(part.utf8.span, to: &bytes)
    }

    private static func append(_ part: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: "|")) }
        append(part.span, to: &bytes)
    }

    private static func append(_ part: Span<UInt8>, to bytes: inout [UInt8]) {
        let count = part.count
        if count >= 100 {
            bytes.append(contentsOf: String(count).utf8)
        } else {
            if count >= 10 { bytes.append(UInt8(ascii: "0") + UInt8(count / 10)) }
            bytes.append(UInt8(ascii: "0") + UInt8(count % 10))
        }
        bytes.append(UInt8(ascii: ":"))
        part.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    /// The same key straight from the bytes of a validated record about an organisation with a code.
    /// - Returns: nil for other subjects, and where ``init(_:item:)-(RecordState,_)`` gives none.
    package init?(_ record: ValidRecord, item: CatalogueItem) {
        let values = record.values
        func text(_ number: UInt32?) -> ArraySlice<UInt8> { number.flatMap(values.index(of:)).map { values.bytes[values.range($0)] } ?? [] }
        guard let code = record.subjectCode else { return nil }
        let authority = text(item.roles.authorityCode), document = text(item.roles.documentNumber)
        guard !authority.isEmpty, !document.isEmpty || (item.roles.documentNumber == nil && !item.keyFields.isEmpty) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(160)
        NaturalKey.append(item.code, to: &bytes)
        NaturalKey.append(authority, to: &bytes)
        if Normalisation.isPlainDocumentNumber(document.span) {
            NaturalKey.append(document, to: &bytes)
        } else {
            NaturalKey.append(Normalisation.documentNumber(String(decoding: document, as: UTF8.self)), to: &bytes)
        }
        NaturalKey.append(values.bytes[code], to: &bytes)
        NaturalKey.append(text(item.roles.itemNumber), to: &bytes)
        for number in item.keyFields {
            guard let place = values.index(of: number) else { return nil }
            switch values.type(place) {
            case .text: NaturalKey.append(values.bytes[values.range(place)], to: &bytes)
            case .date, .amount: NaturalKey.append(values[place].value.tableText, to: &bytes)
            }
        }
        self.bytes = bytes
    }

    /// Items without a document number are told apart by their key fields.
    /// - Returns: nil when the state names no authority, or lacks its document number or a key field.
    package init?(_ state: RecordState, item: CatalogueItem) {
        let authority = state.text(item.roles.authorityCode)
        let document = state.text(item.roles.documentNumber)
        guard !authority.isEmpty, !document.isEmpty || (item.roles.documentNumber == nil && !item.keyFields.isEmpty) else { return nil }
        var keys: [String] = []
        for number in item.keyFields {
            guard let value = state.value(number) else { return nil }
            keys.append(value.tableText)
        }
        self.init(
            kind: item.code, authority: authority,
            document: Normalisation.isPlainDocumentNumber(document.utf8.span) ? document : Normalisation.documentNumber(document), subject: state.subject,
            itemNumber: state.text(item.roles.itemNumber), keys: keys)
    }

    /// How the key of an item's plain records is put together from their bytes. One test compares it with
    /// ``init(_:item:)`` over many records.
    struct Plan: Sendable {
        /// The part that says the kind.
        private let kind: [UInt8]
        /// Field numbers; 0 = none.
        let authority, document, itemNumber: UInt32
        /// Items with key fields are left to the general way.
        let isPlain: Bool

        init(_ item: CatalogueItem) {
            var bytes: [UInt8] = []
            NaturalKey.append(item.code, to: &bytes)
            kind = bytes
            authority = item.roles.authorityCode ?? 0
            document = item.roles.documentNumber ?? 0
            itemNumber = item.roles.itemNumber ?? 0
            isPlain = item.keyFields.isEmpty && authority > 0 && document > 0
        }

        /// Appends the key. - Returns: false, and appends nothing, where the general way must say what the key is.
        func append(_ bytes: Span<UInt8>, authority: Range<Int>, document: Range<Int>, subject: Range<Int>, itemNumber: Range<Int>, to key: inout [UInt8]) -> Bool {
            guard isPlain, !authority.isEmpty, !document.isEmpty, Normalisation.isPlainDocumentNumber(bytes.extracting(document)) else { return false }
            key += kind
            for part in [authority, document, subject, itemNumber] {
                key.append(UInt8(ascii: "|"))
                NaturalKey.append(bytes.extracting(part), to: &key)
            }
            return true
        }
    }
}
