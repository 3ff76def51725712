import Registry
import Testing

/// A value every shipped column takes.
private func goodCell(_ rule: FieldRule, _ item: CatalogueItem, person: Bool) -> String {
    switch rule.number {
    case item.roles.subjectClass ?? 0: return person ? "自然人" : "法人及非法人组织"
    case item.roles.subjectCode ?? 0: return person ? "" : company
    case item.roles.personIDType ?? 0: return person ? "身份证" : ""
    case item.roles.personIDNumber ?? 0: return person ? citizen(1990, 1, 1) : ""
    case item.roles.validTo ?? 0: return "2099/12/31"
    default: break
    }
    switch rule.type {
    case .date: return "2023/05/12"
    case .amount: return "1.5"
    case .text: break
    }
    switch rule.handling {
    case .creditCode: return organ
    case .documentNumber: return "测〔2023〕1号"
    case .codeList(let values, _): return values[0]
    case .plain: return "文字"
    case .personalNumber, .doNotCollect: return ""
    }
}

private func validate(_ item: CatalogueItem, person: Bool = false, _ change: [String: String] = [:]) -> (record: ValidRecord?, problems: [RowProblem]) {
    let validator = RecordValidator(item: item, columns: item.fields.map { .field($0.number) }, today: today, unit: CreditCode(organ))
    return validator.validate(row: 1, cells: item.fields.map { change[$0.code] ?? goodCell($0, item, person: person) })
}

struct ItemTests {
    @Test(arguments: Catalogue.standard.items.map(\.code)) func everyShippedItemTakesAGoodRow(_ code: String) throws {
        let item = standardItem(code)
        #expect(item.faults().isEmpty)
        for person in item.personsAllowed ? [false, true] : [false] {
            let good = validate(item, person: person)
            let record = try #require(good.record, "\(code) \(good.problems.map { "\($0.column) \($0.rule)" })")
            #expect(good.problems.isEmpty)
            #expect(record.authority.text == organ && record.subject.kind == (person ? .person : .organisation))
            #expect(RecordValidator.check(fields: record.fields.map { ($0.number, $0.value) }, item: item, subjectKind: record.subject.kind).isEmpty)
            // Every required column, left empty, is asked for; the parent asks for it too.
            for rule in item.fields where rule.requirement == .required {
                let holes = validate(item, person: person, [rule.code: ""])
                #expect(holes.record == nil && holes.problems.contains { $0.column == rule.code }, "\(code) \(rule.code)")
                let rest = record.fields.filter { $0.number != rule.number }.map { ($0.number, $0.value) }
                #expect(RecordValidator.check(fields: rest, item: item, subjectKind: record.subject.kind).contains("REQUIRED"), "\(code) \(rule.code)")
            }
        }
    }

    @Test func oneItemStopsAtTheDistrict() {
        #expect(Catalogue.standard.items.filter { $0.upToTier == 2 }.map(\.code) == ["interview"])
        #expect(standardItem("interview").local != nil && standardItem("interview").disclosure == .shared)
        #expect(Catalogue.standard.items.filter(\.optOutAllowed).map(\.code) == ["honour", "self-declared"])
        #expect(Catalogue.standard.items.filter(\.publishBeforeAndAfter).map(\.code) == ["self-declared"])
    }

    @Test func withoutAClassColumnTheCodeDecides() throws {
        let item = standardItem("interview")
        let traders = validate(item, ["YT_ZT_DM": trader])
        let record = try #require(traders.record), code = try #require(CreditCode(trader))
        #expect(traders.problems.isEmpty && record.subject == .organisation(code))
        let fields = record.fields.map { ($0.number, $0.value) }
        #expect(RecordValidator.check(fields: fields, item: item, subjectKind: .organisation).isEmpty)
        #expect(RecordValidator.check(fields: fields, item: item, subjectKind: .person).contains("PERSON-NOT-ALLOWED"))
        #expect(RecordValidator.check(fields: fields, item: item, subjectKind: .unregistered).contains("SUBJECT-KIND"))
        #expect(validate(item, ["YT_ZT_DM": CreditCode.placeholder]).problems.map(\.rule) == ["USCC-PLACEHOLDER"])
    }

    @Test func personsWhereNoneAreAllowed() throws {
        var item = standardItem("honour")
        item.flags.remove(.personsAllowed)
        #expect(item.faults().contains("honour/5: holds a personal number although persons are not allowed"))
        let refused = validate(item, person: true)
        #expect(refused.record == nil && refused.problems.map(\.rule) == ["PERSON-NOT-ALLOWED"])
        let record = try #require(validate(standardItem("honour"), person: true).record)
        #expect(RecordValidator.check(fields: record.fields.map { ($0.number, $0.value) }, item: item, subjectKind: .person) == ["PERSON-NOT-ALLOWED"])
    }

    @Test func summaryProcedureIsRefusedByTheParentToo() throws {
        let record = try #require(validate("penalty", goodRow("penalty")).record)
        var fields: [(UInt32, FieldValue)] = record.fields.map { ($0.number, $0.value) }
        fields.append((102, .text("简易程序")))
        #expect(RecordValidator.check(fields: fields, item: standardItem("penalty"), subjectKind: .organisation) == ["SUMMARY-PROCEDURE"])
    }

