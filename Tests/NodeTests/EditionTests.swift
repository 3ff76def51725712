import Node
import Registry
import Replication
import Storage
import Testing

/// Unit registry, legal profiles and calendars: issued by the root in editions that flow down.
@Suite struct EditionTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu"

    /// One unit, the clerk's, at the given nodes.
    private func registry(_ number: UInt64, at nodes: [String]) throws -> UnitRegistry {
        let code = try #require(CreditCode(TestFederation.clerk.unit))
        let paths = try nodes.map { try #require(NodePath($0)) }
        return UnitRegistry(
            number: number, title: "单位登记册",
            units: [
                UnitEntry(
                    code: code, name: "测试机关", kind: .organ, division: "420106", nodes: paths, tier: UInt32(paths[0].depth), roles: [.provider])
            ])
    }

    @Test("All four kinds flow to the streets, the newest edition is the one in force, and everything rebuilds")
    func flowDown() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        let city = federation[Self.city]
        for profile in LegalProfile.standard { _ = try city.publish(.profile(profile), actor: TestFederation.loneClerk) }
        _ = try city.publish(.calendar(.standard), actor: TestFederation.loneClerk)
        _ = try city.publish(.units(try registry(1, at: [Self.a, Self.district])), actor: TestFederation.loneClerk)
        try federation.settle()
        let street = federation[Self.a]
        #expect(try street.newest(.calendar, code: "cn")?.object == .calendar(.standard))
        for profile in LegalProfile.standard { #expect(try street.newest(.profile, code: profile.code)?.object == .profile(profile)) }
        #expect(try street.unitRegistry()?.registry == registry(1, at: [Self.a, Self.district]))
        var second = try #require(LegalProfile.standard("hubei"))
        second.number = 2
        second.titleZh = "湖北省（核对后）"
        #expect(throws: NodeRefusal.self) { try city.publish(.profile(second), actor: TestFederation.loneClerk) }
        _ = try city.publish(.profile(second), actor: TestFederation.clerk)
        #expect(throws: NodeRefusal.self) { try city.publish(.profile(second), actor: TestFederation.clerk) }
        try federation.settle()
        #expect(try street.newest(.profile, code: "hubei")?.object == .profile(second))
        #expect(try street.store.read { try $0.editions() }.count { $0.kind == .profile && $0.code == "hubei" } == 2, "older editions stay: changes name them")
        #expect(try street.publishedDigest() == city.publishedDigest())
        for path in [Self.city, Self.district, Self.a] {
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after)
        }
    }

    @Test("Only the root issues; faults are refused before anything is written")
    func refusals() throws {
        let federation = try TestFederation([Self.city, Self.district])
        try federation.settle()
        #expect(throws: NodeRefusal.self) { try federation[Self.district].publish(.calendar(.standard), actor: TestFederation.clerk) }
        var bad = WorkCalendar.standard
        bad.days.reverse()
        let tips = try federation[Self.city].store.read { try $0.tips() }
        #expect(throws: NodeRefusal.self) { try federation[Self.city].publish(.calendar(bad), actor: TestFederation.clerk) }
        #expect(try federation[Self.city].store.read { try $0.tips() } == tips)
    }

    @Test("With a unit registry only units that work at a node write there, and every tier judges it again")
    func competence() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a, Self.b])
        _ = try federation[Self.city].publish(.units(try registry(1, at: [Self.a])), actor: TestFederation.loneClerk)
        try federation.settle()
        #expect(try federation.enter(3, at: Self.a).allSatisfy { $0 == .effective })
        #expect(throws: NodeRefusal.self) { try federation.enter(3, at: Self.b) }
        try federation.settle()
        let home = try #require(NodePath(Self.a))
        #expect(try federation[Self.city].viewDigest(home: home).records == 3)
        // What another node would have to say of a unit that does not work there.
        let named = try #require(try federation[Self.a].unitRegistry()).digest
        let held = try #require(try federation[Self.a].store.read { try $0.records(RecordFilter(limit: 1)) }.first)
        let change = try #require(try federation[Self.a].show(held.id).history.first?.change)
        #expect(change.editions.last == named)
        let elsewhere = LedgerID(replica: federation[Self.b].replica, audience: .lineage(of: try #require(NodePath(Self.b)), upTo: 1), lane: .ordinary)
        let registry = try registry(1, at: [Self.a])
        let circumstances = Circumstances(
            edition: { $0 == named ? .units(registry) : .catalogue(CatalogueInForce(.standard)) }, holds: { _ in true }, naturalKey: { _ in nil })
        guard case .quarantined("unit-not-competent", _) = judge(change, dot: held.id, ledger: elsewhere, in: circumstances) else {
            Issue.record("a unit wrote where it does not work")
            return
        }
    }

    @Test("A record under a unit registry that is still on its way waits and is judged when it arrives")
    func waitsForUnits() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        _ = try federation[Self.city].publish(.units(try registry(1, at: [Self.a])), actor: TestFederation.loneClerk)
        try federation.settle()
        try federation.enter(4, at: Self.a)
        let missing = try #require(try federation[Self.a].unitRegistry()).digest
        let held = try #require(try federation[Self.a].store.read { try $0.records(RecordFilter(limit: 1)) }.first)
        let change = try #require(try federation[Self.a].show(held.id).history.first?.change)
        let circumstances = Circumstances(
            edition: { $0 == missing ? nil : .catalogue(CatalogueInForce(.standard)) }, holds: { _ in true }, naturalKey: { _ in nil })
        let ledger = LedgerID(replica: held.id.replica, audience: .lineage(of: held.home, upTo: 1), lane: .ordinary)
        #expect(judge(change, dot: held.id, ledger: ledger, in: circumstances) == .waiting(.edition(missing)))
    }
}
