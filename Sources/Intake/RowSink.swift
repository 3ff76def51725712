import Registry

/// The part of a reader behind the parser: headings, then rows.
struct RowSink: Sendable {
    private enum Phase: Sendable {
        case header
        case rows(RecordValidator, Recast?)
        case fatal
    }

    /// Cells that a batch holds at most before it is delivered.
    private static let batchBytes = 4 << 20

    private let item: CatalogueItem
    private let today: CivilDate
    private let unit: CreditCode?
    private let options: IntakeOptions
    private var phase = Phase.header
    /// Rows above the headings still to come.
    private var titles = 0
    private var batch = RowBatch()
    private var inBatch = 0
    private var bytesInBatch = 0
    private var repeated: [Repeated] = []
    private(set) var summary = IntakeSummary()
    private(set) var findings = IntakeFindings()

    /// What is said once per file, with a count.
    private struct Repeated: Sendable {
        let first: RowProblem
        var rows = 1
    }

    init(item: CatalogueItem, today: CivilDate, unit: CreditCode?, options: IntakeOptions) {
        self.item = item
        self.today = today
        self.unit = unit
        self.options = options
    }

    mutating func open(_ opening: FileOpening) {
        titles = opening.titles ?? 0
        findings.delimiter = opening.delimiter
    }

    mutating func take(_ row: borrowing CSVRow) {
        if case .fatal = phase { return }
        if row.fault == nil, row.cells.isBlank { return }
        switch phase {
        case .fatal:
            return
        case .header:
            if titles > 0 { titles -= 1; return }
            readHeader(row)
        case .rows(let validator, let recast):
            summary.rows += 1
            inBatch += 1
            bytesInBatch += row.cells.bytes.count
            if let fault = row.fault {
                batch.problems.append(fault.problem(row: summary.rows, line: row.line))
                refuse(row.cells)
                return
            }
            if let recast { judge(row, validator, recast) } else { judge(row, validator) }
        }
    }

    private mutating func judge(_ row: borrowing CSVRow, _ validator: RecordValidator) {
        let (record, problems) = validator.validate(row: summary.rows, line: row.line, cells: row.cells)
        if !problems.isEmpty { report(problems) }
        if let record { accept(record, row.line, row.cells) } else { refuse(row.cells) }
    }

    private mutating func judge(_ row: borrowing CSVRow, _ validator: RecordValidator, _ recast: Recast) {
        guard let cells = recast.apply(row.cells) else {
            let few = row.cells.count < recast.width
            batch.problems.append(RowProblem(
                row: summary.rows, line: row.line, column: "", rule: few ? .cellsFew : .cellsMany,
                detail: ("应有\(recast.width)列，实有\(row.cells.count)列", "\(recast.width) expected, \(row.cells.count) found")))
            refuse(row.cells)
            return
        }
        let refusals = recast.refusals(row.cells, row: summary.rows, line: row.line)
        let (record, problems) = validator.validate(row: summary.rows, line: row.line, cells: cells)
        report(refusals + problems.map(recast.named))
        if let record, refusals.isEmpty { accept(record, row.line, row.cells) } else { refuse(row.cells) }
    }

    private mutating func accept(_ record: ValidRecord, _ line: Int, _ cells: borrowing CellRow) {
        batch.records.append((summary.rows, line, record))
        if options.keepsCells { batch.kept.append(cells) }
        summary.accepted += 1
    }

    private mutating func refuse(_ cells: borrowing CellRow) {
        summary.refused += 1
        if options.keepsCells { batch.refused.append((summary.rows, copy cells)) }
    }

    /// Notes that come with every row of some files are counted and told at the end.
    private mutating func report(_ problems: [RowProblem]) {
        for problem in problems {
            guard problem.rowRule == .doNotCollect || problem.rowRule == .otherUnit else { batch.problems.append(problem); continue }
            if let index = repeated.firstIndex(where: { $0.first.rowRule == problem.rowRule && $0.first.column == problem.column }) {
                repeated[index].rows += 1
            } else {
                repeated.append(Repeated(first: problem))
            }
        }
    }

    private mutating func readHeader(_ row: borrowing CSVRow) {
        if let fault = row.fault {
            batch.problems.append(fault.problem(row: 0, line: row.line))
            fail()
            return
        }
        for index in 0..<row.cells.count where String(validating: row.cells.bytes[row.cells.range(index)], as: UTF8.self) == nil {
            batch.problems.append(RowProblem(row: 0, line: row.line, column: "", rule: .encoding))
            fail()
            return
        }
        let headings = (0..<row.cells.count).map { row.cells.text($0) }
        let header = FileHeader(headings, item: item, supplied: options.supplied)
        batch.problems += header.problems.map { var problem = $0; problem.line = row.line; return problem }
        findings.headings = headings
        findings.headerLine = row.line
        findings.fieldSet = header.set
        if header.isFatal { fail() } else {
            phase = .rows(RecordValidator(item: item, columns: header.columns, today: today, unit: unit), header.recast)
        }
    }

    private mutating func fail() {
        phase = .fatal
        summary.isFatal = true
    }

    /// The end of the file.
    mutating func end() {
        for one in repeated {
            var detail = ("共\(one.rows)行，首见于第\(one.first.row)行", "\(one.rows) rows, first in row \(one.first.row)")
            if !one.first.detailZh.isEmpty { detail = (one.first.detailZh + "；" + detail.0, one.first.detailEn + "; " + detail.1) }
            batch.problems.append(RowProblem(
                row: 0, line: findings.headerLine, column: one.first.column, rule: one.first.rowRule, value: one.first.value, detail: detail))
        }
        repeated = []
        guard case .header = phase else { return }
        batch.problems.append(RowProblem(row: 0, line: 0, column: "", rule: .headerNone))
        fail()
    }

    mutating func full() -> RowBatch? { inBatch >= max(1, options.batchSize) || bytesInBatch >= RowSink.batchBytes ? drain() : nil }

    mutating func drain() -> RowBatch {
        var out = RowBatch()
        swap(&out, &batch)
        inBatch = 0
        bytesInBatch = 0
        return out
    }
}

extension CSVFault {
    fileprivate func problem(row: Int, line: Int) -> RowProblem {
        switch self {
        case .textAfterQuote: RowProblem(row: row, line: line, column: "", rule: .quote)
        case .unterminatedQuote(let began):
            RowProblem(row: row, line: line, column: "", rule: .quoteOpen,
                       detail: ("引号始于文件第\(began)行", "it opens on line \(began)"))
        case .cellTooLong:
            RowProblem(row: row, line: line, column: "", rule: .cellSize,
                       detail: ("单元格最多\(CSVParser.cellLimit)字节", "at most \(CSVParser.cellLimit) bytes"))
        case .rowTooLong:
            RowProblem(row: row, line: line, column: "", rule: .rowSize,
                       detail: ("每行最多\(CSVParser.rowLimit)字节", "at most \(CSVParser.rowLimit) bytes"))
        }
    }
}
