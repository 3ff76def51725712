import Registry

/// How a cell of the item's table comes from the cells of a file whose columns are not simply those of the table:
/// files of the 2016 table, files with values for all rows, and files of problems that come back.
enum CellRecipe: Sendable, Hashable {
    /// The cell as it stands.
    case cell(Int)
    /// Codes `0`, `1`, … of several cells → words, joined by `;`. What is no code is kept, for the validator to judge.
    case words([Int], [String])
    /// Cells with labels, joined by `；`; a cell without a label stands first.
    case remark([LabelledCell])
    /// 行政相对人类别, from whose number is filled in.
    case subjectClass(person: Int?, code: Int?)
    /// 身份证 where the class is a natural person's.
    case personDocument(person: Int?, code: Int?)
}

struct LabelledCell: Sendable, Hashable {
    var cell: Int
    var label: String
    /// Words of its codes; empty keeps the text.
    var words: [String] = []
}

/// Rebuilds rows for the validator. Cells stay bytes: those that are not UTF-8 are the validator's to report.
struct Recast: Sendable {
    struct Step: Sendable {
        let number: UInt32
        /// The first that is not blank counts.
        var recipes: [CellRecipe]
        /// When all are blank.
        var fallback: [UInt8] = []
    }

    /// A column whose codes decide whether the row may be taken at all.
    struct Guard: Sendable {
        let cell: Int
        let heading: String
        let rule: RowRule
        /// What each refused code means, in both languages; anything else is refused without words.
        let meanings: [(code: String, zh: String, en: String)]
    }

    var steps: [Step] = []
    var guards: [Guard] = []
    /// Cells of a row of the file.
    var width = 0
    /// The file is one of ours: apostrophes come off.
    var unprotects = false
    /// Field code → heading of the file, where they differ.
    var headings: [String: String] = [:]

    var columns: [ColumnTarget] { steps.map { .field($0.number) } }

    /// The row in the order of ``columns``; nil when its cells do not fit the header, which the validator then says.
    func apply(_ source: borrowing CellRow) -> CellRow? {
        guard source.count >= width else { return nil }
        for index in width..<max(width, source.count) where !source.isBlank(index) { return nil }
        var row = CellRow()
        for step in steps {
            let start = row.bytes.count
            var value: [UInt8] = []
            for recipe in step.recipes where value.isEmpty { value = bytes(recipe, source) }
            row.append(contentsOf: value.isEmpty ? step.fallback[...] : value[...])
            row.closeCell(from: start)
        }
        return row
    }

    /// What forbids the row, before its fields are looked at.
    func refusals(_ source: borrowing CellRow, row: Int, line: Int) -> [RowProblem] {
        guards.compactMap { one in
            let code = Normalisation.code(source.text(one.cell))
            guard !code.isEmpty, code != "0", code != "正常", code != "公示" else { return nil }
            let meaning = one.meanings.first { $0.code == code || $0.zh == code }
            return RowProblem(row: row, line: line, column: one.heading, rule: one.rule, value: code,
                              detail: meaning.map { ("\($0.code) \($0.zh)", "\($0.code) is \($0.en)") } ?? ("", ""))
        }
    }

    /// The problem with the heading the clerk sees.
    func named(_ problem: RowProblem) -> RowProblem {
        guard let heading = headings[problem.column] else { return problem }
        return RowProblem(row: problem.row, line: problem.line, column: "\(heading)→\(problem.column)", rule: problem.rowRule, value: problem.value,
                          detail: (problem.detailZh, problem.detailEn))
    }

    private func raw(_ index: Int, _ source: borrowing CellRow) -> ArraySlice<UInt8> {
        let cell = source.bytes[source.range(index)]
        if cell.allSatisfy({ $0 <= 0x20 && $0 != 0 }) { return [] }
        return unprotects ? ProblemFile.unprotected(cell) : cell
    }

    private func isFilled(_ index: Int?, _ source: borrowing CellRow) -> Bool { index.map { !raw($0, source).isEmpty } ?? false }

    private func bytes(_ recipe: CellRecipe, _ source: borrowing CellRow) -> [UInt8] {
        switch recipe {
        case .cell(let index):
            return Array(raw(index, source))
        case .words(let cells, let words):
            var found: [[UInt8]] = []
            for index in cells {
                let cell = Array(raw(index, source))
                if cell.isEmpty { continue }
                let word = Recast.word(cell, words)
                if !found.contains(word) { found.append(word) }
            }
            return Array(found.joined(separator: CollectionOfOne(UInt8(ascii: ";"))))
        case .remark(let parts):
            var found: [[UInt8]] = []
            for part in parts {
                let cell = Array(raw(part.cell, source))
                if cell.isEmpty { continue }
                found.append(part.label.isEmpty ? cell : Array((part.label + "：").utf8) + Recast.word(cell, part.words))
            }
            return Array(found.joined(separator: Array("；".utf8)))
        case .subjectClass(let person, let code):
            return subjectClass(person, code, source).map { Array($0.text.utf8) } ?? []
        case .personDocument(let person, let code):
            return subjectClass(person, code, source) == .naturalPerson ? Array(IdentityDocument.citizenID.name.utf8) : []
        }
    }

    private func subjectClass(_ person: Int?, _ code: Int?, _ source: borrowing CellRow) -> SubjectClassWord? {
        if let code, isFilled(code, source) {
            let text = Normalisation.code(String(decoding: raw(code, source), as: UTF8.self))
            return text.hasPrefix("92") || text == CreditCode.placeholder ? .soleTrader : .organisation
        }
        return isFilled(person, source) ? .naturalPerson : nil
    }

    private static func word(_ cell: [UInt8], _ words: [String]) -> [UInt8] {
        guard !words.isEmpty, let index = Int(Normalisation.code(String(decoding: cell, as: UTF8.self))), words.indices.contains(index) else { return cell }
        return Array(words[index].utf8)
    }
}
