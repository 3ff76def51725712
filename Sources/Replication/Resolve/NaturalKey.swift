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
        let count = part.utf8.count
        if count >= 10 {
            bytes.append(contentsOf: String(count).utf8)
        } else {
            bytes.append(UInt8(ascii: "0") + UInt8(count))
        }
        bytes.append(UInt8(ascii: ":"))
        bytes.append(contentsOf: part.utf8)
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
}
