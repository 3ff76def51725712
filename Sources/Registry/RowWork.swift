/// What is known of a row while its cells are read.
struct RowWork {
    let row: Int
    let line: Int
    var fields: [(number: UInt32, value: FieldValue)] = []
    var problems: [RowProblem] = []
    /// One bit per slot whose cell is not blank, valid or not: a wrong value is not also a missing one.
    var seen: UInt128 = 0
    var failed = false

    var subjectClass: SubjectClassWord?
    var subjectName = ""
    var subjectCode: CreditCode?
    var isPlaceholder = false
    var document: IdentityDocument?
    var personNumber: String?
    var authority: CreditCode?
    var source: CreditCode?
    var documentNumber = ""
    var itemNumber = ""
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
        guard let text = RowWork.string(cell) else { return }
        subjectClass = SubjectClassWord(text: text) ?? SubjectClassWord(text: Normalisation.line(text))
    }

    mutating func read(_ cell: Span<UInt8>, _ plan: ColumnPlan, _ validator: RecordValidator) {
        let scan = TextScan(cell)
        if scan.needsMapping, RowWork.isBlank(cell) { return }
        let bit: UInt128 = 1 << UInt128(plan.slot)
        if plan.work == .drop || (plan.isPersonal && subjectClass != .naturalPerson && subjectClass != nil) {
            // Not even stars of it: the note names the column only.
            report(.doNotCollect, validator.item.fields[plan.slot].code)
            return
        }
        seen |= bit
        guard let clean = RowWork.string(cell), !RowWork.holdsNUL(cell, scan) else {
            report(.encoding, validator.item.fields[plan.slot].code)
            return
        }
        if scan.isGarbled {
            report(.mojibake, validator.item.fields[plan.slot].code, value: plan.work == .personalNumber ? "" : clean)
            return
        }
        if !plan.isMultiline, let trace = SpreadsheetTrace(cell), trace == .error || plan.work != .amount {
            report(trace == .error ? .formulaError : .precision, validator.item.fields[plan.slot].code, value: clean)
            return
        }
        switch plan.work {
        case .text, .oneOf, .severalOf, .documentNumber: readText(cell, clean, scan, plan, validator.item)
        case .date: readDate(cell, clean, plan, validator.item)
        case .amount: readAmount(cell, clean, plan, validator.item)
        case .creditCode: readCode(cell, clean, plan, validator.item)
        case .personalNumber: personNumber = clean
        case .drop: break
        }
    }

    private mutating func readText(_ cell: Span<UInt8>, _ raw: String, _ scan: TextScan, _ plan: ColumnPlan, _ item: CatalogueItem) {
        var text = raw, scan = scan
        if plan.work == .documentNumber {
            if scan.needsMapping || scan.hasLineBreak || !Normalisation.isPlainDocumentNumber(cell) {
                if scan.needsMapping, Normalisation.mapped(cell, multiline: false).dropped > 0 {
                    report(.control, item.fields[plan.slot].code, value: raw)
                }
                let bytes = Normalisation.documentNumber(cell)
                scan = TextScan(bytes.span)
                text = String(decoding: bytes, as: UTF8.self)
            }
        } else if scan.needsMapping || (scan.hasLineBreak && !plan.isMultiline) {
            let (bytes, dropped) = Normalisation.mapped(cell, multiline: plan.isMultiline)
            if dropped > 0 { report(.control, item.fields[plan.slot].code, value: raw) }
            scan = TextScan(bytes.span)
            text = String(decoding: bytes, as: UTF8.self)
        }
        guard scan.scalars > 0 else { seen &= ~(1 << UInt128(plan.slot)); return }
        if scan.holdsCitizenNumber {
            report(.citizenIDInText, item.fields[plan.slot].code, value: text)
            return
        }
        if plan.work == .oneOf || plan.work == .severalOf {
            guard let listed = CodeList.canonical(text, item.fields[plan.slot].handling) else {
                report(.codeList, item.fields[plan.slot].code, value: text, detail: CodeList.words(item.fields[plan.slot].handling))
                return
            }
            text = listed
        }
        if scan.scalars > plan.maxLength {
            report(.length, item.fields[plan.slot].code, value: text,
                   detail: ("最多\(plan.maxLength)字，实有\(scan.scalars)字", "at most \(plan.maxLength) characters, \(scan.scalars) found"))
            return
        }
        switch plan.role {
        case .subjectName: subjectName = text
        case .documentNumber: documentNumber = text
        case .itemNumber: itemNumber = text
        case .personIDType: document = IdentityDocument(name: text)
        case .sanctions: sanctions = Sanctions(text)
        case .procedure: isSummary = SummaryProcedure.isNamed(by: text)
        case .none, .subjectClass, .subjectCode, .personIDNumber, .authorityName, .authorityCode, .sourceCode, .decisionDate, .validFrom, .validTo,
             .state, .severity, .finalOn: break
        }
        fields.append((plan.number, .text(text)))
    }

    private mutating func readDate(_ cell: Span<UInt8>, _ raw: String, _ plan: ColumnPlan, _ item: CatalogueItem) {
        guard let date = CivilDate.parse(cell) else {
            report(.date, item.fields[plan.slot].code, value: raw)
            return
        }
        switch plan.role {
        case .decisionDate: decided = date
        case .validFrom: validFrom = date
        case .validTo: validTo = date
        case .none, .subjectName, .subjectClass, .subjectCode, .personIDType, .personIDNumber, .documentNumber, .itemNumber,
             .authorityName, .authorityCode, .sourceCode, .state, .sanctions, .severity, .procedure, .finalOn: break
        }
        fields.append((plan.number, .date(date)))
    }

    private mutating func readAmount(_ cell: Span<UInt8>, _ raw: String, _ plan: ColumnPlan, _ item: CatalogueItem) {
        switch Amount.parse(cell) {
        case .success(let amount): fields.append((plan.number, .amount(amount)))
        case .failure(let fault): report(.amount, item.fields[plan.slot].code, value: raw, detail: fault.words)
        }
    }

    private mutating func readCode(_ cell: Span<UInt8>, _ raw: String, _ plan: ColumnPlan, _ item: CatalogueItem) {
        let column = item.fields[plan.slot].code
        let isSubject = plan.role == .subjectCode
        switch CreditCode.parse(cell) {
        case .placeholder:
            // A natural person's row may carry it where the form insists on a value: it says “none”, so nothing is kept.
            if isSubject, subjectClass == .naturalPerson { return }
            guard plan.placeholderAllowed, !isSubject || subjectClass == .soleTrader || subjectClass == nil else {
                report(.usccPlaceholder, column, value: raw)
                return
            }
            if isSubject { isPlaceholder = true }
            fields.append((plan.number, .text(CreditCode.placeholder)))
        case .invalid(let fault):
            report(fault.rule, column, value: raw, detail: fault.words)
        case .valid(let code, let warnings):
            if isSubject, subjectClass == .naturalPerson {
                report(.personWithCode, column, value: raw)
                return
            }
            // One citizen's number in 31 passes as a code; the inner check tells the two apart.
            if warnings.contains(.organisationCheck), TextScan(code.text.utf8.span).holdsCitizenNumber {
                report(.citizenIDInText, column, value: raw)
                return
            }
            for warning in warnings { report(warning.rule, column, value: code.text) }
            switch plan.role {
            case .subjectCode:
                subjectCode = code
                // Without a column of classes the code tells trader from organisation.
                if subjectClass == .organisation, !plan.hasClassColumn, code.subjectClass == .soleTrader { subjectClass = .soleTrader }
            case .authorityCode: authority = code
            case .sourceCode: source = code
            case .none, .subjectName, .subjectClass, .personIDType, .personIDNumber, .documentNumber, .itemNumber, .authorityName, .decisionDate,
                 .validFrom, .validTo, .state, .sanctions, .severity, .procedure, .finalOn: break
            }
            fields.append((plan.number, .text(code.text)))
        }
    }
}
