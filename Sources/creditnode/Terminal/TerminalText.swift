/// Text as a terminal shows it: how many columns it takes, and nothing in it that steers the terminal.
enum TerminalText {
    /// Columns on a terminal: ideographs, kana, hangul, full-width forms and emoji take two, combining marks none.
    static func columns(_ text: String) -> Int {
        text.reduce(0) { $0 + columns($1) }
    }

    static func columns(_ character: Character) -> Int {
        var widest = 0
        for scalar in character.unicodeScalars {
            if isWide(scalar.value) { return 2 }
            if !isZeroWidth(scalar) { widest = 1 }
        }
        return widest
    }

    /// Data from files and peers without control characters, escape sequences and turned directions.
    static func clean(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHarmful) else { return text }
        var out = ""
        for scalar in text.unicodeScalars {
            out.unicodeScalars.append(isHarmful(scalar) ? (scalar == "\n" || scalar == "\t" ? " " : "\u{FFFD}") : scalar)
        }
        return out
    }

    /// At most so many columns, the rest replaced by an ellipsis.
    static func shorten(_ text: String, to limit: Int) -> String {
        guard columns(text) > limit else { return text }
        var out = "", used = 0
        for character in text {
            let next = columns(character)
            if used + next > limit - 1 { break }
            out.append(character)
            used += next
        }
        return out + "…"
    }

    static func padded(_ text: String, to width: Int, right: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - columns(text)))
        return right ? space + text : text + space
    }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func isZeroWidth(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: true
        default: false
        }
    }

    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xAC00...0xD7A3,
             0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
