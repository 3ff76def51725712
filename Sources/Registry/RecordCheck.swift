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
    /// By slot; nil where the column has no list.
    private let lists: [WordList?]
    private let needs: RequirementMasks
    private let hasClassColumn: Bool
    private let hasValidFrom: Bool
    /// Slots of personal numbers, which have left the record for the subject.
    private let personal: UInt128

    /// - Precondition: `item.faults()` is empty.
    package init(item: CatalogueItem) {
        precondition(item.fields.count <= CatalogueItem.maximumFields, "check faults() first")
        self.item = item
        let plans = item.fields.indices.map { ColumnPlan(cell: 0, slot: $0, fields: item.fields, roles: item.roles) }
        self.plans = plans
        lists = plans.map { WordList(item.fields[$0.slot], $0) }
        needs = RequirementMasks(item)
        hasClassColumn = item.roles.subjectClass != nil
        hasValidFrom = item.roles.validFrom != nil
        personal = plans.reduce(0) { $1.work == .personalNumber ? $0 | 1 << UInt128($1.slot) : $0 }
    }

    /// - Returns: ids of broken rules, each once, in the order met.
    package func check(fields: [(UInt32, FieldValue)], subjectKind: SubjectKind) -> [String] {
        check(count: fields.count, subjectKind: subjectKind) { fields[$0] }
    }

    /// The same over fields that stand in a form of the caller's: nothing is copied.
    package func check(count: Int, subjectKind: SubjectKind, field: (Int) -> (number: UInt32, value: FieldValue)) -> [String] {
        var course = begin(subjectKind)
        for index in 0..<count {
            let (number, value) = field(index)
            switch value {
            case .text(let text): self.text(number, text.utf8.span, &course)
            case .date(let date): self.date(number, date, &course)
            case .amount: amount(number, &course)
            }
        }
        return finish(&course)
    }

    // MARK: - Field by field

    /// A record being judged: its fields are given in the order they stand, then ``finish(_:)`` says what is broken.
    package struct Course {
        fileprivate let kind: SubjectKind
        fileprivate var guess = 0
        fileprivate var state = CheckState()
    }

    package func begin(_ kind: SubjectKind) -> Course { Course(kind: kind) }

    /// A field whose value is text, as well-formed UTF-8.
    package func text(_ number: UInt32, _ bytes: Span<UInt8>, _ course: inout Course) {
        guard let index = plan(number, &course) else { return }
        switch plans[index].work {
        case .drop: course.state.broken(.doNotCollect)
        case .personalNumber: course.state.broken(.citizenIDInText)
        case .creditCode: code(bytes, plans[index], course.kind, &course.state)
        case .text, .documentNumber, .oneOf, .severalOf: words(bytes, plans[index], course.kind, &course.state)
        case .date, .amount: course.state.broken(.fieldType)
        }
    }

    package func date(_ number: UInt32, _ date: CivilDate, _ course: inout Course) {
        guard let index = plan(number, &course) else { return }
        switch plans[index].work {
        case .drop: course.state.broken(.doNotCollect)
        case .personalNumber: course.state.broken(.citizenIDInText)
        case .date:
            switch plans[index].role {
            case .decisionDate: course.state.decided = date
            case .validFrom: course.state.from = date
            case .validTo: course.state.to = date
            case .none, .subjectName, .subjectClass, .subjectCode, .personIDType, .personIDNumber, .documentNumber, .itemNumber,
                 .authorityName, .authorityCode, .sourceCode, .state, .sanctions, .severity, .procedure, .finalOn: break
            }
        case .text, .documentNumber, .oneOf, .severalOf, .creditCode, .amount: course.state.broken(.fieldType)
        }
    }

    package func amount(_ number: UInt32, _ course: inout Course) {
        guard let index = plan(number, &course) else { return }
        switch plans[index].work {
        case .drop: course.state.broken(.doNotCollect)
        case .personalNumber: course.state.broken(.citizenIDInText)
        case .amount: break
        case .text, .documentNumber, .oneOf, .severalOf, .creditCode, .date: course.state.broken(.fieldType)
        }
    }

    /// - Returns: ids of broken rules, each once, in the order met.
    package func finish(_ course: inout Course) -> [String] {
        finish(course.kind, &course.state)
        return course.state.rules
    }

    /// The plan of the next field; nil, and a rule broken, where the item has no such field.
    private func plan(_ number: UInt32, _ course: inout Course) -> Int? {
        if number <= course.state.last { course.state.broken(.fieldNumber) }
        course.state.last = number
        while course.guess < plans.count, plans[course.guess].number < number { course.guess += 1 }
        guard course.guess < plans.count, plans[course.guess].number == number else {
            course.state.broken(.fieldNumber)
            return nil
        }
        course.state.seen |= 1 << UInt128(plans[course.guess].slot)
        return course.guess
    }

    private func code(_ bytes: Span<UInt8>, _ plan: ColumnPlan, _ kind: SubjectKind, _ state: inout CheckState) {
        let isSound = CreditCode.isCanonical(bytes)
        let isPlaceholder = !isSound && CreditCode.isPlaceholder(bytes)
        if plan.role == .subjectCode {
            if kind == .person { state.broken(.personWithCode); return }
            if kind == .unregistered {
                if !isPlaceholder || !plan.placeholderAllowed { state.broken(.subjectKind) }
                return
            }
        } else if plan.placeholderAllowed, isPlaceholder {
            return
        }
        if !isSound {
            state.broken(isPlaceholder ? .usccPlaceholder : .usccCheck)
        } else if bytes[6] >= 49, bytes[6] <= 50, TextScan(bytes).holdsCitizenNumber, !CreditCode.innerCheckHolds(bytes) {
            state.broken(.citizenIDInText)
        } else if plan.role == .subjectCode {
            state.isTrader = bytes[0] == UInt8(ascii: "9") && bytes[1] == UInt8(ascii: "2")
        }
    }

    private func words(_ bytes: Span<UInt8>, _ plan: ColumnPlan, _ kind: SubjectKind, _ state: inout CheckState) {
        // A value as its list has it: the list has answered everything.
        var meaning = lists[plan.slot]?.single(bytes)
        if meaning == nil {
            let scan = TextScan(bytes)
            if !scan.isSound(plan) {
                if scan.scalars == 0 || scan.needsMapping || (scan.hasLineBreak && !plan.isMultiline) { state.broken(.normalForm) }
                if scan.scalars > plan.maxLength { state.broken(.length) }
                if scan.holdsCitizenNumber { state.broken(.citizenIDInText) }
                if scan.isGarbled { state.broken(.mojibake) }
            }
            switch plan.work {
            case .documentNumber:
                if !Normalisation.isPlainDocumentNumber(bytes) { state.broken(.normalForm) }
            case .oneOf, .severalOf:
                meaning = lists[plan.slot]?.joined(bytes)
                if meaning == nil {
                    let text = String(bytes)
                    if CodeList.canonical(text, item.fields[plan.slot].handling) != text { state.broken(.codeList) }
                }
            case .text, .date, .amount, .creditCode, .personalNumber, .drop: break
            }
        }
        switch plan.role {
        case .subjectClass: state.subjectClass = (meaning ?? WordList.Meaning(String(bytes), plan.role)).subjectClass
        case .sanctions: state.sanctions = (meaning ?? WordList.Meaning(String(bytes), plan.role)).sanctions
        case .procedure: state.isSummary = (meaning ?? WordList.Meaning(String(bytes), plan.role)).isSummary
        case .personIDType: if kind != .person { state.broken(.doNotCollect) }
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
        let needed = needs.mask(state.subjectClass, state.sanctions) & ~personal
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

extension String {
    /// A copy of well-formed UTF-8; what is ill-formed becomes U+FFFD.
    fileprivate init(_ bytes: Span<UInt8>) {
        if let text = try? UTF8Span(validating: bytes) { self.init(copying: text) } else { self.init(decoding: (0..<bytes.count).map { bytes[$0] }, as: UTF8.self) }
    }
}
