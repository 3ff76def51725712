import CSheets

/// One table of an .xls workbook (Excel 97–2003) as CSV in UTF-8, through FreeXL. The library reads the whole file; it
/// and the tables' sizes are bounded by the form (65,536 rows of 256 cells) and by ``SheetLimits/xlsBytes``.
@safe package final class XLSReader {
    package let sheet: String
    private let handle: UnsafeRawPointer
    private let rows: UInt32
    private let columns: UInt16
    private var row: UInt32 = 0
    private static let pieceBytes = 256 * 1024

    /// - Parameters:
    ///   - bytes: size of the file.
    ///   - sheet: name or number from 1; nil takes the first.
    /// - Throws: ``SheetFault``
    package init(path: String, bytes: Int, sheet wanted: String? = nil, limits: SheetLimits = SheetLimits()) throws(SheetFault) {
        guard bytes <= limits.xlsBytes else { throw .tooLarge(part: "xls", limit: limits.xlsBytes) }
        var opened: UnsafeRawPointer?
        let code = unsafe freexl_open(path, &opened)
        guard code == FREEXL_OK, let handle = unsafe opened else {
            if let handle = unsafe opened { _ = unsafe freexl_close(handle) }
            throw code == FREEXL_BIFF_INVALID_SST || code != FREEXL_FILE_NOT_FOUND ? .malformed("xls \(code)") : .unreadable("xls \(code)")
        }
        unsafe self.handle = handle
        var password: UInt32 = 0, count: UInt32 = 0
        _ = unsafe freexl_get_info(handle, UInt16(FREEXL_BIFF_PASSWORD), &password)
        if password == UInt32(FREEXL_BIFF_OBFUSCATED) { _ = unsafe freexl_close(handle); throw .encrypted }
        _ = unsafe freexl_get_info(handle, UInt16(FREEXL_BIFF_SHEET_COUNT), &count)
        var names: [String] = []
        for index in 0..<min(count, 4096) {
            var name: UnsafePointer<CChar>?
            _ = unsafe freexl_get_worksheet_name(handle, UInt16(index), &name)
            names.append(unsafe name.map { unsafe String(cString: $0) } ?? "")
        }
        let index = wanted.map { wanted in names.firstIndex(of: wanted) ?? Int(wanted).map { $0 - 1 } ?? -1 } ?? 0
        guard names.indices.contains(index) else { _ = unsafe freexl_close(handle); throw .noSheet(wanted ?? "", available: names) }
        sheet = names[index]
        var rows: UInt32 = 0, columns: UInt16 = 0
        guard unsafe freexl_select_active_worksheet(handle, UInt16(index)) == FREEXL_OK,
              unsafe freexl_worksheet_dimensions(handle, &rows, &columns) == FREEXL_OK
        else { _ = unsafe freexl_close(handle); throw .malformed("xls sheet") }
        self.rows = rows
        self.columns = columns
        if Int(columns) > limits.columns { _ = unsafe freexl_close(handle); throw .tooWide(limit: limits.columns) }
    }

    deinit { _ = unsafe freexl_close(handle) }

    /// The next bytes of CSV; nil at the end.
    package func next() -> [UInt8]? {
        guard row < rows else { return nil }
        var out: [UInt8] = []
        while row < rows, out.count < XLSReader.pieceBytes {
            for column in 0..<columns {
                if column > 0 { out.append(0x2C) }
                CSVLine.append(text(row, column).utf8, to: &out)
            }
            out.append(0x0A)
            row += 1
        }
        return out
    }

    private func text(_ row: UInt32, _ column: UInt16) -> String {
        var type: UInt8 = 0, whole: Int32 = 0, number = 0.0
        var words: UnsafePointer<CChar>?
        guard unsafe creditnode_xls_cell(handle, row, column, &type, &whole, &number, &words) == FREEXL_OK else { return "" }
        switch Int32(type) {
        case FREEXL_CELL_INT: return String(whole)
        case FREEXL_CELL_DOUBLE: return SheetText.number(number)
        case FREEXL_CELL_TEXT, FREEXL_CELL_SST_TEXT, FREEXL_CELL_DATE, FREEXL_CELL_DATETIME, FREEXL_CELL_TIME:
            return unsafe words.map { unsafe String(cString: $0) } ?? ""
        default: return ""
        }
    }
}
