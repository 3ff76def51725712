import Registry

/// How a file is to be read; nil is found out.
package struct IntakeOptions: Sendable {
    package var encoding: TextEncoding?
    package var delimiter: Delimiter?
    package var supplied: [SuppliedValue] = []
    /// Hand on the cells of rows, for a file of problems.
    package var keepsCells = false
    /// Rows delivered together, 1…; what a transaction holds.
    package var batchSize = 500

    package init() {}
}

/// Rows of a file that were judged together.
package struct RowBatch: Sendable {
    /// `row` counts data rows from 1, `line` physical lines from 1.
    package var records: [(row: Int, line: Int, record: ValidRecord)] = []
    package var problems: [RowProblem] = []
    /// Cells of each of ``records``, as read; empty unless ``IntakeOptions/keepsCells``.
    package var kept = CellRows()
    /// Rows with an error and their cells, ascending; empty unless ``IntakeOptions/keepsCells``.
    package var refused: [(row: Int, cells: CellRow)] = []

    package init() {}
    package var isEmpty: Bool { records.isEmpty && problems.isEmpty }
}

/// How a file turned out to be written.
package struct IntakeFindings: Sendable, Hashable {
    package var encoding: TextEncoding = .utf8
    package var delimiter: Delimiter = .comma
    package var fieldSet: FieldSet = .of2018
    /// Physical line of the headings; 0 when there are none.
    package var headerLine = 0
    package var headings: [String] = []

    package init() {}
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

/// A file of one catalogue item, from bytes to records and problems: decoder, parser, header and validator in line.
///
/// Memory is bounded by what is looked at to settle the form (64 KiB of the encoding, 64 KiB of the headings), one row
/// and one batch, whatever the size of the file. A batch ends at its rows or at 4 MiB of cells.
package struct RowReader: Sendable {
    private var decoder: TextDecoder
    private var form: FormReader
    /// Sound once rows or problems were delivered.
    package var findings: IntakeFindings {
        var findings = form.findings
        findings.encoding = decoder.encoding ?? .utf8
        return findings
    }

    /// - Parameters:
    ///   - batchSize: rows delivered together, 1…; what a transaction holds.
    ///   - today, unit: see ``RecordValidator``.
    package init(item: CatalogueItem, today: CivilDate, unit: CreditCode?, batchSize: Int = 500) {
        var options = IntakeOptions()
        options.batchSize = batchSize
        self.init(item: item, today: today, unit: unit, options: options)
    }

    package init(item: CatalogueItem, today: CivilDate, unit: CreditCode?, options: IntakeOptions) {
        decoder = TextDecoder(options.encoding)
        form = FormReader(item: item, today: today, unit: unit, options: options)
    }

    /// Reads a chunk, cut anywhere. When `deliver` throws, the reader is spent.
    package mutating func feed(_ bytes: [UInt8], _ deliver: (RowBatch) throws -> Void) rethrows { try feed(bytes[...], deliver) }

    package mutating func feed(_ bytes: ArraySlice<UInt8>, _ deliver: (RowBatch) throws -> Void) rethrows {
        // Taken out for the call: the closure may not reach into `self` while the decoder changes.
        var form = form
        self.form.release()
        try decoder.feed(bytes) { try form.feed($0, deliver) }
        self.form = form
    }

    /// Delivers the rows read so far without waiting for a full batch: for a file whose sender pauses.
    package mutating func flush(_ deliver: (RowBatch) throws -> Void) rethrows {
        let batch = form.flush()
        if !batch.isEmpty { try deliver(batch) }
    }

    /// The end of the file. What is fed afterwards is ignored.
    package mutating func finish(_ deliver: (RowBatch) throws -> Void) rethrows -> IntakeSummary {
        var form = form
        self.form.release()
        try decoder.finish { try form.feed($0, deliver) }
        let summary = try form.finish(deliver)
        self.form = form
        return summary
    }
}

/// The part of a reader behind the decoder: settles delimiter and headings, then parses.
private struct FormReader: Sendable {
    /// Bytes of UTF-8 looked at for them.
    private static let window = 64 * 1024

    private let item: CatalogueItem
    private let named: Delimiter?
    /// What came before the form was settled.
    private var beginning: [UInt8]? = []
    private var parser = CSVParser()
    private var sink: RowSink?
    private(set) var findings = IntakeFindings()

    init(item: CatalogueItem, today: CivilDate, unit: CreditCode?, options: IntakeOptions) {
        self.item = item
        named = options.delimiter
        sink = RowSink(item: item, today: today, unit: unit, options: options)
    }

    /// Gives up the buffers, so that a copy taken out is their only owner.
    mutating func release() {
        beginning = nil
        parser = CSVParser()
        sink = nil
    }

    mutating func feed(_ text: ArraySlice<UInt8>, _ deliver: (RowBatch) throws -> Void) rethrows {
        if var start = beginning.take() {
            start.append(contentsOf: text)
            if start.count < FormReader.window { beginning = start } else { try open(start[...], deliver) }
            return
        }
        try read(text, deliver)
    }

    mutating func finish(_ deliver: (RowBatch) throws -> Void) rethrows -> IntakeSummary {
        if let start = beginning.take() { try open(start[...], deliver) }
        guard var sink = sink.take() else { return IntakeSummary() }
        try parser.finish { row in
            sink.take(row)
            if let batch = sink.full() { try deliver(batch) }
        }
        sink.end()
        findings = sink.findings
        let batch = sink.drain()
        if !batch.isEmpty { try deliver(batch) }
        return sink.summary
    }

    mutating func flush() -> RowBatch { sink?.drain() ?? RowBatch() }

    private mutating func open(_ text: ArraySlice<UInt8>, _ deliver: (RowBatch) throws -> Void) rethrows {
        let opening = FileOpening(text, item: item, delimiter: named)
        parser = CSVParser(delimiter: opening.delimiter.byte, lineEnd: opening.lineEnd)
        findings.delimiter = opening.delimiter
        sink?.open(opening)
        try read(text, deliver)
    }

    private mutating func read(_ text: ArraySlice<UInt8>, _ deliver: (RowBatch) throws -> Void) rethrows {
        // The closure may not reach into `self` while the parser changes.
        guard var sink = sink.take() else { return }
        try parser.feed(text) { row in
            sink.take(row)
            if let batch = sink.full() { try deliver(batch) }
        }
        findings = sink.findings
        self.sink = sink
    }
}
