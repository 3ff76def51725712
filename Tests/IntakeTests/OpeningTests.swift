import Intake
import Registry
import Testing

struct OpeningTests {
    @Test(arguments: [(",", Delimiter.comma), (";", .semicolon), ("\t", .tab)])
    func delimiters(sign: String, delimiter: Delimiter) throws {
        // The others are data, the full-width comma too.
        let rows = [Fixture.codes, Fixture.cells(1, changing: ["XK_NR": "食品，\(sign == ";" ? "," : ";")餐饮"]), Fixture.cells(2)]
        for end in ["\n", "\r\n", "\r"] {
            let reading = try Reading(Fixture.text(rows, delimiter: sign, end: end), chunk: 13)
            #expect(reading.problems.isEmpty && reading.rows == [1, 2] && reading.lines == [2, 3] && reading.findings.delimiter == delimiter, "\(end.debugDescription)")
        }
        let named = try Reading(Fixture.text(rows, delimiter: sign)) { $0.delimiter = delimiter }
        #expect(named.rows == [1, 2])
        let other = try Reading(Fixture.text(rows, delimiter: sign)) { $0.delimiter = delimiter == .comma ? .tab : .comma }
        #expect(other.summary.isFatal)
    }

    @Test func delimitersInsideQuotationMarksDoNotCount() throws {
        let header = Fixture.codes.map { $0 == "XK_NR" ? "\"许可内容（甲,乙,丙,丁）\"" : $0 }
        let reading = try Reading(Fixture.text([header, Fixture.cells(1)], delimiter: ";"))
        #expect(reading.findings.delimiter == .semicolon && reading.rows == [1])
        let quoted = try Reading(Fixture.text([Fixture.codes, Fixture.cells(1, changing: ["XK_NR": "\"一;\r\n二;\"\"三\"\"\""])], delimiter: ";", end: "\r\n"))
        #expect(quoted.problems.isEmpty && quoted.value(0, 19) == "一;\n二;\"三\"")
    }

    @Test func titlesAboveTheHeadings() throws {
        let titles = ["行政许可信息公示表,,,", "填报单位：某某局,,,填报日期：2024年6月1日", "", "说明：备注,,"]
        for count in 0...titles.count {
            let text = titles.prefix(count).joined(separator: "\n") + "\n" + Fixture.text([Fixture.codes, Fixture.cells(1), Fixture.cells(2)])
            let reading = try Reading(text)
            #expect(reading.rows == [1, 2] && reading.problems.isEmpty, "\(count): \(reading.problems)")
            #expect(reading.findings.headerLine == count + (count == 0 ? 2 : 1) && reading.findings.headings == Fixture.codes)
        }
        let nine = String(repeating: "标题\n", count: 9), ten = String(repeating: "标题\n", count: 10)
        #expect(try Reading(nine + Fixture.text([Fixture.codes, Fixture.cells(1)])).rows == [1])
        let late = try Reading(ten + Fixture.text([Fixture.codes, Fixture.cells(1)]))
        #expect(late.rules == ["HEADER-NONE"] && late.summary.isFatal)
        let chinese = try Fixture.item().fields.map(\.name).joined(separator: ",")
        #expect(try Reading("行政许可表\n" + chinese + "\n").findings.headerLine == 2)
    }

    @Test func raggedRowsAndEmptyLines() throws {
        let good = Fixture.cells(1)
        let text = Fixture.text([Fixture.codes, good + ["", " "], Array(good.dropLast()), good + ["多"], [""], [",,,,,"], Fixture.cells(2)])
        let reading = try Reading(text)
        #expect(reading.rows == [1, 4] && reading.rules == ["CELLS-FEW", "CELLS-MANY"] && reading.problems.map(\.row) == [2, 3])
        #expect(reading.refused.map(\.row) == [2, 3] && reading.refused.last?.cells.last == "多" && reading.kept.count == 2)
    }

    @Test func notesOfEveryRowAreToldOnceWithACount() throws {
        let header = Fixture.codes + ["XK_FR_ZJHM"]
        let rows = (1...300).map { Fixture.cells($0, changing: ["XK_XKJGDM": "12000000TEXT00017A", "XK_LYDWDM": "12000000TEXT00017A"]) + [$0 % 3 == 0 ? "" : "11010519491231002X"] }
        let reading = try Reading(Array(Fixture.text([header] + rows).utf8), unit: CreditCode(Fixture.organ)) { $0.batchSize = 50 }
        #expect(reading.rows.count == 300 && reading.rules.sorted() == ["DO-NOT-COLLECT", "OTHER-UNIT"])
        let dropped = try #require(reading.problems.first { $0.rowRule == .doNotCollect })
        #expect(dropped.row == 0 && dropped.column == "XK_FR_ZJHM" && dropped.zh.contains("共200行") && dropped.en.contains("200 rows, first in row 1") && dropped.value.isEmpty)
        #expect(reading.problems.first { $0.rowRule == .otherUnit }?.zh.contains("共300行") == true)
        #expect(reading.records.allSatisfy { record in !record.fields.contains { $0.number == 11 } })
    }

    @Test func fullWidthAndForms() throws {
        let wide = Fixture.cells(1, changing: [
            "XK_XDR_SHXYM": "９１００００００ＴＥＸＴ０００２５０", "XK_JDRQ": "２０２３年５月１２日", "XK_YXQZ": "2023-05-12 00:00:00", "XK_YXQZI": "2099.12.31", "XK_ZT": "１",
        ])
        let reading = try Reading(Fixture.text([Fixture.codes, wide]))
        #expect(reading.problems.isEmpty && reading.value(0, 3) == Fixture.company && reading.value(0, 20) == "2023/05/12" && reading.value(0, 21) == "2023/05/12")
    }

