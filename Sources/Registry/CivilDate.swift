/// A day of the Gregorian calendar without a time or zone, stored as days since 1970-01-01.
///
/// Invariant: the year is 1900…2199. The double-publicity standard writes dates `YYYY/MM/DD`
/// (发改办财金〔2018〕424号); files in the field use several other forms, see ``parse(_:)-(String)``.
package struct CivilDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Days since 1970-01-01; negative before it. -25567 (1900-01-01) … 84005 (2199-12-31).
    package let daysSinceEpoch: Int32

    package static let earliest = CivilDate(unchecked: -25_567)
    package static let latest = CivilDate(unchecked: 84_005)
    /// 2099-12-31, which the standard uses for “long term” (长期).
    package static let forever = CivilDate(unchecked: 47_481)

    private init(unchecked days: Int32) { daysSinceEpoch = days }

    /// - Returns: nil outside 1900-01-01 … 2199-12-31.
    package init?(daysSinceEpoch days: Int) {
        guard days >= -25_567, days <= 84_005 else { return nil }
        daysSinceEpoch = Int32(truncatingIfNeeded: days)
    }

    /// - Returns: nil when there is no such day, or the year is outside 1900…2199.
    package init?(year: Int, month: Int, day: Int) {
        guard year >= 1900, year <= 2199, month >= 1, month <= 12, day >= 1,
              day <= CivilDate.days(inMonth: month, of: year) else { return nil }
        // Years begin in March so that the leap day is the last day of one; eras are 400 years.
        let y = month <= 2 ? year - 1 : year
        let era = y / 400, yearOfEra = y % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        daysSinceEpoch = Int32(truncatingIfNeeded: era * 146_097 + dayOfEra - 719_468)
    }

    /// Year 1900…2199, month 1…12, day 1…31.
    package var components: (year: Int, month: Int, day: Int) {
        let z = Int(daysSinceEpoch) + 719_468
        let era = z / 146_097, dayOfEra = z % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    package var year: Int { components.year }
    package var month: Int { components.month }
    package var day: Int { components.day }

    /// - Returns: nil when the result leaves 1900…2199.
    package func adding(days: Int) -> CivilDate? {
        let (sum, overflow) = Int(daysSinceEpoch).addingReportingOverflow(days)
        return overflow ? nil : CivilDate(daysSinceEpoch: sum)
    }

    /// Whole years completed on `date` by someone born on this day: the birthday itself counts as completed, and
    /// one on 29 February falls on 1 March of common years. Never below 0. Courts count from the day after the
    /// birthday; whether intake should, is for the credit office to confirm.
    package func age(on date: CivilDate) -> Int {
        let born = components, now = date.components
        let beforeBirthday = (now.month, now.day) < (born.month, born.day)
        return max(0, now.year - born.year - (beforeBirthday ? 1 : 0))
    }

    /// 28…31; `month` must be 1…12.
    package static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    package static func < (a: CivilDate, b: CivilDate) -> Bool { a.daysSinceEpoch < b.daysSinceEpoch }

    /// ISO 8601, `YYYY-MM-DD`.
    package var description: String { written(separator: "-") }

    /// The form of the publicity tables, `YYYY/MM/DD`.
    package var tableText: String { written(separator: "/") }

    private func written(separator: String) -> String {
        let (y, m, d) = components
        return "\(y)\(separator)\(m < 10 ? "0" : "")\(m)\(separator)\(d < 10 ? "0" : "")\(d)"
    }
}

extension CivilDate {
    /// Reads `YYYY/MM/DD`, `YYYY-MM-DD`, `YYYY.MM.DD`, `YYYYMMDD` and `YYYY年M月D日`, in full or half width;
    /// one-digit months and days are accepted with separators. Midnight behind the date (` 00:00:00`, `T00:00`,
    /// what spreadsheets and databases write where no time was meant) is dropped; any other time of day is refused.
    package static func parse(_ text: String) -> CivilDate? { parse(text.utf8.span) }

