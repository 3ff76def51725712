/// What a kind of record is. Raw values are stable.
package enum RecordKind: UInt32, Sendable, Hashable, CaseIterable {
    case permit = 1
    case penalty = 2
    case listEntry = 3
    case commitment = 4
    case other = 5

    /// Adverse to the subject: the rule on minors and the publication periods hang on it.
    package var isAdverse: Bool {
        switch self {
        case .penalty, .listEntry: true
        case .permit, .commitment, .other: false
        }
    }
}

/// Who may see records of an item (目录 column 披露方式). Raw values are stable.
package enum Disclosure: UInt32, Sendable, Hashable, CaseIterable {
    case `public` = 1
    case shared = 2
    case authorised = 3
}

/// Which field numbers carry the meanings every record needs; nil where the table has no such field.
package struct FieldRoles: Sendable, Hashable {
    package var subjectName: UInt32
    /// 法人及非法人组织 / 自然人 / 个体工商户.
    package var subjectClass: UInt32
    package var subjectCode: UInt32
    package var personIDType: UInt32
    package var personIDNumber: UInt32
    package var documentNumber: UInt32
    /// 许可编号 for permits; part of the natural key (rule 3.2).
    package var itemNumber: UInt32?
    package var authorityName: UInt32
    package var authorityCode: UInt32
    package var sourceCode: UInt32
    package var decisionDate: UInt32
    package var validFrom: UInt32?
    package var validTo: UInt32?
    package var state: UInt32?
    /// 处罚类别, on which the conditions `fineImposed`, `confiscation` and `licenceAction` look.
    package var sanctions: UInt32?

    package init(subjectName: UInt32, subjectClass: UInt32, subjectCode: UInt32, personIDType: UInt32, personIDNumber: UInt32,
                 documentNumber: UInt32, itemNumber: UInt32?, authorityName: UInt32, authorityCode: UInt32, sourceCode: UInt32,
                 decisionDate: UInt32, validFrom: UInt32?, validTo: UInt32?, state: UInt32?, sanctions: UInt32?) {
        self.subjectName = subjectName
        self.subjectClass = subjectClass
        self.subjectCode = subjectCode
        self.personIDType = personIDType
        self.personIDNumber = personIDNumber
        self.documentNumber = documentNumber
        self.itemNumber = itemNumber
        self.authorityName = authorityName
        self.authorityCode = authorityCode
        self.sourceCode = sourceCode
        self.decisionDate = decisionDate
        self.validFrom = validFrom
        self.validTo = validTo
        self.state = state
        self.sanctions = sanctions
    }
}

/// One kind of record of the catalogue (信用信息目录): what is collected, on what basis, how far it travels.
package struct CatalogueItem: Sendable, Hashable {
    /// `permit`, `penalty`; stable.
    package var code: String
    /// Sealed into records, stable.
    package var number: UInt32
    package var titleZh: String
    package var titleEn: String
    /// The instrument, with its document number.
    package var basis: String
    package var kind: RecordKind
    package var disclosure: Disclosure
    /// Highest tier that receives it; 1 is the root.
    package var upToTier: UInt32
    /// Days after the end of publication that records are kept; nil when the profile decides.
    package var retentionDays: UInt32?
    /// Ascending by number.
    package var fields: [FieldRule]
    package var roles: FieldRoles

    /// Slots of the presence mask the validator uses.
    package static let maximumFields = 128

    package init(code: String, number: UInt32, titleZh: String, titleEn: String, basis: String, kind: RecordKind,
                 disclosure: Disclosure, upToTier: UInt32, retentionDays: UInt32?, fields: [FieldRule], roles: FieldRoles) {
        self.code = code
        self.number = number
        self.titleZh = titleZh
        self.titleEn = titleEn
        self.basis = basis
        self.kind = kind
        self.disclosure = disclosure
        self.upToTier = upToTier
        self.retentionDays = retentionDays
        self.fields = fields
        self.roles = roles
    }

    /// - Returns: nil when the item has no such field.
    package func field(_ number: UInt32) -> FieldRule? { slot(of: number).map { fields[$0] } }

    /// Index in ``fields``; numbers are usually 1…n, so the guess mostly hits.
    func slot(of number: UInt32) -> Int? {
        let guess = Int(number) - 1
        if guess >= 0, guess < fields.count, fields[guess].number == number { return guess }
        return fields.firstIndex { $0.number == number }
    }

    /// What is wrong with an item that came from elsewhere; empty when it may be used. English, for operators.
    package func faults() -> [String] {
        var found: [String] = []
        if fields.isEmpty { found.append("\(code): no fields") }
        if fields.count > CatalogueItem.maximumFields { found.append("\(code): more than \(CatalogueItem.maximumFields) fields") }
        for (a, b) in zip(fields, fields.dropFirst()) where a.number >= b.number {
            found.append("\(code): field numbers do not ascend at \(b.number)")
        }
        for field in fields where field.number == 0 || field.code.isEmpty || field.maxLength < 1 {
            found.append("\(code): field \(field.number) lacks a number, a code or a length")
        }
        func need(_ number: UInt32?, _ role: String, _ fits: (FieldRule) -> Bool) {
            guard let number else { return }
            guard let rule = field(number) else { found.append("\(code): role \(role) names field \(number), which does not exist"); return }
            if !fits(rule) { found.append("\(code): role \(role) does not fit field \(number)") }
        }
        let text: (FieldRule) -> Bool = { $0.type == .text }
        let date: (FieldRule) -> Bool = { $0.type == .date }
        let isCode: (FieldRule) -> Bool = { if case .creditCode = $0.handling { $0.type == .text } else { false } }
        need(roles.subjectName, "subjectName", text)
        need(roles.subjectClass, "subjectClass", text)
        need(roles.subjectCode, "subjectCode", isCode)
        need(roles.personIDType, "personIDType", text)
        need(roles.personIDNumber, "personIDNumber") { $0.type == .text && $0.handling == .personalNumber }
        need(roles.documentNumber, "documentNumber") { $0.type == .text && $0.handling == .documentNumber }
        need(roles.itemNumber, "itemNumber", text)
        need(roles.authorityName, "authorityName", text)
        need(roles.authorityCode, "authorityCode", isCode)
        need(roles.sourceCode, "sourceCode", isCode)
        need(roles.decisionDate, "decisionDate", date)
        need(roles.validFrom, "validFrom", date)
        need(roles.validTo, "validTo", date)
        need(roles.state, "state", text)
        need(roles.sanctions, "sanctions", text)
        return found
    }
}
