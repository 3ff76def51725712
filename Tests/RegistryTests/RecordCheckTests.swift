import Registry
import Testing

struct RecordCheckTests {
    private func fields(_ item: String, _ change: [UInt32: FieldValue?] = [:], person: Bool = false) -> [(UInt32, FieldValue)] {
        guard let record = validate(item, person ? personRow(item) : goodRow(item)).record else { return [] }
        var values = Dictionary(uniqueKeysWithValues: record.fields.map { ($0.number, $0.value) })
        for (number, value) in change { values[number] = value }
        return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func broken(_ item: String, _ change: [UInt32: FieldValue?], person: Bool = false, kind: SubjectKind = .organisation) -> [String] {
        RecordValidator.check(fields: fields(item, change, person: person), item: standardItem(item), subjectKind: kind)
    }

    @Test func whatTheValidatorPassesTheCheckPasses() {
        for item in ["permit", "penalty"] {
            #expect(broken(item, [:]).isEmpty)
            #expect(broken(item, [:], person: true, kind: .person).isEmpty)
        }
        let seed: UInt64 = 0x5EED_0009
        var random = SplitMix64(seed)
        let pieces = ["Ａ", "９", "，", "（", "[", "】", "\r\n", "\t", "·", "—", "￥", "豈", " ", "\u{3000}", "号", "第", "x", "\u{200B}", "；", "😀"]
        for _ in 0..<3000 {
            var row = goodRow("permit")
            let text = (0..<(1 + Int(random.next() % 10))).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
            row[["XK_WSH", "XK_NR", "XK_XKBH", "XK_XDR_MC", "BZ"][Int(random.next() % 5)]] = text
            guard let record = validate("permit", row).record else { continue }
            let rules = RecordValidator.check(fields: record.fields.map { ($0.number, $0.value) }, item: standardItem("permit"), subjectKind: record.subject.kind)
            #expect(rules.isEmpty, "seed \(seed) \(text.debugDescription) \(rules)")
        }
    }

    @Test func whatAPeerMustNotSend() {
        #expect(broken("permit", [99: .text("x")]) == ["FIELD-NUMBER"])
        #expect(broken("permit", [20: .text("2023/05/12")]) == ["FIELD-TYPE", "REQUIRED"] || broken("permit", [20: .text("2023/05/12")]) == ["FIELD-TYPE"])
        #expect(broken("permit", [19: .date(.forever)]) == ["FIELD-TYPE"])
        #expect(broken("permit", [19: Optional<FieldValue>.none]) == ["REQUIRED"])
        #expect(broken("permit", [19: .text("")]) == ["NORMAL-FORM"])
        #expect(broken("permit", [19: .text(" a")]) == ["NORMAL-FORM"])
        #expect(broken("permit", [19: .text("Ａ")]) == ["NORMAL-FORM"])
        #expect(broken("permit", [19: .text("a\u{202E}b")]) == ["NORMAL-FORM"])
        #expect(broken("permit", [1: .text("a\nb")]) == ["NORMAL-FORM"])
        #expect(broken("permit", [15: .text("测许[2023]12号")]) == ["NORMAL-FORM"])
        #expect(broken("permit", [1: .text(String(repeating: "名", count: 201))]) == ["LENGTH"])
        #expect(broken("permit", [19: .text("号11010519491231002X")]) == ["CITIZEN-ID-IN-TEXT"])
        #expect(broken("permit", [13: .text("11010519491231002X")], person: true, kind: .person) == ["CITIZEN-ID-IN-TEXT"])
        #expect(broken("permit", [11: .text("x")]) == ["DO-NOT-COLLECT"])
        #expect(broken("permit", [12: .text("身份证")]) == ["DO-NOT-COLLECT"])
        #expect(broken("permit", [3: .text("91000000TEXT000251")]) == ["USCC-CHECK"])
        #expect(broken("permit", [3: .text("91000000text000250")]) == ["USCC-CHECK"])
        #expect(broken("permit", [24: .text(CreditCode.placeholder)]) == ["USCC-PLACEHOLDER"])
        #expect(broken("permit", [3: .text(company)], person: true, kind: .person) == ["PERSON-WITH-CODE"])
        #expect(broken("permit", [25: .text("3")]) == ["CODE-LIST"])
        #expect(broken("permit", [16: .text("普通；特许")]) == ["CODE-LIST"])
        #expect(broken("permit", [22: .date(day(2000, 1, 1))]) == ["PERIOD"])
        #expect(broken("penalty", [20: Optional<FieldValue>.none]) == ["REQUIRED"])
        #expect(broken("permit", [:], kind: .person).contains("SUBJECT-KIND"))
        #expect(broken("permit", [:], kind: .unregistered).contains("SUBJECT-KIND"))
        #expect(broken("permit", [2: .text("个体工商户"), 3: .text(CreditCode.placeholder)], kind: .unregistered).isEmpty)
        #expect(broken("permit", [2: .text("个体工商户"), 3: .text(CreditCode.placeholder)]) == ["USCC-PLACEHOLDER"])
        #expect(RecordValidator.check(fields: [], item: standardItem("permit"), subjectKind: .person) == ["SUBJECT-KIND", "REQUIRED"])
        let doubled = fields("permit") + [(28, .text("a")), (28, .text("b"))]
        #expect(RecordValidator.check(fields: doubled, item: standardItem("permit"), subjectKind: .organisation) == ["FIELD-NUMBER"])
        let reversed = Array(fields("permit").reversed())
        #expect(RecordValidator.check(fields: reversed, item: standardItem("permit"), subjectKind: .organisation).contains("FIELD-NUMBER"))
    }
}
