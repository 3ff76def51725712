/// A record that may be sealed. There is one way in: ``RecordValidator/validate(row:line:cells:)``, and it remembers the
/// table it passed: the evidence by which a node need not ask its own rows the same questions twice.
///
/// Invariant: fields ascend by number, are normalised, and hold neither the personal number nor a citizen's
/// number in any text.
package struct ValidRecord: Sendable {
    /// Whom it is about; texts by their place in ``values``.
    enum About: Sendable {
        case organisation(code: Int)
        case unregistered(name: Int?)
        /// Kept as a subject, whose printing never gives the number.
        case person(Subject)
    }

    /// What it was validated by. Nothing else can set it.
    package let table: ItemTable
    package let values: FieldRun
    /// The day of the record; nil when the item has none.
    package let decidedOn: CivilDate?
    let about: About
    let namePlace: Int?
    let authorityPlace: Int
    let documentPlace: Int?
    let itemNumberPlace: Int?

    /// `work` has been judged whole.
    fileprivate init?(_ table: ItemTable, _ about: About, _ work: consuming RowWork) {
        guard let authority = work.authority else { return nil }
        self.table = table
        self.about = about
        decidedOn = work.decided
        namePlace = work.subjectName
        authorityPlace = authority
        documentPlace = work.documentNumber
        itemNumberPlace = work.itemNumber
        values = work.fields
    }
}

/// Turns rows of one file into records or problems. Made once per file; a value, so rows may be validated in
/// several tasks at once.
package struct RecordValidator: Sendable {
    let table: ItemTable
    /// One per column that is a field, ascending by field number, so that fields come out in order.
    let plans: [ColumnPlan]
    /// Cell of 行政相对人类别.
    private let classCell: Int?
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
        table = ItemTable(item)
        self.today = today
        self.unit = unit
        columnCount = columns.count
        hasClassColumn = item.roles.subjectClass != nil
        hasValidFrom = item.roles.validFrom != nil
        var plans: [ColumnPlan] = []
        for (cell, column) in columns.enumerated() {
            guard case .field(let number) = column, let slot = item.slot(of: number),
                  !plans.contains(where: { $0.number == number }) else { continue }
            plans.append(ColumnPlan(cell: cell, slot: slot, fields: item.fields, roles: item.roles))
        }
        self.plans = plans.sorted { $0.number < $1.number }
        classCell = self.plans.first { $0.role == .subjectClass }?.cell
    }

    /// For forms: one string per column.
    package func validate(row: Int, line: Int = 0, cells: [String]) -> (record: ValidRecord?, problems: [RowProblem]) {
        validate(row: row, line: line, cells: CellRow(cells))
    }

    /// - Returns: a record when no problem is an error; warnings and notes may stand beside it.
    package func validate(row: Int, line: Int = 0, cells: borrowing CellRow) -> (record: ValidRecord?, problems: [RowProblem]) {
        var work = RowWork(row: row, line: line)
        // Spreadsheets leave empty cells at the right.
        if cells.count < columnCount || (cells.count > columnCount && (columnCount..<cells.count).contains { !cells.isBlank($0) }) {
            work.report(cells.count < columnCount ? .cellsFew : .cellsMany, "",
                        detail: ("应有\(columnCount)列，实有\(cells.count)列", "\(columnCount) expected, \(cells.count) found"))
            return (nil, work.problems)
        }
        work.isSound = cells.isUTF8
        work.fields.reserve(fields: plans.count, bytes: cells.bytes.count)
        let bytes = cells.bytes.span
        // Whose record it is decides what other cells may hold, wherever the column stands.
        if !hasClassColumn { work.subjectClass = .organisation }
        if let classCell { work.readClass(bytes.extracting(cells.range(classCell))) }
        for plan in plans {
            let cell = bytes.extracting(cells.range(plan.cell))
            if cell.count > 0 { work.read(cell, plan, table) }
        }
        requireFields(&work)
        let subject = subject(&work)
        judge(&work, subject)
        let problems = work.problems
        guard !work.failed, let subject else { return (nil, problems) }
        return (ValidRecord(table, subject, work), problems)
    }

    private func requireFields(_ work: inout RowWork) {
        var missing = table.needs.mask(work.subjectClass, work.sanctions) & ~work.seen
        while missing != 0 {
            let slot = missing.trailingZeroBitCount
            missing &= missing - 1
            work.report(.required, table.item.fields[slot].code, detail: (table.item.fields[slot].name, table.item.fields[slot].code))
        }
    }

    private func subject(_ work: inout RowWork) -> ValidRecord.About? {
        switch work.subjectClass {
        case nil:
            return nil
        case .organisation, .soleTrader:
            if work.isPlaceholder { return .unregistered(name: work.subjectName) }
            return work.subjectCode.map { .organisation(code: $0) }
        case .naturalPerson:
            guard let document = work.document, let number = work.personNumber else { return nil }
            let column = code(table.item.roles.personIDNumber)
            guard document == .citizenID else {
                guard let plain = IdentityDocument.otherNumber(number) else {
                    work.reportPersonal(.personDocument, column, number)
                    return nil
                }
                return .person(.person(document, number: plain))
            }
            switch CitizenNumber.parse(number, today: today) {
            case .failure(let fault):
                work.reportPersonal(.citizenID, column, number, detail: fault.words)
                return nil
            case .success(let citizen):
                if citizen.age(on: today) < 14 { work.reportPersonal(.minorUnder14, column, number) }
                if table.item.kind.isAdverse, let decided = work.decided, citizen.age(on: decided) < 18 {
                    work.reportPersonal(.minor, column, number)
                }
                return .person(.person(.citizenID, number: citizen.clearText))
            }
        }
    }

    private func judge(_ work: inout RowWork, _ subject: ValidRecord.About?) {
        if work.subjectClass == .naturalPerson, !table.item.personsAllowed { work.report(.personNotAllowed, code(table.item.roles.subjectClass)) }
        if work.isSummary, table.item.excludesSummaryProcedure { work.report(.summaryProcedure, code(table.item.roles.procedure)) }
        if let decided = work.decided, decided > today {
            work.report(.futureDate, code(table.item.roles.decisionDate), value: decided.description)
        }
        if let decided = work.decided, !table.item.isValid(on: decided) {
            work.report(.itemNotValid, code(table.item.roles.decisionDate), value: decided.description)
        }
        if let to = work.validTo {
            // Penalties have no beginning of their own: the decision is it.
            if let from = hasValidFrom ? work.validFrom : work.decided, to < from {
                work.report(.period, code(table.item.roles.validTo), value: to.description)
            }
        }
        if case .organisation(let place)? = subject, let subjectClass = work.subjectClass, work.isTraderCode != (subjectClass == .soleTrader) {
            work.report(.usccClass, code(table.item.roles.subjectCode), value: work.fields.text(place))
        }
        if let unit, let authority = work.authority, !work.fields.holds(unit.text, at: authority), !(work.source.map { work.fields.holds(unit.text, at: $0) } ?? false) {
            work.report(.otherUnit, code(table.item.roles.authorityCode), value: work.fields.text(authority))
        }
    }

    private func code(_ number: UInt32?) -> String { number.flatMap(table.item.slot).map { table.item.fields[$0].code } ?? "" }
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
