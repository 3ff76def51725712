import Intake
import Registry
import Testing

private let organ = "11000000TEXT00017D"
private let header = "XK_XDR_MC,XK_XDR_LB,XK_XDR_SHXYM,XK_FRDB,XK_XKWS,XK_WSH,XK_XKLB,XK_NR,XK_JDRQ,XK_YXQZ,XK_YXQZI,XK_XKJG,XK_XKJGDM,XK_ZT,XK_LYDW,XK_LYDWDM"
private let row = "测试（虚构）公司,法人及非法人组织,91000000TEXT000250,张三,准予许可决定书,测许〔2023〕12号,普通,\"内容,含逗号\",2023/05/12,2023/05/12,2099/12/31,某某局,\(organ),1,某某局,\(organ)"

private struct Outcome {
    var rows: [Int] = []
    var lines: [Int] = []
    var problems: [RowProblem] = []
    var summary = IntakeSummary()
    var batches = 0
    var rules: [String] { problems.map(\.rule) }
}

private func read(_ bytes: [UInt8], chunk: Int = 65_536, batch: Int = 500) -> Outcome {
    guard let item = Catalogue.standard.item(code: "permit"), let today = CivilDate(year: 2024, month: 6, day: 1) else { return Outcome() }
    var reader = RowReader(item: item, today: today, unit: nil, batchSize: batch), outcome = Outcome(), at = 0
    func keep(_ b: RowBatch) {
        outcome.rows += b.records.map(\.row)
        outcome.lines += b.records.map(\.line)
        outcome.problems += b.problems
        outcome.batches += 1
    }
    while at < bytes.count {
        let end = min(bytes.count, at + chunk)
        reader.feed(bytes[at..<end]) { keep($0) }
        at = end
    }
    outcome.summary = reader.finish { keep($0) }
    return outcome
}

private func read(_ text: String, chunk: Int = 65_536, batch: Int = 500) -> Outcome { read(Array(text.utf8), chunk: chunk, batch: batch) }

