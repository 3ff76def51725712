@testable import Node
import Registry
import Replication
import Storage
import Testing

/// Codes of one organisation, measure cases, commitments, narrower disclosure.
@Suite struct AffairTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu"
    static let all = [city, district, a, b]
    static let clerk = TestFederation.clerk

    private func federation() throws -> TestFederation {
        let federation = try TestFederation(Self.all)
        _ = try federation[Self.city].createList(
            ListOpened(code: "serious", title: "名单", basis: "测试依据", authority: Self.clerk.unit, maxAge: 2_000_000, kind: .serious), actor: Self.clerk)
        try federation.settle()
        return federation
    }

    private func list(_ subject: CreditCode, _ document: String, until: Int? = nil, _ federation: TestFederation) throws {
        let today = federation.environment.today
        let addition = ListAddition(
            subject: .organisation(subject), name: "测试企业", document: document, since: today, until: until.flatMap { today.adding(days: $0) },
            notice: ListNotice(document: "告1", servedOn: today))
        _ = try federation[Self.city].addToList(code: "serious", addition, actor: Self.clerk)
        _ = try federation[Self.city].publishList(code: "serious", actor: Self.clerk)
        try federation.settle()
    }

    private func rebuilds(_ federation: TestFederation) throws {
        for path in Self.all {
            #expect(try federation[path].verify().faults.isEmpty, "\(path)")
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(path)")
        }
    }

    private func link(_ old: CreditCode, _ new: CreditCode, withdrawn: Bool = false, _ federation: TestFederation) -> SubjectAlias {
        SubjectAlias(oldCode: old, newCode: new, document: "变更[2026]1号", name: "新名称", on: federation.environment.today, isWithdrawn: withdrawn)
    }

    @Test("M38: a look-up under the new code finds entries and records under the old one, with the name as written; a withdrawn link finds nothing")
    func aliases() throws {
        let federation = try federation(), old = try #require(CreditCode("91000000TEXT000250")), new = try ListEditionTests.code(1), newest = try ListEditionTests.code(2)
        try federation.enter(1, at: Self.a)
        try list(old, "文1", federation)
        _ = try federation[Self.city].linkCodes(link(old, new, federation), actor: Self.clerk)
        _ = try federation[Self.city].linkCodes(link(new, newest, federation), actor: Self.clerk)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            let found = try federation[path].lookup(newest, purpose: "测试", actor: TestFederation.loneClerk)
            #expect(found.lists.first?.verdict == .onTheList && found.lists.first?.hits.map(\.name) == ["测试企业"], "\(path)")
            #expect(found.aliases == [old.text, new.text].sorted() && found.records.map(\.count) == [1], "\(path)")
        }
        #expect(try federation[Self.b].lookup(newest, purpose: "测试", actor: TestFederation.loneClerk).records.isEmpty, "a sibling's records stay the sibling's")
        // The removed decision does not come back under the new code.
        _ = try federation[Self.city].removeFromList(code: "serious", subject: old, document: "文1", reason: "已履行", actor: Self.clerk)
        let again = ListAddition(subject: .organisation(new), name: "新名称", document: "文1", since: federation.environment.today, until: nil)
        #expect(try federation[Self.city].stage(code: "serious", [again], actor: Self.clerk) == [.removedBefore])
        _ = try federation[Self.city].linkCodes(link(old, new, withdrawn: true, federation), actor: Self.clerk)
        _ = try federation[Self.city].linkCodes(link(old, new, federation), actor: Self.clerk)
        try federation.settle()
        let found = try federation[Self.a].lookup(newest, purpose: "测试", actor: TestFederation.loneClerk)
        #expect(found.aliases == [new.text] && found.records.isEmpty, "withdrawn wins, whoever links again")
        try rebuilds(federation)
    }

    @Test("Only the keeper of the base register links codes; without a registry the root")
    func keeper() throws {
        let federation = try federation(), old = try ListEditionTests.code(1), new = try ListEditionTests.code(2)
        #expect(throws: NodeRefusal.self) { try federation[Self.a].linkCodes(link(old, new, federation), actor: Self.clerk) }
        #expect(throws: NodeRefusal.self) { try federation[Self.city].linkCodes(link(old, old, federation), actor: Self.clerk) }
        #expect(throws: NodeRefusal.self) { try federation[Self.city].linkCodes(link(old, new, withdrawn: true, federation), actor: Self.clerk) }
        let keeper = Actor(unit: try ListEditionTests.code(60).text, operator: "丙", reviewer: "丁")
        let registry = TestUnits.registry(
            1, [try TestUnits.unit(Self.clerk.unit, at: Self.all), try TestUnits.unit(keeper.unit, at: [Self.district], roles: [.provider, .baseRegister])])
        _ = try federation[Self.city].publish(.units(registry), actor: TestFederation.loneClerk)
        try federation.settle()
        #expect(throws: NodeRefusal.self) { try federation[Self.city].linkCodes(link(old, new, federation), actor: Self.clerk) }
        _ = try federation[Self.district].linkCodes(link(old, new, federation), actor: keeper)
        try federation.settle()
        for path in Self.all { #expect(try federation[path].store.read { try $0.codes(aliasedTo: old.text) }.count == 2, "\(path)") }
    }

    @Test("A measure rests on an answer; it goes up to the city, and is to be lifted by itself once the entry is removed or over")
    func measures() throws {
        let federation = try federation(), subject = try ListEditionTests.code(1), street = federation[Self.a]
        try list(subject, "文1", until: 30, federation)
        let answer = try street.lookup(subject, purpose: "政府采购资格审查", caseNumber: "采2026-1", actor: TestFederation.loneClerk)
        let hit = try #require(answer.lists.first?.hits.first)
        let report = MeasureReport(receipt: answer.receipt, basis: hit.id, measure: "限制参加政府采购", isApplied: true)
        #expect(throws: NodeRefusal.self) { try street.openMeasure(report, actor: TestFederation.loneClerk) }
        #expect(throws: NodeRefusal.self) { try street.openMeasure(MeasureReport(receipt: "X-1-2", basis: hit.id, measure: "m", isApplied: true), actor: Self.clerk) }
        #expect(throws: NodeRefusal.self, "another unit's answer") {
            try street.openMeasure(report, actor: Actor(unit: try ListEditionTests.code(9).text, operator: "丙", reviewer: "丁"))
        }
        #expect(throws: NodeRefusal.self, "why not is stated") { try street.openMeasure(MeasureReport(receipt: answer.receipt, basis: hit.id, measure: "m", isApplied: false), actor: Self.clerk) }
        let id = try street.openMeasure(report, actor: Self.clerk)
        #expect(try street.openMeasure(report, actor: Self.clerk) == id, "said twice, it is one case")
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            let one = try #require(try federation[path].measureCases().first)
            #expect(one.state == .open && one.row.purpose == "政府采购资格审查" && one.row.caseNumber == "采2026-1" && one.row.name == "测试企业", "\(path)")
            let later = try #require(federation.environment.today.adding(days: 31))
            #expect(try federation[path].measureCases(on: later).first?.state == .basisEnded, "\(path)")
        }
        #expect(try federation[Self.b].measureCases().isEmpty)
        _ = try federation[Self.city].removeFromList(code: "serious", subject: subject, document: "文1", reason: "已履行", actor: Self.clerk)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            let one = try #require(try federation[path].measureCases().first)
            #expect(one.state == .basisEnded && one.ended == "list-removed", "\(path)")
        }
        #expect(throws: NodeRefusal.self, "no new measure on what is over") {
            try street.openMeasure(MeasureReport(receipt: answer.receipt, basis: hit.id, measure: "取消评优", isApplied: true), actor: Self.clerk)
        }
        #expect(throws: NodeRefusal.self) { try federation[Self.district].closeMeasure(id, reason: "x", feedback: "", actor: Self.clerk) }
        try street.closeMeasure(id, reason: "依据已移出", feedback: "企业已整改", actor: Self.clerk)
        #expect(throws: NodeRefusal.self) { try street.closeMeasure(id, reason: "再", feedback: "", actor: Self.clerk) }
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            let one = try #require(try federation[path].measureCases().first)
            #expect(one.state == .closed && one.row.closed?.feedback == "企业已整改", "\(path)")
        }
        try rebuilds(federation)
    }

    @Test("A case on a record ends with its revocation; one on which nothing was applied stays as it was said")
    func measureOnRecord() throws {
        let federation = try federation(), street = federation[Self.a]
        try federation.enter(1, at: Self.a)
        let record = try #require(try street.store.read { try $0.records(RecordFilter()) }.first).id, code = try #require(CreditCode("91000000TEXT000250"))
        let answer = try street.lookup(code, purpose: "许可审查", actor: TestFederation.loneClerk)
        let applied = try street.openMeasure(MeasureReport(receipt: answer.receipt, basis: record, measure: "重点核查", isApplied: true), actor: Self.clerk)
        let none = try street.openMeasure(MeasureReport(receipt: answer.receipt, basis: record, measure: "不予容缺", isApplied: false, reason: "材料齐全"), actor: Self.clerk)
        let other = try street.lookup(try ListEditionTests.code(3), purpose: "许可审查", actor: TestFederation.loneClerk)
        #expect(throws: NodeRefusal.self, "another subject was asked about") {
            try street.openMeasure(MeasureReport(receipt: other.receipt, basis: record, measure: "m", isApplied: true), actor: Self.clerk)
        }
        _ = try street.revoke(record, document: "撤〔2026〕1号", reason: "原决定有误", actor: Self.clerk)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            let cases = Dictionary(uniqueKeysWithValues: try federation[path].measureCases().map { ($0.row.id, $0) })
            #expect(cases[applied]?.state == .basisEnded && cases[applied]?.ended == "revoked", "\(path)")
            #expect(cases[none]?.state == .notApplied, "\(path)")
        }
    }

    @Test("M40: the narrower of two tiers' disclosures applies below the tier that said it, until the root's next edition")
    func disclosure() throws {
        let federation = try federation(), district = federation[Self.district]
        let item = try #require(Catalogue.standard.item(code: "permit"))
        func disclosure(_ path: String, home: String) throws -> Disclosure? {
            let node = federation[path]
            return try node.store.read { try node.disclosure(of: item, home: NodePath(home), $0) }
        }
        #expect(throws: NodeRefusal.self) { try district.narrow(item: "permit", to: .public, reason: "扩大", actor: Self.clerk) }
        #expect(throws: NodeRefusal.self) { try federation[Self.city].narrow(item: "permit", to: .shared, reason: "收窄", actor: Self.clerk) }
        _ = try district.narrow(item: "permit", to: .shared, reason: "涉及商业秘密", actor: Self.clerk)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] { #expect(try disclosure(path, home: Self.a) == .shared, "\(path)") }
        #expect(try disclosure(Self.city, home: Self.city) == .public, "above nothing changes")
        try federation.enter(1, at: Self.a)
        try federation.settle()
        let record = try #require(try federation[Self.a].store.read { try $0.records(RecordFilter()) }.first).id
        for path in [Self.city, Self.district, Self.a] { #expect(try federation[path].view(of: record).shown.reasons.contains(.disclosure), "\(path)") }
        var next = Catalogue.standard
        next.number = 2
        _ = try federation[Self.city].publishCatalogue(next, actor: Self.clerk)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            #expect(try disclosure(path, home: Self.a) == .public, "\(path)")
            #expect(try !federation[path].view(of: record).shown.reasons.contains(.disclosure), "\(path)")
        }
        try rebuilds(federation)
    }

    @Test("M40: an edition ends what its root had heard of, whatever edition that named, and nothing else")
    func disclosureBesideAnEdition() throws {
        let federation = try federation(), district = federation[Self.district], city = federation[Self.city]
        let item = try #require(Catalogue.standard.item(code: "permit")), home = NodePath(Self.a)
        func edition(_ number: UInt64) throws {
            var next = Catalogue.standard
            next.number = number
            _ = try city.publishCatalogue(next, actor: Self.clerk)
        }
        func disclosure(_ path: String) throws -> Disclosure? { try federation[path].store.read { try federation[path].disclosure(of: item, home: home, $0) } }
        // Neither knows of the other.
        _ = try district.narrow(item: "permit", to: .shared, reason: "涉及商业秘密", actor: Self.clerk)
        try edition(2)
        #expect(try disclosure(Self.city) == .public)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] { #expect(try disclosure(path) == .shared, "the narrower of two: \(path)") }
        try edition(3)
        _ = try district.narrow(item: "permit", to: .authorised, reason: "仍涉及商业秘密", actor: Self.clerk)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] { #expect(try disclosure(path) == .authorised, "the earlier one is answered, the later one is not: \(path)") }
        try edition(4)
        try edition(5)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] { #expect(try disclosure(path) == .public, "answered once, answered for good: \(path)") }
        try rebuilds(federation)
    }

    @Test("Commitments fall due, soonest first, until somebody says whether they were kept (M42)")
    func commitments() throws {
        let federation = try federation(), street = federation[Self.a]
        let current = try street.currentCatalogue(), item = try #require(current.catalogue.item(code: "commitment"))
        let validator = try TestRows.validator(item, today: federation.environment.today)
        let today = federation.environment.today
        let rows = try [5, 40, 2].enumerated().map { index, days in
            let due = try #require(today.adding(days: days)), text = due.description.replacing("-", with: "/")
            let cells = ["测试企业\(index)", "法人及非法人组织", "91000000TEXT000250", "", "", "容缺受理型", "补交材料\(index)", "按期补交", today.description.replacing("-", with: "/"), text, "", "", "测试机关",
                         Self.clerk.unit, ""]
            let result = validator.validate(row: index + 1, cells: cells)
            return try #require(result.record, "\(result.problems)")
        }
        _ = try street.record(rows, item: item, edition: current.digest, actor: Self.clerk)
        try federation.settle()
        let horizon = try #require(today.adding(days: 30))
        for path in [Self.city, Self.district, Self.a] {
            let due = try federation[path].commitmentsDue(through: horizon)
            #expect(due.map(\.due) == [today.adding(days: 2), today.adding(days: 5)], "\(path)")
            #expect(due.filter(\.isOverdue).isEmpty)
        }
        let first = try #require(try street.commitmentsDue(through: horizon).first)
        let kept = RecordAct.fulfilment(Fulfilment(isFulfilled: true, basis: Basis(rank: .decidingUnit, reason: "已补交")))
        _ = try street.act(on: first.view.id, kept, actor: Self.clerk)
        federation.clock.advance(milliseconds: 6 * 86_400_000)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            let due = try federation[path].commitmentsDue(through: horizon)
            #expect(due.map(\.due) == [today.adding(days: 5)] && due.allSatisfy(\.isOverdue), "\(path)")
        }
        #expect(try federation[Self.city].commitmentsDue(through: horizon, home: NodePath(Self.b)).isEmpty)
    }
}
