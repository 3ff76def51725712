/// Makes identifiers that are valid in form and belong to nobody: division 000000 is never assigned
/// (GB/T 2260), so no real organisation or citizen carries one of these.
package enum SampleCodes {
    /// A unified social credit code with both checks right (GB 32100-2015, GB 11714-1997).
    ///
    /// - Parameters:
    ///   - category: positions 1 and 2, such as `91`.
    ///   - body: the eight digits of the organisation code; the lowest eight decimal digits count.
    package static func creditCode(category: StaticString, body: Int) -> [UInt8] {
        precondition(category.utf8CodeUnitCount == 2, "two characters of authority and category")
        var code: [UInt8] = category.withUTF8Buffer { Array($0) } + Array(repeating: 48, count: 6)
        appendDigits(body, width: 8, to: &code)
        var inner = 0
        for (position, weight) in innerWeights.enumerated() { inner += weight * (Int(code[8 + position]) - 48) }
        switch 11 - inner % 11 {
        case 10: code.append(UInt8(ascii: "X"))
        case 11: code.append(48)
        case let digit: code.append(UInt8(48 + digit))
        }
        var sum = 0
        for character in code.reversed() { sum = (sum * 3 + value(character)) % 31 }
        code.append(alphabet[(31 - sum) % 31])
        return code
    }

    /// A citizen's number (GB 11643-1999) with division 000000 and the right check character.
    ///
    /// - Precondition: `year`-`month`-`day` is a real day, `sequence` is 0…999.
    package static func citizenNumber(year: Int, month: Int, day: Int, sequence: Int) -> [UInt8] {
        var number: [UInt8] = Array(repeating: 48, count: 6)
        appendDigits(year, width: 4, to: &number)
        appendDigits(month, width: 2, to: &number)
        appendDigits(day, width: 2, to: &number)
        appendDigits(sequence, width: 3, to: &number)
        var sum = 0
        for digit in number { sum = (sum + Int(digit) - 48) * 2 % 11 }
        let check = (12 - sum) % 11
        number.append(check == 10 ? UInt8(ascii: "X") : UInt8(48 + check))
        return number
    }

    /// The lowest `width` decimal digits of `number`, zeros in front.
    static func appendDigits(_ number: Int, width: Int, to bytes: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(48 + number / divisor % 10))
            divisor /= 10
        }
    }

    /// `number` without zeros in front.
    static func appendNumber(_ number: Int, to bytes: inout [UInt8]) { bytes.append(contentsOf: String(number).utf8) }

    private static let alphabet: [UInt8] = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)
    private static let innerWeights = [3, 7, 9, 10, 5, 8, 4, 2]

    private static func value(_ character: UInt8) -> Int {
        if character <= 57 { return Int(character) - 48 }
        return alphabet.firstIndex(of: character) ?? 0
    }
}
