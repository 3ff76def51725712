import Foundation
import Node
import Registry
import Replication
import Storage
import Testing

/// Look-ups carry marks, and those answered before relief came are found again (guarantee 11, M45).
@Suite struct NoticeTests {
    static let city = "wuhan", street = "wuhan/wuchang"
    static let subject = "91000000TEXT000250"

    private func standing(_ count: Int = 3) throws -> (federation: TestFederation, records: [Dot]) {
        let federation = try TestFederation([Self.city, Self.street])
        try federation.settle()
        try federation.enter(count, at: Self.street)
        try federation.settle()
        return (federation, try federation[Self.street].store.read { try $0.records(.init(limit: 10)) }.map(\.id))
    }

    private func ask(_ federation: TestFederation, at path: String = NoticeTests.city, unit: String = "11000000TEXT00017D") throws -> LookupResult {
        try federation[path].lookup(try #require(CreditCode(Self.subject)), purpose: "采购审查", caseNumber: "2026-1", actor: Actor(unit: unit, operator: "丙"))
    }

    private func object(_ record: Dot, at path: String, _ federation: TestFederation, ground: ObjectionGround = .inaccurate, receipt: String = "R-1") throws -> Dot {
        try federation[path].act(on: record, actor: TestFederation.clerk) { scene in
            .objection(Objection(ground: ground, receipt: receipt, acceptedOn: scene.today, statement: "有误", target: scene.target))
        }.changes[0]
    }

    private func marks(_ result: LookupResult) -> [[String]] { result.marked.map(\.marks) }

    @Test("Plain records are counted; one that was acted on carries its marks; a revoked one is neither counted nor named")
    func marks() throws {
        let (federation, records) = try standing()
        var said = try ask(federation)
        #expect(said.records.map(\.count) == [3] && said.marked.isEmpty)
        _ = try object(records[0], at: Self.city, federation)
        said = try ask(federation)
        #expect(said.records.map(\.count) == [3] && marks(said) == [["disputed"]])
        #expect(said.marked[0].authority == "11000000TEXT00017D" && said.marked[0].record == records[0])
        try federation.settle()
        _ = try federation[Self.street].revoke(records[1], document: "撤〔2026〕1号", reason: "撤销", actor: TestFederation.clerk)
        _ = try federation[Self.street].act(on: records[2], actor: TestFederation.clerk) { scene in
            .repair(RepairAct(step: .approved, on: scene.today, basis: Basis(rank: .decidingUnit, reason: "已履行"), target: scene.target))
        }
        try federation.settle()
        said = try ask(federation)
        #expect(said.records.map(\.count) == [1], "the repaired one is named with its mark and counts no more")
        #expect(marks(said) == [["disputed"], ["repaired"]])
        _ = try object(records[0], at: Self.street, federation, ground: .wrongSubject, receipt: "R-2")
        try federation.settle()
        said = try ask(federation)
        let masked = try #require(said.marked.first { $0.isMasked })
        #expect(masked.marks == ["identity-under-check"] && masked.document.isEmpty && masked.item.isEmpty && said.records.isEmpty)
    }

    @Test("Kept answers are those of a node that reads anew, after each act")
    func kept() throws {
        let (federation, records) = try standing()
        let node = federation[Self.street]
        for step in 0..<3 {
            switch step {
            case 0: _ = try object(records[0], at: Self.street, federation)
            case 1: _ = try node.revoke(records[1], document: "撤〔2026〕1号", reason: "撤销", actor: TestFederation.clerk)
            default: federation.clock.advance(milliseconds: 86_400_000)
            }
            let cold = try Node(store: node.store, identity: node.identity, environment: node.environment)
            let warm = try node.lookup(try #require(CreditCode(Self.subject)), purpose: "测试", actor: TestFederation.loneClerk)
            let fresh = try cold.lookup(try #require(CreditCode(Self.subject)), purpose: "测试", actor: TestFederation.loneClerk)
            #expect(warm.marked == fresh.marked && warm.records.map(\.count) == fresh.records.map(\.count))
        }
    }

    @Test("Who was told of a record before it was revoked is told again; who asked later, or of nothing, is not")
    func revoked() throws {
        let (federation, records) = try standing(2)
        let before = try ask(federation)
        _ = try federation[Self.city].lookup(try #require(CreditCode("11000000TEXT00017D")), purpose: "他", actor: TestFederation.loneClerk)
        _ = try federation[Self.street].revoke(records[0], document: "撤〔2026〕1号", reason: "撤销", actor: TestFederation.clerk)
        try federation.settle()
        let after = try ask(federation)
        #expect(after.notices == 1)
        let notices = try federation[Self.city].lookupNotices(limit: 10)
        #expect(notices.map(\.row.line.receipt) == [before.receipt] && after.receipt != before.receipt)
        let notice = try #require(notices.first)
        #expect(notice.row.kind == "revoked" && notice.row.record == records[0] && notice.row.line.purpose == "采购审查" && notice.row.line.caseNumber == "2026-1")
        #expect(notice.due.isProvisional, "no calendar is held: weekends only")
        #expect(notice.due.date > federation.environment.today && !notice.isOverdue)
        federation.clock.advance(milliseconds: 7 * 86_400_000)
        #expect(try federation[Self.city].lookupNotices(limit: 10)[0].isOverdue)
        #expect(try federation[Self.city].deadlines(limit: 50).entries.contains { $0.kind == .notice && $0.isOverdue && $0.receipt == before.receipt })
        // A second revocation of the same record changes nothing that was told.
        #expect(try ask(federation).notices == 1)
        try federation[Self.city].noticeDone(notice.row.id, how: "电话告知", actor: DraftTests.person("丁"))
        #expect(try federation[Self.city].lookupNotices(limit: 10).isEmpty && ask(federation).notices == 0)
        #expect(throws: NodeRefusal.self) { try federation[Self.city].noticeDone(notice.row.id, how: "再次", actor: DraftTests.person("丁")) }
        #expect(try federation[Self.city].lookupNotices(includingDone: true, limit: 10).map(\.row.isDone) == [true])
        #expect(try federation[Self.city].verify().faults.isEmpty)
        // A rebuild tells nobody anew.
        _ = try federation[Self.city].rebuild()
        #expect(try federation[Self.city].lookupNotices(limit: 10).isEmpty)
    }

    @Test("Who was told is chained: a line altered behind the node's back shows")
    func chained() throws {
        let (federation, records) = try standing(1)
        _ = try ask(federation)
        _ = try federation[Self.street].revoke(records[0], document: "撤〔2026〕1号", reason: "撤销", actor: TestFederation.clerk)
        try federation.settle()
        let city = federation[Self.city]
        try city.noticeDone(try #require(try city.lookupNotices(limit: 1).first).row.id, how: "电话", actor: DraftTests.person("丁"))
        #expect(try city.verify().faults.isEmpty)
        try city.store.close()
        try sqlite(federation.file(Self.city), "UPDATE notice_done SET how = '从未'")
        try federation.reopen(Self.city)
        #expect(try federation[Self.city].verify().faults.map(\.rule) == ["broken-chain"])
    }

    @Test("Repairs, corrections on an objection, upheld objections and suspensions find the answers before them", arguments: ["repaired", "corrected", "upheld", "suspended"])
    func kinds(_ kind: String) throws {
        let (federation, records) = try standing(1)
        let street = federation[Self.street]
        let objection = kind == "corrected" || kind == "upheld" ? try object(records[0], at: Self.street, federation) : nil
        try federation.settle()
        let asked = try ask(federation)
        switch kind {
        case "repaired":
            _ = try street.act(on: records[0], actor: TestFederation.clerk) { scene in
                .repair(RepairAct(step: .approved, on: scene.today, basis: Basis(rank: .decidingUnit, reason: "已履行"), target: scene.target))
            }
        case "corrected":
            let item = try #require(Catalogue.standard.item(code: "permit")), content = try #require(item.fields.first { $0.code == "XK_NR" }).number
            _ = try street.act(on: records[0], actor: TestFederation.clerk) { scene in
                .correction(Correction(fields: [RecordField(number: content, value: .text("更正"))], basis: Basis(rank: .decidingUnit, reason: "异议成立"), objection: objection, target: scene.target))
            }
        case "upheld":
            _ = try street.act(on: records[0], actor: TestFederation.clerk) { scene in
                .reply(ObjectionReply(objection: objection ?? records[0], outcome: .upheld, basis: Basis(rank: .decidingUnit, reason: "属实"), repliedOn: scene.today))
            }
        default:
            _ = try street.act(on: records[0], actor: TestFederation.clerk) { scene in
                .publication(PublicationMark(step: .suspended, reason: "核查", on: scene.today, target: scene.target))
            }
        }
        try federation.settle()
        _ = try ask(federation)
        let notices = try federation[Self.city].lookupNotices(limit: 10)
        #expect(notices.map(\.row.kind) == [kind] && notices.first?.row.line.receipt == asked.receipt)
    }

    @Test("Who was told that a subject is on a list is told of the removal, and no other list's users are")
    func lists() throws {
        let (federation, _) = try standing(0)
        let city = federation[Self.city]
        for code in ["serious", "other"] {
            _ = try city.createList(ListOpened(code: code, title: code, basis: "依据", authority: "11000000TEXT00017D", maxAge: 86_400), actor: TestFederation.clerk)
            if code == "serious" {
                _ = try city.addToList(
                    code: code, subject: try #require(CreditCode(Self.subject)), name: "测试", document: "文〔2026〕1号", since: federation.environment.today, until: nil, actor: TestFederation.clerk)
            }
            _ = try city.publishList(code: code, actor: TestFederation.clerk)
        }
        try federation.settle()
        let asked = try ask(federation, at: Self.street)
        #expect(asked.lists.contains { $0.verdict == .onTheList })
        _ = try city.removeFromList(code: "serious", subject: try #require(CreditCode(Self.subject)), document: "文〔2026〕1号", reason: "已履行", actor: TestFederation.clerk)
        try federation.settle()
        let notices = try federation[Self.street].lookupNotices(limit: 10)
        #expect(notices.map(\.row.line.receipt) == [asked.receipt] && notices.map(\.row.list) == ["serious"] && notices.map(\.row.kind) == ["removed"])
        #expect(try city.lookupNotices(limit: 10).isEmpty, "the city answered nobody")
    }

    @Test("Who asked under the subject's new code is told of relief of a record under the old one (M38)")
    func aliases() throws {
        let (federation, records) = try standing(1)
        let old = try #require(CreditCode(Self.subject)), new = try ListEditionTests.code(1)
        let link = SubjectAlias(oldCode: old, newCode: new, document: "变更〔2026〕1号", name: "新名称", on: federation.environment.today, isWithdrawn: false)
        _ = try federation[Self.city].linkCodes(link, actor: TestFederation.clerk)
        try federation.settle()
        let asked = try federation[Self.city].lookup(new, purpose: "测试", actor: TestFederation.loneClerk)
        #expect(asked.records.map(\.count) == [1])
        _ = try federation[Self.street].revoke(records[0], document: "撤〔2026〕1号", reason: "撤销", actor: TestFederation.clerk)
        try federation.settle()
        #expect(try federation[Self.city].lookupNotices(limit: 10).map(\.row.line.receipt) == [asked.receipt])
    }
}
