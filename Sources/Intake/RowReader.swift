import Registry

/// Rows of a file that were judged together.
package struct RowBatch: Sendable {
    /// `row` counts data rows from 1, `line` physical lines from 1.
    package var records: [(row: Int, line: Int, record: ValidRecord)] = []
    package var problems: [RowProblem] = []

    package init() {}
    package var isEmpty: Bool { records.isEmpty && problems.isEmpty }
}

/// What became of a file.
package struct IntakeSummary: Sendable, Hashable {
    /// Data rows met, blank ones not counted; `accepted + refused`.
    package var rows = 0
    package var accepted = 0
    package var refused = 0
    /// The header could not be used, so no row was read.
    package var isFatal = false

    package init() {}
}

/// A file of one catalogue item, from UTF-8 bytes to records and problems: parser, header and validator in line.
///
/// Memory is bounded by one row and one batch, whatever the size of the file.
package struct RowReader: Sendable {
    private var parser = CSVParser()
    private var sink: RowSink?

    /// - Parameters:
    ///   - batchSize: rows delivered together, 1…; what a transaction holds.
    ///   - today, unit: see ``RecordValidator``.
    package init(item: CatalogueItem, today: CivilDate, unit: CreditCode?, batchSize: Int = 500) {
        sink = RowSink(item: item, today: today, unit: unit, batchSize: max(1, batchSize))
    }

    /// Reads a chunk, cut anywhere. When `deliver` throws, the reader is spent.
    package mutating func feed(_ bytes: [UInt8], _ deliver: (RowBatch) throws -> Void) rethrows { try feed(bytes[...], deliver) }

    package mutating func feed(_ bytes: ArraySlice<UInt8>, _ deliver: (RowBatch) throws -> Void) rethrows {
        // Taken out for the call: the closure may not reach into `self` while the parser changes.
        guard var sink = sink.take() else { return }
        try parser.feed(bytes) { row in
            sink.take(row)
            if let batch = sink.full() { try deliver(batch) }
        }
        self.sink = sink
    }

    /// The end of the file. What is fed afterwards is ignored.
    package mutating func finish(_ deliver: (RowBatch) throws -> Void) rethrows -> IntakeSummary {
        guard var sink = sink.take() else { return IntakeSummary() }
        parser.finish { row in sink.take(row) }
        sink.noteEmptyFile()
        let batch = sink.drain()
        if !batch.isEmpty { try deliver(batch) }
        return sink.summary
    }
}

/// The part of a reader behind the parser.
private struct RowSink: Sendable {
    private enum Phase: Sendable {
        case header
        case rows(RecordValidator)
        case fatal
    }

    private let item: CatalogueItem
    private let today: CivilDate
    private let unit: CreditCode?
    private let batchSize: Int
    private var phase = Phase.header
    private var batch = RowBatch()
    private var inBatch = 0
    private(set) var summary = IntakeSummary()

    init(item: CatalogueItem, today: CivilDate, unit: CreditCode?, batchSize: Int) {
        self.item = item
        self.today = today
        self.unit = unit
        self.batchSize = batchSize
    }

    mutating func take(_ row: borrowing CSVRow) {
        switch phase {
        case .fatal:
            return
        case .header:
            if row.fault == nil, RowSink.isBlank(row.cells) { return }
            readHeader(row)
        case .rows(let validator):
            if row.fault == nil, RowSink.isBlank(row.cells) { return }
            summary.rows += 1
            inBatch += 1
            if let fault = row.fault {
                batch.problems.append(fault.problem(row: summary.rows, line: row.line))
                summary.refused += 1
                return
            }
            let (record, problems) = validator.validate(row: summary.rows, line: row.line, cells: row.cells)
            if !problems.isEmpty { batch.problems += problems }
            if let record {
                batch.records.append((summary.rows, row.line, record))
                summary.accepted += 1
            } else {
                summary.refused += 1
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
        let map = HeaderMap.resolve(row.cells, item: item)
        batch.problems += map.problems.map { var problem = $0; problem.line = row.line; return problem }
        if map.isFatal { fail() } else {
            phase = .rows(RecordValidator(item: item, columns: map.columns, today: today, unit: unit))
        }
    }

    private mutating func fail() {
        phase = .fatal
        summary.isFatal = true
    }

    mutating func noteEmptyFile() {
        guard case .header = phase else { return }
        batch.problems.append(RowProblem(row: 0, line: 0, column: "", rule: .headerNone))
        fail()
    }

    mutating func full() -> RowBatch? { inBatch >= batchSize ? drain() : nil }

    mutating func drain() -> RowBatch {
        var out = RowBatch()
        swap(&out, &batch)
        inBatch = 0
        return out
    }

    /// Spreadsheets leave rows of commas at the bottom.
    private static func isBlank(_ cells: borrowing CellRow) -> Bool {
        for index in 0..<cells.count where !cells.isBlank(index) { return false }
        return true
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
