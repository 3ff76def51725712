import Foundation
import Node
import Registry
import Replication
import Storage
import Testing

/// Look-ups that an earlier version answered are found when relief comes, and those that relief had met already (M45).
@Suite struct EarlierLookupTests {
    private static let city = "wuhan", street = "wuhan/wuchang", subject = "91000000TEXT000250"

    private func ask(_ federation: TestFederation) throws -> LookupResult {
        try federation[Self.city].lookup(try #require(CreditCode(Self.subject)), purpose: "采购审查", actor: TestFederation.loneClerk)
    }

    /// As a version left it that logged look-ups and knew no way to find them.
    private func age(_ federation: TestFederation) throws {
        try federation[Self.city].store.close()
        try sqlite(
            federation.file(Self.city),
            """
            DELETE FROM lookup_told; DELETE FROM relief_arrival; DELETE FROM lookup_notice;
            DELETE FROM grdb_migrations WHERE identifier IN ('look-ups told before', 'projection 7')
            """)
        try federation.reopen(Self.city)
    }

    @Test("A record revoked before and one revoked after the new version: both users are found; who asked later is not told")
    func found() throws {
        let federation = try TestFederation([Self.city, Self.street])
        try federation.settle()
        try federation.enter(2, at: Self.street)
        try federation.settle()
        let records = try federation[Self.street].store.read { try $0.records(.init(limit: 10)) }.map(\.id)
        federation.clock.advance(milliseconds: 1000)
        let first = try ask(federation)
        federation.clock.advance(milliseconds: 1000)
        _ = try federation[Self.street].revoke(records[0], document: "撤〔2026〕1号", reason: "撤销", actor: TestFederation.clerk)
        try federation.settle()
        let arrived = federation.clock.now
        federation.clock.advance(milliseconds: 86_400_000)
        let second = try ask(federation)
        try age(federation)
        var notices = try federation[Self.city].lookupNotices(limit: 10)
        #expect(notices.map(\.row.line.receipt) == [first.receipt] && notices.map(\.row.arrivedAt) == [arrived] && notices.map(\.row.kind) == ["revoked"])

        _ = try federation[Self.street].revoke(records[1], document: "撤〔2026〕2号", reason: "撤销", actor: TestFederation.clerk)
        try federation.settle()
        notices = try federation[Self.city].lookupNotices(limit: 10)
        #expect(notices.map(\.row.line.receipt).sorted() == [first.receipt, first.receipt, second.receipt].sorted())
        // Another replay tells nobody anew.
        _ = try federation[Self.city].rebuild()
        #expect(try federation[Self.city].lookupNotices(limit: 10).count == 3)
        #expect(try federation[Self.city].verify().faults.isEmpty)
    }

    @Test("Who was told of a list entry by an earlier version is told of its removal")
    func lists() throws {
        let federation = try TestFederation([Self.city, Self.street])
        let city = federation[Self.city], code = try #require(CreditCode(Self.subject))
        _ = try city.createList(
            ListOpened(code: "serious", title: "名单", basis: "测试依据", authority: "11000000TEXT00017D", maxAge: 7200), actor: TestFederation.clerk)
        _ = try city.addToList(code: "serious", subject: code, name: "测试", document: "文〔2026〕1号", since: federation.environment.today, until: nil, actor: TestFederation.clerk)
        _ = try city.publishList(code: "serious", actor: TestFederation.clerk)
        let asked = try ask(federation)
        #expect(asked.lists.map(\.verdict) == [.onTheList])
        try age(federation)
        #expect(try federation[Self.city].lookupNotices(limit: 10).isEmpty)
        _ = try federation[Self.city].removeFromList(code: "serious", subject: code, document: "文〔2026〕1号", reason: "已履行", actor: TestFederation.clerk)
        #expect(try federation[Self.city].lookupNotices(limit: 10).map(\.row.line.receipt) == [asked.receipt])
    }
}

/// Hits on lists carry what is known of the decision they rest on.
@Suite struct HitMarkTests {
    private static let city = "wuhan", street = "wuhan/wuchang", subject = "91000000TEXT000250"

    @Test("A hit carries marks of its decision, where that is held, and of proposals that nobody answered yet; they stand in the log")
    func marks() throws {
        let federation = try TestFederation([Self.city, Self.street])
        let city = federation[Self.city], code = try #require(CreditCode(Self.subject))
        _ = try city.createList(
            ListOpened(code: "serious", title: "名单", basis: "测试依据", authority: "11000000TEXT00017D", maxAge: 7200), actor: TestFederation.clerk)
        try federation.settle()
        try federation.enter(2, at: Self.street)
        try federation.settle()
        let record = try #require(try federation[Self.street].store.read { try $0.records(.init(limit: 10)) }.first).id
        let document = "〔2025〕\(Self.street)许字第0号"
        for document in [document, "文〔2026〕1号"] {
            _ = try city.addToList(code: "serious", subject: code, name: "测试", document: document, since: federation.environment.today, until: nil, actor: TestFederation.clerk)
        }
        _ = try city.publishList(code: "serious", actor: TestFederation.clerk)
        try federation.settle()
        func marks(_ path: String) throws -> [String: [String]] {
            let answer = try federation[path].lookup(code, purpose: "采购审查", actor: TestFederation.loneClerk)
            let list = try #require(answer.lists.first)
            #expect(list.verdict == .onTheList && list.hits.count == 2)
            return Dictionary(uniqueKeysWithValues: list.hits.map { ($0.document, list.marks[$0.id] ?? []) })
        }
        #expect(try marks(Self.street) == [document: [], "文〔2026〕1号": []])
        _ = try federation[Self.street].act(on: record, actor: TestFederation.loneClerk) { scene in
            .objection(Objection(ground: .inaccurate, receipt: "异1", acceptedOn: scene.today, statement: "有误", target: scene.target))
        }
        #expect(try marks(Self.street) == [document: ["disputed"], "文〔2026〕1号": []])
        let wish = ListWish(code: "serious", intent: .remove, subject: .organisation(code), name: "测试", document: "文〔2026〕1号", since: federation.environment.today, reason: "已履行", notice: nil)
        let proposal = try federation[Self.street].proposeToList(wish, actor: TestFederation.clerk)
        try federation.settle()
        for path in [Self.city, Self.street] { #expect(try marks(path) == [document: ["disputed"], "文〔2026〕1号": ["removal-proposed"]], "\(path)") }
        let last = try federation[Self.city].lookup(code, purpose: "采购审查", actor: TestFederation.loneClerk)
        let logged = try #require(try federation[Self.city].store.read { try $0.lookup(Int64(last.receipt.split(separator: "-")[1]) ?? 0) })
        #expect(logged.answer.contains("serious+removal-proposed") || logged.answer.contains("serious+disputed"), "\(logged.answer)")
        try city.declineListProposal(proposal, reason: "未履行", actor: TestFederation.clerk)
        #expect(try marks(Self.city)["文〔2026〕1号"] == [])
    }
}
