package enum Severity: UInt32, Sendable, Hashable, CaseIterable {
    /// The row (for headings: the file) is refused.
    case error = 1
    case warning = 2
    case note = 3

    /// Stable name.
    package var name: String {
        switch self {
        case .error: "error"
        case .warning: "warning"
        case .note: "note"
        }
    }
}

/// Every rule a row can break, with its stable id. Messages are in `RuleBook.swift`.
package enum RowRule: String, Sendable, Hashable, CaseIterable {
    case required = "REQUIRED"
    case length = "LENGTH"
    case date = "DATE"
    case amount = "AMOUNT"
    case codeList = "CODE-LIST"
    case control = "CONTROL"
    case encoding = "ENCODING"
    case usccLength = "USCC-LENGTH"
    case usccCharacter = "USCC-CHARACTER"
    case usccCheck = "USCC-CHECK"
    case usccPlaceholder = "USCC-PLACEHOLDER"
    case usccInner = "USCC-INNER"
    case usccCategory = "USCC-CATEGORY"
    case usccDivision = "USCC-DIVISION"
    case usccClass = "USCC-CLASS"
    case citizenID = "CITIZEN-ID"
    case personDocument = "PERSON-DOCUMENT"
    case citizenIDInText = "CITIZEN-ID-IN-TEXT"
    case personWithCode = "PERSON-WITH-CODE"
    case personNotAllowed = "PERSON-NOT-ALLOWED"
    case summaryProcedure = "SUMMARY-PROCEDURE"
    case doNotCollect = "DO-NOT-COLLECT"
    case minor = "MINOR"
    case minorUnder14 = "MINOR-14"
    case period = "PERIOD"
    case futureDate = "FUTURE-DATE"
    /// The item was not valid on the day of the decision (properties of rules.md 3.5, 9).
    case itemNotValid = "ITEM-NOT-VALID"
    case otherUnit = "OTHER-UNIT"
    case cellsFew = "CELLS-FEW"
    case cellsMany = "CELLS-MANY"
    case quote = "QUOTE"
    case quoteOpen = "QUOTE-OPEN"
    case cellSize = "CELL-SIZE"
    case rowSize = "ROW-SIZE"
    case headerMissing = "HEADER-MISSING"
    case headerDuplicate = "HEADER-DUPLICATE"
    case headerUnknown = "HEADER-UNKNOWN"
    case headerNone = "HEADER-NONE"
    /// Traces of a wrong decoding, or characters for private use.
    case mojibake = "MOJIBAKE"
    /// A long number that a spreadsheet turned into 9.14E+17: digits are lost.
    case precision = "PRECISION"
    /// `#N/A`, `#REF!` and the like: a formula had no value.
    case formulaError = "FORMULA-ERROR"
    /// A row of the 2016 table that is revoked, disputed or otherwise not plainly in force.
    case legacyState = "LEGACY-STATE"
    /// A row of the 2016 table whose use is restricted.
    case legacyScope = "LEGACY-SCOPE"
    /// What was done with a file of the 2016 table, once per file.
    case legacyFile = "LEGACY-FILE"
    /// The same decision is recorded with other values: a correction is needed, not a second entry.
    case alreadyRecorded = "ALREADY-RECORDED"
    /// The decision was recorded and withdrawn (M33): only a new decision document has a new effect.
    case revokedBefore = "REVOKED-BEFORE"
    /// The decision was recorded and purged when its time was over (M33, M43).
    case purgedBefore = "PURGED-BEFORE"
    /// The subject does not want such records kept (M47).
    case optedOut = "OPTED-OUT"
    /// The row is a draft that was sent back, and was not changed since (T4).
    case returnedBefore = "RETURNED-BEFORE"
    /// Of a list: the decision was removed from it and cannot return (P4, M25).
    case removedBefore = "REMOVED-BEFORE"
    /// Only between nodes: a field number the item does not have, or numbers that do not ascend.
    case fieldNumber = "FIELD-NUMBER"
    /// Only between nodes: a value of another type than the table's.
    case fieldType = "FIELD-TYPE"
    /// Only between nodes: text that is not in the form of ``Normalisation``.
    case normalForm = "NORMAL-FORM"
    /// Only between nodes: the subject of the record and the class in its fields disagree.
    case subjectKind = "SUBJECT-KIND"

    package var severity: Severity {
        switch self {
        case .usccInner, .usccCategory, .usccDivision, .usccClass, .otherUnit, .control: .warning
        case .doNotCollect, .headerUnknown, .legacyFile: .note
        case .required, .length, .date, .amount, .codeList, .encoding, .usccLength, .usccCharacter, .usccCheck, .usccPlaceholder,
             .citizenID, .personDocument, .citizenIDInText, .personWithCode, .personNotAllowed, .summaryProcedure, .minor, .minorUnder14, .period, .futureDate, .itemNotValid,
             .cellsFew, .cellsMany, .quote, .quoteOpen, .cellSize, .rowSize, .headerMissing, .headerDuplicate, .headerNone,
             .fieldNumber, .fieldType, .normalForm, .subjectKind, .alreadyRecorded, .revokedBefore, .purgedBefore, .optedOut, .returnedBefore, .removedBefore, .mojibake, .precision, .formulaError, .legacyState,
             .legacyScope: .error
        }
    }
}

/// One thing to say about a row. Bad data is a value, not an error.
///
/// Invariant: ``value`` and the messages hold no personal number; `value` passes ``PersonalText/shown(_:)-(String)``.
package struct RowProblem: Sendable, Hashable, Error {
    /// 1-based data row; 0 is the header.
    package var row: Int
    /// Physical line on which the row begins, from 1; 0 when unknown.
    package var line: Int
    /// Field code, or the heading as written where there is no field; empty for the whole row.
    package let column: String
    package let rowRule: RowRule
    /// At most 64 characters; personal numbers starred out.
    package let value: String
    /// What the message adds, already in both languages (expected character, limit, list).
    package let detailZh: String
    package let detailEn: String

    package init(row: Int, line: Int = 0, column: String, rule: RowRule, value: String = "", detail: (zh: String, en: String) = ("", "")) {
        self.row = row
        self.line = line
        self.column = PersonalText.shown(column)
        self.rowRule = rule
        self.value = value.isEmpty ? "" : PersonalText.shown(value)
        detailZh = detail.zh
        detailEn = detail.en
    }

    /// For values that are personal from start to end: stars only.
    package init(row: Int, line: Int = 0, column: String, rule: RowRule, personal: String, detail: (zh: String, en: String) = ("", "")) {
        self.init(row: row, line: line, column: column, rule: rule, value: PersonalText.hidden(personal), detail: detail)
    }

    /// Stable id, such as `USCC-CHECK`.
    package var rule: String { rowRule.rawValue }
    package var severity: Severity { rowRule.severity }
    package var zh: String { RuleBook.message(rowRule).zh + (detailZh.isEmpty ? "" : "：" + detailZh) }
    package var en: String { RuleBook.message(rowRule).en + (detailEn.isEmpty ? "" : ": " + detailEn) }
    package var remedyZh: String { RuleBook.remedy(rowRule).zh }
    package var remedyEn: String { RuleBook.remedy(rowRule).en }
}
