import Intake
import Registry

extension DataFiles {
    /// Reads holidays: `date,name,is_off_day`, 1 off, 0 a weekend day worked; lines that begin with `#` are comments. The years
    /// covered are those whose 1 October is listed as off, from the first to the last of them.
    package static func calendar(csv: String, file: String, code: String, number: UInt64, title: String) throws(FileFaults) -> WorkCalendar {
        var faults: [DataFault] = []
        var days: [SpecialDay] = []
        for row in try rows(csv, file: file, header: ["date", "name", "is_off_day"]) {
            guard let date = CivilDate.parse(row.cells[0]) else {
                faults.append(DataFault("\(file):\(row.line) date", zh: "不是日期", en: "not a date", remedyZh: "写成 2025-10-01", remedyEn: "write 2025-10-01"))
                continue
            }
            guard row.cells[2] == "0" || row.cells[2] == "1" else {
                faults.append(DataFault("\(file):\(row.line) is_off_day", zh: "应为 0 或 1", en: "should be 0 or 1", remedyZh: "1 休息，0 上班", remedyEn: "1 off, 0 worked"))
                continue
            }
            days.append(SpecialDay(date: date, name: row.cells[1], isOff: row.cells[2] == "1"))
        }
        guard faults.isEmpty else { throw FileFaults(faults) }
        let years = days.filter { $0.isOff && $0.date.month == 10 && $0.date.day == 1 }.map(\.date.year)
        let covered = years.min().flatMap { first in years.max().map { first...$0 } }
        let calendar = WorkCalendar(code: code, number: number, title: title, years: covered, days: days)
        let found = calendar.problems()
        guard found.isEmpty else { throw FileFaults(found.map { $0.inside(file) }) }
        return calendar
    }

    package static func csv(_ calendar: WorkCalendar) -> String {
        calendar.days.reduce("date,name,is_off_day\n") { $0 + "\($1.date),\(cell($1.name)),\($1.isOff ? 1 : 0)\n" }
    }

    /// Reads divisions: `code,name,parent_code,level`; level is province, city, county or township.
    package static func divisions(csv: String, file: String) throws(FileFaults) -> Divisions {
        var faults: [DataFault] = []
        var found: [Division] = []
        var lines: [String: Int] = [:]
        for row in try rows(csv, file: file, header: ["code", "name", "parent_code", "level"]) {
            func add(_ column: String, _ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String) {
                faults.append(DataFault("\(file):\(row.line) \(column)", zh: zh, en: en, remedyZh: remedyZh, remedyEn: remedyEn))
            }
            if !Division.isWellFormed(row.cells[0]) { add("code", "代码格式有误", "no code of a division", "6 位或 12 位数字", "6 or 12 digits") }
            if row.cells[1].isEmpty { add("name", "没有名称", "no name", "填写名称", "name it") }
            if let earlier = lines.updateValue(row.line, forKey: row.cells[0]) { add("code", "与第 \(earlier) 行重复", "the same as line \(earlier)", "每个代码一行", "one line a code") }
            guard let level = DivisionLevel.allCases.first(where: { $0.name == row.cells[3] }) else {
                add("level", "没有这个级别", "no such level", "province / city / county / township", "province / city / county / township")
                continue
            }
            found.append(Division(code: row.cells[0], name: row.cells[1], parent: row.cells[2], level: level))
        }
        let table = Divisions(found)
        for division in table.all where division.level != .province && table[division.parent] == nil {
            faults.append(DataFault("\(file):\(lines[division.code] ?? 0) parent_code", zh: "上级 \(division.parent) 不存在", en: "its parent \(division.parent) does not exist", remedyZh: "补入上级", remedyEn: "add the parent"))
        }
        guard faults.isEmpty else { throw FileFaults(faults) }
        return table
    }

    package static func csv(_ divisions: Divisions) -> String {
        divisions.all.reduce("code,name,parent_code,level\n") { $0 + "\($1.code),\(cell($1.name)),\($1.parent),\($1.level.name)\n" }
    }

    private static func cell(_ text: String) -> String {
        text.contains { $0 == "," || $0 == "\"" || $0.isNewline } || text.hasPrefix("#") ? "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : text
    }

    /// Rows below a header that must be exactly `header`.
    private static func rows(_ csv: String, file: String, header: [String]) throws(FileFaults) -> [(line: Int, cells: [String])] {
        var parser = CSVParser()
        var rows: [(line: Int, cells: [String])] = []
        var faults: [DataFault] = []
        func take(_ row: borrowing CSVRow) {
            let cells = (0..<row.cells.count).map { Normalisation.line(row.cells.text($0)) }
            if cells.first?.hasPrefix("#") == true { return }
            if row.fault != nil || cells.count != header.count {
                faults.append(DataFault("\(file):\(row.line)", zh: "应有 \(header.count) 列", en: "should have \(header.count) columns", remedyZh: header.joined(separator: ","), remedyEn: header.joined(separator: ",")))
            } else {
                rows.append((row.line, cells))
            }
        }
        parser.feed(Array(csv.utf8), take)
        parser.finish(take)
        guard faults.isEmpty else { throw FileFaults(faults) }
        guard rows.first?.cells == header else {
            throw FileFaults([DataFault(file, zh: "表头应为 \(header.joined(separator: ","))", en: "the header should be \(header.joined(separator: ","))", remedyZh: "改正第一行", remedyEn: "correct the first line")])
        }
        return Array(rows.dropFirst())
    }
}
