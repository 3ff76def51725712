import Foundation
import Node
import Registry
import Replication
import Storage
import Testing

/// Guarantee 5: what names something not held waits, and is judged in the transaction that brings it.
@Suite struct WaitingTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao"

    @Test("A record under an edition not held yet waits everywhere it is missing, and stands when the edition arrives")
    func editionsArriveLater() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        // The city has a second edition that nobody below has heard of; the street names it all the same.
        var second = Catalogue.standard
        second.number = 2
        _ = try federation[Self.city].publishCatalogue(second, actor: TestFederation.clerk)
        let edition = try #require(try federation[Self.city].store.read { try $0.newestEdition(.catalogue) })
        #expect(edition.number == 2)
        let item = try #require(second.item(code: "permit"))
        _ = try federation[Self.a].record(try federation.rows(3, street: Self.a), item: item, edition: edition.digest, actor: TestFederation.clerk)

        let home = try #require(NodePath(Self.a))
        #expect(try federation[Self.a].store.read { try $0.totals() }.waiting == 3)
        #expect(try federation[Self.a].viewDigest(home: home).records == 0)
        // Upward only: what would flow down is lost on the way.
        let upward: (Frame, Bool) -> Frame? = { frame, up in
            if !up, case .changeSet = frame { return nil }
            return frame
        }
        try federation.sync(Self.a, tamper: upward)
        #expect(try federation[Self.district].store.read { try $0.totals() }.waiting == 3, "the ledger goes on; its changes wait")
        let verdicts = try federation[Self.a].store.read { try $0.verdicts(limit: 10) }
        #expect(verdicts.map(\.verdict.outcome) == [.waiting, .waiting, .waiting], "and the author's node hears of it")
        try federation.sync(Self.district, tamper: upward)
        #expect(try federation[Self.city].viewDigest(home: home).records == 3, "the city holds the edition")

        try federation.settle()
        let expected = try federation[Self.city].viewDigest(home: home)
        for path in [Self.district, Self.a] {
            #expect(try federation[path].store.read { try $0.totals() }.waiting == 0, "\(path)")
            #expect(try federation[path].viewDigest(home: home) == expected, "\(path)")
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(path)")
        }
    }

    @Test("Entries of a list not held yet wait for it")
    func listsArriveLater() throws {
        let federation = try TestFederation([Self.city, Self.district])
        let city = federation[Self.city]
        _ = try city.createList(ListOpened(code: "serious", title: "名单", basis: "依据", authority: "11000000TEXT00017D", maxAge: 3600), actor: TestFederation.clerk)
        let subject = try #require(CreditCode("91000000TEXT000250"))
        _ = try city.addToList(code: "serious", subject: subject, name: "测试企业", document: "文〔2025〕1号", since: federation.environment.today, until: nil, actor: TestFederation.clerk)
        _ = try city.publishList(code: "serious", actor: TestFederation.clerk)
        _ = try city.removeFromList(code: "serious", subject: subject, document: "文〔2025〕1号", reason: "已履行", actor: TestFederation.clerk)
        // Relief arrives first and alone: the list it speaks of is still on its way.
        try federation.sync(Self.district) { frame, up in
            if !up, case .changeSet(let sealed) = frame, (try? Header(serialized: sealed.header))?.ledger.lane == .ordinary { return nil }
            return frame
        }
        #expect(try federation[Self.district].store.read { try $0.totals() }.waiting == 1)
        try federation.settle()
        #expect(try federation[Self.district].store.read { try $0.totals() }.waiting == 0)
        #expect(try federation[Self.district].publishedDigest() == city.publishedDigest())
        let asked = try federation[Self.district].lookup(subject, purpose: "测试", actor: TestFederation.loneClerk)
        #expect(asked.lists.map(\.verdict) == [.notOnTheList], "the removal that came before its list acts")
    }
}
