/// A worksheet's part (ECMA-376 part 1, 18.3.1) → rows of CSV. Formulas give the value they had when the file was saved.
final class TablePart: XMLListener {
    private enum Kind { case number, shared, text, bool, error, date }

    /// Rows that settle how wide the table is.
    private static let rowsForWidth = 10
    /// Bytes after which a pause is asked for.
    private static let outputBytes = 512 * 1024

    private let shared: SharedStrings
    private let styles: StylesPart
    private let epoch: SheetText.Epoch
    private let limits: SheetLimits
    var pause: () -> Void = {}
    private(set) var fault: SheetFault?

    private var output: [UInt8] = []
    private var row: [[UInt8]] = []
    private var rowBytes = 0
    private var width = 0
    private var rows = 0
    private var cells = 0
    /// Of the cell that is read.
    private var column = 0
    private var kind = Kind.number
    private var style = 0
    private var value: [UInt8] = []
    private var takesText = false
    private var inGuide = false

    init(shared: SharedStrings, styles: StylesPart, epoch: SheetText.Epoch, limits: SheetLimits) {
        self.shared = shared
        self.styles = styles
        self.epoch = epoch
        self.limits = limits
    }

    /// What has gathered.
    func take() -> [UInt8] {
        var out: [UInt8] = []
        swap(&out, &output)
        return out
    }

    func begin(_ name: String, _ attribute: (String) -> String?) {
        guard fault == nil else { return }
        switch name {
        case "row":
            row.removeAll(keepingCapacity: true)
            rowBytes = 0
            column = 0
        case "c":
            cells += 1
            if cells > limits.cells { fault = .tooManyCells(limit: limits.cells) }
            if let reference = attribute("r"), let place = TablePart.column(reference) { column = place } else { column += 1 }
            kind =
                switch attribute("t") ?? "n" {
                case "s": .shared
                case "str", "inlineStr": .text
                case "b": .bool
                case "e": .error
                case "d": .date
                default: .number
                }
            style = attribute("s").flatMap(Int.init) ?? 0
            value.removeAll(keepingCapacity: true)
        case "v": takesText = true
        case "t": takesText = !inGuide
        case "rPh": inGuide = true
        default: return
        }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        // One byte above the limit is enough for the row to be reported.
        guard takesText, value.count <= CSVParser.cellLimit else { return }
        unsafe value.append(contentsOf: bytes)
    }

    func end(_ name: String) {
        guard fault == nil else { return }
        switch name {
        case "v", "t": takesText = false
        case "rPh": inGuide = false
        case "c": endCell()
        case "row": endRow()
        default: return
        }
    }

    private func endCell() {
        let text = written()
        guard !text.isEmpty else { return }
        guard column <= limits.columns, column > 0 else { fault = .tooWide(limit: limits.columns); return }
        rowBytes += text.count
        // The row is over the limit of rows already: it will be reported, so the rest may go.
        if rowBytes > CSVParser.rowLimit + CSVParser.cellLimit { return }
        while row.count < column { row.append([]) }
        row[column - 1] = text
    }

    private func written() -> [UInt8] {
        switch kind {
        case .shared:
            guard let index = Int(String(decoding: value, as: UTF8.self)), let text = shared.text(at: index) else { return [] }
            return TablePart.unescaped(Array(text))
        case .text: return TablePart.unescaped(value)
        case .error, .date: return value
        case .bool: return Array((value == [UInt8(ascii: "1")] ? "TRUE" : "FALSE").utf8)
        case .number:
            let text = String(decoding: value, as: UTF8.self)
            guard !value.isEmpty, let number = Double(text) else { return value }
            if styles.isDate.indices.contains(style), styles.isDate[style], let day = SheetText.date(number, epoch) { return Array(day.utf8) }
            return Array(SheetText.number(number).utf8)
        }
    }

    private func endRow() {
        rows += 1
        if rows <= TablePart.rowsForWidth { width = max(width, row.count) }
        for index in 0..<max(width, row.count) {
            if index > 0 { output.append(0x2C) }
            if index < row.count { CSVLine.append(row[index], to: &output) }
        }
        output.append(0x0A)
        if output.count >= TablePart.outputBytes { pause() }
    }

    /// `AB12` → 28; nil when there are no letters.
    static func column(_ reference: String) -> Int? {
        var number = 0
        for byte in reference.utf8 {
            guard byte >= 0x41, byte <= 0x5A else { break }
            number = number * 26 + Int(byte) - 0x40
            if number > 1 << 20 { return number }
        }
        return number > 0 ? number : nil
    }

    /// `_x000D_` stands for a character XML cannot hold (18.4.12… ST_Xstring).
    static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 7, bytes.contains(0x5F) else { return bytes }
        var out: [UInt8] = [], i = 0
        while i < bytes.count {
            if bytes[i] == 0x5F, i + 6 < bytes.count, bytes[i + 1] == UInt8(ascii: "x"), bytes[i + 6] == 0x5F,
               let code = UInt32(String(decoding: bytes[(i + 2)..<(i + 6)], as: UTF8.self), radix: 16), let scalar = Unicode.Scalar(code) {
                out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                i += 7
            } else {
                out.append(bytes[i])
                i += 1
            }
        }
        return out
    }
}
