/// One kind of record of the catalogue (信用信息目录): what is collected, on what basis, by whom, how soon, how long,
/// how far it travels and who may see it (columns of the base catalogue: 信息类别, 信息事项, 依据, 提供单位, 公开属性, 共享范围,
/// 保存期限, 更新频次, 数据标准; Shandong 10, Shenzhen 34).
package struct CatalogueItem: Sendable, Hashable {
    /// `permit`, `penalty`; stable.
    package var code: String
    /// Sealed into records, stable.
    package var number: UInt32
    package var titleZh: String
    package var titleEn: String
    /// Never empty (国办发〔2020〕49号).
    package var bases: [LegalBasis]
    package var kind: RecordKind
    package var disclosure: Disclosure
    /// Highest tier that receives it; 1 is the root. 2 = reported to the district only.
    package var upToTier: UInt32
    /// Days after the end of publication that records are kept; nil when the profile decides.
    package var retentionDays: UInt32?
    /// Ascending by number.
    package var fields: [FieldRule]
    package var roles: FieldRoles

    /// Columns that identify a record where it has no document number, besides unit and subject; ascending.
    package var keyFields: [UInt32] = []
    /// How soon after the day in a field a record must be reported; nil when nothing is due.
    package var deadline: ReportingDeadline?
    package var publication: PublicationRule = .never
    /// 共享范围, in words; empty when disclosure says it all.
    package var sharingScope = ""
    package var updateFrequency: UpdateFrequency = .onChange
    package var informationClass = InformationClass()
    /// Kinds of units that may provide it; empty = any. Ascending.
    package var providerKinds: [UnitKind] = []
    package var flags: ItemFlags = []
    /// The unit that proposed it, when the item is a local supplement (地方补充目录) and not of the national catalogue.
    package var local: LocalSupplement?
    /// First and last day on which a decision may fall under this item; nil = open.
    package var validFrom: CivilDate?
    package var validTo: CivilDate?
    /// Id in the catalogue of government data resources (政务信息资源目录); empty when there is none.
    package var resource = ""

    /// Slots of the presence mask the validator uses.
    package static let maximumFields = 128

    package init(code: String, number: UInt32, titleZh: String, titleEn: String, bases: [LegalBasis], kind: RecordKind,
                 disclosure: Disclosure, upToTier: UInt32, retentionDays: UInt32?, fields: [FieldRule], roles: FieldRoles) {
        self.code = code
        self.number = number
        self.titleZh = titleZh
        self.titleEn = titleEn
        self.bases = bases
        self.kind = kind
        self.disclosure = disclosure
        self.upToTier = upToTier
        self.retentionDays = retentionDays
        self.fields = fields
        self.roles = roles
    }

    /// The bases in one line.
    package var basis: String { bases.map(\.description).joined(separator: "；") }

    package var finalOnly: Bool { flags.contains(.finalOnly) }
    package var excludesSummaryProcedure: Bool { flags.contains(.excludesSummaryProcedure) }
    package var publishBeforeAndAfter: Bool { flags.contains(.publishBeforeAndAfter) }
    package var optOutAllowed: Bool { flags.contains(.optOutAllowed) }
    package var personsAllowed: Bool { flags.contains(.personsAllowed) }

    /// True when a decision of `date` falls under this item.
    package func isValid(on date: CivilDate) -> Bool {
        (validFrom.map { $0 <= date } ?? true) && (validTo.map { date <= $0 } ?? true)
    }

    /// The last day to report a record whose start field holds `start`; nil when nothing is due. Counted from the
    /// decision, not from the closing of the case (424号).
    package func reportingDue(from start: CivilDate, _ calendar: WorkCalendar) -> DueDate? {
        deadline.map { calendar.due($0.term, from: start) }
    }

    /// Fields of the publication gate (rule 3.3): while concurrent values of one are unresolved, nothing is published.
    package func isMaterial(_ number: UInt32) -> Bool {
        guard let rule = field(number) else { return false }
        switch FieldRole(number, roles) {
        case .subjectName, .subjectClass, .subjectCode, .personIDType, .personIDNumber, .documentNumber, .itemNumber, .authorityName, .authorityCode,
             .decisionDate, .validFrom, .validTo, .sanctions, .severity, .procedure, .finalOn: return true
        case .none, .sourceCode, .state: return rule.isMaterial || rule.type == .amount || keyFields.contains(number)
        }
    }

    /// - Returns: nil when the item has no such field; nil for nil, as roles give it.
    package func field(_ number: UInt32?) -> FieldRule? { number.flatMap(slot).map { fields[$0] } }

    /// Index in ``fields``; numbers are usually 1…n, so the guess mostly hits.
    func slot(of number: UInt32) -> Int? {
        let guess = Int(number) - 1
        if guess >= 0, guess < fields.count, fields[guess].number == number { return guess }
        return fields.firstIndex { $0.number == number }
    }
}