struct RowReaderTests {
    @Test func rowsBatchesAndLines() {
        let text = "\u{FEFF}\(header)\r\n" + String(repeating: row + "\r\n", count: 7) + ",,,,\r\n"
        let outcome = read(text, batch: 3)
        #expect(outcome.rows == Array(1...7) && outcome.lines == Array(2...8) && outcome.problems.isEmpty && outcome.batches == 3)
        #expect(outcome.summary.rows == 7 && outcome.summary.accepted == 7 && outcome.summary.refused == 0)
        for chunk in [1, 2, 3, 17, 100] { #expect(read(text, chunk: chunk, batch: 3).rows == outcome.rows) }
    }

    @Test func badRowsDoNotStopGoodOnes() {
        let long = row.split(separator: "内容").joined(separator: String(repeating: "长", count: 30_000))
        let text = [header, row, "a,b", row + ",x", row.split(separator: "张三").joined(separator: "\"张\"三"), long, row, "\"开"].joined(separator: "\n")
        let outcome = read(text)
        #expect(outcome.rows == [1, 6])
        #expect(outcome.rules == ["CELLS-FEW", "CELLS-MANY", "QUOTE", "CELL-SIZE", "QUOTE-OPEN"])
        #expect(outcome.problems.map(\.row) == [2, 3, 4, 5, 7] && outcome.problems.map(\.line) == [3, 4, 5, 6, 8])
        #expect(outcome.problems.last?.zh.contains("第8行") == true)
        #expect(outcome.summary.refused == 5 && outcome.summary.accepted == 2)
        let wide = String(repeating: String(repeating: "x", count: 60_000) + ",", count: 20)
        #expect(read([header, wide, row].joined(separator: "\n")).rules == ["ROW-SIZE"])
    }

    @Test func badBytesAreARowsProblem() {
        var bytes = Array((header + "\n").utf8) + Array(row.utf8)
        let at = bytes.count - 3
        bytes[at] = 0xFF
        bytes += Array(("\n" + row + "\n").utf8)
        let outcome = read(bytes)
        #expect(outcome.rules == ["ENCODING"] && outcome.rows == [2])
    }

    @Test func headers() throws {
        let item = try #require(Catalogue.standard.item(code: "permit"))
        let wanted: [ColumnTarget] = [.field(3), .field(15), .field(11), .field(20), .field(22)]
        for headings in [["xk_xdr_shxym", "XK_WSH ", "XK_FR_SFZH", "许可决定日期", "有效期至"],
                         ["行政相对人代码_1（统一社会信用代码）", "行政许可决定文书号", "法定代表人证件号码", "许可决定日期（必填）", "＊有效期止"],
                         ["统一社会信用代码", "行政许可 决定书文号*", "法定代表人身份证号", "【许可决定日期】", "XK_YXQZI(有效期至)"]] {
            let columns = HeaderMap.resolve(headings, item: item).columns
            #expect(Array(columns.prefix(3)) == Array(wanted.prefix(3)), "\(headings)")
            #expect(columns[4] == wanted[4])
        }
        let penalty = try #require(Catalogue.standard.item(code: "penalty"))
        for heading in ["罚款金额", "罚款金额（万元）", "罚款金额(万元)", "CF_NR_FK"] { #expect(HeaderMap.resolve([heading], item: penalty).columns == [.field(20)]) }
        for item in Catalogue.standard.items {
            for field in item.fields {
                for name in [field.code, field.name] + field.aliases { #expect(HeaderMap.resolve([name], item: item).columns == [.field(field.number)], "\(name)") }
            }
        }
    }

    @Test func headerProblems() throws {
        #expect(read(header + ",自定义列,\n" + row + ",x,\n").rules == ["HEADER-UNKNOWN"])
        #expect(read(header + ",自定义列,\n" + row + ",x,\n").rows == [1])
        let duplicate = read(header + ",许可内容\n" + row + ",x\n")
        #expect(duplicate.rules == ["HEADER-DUPLICATE"] && duplicate.summary.isFatal && duplicate.rows.isEmpty)
        #expect(duplicate.problems.first?.column == "XK_NR")
        let missing = read(header.split(separator: "XK_NR,").joined() + "\n" + row)
        #expect(missing.rules == ["HEADER-MISSING"] && missing.problems.first?.zh.contains("许可内容") == true && missing.summary.isFatal)
        #expect(read("").rules == ["HEADER-NONE"] && read("姓名,11010519491231002X\n").rules == ["HEADER-NONE"])
        #expect(read([0xD0, 0xD0, 0xD5, 0xFE, 0x0A]).rules == ["HEADER-NONE"])
        #expect(!read("姓名,11010519491231002X\n").problems.contains { $0.value.contains("1949") })
        let item = try #require(Catalogue.standard.item(code: "permit"))
        // The variant of a dropped column may stand beside it.
        #expect(!HeaderMap.resolve(["XK_FR_ZJHM", "XK_FR_SFZH"], item: item).problems.contains { $0.rowRule == .headerDuplicate })
    }

    @Test func permutedHeadersGiveTheSameRows() {
        let seed: UInt64 = 0x5EED_0103
        var random = SplitMix64(seed)
        let names = header.split(separator: ",").map(String.init)
        let cells = row.split(separator: "\"内容,含逗号\"").joined(separator: "内容").split(separator: ",").map(String.init)
        for _ in 0..<50 {
            let order = Array(names.indices).shuffled(using: &random)
            let outcome = read(order.map { names[$0] }.joined(separator: ",") + "\n" + order.map { cells[$0] }.joined(separator: ","))
            #expect(outcome.rows == [1] && outcome.problems.isEmpty, "seed \(seed)")
        }
    }

    @Test func mutatedFilesNeverCrash() {
        let seed: UInt64 = 0x5EED_0104
        var random = SplitMix64(seed)
        let base = Array("\(header)\n\(row)\n\(row)\n".utf8)
        for round in 0..<1500 {
            var bytes = base
            for _ in 0..<(1 + Int(random.next() % 6)) {
                let at = header.utf8.count + 1 + Int(random.next() % UInt64(bytes.count - header.utf8.count - 1))
                switch random.next() % 3 {
                case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: at)
                default: bytes.insert([0x22, 0x2C, 0x0A, 0x00, 0xEF][Int(random.next() % 5)], at: at)
                }
            }
            let whole = read(bytes), cut = read(bytes, chunk: 1 + Int(random.next() % 50))
            #expect(whole.rows == cut.rows && whole.problems == cut.problems && whole.summary == cut.summary, "seed \(seed) round \(round)")
            #expect(whole.summary.rows == whole.summary.accepted + whole.summary.refused)
        }
    }

    @Test func reports() {
        let problem = RowProblem(row: 3, line: 4, column: "XK_JDRQ", rule: .date, value: "2023/13/01")
        let zh = ProblemReport.line(problem, language: .zh), en = ProblemReport.line(problem, language: .en)
        #expect(zh == "第3行（文件第4行） XK_JDRQ 错误 DATE：日期不正确。内容“2023/13/01”。请按 2023/05/12 的格式填写真实存在的日期；长期填 2099/12/31。")
        #expect(en.hasPrefix("row 3 (line 4) XK_JDRQ error DATE: not a date. Value: “2023/13/01”. Remedy: "))
        #expect(ProblemReport.line(problem, language: .both) == zh + " | " + en)
        let rendered = ProblemReport.render([problem, RowProblem(row: 0, column: "a\nb", rule: .headerUnknown)], language: .zh)
        #expect(rendered.split(separator: "\n").count == 2)
    }
}