    package static func parse(_ bytes: Span<UInt8>) -> CivilDate? {
        if let date = parseASCII(bytes) { return date }
        guard bytes.count > 8, bytes.count <= 64 else { return nil }
        let day = dayPart(bytes)
        guard day > 0 else { return nil }
        // Chinese unit words and full-width digits: rewrite to the plain form once.
        var plain = Normalisation.compact(bytes.extracting(0..<day), upper: false)
        replace(&plain, [0xE5, 0xB9, 0xB4])  // 年
        replace(&plain, [0xE6, 0x9C, 0x88])  // 月
        if plain.suffix(3) == [0xE6, 0x97, 0xA5] { plain.removeLast(3) }  // 日
        return parseASCII(plain.span)
    }

    /// Where the day ends: before a midnight, or at the end; 0 when another time stands behind.
    private static func dayPart(_ bytes: Span<UInt8>) -> Int {
        var colon = false
        for i in 0..<bytes.count where bytes[i] == UInt8(ascii: ":") { colon = true }
        guard colon else { return bytes.count }
        var end = bytes.count
        while end > 0, bytes[end - 1] == 0x20 || bytes[end - 1] == UInt8(ascii: "Z") { end -= 1 }
        var start = end, digits = 0
        while start > 0, bytes[start - 1] == UInt8(ascii: "0") || bytes[start - 1] == UInt8(ascii: ":") || bytes[start - 1] == UInt8(ascii: ".") {
            start -= 1
            if bytes[start] == UInt8(ascii: "0") { digits += 1 }
        }
        guard start > 0, digits >= 2, start < end, bytes[start - 1] == 0x20 || bytes[start - 1] == UInt8(ascii: "T") else { return 0 }
        return start - 1
    }

    private static func replace(_ bytes: inout [UInt8], _ word: [UInt8]) {
        guard let first = word.first else { return }
        var at = 0
        while at + word.count <= bytes.count {
            if bytes[at] == first, bytes[at..<(at + word.count)].elementsEqual(word) {
                bytes.replaceSubrange(at..<(at + word.count), with: CollectionOfOne(UInt8(ascii: "/")))
                return
            }
            at += 1
        }
    }

    private static func parseASCII(_ b: Span<UInt8>) -> CivilDate? {
        var numbers = (0, 0, 0), digits = (0, 0, 0)
        var part = 0
        var separator: UInt8 = 0
        if b.count == 8, separatorsAbsent(b) {
            for i in 0..<8 {
                let d = Int(b[i]) - 48
                if i < 4 { numbers.0 = numbers.0 * 10 + d } else if i < 6 { numbers.1 = numbers.1 * 10 + d } else { numbers.2 = numbers.2 * 10 + d }
            }
            return CivilDate(year: numbers.0, month: numbers.1, day: numbers.2)
        }
        guard b.count >= 8, b.count <= 10 else { return nil }
        for i in 0..<b.count {
            let c = b[i]
            if c >= 48, c <= 57 {
                let d = Int(c) - 48
                switch part {
                case 0: numbers.0 = numbers.0 * 10 + d; digits.0 += 1
                case 1: numbers.1 = numbers.1 * 10 + d; digits.1 += 1
                default: numbers.2 = numbers.2 * 10 + d; digits.2 += 1
                }
            } else {
                guard c == UInt8(ascii: "/") || c == UInt8(ascii: "-") || c == UInt8(ascii: "."),
                      separator == 0 || separator == c else { return nil }
                separator = c
                part += 1
            }
        }
        guard part == 2, digits.0 == 4, digits.1 >= 1, digits.1 <= 2, digits.2 >= 1, digits.2 <= 2 else { return nil }
        return CivilDate(year: numbers.0, month: numbers.1, day: numbers.2)
    }

    private static func separatorsAbsent(_ b: Span<UInt8>) -> Bool {
        for i in 0..<b.count where b[i] < 48 || b[i] > 57 { return false }
        return true
    }
}
