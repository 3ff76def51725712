import Registry

/// The file of refused rows, in the form it was refused in: mend it in a spreadsheet and import it again as it is.
///
/// The original columns come first, then columns of our own, which an import passes over. CSV, UTF-8 with a byte order
/// mark (Excel asks for it), CRLF. Spreadsheets would run some cells as formulas and round or shorten others; those
/// carry an apostrophe in front, which an import of such a file takes off again.
package enum ProblemFile {
    /// Behind the original columns: data row, fields, rules, messages, remedies.
    package static let ownHeadings = ["问题_行号", "问题_字段", "问题_规则", "问题_说明", "问题_说明_英文", "问题_办法", "问题_办法_英文"]

    /// Whether a heading is one of ours.
    package static func isOwn(_ heading: String) -> Bool {
        guard heading.utf8.first == 0xE9 else { return false }
        return ownHeadings.contains(heading)
    }

    /// What stands in front of everything.
    package static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    package static func header(_ headings: [String]) -> [UInt8] {
        line(headings.filter { !isOwn($0) } + ownHeadings)
    }

    /// One refused row.
    /// - Parameters:
    ///   - headings: those of the file; own columns of an earlier round are left out.
    ///   - cells: as they came, fewer or more than the headings.
    ///   - problems: at least one.
    package static func row(_ row: Int, headings: [String], cells: [String], problems: [ProblemWords]) -> [UInt8] {
        var out: [String] = []
        for (index, heading) in headings.enumerated() where !isOwn(heading) {
            out.append(index < cells.count ? protected(cells[index]) : "")
        }
        func each(_ text: (ProblemWords) -> String) -> String {
            let texts = problems.map(text)
            // One line for each problem; all empty is empty.
            return texts.allSatisfy(\.isEmpty) ? "" : texts.joined(separator: "\n")
        }
        out.append(String(row))
        out += [each(\.column), each(\.rule), each(\.zh), each(\.en), each(\.remedyZh), each(\.remedyEn)].map(protected)
        return line(out)
    }

    /// `cell` as a spreadsheet will leave it alone.
    static func protected(_ cell: String) -> String { needsApostrophe(cell.utf8) ? "'" + cell : cell }

    /// Takes one apostrophe off where ``protected(_:)`` puts one.
    static func unprotected(_ cell: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard cell.first == UInt8(ascii: "'"), needsApostrophe(cell.dropFirst()) else { return cell }
        return cell.dropFirst()
    }

    /// Formulas (`=`, `+`, `-`, `@`, TAB and CR begin them), numbers longer than a spreadsheet keeps, numbers with zeros in
    /// front; and what is an apostrophe before one of these already.
    private static func needsApostrophe(_ cell: some Collection<UInt8>) -> Bool {
        let rest = cell.drop { $0 == UInt8(ascii: "'") }
        guard let first = rest.first else { return false }
        switch first {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: return true
        case 0x30...0x39:
            guard rest.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return false }
            return rest.count >= 12 || (first == 0x30 && rest.count > 1)
        case 0xEF:
            // Full-width ＝＋－＠ begin formulas in Chinese Excel.
            let wide = Array(rest.prefix(3))
            return wide.count == 3 && wide[1] == 0xBC && [0x9D, 0x8B, 0x8D, 0xA0].contains(wide[2])
        default: return false
        }
    }

    private static func line(_ cells: [String]) -> [UInt8] { CSVLine.bytes(cells) }
}

/// What is said of a problem in both languages.
package struct ProblemWords: Sendable, Hashable {
    package var column: String
    package var rule: String
    package var zh: String
    package var en: String
    package var remedyZh: String
    package var remedyEn: String

    package init(column: String, rule: String, zh: String, en: String, remedyZh: String, remedyEn: String) {
        self.column = column
        self.rule = rule
        self.zh = zh
        self.en = en
        self.remedyZh = remedyZh
        self.remedyEn = remedyEn
    }
}

/// Writing CSV: RFC 4180, commas, CRLF.
package enum CSVLine {
    package static func bytes(_ cells: [String]) -> [UInt8] {
        var out: [UInt8] = []
        for (index, cell) in cells.enumerated() {
            if index > 0 { out.append(0x2C) }
            append(cell.utf8, to: &out)
        }
        out += [0x0D, 0x0A]
        return out
    }

    /// The cell, in quotation marks where it needs them.
    static func append(_ cell: some Collection<UInt8>, to out: inout [UInt8]) {
        let needs = cell.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D } || cell.first == 0x20 || cell.first == 0x09
        guard needs else { out.append(contentsOf: cell); return }
        out.append(0x22)
        for byte in cell {
            if byte == 0x22 { out.append(0x22) }
            out.append(byte)
        }
        out.append(0x22)
    }
}