    private func faults(_ code: String, _ change: (inout CatalogueItem) -> Void) -> [String] {
        var item = standardItem(code)
        change(&item)
        for fault in item.problems() {
            for text in [fault.zh, fault.remedyZh] { #expect(text.unicodeScalars.contains { $0.value > 0x4E00 }) }
            #expect(!fault.en.isEmpty && !fault.remedyEn.isEmpty)
        }
        return item.faults()
    }

    @Test func itemsThatMustNotBeUsed() {
        #expect(faults("permit") { $0.bases = [] } == ["permit: no legal basis"])
        #expect(faults("permit") { $0.bases = [LegalBasis(instrument: " ")] } == ["permit: no legal basis"])
        #expect(faults("permit") { $0.fields[27].name = "宗教信仰" }.first?.hasPrefix("permit/28: “宗教信仰” must not be collected") == true)
        #expect(faults("permit") { $0.fields[27].aliases = ["家庭 病 史"]; $0.fields[27].withConsent = true }.count == 1)
        #expect(faults("permit") { $0.fields[27].name = "年收入（万元）" }.first?.contains("needs written consent") == true)
        #expect(faults("permit") { $0.fields[27].name = "年收入（万元）"; $0.fields[27].withConsent = true }.isEmpty)
        #expect(faults("permit") { $0.roles.documentNumber = nil } == ["permit: neither a required document number nor key fields"])
        #expect(faults("permit") { $0.roles.authorityCode = nil } == ["permit: no field plays authorityCode"])
        #expect(faults("permit") { $0.roles.subjectName = nil } == ["permit: no field plays subjectName"])
        #expect(faults("permit") { $0.roles.personIDNumber = nil } == ["permit: no field plays personIDNumber"])
        #expect(faults("permit") { $0.fields[23].requirement = .optional } == ["permit/24: the field that plays authorityCode must be required"])
        #expect(faults("permit") { $0.deadline?.from = 19 } == ["permit: the deadline counts from field 19, which is no date"])
        #expect(faults("permit") { $0.disclosure = .shared } == ["permit: published although it is not public"])
        #expect(faults("permit") { $0.flags.insert(.finalOnly) } == ["permit: no field plays finalOn"])
        #expect(faults("permit") { $0.flags = ItemFlags(rawValue: 16 | 1 << 20) } == ["permit: has unknown flags"])
        #expect(faults("permit") { $0.publication = .bySeverity } == ["permit: published by severity, but no field says it"])
        #expect(faults("permit") { $0.validFrom = day(2024, 1, 2); $0.validTo = day(2024, 1, 1) } == ["permit: ends before it begins"])
        #expect(faults("permit") { $0.upToTier = 0 } == ["permit: no highest tier"])
        #expect(faults("commitment") { $0.keyFields = [9, 6] } == ["commitment: key fields do not ascend"])
        #expect(faults("commitment") { $0.keyFields = [8] } == ["commitment/8: key field 8 must be required, and not personal"])
        #expect(faults("interview") { $0.local?.proposedBy = "x" } == ["interview: the proposing unit has no valid code"])
    }

    @Test func sensitiveNames() {
        for name in ["宗教信仰", "指纹信息", "血 型", "基因", "既往病史", "疾病名称"] {
            if case .forbidden? = SensitiveData.found(in: name) { continue }
            Issue.record("\(name)")
        }
        for name in ["不动产", "个人收入", "银行存款余额", "商业保险", "纳税数额"] {
            if case .consent? = SensitiveData.found(in: name) { continue }
            Issue.record("\(name)")
        }
        for name in ["没收违法所得", "宗教活动场所登记证号", "证券公司名称", "保险机构名称"] { #expect(SensitiveData.found(in: name) == nil, "\(name)") }
    }

    @Test func deadlinesAndValidity() {
        let permit = standardItem("permit")
        // Decided on the Friday before National Day 2025: seven working days, Sunday 28 September and
        // Saturday 11 October among them.
        #expect(permit.reportingDue(from: day(2025, 9, 26), .standard) == DueDate(date: day(2025, 10, 13), isProvisional: false))
        #expect(standardItem("self-declared").reportingDue(from: day(2025, 9, 26), .standard) == nil)
        var item = permit
        item.validFrom = day(2024, 1, 1)
        item.validTo = day(2024, 12, 31)
        #expect(!item.isValid(on: day(2023, 12, 31)) && item.isValid(on: day(2024, 1, 1)) && item.isValid(on: day(2024, 12, 31)) && !item.isValid(on: day(2025, 1, 1)))
        #expect(Catalogue.standard.item(code: "permit", on: day(1990, 1, 1)) != nil && Catalogue.standard.item(code: "x", on: today) == nil)
    }

    @Test func materialFields() {
        let penalty = standardItem("penalty")
        for number: UInt32 in [1, 2, 3, 14, 18, 19, 20, 21, 22, 23, 24, 26, 27, 101] { #expect(penalty.isMaterial(number), "\(number)") }
        for number: UInt32 in [9, 15, 16, 25, 28, 29, 30, 99] { #expect(!penalty.isMaterial(number), "\(number)") }
        #expect(standardItem("serious-list").fields.filter(\.isRestricted).map(\.code) == ["YZ_ZRR", "YZ_ZRRZW"])
    }

    @Test("A decision of a day on which the catalogue did not hold the item is refused, by the clerk's node and by every tier above")
    func itemsAreOfTheirTime() throws {
        var item = standardItem("penalty")
        item.validTo = CivilDate(year: 2023, month: 5, day: 11)
        let late = validate(item)
        #expect(late.record == nil && late.problems.contains { $0.rowRule == .itemNotValid })
        let good = try #require(validate(standardItem("penalty")).record)
        let fields = good.fields.map { ($0.number, $0.value) }
        #expect(RecordChecker(item: item).check(fields: fields, subjectKind: good.subject.kind) == [RowRule.itemNotValid.rawValue])
        item.validTo = CivilDate(year: 2023, month: 5, day: 12)
        #expect(validate(item).record != nil && RecordChecker(item: item).check(fields: fields, subjectKind: good.subject.kind).isEmpty)
    }
}
