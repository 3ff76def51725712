import Registry
import Testing

/// A way to break one rule: what to change in a good row. The good row itself is the mended one.
private struct Breakage: Sendable, CustomTestStringConvertible {
    let rule: RowRule
    let item: String
    let change: [String: String]
    var person: String?
    var refused = true
    var testDescription: String { "\(rule.rawValue) \(item) \(change.keys.sorted())" }
}

private let idText = "当事人身份证号11010519491231002X。"

private let breakages: [Breakage] = [
    Breakage(rule: .required, item: "permit", change: ["XK_NR": ""]),
    Breakage(rule: .required, item: "permit", change: ["XK_FRDB": " \u{3000}"]),
    Breakage(rule: .required, item: "permit", change: ["XK_XDR_SHXYM": ""]),
    Breakage(rule: .required, item: "permit", change: ["XK_XDR_LB": ""]),
    Breakage(rule: .required, item: "permit", change: ["XK_WSH": " "]),
    Breakage(rule: .required, item: "penalty", change: ["CF_NR_FK": ""]),
    Breakage(rule: .required, item: "penalty", change: ["CF_CFLB": "警告；没收违法所得"]),
    Breakage(rule: .required, item: "penalty", change: ["CF_CFLB": "吊销许可证件"]),
    Breakage(rule: .required, item: "penalty", change: ["CF_CFLB": "暂扣或者吊销执照;罚款"]),
    Breakage(rule: .required, item: "permit", change: ["XK_XDR_ZJHM": ""], person: citizen(1990, 1, 1)),
    Breakage(rule: .length, item: "permit", change: ["XK_XDR_MC": String(repeating: "名", count: 201)]),
    Breakage(rule: .length, item: "permit", change: ["XK_WSH": String(repeating: "9", count: 65)]),
    Breakage(rule: .date, item: "permit", change: ["XK_JDRQ": "2023/02/29"]),
    Breakage(rule: .amount, item: "penalty", change: ["CF_NR_FK": "2000元"]),
    Breakage(rule: .codeList, item: "permit", change: ["XK_XDR_LB": "企业"]),
    Breakage(rule: .codeList, item: "permit", change: ["XK_ZT": "3"]),
    Breakage(rule: .codeList, item: "permit", change: ["XK_XDR_ZJLX": "驾驶证"], person: citizen(1990, 1, 1)),
    Breakage(rule: .codeList, item: "penalty", change: ["CF_CFLB": "罚款;罚站"]),
    Breakage(rule: .control, item: "permit", change: ["XK_NR": "食品\u{200B}经营\u{7}"], refused: false),
    Breakage(rule: .control, item: "permit", change: ["XK_WSH": "测许〔2023〕\u{FEFF}12号"], refused: false),
    Breakage(rule: .encoding, item: "permit", change: ["XK_NR": "食品\u{0}经营"]),
    Breakage(rule: .mojibake, item: "permit", change: ["XK_NR": "食品\u{FFFD}经营"]),
    Breakage(rule: .mojibake, item: "permit", change: ["XK_NR": "前锟斤拷后"]),
    Breakage(rule: .mojibake, item: "permit", change: ["BZ": "烫烫烫烫"]),
    Breakage(rule: .mojibake, item: "permit", change: ["XK_FRDB": "屯屯屯"]),
    Breakage(rule: .mojibake, item: "permit", change: ["XK_XDR_MC": "CafÃ©"]),
    Breakage(rule: .mojibake, item: "permit", change: ["XK_XKJG": "ä¸\u{AD}å\u{9B}½"]),
    Breakage(rule: .mojibake, item: "permit", change: ["XK_XKJG": "å…¬å\u{8F}¸"]),
    Breakage(rule: .mojibake, item: "permit", change: ["XK_FRDB": "李\u{E81E}"]),
    Breakage(rule: .mojibake, item: "penalty", change: ["CF_WSH": "测罚\u{F0000}12号"]),
    Breakage(rule: .mojibake, item: "permit", change: ["XK_XDR_ZJHM": "11010519491231002\u{FFFD}"], person: citizen(1990, 1, 1)),
    Breakage(rule: .precision, item: "permit", change: ["XK_XDR_SHXYM": "9.14403E+17"]),
    Breakage(rule: .precision, item: "permit", change: ["XK_XDR_GSZC": "4.20106E+14"]),
    Breakage(rule: .precision, item: "permit", change: ["XK_XDR_ZJHM": "1.10105E+17"], person: citizen(1990, 1, 1)),
    Breakage(rule: .formulaError, item: "permit", change: ["XK_FRDB": "#N/A"]),
    Breakage(rule: .formulaError, item: "penalty", change: ["CF_NR_FK": "#REF!"]),
    Breakage(rule: .usccLength, item: "permit", change: ["XK_XDR_SHXYM": "9100"]),
    Breakage(rule: .usccCharacter, item: "permit", change: ["XK_XDR_SHXYM": "91OOOOOOTEXT000250"]),
    Breakage(rule: .usccCheck, item: "permit", change: ["XK_XDR_SHXYM": "91000000TEXT000251"]),
    Breakage(rule: .usccCheck, item: "permit", change: ["XK_XKJGDM": "91000000TEXT000251"]),
    Breakage(rule: .usccPlaceholder, item: "permit", change: ["XK_XDR_SHXYM": CreditCode.placeholder]),
    Breakage(rule: .usccPlaceholder, item: "permit", change: ["XK_XKJGDM": CreditCode.placeholder]),
    Breakage(rule: .usccInner, item: "permit", change: ["XK_XDR_SHXYM": uscc("91000000TEXT00026")], refused: false),
    Breakage(rule: .usccCategory, item: "permit", change: ["XK_XDR_SHXYM": uscc("95000000TEXT00025")], refused: false),
    Breakage(rule: .usccDivision, item: "permit", change: ["XK_XDR_SHXYM": uscc("910000A0TEXT00025")], refused: false),
    Breakage(rule: .usccClass, item: "permit", change: ["XK_XDR_SHXYM": trader], refused: false),
    Breakage(rule: .citizenID, item: "permit", change: ["XK_XDR_ZJHM": "110105194912310021"], person: citizen(1990, 1, 1)),
    Breakage(rule: .citizenID, item: "penalty", change: ["CF_XDR_ZJHM": "110105491231002"], person: citizen(1990, 1, 1)),
    Breakage(rule: .personDocument, item: "permit", change: ["XK_XDR_ZJLX": "护照", "XK_XDR_ZJHM": "E1?"], person: citizen(1990, 1, 1)),
    Breakage(rule: .citizenIDInText, item: "permit", change: ["XK_NR": idText]),
    Breakage(rule: .citizenIDInText, item: "permit", change: ["BZ": "１１０１０５１９４９１２３１００２ｘ"]),
    Breakage(rule: .citizenIDInText, item: "penalty", change: ["CF_SY": idText]),
    Breakage(rule: .citizenIDInText, item: "permit", change: ["XK_WSH": "11010519491231002X"]),
    Breakage(rule: .citizenIDInText, item: "permit", change: ["XK_XKBH": "11010519491231002X"]),
    Breakage(rule: .citizenIDInText, item: "permit", change: ["XK_XDR_MC": "李四11010519491231002X"]),
    Breakage(rule: .personWithCode, item: "permit", change: ["XK_XDR_SHXYM": company], person: citizen(1990, 1, 1)),
    Breakage(rule: .doNotCollect, item: "permit", change: ["XK_FR_ZJHM": "11010519491231002X", "XK_FR_ZJLX": "身份证"], refused: false),
    Breakage(rule: .doNotCollect, item: "penalty", change: ["CF_XDR_ZJHM": "11010519491231002X"], refused: false),
    Breakage(rule: .minor, item: "penalty", change: ["CF_XDR_ZJHM": citizen(2005, 5, 13)], person: citizen(2005, 5, 12)),
    Breakage(rule: .minorUnder14, item: "permit", change: ["XK_XDR_ZJHM": citizen(2010, 6, 2)], person: citizen(2010, 6, 1)),
    Breakage(rule: .summaryProcedure, item: "penalty", change: ["CF_CFCX": "简易程序"]),
    Breakage(rule: .period, item: "permit", change: ["XK_YXQZI": "2023/05/11"]),
    Breakage(rule: .period, item: "penalty", change: ["CF_YXQ": "2023/05/11"]),
    Breakage(rule: .futureDate, item: "permit", change: ["XK_JDRQ": "2024/06/02"]),
    Breakage(rule: .otherUnit, item: "permit", change: ["XK_XKJGDM": "12000000TEXT00017A", "XK_LYDWDM": "12000000TEXT00017A"], refused: false),
]

