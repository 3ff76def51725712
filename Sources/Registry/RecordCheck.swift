extension RecordValidator {
    /// Judges again what another node sent: a parent never trusts its child's validator. Typed values in, ids of
    /// broken rules out (``RowRule`` raw values), empty when all is well. Reads no clock: what was lawful to seal stays so.
    ///
    /// Not asked: the personal number (the parent has only its digest), the acting unit, and warnings.
    package static func check(fields: [(UInt32, FieldValue)], item: CatalogueItem, subjectKind: SubjectKind) -> [String] {
        RecordChecker(item: item).check(fields: fields, subjectKind: subjectKind)
    }
}

/// ``RecordValidator/check(fields:item:subjectKind:)`` with the item prepared once; for streams of records of an item.
package struct RecordChecker: Sendable {
    private let item: CatalogueItem
    private let plans: [ColumnPlan]
    private let needs: RequirementMasks
    private let hasClassColumn: Bool
    private let hasValidFrom: Bool

    /// - Precondition: `item.faults()` is empty.
    package init(item: CatalogueItem) {
        precondition(item.fields.count <= CatalogueItem.maximumFields, "check faults() first")
        self.item = item
        plans = item.fields.indices.map { ColumnPlan(cell: 0, slot: $0, fields: item.fields, roles: item.roles) }
        needs = RequirementMasks(item)
        hasClassColumn = item.roles.subjectClass != nil
        hasValidFrom = item.roles.validFrom != nil
    }

    /// - Returns: ids of broken rules, each once, in the order met.
    package func check(fields: [(UInt32, FieldValue)], subjectKind: SubjectKind) -> [String] {
        check(count: fields.count, subjectKind: subjectKind) { fields[$0] }
    }

    /// The same over fields that stand in a form of the caller's: nothing is copied.
    package func check(count: Int, subjectKind: SubjectKind, field: (Int) -> (number: UInt32, value: FieldValue)) -> [String] {
        var state = CheckState()
        var guess = 0
        for index in 0..<count {
            let (number, value) = field(index)
            if number <= state.last { state.broken(.fieldNumber) }
            state.last = number
            while guess < plans.count, plans[guess].number < number { guess += 1 }
            guard guess < plans.count, plans[guess].number == number else { state.broken(.fieldNumber); continue }
            state.seen |= 1 << UInt128(plans[guess].slot)
            judge(value, plans[guess], subjectKind, &state)
        }
        finish(subjectKind, &state)
        return state.rules
    }

    private func judge(_ value: FieldValue, _ plan: ColumnPlan, _ kind: SubjectKind, _ state: inout CheckState) {
        switch (value, plan.work) {
        case (_, .drop): state.broken(.doNotCollect)
        case (_, .personalNumber): state.broken(.citizenIDInText)
        case (.date(let date), .date):
            switch plan.role {
            case .decisionDate: state.decided = date
            case .validFrom: state.from = date
            case .validTo: state.to = date
            case .none, .subjectName, .subjectClass, .subjectCode, .personIDType, .personIDNumber, .documentNumber, .itemNumber,
                 .authorityName, .authorityCode, .sourceCode, .state, .sanctions, .severity, .procedure, .finalOn: break
            }
        case (.amount, .amount): break
        case (.text(let text), .creditCode): code(text, plan, kind, &state)
        case (.text(let text), .text), (.text(let text), .documentNumber), (.text(let text), .oneOf), (.text(let text), .severalOf):
            words(text, plan, kind, &state)
        case (.text, .date), (.text, .amount), (.date, _), (.amount, _): state.broken(.fieldType)
        }
    }

    private func code(_ text: String, _ plan: ColumnPlan, _ kind: SubjectKind, _ state: inout CheckState) {
        if plan.role == .subjectCode {
            if kind == .person { state.broken(.personWithCode); return }
            if kind == .unregistered {
                if text != CreditCode.placeholder || !plan.placeholderAllowed { state.broken(.subjectKind) }
                return
            }
        } else if plan.placeholderAllowed, text == CreditCode.placeholder {
            return
        }
        let bytes = text.utf8.span
        if !CreditCode.isCanonical(bytes) {
            state.broken(text == CreditCode.placeholder ? .usccPlaceholder : .usccCheck)
        } else if bytes[6] >= 49, bytes[6] <= 50, TextScan(bytes).holdsCitizenNumber, !CreditCode.innerCheckHolds(bytes) {
            state.broken(.citizenIDInText)
        } else if plan.role == .subjectCode {
            state.isTrader = bytes[0] == UInt8(ascii: "9") && bytes[1] == UInt8(ascii: "2")
        }
    }

    private func words(_ text: String, _ plan: ColumnPlan, _ kind: SubjectKind, _ state: inout CheckState) {
        let bytes = text.utf8.span
        let scan = TextScan(bytes)
        if scan.scalars == 0 || scan.needsMapping || (scan.hasLineBreak && !plan.isMultiline) { state.broken(.normalForm) }
        if scan.scalars > plan.maxLength { state.broken(.length) }
        if scan.holdsCitizenNumber { state.broken(.citizenIDInText) }
        if scan.isGarbled { state.broken(.mojibake) }
        switch plan.work {
        case .documentNumber:
            if !Normalisation.isPlainDocumentNumber(bytes) { state.broken(.normalForm) }
        case .oneOf, .severalOf:
            if CodeList.canonical(text, item.fields[plan.slot].handling) != text { state.broken(.codeList) }
        case .text, .date, .amount, .creditCode, .personalNumber, .drop: break
        }
        switch plan.role {
        case .subjectClass: state.subjectClass = SubjectClassWord(bytes)
        case .sanctions: state.sanctions = Sanctions(bytes)
        case .personIDType: if kind != .person { state.broken(.doNotCollect) }
        case .procedure: state.isSummary = SummaryProcedure.isNamed(by: bytes)
        case .none, .subjectName, .subjectCode, .personIDNumber, .documentNumber, .itemNumber, .authorityName, .authorityCode, .sourceCode,
             .decisionDate, .validFrom, .validTo, .state, .severity, .finalOn: break
        }
    }

    private func finish(_ kind: SubjectKind, _ state: inout CheckState) {
        if !hasClassColumn, kind == .organisation { state.subjectClass = state.isTrader ? .soleTrader : .organisation }
        let agrees = switch (kind, state.subjectClass) {
        case (.organisation, .organisation), (.organisation, .soleTrader), (.unregistered, .soleTrader), (.person, .naturalPerson): true
        case (_, nil), (.organisation, .naturalPerson), (.unregistered, _), (.person, _): false
        }
        if !agrees { state.broken(.subjectKind) }
        if kind == .person, !item.personsAllowed { state.broken(.personNotAllowed) }
        if state.isSummary, item.excludesSummaryProcedure { state.broken(.summaryProcedure) }
        // The personal number has left the record for the subject.
        var needed = needs.mask(state.subjectClass, state.sanctions)
        for plan in plans where plan.work == .personalNumber { needed &= ~(1 << UInt128(plan.slot)) }
        if needed & ~state.seen != 0 { state.broken(.required) }
        if let decided = state.decided, !item.isValid(on: decided) { state.broken(.itemNotValid) }
        if let to = state.to, let from = hasValidFrom ? state.from : state.decided, to < from { state.broken(.period) }
    }
}

private struct CheckState {
    var last: UInt32 = 0
    var seen: UInt128 = 0
    var rules: [String] = []
    var subjectClass: SubjectClassWord?
    var sanctions: Sanctions = []
    var isTrader = false
    var isSummary = false
    var decided: CivilDate?
    var from: CivilDate?
    var to: CivilDate?

    mutating func broken(_ rule: RowRule) { if !rules.contains(rule.rawValue) { rules.append(rule.rawValue) } }
}
