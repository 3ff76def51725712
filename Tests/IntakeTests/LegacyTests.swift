import Intake
import Registry
import Testing

private let permitCodes = ["XK_WSH", "XK_XMMC", "XK_SPLB", "XK_NR", "XK_XDR", "XK_XDR_SHXYM", "XK_XDR_ZDM", "XK_XDR_GSDJ", "XK_XDR_SWDJ", "XK_XDR_SFZ", "XK_FR", "XK_JDRQ", "XK_JZQ",
                           "XK_XZJG", "XK_ZT", "DFBM", "SJC", "BZ"]
private func permit(_ n: Int, _ change: [String: String] = [:]) -> [String] {
    let cells = ["测许〔2016〕\(n)号", "食品经营许可", "4", "准予食品经营", "测试（虚构）公司", Fixture.company, "TEXT00025", "420100000000001", "", "", "张三", "2016/11/02", "2021/11/01",
                 "某某局", "0", "420106001000", "2016/11/03", "原备注"]
    return zip(permitCodes, cells).map { change[$0] ?? $1 }
}

private let penaltyCodes = ["CF_WSH", "CF_CFMC", "CF_CFLB1", "CF_CFLB2", "CF_SY", "CF_YJ", "CF_XDR_MC", "CF_XDR_SHXYM", "CF_XDR_ZDM", "CF_XDR_SFZ", "CF_FR", "CF_JG", "CF_JDRQ", "CF_XZJG", "CF_ZT",
                            "DFBM", "SJC", "BZ", "CF_SYFW", "CF_SXYZCD"]
private func penalty(_ n: Int, _ change: [String: String] = [:]) -> [String] {
    let cells = ["测罚〔2016〕\(n)号", "超范围经营案", "0", "", "超范围经营", "某条例第一条", "测试（虚构）公司", Fixture.company, "", "", "张三", "警告", "2016/11/02", "某某局", "", "420106001000", "", "", "0", "1"]
    return zip(penaltyCodes, cells).map { change[$0] ?? $1 }
}

private func supplied(_ item: String, _ values: [(String, String)]) throws -> [SuppliedValue] {
    try values.map { try SuppliedValue($0.0, $0.1, item: try Fixture.item(item), today: try Fixture.today) }
}

struct LegacyTests {
    private static let permitValues = [("XK_XKJGDM", Fixture.organ), ("XK_LYDW", "某某局"), ("XK_LYDWDM", Fixture.organ)]
    private static let penaltyValues = [("CF_CFJGDM", Fixture.organ), ("CF_SJLY", "某某局"), ("CF_SJLYDM", Fixture.organ), ("CF_YXQ", "2099/12/31")]

    @Test func permits() throws {
        let values = try supplied("permit", Self.permitValues)
        let text = Fixture.text([permitCodes, permit(1), permit(2, ["XK_SPLB": "5", "XK_XDR_SHXYM": "92000000TEXT000172", "XK_XDR_ZDM": ""]),
                                 permit(3, ["XK_XDR": "李四", "XK_XDR_SHXYM": "", "XK_XDR_ZDM": "", "XK_XDR_GSDJ": "", "XK_FR": "", "XK_XDR_SFZ": OpeningTests.number(1990, 1, 1)])])
        let reading = try Reading(text) { $0.supplied = values }
        #expect(reading.rules == ["LEGACY-FILE"] && reading.rows == [1, 2, 3] && reading.findings.fieldSet == .of2016, "\(reading.problems)")
        let note = try #require(reading.problems.first)
        #expect(note.row == 0 && note.zh.contains("DFBM SJC") && note.severity == .note)
        for (number, value) in [(1, "测试（虚构）公司"), (2, "法人及非法人组织"), (3, Fixture.company), (4, "420100000000001"), (5, "TEXT00025"), (9, "张三"), (14, "食品经营许可"), (15, "测许〔2016〕1号"),
                                (16, "登记"), (19, "准予食品经营"), (20, "2016/11/02"), (21, "2016/11/02"), (22, "2021/11/01"), (23, "某某局"), (24, Fixture.organ), (25, "1"), (28, "原备注")] as [(UInt32, String)] {
            #expect(reading.value(0, number) == value, "\(number)")
        }
        #expect(reading.value(1, 2) == "个体工商户" && reading.value(1, 16) == "其他")
        #expect(reading.value(2, 2) == "自然人" && reading.value(2, 12) == "身份证" && reading.records[2].subject.kind == .person)
        // Without the values it cannot be: each missing field is named.
        let bare = try Reading(text)
        #expect(bare.summary.isFatal && bare.problems.filter { $0.rowRule == .headerMissing }.map(\.column) == ["XK_XKJGDM", "XK_LYDW", "XK_LYDWDM"])
    }

