import Registry

/// What stands between the cells of a text file.
package enum Delimiter: String, Sendable, Hashable, CaseIterable {
    case comma
    case tab
    case semicolon

    /// `comma`, `,`, `tab`, `\t`, `semicolon`, `;`.
    package init?(name: String) {
        switch name.lowercased() {
        case "comma", ",", "逗号": self = .comma
        case "tab", "\t", "\\t", "制表符": self = .tab
        case "semicolon", ";", "分号": self = .semicolon
        default: return nil
        }
    }

    package var byte: UInt8 {
        switch self {
        case .comma: 0x2C
        case .tab: 0x09
        case .semicolon: 0x3B
        }
    }
}

/// What the beginning of a file shows: its delimiter, and which row holds the headings. Offices put titles above them.
struct FileOpening: Sendable, Hashable {
    /// Rows among which the headings are looked for; empty ones do not count.
    static let rows = 10

    var delimiter = Delimiter.comma
    var lineEnd: UInt8 = 0x0A
    /// Rows that are not empty, above the headings; nil when no row holds a heading.
    var titles: Int?

    /// Reads the beginning with every delimiter that is allowed and takes the row with most known headings, or the first
    /// that holds nothing else; the comma and the upper row win when equal.
    init(_ beginning: ArraySlice<UInt8>, item: CatalogueItem, delimiter named: Delimiter?) {
        delimiter = named ?? .comma
        if !beginning.contains(0x0A), beginning.contains(0x0D) { lineEnd = 0x0D }
        let names = HeadingNames.of(item), legacy = LegacyTable.columns(item)
        var best = 0, isSettled = false
        for candidate in named.map({ [$0] }) ?? Delimiter.allCases where !isSettled {
            var parser = CSVParser(delimiter: candidate.byte, lineEnd: lineEnd), seen = 0
            func judge(_ row: borrowing CSVRow) throws(Enough) {
                if row.fault == nil, row.cells.isBlank { return }
                defer { seen += 1 }
                if seen >= FileOpening.rows { throw Enough() }
                // A row with thousands of cells is no row of headings; the rest of a long one adds nothing.
                var known = 0
                for index in 0..<min(row.cells.count, 512) {
                    let heading = row.cells.range(index).count > 200 ? "" : row.cells.text(index)
                    if names.slot(heading) != nil || legacy.place(heading) != nil { known += 1 }
                }
                if known > best {
                    best = known
                    delimiter = candidate
                    titles = seen
                }
                // Nothing but headings: no other row and no other delimiter can do better. Most files end here.
                if known >= 2, known == row.cells.count {
                    isSettled = true
                    throw Enough()
                }
            }
            do {
                try parser.feed(beginning) { row throws(Enough) in try judge(row) }
                try parser.finish { row throws(Enough) in try judge(row) }
            } catch {
                continue
            }
        }
    }

    private struct Enough: Error {}
}

extension CellRow {
    /// Spreadsheets leave rows of empty cells.
    var isBlank: Bool {
        for index in 0..<count where !isBlank(index) { return false }
        return true
    }
}
