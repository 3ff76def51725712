/// A record that may be sealed. There is one way in: ``RecordValidator/validate(row:line:cells:)``.
///
/// Invariant: fields ascend by number, are normalised, and hold neither the personal number nor a citizen's
/// number in any text.
package struct ValidRecord: Sendable {
    /// ``CatalogueItem/number``.
    package let item: UInt32
    package let fields: [(number: UInt32, value: FieldValue)]
    package let subject: Subject
    package let subjectName: String
    package let authority: CreditCode
    /// ``Normalisation/documentNumber(_:)-(String)``.
    package let documentNumber: String
    /// 许可编号; empty when the item has none. The document number likewise.
    package let itemNumber: String
    /// The day of the record; nil when the item has none.
    package let decidedOn: CivilDate?

    fileprivate init?(item: UInt32, subject: Subject, work: consuming RowWork) {
        guard let authority = work.authority else { return nil }
        self.item = item
        self.subject = subject
        subjectName = work.subjectName
        self.authority = authority
        documentNumber = work.documentNumber
        itemNumber = work.itemNumber
        decidedOn = work.decided
        fields = work.fields
    }
}

/// Turns rows of one file into records or problems. Made once per file; a value, so rows may be validated in
/// several tasks at once.
package struct RecordValidator: Sendable {
    let item: CatalogueItem
    /// One per column that is a field, ascending by field number, so that fields come out in order.
    let plans: [ColumnPlan]
    let needs: RequirementMasks
    private let hasClassColumn: Bool
    private let hasValidFrom: Bool
    let columnCount: Int
    let today: CivilDate
    let unit: CreditCode?

    /// - Parameters:
    ///   - columns: one per cell of a row; if two name a field, the first counts (`HeaderMap` reports such files).
    ///   - today: decides what is in the future and who is under 14.
    ///   - unit: the acting unit; nil asks nothing.
    /// - Precondition: `item.faults()` is empty.
    package init(item: CatalogueItem, columns: [ColumnTarget], today: CivilDate, unit: CreditCode?) {
        precondition(item.fields.count <= CatalogueItem.maximumFields, "check faults() first")
        self.item = item
        self.today = today
        self.unit = unit
        columnCount = columns.count
        needs = RequirementMasks(item)
        hasClassColumn = item.roles.subjectClass != nil
        hasValidFrom = item.roles.validFrom != nil
        var plans: [ColumnPlan] = []
        for (cell, column) in columns.enumerated() {
            guard case .field(let number) = column, let slot = item.slot(of: number),
                  !plans.contains(where: { $0.number == number }) else { continue }
            plans.append(ColumnPlan(cell: cell, slot: slot, fields: item.fields, roles: item.roles))
        }
        self.plans = plans.sorted { $0.number < $1.number }
    }

    /// For forms: one string per column.
    package func validate(row: Int, line: Int = 0, cells: [String]) -> (record: ValidRecord?, problems: [RowProblem]) {
        validate(row: row, line: line, cells: CellRow(cells))
    }

    /// - Returns: a record when no problem is an error; warnings and notes may stand beside it.
    package func validate(row: Int, line: Int = 0, cells: borrowing CellRow) -> (record: ValidRecord?, problems: [RowProblem]) {
        var work = RowWork(row: row, line: line)
        work.fields.reserveCapacity(plans.count)
        // Spreadsheets leave empty cells at the right.
        if cells.count < columnCount || (cells.count > columnCount && (columnCount..<cells.count).contains { !cells.isBlank($0) }) {
            work.report(cells.count < columnCount ? .cellsFew : .cellsMany, "",
                        detail: ("应有\(columnCount)列，实有\(cells.count)列", "\(columnCount) expected, \(cells.count) found"))
            return (nil, work.problems)
        }
        let bytes = cells.bytes.span
        // Whose record it is decides what other cells may hold, wherever the column stands.
        if !hasClassColumn { work.subjectClass = .organisation }
        for plan in plans where plan.role == .subjectClass {
            work.readClass(bytes.extracting(cells.range(plan.cell)))
        }
        for plan in plans {
            let cell = bytes.extracting(cells.range(plan.cell))
            if cell.count > 0 { work.read(cell, plan, self) }
        }
        requireFields(&work)
        let subject = subject(&work)
        judge(&work, subject)
        let problems = work.problems
        guard !work.failed, let subject else { return (nil, problems) }
        return (ValidRecord(item: item.number, subject: subject, work: work), problems)
    }

    private func requireFields(_ work: inout RowWork) {
        var missing = needs.mask(work.subjectClass, work.sanctions) & ~work.seen
        while missing != 0 {
            let slot = missing.trailingZeroBitCount
            missing &= missing - 1
            work.report(.required, item.fields[slot].code, detail: (item.fields[slot].name, item.fields[slot].code))
        }
    }

    private func subject(_ work: inout RowWork) -> Subject? {
        switch work.subjectClass {
        case nil:
            return nil
        case .organisation, .soleTrader:
            if work.isPlaceholder { return .unregistered(name: work.subjectName) }
            return work.subjectCode.map(Subject.organisation)
        case .naturalPerson:
            guard let document = work.document, let number = work.personNumber else { return nil }
            let column = code(item.roles.personIDNumber)
            guard document == .citizenID else {
                guard let plain = IdentityDocument.otherNumber(number) else {
                    work.reportPersonal(.personDocument, column, number)
                    return nil
                }
                return .person(document, number: plain)
            }
            switch CitizenNumber.parse(number, today: today) {
            case .failure(let fault):
                work.reportPersonal(.citizenID, column, number, detail: fault.words)
                return nil
            case .success(let citizen):
                if citizen.age(on: today) < 14 { work.reportPersonal(.minorUnder14, column, number) }
                if item.kind.isAdverse, let decided = work.decided, citizen.age(on: decided) < 18 {
                    work.reportPersonal(.minor, column, number)
                }
                return .person(.citizenID, number: citizen.clearText)
            }
        }
    }

    private func judge(_ work: inout RowWork, _ subject: Subject?) {
        if work.subjectClass == .naturalPerson, !item.personsAllowed { work.report(.personNotAllowed, code(item.roles.subjectClass)) }
        if work.isSummary, item.excludesSummaryProcedure { work.report(.summaryProcedure, code(item.roles.procedure)) }
        if let decided = work.decided, decided > today {
            work.report(.futureDate, code(item.roles.decisionDate), value: decided.description)
        }
        if let decided = work.decided, !item.isValid(on: decided) {
            work.report(.itemNotValid, code(item.roles.decisionDate), value: decided.description)
        }
        if let to = work.validTo {
            // Penalties have no beginning of their own: the decision is it.
            if let from = hasValidFrom ? work.validFrom : work.decided, to < from {
                work.report(.period, code(item.roles.validTo), value: to.description)
            }
        }
        if case .organisation(let code)? = subject, let subjectClass = work.subjectClass,
           (code.subjectClass == .soleTrader) != (subjectClass == .soleTrader) {
            work.report(.usccClass, self.code(item.roles.subjectCode), value: code.text)
        }
        if let unit, let authority = work.authority, authority != unit, work.source != unit {
            work.report(.otherUnit, code(item.roles.authorityCode), value: authority.text)
        }
    }

    private func code(_ number: UInt32?) -> String { number.flatMap(item.slot).map { item.fields[$0].code } ?? "" }
}

extension CitizenNumber.Fault {
    /// For messages; holds nothing of the number.
    var words: (zh: String, en: String) {
        switch self {
        case .length: ("应为18位", "18 characters expected")
        case .oldForm: ("15位旧号码已停用", "the 15-digit form is no longer valid")
        case .character: ("前17位应为数字", "the first 17 must be digits")
        case .birthDate: ("出生日期不存在", "no such birth date")
        case .birthDateInFuture: ("出生日期在今天之后", "the birth date is in the future")
        case .check: ("校验码不符", "the check does not hold")
        }
    }
}
