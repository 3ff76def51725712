import Node
import Registry
import Replication
import Storage
import Testing

/// Supplements to the catalogue: proposed upward, adopted or declined by the root, the answer comes back.
@Suite struct ProposalTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu"

    private func item(_ code: String) throws -> CatalogueItem {
        var item = try #require(Catalogue.standard.item(code: "permit"))
        item.code = code
        item.number = 1
        item.titleZh = "临时占道许可"
        return item
    }

    @Test("A street's proposal reaches the city, is adopted, flows down as the next edition, and the answer reaches the street alone")
    func adopted() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a, Self.b])
        try federation.settle()
        let id = try federation[Self.a].propose(try item("street-use"), reason: "街道常用", actor: TestFederation.clerk)
        try federation.settle()
        for path in [Self.city, Self.district] { #expect(try federation[path].store.read { try $0.proposals() }.map(\.id) == [id]) }
        #expect(try federation[Self.b].store.read { try $0.proposals() }.isEmpty, "a sibling sees nothing of it")
        #expect(throws: NodeRefusal.self) { try federation[Self.district].adopt(id, reason: "同意", actor: TestFederation.clerk) }
        #expect(throws: NodeRefusal.self) { try federation[Self.city].adopt(id, reason: "同意", actor: TestFederation.loneClerk) }
        #expect(try federation[Self.city].adopt(id, reason: "同意", actor: TestFederation.clerk) == 2)
        #expect(throws: NodeRefusal.self) { try federation[Self.city].decline(id, reason: "反悔", actor: TestFederation.clerk) }
        try federation.settle()
        for path in [Self.a, Self.b, Self.district] {
            let catalogue = try federation[path].currentCatalogue().catalogue
            #expect(catalogue.number == 2)
            let adopted = try #require(catalogue.item(code: "street-use"))
            #expect(adopted.number == (Catalogue.standard.items.map(\.number).max() ?? 0) + 1, "numbers are the root's")
        }
        let answered = try #require(try federation[Self.a].store.read { try $0.proposals() }.first)
        #expect(answered.outcome == .adopted && answered.reply == "同意")
        #expect(try federation[Self.a].currentCatalogue().digest == answered.edition)
        for path in [Self.city, Self.district, Self.a] {
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after)
        }
    }

    @Test func declinedWithAReason() throws {
        let federation = try TestFederation([Self.city, Self.district])
        try federation.settle()
        let id = try federation[Self.district].propose(try item("x"), reason: "试行", actor: TestFederation.clerk)
        try federation.settle()
        try federation[Self.city].decline(id, reason: "缺少依据", actor: TestFederation.clerk)
        try federation.settle()
        let answered = try #require(try federation[Self.district].store.read { try $0.proposals() }.first)
        #expect(answered.outcome == .declined && answered.reply == "缺少依据" && answered.edition == nil)
        #expect(try federation[Self.district].currentCatalogue().catalogue.number == 1)
    }

    @Test("An item without a legal basis cannot even be proposed; the root does not propose; two persons are needed")
    func refusals() throws {
        let federation = try TestFederation([Self.city, Self.district])
        try federation.settle()
        var baseless = try item("x")
        baseless.bases = []
        let district = federation[Self.district]
        #expect(throws: NodeRefusal.self) { try district.propose(baseless, reason: "试行", actor: TestFederation.clerk) }
        #expect(throws: NodeRefusal.self) { try federation[Self.city].propose(item("x"), reason: "试行", actor: TestFederation.clerk) }
        #expect(throws: NodeRefusal.self) { try district.propose(item("x"), reason: "试行", actor: TestFederation.loneClerk) }
        #expect(throws: NodeRefusal.self) { try district.propose(item("x"), reason: "", actor: TestFederation.clerk) }
    }
}
