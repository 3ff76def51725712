/// The last day of a term, and whether the calendar knew every year the count passed through.
package struct DueDate: Sendable, Hashable, CustomStringConvertible {
    package let date: CivilDate
    /// The holidays of some year on the way are not announced yet: counted by weekends only, to be counted again.
    package let isProvisional: Bool

    package init(date: CivilDate, isProvisional: Bool) { (self.date, self.isProvisional) = (date, isProvisional) }

    package var description: String { isProvisional ? "\(date)?" : "\(date)" }
}

/// A day that is not what its weekday says.
package struct SpecialDay: Sendable, Hashable {
    package let date: CivilDate
    /// 春节, 国庆节、中秋节.
    package let name: String
    /// false = a Saturday or Sunday on which people work (调休).
    package let isOff: Bool

    package init(date: CivilDate, name: String, isOff: Bool) { (self.date, self.name, self.isOff) = (date, name, isOff) }
}

/// Working days of a country, year by year as the State Council announces them (全国年节及纪念日放假办法).
/// An edition travels down like a catalogue; deadlines name the edition they were counted with.
package struct WorkCalendar: Sendable, Hashable {
    /// `cn`; stable.
    package var code: String
    /// Edition, ascending from 1.
    package var number: UInt64
    package var title: String
    /// First and last year whose holidays are announced; nil = none, everything provisional.
    package var years: ClosedRange<Int>?
    /// Ascending by date, each once.
    package var days: [SpecialDay]

    package init(code: String, number: UInt64, title: String, years: ClosedRange<Int>?, days: [SpecialDay]) {
        self.code = code
        self.number = number
        self.title = title
        self.years = years
        self.days = days
    }

    package func covers(_ date: CivilDate) -> Bool { years?.contains(date.year) ?? false }

    package func isWorkingDay(_ date: CivilDate) -> Bool {
        if let special = special(date) { return !special.isOff }
        return !WorkCalendar.isWeekend(date)
    }

    /// Saturday or Sunday.
    package static func isWeekend(_ date: CivilDate) -> Bool {
        // 1970-01-01 was a Thursday.
        let weekday = (Int(date.daysSinceEpoch) % 7 + 7 + 4) % 7
        return weekday == 0 || weekday == 6
    }

    /// The entry for `date`; nil on ordinary days.
    package func special(_ date: CivilDate) -> SpecialDay? {
        let at = firstIndex(notBefore: date)
        return at < days.count && days[at].date == date ? days[at] : nil
    }

    private func firstIndex(notBefore date: CivilDate) -> Int {
        var low = 0, high = days.count
        while low < high {
            let middle = (low + high) / 2
            if days[middle].date < date { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The `count`-th working day after `from`; `from` itself is not counted (民法典 201). 0 gives `from`. Beyond 2199 it is
    /// held at the last day. `count` 0…``Term/maximumCount``, larger ones are cut.
    package func addWorkingDays(_ count: Int, from: CivilDate) -> DueDate {
        var left = min(max(0, count), Int(Term.maximumCount))
        var date = from
        var next = firstIndex(notBefore: from)
        while left > 0, let following = date.adding(days: 1) {
            date = following
            while next < days.count, days[next].date < date { next += 1 }
            let working = next < days.count && days[next].date == date ? !days[next].isOff : !WorkCalendar.isWeekend(date)
            if working { left -= 1 }
        }
        return DueDate(date: date, isProvisional: count > 0 && !(covers(from) && covers(date)))
    }

    /// The last day of `term` counted from `from`. When the last of a term of days, months or years is a day off, the
    /// next working day is the last (民法典 203).
    package func due(_ term: Term, from: CivilDate) -> DueDate {
        guard let end = from.adding(term) else { return addWorkingDays(Int(term.count), from: from) }
        guard term.count > 0, !isWorkingDay(end) else { return DueDate(date: end, isProvisional: term.count > 0 && !covers(end)) }
        return DueDate(date: addWorkingDays(1, from: end).date, isProvisional: !covers(end) || !covers(addWorkingDays(1, from: end).date))
    }

    /// Working days after `from` up to and including `to`; 0 when `to` is not later.
    package func workingDays(after from: CivilDate, through to: CivilDate) -> Int {
        var count = 0
        var date = from
        while date < to, let following = date.adding(days: 1) {
            date = following
            if isWorkingDay(date) { count += 1 }
        }
        return count
    }

    package func faults() -> [String] { problems().map(\.description) }

    /// Everything wrong with a calendar from elsewhere; empty when it may be used.
    package func problems() -> [DataFault] {
        var found: [DataFault] = []
        func add(_ place: String, _ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String) {
            found.append(DataFault(place, zh: zh, en: en, remedyZh: remedyZh, remedyEn: remedyEn))
        }
        if code.isEmpty || number == 0 { add(code, "缺少代码或版次", "no code, or no edition number", "补全", "complete it") }
        for (a, b) in zip(days, days.dropFirst()) where a.date >= b.date {
            add("\(b.date)", "日期未递增或重复", "dates do not ascend", "按日期排序，每日一行", "sort by date, one line a day")
        }
        for day in days {
            if !day.isOff, !WorkCalendar.isWeekend(day.date) {
                add("\(day.date)", "调休上班日应为周六或周日", "a make-up working day that is no Saturday or Sunday", "核对国务院办公厅放假通知", "compare with the notice of the State Council")
            }
            if day.name.isEmpty { add("\(day.date)", "没有节日名称", "no name", "填写节日名称", "name the holiday") }
            if !covers(day.date) { add("\(day.date)", "不在所列年份内", "outside the years covered", "补入年份，或删除此日", "cover the year, or remove the day") }
        }
        if let years, years.lowerBound < 1900 || years.upperBound > 2199 {
            add("\(years)", "年份超出范围", "no such year here", "1900 至 2199", "1900…2199")
        }
        // 元旦, 劳动节, 国庆节 are off in every year since 1949.
        for year in years.map({ Array($0.clamped(to: 1900...2199)) }) ?? [] {
            for (month, day) in [(1, 1), (5, 1), (10, 1)] {
                guard let date = CivilDate(year: year, month: month, day: day), special(date)?.isOff != true else { continue }
                add("\(date)", "法定节日未列为休息日", "a statutory holiday is not listed as off", "补入全年的放假安排", "enter the whole year's notice")
            }
        }
        return found
    }
}
