/// A sum of money in 万元 (ten thousand yuan) with six decimals, `decimal(18,6)` of the penalty table
/// (发改办财金〔2018〕424号, CF_NR_FK and CF_NR_WFFF). A fine of 2 000 yuan is `0.2`.
///
/// Invariant: 0 ≤ ``micros`` < 10^18. Never a floating-point number: the sum is sealed and compared by bytes.
package struct Amount: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Millionths of 万元, that is hundredths of a fen.
    package let micros: Int64

    package static let zero = Amount(unchecked: 0)
    /// 999 999 999 999.999999 万元.
    package static let greatest = Amount(unchecked: 999_999_999_999_999_999)

    private init(unchecked micros: Int64) { self.micros = micros }

    /// - Returns: nil outside 0 …< 10^18.
    package init?(micros: Int64) {
        guard micros >= 0, micros <= 999_999_999_999_999_999 else { return nil }
        self.micros = micros
    }

    package static func < (a: Amount, b: Amount) -> Bool { a.micros < b.micros }

    /// Why a text is no amount. Positions count characters from 1 after full-width forms are narrowed.
    package enum Fault: Error, Hashable, Sendable {
        case empty
        case negative
        case character(position: Int)
        /// A thousands comma that does not stand before exactly three digits.
        case grouping(position: Int)
        /// More than six decimals that are not zero.
        case decimals
        /// More than twelve digits before the point.
        case size
        /// The unit word is 元; the table's unit is 万元.
        case yuan
    }

    /// Reads `0.2`, `.2`, `1,000.5`, full-width digits, with or without the unit word `万元` or `万`; no sign, no exponent.
    /// A bare `元` is refused: whether the number before it is in 元 or the word is a slip, nobody can tell.
    package static func parse(_ text: String) -> Result<Amount, Fault> { parse(text.utf8.span) }

    package static func parse(_ bytes: Span<UInt8>) -> Result<Amount, Fault> {
        for i in 0..<bytes.count where bytes[i] >= 0x80 || bytes[i] == 0x20 {
            var narrow = Normalisation.compact(bytes, upper: false)
            if narrow.suffix(3).elementsEqual("元".utf8) {
                narrow.removeLast(3)
                guard narrow.suffix(3).elementsEqual("万".utf8) else { return .failure(.yuan) }
            }
            if narrow.suffix(3).elementsEqual("万".utf8) { narrow.removeLast(3) }
            return parseASCII(narrow.span)
        }
        return parseASCII(bytes)
    }

    private static func parseASCII(_ b: Span<UInt8>) -> Result<Amount, Fault> {
        guard b.count > 0 else { return .failure(.empty) }
        if b[0] == UInt8(ascii: "-") { return .failure(.negative) }
        var whole: Int64 = 0, fraction: Int64 = 0
        var wholeDigits = 0, fractionDigits = 0, sinceComma = -1, seenPoint = false
        for i in 0..<b.count {
            let c = b[i]
            switch c {
            case 48...57:
                let d = Int64(c) - 48
                if seenPoint {
                    fractionDigits += 1
                    if fractionDigits <= 6 { fraction = fraction * 10 + d } else if d != 0 { return .failure(.decimals) }
                } else {
                    whole = whole * 10 + d
                    wholeDigits += 1
                    if sinceComma >= 0 { sinceComma += 1 }
                    if whole > 999_999_999_999 { return .failure(.size) }
                }
            case UInt8(ascii: ","):
                guard !seenPoint, wholeDigits > 0, sinceComma == 3 || (sinceComma < 0 && wholeDigits <= 3) else {
                    return .failure(.grouping(position: i + 1))
                }
                sinceComma = 0
            case UInt8(ascii: "."):
                guard !seenPoint else { return .failure(.character(position: i + 1)) }
                if sinceComma >= 0, sinceComma != 3 { return .failure(.grouping(position: i + 1)) }
                seenPoint = true
            default:
                return .failure(.character(position: i + 1))
            }
        }
        guard wholeDigits + fractionDigits > 0 else { return .failure(.empty) }
        if !seenPoint, sinceComma >= 0, sinceComma != 3 { return .failure(.grouping(position: b.count)) }
        for _ in min(fractionDigits, 6)..<6 { fraction *= 10 }
        return .success(Amount(unchecked: whole * 1_000_000 + fraction))
    }

    /// Decimal in 万元 without grouping and without trailing zeros: `0.2`, `1000.5`, `3`.
    package var description: String {
        let whole = micros / 1_000_000
        var fraction = micros % 1_000_000
        guard fraction > 0 else { return String(whole) }
        var width = 6
        while fraction % 10 == 0 { fraction /= 10; width -= 1 }
        let digits = String(fraction)
        return "\(whole)." + String(repeating: "0", count: width - digits.utf8.count) + digits
    }
}