    @Test func whatIsNotPlainlyInForceIsNotTaken() throws {
        let values = try supplied("permit", Self.permitValues)
        let text = Fixture.text([permitCodes, permit(1, ["XK_ZT": "1"]), permit(2, ["XK_ZT": "２"]), permit(3, ["XK_ZT": "3"]), permit(4, ["XK_ZT": "异议"]), permit(5, ["XK_ZT": ""]), permit(6, ["XK_ZT": "x"])])
        let reading = try Reading(text) { $0.supplied = values }
        #expect(reading.rows == [5] && reading.problems.filter { $0.row > 0 }.map(\.rule) == Array(repeating: "LEGACY-STATE", count: 5))
        #expect(reading.problems.first { $0.row == 1 }?.zh.contains("撤销") == true && reading.problems.first { $0.row == 2 }?.en.contains("disputed") == true)
        #expect(reading.problems.first { $0.row == 1 }?.column == "XK_ZT" && reading.refused.map(\.row) == [1, 2, 3, 4, 6])
    }

    @Test func penalties() throws {
        let values = try supplied("penalty", Self.penaltyValues)
        let codes = penaltyCodes + ["CF_NR_FK"]
        let text = Fixture.text([codes, penalty(1) + [""], penalty(2, ["CF_CFLB2": "1", "CF_JG": "警告并罚款"]) + ["0.2万元"], penalty(3, ["CF_CFLB1": "1"]) + [""],
                                 penalty(4, ["CF_SYFW": "1"]) + [""], penalty(5, ["CF_CFLB1": "9"]) + [""], penalty(6, ["BZ": "甲", "CF_SXYZCD": "3"]) + [""]])
        let reading = try Reading(text, item: "penalty") { $0.supplied = values }
        #expect(reading.rows == [1, 2, 6] && reading.problems.map(\.rule) == ["LEGACY-FILE", "REQUIRED", "LEGACY-SCOPE", "CODE-LIST"], "\(reading.problems)")
        #expect(reading.value(0, 15) == "超范围经营案" && reading.value(0, 18) == "警告" && reading.value(0, 19) == "警告" && reading.value(0, 30) == "失信严重程度：一般")
        #expect(reading.value(1, 18) == "警告;罚款" && reading.value(1, 20) == "0.2" && reading.value(2, 30) == "甲；失信严重程度：严重")
        // The clerk sees the heading of the file.
        #expect(reading.problems.first { $0.rowRule == .codeList }?.column == "CF_CFLB2→CF_CFLB" || reading.problems.first { $0.rowRule == .codeList }?.column == "CF_CFLB1→CF_CFLB")
    }

    @Test func chineseHeadingsAndFilesOf2018() throws {
        let chinese = ["行政许可决定书文号", "项目名称", "审批类别", "许可内容", "行政相对人名称", "统一社会信用代码", "组织机构代码", "工商登记码", "税务登记号", "居民身份证号", "法定代表人姓名", "许可决定日期", "许可截止期",
                       "许可机关", "当前状态", "地方编码", "数据更新时间戳", "备注"]
        let values = try supplied("permit", Self.permitValues)
        let reading = try Reading(Fixture.text([["行政许可双公示"], chinese, permit(1), permit(2, ["XK_ZT": "1"])])) { $0.supplied = values }
        #expect(reading.rows == [1] && reading.rules == ["LEGACY-FILE", "LEGACY-STATE"] && reading.value(0, 25) == "1", "\(reading.problems)")
        // One odd column does not make a file of 2016 of one of 2018.
        let modern = try Reading(Fixture.text([Fixture.codes + ["项目名称"], Fixture.cells(1) + ["x"]]))
        #expect(modern.findings.fieldSet == .of2018 && modern.rows == [1] && modern.rules == ["HEADER-UNKNOWN"])
    }
}
