import CSheets

/// Values of spreadsheet cells as text, the way the clerk sees them.
enum SheetText {
    /// Days of the two calendars of Excel: 1 is 1900-01-01 (with a 29 February 1900 that never was), or 0 is 1904-01-01.
    enum Epoch: Sendable, Hashable {
        case from1900
        case from1904
    }

    /// A number of the general format. Excel keeps fifteen digits; of a longer number the rest is lost, so it is written in
    /// scientific notation, which the validator reports.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "#NUM!" }
        // An integer is written whole, as long as it is exact.
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return unsafe String(unsafeUninitializedCapacity: 64) { buffer in
            guard let start = buffer.baseAddress else { return 0 }
            let length = unsafe UnsafeMutableRawPointer(start).withMemoryRebound(to: CChar.self, capacity: buffer.count) { unsafe creditnode_number_text(value, $0, Int32(buffer.count)) }
            return max(0, min(Int(length), buffer.count))
        }
    }

    /// `YYYY/MM/DD`, with ` HH:MM:SS` unless it is midnight; nil when no calendar has the day.
    static func date(_ serial: Double, _ epoch: Epoch) -> String? {
        guard serial.isFinite, serial >= 0, serial < 200_000 else { return nil }
        let seconds = Int((serial * 86_400).rounded())
        let day = seconds / 86_400, time = seconds % 86_400
        let clock = "\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60))"
        if day == 0, epoch == .from1900 { return clock }
        if day == 60, epoch == .from1900 { return "1900/02/29" }
        // Days since 0000-03-01 of the proleptic calendar; 1899-12-30 is day 693 899.
        let z = 693_899 + (epoch == .from1904 ? day + 1462 : day < 60 ? day + 1 : day)
        let era = z / 146_097, dayOfEra = z % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let text = "\(yearOfEra + era * 400 + (month <= 2 ? 1 : 0))/\(two(month))/\(two(dayOfYear - (153 * shifted + 2) / 5 + 1))"
        return time == 0 ? text : text + " " + clock
    }

    private static func two(_ n: Int) -> String { (n < 10 ? "0" : "") + String(n) }

    /// Whether a number format of the workbook shows a day or a time (ECMA-376 part 1, 18.8.30 and 18.8.31).
    static func isDate(format id: Int, code: String?) -> Bool {
        if let code { return isDate(code) }
        switch id {
        // 27–36 and 50–58 are days in the Chinese, Japanese and Korean versions.
        case 14...22, 27...36, 45...47, 50...58: return true
        default: return false
        }
    }

    /// Letters of day and time outside quotation marks, brackets and escapes.
    static func isDate(_ code: String) -> Bool {
        var quoted = false, bracket = "", inBracket = false, escaped = false
        let first = code.split(separator: ";", omittingEmptySubsequences: false).first.map(String.init) ?? code
        if first.lowercased() == "general" { return false }
        for letter in first.lowercased().unicodeScalars {
            if escaped { escaped = false; continue }
            if quoted { quoted = letter != "\""; continue }
            if inBracket {
                if letter == "]" {
                    inBracket = false
                    // [h], [mm], [ss]: elapsed time.
                    if !bracket.isEmpty, bracket.allSatisfy({ "hms".contains($0) }) { return true }
                } else {
                    bracket.unicodeScalars.append(letter)
                }
                continue
            }
            switch letter {
            case "\"": quoted = true
            case "\\", "_", "*": escaped = true
            case "[": inBracket = true; bracket = ""
            case "y", "m", "d", "h", "s", "年", "月", "日": return true
            default: continue
            }
        }
        return false
    }
}
