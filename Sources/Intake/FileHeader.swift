import Registry

/// Which table the columns of a file belong to.
package enum FieldSet: String, Sendable, Hashable {
    /// 发改办财金〔2018〕424号.
    case of2018 = "2018"
    case of2016 = "2016"
}

/// A value for every row whose cell is empty or whose column is absent.
package struct SuppliedValue: Sendable, Hashable {
    package let number: UInt32
    package let text: String

    /// - Parameters:
    ///   - name: field code, Chinese name or another heading of the field.
    ///   - text: judged as a cell of that field.
    /// - Throws: ``RowProblem`` saying why not. The subject's name and numbers and the document number differ from row
    ///   to row and cannot be supplied.
    package init(_ name: String, _ text: String, item: CatalogueItem, today: CivilDate) throws(RowProblem) {
        guard let slot = HeadingNames.of(item).slot(name) else {
            throw RowProblem(row: 0, column: name, rule: .headerUnknown, value: text)
        }
        let rule = item.fields[slot], roles = item.roles
        guard ![roles.subjectName, roles.subjectCode, roles.personIDNumber, roles.documentNumber].contains(rule.number), rule.handling != .doNotCollect else {
            throw RowProblem(row: 0, column: rule.code, rule: .fieldNumber, detail: ("\(rule.name)因行而异，不能统一填写", "\(rule.code) differs from row to row and cannot be supplied"))
        }
        let validator = RecordValidator(item: item, columns: [.field(rule.number)], today: today, unit: nil)
        let problems = validator.validate(row: 0, cells: [text]).problems.filter { $0.column == rule.code && $0.severity == .error }
        if let first = problems.first { throw first }
        number = rule.number
        self.text = text
    }
}

/// What the row of headings makes of a file.
struct FileHeader: Sendable {
    var set = FieldSet.of2018
    /// Columns for the validator.
    var columns: [ColumnTarget] = []
    /// nil when the validator reads the file's own cells.
    var recast: Recast?
    var problems: [RowProblem] = []
    var isFatal: Bool { problems.contains { $0.severity == .error } }

    init(_ headings: [String], item: CatalogueItem, supplied: [SuppliedValue]) {
        if LegacyTable.columns(item).marks(headings) >= 2 {
            set = .of2016
            var recast = Recast()
            readLegacy(headings, item, supplied, &recast)
            self.recast = recast
            columns = recast.columns
            return
        }
        let map = HeaderMap.resolve(headings, item: item, supplied: supplied.map(\.number))
        problems = map.problems
        columns = map.columns
        let isProblemFile = headings.contains(where: ProblemFile.isOwn)
        guard isProblemFile || !supplied.isEmpty, !isFatal else { return }
        var recast = Recast(width: headings.count, unprotects: isProblemFile)
        for (index, column) in map.columns.enumerated() {
            if case .field(let number) = column { recast.steps.append(Recast.Step(number: number, recipes: [.cell(index)])) }
        }
        recast.supply(supplied)
        self.recast = recast
        columns = recast.columns
    }

