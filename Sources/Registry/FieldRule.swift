/// How a field's value is written and stored. Raw values are stable.
package enum FieldType: UInt32, Sendable, Hashable, CaseIterable {
    case text = 1
    case date = 2
    /// `decimal(18,6)` in 万元.
    case amount = 3
}

/// When a conditional field must be filled (424号, column “required”). Raw values are stable.
package enum Condition: UInt32, Sendable, Hashable, CaseIterable {
    /// 行政相对人类别 is 法人及非法人组织.
    case organisation = 1
    /// … 法人及非法人组织 or 个体工商户.
    case organisationOrSoleTrader = 2
    /// … 自然人.
    case naturalPerson = 3
    /// 处罚类别 names 罚款.
    case fineImposed = 4
    /// 处罚类别 names 没收….
    case confiscation = 5
    /// 处罚类别 names 暂扣… or 吊销….
    case licenceAction = 6
}

package enum Requirement: Sendable, Hashable {
    case required
    case optional
    case when(Condition)
}

/// What the node does with a field beyond type and length.
package enum Handling: Sendable, Hashable {
    case plain
    /// A unified social credit code; `placeholderAllowed` lets a sole trader without a code write the placeholder.
    case creditCode(placeholderAllowed: Bool)
    /// Stored as ``Normalisation/documentNumber(_:)-(String)``.
    case documentNumber
    /// The number of a natural person's identity document: never stored in clear, leaves the record for ``Subject/person(_:number:)``.
    case personalNumber
    /// Optional in the standard, not to be collected (PIPL 6): dropped with a note.
    case doNotCollect
    /// One of the values; with `several`, one or more, written with `;` between. `其他` may carry an explanation after `-`.
    case codeList([String], several: Bool)
}

/// One column of a publicity table.
package struct FieldRule: Sendable, Hashable {
    /// The table's own number, 1…; sealed into records and never reused.
    package var number: UInt32
    /// `XK_WSH`; upper-case ASCII.
    package var code: String
    /// Chinese name.
    package var name: String
    /// Other headings met in files.
    package var aliases: [String]
    package var type: FieldType
    /// Unicode scalars, 1…; dates and amounts do not use it.
    package var maxLength: Int
    package var requirement: Requirement
    package var handling: Handling
    /// Collected with the subject's written consent only (``SensitiveData``).
    package var withConsent: Bool
    /// Part of the decision itself, beyond what roles say (``CatalogueItem/isMaterial(_:)``).
    package var isMaterial: Bool
    /// Never published, whatever the item's disclosure: names of responsible persons (Shandong 31, Shanghai 33).
    package var isRestricted: Bool

    package init(number: UInt32, code: String, name: String, aliases: [String], type: FieldType, maxLength: Int,
                 requirement: Requirement, handling: Handling, withConsent: Bool = false, isMaterial: Bool = false, isRestricted: Bool = false) {
        self.number = number
        self.code = code
        self.name = name
        self.aliases = aliases
        self.type = type
        self.maxLength = maxLength
        self.requirement = requirement
        self.handling = handling
        self.withConsent = withConsent
        self.isMaterial = isMaterial
        self.isRestricted = isRestricted
    }

    /// Numbers above 100 are local columns beside a national table: exports in the national form leave them out.
    package var isLocal: Bool { number > 100 }

    /// Line breaks are kept in long texts only, see ``Normalisation``.
    package var isMultiline: Bool { type == .text && maxLength >= 2000 && handling == .plain }
}
