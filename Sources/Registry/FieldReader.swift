/// Reads single cells of a record that stands: what a correction sets, or a subject claims. The same cells as in a file,
/// read the same way; what only a whole row can break is asked where the corrected record is seen (rules.md M5).
package struct FieldReader: Sendable {
    private let table: ItemTable
    private let today: CivilDate

    package init(item: CatalogueItem, today: CivilDate) {
        table = ItemTable(item)
        self.today = today
    }

    /// - Parameters:
    ///   - cells: field codes or names with their text.
    ///   - subject: of the record: personal fields are read of persons only.
    /// - Returns: the fields, ascending by number; names the item does not have or that came twice; and what is wrong with cells.
    package func read(_ cells: [(field: String, text: String)], subject: SubjectKind) -> (values: FieldRun, unfit: [String], problems: [RowProblem]) {
        var work = RowWork(row: 0, line: 0)
        work.subjectClass = subject == .person ? .naturalPerson : .organisation
        work.isSound = true
        var found: [(slot: Int, text: String)] = [], unfit: [String] = []
        for cell in cells {
            guard let slot = slot(named: cell.field), !found.contains(where: { $0.slot == slot }) else {
                unfit.append(cell.field)
                continue
            }
            found.append((slot, cell.text))
        }
        found.sort { table.item.fields[$0.slot].number < table.item.fields[$1.slot].number }
        for (slot, text) in found {
            let plan = ColumnPlan(cell: 0, slot: slot, fields: table.item.fields, roles: table.item.roles)
            let before = work.fields.count
            work.read(Array(text.utf8).span, plan, table)
            if work.fields.count == before, !work.failed { work.report(.required, cell(slot), detail: (table.item.fields[slot].name, cell(slot))) }
        }
        if let decided = work.decided, decided > today { work.report(.futureDate, table.item.roles.decisionDate.flatMap(table.item.slot).map(cell) ?? "", value: decided.description) }
        return (work.fields, unfit, work.problems)
    }

    /// Number of the field with this code, name or other name; nil when the item has none.
    package func number(named name: String) -> UInt32? { slot(named: name).map { table.item.fields[$0].number } }

    private func slot(named name: String) -> Int? {
        table.item.fields.firstIndex { $0.code.uppercased() == name.uppercased() || $0.name == name || $0.aliases.contains(name) }
    }

    private func cell(_ slot: Int) -> String { table.item.fields[slot].code }
}
