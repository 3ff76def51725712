/// What is known of a row while its cells are read.
struct RowWork {
    let row: Int
    let line: Int
    var fields = FieldRun()
    var problems: [RowProblem] = []
    /// One bit per slot whose cell is not blank, valid or not: a wrong value is not also a missing one.
    var seen: UInt128 = 0
    var failed = false

    var subjectClass: SubjectClassWord?
    // Places in ``fields``.
    var subjectName: Int?
    var subjectCode: Int?
    var authority: Int?
    var source: Int?
    var documentNumber: Int?
    var itemNumber: Int?

    /// The code of the subject is a sole trader's.
    var isTraderCode = false
    var isPlaceholder = false
    var document: IdentityDocument?
    var personNumber: String?
    /// Every cell is UTF-8: asked of the row as a whole.
    var isSound = false
    var decided: CivilDate?
    var validFrom: CivilDate?
    var validTo: CivilDate?
    var sanctions: Sanctions = []
    var isSummary = false

    init(row: Int, line: Int) {
        self.row = row
        self.line = line
    }

    mutating func report(_ rule: RowRule, _ column: String, value: String = "", detail: (zh: String, en: String) = ("", "")) {
        problems.append(RowProblem(row: row, line: line, column: column, rule: rule, value: value, detail: detail))
        if rule.severity == .error { failed = true }
    }

    mutating func reportPersonal(_ rule: RowRule, _ column: String, _ value: String, detail: (zh: String, en: String) = ("", "")) {
        problems.append(RowProblem(row: row, line: line, column: column, rule: rule, personal: value, detail: detail))
        if rule.severity == .error { failed = true }
    }

    /// Anything else than the three words leaves the class open; the pass over the cells reports it.
    mutating func readClass(_ cell: Span<UInt8>) {
        if let word = SubjectClassWord(cell) {
            subjectClass = word
        } else if let text = RowWork.string(cell) {
            subjectClass = SubjectClassWord(text: Normalisation.line(text))
        }
    }

    mutating func read(_ cell: Span<UInt8>, _ plan: ColumnPlan, _ table: ItemTable) {
        let scan = TextScan(cell)
        if scan.needsMapping, RowWork.isBlank(cell) { return }
        let bit: UInt128 = 1 << UInt128(plan.slot)
        if plan.work == .drop || (plan.isPersonal && subjectClass != .naturalPerson && subjectClass != nil) {
            // Not even stars of it: the note names the column only.
            report(.doNotCollect, table.item.fields[plan.slot].code)
            return
        }
        seen |= bit
        guard isSound || RowWork.isUTF8(cell), !RowWork.holdsNUL(cell, scan) else {
            report(.encoding, table.item.fields[plan.slot].code)
            return
        }
        if scan.isGarbled {
            report(.mojibake, table.item.fields[plan.slot].code, value: plan.work == .personalNumber ? "" : RowWork.text(cell))
            return
        }
        if !plan.isMultiline, let trace = SpreadsheetTrace(cell), trace == .error || plan.work != .amount {
            report(trace == .error ? .formulaError : .precision, table.item.fields[plan.slot].code, value: RowWork.text(cell))
            return
        }
        switch plan.work {
        case .text, .oneOf, .severalOf: readText(cell, scan, plan, table)
        case .documentNumber: readDocumentNumber(cell, scan, plan, table)
        case .date: readDate(cell, plan, table)
        case .amount: readAmount(cell, plan, table)
        case .creditCode: readCode(cell, plan, table)
        case .personalNumber: personNumber = RowWork.text(cell)
        case .drop: break
        }
    }

    private mutating func readText(_ cell: Span<UInt8>, _ scan: TextScan, _ plan: ColumnPlan, _ table: ItemTable) {
        guard scan.needsMapping || (scan.hasLineBreak && !plan.isMultiline) else { return take(cell, scan, plan, table) }
        let (bytes, dropped) = Normalisation.mapped(cell, multiline: plan.isMultiline)
        if dropped > 0 { report(.control, table.item.fields[plan.slot].code, value: RowWork.text(cell)) }
        take(bytes.span, TextScan(bytes.span), plan, table)
    }

    private mutating func readDocumentNumber(_ cell: Span<UInt8>, _ scan: TextScan, _ plan: ColumnPlan, _ table: ItemTable) {
        guard scan.needsMapping || scan.hasLineBreak || !Normalisation.isPlainDocumentNumber(cell) else { return take(cell, scan, plan, table) }
        if scan.needsMapping, Normalisation.mapped(cell, multiline: false).dropped > 0 {
            report(.control, table.item.fields[plan.slot].code, value: RowWork.text(cell))
        }
        let bytes = Normalisation.documentNumber(cell)
        take(bytes.span, TextScan(bytes.span), plan, table)
    }

    /// A text in normal form.
    private mutating func take(_ text: Span<UInt8>, _ scan: TextScan, _ plan: ColumnPlan, _ table: ItemTable) {
        guard scan.scalars > 0 else { seen &= ~(1 << UInt128(plan.slot)); return }
        if scan.holdsCitizenNumber {
            report(.citizenIDInText, table.item.fields[plan.slot].code, value: RowWork.text(text))
            return
        }
        if plan.work == .oneOf || plan.work == .severalOf, !table.words.hold(text, slot: plan.slot) {
            let handling = table.item.fields[plan.slot].handling
            guard let listed = CodeList.canonical(RowWork.text(text), handling) else {
                report(.codeList, table.item.fields[plan.slot].code, value: RowWork.text(text), detail: CodeList.words(handling))
                return
            }
            let bytes = Array(listed.utf8)
            return keep(bytes.span, scan.scalars, plan, table)
        }
        keep(text, scan.scalars, plan, table)
    }

