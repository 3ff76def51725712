/// A length of time as a rule of law states it: a count and what is counted.
///
/// Written `7wd` (working days 工作日), `15d` (calendar days 自然日), `3m` (months), `5y` (years). Which days are working
/// days says ``WorkCalendar``.
package struct Term: Sendable, Hashable, CustomStringConvertible {
    /// Raw values are stable.
    package enum Unit: UInt32, Sendable, Hashable, CaseIterable {
        case workingDays = 1
        case calendarDays = 2
        case months = 3
        case years = 4

        /// As written behind the count.
        package var suffix: String {
            switch self {
            case .workingDays: "wd"
            case .calendarDays: "d"
            case .months: "m"
            case .years: "y"
            }
        }
    }

    /// 0…10 000; 0 is “on the same day”.
    package let count: UInt32
    package let unit: Unit

    package static let maximumCount: UInt32 = 10_000

    /// - Returns: nil above ``maximumCount``.
    package init?(_ count: UInt32, _ unit: Unit) {
        guard count <= Term.maximumCount else { return nil }
        (self.count, self.unit) = (count, unit)
    }

    private init(checked count: UInt32, _ unit: Unit) { (self.count, self.unit) = (min(count, Term.maximumCount), unit) }

    package static func workingDays(_ count: UInt32) -> Term { Term(checked: count, .workingDays) }
    package static func days(_ count: UInt32) -> Term { Term(checked: count, .calendarDays) }
    package static func months(_ count: UInt32) -> Term { Term(checked: count, .months) }
    package static func years(_ count: UInt32) -> Term { Term(checked: count, .years) }

    /// Reads `7wd`, `15d`, `3m`, `5y`; no sign, no space, no leading zero.
    package init?(_ text: String) {
        let digits = text.prefix { $0 >= "0" && $0 <= "9" }
        guard let count = UInt32(digits), String(count) == digits else { return nil }
        let suffix = text.dropFirst(digits.count)
        guard let unit = Unit.allCases.first(where: { $0.suffix == suffix }) else { return nil }
        self.init(count, unit)
    }

    package var description: String { "\(count)\(unit.suffix)" }

    /// For people.
    package var words: (zh: String, en: String) {
        switch unit {
        case .workingDays: ("\(count)个工作日", "\(count) working days")
        case .calendarDays: ("\(count)日", "\(count) days")
        case .months: ("\(count)个月", "\(count) months")
        case .years: ("\(count)年", "\(count) years")
        }
    }
}

extension CivilDate {
    /// The corresponding day `months` later; the last day of that month where it has no such day (民法典 202).
    /// Held at ``latest`` beyond 2199.
    package func adding(months: Int) -> CivilDate {
        let (y, m, d) = components
        let (total, overflow) = (y * 12 + m - 1).addingReportingOverflow(months)
        guard !overflow, total / 12 <= 2199 else { return .latest }
        guard total >= 0, total / 12 >= 1900 else { return .earliest }
        let year = total / 12, month = total % 12 + 1
        return CivilDate(year: year, month: month, day: min(d, CivilDate.days(inMonth: month, of: year))) ?? .latest
    }

    /// The last day of a term that begins on this day; nil for working days, which need a ``WorkCalendar``.
    /// The day itself is not counted (民法典 201).
    package func adding(_ term: Term) -> CivilDate? {
        switch term.unit {
        case .workingDays: nil
        case .calendarDays: adding(days: Int(term.count)) ?? .latest
        case .months: adding(months: Int(term.count))
        case .years: adding(months: Int(term.count) * 12)
        }
    }
}
