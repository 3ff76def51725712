/// What a kind of record is. Raw values are stable.
package enum RecordKind: UInt32, Sendable, Hashable, CaseIterable {
    case permit = 1
    case penalty = 2
    case listEntry = 3
    case commitment = 4
    case other = 5
    /// 约谈.
    case interview = 6
    /// 荣誉, 表彰.
    case honour = 7
    /// 登记注册基本信息.
    case basicInformation = 8
    /// 经营主体自主提供.
    case selfDeclared = 9
    /// A case in which measures were considered or applied (联合奖惩案例).
    case jointMeasure = 10

    /// Adverse to the subject: the rule on minors and the publication periods hang on it.
    package var isAdverse: Bool {
        switch self {
        case .penalty, .listEntry, .interview, .jointMeasure: true
        case .permit, .commitment, .other, .honour, .basicInformation, .selfDeclared: false
        }
    }

    /// In files; stable.
    package var name: String {
        switch self {
        case .permit: "permit"
        case .penalty: "penalty"
        case .listEntry: "list-entry"
        case .commitment: "commitment"
        case .other: "other"
        case .interview: "interview"
        case .honour: "honour"
        case .basicInformation: "basic-information"
        case .selfDeclared: "self-declared"
        case .jointMeasure: "joint-measure"
        }
    }
}

/// Who may see records of an item (目录 column 公开属性). Raw values are stable.
package enum Disclosure: UInt32, Sendable, Hashable, CaseIterable {
    /// 公开.
    case `public` = 1
    /// 政务共享.
    case shared = 2
    /// 授权查询.
    case authorised = 3

    package var name: String {
        switch self {
        case .public: "public"
        case .shared: "shared"
        case .authorised: "authorised"
        }
    }
}

/// 信息类别: opaque text with the scheme it is of, because GB/T 39441-2020 may not be the only one.
package struct InformationClass: Sendable, Hashable {
    /// `base-catalogue` (全国公共信用信息基础目录), `GB/T 39441`, or a scheme of one's own; empty with an empty class.
    package var scheme: String
    package var text: String
    package init(scheme: String = "", text: String = "") { (self.scheme, self.text) = (scheme, text) }
}

/// 更新频次. Raw values are stable.
package enum UpdateFrequency: UInt32, Sendable, Hashable, CaseIterable {
    case onChange = 0
    case daily = 1
    case weekly = 2
    case monthly = 3
    case quarterly = 4
    case yearly = 5

    package var name: String {
        switch self {
        case .onChange: "on-change"
        case .daily: "daily"
        case .weekly: "weekly"
        case .monthly: "monthly"
        case .quarterly: "quarterly"
        case .yearly: "yearly"
        }
    }
}

/// Within what time after which day a record is reported.
package struct ReportingDeadline: Sendable, Hashable {
    package var term: Term
    /// Number of the date field the term counts from.
    package var from: UInt32
    package init(term: Term, from: UInt32) { (self.term, self.from) = (term, from) }
}

/// How grave a breach of trust is (信用修复管理办法, 令第36号). Raw values are stable.
package enum SeverityClass: UInt32, Sendable, Hashable, CaseIterable {
    case minor = 1
    case general = 2
    case serious = 3

    /// As the severity column writes it.
    package var text: String {
        switch self {
        case .minor: "轻微"
        case .general: "一般"
        case .serious: "严重"
        }
    }

    package var name: String {
        switch self {
        case .minor: "minor"
        case .general: "general"
        case .serious: "serious"
        }
    }

    package init?(text: String) {
        // Most records name no class.
        if text.isEmpty { return nil }
        guard let found = SeverityClass.allCases.first(where: { $0.text.utf8.elementsEqual(text.utf8) || $0.name.utf8.elementsEqual(text.utf8) }) else { return nil }
        self = found
    }
}

/// How long records of an item are published.
package enum PublicationRule: Sendable, Hashable {
    /// Not at all.
    case never
    /// While the record is valid: permits, honours, basic information.
    case whileValid
    /// By the profile's period for one class.
    case fixed(SeverityClass)
    /// By the profile's period for the class in the field of role ``FieldRole/severity``; where that is empty, for the class
    /// the profile gives the kinds of penalty (``FieldRole/sanctions``).
    case bySeverity

    package var name: String {
        switch self {
        case .never: "never"
        case .whileValid: "while-valid"
        case .fixed(let severity): severity.name
        case .bySeverity: "by-severity"
        }
    }

    package init?(name: String) {
        switch name {
        case "never": self = .never
        case "while-valid": self = .whileValid
        case "by-severity": self = .bySeverity
        default:
            guard let severity = SeverityClass.allCases.first(where: { $0.name == name }) else { return nil }
            self = .fixed(severity)
        }
    }
}

/// Filters and rights found in the statutes; one bit each, stable.
package struct ItemFlags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Adverse only once the time for reconsideration and litigation has passed, or it was upheld (Zhejiang 11(2)).
    package static let finalOnly = ItemFlags(rawValue: 1)
    /// Penalties under summary procedure are not collected (Shandong 13, Zhejiang 11, 424号).
    package static let excludesSummaryProcedure = ItemFlags(rawValue: 2)
    /// A correction shows both texts (企业信息公示暂行条例 12).
    package static let publishBeforeAndAfter = ItemFlags(rawValue: 4)
    /// The subject may refuse the recording (Shenzhen 39).
    package static let optOutAllowed = ItemFlags(rawValue: 8)
    /// Records of natural persons are collected.
    package static let personsAllowed = ItemFlags(rawValue: 16)

    /// With names as files write them.
    package static let named: [(name: String, flag: ItemFlags)] = [
        ("final-only", .finalOnly), ("excludes-summary-procedure", .excludesSummaryProcedure), ("publish-before-and-after", .publishBeforeAndAfter),
        ("opt-out-allowed", .optOutAllowed), ("persons-allowed", .personsAllowed),
    ]
    package static let all: ItemFlags = [.finalOnly, .excludesSummaryProcedure, .publishBeforeAndAfter, .optOutAllowed, .personsAllowed]
}

/// Who proposed a local item.
package struct LocalSupplement: Sendable, Hashable {
    /// Unified social credit code of the proposing unit, or the placeholder while it has none.
    package var proposedBy: String
    package init(proposedBy: String) { self.proposedBy = proposedBy }
}

/// Kinds of units. Raw values are stable.
package enum UnitKind: UInt32, Sendable, Hashable, CaseIterable, Comparable {
    /// 行政机关.
    case organ = 1
    /// 法律、法规授权的具有管理公共事务职能的组织.
    case authorised = 2
    /// 司法机关.
    case judicial = 3
    /// 事业单位.
    case institution = 4
    /// 街道办事处, 乡镇人民政府.
    case street = 5
    /// 群团组织.
    case mass = 6
    /// 公用事业单位.
    case utility = 7
    /// 社会信用主管部门.
    case creditOffice = 8

    package var name: String {
        switch self {
        case .organ: "organ"
        case .authorised: "authorised"
        case .judicial: "judicial"
        case .institution: "institution"
        case .street: "street"
        case .mass: "mass"
        case .utility: "utility"
        case .creditOffice: "credit-office"
        }
    }

    package static func < (a: UnitKind, b: UnitKind) -> Bool { a.rawValue < b.rawValue }
}
