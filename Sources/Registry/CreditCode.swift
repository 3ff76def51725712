/// A unified social credit code (统一社会信用代码, GB 32100-2015): 18 characters of
/// `0123456789ABCDEFGHJKLMNPQRTUWXY`, the last a check character modulo 31.
///
/// Invariant: ``text`` is normalised and its check holds; the placeholder is never one.
package struct CreditCode: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// Stands where a unit or a sole trader has no code yet (424号); means “none”, never a key.
    package static let placeholder = "00000000000000000X"

    fileprivate init(unchecked text: String) { self.text = text }

    /// - Returns: nil unless ``parse(_:)-(String)`` finds `raw` valid, with or without warnings.
    package init?(_ raw: String) {
        guard case .valid(let code, _) = CreditCode.parse(raw) else { return nil }
        self = code
    }

    package var description: String { text }

    /// Byte order.
    package static func < (a: CreditCode, b: CreditCode) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }

    /// What positions 1 and 2 say of the subject (GB 32100-2015, table of authorities).
    package enum SubjectClass: UInt32, Sendable, Hashable, CaseIterable {
        case organisation = 1
        /// 92, 个体工商户.
        case soleTrader = 2
        /// 93, 农民专业合作社.
        case cooperative = 3
        /// 1x, organs and public institutions.
        case publicBody = 4
    }

    package var subjectClass: SubjectClass {
        let bytes = text.utf8.span
        if bytes[0] == UInt8(ascii: "1") { return .publicBody }
        guard bytes[0] == UInt8(ascii: "9") else { return .organisation }
        if bytes[1] == UInt8(ascii: "2") { return .soleTrader }
        return bytes[1] == UInt8(ascii: "3") ? .cooperative : .organisation
    }

    /// Positions 9…17, the organisation code of GB 11714.
    package var organisationCode: String { String(text.dropFirst(8).prefix(9)) }
}

/// What reading a unified social credit code gave.
package enum CreditCodeOutcome: Sendable, Hashable {
    case valid(CreditCode, warnings: [CreditCodeWarning])
    /// ``CreditCode/placeholder``: the explicit value “none”.
    case placeholder
    case invalid(reason: CreditCodeFault)
}

/// Doubts that do not refuse a code: the tables grow, only the outer check decides.
package enum CreditCodeWarning: UInt32, Sendable, Hashable, CaseIterable {
    /// Position 17 fails the check of GB 11714-1997.
    case organisationCheck = 1
    /// Positions 1–2 are no known pair of authority and category.
    case unknownCategory = 2
    /// Positions 3–8 are not six digits.
    case division = 3
}

/// Why a text is no unified social credit code. Positions count from 1 after normalisation.
package enum CreditCodeFault: Sendable, Hashable {
    case length(Int)
    /// `suggestion` is a likely intended character, never applied by itself.
    case character(position: Int, found: String, suggestion: String?)
    /// `expected` would make the check hold, if the other 17 are right.
    case check(expected: String)
}

