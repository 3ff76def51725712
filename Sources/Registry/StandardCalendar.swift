extension WorkCalendar {
    /// Mainland China, 2018–2026. 2027 is not announced yet: deadlines across its New Year are provisional.
    ///
    /// Origin: notices of the State Council on holidays, as collected by github.com/NateScarlet/holiday-cn (MIT). The same
    /// days stand in `Config/calendars/cn.csv`. Left out: 2020-02-03, listed there as worked, a Monday.
    package static let standard = WorkCalendar(
        code: "cn", number: 1, title: "国务院办公厅节假日安排", years: 2018...2026,
        days: table.split(separator: "\n").flatMap { line in
            guard let days = read(line) else { preconditionFailure("shipped calendar: \(line)") }
            return days
        })

    /// A line a year: year, then runs of days as NAME, `+` off or `-` worked, first day, and `…` with the last.
    private static let table = """
        2018 元旦+0101 春节-0211 春节+0215…0221 春节-0224 清明节+0405…0407 清明节-0408 劳动节-0428 劳动节+0429…0501 端午节+0618 中秋节+0924 国庆节-0929…0930 国庆节+1001…1007 元旦-1229 元旦+1230…1231
        2019 元旦+0101 春节-0202…0203 春节+0204…0210 清明节+0405 劳动节-0428 劳动节+0501…0504 劳动节-0505 端午节+0607 中秋节+0913 国庆节-0929 国庆节+1001…1007 国庆节-1012
        2020 元旦+0101 春节-0119 春节+0124…0202 清明节+0404…0406 劳动节-0426 劳动节+0501…0505 劳动节-0509 端午节+0625…0627 端午节-0628 国庆节、中秋节-0927 国庆节、中秋节+1001…1008 国庆节、中秋节-1010
        2021 元旦+0101…0103 春节-0207 春节+0211…0217 春节-0220 清明节+0403…0405 劳动节-0425 劳动节+0501…0505 劳动节-0508 端午节+0612…0614 中秋节-0918 中秋节+0919…0921 国庆节-0926 国庆节+1001…1007 国庆节-1009
        2022 元旦+0101…0103 春节-0129…0130 春节+0131…0206 清明节-0402 清明节+0403…0405 劳动节-0424 劳动节+0430…0504 劳动节-0507 端午节+0603…0605 中秋节+0910…0912 国庆节+1001…1007 国庆节-1008…1009 元旦+1231
        2023 元旦+0101…0102 春节+0121…0127 春节-0128…0129 清明节+0405 劳动节-0423 劳动节+0429…0503 劳动节-0506 端午节+0622…0624 端午节-0625 中秋节、国庆节+0929…1006 中秋节、国庆节-1007…1008
        2024 元旦+0101 春节-0204 春节+0210…0217 春节-0218 清明节+0404…0406 清明节-0407 劳动节-0428 劳动节+0501…0505 劳动节-0511 端午节+0610 中秋节-0914 中秋节+0915…0917 国庆节-0929 国庆节+1001…1007 国庆节-1012
        2025 元旦+0101 春节-0126 春节+0128…0204 春节-0208 清明节+0404…0406 劳动节-0427 劳动节+0501…0505 端午节+0531…0602 国庆节、中秋节-0928 国庆节、中秋节+1001…1008 国庆节、中秋节-1011
        2026 元旦+0101…0103 元旦-0104 春节-0214 春节+0215…0223 春节-0228 清明节+0404…0406 劳动节+0501…0505 劳动节-0509 端午节+0619…0621 国庆节-0920 中秋节+0925…0927 国庆节+1001…1007 国庆节-1010
        """

    private static func read(_ line: Substring) -> [SpecialDay]? {
        let words = line.split(separator: " ")
        guard let year = words.first.flatMap({ Int($0) }) else { return nil }
        var days: [SpecialDay] = []
        for word in words.dropFirst() {
            guard let sign = word.firstIndex(where: { $0 == "+" || $0 == "-" }) else { return nil }
            let ends = word[word.index(after: sign)...].split(separator: "…").map { monthDay($0, year) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else { return nil }
            for day in first.daysSinceEpoch...last.daysSinceEpoch {
                guard let date = CivilDate(daysSinceEpoch: Int(day)) else { return nil }
                days.append(SpecialDay(date: date, name: String(word[..<sign]), isOff: word[sign] == "+"))
            }
        }
        return days
    }

    private static func monthDay(_ text: Substring, _ year: Int) -> CivilDate? {
        guard text.utf8.count == 4, let number = Int(text) else { return nil }
        return CivilDate(year: year, month: number / 100, day: number % 100)
    }
}
