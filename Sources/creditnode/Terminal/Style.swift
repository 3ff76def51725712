import Console

/// Whether and how text is coloured. Colour only repeats what words and marks say.
struct Style: Sendable {
    enum Paint: String, Sendable { case bold = "1", dim = "2", red = "31", green = "32", yellow = "33", blue = "34" }

    var colour: Bool
    static let plain = Style(colour: false)

    func callAsFunction(_ paint: Paint, _ text: String) -> String {
        colour && !text.isEmpty ? "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m" : text
    }

    static func paint(of level: Words.State.Level) -> Paint? {
        switch level {
        case .good: .green
        case .busy: .blue
        case .idle: .dim
        case .care: .yellow
        case .bad: .red
        }
    }
}

/// A table with aligned columns; cells are cleaned, the last column is not padded.
struct TextTable {
    struct Cell: ExpressibleByStringInterpolation {
        var text: String
        var paint: Style.Paint?
        init(_ text: String, _ paint: Style.Paint? = nil) { (self.text, self.paint) = (TerminalText.clean(text), paint) }
        init(stringLiteral value: String) { self.init(value) }
    }

    let columns: [String]
    /// Columns whose cells stand at the right.
    var numeric: Set<Int> = []
    var rows: [[Cell]] = []
    var indent = ""

    func render(_ style: Style) -> [String] {
        var widths = columns.map(TerminalText.columns)
        for row in rows {
            for (index, cell) in row.enumerated() where index < widths.count { widths[index] = max(widths[index], TerminalText.columns(cell.text)) }
        }
        func line(_ cells: [Cell]) -> String {
            let last = cells.count - 1
            let parts = cells.enumerated().map { index, cell in
                let right = numeric.contains(index)
                let text = index == last && !right ? cell.text : TerminalText.padded(cell.text, to: widths[index], right: right)
                return cell.paint.map { style($0, text) } ?? text
            }
            return indent + parts.joined(separator: "  ")
        }
        return [line(columns.map { Cell($0, .dim) })] + rows.map(line)
    }
}