extension CreditCode {
    private static let alphabet: [UInt8] = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)

    /// 0…30, or nil outside the alphabet. I, O, S, V and Z are not used.
    static func value(_ c: UInt8) -> Int? {
        if c >= 48, c <= 57 { return Int(c) - 48 }
        guard c >= 65, c <= 89, c != 73, c != 79, c != 83, c != 86 else { return nil }
        return Int(c) - 55 - (c > 73 ? 1 : 0) - (c > 79 ? 1 : 0) - (c > 83 ? 1 : 0) - (c > 86 ? 1 : 0)
    }

    /// Normalises (``Normalisation/code(_:)``) and checks.
    package static func parse(_ raw: String) -> CreditCodeOutcome { parse(raw.utf8.span) }

    package static func parse(_ bytes: Span<UInt8>) -> CreditCodeOutcome {
        if bytes.count == 18, let outcome = checked(bytes) { return outcome }
        var narrow = Normalisation.compact(bytes, upper: true)
        narrow.removeAll { $0 == UInt8(ascii: "-") }
        let plain = narrow.span
        if plain.count == 18, let outcome = checked(plain) { return outcome }
        return .invalid(reason: fault(plain))
    }

    /// - Returns: nil when a character is outside the alphabet.
    private static func checked(_ b: Span<UInt8>) -> CreditCodeOutcome? {
        // Σ C(i)·3^(i-1) by Horner's rule from the right; 30·3^17 fits easily, one remainder at the end.
        var sum = 0
        var i = 16
        while i >= 0 {
            guard let v = value(b[i]) else { return nil }
            sum = sum &* 3 &+ v
            i -= 1
        }
        guard let last = value(b[17]) else { return nil }
        let expected = (31 - sum % 31) % 31
        if last != expected {
            if sum == 0, b[17] == UInt8(ascii: "X") { return .placeholder }
            return .invalid(reason: .check(expected: String(UnicodeScalar(alphabet[expected]))))
        }
        // Seventeen zeros and 0 hold the check by arithmetic, and mean nothing.
        if sum == 0 { return .invalid(reason: .check(expected: "X")) }
        return .valid(CreditCode(unchecked: text(b)), warnings: warnings(b))
    }

    /// True for the checked, normalised form only; what a node asks of text that a peer sent.
    package static func isCanonical(_ b: Span<UInt8>) -> Bool {
        guard b.count == 18 else { return false }
        var sum = 0
        var i = 16
        while i >= 0 {
            guard let v = value(b[i]) else { return false }
            sum = sum &* 3 &+ v
            i -= 1
        }
        guard let last = value(b[17]) else { return false }
        return sum != 0 && last == (31 - sum % 31) % 31
    }

    /// Whether the bytes are ``placeholder``.
    static func isPlaceholder(_ b: Span<UInt8>) -> Bool {
        guard b.count == 18, b[17] == UInt8(ascii: "X") else { return false }
        for i in 0..<17 where b[i] != UInt8(ascii: "0") { return false }
        return true
    }

    /// - Returns: nil for anything but the checked, normalised form.
    package init?(canonical bytes: Span<UInt8>) {
        guard CreditCode.isCanonical(bytes) else { return nil }
        self.init(unchecked: CreditCode.text(bytes))
    }

    private static func text(_ b: Span<UInt8>) -> String {
        guard let utf8 = try? UTF8Span(validating: b) else { return "" }
        return String(copying: utf8)
    }

    /// The check of GB 11714-1997 on positions 9…17.
    static func innerCheckHolds(_ b: Span<UInt8>) -> Bool {
        let weights: InlineArray<8, Int> = [3, 7, 9, 10, 5, 8, 4, 2]
        var sum = 0
        for k in 0..<8 {
            let c = Int(b[8 + k])
            sum += weights[k] * (c <= 57 ? c - 48 : c - 55)
        }
        let r = 11 - sum % 11
        let check = r == 10 ? UInt8(ascii: "X") : r == 11 ? UInt8(ascii: "0") : UInt8(48 + r)
        return b[16] == check
    }

    /// - Precondition: ``isCanonical(_:)``.
    static func warnings(_ b: Span<UInt8>) -> [CreditCodeWarning] {
        var found: [CreditCodeWarning] = []
        if !innerCheckHolds(b) { found.append(.organisationCheck) }
        if !isKnown(b[0], b[1]) { found.append(.unknownCategory) }
        for k in 2..<8 where b[k] > 57 { found.append(.division); break }
        return found
    }

    /// GB 32100-2015, authorities and categories; 54 (基层群众性自治组织) is a later addition.
    private static func isKnown(_ authority: UInt8, _ category: UInt8) -> Bool {
        let c = category
        return switch authority {
        case UInt8(ascii: "1"): (c >= 49 && c <= 51) || c == 57
        case UInt8(ascii: "3"): (c >= 49 && c <= 53) || c == 57
        case UInt8(ascii: "2"), UInt8(ascii: "4"), UInt8(ascii: "8"), UInt8(ascii: "A"): c == 49 || c == 57
        case UInt8(ascii: "5"): (c >= 49 && c <= 52) || c == 57
        case UInt8(ascii: "6"), UInt8(ascii: "7"): c == 49 || c == 50 || c == 57
        case UInt8(ascii: "9"): c >= 49 && c <= 51
        case UInt8(ascii: "N"): (c >= 49 && c <= 51) || c == 57
        case UInt8(ascii: "Y"): c == 49
        default: false
        }
    }

    private static func fault(_ b: Span<UInt8>) -> CreditCodeFault {
        let characters = Array(String(decoding: (0..<b.count).map { b[$0] }, as: UTF8.self).unicodeScalars.prefix(200))
        for (index, scalar) in characters.enumerated() {
            if scalar.isASCII, value(UInt8(truncatingIfNeeded: scalar.value)) != nil { continue }
            if characters.count != 18 { break }
            let likely: String? = switch scalar {
            case "O": "0"
            case "I": "1"
            case "S": "5"
            case "V": "U"
            case "Z": "2"
            default: nil
            }
            return .character(position: index + 1, found: String(scalar), suggestion: likely)
        }
        return .length(characters.count)
    }
}
