/// Writes YAML that ``YAMLSheet`` reads back: own writer, because people should find comments and one row a line.
struct YAMLText {
    private(set) var text = ""

    mutating func comment(_ line: String) { text += line.isEmpty ? "#\n" : "# \(YAMLText.remark(line))\n" }

    /// What cannot end a comment: no breaks of line, no control characters.
    static func remark(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { mustEscape($0) ? " " : $0 }))
    }

    private static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value) || (0x2028...0x2029).contains(scalar.value) || scalar.value == 0xFEFF
    }
    mutating func blank() { text += "\n" }

    mutating func line(_ indent: Int, _ content: String) { text += String(repeating: "  ", count: indent) + content + "\n" }

    /// Left out when empty.
    mutating func pair(_ indent: Int, _ key: String, _ value: String?) {
        if let value, !value.isEmpty { line(indent, "\(key): \(YAMLText.scalar(value))") }
    }

    mutating func list(_ indent: Int, _ key: String, _ values: [String]) {
        if !values.isEmpty { line(indent, "\(key): \(YAMLText.list(values))") }
    }

    static func list(_ values: [String]) -> String { "[" + values.map(scalar).joined(separator: ", ") + "]" }

    /// `{a: 1, b: "二"}`; empty values left out.
    static func table(_ pairs: [(String, String?)]) -> String {
        "{" + pairs.compactMap { key, value in value.flatMap { $0.isEmpty ? nil : "\(key): \(scalar($0))" } }.joined(separator: ", ") + "}"
    }

    /// With ready YAML as values.
    static func rawTable(_ pairs: [(String, String?)]) -> String {
        "{" + pairs.compactMap { key, value in value.map { "\(key): \($0)" } }.joined(separator: ", ") + "}"
    }

    /// Plain for words and numbers, in quotation marks for everything else.
    static func scalar(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { byte in
            (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        } && value.utf8.first != UInt8(ascii: "-") && value != "null"
        if isPlain { return value }
        var out = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            default:
                if mustEscape(scalar) {
                    let hex = String(scalar.value, radix: 16)
                    out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        return out + "\""
    }
}
