@testable import Node
import Registry
import Replication
import Storage
import Testing

/// M39 and M41: items withdrawn and units succeeded, each up to the frontier that the root knew when it signed.
@Suite struct CutOverTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu"
    static let all = [city, district, a, b]
    static let clerk = TestFederation.clerk

    private func rebuilds(_ federation: TestFederation) throws {
        for path in Self.all {
            #expect(try federation[path].verify().faults.isEmpty, "\(path)")
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(path)")
        }
    }

    private func effective(_ federation: TestFederation, _ path: String) throws -> Int {
        try federation[path].store.read { try $0.records(RecordFilter(validity: .effective, limit: 100)) }.count
    }

    private func quarantined(_ federation: TestFederation, _ path: String) throws -> Int {
        try federation[path].store.read { try $0.quarantined(by: CutOvers.rules) }.count
    }

    private func withdraw(_ number: UInt64, lawfulUntil: CivilDate? = nil, _ federation: TestFederation) throws {
        var next = Catalogue.standard
        next.number = number
        next.items.removeAll { $0.code == "permit" }
        next.withdrawals = [ItemWithdrawal(item: 1, reason: "依据已废止", lawfulUntil: lawfulUntil)]
        _ = try federation[Self.city].publishCatalogue(next, actor: Self.clerk)
    }

    @Test("M39: what a street entered offline under the old catalogue is quarantined wherever the new one is held, and never blocks; what was known stands")
    func withdrawnItem() throws {
        let federation = try TestFederation(Self.all)
        try federation.settle()
        try federation.enter(3, at: Self.a)
        try federation.settle()
        // Offline: the street writes on, the district hears of it before the withdrawal, the city after.
        try federation.enter(2, from: 10, at: Self.a)
        try federation.sync(Self.a)
        #expect(try effective(federation, Self.district) == 5)
        try withdraw(2, federation)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            #expect(try effective(federation, path) == 3, "\(path)")
            #expect(try quarantined(federation, path) == 2, "\(path)")
            #expect(try federation[path].store.read { try $0.standing() }.records == 3, "\(path)")
        }
        #expect(throws: NodeRefusal.self, "the item is gone") { try federation[Self.a].terms(item: "permit", actor: Self.clerk) }
        #expect(throws: NodeRefusal.self, "not even under the old edition") {
            let item = try #require(Catalogue.standard.item(code: "permit"))
            let old = try #require(try federation[Self.a].store.read { try $0.editions() }.first { $0.kind == .catalogue && $0.number == 1 })
            _ = try federation[Self.a].record(try federation.rows(1, from: 30, street: Self.a), item: item, edition: old.digest, actor: Self.clerk)
        }
        try rebuilds(federation)
    }

    @Test("M39: restored where the next edition says that decisions of their day were lawful; withdrawn items stay withdrawn in later editions")
    func restored() throws {
        let federation = try TestFederation(Self.all)
        try federation.settle()
        try federation.enter(2, from: 10, at: Self.a)
        try withdraw(2, federation)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] { #expect(try effective(federation, path) == 0, "\(path)") }
        // The rows' decisions are of 2025-03-01.
        try withdraw(3, lawfulUntil: CivilDate(year: 2025, month: 2, day: 28), federation)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] { #expect(try effective(federation, path) == 0, "\(path)") }
        try withdraw(4, lawfulUntil: CivilDate(year: 2025, month: 3, day: 1), federation)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            #expect(try effective(federation, path) == 2, "\(path)")
            #expect(try quarantined(federation, path) == 0, "\(path)")
            #expect(try federation[path].quarantined().isEmpty, "nobody is told any more: \(path)")
        }
        var fifth = Catalogue.standard
        fifth.number = 5
        fifth.items.removeAll { $0.code == "permit" }
        _ = try federation[Self.city].publishCatalogue(fifth, actor: Self.clerk)
        let held = try federation[Self.city].currentCatalogue().catalogue.withdrawals
        #expect(held.map(\.item) == [1] && held.first?.lawfulUntil == CivilDate(year: 2025, month: 3, day: 1) && held.first?.cutOver.isEmpty == false)
        try federation.settle()
        #expect(try effective(federation, Self.district) == 2)
        try rebuilds(federation)
    }

    @Test("M41: what was released stays let in where the release is held before the registry that cuts it off")
    func releasedBeforeTheRegistry() throws {
        let federation = try TestFederation(Self.all), old = Self.clerk.unit, heir = try ListEditionTests.code(60).text
        let units = [try TestUnits.unit(old, at: [Self.a, Self.city]), try TestUnits.unit(heir, at: [Self.a, Self.district])]
        _ = try federation[Self.city].publish(.units(TestUnits.registry(1, units)), actor: TestFederation.loneClerk)
        try federation.settle()
        try federation.enter(1, at: Self.a)
        let succession = Succession(
            from: try #require(CreditCode(old)), to: try #require(CreditCode(heir)), kind: .merge, document: "机构改革〔2026〕1号", on: federation.environment.today)
        _ = try federation[Self.city].publish(.units(TestUnits.registry(2, units, successions: [succession])), actor: Self.clerk)
        try federation.sync(Self.district)
        // What is published does not reach the street yet.
        func withhold(_ frame: Frame, _ up: Bool) -> Frame? {
            guard !up, case .changeSet(let sealed) = frame, let header = try? Header(serialized: sealed.header) else { return frame }
            return header.ledger.audience == .published ? nil : frame
        }
        try federation.sync(Self.a, tamper: withhold)
        let change = try #require(try federation[Self.district].quarantined().first).change
        _ = try federation[Self.district].rule(on: change, .released, reason: "承接单位核对属实", actor: Actor(unit: heir, operator: "丙", reviewer: "丁"))
        try federation.sync(Self.a, tamper: withhold)
        #expect(try federation[Self.a].store.read { try $0.quarantineRulings(of: change) }.count == 1 && federation[Self.a].unitRegistry()?.registry.number == 1)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            #expect(try federation[path].unitRegistry()?.registry.number == 2)
            #expect(try quarantined(federation, path) == 0 && effective(federation, path) == 1, "\(path)")
        }
        try rebuilds(federation)
    }

    @Test("M39: what the root released stays released, whichever of release and next edition a node hears of first")
    func releasedForGood() throws {
        let federation = try TestFederation(Self.all)
        try federation.settle()
        try federation.enter(1, at: Self.a)
        try federation.enter(1, from: 10, at: Self.a)
        try withdraw(2, federation)
        try federation.settle()
        let dots = try federation[Self.city].store.read { try $0.quarantined(by: CutOvers.rules) }
        #expect(!dots.isEmpty)
        for dot in dots { _ = try federation[Self.city].rule(on: dot, .released, reason: "决定当时合法", actor: Self.clerk) }
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] { #expect(try effective(federation, path) == 2, "\(path)") }
        try withdraw(3, federation)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            #expect(try effective(federation, path) == 2, "\(path)")
            #expect(try quarantined(federation, path) == 0, "\(path)")
        }
        try rebuilds(federation)
    }

    @Test("M41: the old unit's work counts up to the cut-over, later work waits for the successor, who has the duties")
    func succession() throws {
        let federation = try TestFederation(Self.all), old = Self.clerk.unit, heir = try ListEditionTests.code(60).text
        let units = [try TestUnits.unit(old, at: [Self.a]), try TestUnits.unit(heir, at: [Self.a, Self.district])]
        _ = try federation[Self.city].publish(.units(TestUnits.registry(1, units)), actor: TestFederation.loneClerk)
        try federation.settle()
        try federation.enter(2, at: Self.a)
        try federation.settle()
        // Offline, beyond the cut-over.
        try federation.enter(1, from: 10, at: Self.a)
        try federation.sync(Self.a)
        let succession = Succession(
            from: try #require(CreditCode(old)), to: try #require(CreditCode(heir)), kind: .merge, document: "机构改革〔2026〕1号", on: federation.environment.today)
        _ = try federation[Self.city].publish(.units(TestUnits.registry(2, units, successions: [succession])), actor: Self.clerk)
        let signed = try #require(try federation[Self.city].unitRegistry()).registry.successions[0]
        #expect(signed.cutOver.count == 1 && signed.cutOver[0].replica.hasPrefix(Self.a), "of the replica where the unit worked")
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            #expect(try effective(federation, path) == 2, "\(path)")
            #expect(try quarantined(federation, path) == 1, "\(path)")
        }
        let refusal = #expect(throws: NodeRefusal.self) { try federation.enter(1, from: 20, at: Self.a) }
        #expect(refusal?.code == "unit-succeeded")
        // The successor decides what the old unit decided.
        let record = try #require(try federation[Self.a].store.read { try $0.records(RecordFilter(validity: .effective)) }.first).id
        let item = try #require(Catalogue.standard.item(code: "permit")), name = try #require(item.roles.subjectName)
        let correction = RecordAct.correction(Correction(fields: [RecordField(number: name, value: .text("承继单位更正"))], basis: Basis(rank: .decidingUnit, reason: "笔误")))
        _ = try federation[Self.a].act(on: record, correction, actor: Actor(unit: heir, operator: "丙", reviewer: "丁"))
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            let view = try federation[path].view(of: record)
            #expect(view.fields.first { $0.number == name }?.value == .text("承继单位更正") && view.proposals.isEmpty, "\(path)")
        }
        // What the window takes in for a subject is never held up.
        let objection = RecordAct.objection(
            Objection(
                ground: .inaccurate, receipt: "异1", acceptedOn: federation.environment.today, statement: "有误", target: ReliefTarget(naturalKey: Digest(a: 0, b: 0, c: 0, d: 0), authority: old)))
        _ = try federation[Self.a].act(on: record, objection, actor: Self.clerk)
        try federation.settle()
        #expect(try federation[Self.city].view(of: record).dispute == .open)
        // Nor an application for a repair, which is the subject's.
        let applied = RecordAct.repair(RepairAct(step: .applied, receipt: "修1", on: federation.environment.today, basis: Basis(rank: .decidingUnit, reason: "已履行"), target: nil))
        _ = try federation[Self.a].act(on: record, applied, actor: Self.clerk)
        try federation.settle()
        #expect(try federation[Self.city].view(of: record).repair == .applied)
        // Nor is relief that the old unit gave before it heard of its end: what was revoked is not effective again (guarantee 3).
        let revocation = try federation[Self.a].revoke(record, document: "撤〔2026〕1号", reason: "自行纠错", actor: Self.clerk)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            #expect(try federation[path].view(of: record).validity == .revoked, "\(path)")
            #expect(try federation[path].store.read { try $0.pending(revocation) } == nil, "\(path)")
        }
        // The successor enters records of its own.
        try federation.enter(1, from: 30, at: Self.a, actor: Actor(unit: heir, operator: "丙", reviewer: "丁"))
        try federation.settle()
        #expect(try effective(federation, Self.city) == 2)
        try rebuilds(federation)
    }
}