    @Test func valuesForAllRows() throws {
        let item = try Fixture.item(), today = try Fixture.today
        let without = Fixture.codes.filter { $0 != "XK_XKJGDM" && $0 != "XK_LYDW" }
        func drop(_ cells: [String]) -> [String] { zip(Fixture.codes, cells).filter { without.contains($0.0) }.map(\.1) }
        let text = Fixture.text([without, drop(Fixture.cells(1)), drop(Fixture.cells(2, changing: ["XK_FRDB": ""])), drop(Fixture.cells(3)) + ["x"], ["a"]])
        #expect(try Reading(text).rules == ["HEADER-MISSING", "HEADER-MISSING"])
        let supplied = try [SuppliedValue("xk_xkjgdm", Fixture.organ, item: item, today: today), SuppliedValue("数据来源单位", "某某局", item: item, today: today),
                            SuppliedValue("XK_FRDB", "王五", item: item, today: today)]
        let reading = try Reading(text) { $0.supplied = supplied }
        #expect(reading.rows == [1, 2] && reading.rules == ["CELLS-MANY", "CELLS-FEW"] && reading.value(0, 9) == "张三" && reading.value(1, 9) == "王五")
        #expect(reading.records[0].authority.text == Fixture.organ)
        for (field, value, rule) in [("XK_XKJGDM", "123", RowRule.usccLength), ("XK_XYZ", "1", .headerUnknown), ("XK_WSH", "一号", .fieldNumber), ("XK_XDR_SHXYM", Fixture.company, .fieldNumber),
                                     ("XK_JDRQ", "昨天", .date), ("XK_ZT", "9", .codeList)] {
            #expect(throws: RowProblem.self) { try SuppliedValue(field, value, item: item, today: today) }
            do { _ = try SuppliedValue(field, value, item: item, today: today) } catch { #expect(error.rowRule == rule, "\(field)") }
        }
    }

    @Test func minorsInEveryForm() throws {
        let codes = ["CF_XDR_MC", "CF_XDR_LB", "CF_XDR_ZJLX", "CF_XDR_ZJHM", "CF_WSH", "CF_WFXW", "CF_SY", "CF_YJ", "CF_CFLB", "CF_NR", "CF_JDRQ", "CF_YXQ", "CF_CFJG", "CF_CFJGDM", "CF_SJLY", "CF_SJLYDM"]
        func row(_ number: String, _ n: Int) -> [String] {
            ["李四", "自然人", "身份证", number, "测罚〔2023〕\(n)号", "超范围", "事实", "依据", "警告", "警告", "2023/05/12", "2099/12/31", "某某局", Fixture.organ, "某某局", Fixture.organ]
        }
        // Synthetic: address 000000; 17, 18 and 13 years old on the day of the decision.
        let text = Fixture.text([codes, row(Self.number(2005, 5, 13), 1), row(Self.number(2005, 5, 12), 2), row(Self.number(2012, 1, 1), 3)])
        for name in ["UTF-8", "GB18030", "UTF-16LE"] {
            let reading = try Reading(name == "UTF-8" ? Array(text.utf8) : try Fixture.encode(text, name), item: "penalty")
            #expect(reading.rows == [2] && reading.rules == ["MINOR", "MINOR-14", "MINOR"], "\(name) \(reading.problems)")
        }
    }

    /// A synthetic citizen's number of the address 000000.
    static func number(_ year: Int, _ month: Int, _ day: Int) -> String {
        func two(_ n: Int) -> String { (n < 10 ? "0" : "") + String(n) }
        let body = "000000\(year)\(two(month))\(two(day))001"
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(body.utf8, weights).reduce(0) { $0 + (Int($1.0) - 48) * $1.1 }
        return body + String(Array("10X98765432")[sum % 11])
    }

    /// 60,000 rows, a third of them bad: what is held at once is a batch, and what is counted adds up.
    @Test func memoryIsOneBatch() throws {
        var reader = RowReader(item: try Fixture.item(), today: try Fixture.today, unit: nil, options: { var o = IntakeOptions(); o.keepsCells = true; o.batchSize = 500; return o }())
        let good = Array(Fixture.text([Fixture.cells(1)]).utf8), bad = Array(Fixture.text([Fixture.cells(2, changing: ["XK_JDRQ": "?", "XK_ZT": "7"])]).utf8), short = Array("短,行\n".utf8)
        var records = 0, problems = 0, refused = 0, greatest = 0
        func keep(_ batch: RowBatch) {
            records += batch.records.count
            problems += batch.problems.count
            refused += batch.refused.count
            greatest = max(greatest, batch.problems.count, batch.refused.count + batch.records.count, batch.kept.count)
        }
        reader.feed(Array(Fixture.text([Fixture.codes]).utf8)) { keep($0) }
        for _ in 0..<300 {
            var chunk: [UInt8] = []
            for n in 0..<200 { chunk += n % 6 == 0 ? bad : n % 6 == 1 ? short : good }
            reader.feed(chunk) { keep($0) }
        }
        let summary = reader.finish { keep($0) }
        #expect(summary.rows == 60_000 && summary.accepted == records && summary.refused == refused && records + refused == 60_000)
        #expect(refused == 300 * 68 && problems == 300 * (34 * 2 + 34))
        #expect(greatest <= 1000, "a batch holds at most 500 rows and their problems")
        // Cells end a batch too.
        let wide = try Reading(Fixture.text([Fixture.codes] + (0..<200).map { Fixture.cells($0, changing: ["XK_NR": String(repeating: "长", count: 20_000)]) }))
        #expect(wide.greatestBatch < 100 && wide.summary.refused == 200)
    }
}
