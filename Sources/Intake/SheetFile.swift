/// What kind of file it is, by its first bytes.
package enum FileForm: String, Sendable, Hashable {
    case text
    case xlsx
    case xls

    /// A name says nothing: files called .xls hold HTML, text or .xlsx as often as not.
    package init(_ head: some Collection<UInt8>) {
        if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) || head.starts(with: [0x50, 0x4B, 0x05, 0x06]) { self = .xlsx }
        else if head.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) { self = .xls }
        else { self = .text }
    }

    /// Bytes that tell.
    package static let headBytes = 8
}

/// A spreadsheet as CSV in UTF-8. Belongs into the process of the person who imports, never into a node that serves:
/// see docs/decisions/0015-spreadsheets-are-read-by-the-command.md.
package enum SheetReader {
    case xlsx(XLSXReader)
    case xls(XLSReader)

    /// - Parameter sheet: name or number from 1; nil takes the first visible one.
    /// - Throws: ``SheetFault``
    package init(path: String, form: FileForm, bytes: Int, sheet: String?, limits: SheetLimits = SheetLimits()) throws(SheetFault) {
        switch form {
        case .xlsx: self = .xlsx(try XLSXReader(path: path, sheet: sheet, limits: limits))
        case .xls: self = .xls(try XLSReader(path: path, bytes: bytes, sheet: sheet, limits: limits))
        case .text: throw .malformed("no spreadsheet")
        }
    }

    package var sheet: String {
        switch self {
        case .xlsx(let reader): reader.sheet
        case .xls(let reader): reader.sheet
        }
    }

    /// The next bytes; nil at the end.
    package func next() throws(SheetFault) -> [UInt8]? {
        switch self {
        case .xlsx(let reader): try reader.next()
        case .xls(let reader): reader.next()
        }
    }
}
