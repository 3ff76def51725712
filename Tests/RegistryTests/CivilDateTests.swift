import Registry
import Testing

struct CivilDateTests {
    /// The dumb twin: counts day by day from 1900-01-01.
    @Test func wholeRangeAgreesWithCounting() throws {
        var days = -25_567
        for year in 1900...2199 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            for (index, length) in [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                for day in 1...length {
                    guard let date = CivilDate(year: year, month: index + 1, day: day), Int(date.daysSinceEpoch) == days,
                          date.components == (year, index + 1, day), CivilDate(daysSinceEpoch: days) == date,
                          CivilDate.parse(date.description) == date, CivilDate.parse(date.tableText) == date else {
                        Issue.record("\(year)-\(index + 1)-\(day)")
                        return
                    }
                    days += 1
                }
                #expect(CivilDate(year: year, month: index + 1, day: length + 1) == nil)
            }
        }
        #expect(days == 84_006)
        #expect(CivilDate(daysSinceEpoch: -25_568) == nil && CivilDate(daysSinceEpoch: 84_006) == nil)
        #expect(CivilDate.earliest.description == "1900-01-01" && CivilDate.latest.description == "2199-12-31")
        #expect(CivilDate.forever.description == "2099-12-31")
    }

    @Test(arguments: ["2023/05/12", "2023-05-12", "2023.5.12", "20230512", "2023年5月12日", "2023年05月12日", "２０２３／０５／１２", "２０２３年５月１２日", " 2023/5/12 ", "2023 年 5 月 12 日",
                      "2023-05-12 00:00:00", "2023/5/12 0:00:00", "2023/5/12 00:00", "2023-05-12T00:00:00.000", "2023-05-12T00:00:00Z", "2023年5月12日 00:00:00", "２０２３-05-12 00:00"])
    func forms(text: String) { #expect(CivilDate.parse(text) == day(2023, 5, 12)) }

    @Test(arguments: ["", "2023/13/01", "2023/02/29", "1899/12/31", "2200/01/01", "2023/5", "23/05/12", "2023/05-12", "2023/05/12 08:00", "2023/05/12 00:00:01", "2023/05/12 :", "00:00:00", " 00:00:00 0", "2023/05/1200:00:00", "12/05/2023", "2023年5月", "2023//5/12", "/2023/5/1",
                      "99999999", "2023年5月12日上午", "长期", "45058"])
    func refused(text: String) { #expect(CivilDate.parse(text) == nil) }

    @Test func arithmetic() {
        #expect(day(2024, 2, 28).adding(days: 2) == day(2024, 3, 1))
        #expect(CivilDate.latest.adding(days: 1) == nil)
        #expect(CivilDate.latest.adding(days: Int.max) == nil && CivilDate.earliest.adding(days: Int.min) == nil)
        #expect(day(2023, 12, 31) < day(2024, 1, 1))
    }

    @Test func randomBytesNeverCrash() {
        let seed: UInt64 = 0x5EED_0003
        var random = SplitMix64(seed)
        let pieces: [String] = ["2023", "年", "月", "日", "/", "-", "5", "12", "１", "\u{3000}", "é"]
        for _ in 0..<20_000 {
            let text = (0..<Int(random.next() % 8)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
            if let date = CivilDate.parse(text) { #expect(CivilDate.parse(date.description) == date, "seed \(seed) \(text)") }
            var bytes = Array(text.utf8)
            if !bytes.isEmpty { bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next()) }
            _ = CivilDate.parse(bytes.span)
            _ = Amount.parse(bytes.span)
        }
    }
}
