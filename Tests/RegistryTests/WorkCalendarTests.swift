import Registry
import Testing

struct WorkCalendarTests {
    private let calendar = WorkCalendar.standard

    @Test func shipped() {
        #expect(calendar.faults() == [])
        #expect(calendar.years == 2018...2026 && calendar.days.count == 314)
    }

    @Test func nationalDay2025() {
        #expect(calendar.isWorkingDay(day(2025, 9, 28)), "a Sunday worked")
        for d in 1...8 { #expect(!calendar.isWorkingDay(day(2025, 10, d))) }
        #expect(calendar.isWorkingDay(day(2025, 10, 9)) && calendar.isWorkingDay(day(2025, 10, 11)) && !calendar.isWorkingDay(day(2025, 10, 12)))
        // Friday 26 September + 3: Sunday 28, Monday 29, Tuesday 30.
        #expect(calendar.addWorkingDays(3, from: day(2025, 9, 26)) == DueDate(date: day(2025, 9, 30), isProvisional: false))
        #expect(calendar.addWorkingDays(4, from: day(2025, 9, 26)).date == day(2025, 10, 9))
        #expect(calendar.workingDays(after: day(2025, 9, 26), through: day(2025, 10, 11)) == 6)
    }

    @Test func springFestival2026() {
        #expect(calendar.isWorkingDay(day(2026, 2, 14)) && calendar.isWorkingDay(day(2026, 2, 28)), "Saturdays worked")
        for d in 15...23 { #expect(!calendar.isWorkingDay(day(2026, 2, d))) }
        #expect(calendar.addWorkingDays(7, from: day(2026, 2, 12)).date == day(2026, 2, 28))
    }

    @Test func theYearThatIsNotAnnounced() {
        #expect(calendar.addWorkingDays(1, from: day(2026, 12, 30)) == DueDate(date: day(2026, 12, 31), isProvisional: false))
        // 1 January 2027 is a Friday; nothing says yet that it is off.
        #expect(calendar.addWorkingDays(2, from: day(2026, 12, 30)) == DueDate(date: day(2027, 1, 1), isProvisional: true))
        #expect(calendar.addWorkingDays(0, from: day(2027, 1, 2)) == DueDate(date: day(2027, 1, 2), isProvisional: false))
        let none = WorkCalendar(code: "x", number: 1, title: "", years: nil, days: [])
        #expect(none.addWorkingDays(5, from: day(2025, 9, 26)) == DueDate(date: day(2025, 10, 3), isProvisional: true))
        #expect(calendar.addWorkingDays(9, from: .latest).date == .latest)
    }

    @Test func terms() {
        #expect(calendar.due(.workingDays(7), from: day(2025, 9, 26)).date == day(2025, 10, 13))
        // The last of 15 days falls on a Sunday: the next working day (民法典 203).
        #expect(calendar.due(.days(15), from: day(2025, 11, 1)) == DueDate(date: day(2025, 11, 17), isProvisional: false))
        #expect(calendar.due(.days(5), from: day(2025, 9, 26)).date == day(2025, 10, 9))
        #expect(calendar.due(.months(1), from: day(2024, 1, 31)).date == day(2024, 2, 29))
        #expect(calendar.due(.days(0), from: day(2025, 10, 1)).date == day(2025, 10, 1))
        #expect(calendar.due(.years(1), from: day(2026, 6, 1)).isProvisional)
        #expect(day(2023, 1, 31).adding(months: 1) == day(2023, 2, 28) && day(2023, 3, 31).adding(months: -1) == day(2023, 2, 28))
        #expect(day(2023, 12, 15).adding(months: 1) == day(2024, 1, 15) && CivilDate.latest.adding(months: 1) == .latest)
        for text in ["7wd", "15d", "3m", "5y", "0wd"] { #expect(Term(text)?.description == text) }
        for text in ["", "7", "07d", "-1d", "1 d", "1w", "10001d", "99999999999d"] { #expect(Term(text) == nil, "\(text)") }
    }

    /// One day at a time, asking only weekdays and a list.
    private func slowly(_ count: Int, from: CivilDate, _ calendar: WorkCalendar) -> CivilDate {
        var date = from, left = count
        while left > 0 {
            guard let next = date.adding(days: 1) else { return date }
            date = next
            let weekday = (Int(date.daysSinceEpoch) + 70_004) % 7  // 0 = Sunday … 6 = Saturday, by another formula
            let entry = calendar.days.first { $0.date == date }
            if entry.map({ !$0.isOff }) ?? (weekday != 0 && weekday != 6) { left -= 1 }
        }
        return date
    }

    @Test func likeItsSlowTwin() {
        let seed: UInt64 = 0x5EED_0020
        var random = SplitMix64(seed)
        for round in 0..<800 {
            let from = day(2017 + Int(random.next() % 11), 1 + Int(random.next() % 12), 1 + Int(random.next() % 28)), count = Int(random.next() % 60)
            let due = calendar.addWorkingDays(count, from: from)
            #expect(due.date == slowly(count, from: from, calendar), "seed \(seed) round \(round) \(from) + \(count)")
            #expect(calendar.workingDays(after: from, through: due.date) == count)
            #expect(count == 0 || calendar.isWorkingDay(due.date))
            #expect(due.isProvisional == (count > 0 && !((2018...2026).contains(from.year) && (2018...2026).contains(due.date.year))))
            // Counting on is counting.
            let half = calendar.addWorkingDays(count / 2, from: from).date
            #expect(calendar.addWorkingDays(count - count / 2, from: half).date == due.date, "seed \(seed) round \(round)")
        }
    }

    @Test func faultyCalendars() {
        func faults(_ change: (inout WorkCalendar) -> Void) -> [String] {
            var copy = calendar
            change(&copy)
            return copy.faults()
        }
        #expect(faults { $0.years = 2018...2027 } == ["2027-01-01: a statutory holiday is not listed as off", "2027-05-01: a statutory holiday is not listed as off", "2027-10-01: a statutory holiday is not listed as off"])
        #expect(faults { $0.days.swapAt(0, 1) }.contains { $0.contains("do not ascend") })
        #expect(faults { $0.days.append(SpecialDay(date: day(2026, 12, 30), name: "x", isOff: false)) } == ["2026-12-30: a make-up working day that is no Saturday or Sunday"])
        #expect(faults { $0.days.append(SpecialDay(date: day(2027, 1, 1), name: "元旦", isOff: true)) } == ["2027-01-01: outside the years covered"])
        #expect(faults { $0.number = 0 }.count == 1)
    }
}
