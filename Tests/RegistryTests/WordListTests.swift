import Testing

@testable import Registry

/// The quick way of code lists never says anything else than the slow one.
struct WordListTests {
    private let pieces = [
        "罚款", "警告", "没收违法所得", "没收非法财物", "责令停产停业", "暂扣许可证", "暂扣执照", "吊销许可证", "吊销执照", "行政拘留", "其他", "其他-补正", "普通", "特许", "认可", "核准", "登记",
        "身份证", "居民身份证", "公民身份证", "护照", "法人及非法人组织", "自然人", "个体工商户", "简易程序", "普通程序", "简易", "1", "2", "3", ";", ";", ";", "；", "、", " ", "", "\u{301}", "\u{200D}", "\u{600}",
        "罚\u{FE00}款", "Ａ", "x",
    ]

    @Test func agreesWithText() throws {
        let seed: UInt64 = 0x5EED_0029
        var random = SplitMix64(seed)
        var lists: [(WordList, ColumnPlan, FieldRule)] = []
        for item in Catalogue.standard.items {
            for slot in item.fields.indices {
                let plan = ColumnPlan(cell: 0, slot: slot, fields: item.fields, roles: item.roles)
                if let list = WordList(item.fields[slot], plan) { lists.append((list, plan, item.fields[slot])) }
            }
        }
        #expect(lists.count > 5)
        let several = lists.filter { if case .codeList(_, several: true) = $0.2.handling { true } else { false } }
        #expect(!several.isEmpty)
        var single = 0, joined = 0
        for round in 0..<20_000 {
            let pool = random.next() % 2 == 0 ? several : lists
            let (list, plan, rule) = pool[Int(random.next() % UInt64(pool.count))]
            var values: [String] = []
            if case .codeList(let listed, _) = rule.handling { values = listed }
            let text = (0..<(1 + Int(random.next() % 5))).map { place in
                if !values.isEmpty, random.next() % 3 > 0 { return values[Int(random.next() % UInt64(values.count))] + (random.next() % 2 == 0 && place < 4 ? ";" : "") }
                return pieces[Int(random.next() % UInt64(pieces.count))]
            }.joined()
            let slow = WordList.Meaning(text, plan.role)
            for (quick, isSingle) in [(list.single(text.utf8.span), true), (list.joined(text.utf8.span), false)] {
                guard let quick else { continue }
                if isSingle { single += 1 } else { joined += 1 }
                #expect(CodeList.canonical(text, rule.handling) == text, "seed \(seed) round \(round): \(text.debugDescription)")
                #expect(quick.subjectClass == slow.subjectClass && quick.sanctions == slow.sanctions && quick.isSummary == slow.isSummary, "\(text.debugDescription)")
                if isSingle { #expect(TextScan(text.utf8.span).isSound(plan)) }
            }
        }
        #expect(single > 500 && joined > 500, "\(single) \(joined)")
    }

    @Test func whatIsNotListedIsLeftToText() throws {
        let penalty = standardItem("penalty")
        let slot = try #require(penalty.fields.firstIndex { $0.number == penalty.roles.sanctions })
        let plan = ColumnPlan(cell: 0, slot: slot, fields: penalty.fields, roles: penalty.roles)
        let list = try #require(WordList(penalty.fields[slot], plan))
        #expect(list.single("罚款".utf8.span) != nil)
        #expect(list.joined("警告;罚款".utf8.span)?.sanctions == .fine)
        for text in ["", ";", "罚款;", ";罚款", "罚款;罚款", "罚款；警告", "罚款;;警告", "其他-补正", "罚款;其他-补正", " 罚款"] {
            #expect(list.single(text.utf8.span) == nil && list.joined(text.utf8.span) == nil, "\(text)")
        }
    }
}
