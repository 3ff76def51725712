/// What a column means for the record as a whole.
package enum FieldRole: UInt8, Sendable, Hashable, CaseIterable {
    case none, subjectName, subjectClass, subjectCode, personIDType, personIDNumber, documentNumber, itemNumber
    case authorityName, authorityCode, sourceCode, decisionDate, validFrom, validTo, state, sanctions
    /// 失信严重程度: 轻微 / 一般 / 严重, on which the period of publication hangs.
    case severity
    /// 处罚程序: 简易程序 / 普通程序.
    case procedure
    /// The day a decision became final (Zhejiang 11(2)).
    case finalOn

    /// On the wire and in files; stable.
    package var name: String {
        switch self {
        case .none: ""
        case .subjectName: "subject-name"
        case .subjectClass: "subject-class"
        case .subjectCode: "subject-code"
        case .personIDType: "person-id-type"
        case .personIDNumber: "person-id-number"
        case .documentNumber: "document-number"
        case .itemNumber: "item-number"
        case .authorityName: "authority-name"
        case .authorityCode: "authority-code"
        case .sourceCode: "source-code"
        case .decisionDate: "decision-date"
        case .validFrom: "valid-from"
        case .validTo: "valid-to"
        case .state: "state"
        case .sanctions: "sanctions"
        case .severity: "severity"
        case .procedure: "procedure"
        case .finalOn: "final-on"
        }
    }

    /// Camel case, as messages for operators have always said.
    var word: String {
        name.split(separator: "-").enumerated().map { index, part in
            part == "id" ? "ID" : index == 0 ? String(part) : part.prefix(1).uppercased() + part.dropFirst()
        }.joined()
    }

    /// - Returns: nil for a name that is no role.
    package init?(name: String) {
        guard !name.isEmpty, let role = FieldRole.allCases.first(where: { $0.name == name }) else { return nil }
        self = role
    }

    init(_ number: UInt32, _ roles: FieldRoles) {
        self = FieldRole.allCases.first { $0 != .none && roles[$0] == number } ?? .none
    }

    func fits(_ rule: borrowing FieldRule) -> Bool {
        switch self {
        case .none: true
        case .subjectName, .subjectClass, .personIDType, .itemNumber, .authorityName, .state, .sanctions, .severity, .procedure: rule.type == .text
        case .subjectCode, .sourceCode: if case .creditCode = rule.handling { rule.type == .text } else { false }
        case .authorityCode: rule.type == .text && rule.handling == .creditCode(placeholderAllowed: false)
        case .personIDNumber: rule.type == .text && rule.handling == .personalNumber
        case .documentNumber: rule.type == .text && rule.handling == .documentNumber
        case .decisionDate, .validFrom, .validTo, .finalOn: rule.type == .date
        }
    }
}

/// Which field numbers carry the meanings records share; nil where the kind has no such field. Which of them an item
/// must have says ``CatalogueItem/problems()``.
package struct FieldRoles: Sendable, Hashable {
    /// One slot a role, in the order of ``FieldRole``; 0 = none, since field numbers begin at 1.
    private var numbers: RoleSlots = RoleSlots()

    package init() {}

    package init(subjectName: UInt32?, subjectClass: UInt32? = nil, subjectCode: UInt32? = nil, personIDType: UInt32? = nil,
                 personIDNumber: UInt32? = nil, documentNumber: UInt32? = nil, itemNumber: UInt32? = nil, authorityName: UInt32? = nil,
                 authorityCode: UInt32?, sourceCode: UInt32? = nil, decisionDate: UInt32? = nil, validFrom: UInt32? = nil,
                 validTo: UInt32? = nil, state: UInt32? = nil, sanctions: UInt32? = nil, severity: UInt32? = nil,
                 procedure: UInt32? = nil, finalOn: UInt32? = nil) {
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
        self.severity = severity
        self.procedure = procedure
        self.finalOn = finalOn
    }

    /// The field that plays `role`.
    package subscript(role: FieldRole) -> UInt32? {
        get { numbers[Int(role.rawValue)] }
        set { if role != .none { numbers[Int(role.rawValue)] = newValue } }
    }

    package var subjectName: UInt32? { get { self[.subjectName] } set { self[.subjectName] = newValue } }
    /// 法人及非法人组织 / 自然人 / 个体工商户. Without it every subject is an organisation or a trader, by its code.
    package var subjectClass: UInt32? { get { self[.subjectClass] } set { self[.subjectClass] = newValue } }
    package var subjectCode: UInt32? { get { self[.subjectCode] } set { self[.subjectCode] = newValue } }
    package var personIDType: UInt32? { get { self[.personIDType] } set { self[.personIDType] = newValue } }
    package var personIDNumber: UInt32? { get { self[.personIDNumber] } set { self[.personIDNumber] = newValue } }
    package var documentNumber: UInt32? { get { self[.documentNumber] } set { self[.documentNumber] = newValue } }
    /// 许可编号 for permits; part of the natural key (rule 3.2).
    package var itemNumber: UInt32? { get { self[.itemNumber] } set { self[.itemNumber] = newValue } }
    package var authorityName: UInt32? { get { self[.authorityName] } set { self[.authorityName] = newValue } }
    /// The unit whose record it is: deciding, accepting, awarding, or providing.
    package var authorityCode: UInt32? { get { self[.authorityCode] } set { self[.authorityCode] = newValue } }
    package var sourceCode: UInt32? { get { self[.sourceCode] } set { self[.sourceCode] = newValue } }
    /// The day of the record: of the decision, the commitment, the interview, the award.
    package var decisionDate: UInt32? { get { self[.decisionDate] } set { self[.decisionDate] = newValue } }
    package var validFrom: UInt32? { get { self[.validFrom] } set { self[.validFrom] = newValue } }
    package var validTo: UInt32? { get { self[.validTo] } set { self[.validTo] = newValue } }
    package var state: UInt32? { get { self[.state] } set { self[.state] = newValue } }
    /// 处罚类别, on which the conditions `fineImposed`, `confiscation` and `licenceAction` look.
    package var sanctions: UInt32? { get { self[.sanctions] } set { self[.sanctions] = newValue } }
    package var severity: UInt32? { get { self[.severity] } set { self[.severity] = newValue } }
    package var procedure: UInt32? { get { self[.procedure] } set { self[.procedure] = newValue } }
    package var finalOn: UInt32? { get { self[.finalOn] } set { self[.finalOn] = newValue } }

    /// Roles that are played, in the order of ``FieldRole``.
    package var played: [(role: FieldRole, field: UInt32)] {
        FieldRole.allCases.compactMap { role in self[role].map { (role, $0) } }
    }
}

private struct RoleSlots: Sendable, Hashable {
    private var slots = Array(repeating: UInt32(0), count: FieldRole.allCases.count)
    subscript(index: Int) -> UInt32? {
        get { slots[index] == 0 ? nil : slots[index] }
        set { slots[index] = newValue ?? 0 }
    }
}
