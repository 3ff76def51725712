import Intake
import Node
import Registry

/// Running counts of one import. Of the problems only the first are kept, whatever their number.
struct ImportTally: Sendable {
    /// What ``ImportOptions/maximumProblems`` may ask for.
    static let greatestProblems = 10_000

    let options: ImportOptions
    let item: CatalogueItem
    var bytes = 0
    private var rows = 0, effective = 0, drafts = 0, unchanged = 0, refused = 0, warnings = 0, omitted = 0
    private(set) var problems: [RowProblem] = []
    private var isFatal = false
    private var form = ImportForm()

    init(options: ImportOptions, item: CatalogueItem) {
        self.options = options
        self.item = item
    }

    /// Counts a piece. - Returns: its refused rows with their cells, ascending; empty unless rows are wanted.
    mutating func add(_ piece: ImportPiece, _ fates: [RowFate]) -> [ImportRow] {
        let batch = piece.batch
        for problem in batch.problems { add(problem) }
        var differing: [(row: Int, cells: CellRow, problem: RowProblem)] = []
        for (index, fate) in fates.enumerated() {
            switch fate {
            case .effective: effective += 1
            case .draft: drafts += 1
            case .unchanged: unchanged += 1
            case .revoked: differing.append(refuse(piece, index, documentColumn, options.list == nil ? .revokedBefore : .removedBefore))
            case .purged: differing.append(refuse(piece, index, documentColumn, .purgedBefore))
            case .returned: differing.append(refuse(piece, index, documentColumn, .returnedBefore))
            case .optedOut: differing.append(refuse(piece, index, subjectColumn, .optedOut))
            case .differs(_, let fields):
                differing.append(refuse(piece, index, fields.compactMap { item.field($0)?.code }.joined(separator: " "), .alreadyRecorded))
            }
        }
        return rows(batch, differing)
    }

    private var subjectColumn: String { item.roles.subjectName.flatMap { item.field($0) }?.code ?? "" }
    private var documentColumn: String { item.roles.documentNumber.flatMap { item.field($0) }?.code ?? "" }

    /// A valid row that what is recorded forbids.
    private mutating func refuse(_ piece: ImportPiece, _ index: Int, _ columns: String, _ rule: RowRule) -> (row: Int, cells: CellRow, problem: RowProblem) {
        let place = piece.places[index], kept = piece.batch.kept
        let problem = RowProblem(row: place.row, line: place.line, column: columns, rule: rule, value: piece.documentNumber(index))
        refused += 1
        add(problem)
        return (place.row, kept.indices.contains(index) ? kept[index] : CellRow(), problem)
    }

    private func rows(_ batch: RowBatch, _ differing: [(row: Int, cells: CellRow, problem: RowProblem)]) -> [ImportRow] {
        guard options.wantsRows == true, !batch.refused.isEmpty || !differing.isEmpty else { return [] }
        var byRow: [Int: [RowProblem]] = [:]
        for problem in batch.problems where problem.row > 0 { byRow[problem.row, default: []].append(problem) }
        let all = batch.refused.map { ($0.row, $0.cells, byRow[$0.row] ?? []) } + differing.map { ($0.row, $0.cells, (byRow[$0.row] ?? []) + [$0.problem]) }
        return all.sorted { $0.0 < $1.0 }.map { row, cells, problems in
            ImportRow(row: row, cells: (0..<cells.count).map { cells.text($0) }, problems: problems.map(ImportReport.Problem.init))
        }
    }

    mutating func finish(_ summary: IntakeSummary, _ findings: IntakeFindings) {
        rows = summary.rows
        refused += summary.refused
        isFatal = summary.isFatal
        form.form = options.form ?? "text"
        form.sheet = options.sheet
        form.encoding = findings.encoding.rawValue
        form.delimiter = findings.delimiter.rawValue
        form.fieldSet = findings.fieldSet.rawValue
        form.headerLine = findings.headerLine
    }

    private mutating func add(_ problem: RowProblem) {
        if problem.severity == .warning { warnings += 1 }
        if problems.count < min(options.maximumProblems, ImportTally.greatestProblems) { problems.append(problem) } else { omitted += 1 }
    }

    var progress: ImportProgress {
        let counted = effective + drafts + unchanged + refused
        return ImportProgress(rows: max(rows, counted), bytes: bytes, effective: effective, drafts: drafts, unchanged: unchanged, refused: refused)
    }

    func report(milliseconds: Int) -> ImportReport {
        ImportReport(
            fileName: options.fileName, item: options.item, rows: rows, effective: effective, drafts: drafts, unchanged: unchanged,
            refused: isFatal ? max(refused, 1) : refused, warnings: warnings, problems: problems.map(ImportReport.Problem.init), problemsOmitted: omitted,
            milliseconds: milliseconds, form: form, checkOnly: options.checkOnly == true)
    }
}

extension ImportReport.Problem {
    init(_ problem: RowProblem) {
        self.init(
            row: problem.row, column: problem.column, rule: problem.rule, value: problem.value, severity: problem.severity.name,
            zh: problem.zh, en: problem.en, remedyZh: problem.remedyZh, remedyEn: problem.remedyEn)
    }
}