    private mutating func readLegacy(_ headings: [String], _ item: CatalogueItem, _ supplied: [SuppliedValue], _ recast: inout Recast) {
        let table = LegacyTable.columns(item), names = HeadingNames.of(item)
        recast.width = headings.count
        recast.unprotects = headings.contains(where: ProblemFile.isOwn)
        var remarks: [LabelledCell] = [], dropped: [String] = []
        func number(_ code: String) -> UInt32? { item.fields.first { $0.code == code }?.number }
        for (index, heading) in headings.enumerated() {
            guard let column = table.column(heading) else {
                if let slot = names.slot(heading) {
                    if item.fields[slot].code == "BZ" { remarks.insert(LabelledCell(cell: index, label: ""), at: 0) }
                    else { recast.add(item.fields[slot].number, .cell(index)) }
                } else if !ProblemFile.isOwn(heading), !Normalisation.line(heading).isEmpty {
                    problems.append(RowProblem(row: 0, line: 1, column: heading, rule: .headerUnknown))
                }
                continue
            }
            switch column.use {
            case .field(let code):
                guard let number = number(code) else { dropped.append(heading); continue }
                recast.add(number, .cell(index))
                if code != column.code { recast.headings[code] = heading }
            case .words(let code, let words):
                guard let number = number(code) else { dropped.append(heading); continue }
                recast.addWords(number, index, words)
                recast.headings[code] = heading
            case .remark(let label, let words): remarks.append(LabelledCell(cell: index, label: label, words: words))
            case .state: recast.guards.append(.init(cell: index, heading: heading, rule: .legacyState, meanings: LegacyTable.states))
            case .scope: recast.guards.append(.init(cell: index, heading: heading, rule: .legacyScope, meanings: LegacyTable.scopes))
            case .dropped: dropped.append(heading)
            }
        }
        if !remarks.isEmpty, let number = number("BZ") { recast.add(number, .remark(remarks)) }
        derive(item, &recast)
        recast.supply(supplied)
        for rule in item.fields where rule.requirement == .required && !recast.steps.contains(where: { $0.number == rule.number }) {
            problems.append(RowProblem(row: 0, line: 1, column: rule.code, rule: .headerMissing, detail: (rule.name, rule.code)))
        }
        let kept = remarks.filter { !$0.label.isEmpty }.map(\.label)
        let zh = ["舍弃：\(dropped.joined(separator: " "))", kept.isEmpty ? "" : "并入备注：\(kept.joined(separator: " "))"]
        let en = ["dropped: \(dropped.joined(separator: " "))", kept.isEmpty ? "" : "kept as remarks: \(kept.joined(separator: " "))"]
        problems.append(RowProblem(row: 0, line: 1, column: "", rule: .legacyFile,
                                   detail: (zh.filter { !$0.isEmpty }.joined(separator: "；"), en.filter { !$0.isEmpty }.joined(separator: "; "))))
    }

    /// What the table of 2018 wants and the one of 2016 says in another way.
    private func derive(_ item: CatalogueItem, _ recast: inout Recast) {
        let roles = item.roles
        let person = roles.personIDNumber.flatMap(recast.cell), code = roles.subjectCode.flatMap(recast.cell)
        if let number = roles.subjectClass { recast.add(number, .subjectClass(person: person, code: code)) }
        if person != nil, let number = roles.personIDType { recast.add(number, .personDocument(person: person, code: code)) }
        // A permit of 2016 holds from its decision on.
        if let from = roles.validFrom, let decided = roles.decisionDate.flatMap(recast.cell) { recast.add(from, .cell(decided)) }
        // Rows that come through the guard are in force.
        if let state = roles.state { recast.fallBack(state, Array("1".utf8)) }
    }
}

extension Recast {
    mutating func add(_ number: UInt32, _ recipe: CellRecipe) {
        guard let index = steps.firstIndex(where: { $0.number == number }) else { steps.append(Step(number: number, recipes: [recipe])); return }
        steps[index].recipes.append(recipe)
    }

    /// Columns of codes for one field are read together.
    mutating func addWords(_ number: UInt32, _ cell: Int, _ words: [String]) {
        if let index = steps.firstIndex(where: { $0.number == number }), case .words(let cells, words)? = steps[index].recipes.first {
            steps[index].recipes[0] = .words(cells + [cell], words)
        } else {
            add(number, .words([cell], words))
        }
    }

    mutating func fallBack(_ number: UInt32, _ text: [UInt8]) {
        if let index = steps.firstIndex(where: { $0.number == number }) { steps[index].fallback = text }
        else { steps.append(Step(number: number, recipes: [], fallback: text)) }
    }

    mutating func supply(_ values: [SuppliedValue]) { for value in values { fallBack(value.number, Array(value.text.utf8)) } }

    /// The cell a field is read from.
    func cell(_ number: UInt32) -> Int? {
        guard case .cell(let index)? = steps.first(where: { $0.number == number })?.recipes.first else { return nil }
        return index
    }
}
