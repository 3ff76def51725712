/// How the cells of a column are read.
enum CellWork: UInt8, Sendable {
    case text, date, amount, creditCode, documentNumber, personalNumber, drop, oneOf, severalOf

    init(_ type: FieldType, _ handling: borrowing Handling) {
        let text: CellWork = switch handling {
        case .doNotCollect: .drop
        case .plain: .text
        case .creditCode: .creditCode
        case .documentNumber: .documentNumber
        case .personalNumber: .personalNumber
        case .codeList(_, let several): several ? .severalOf : .oneOf
        }
        switch type {
        case .text: self = text
        case .date: self = text == .drop ? .drop : .date
        case .amount: self = text == .drop ? .drop : .amount
        }
    }
}

/// A column with everything a cell needs, resolved once per file: plain integers, so that walking the plans
/// touches no reference count.
struct ColumnPlan: Sendable {
    let cell: Int
    /// Index in ``CatalogueItem/fields``.
    let slot: Int
    let number: UInt32
    let role: FieldRole
    let work: CellWork
    let isMultiline: Bool
    let placeholderAllowed: Bool
    /// Field 12 and 13 style columns: dropped unless the subject is a natural person.
    let isPersonal: Bool
    let maxLength: Int
    /// The item says the subject's class in a column of its own.
    let hasClassColumn: Bool

    /// Reads single members of the rule: a copy of the whole would count references of five members.
    init(cell: Int, slot: Int, fields: borrowing [FieldRule], roles: FieldRoles) {
        self.cell = cell
        self.slot = slot
        number = fields[slot].number
        maxLength = fields[slot].maxLength
        role = FieldRole(number, roles)
        hasClassColumn = roles.subjectClass != nil
        work = CellWork(fields[slot].type, fields[slot].handling)
        isMultiline = work == .text && fields[slot].isMultiline
        placeholderAllowed = work == .creditCode && fields[slot].handling == .creditCode(placeholderAllowed: true)
        isPersonal = role == .personIDType || work == .personalNumber
    }
}

/// What 处罚类别 says of the conditional fields.
struct Sanctions: OptionSet, Sendable {
    let rawValue: UInt8
    static let fine = Sanctions(rawValue: 1)
    static let confiscation = Sanctions(rawValue: 2)
    static let licence = Sanctions(rawValue: 4)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// From the values of the list, joined by semicolons.
    init(_ text: Span<UInt8>) {
        var found: Sanctions = [], start = 0
        while start < text.count {
            if ListedWord.fine.begins(text, at: start) { found.insert(.fine) }
            if ListedWord.confiscation.begins(text, at: start) { found.insert(.confiscation) }
            if ListedWord.suspension.begins(text, at: start) || ListedWord.revocation.begins(text, at: start) { found.insert(.licence) }
            while start < text.count, text[start] != UInt8(ascii: ";") { start += 1 }
            start += 1
        }
        self = found
    }
}

/// 处罚程序 as the column of role ``FieldRole/procedure`` says it.
enum SummaryProcedure {
    static func isNamed(by text: Span<UInt8>) -> Bool { ListedWord.summary.begins(text, at: 0) }
}

/// A word of the tables that the code itself looks for, as bytes.
struct ListedWord: Sendable {
    static let fine = ListedWord("罚款"), confiscation = ListedWord("没收"), suspension = ListedWord("暂扣"), revocation = ListedWord("吊销")
    static let summary = ListedWord("简易")
    static let organisation = ListedWord(SubjectClassWord.organisation.text), person = ListedWord(SubjectClassWord.naturalPerson.text)
    static let soleTrader = ListedWord(SubjectClassWord.soleTrader.text)

    private let bytes: [UInt8]

    private init(_ word: String) { bytes = Array(word.utf8) }

    func begins(_ text: Span<UInt8>, at start: Int) -> Bool {
        guard text.count - start >= bytes.count else { return false }
        for (k, byte) in bytes.enumerated() where text[start + k] != byte { return false }
        return true
    }

    func equals(_ text: Span<UInt8>) -> Bool { text.count == bytes.count && begins(text, at: 0) }
}

extension SubjectClassWord {
    /// The same as ``init(text:)`` for text in normal form, without a string.
    init?(_ text: Span<UInt8>) {
        if ListedWord.organisation.equals(text) {
            self = .organisation
        } else if ListedWord.soleTrader.equals(text) {
            self = .soleTrader
        } else if ListedWord.person.equals(text) {
            self = .naturalPerson
        } else {
            return nil
        }
    }
}

/// Which slots must be filled, one bit per index in ``CatalogueItem/fields``.
struct RequirementMasks: Sendable, Hashable {
    private(set) var always: UInt128 = 0
    private var conditional: [UInt128]

    init(_ item: CatalogueItem) {
        conditional = Array(repeating: 0, count: Condition.allCases.count + 1)
        for slot in item.fields.indices {
            let bit: UInt128 = 1 << UInt128(slot)
            switch item.fields[slot].requirement {
            case .required: always |= bit
            case .optional: break
            case .when(let condition): conditional[Int(condition.rawValue)] |= bit
            }
        }
    }

    func mask(_ subject: SubjectClassWord?, _ sanctions: Sanctions) -> UInt128 {
        var mask = always
        func add(_ condition: Condition) { mask |= conditional[Int(condition.rawValue)] }
        switch subject {
        case .organisation: add(.organisation); add(.organisationOrSoleTrader)
        case .soleTrader: add(.organisationOrSoleTrader)
        case .naturalPerson: add(.naturalPerson)
        case nil: break
        }
        if sanctions.contains(.fine) { add(.fineImposed) }
        if sanctions.contains(.confiscation) { add(.confiscation) }
        if sanctions.contains(.licence) { add(.licenceAction) }
        return mask
    }
}