    private mutating func keep(_ text: Span<UInt8>, _ scalars: Int, _ plan: ColumnPlan, _ table: ItemTable) {
        if scalars > plan.maxLength {
            report(.length, table.item.fields[plan.slot].code, value: RowWork.text(text),
                   detail: ("最多\(plan.maxLength)字，实有\(scalars)字", "at most \(plan.maxLength) characters, \(scalars) found"))
            return
        }
        switch plan.role {
        case .subjectName: subjectName = fields.count
        case .documentNumber: documentNumber = fields.count
        case .itemNumber: itemNumber = fields.count
        case .personIDType: document = IdentityDocument(name: RowWork.text(text))
        case .sanctions: sanctions = Sanctions(text)
        case .procedure: isSummary = SummaryProcedure.isNamed(by: text)
        case .none, .subjectClass, .subjectCode, .personIDNumber, .authorityName, .authorityCode, .sourceCode, .decisionDate, .validFrom, .validTo,
             .state, .severity, .finalOn: break
        }
        fields.append(plan.number, text: text)
    }

    private mutating func readDate(_ cell: Span<UInt8>, _ plan: ColumnPlan, _ table: ItemTable) {
        guard let date = CivilDate.parse(cell) else {
            report(.date, table.item.fields[plan.slot].code, value: RowWork.text(cell))
            return
        }
        switch plan.role {
        case .decisionDate: decided = date
        case .validFrom: validFrom = date
        case .validTo: validTo = date
        case .none, .subjectName, .subjectClass, .subjectCode, .personIDType, .personIDNumber, .documentNumber, .itemNumber,
             .authorityName, .authorityCode, .sourceCode, .state, .sanctions, .severity, .procedure, .finalOn: break
        }
        fields.append(plan.number, date: date)
    }

    private mutating func readAmount(_ cell: Span<UInt8>, _ plan: ColumnPlan, _ table: ItemTable) {
        switch Amount.parse(cell) {
        case .success(let amount): fields.append(plan.number, amount: amount)
        case .failure(let fault): report(.amount, table.item.fields[plan.slot].code, value: RowWork.text(cell), detail: fault.words)
        }
    }

    private mutating func readCode(_ cell: Span<UInt8>, _ plan: ColumnPlan, _ table: ItemTable) {
        // Most codes stand as they should, and need no string.
        if CreditCode.isCanonical(cell) { return takeCode(cell, CreditCode.warnings(cell), plan, table) }
        let column = table.item.fields[plan.slot].code
        let isSubject = plan.role == .subjectCode
        switch CreditCode.parse(cell) {
        case .placeholder:
            // A natural person's row may carry it where the form insists on a value: it says “none”, so nothing is kept.
            if isSubject, subjectClass == .naturalPerson { return }
            guard plan.placeholderAllowed, !isSubject || subjectClass == .soleTrader || subjectClass == nil else {
                report(.usccPlaceholder, column, value: RowWork.text(cell))
                return
            }
            if isSubject { isPlaceholder = true }
            fields.append(plan.number, text: CreditCode.placeholder.utf8.span)
        case .invalid(let fault): report(fault.rule, column, value: RowWork.text(cell), detail: fault.words)
        case .valid(let code, let warnings): takeCode(code.text.utf8.span, warnings, plan, table)
        }
    }

    /// A code in normal form whose check holds.
    private mutating func takeCode(_ code: Span<UInt8>, _ warnings: [CreditCodeWarning], _ plan: ColumnPlan, _ table: ItemTable) {
        if plan.role == .subjectCode, subjectClass == .naturalPerson {
            report(.personWithCode, table.item.fields[plan.slot].code, value: RowWork.text(code))
            return
        }
        // One citizen's number in 31 passes as a code; the inner check tells the two apart.
        if warnings.contains(.organisationCheck), TextScan(code).holdsCitizenNumber {
            report(.citizenIDInText, table.item.fields[plan.slot].code, value: RowWork.text(code))
            return
        }
        for warning in warnings { report(warning.rule, table.item.fields[plan.slot].code, value: RowWork.text(code)) }
        switch plan.role {
        case .subjectCode:
            subjectCode = fields.count
            isTraderCode = code[0] == UInt8(ascii: "9") && code[1] == UInt8(ascii: "2")
            // Without a column of classes the code tells trader from organisation.
            if subjectClass == .organisation, !plan.hasClassColumn, isTraderCode { subjectClass = .soleTrader }
        case .authorityCode: authority = fields.count
        case .sourceCode: source = fields.count
        case .none, .subjectName, .subjectClass, .personIDType, .personIDNumber, .documentNumber, .itemNumber, .authorityName, .decisionDate,
             .validFrom, .validTo, .state, .sanctions, .severity, .procedure, .finalOn: break
        }
        fields.append(plan.number, text: code)
    }
}
