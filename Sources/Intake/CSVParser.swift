import Registry

/// What is wrong with the form of a row. The row's cells are then not to be used.
package enum CSVFault: Sendable, Hashable {
    /// Something other than a delimiter or a line end after a closing quotation mark.
    case textAfterQuote
    /// The file ended inside quotation marks that began on `line`.
    case unterminatedQuote(line: Int)
    case cellTooLong
    case rowTooLong
}

/// One record of the file. Cells are bytes as written, quotation marks resolved; whether they are UTF-8 is the
/// validator's question, so that every byte is looked at once.
package struct CSVRow: Sendable {
    package fileprivate(set) var cells = CellRow()
    /// Physical line on which the row begins, from 1.
    package fileprivate(set) var line = 1
    package fileprivate(set) var fault: CSVFault?
}

/// Streaming RFC 4180: a delimiter, LF or CRLF (or CR alone, when told so), quoted cells with doubled quotes and line
/// breaks, with or without a UTF-8 byte order mark. Chunks may end anywhere. Empty lines are skipped.
///
/// Takes UTF-8. Files in other encodings pass a ``TextDecoder`` before they come here.
///
/// Lenient where spreadsheets are: a quotation mark inside an unquoted cell is text, and spaces may follow a closing
/// one. A row that is too long or malformed is handed on with its ``CSVRow/fault`` and the next row is read; an open
/// quotation mark swallows rows up to the next one, which the limit on cells makes visible.
package struct CSVParser: Sendable {
    /// Bytes of one cell.
    package static let cellLimit = 64 * 1024
    /// Bytes of one row.
    package static let rowLimit = 1024 * 1024

    private enum State: Sendable {
        case cellStart, plain, quoted, quoteSeen, closed
    }

    private var state = State.cellStart
    private var row = CSVRow()
    /// Where in the row's buffer the cell begins, and where its quoted part ends: a CR before that is text.
    private var cellStart = 0
    private var quotedEnd = 0
    private var hadQuote = false
    /// The row is too long: nothing of it is kept, but its end must be found.
    private var skipping = false
    private var line = 1
    private var quoteLine = 0
    private var preamble: [UInt8]? = []
    private let delimiter: UInt8
    /// What ends a line: LF, or CR for files of the old Macintosh.
    private let lineEnd: UInt8

    /// - Parameters:
    ///   - delimiter: an ASCII byte that is neither a quotation mark nor a line end.
    ///   - lineEnd: LF (a CR before it is left out) or CR.
    package init(delimiter: UInt8 = 0x2C, lineEnd: UInt8 = 0x0A) {
        self.delimiter = delimiter
        self.lineEnd = lineEnd
    }

    /// Reads a chunk; `deliver` is called for every row that ended in it and must not keep the row.
    /// When `deliver` throws, the parser is spent.
    package mutating func feed(_ chunk: [UInt8], _ deliver: (borrowing CSVRow) throws -> Void) rethrows {
        try feed(chunk[...], deliver)
    }

    package mutating func feed(_ chunk: ArraySlice<UInt8>, _ deliver: (borrowing CSVRow) throws -> Void) rethrows {
        var rest = chunk
        if var start = preamble {
            let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
            while start.count < 3, mark.starts(with: start), let byte = rest.popFirst() { start.append(byte) }
            if start == mark {
                preamble = nil
            } else if mark.starts(with: start) {
                preamble = start
                return
            } else {
                preamble = nil
                try scan(start[...], deliver)
            }
        }
        try scan(rest, deliver)
    }

    /// The end of the file: a last row without a line end is delivered.
    package mutating func finish(_ deliver: (borrowing CSVRow) throws -> Void) rethrows {
        if let start = preamble, !start.isEmpty {
            preamble = nil
            try scan(start[...], deliver)
        }
        if state == .quoted { row.fault = .unterminatedQuote(line: quoteLine) }
        if state != .cellStart || row.cells.count > 0 || skipping { try endRow(deliver) }
    }

    private mutating func scan(_ input: ArraySlice<UInt8>, _ deliver: (borrowing CSVRow) throws -> Void) rethrows {
        let bytes = input.span, count = bytes.count, base = input.startIndex
        let comma = delimiter, newline = lineEnd
        var pieceStart = 0  // first byte not yet copied into the row
        var i = 0
        while i < count {
            switch state {
            case .cellStart:
                if bytes[i] == 0x22 {
                    copy(input[(base + pieceStart)..<(base + i)])
                    i += 1
                    pieceStart = i
                    state = .quoted
                    hadQuote = true
                    quoteLine = line
                } else {
                    state = .plain
                }
            case .plain:
                while i < count, bytes[i] != comma, bytes[i] != newline { i += 1 }
                if i < count { try end(at: &i, &pieceStart, input, bytes[i] == comma, deliver) }
            case .quoted:
                while i < count, bytes[i] != 0x22 {
                    if bytes[i] == newline { line += 1 }
                    i += 1
                }
                if i < count {
                    copy(input[(base + pieceStart)..<(base + i)])
                    quotedEnd = row.cells.bytes.count
                    i += 1
                    pieceStart = i
                    state = .quoteSeen
                }
            case .quoteSeen:
                if bytes[i] == 0x22 {
                    // A doubled quotation mark: the second one is text and opens the next piece.
                    state = .quoted
                    i += 1
                } else {
                    state = .closed
                }
            case .closed:
                if bytes[i] == comma || bytes[i] == newline {
                    try end(at: &i, &pieceStart, input, bytes[i] == comma, deliver)
                } else if bytes[i] == 0x0D || bytes[i] == 0x20 || bytes[i] == 0x09 {
                    i += 1
                } else {
                    if row.fault == nil { row.fault = .textAfterQuote }
                    state = .plain
                }
            }
        }
        copy(input[(base + pieceStart)..<(base + count)])
    }

    /// A delimiter or a line end at `i`.
    private mutating func end(at i: inout Int, _ pieceStart: inout Int, _ input: ArraySlice<UInt8>, _ isComma: Bool,
                              _ deliver: (borrowing CSVRow) throws -> Void) rethrows {
        let base = input.startIndex
        if isComma {
            // The delimiter is copied with the piece, once per row, and lies between two cells.
            let stop = row.cells.bytes.count + i - pieceStart
            i += 1
            closeCell(at: stop, next: stop + 1)
            state = .cellStart
            return
        }
        copy(input[(base + pieceStart)..<(base + i)])
        i += 1
        pieceStart = i
        line += 1
        try endRow(deliver)
    }

    private mutating func closeCell(at stop: Int, next: Int) {
        guard !skipping else { return }
        if let fault = overflow(stop) { skip(fault); return }
        row.cells.closeCell(from: cellStart, to: stop)
        cellStart = next
        quotedEnd = next
    }

    private mutating func copy(_ piece: ArraySlice<UInt8>) {
        guard !skipping, !piece.isEmpty else { return }
        if let fault = overflow(row.cells.bytes.count + piece.count) { skip(fault); return }
        row.cells.append(contentsOf: piece)
    }

    /// Which limit a row that reaches to `stop` passes first. Asked of positions, not of chunks, so that the answer
    /// does not hang on how the file was cut.
    private func overflow(_ stop: Int) -> CSVFault? {
        let cellEnd = cellStart + CSVParser.cellLimit
        guard stop > min(cellEnd, CSVParser.rowLimit) else { return nil }
        return cellEnd <= CSVParser.rowLimit ? .cellTooLong : .rowTooLong
    }

    private mutating func skip(_ fault: CSVFault) {
        skipping = true
        if row.fault == nil { row.fault = fault }
        row.cells.clear()
        cellStart = 0
        quotedEnd = 0
    }

    private mutating func endRow(_ deliver: (borrowing CSVRow) throws -> Void) rethrows {
        if !skipping {
            if row.cells.bytes.count > max(cellStart, quotedEnd), row.cells.bytes.last == 0x0D { row.cells.dropLastByte() }
            closeCell(at: row.cells.bytes.count, next: row.cells.bytes.count)
        }
        let isEmptyLine = row.fault == nil && !hadQuote && row.cells.count == 1 && row.cells.range(0).isEmpty
        if !isEmptyLine { try deliver(row) }
        row.cells.clear()
        row.fault = nil
        row.line = line
        state = .cellStart
        cellStart = 0
        quotedEnd = 0
        hadQuote = false
        skipping = false
    }
}
