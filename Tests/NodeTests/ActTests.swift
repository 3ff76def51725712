import Node
import Registry
import Replication
import Testing

/// Acts on records as operations of nodes, carried by real links: the merge rules themselves are tested on `resolve`.
@Suite struct ActTests {
    private static let city = "wuhan", district = "wuhan/wuchang", street = "wuhan/wuchang/jiyuqiao"

    private func federation() throws -> (federation: TestFederation, record: Dot) {
        let federation = try TestFederation([Self.city, Self.district, Self.street])
        try federation.settle()
        try federation.enter(1, at: Self.street)
        try federation.settle()
        let rows = try federation[Self.street].store.read { try $0.records(.init()) }
        let row = try #require(rows.first)
        return (federation, row.id)
    }

    private func basis(_ rank: InstrumentRank = .decidingUnit) -> Basis {
        Basis(rank: rank, document: rank >= .superior ? "鄂政复〔2026〕5号" : "", reason: "笔误")
    }

    private func field(_ node: Node, _ record: Dot) throws -> (number: UInt32, text: String) {
        let (_, catalogue) = try node.currentCatalogue()
        let item = try #require(catalogue.item(code: "permit"))
        let number = try #require(item.roles.subjectName)
        return (number, try node.view(of: record).fields.first { $0.number == number }?.value.tableText ?? "")
    }

    private func correction(_ node: Node, _ record: Dot, _ text: String, _ rank: InstrumentRank = .decidingUnit) throws -> RecordAct {
        .correction(Correction(fields: [RecordField(number: try field(node, record).number, value: .text(text))], basis: basis(rank)))
    }

    @Test func aCorrectionReachesEveryTierAndTheViewsAreEqual() throws {
        let (federation, record) = try federation()
        let street = federation[Self.street]
        let outcome = try street.act(on: record, try correction(street, record, "改正之名"), actor: TestFederation.clerk)
        #expect(outcome.view.shown.label == .corrected)
        try federation.settle()
        for path in [Self.city, Self.district, Self.street] {
            #expect(try field(federation[path], record).text == "改正之名")
            #expect(try federation[path].view(of: record).canonicalBytes == outcome.view.canonicalBytes)
        }
    }

    @Test func aStaleFormMakesAConflictAndNotAnOverwrite() throws {
        let (federation, record) = try federation()
        let street = federation[Self.street]
        let stale = try street.version(of: record)
        _ = try street.act(on: record, try correction(street, record, "甲说"), basedOn: stale, actor: TestFederation.clerk)
        let outcome = try street.act(on: record, try correction(street, record, "乙说"), basedOn: stale, actor: TestFederation.clerk)
        #expect(outcome.view.conflicts.count == 1)
        #expect(outcome.view.tickets.map(\.rule) == ["M3"])
        // Who saw both decides.
        let decided = try street.act(on: record, try correction(street, record, "乙说"), actor: TestFederation.clerk)
        #expect(decided.view.conflicts.isEmpty)
        #expect(try field(street, record).text == "乙说")
    }

    @Test func aVersionThatWasNeverHeldIsRefused() throws {
        let (federation, record) = try federation()
        let street = federation[Self.street]
        let invented = try #require(Context([.init(replica: street.replica, through: 900)]))
        #expect(throws: NodeRefusal.self) {
            try street.act(on: record, try correction(street, record, "甲说"), basedOn: invented, actor: TestFederation.clerk)
        }
    }

    @Test func aRevocationByTheDistrictGoesDownAndUpAndIsAbsorbing() throws {
        let (federation, record) = try federation()
        let district = federation[Self.district], street = federation[Self.street]
        // The street, offline, corrects at the same time.
        _ = try street.act(on: record, try correction(street, record, "同时更正"), actor: TestFederation.clerk)
        #expect(throws: NodeRefusal.self) { try district.revoke(record, document: "撤1号", reason: "自行撤销", actor: Actor(unit: "11000000TEXT00103M", operator: "丙", reviewer: "丁")) }
        _ = try district.revoke(record, document: "鄂政复〔2026〕5号", reason: "复议撤销", rank: .reconsideration, actor: TestFederation.clerk)
        try federation.settle()
        for path in [Self.city, Self.district, Self.street] {
            let view = try federation[path].view(of: record)
            #expect(view.validity == .revoked)
            #expect(view.shown.publication != .published)
        }
        #expect(throws: NodeRefusal.self) { try street.act(on: record, try correction(street, record, "再更正"), actor: TestFederation.clerk) }
        #expect(try street.viewDigest(home: street.path).digest == federation[Self.city].viewDigest(home: street.path).digest)
    }

    @Test func anObjectionAtTheCityIsAnnotatedAtTheStreetAndTheReplyComesBack() throws {
        let (federation, record) = try federation()
        let city = federation[Self.city], street = federation[Self.street]
        let filed = try city.act(on: record, actor: TestFederation.loneClerk) { scene in
            .objection(Objection(ground: .inaccurate, fields: [], receipt: "WUHAN-1", acceptedOn: scene.today, statement: "名称有误", target: scene.target))
        }
        try federation.settle()
        #expect(try street.view(of: record).shown.label == .disputed)
        _ = try street.act(
            on: record, .reply(ObjectionReply(objection: filed.changes[0], outcome: .rejected, basis: basis(), repliedOn: city.environment.today)), actor: TestFederation.clerk)
        try federation.settle()
        let view = try city.view(of: record)
        #expect(view.dispute == .rejected)
        #expect(view.cases.map(\.receipts.first?.number) == ["WUHAN-1"])
    }

    @Test func withoutAReviewerNothingIsDecided() throws {
        let (federation, record) = try federation()
        let street = federation[Self.street]
        #expect(throws: NodeRefusal.self) { try street.act(on: record, try correction(street, record, "甲"), actor: TestFederation.loneClerk) }
        #expect(try street.view(of: record).corrections.isEmpty)
    }
}