struct ValidatorTests {
    @Test(arguments: breakages) private func brokenRowsAreReportedAndMendedOnesPass(_ b: Breakage) {
        let good = b.person.map { personRow(b.item, number: $0) } ?? goodRow(b.item)
        let mended = validate(b.item, good)
        #expect(mended.record != nil && mended.problems.isEmpty, "\(mended.problems.map(\.rule))")
        let broken = validate(b.item, good.merging(b.change) { $1 })
        #expect(broken.problems.contains { $0.rowRule == b.rule }, "\(broken.problems.map(\.rule))")
        #expect((broken.record == nil) == b.refused)
    }

    @Test func everyRuleOfRowsIsBrokenOnce() {
        // Form and header rules are broken in IntakeTests, the rules between nodes in RecordCheckTests,
        // what is recorded already in NodeTests, persons where none are allowed in ItemTests.
        let elsewhere: Set<RowRule> = [.cellsFew, .cellsMany, .quote, .quoteOpen, .cellSize, .rowSize, .headerMissing, .headerDuplicate, .headerUnknown,
                                       .headerNone, .fieldNumber, .fieldType, .normalForm, .subjectKind, .alreadyRecorded, .revokedBefore, .purgedBefore, .optedOut, .returnedBefore, .removedBefore, .personNotAllowed, .itemNotValid,
                                       .legacyState, .legacyScope, .legacyFile]
        for rule in RowRule.allCases where !elsewhere.contains(rule) { #expect(breakages.contains { $0.rule == rule }, "\(rule)") }
    }

    /// What only resembles a trace is taken.
    @Test(arguments: ["Café Müller", "café……", "温度25°C±2", "锟河路", "烫烫", "屯屯村", "𠮷野家", "㛃䶮𬱖", "é”。"])
    func ordinaryText(name: String) {
        var row = goodRow("permit")
        row["XK_FRDB"] = name
        #expect(validate("permit", row).problems.isEmpty, "\(name)")
    }

    @Test func emptyCellsBeyondTheHeaderAreTolerated() {
        let item = standardItem("permit"), row = goodRow("permit")
        let validator = RecordValidator(item: item, columns: item.fields.map { .field($0.number) }, today: today, unit: nil)
        let cells = item.fields.map { row[$0.code] ?? "" }
        #expect(validator.validate(row: 1, cells: cells + ["", " "]).record != nil)
        #expect(validator.validate(row: 1, cells: cells + ["", "x"]).problems.map(\.rule) == ["CELLS-MANY"])
        #expect(validator.validate(row: 1, cells: cells.dropLast()).problems.map(\.rule) == ["CELLS-FEW"])
    }

    @Test func aGoodRecord() throws {
        var row = goodRow("permit")
        row["XK_WSH"] = " 测许[２０２３] 12号"
        row["XK_XKLB"] = "普通；其他-补正"
        row["XK_NR"] = "一、ＡＢＣ，\r\n二、（略）"
        let record = try #require(validate("permit", row).record)
        #expect(record.item == 1 && record.documentNumber == "测许〔2023〕12号" && record.itemNumber == "JY1420")
        #expect(record.subject == .organisation(try #require(CreditCode(company))) && record.subjectName == "测试（虚构）有限公司")
        #expect(record.authority.text == organ && record.decidedOn == day(2023, 5, 12))
        #expect(record.fields.map(\.number) == record.fields.map(\.number).sorted())
        #expect(record.fields.first { $0.number == 16 }?.value == .text("普通;其他-补正"))
        #expect(record.fields.first { $0.number == 19 }?.value == .text("一、ABC，\n二、（略）"))
        #expect(record.fields.first { $0.number == 22 }?.value == .date(.forever))
        let penalty = try #require(validate("penalty", goodRow("penalty")).record)
        #expect(penalty.fields.first { $0.number == 20 }?.value == .amount(try Amount.parse("0.2").get()))
        #expect(penalty.itemNumber.isEmpty)
    }

    @Test func persons() throws {
        let number = citizen(1990, 1, 1)
        let record = try #require(validate("penalty", personRow("penalty", number: number.lowercased())).record)
        #expect(record.subject == .person(.citizenID, number: number))
        #expect(!record.fields.contains { $0.number == 13 } && record.fields.contains { $0.number == 12 })
        var dumped = "\(record)"
        dump(record, to: &dumped)
        #expect(!dumped.contains(number))
        var passport = personRow("permit", number: "e1234 5678")
        passport["XK_XDR_ZJLX"] = "护照"
        passport["XK_XDR_SHXYM"] = CreditCode.placeholder
        let foreigner = validate("permit", passport)
        #expect(foreigner.record?.subject == .person(.passport, number: "E12345678") && foreigner.problems.isEmpty)
        #expect(foreigner.record?.fields.contains { $0.number == 3 } == false)
    }

    @Test func soleTraders() throws {
        var row = goodRow("permit")
        row["XK_XDR_LB"] = "个体工商户"
        row["XK_FRDB"] = ""
        row["XK_XDR_SHXYM"] = trader
        #expect(validate("permit", row).record?.subject == .organisation(try #require(CreditCode(trader))))
        row["XK_XDR_SHXYM"] = CreditCode.placeholder
        let unregistered = validate("permit", row)
        #expect(unregistered.record?.subject == .unregistered(name: "测试（虚构）有限公司") && unregistered.problems.isEmpty)
        row["XK_XDR_SHXYM"] = ""
        #expect(validate("permit", row).problems.map(\.rule) == ["REQUIRED"])
        row["XK_XDR_SHXYM"] = company
        #expect(validate("permit", row).problems.map(\.rule) == ["USCC-CLASS"])
    }

    @Test func aSourceMayReportForAnother() {
        var row = goodRow("permit")
        row["XK_XKJGDM"] = "12000000TEXT00017A"
        #expect(validate("permit", row).problems.isEmpty)
        row["XK_LYDWDM"] = "12000000TEXT00017A"
        #expect(validate("permit", row, unit: nil).problems.isEmpty)
        #expect(validate("permit", row).problems.map(\.severity) == [.warning])
    }

    @Test func personalNumbersNeverReachAProblem() {
        let seed: UInt64 = 0x5EED_0007
        var random = SplitMix64(seed)
        for round in 0..<1500 {
            let name = random.next() % 2 == 0 ? "permit" : "penalty"
            let born = day(1950 + Int(random.next() % 74), 1 + Int(random.next() % 12), 1 + Int(random.next() % 28))
            let number = citizen(born.year, born.month, born.day, sequence: Int(random.next() % 1000), address: "420106")
            let item = standardItem(name)
            var row = random.next() % 2 == 0 ? goodRow(name) : personRow(name, number: number)
            // The number in any cell, bare, in a sentence, full-width, spaced, or with a wrong last digit.
            let field = item.fields[Int(random.next() % UInt64(item.fields.count))]
            let wide = String(String.UnicodeScalarView(number.unicodeScalars.map { Unicode.Scalar($0.value + 0xFEE0) ?? $0 }))
            let forms = [number, "号码\(number)号", wide, number.prefix(6) + " " + number.dropFirst(6), number.dropLast() + "5", String(repeating: "长", count: 4990) + number]
            row[field.code] = String(forms[Int(random.next() % UInt64(forms.count))])
            if random.next() % 3 == 0 { row[item.fields[Int(random.next() % 20)].code] = "\u{0}" }
            let (record, problems) = validate(name, row)
            let secret = String(number.dropFirst(6).prefix(11))
            for p in problems {
                let all = p.value + p.zh + p.en + p.remedyZh + p.remedyEn + p.column + "\(p)"
                #expect(!Normalisation.code(all).contains(secret), "seed \(seed) round \(round) \(field.code)")
                #expect(p.value.unicodeScalars.count <= 64)
            }
            if let record {
                for (_, value) in record.fields where value.type == .text { #expect(!value.tableText.contains(number), "seed \(seed) round \(round) \(field.code)") }
            }
        }
    }

    @Test func columnOrderDoesNotMatter() throws {
        let seed: UInt64 = 0x5EED_0008
        var random = SplitMix64(seed)
        let item = standardItem("penalty")
        let reference = try #require(validate("penalty", personRow("penalty")).record)
        for _ in 0..<100 {
            let order = item.fields.shuffled(using: &random)
            let row = personRow("penalty")
            let validator = RecordValidator(item: item, columns: order.map { .field($0.number) } + [.ignored], today: today, unit: nil)
            let record = try #require(validator.validate(row: 1, cells: order.map { row[$0.code] ?? "" } + ["?"]).record)
            #expect(record.fields.map(\.number) == reference.fields.map(\.number) && record.fields.map(\.value) == reference.fields.map(\.value), "seed \(seed)")
            #expect(record.subject == reference.subject)
        }
    }

    @Test func invalidBytes() {
        let item = standardItem("permit")
        let validator = RecordValidator(item: item, columns: item.fields.map { .field($0.number) }, today: today, unit: nil)
        var row = CellRow()
        for field in item.fields {
            let start = row.bytes.count
            row.append(contentsOf: field.code == "XK_NR" ? [0xE4, 0xB8, 0xFF, 0x41][...] : Array((goodRow("permit")[field.code] ?? "").utf8)[...])
            row.closeCell(from: start)
        }
        let (record, problems) = validator.validate(row: 7, cells: row)
        #expect(record == nil && problems.map(\.rule) == ["ENCODING"] && problems.map(\.column) == ["XK_NR"] && problems.map(\.row) == [7])
    }
}
