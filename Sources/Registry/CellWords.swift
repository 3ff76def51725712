extension RowWork {
    /// - Returns: nil when the bytes are not UTF-8.
    static func string(_ cell: Span<UInt8>) -> String? {
        guard let utf8 = try? UTF8Span(validating: cell) else { return nil }
        return String(copying: utf8)
    }

    /// For messages, from bytes that are UTF-8.
    static func text(_ cell: Span<UInt8>) -> String { string(cell) ?? "" }

    static func isUTF8(_ cell: Span<UInt8>) -> Bool { (try? UTF8Span(validating: cell)) != nil }

    static func isBlank(_ cell: Span<UInt8>) -> Bool {
        var i = 0
        while i < cell.count {
            switch Normalisation.Character.at(i, in: cell) {
            case .space(let length), .lineBreak(let length): i += length
            case .plain, .narrow, .typographic, .invisible: return false
            }
        }
        return true
    }

    static func holdsNUL(_ cell: Span<UInt8>, _ scan: TextScan) -> Bool {
        guard scan.needsMapping else { return false }
        for i in 0..<cell.count where cell[i] == 0 { return true }
        return false
    }
}

/// What a spreadsheet leaves in a cell instead of what was entered.
enum SpreadsheetTrace {
    /// `9.14E+17`: a long number in scientific notation.
    case rounded
    /// `#N/A`, `#REF!`: the error of a formula.
    case error

    /// - Returns: nil for what looks like anything else; most cells are settled by their first byte.
    init?(_ b: Span<UInt8>) {
        guard b.count >= 4, b.count <= 24 else { return nil }
        if b[0] == UInt8(ascii: "#") {
            let words = ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"]
            guard words.contains(where: { $0.utf8.count == b.count && Self.equal($0, b) }) else { return nil }
            self = .error
            return
        }
        guard b[0] >= 0x30, b[0] <= 0x39 else { return nil }
        var i = 1
        if b[i] == UInt8(ascii: ".") {
            i += 1
            while i < b.count, b[i] >= 0x30, b[i] <= 0x39 { i += 1 }
        }
        guard i + 2 < b.count, b[i] | 0x20 == UInt8(ascii: "e"), b[i + 1] == UInt8(ascii: "+") else { return nil }
        for k in (i + 2)..<b.count where b[k] < 0x30 || b[k] > 0x39 { return nil }
        self = .rounded
    }

    private static func equal(_ word: String, _ b: Span<UInt8>) -> Bool {
        for (k, byte) in word.utf8.enumerated() where b[k] != byte { return false }
        return true
    }
}

/// Values of a code list.
enum CodeList {
    /// The text in canonical form: one value, or several with `;` between; nil when one is not listed.
    static func canonical(_ text: String, _ handling: Handling) -> String? {
        guard case .codeList(let values, let several) = handling else { return nil }
        if values.contains(text) { return text }
        if let document = IdentityDocument(name: text), values.contains(document.name) { return document.name }
        guard several else { return nil }
        var words: [String] = []
        for part in text.split(whereSeparator: { $0 == ";" || $0 == "；" || $0 == "、" }) {
            let word = Normalisation.line(String(part))
            if word.isEmpty { continue }
            guard values.contains(word) || (values.contains("其他") && isExplainedOther(word)) else { return nil }
            if !words.contains(word) { words.append(word) }
        }
        return words.isEmpty ? nil : words.joined(separator: ";")
    }

    /// `其他-补正`: the filling guides ask for the name of the other kind.
    private static func isExplainedOther(_ word: String) -> Bool { word.hasPrefix("其他-") && word.utf8.count > 7 }

    static func words(_ handling: Handling) -> (zh: String, en: String) {
        guard case .codeList(let values, _) = handling else { return ("", "") }
        let list = values.joined(separator: " / ")
        return (list, list)
    }
}

extension CreditCodeFault {
    var rule: RowRule {
        switch self {
        case .length: .usccLength
        case .character: .usccCharacter
        case .check: .usccCheck
        }
    }

    var words: (zh: String, en: String) {
        switch self {
        case .length(let count): ("实有\(count)位", "\(count) found")
        case .character(let position, let found, nil): ("第\(position)位“\(found)”", "position \(position), \(found)")
        case .character(let position, let found, let likely?):
            ("第\(position)位“\(found)”，是否应为“\(likely)”？", "position \(position): \(found) is not used; did you mean \(likely)?")
        case .check(let expected): ("其余各位无误时末位应为\(expected)", "\(expected) expected if the rest is right")
        }
    }
}

extension CreditCodeWarning {
    var rule: RowRule {
        switch self {
        case .organisationCheck: .usccInner
        case .unknownCategory: .usccCategory
        case .division: .usccDivision
        }
    }
}

extension Amount.Fault {
    var words: (zh: String, en: String) {
        switch self {
        case .empty: ("没有数字", "no digits")
        case .negative: ("不得为负", "must not be negative")
        case .character(let position): ("第\(position)位不是数字", "character \(position) is no digit")
        case .grouping(let position): ("第\(position)位的千位分隔符有误", "a thousands comma is misplaced at \(position)")
        case .decimals: ("超过六位小数", "more than six decimals")
        case .yuan: ("单位应为万元，不得写元", "the unit is 万元 (10 000 yuan), not 元")
        case .size: ("整数部分超过十二位", "more than twelve digits before the point")
        }
    }
}
