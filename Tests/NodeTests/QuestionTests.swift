import Foundation
import Node
import Registry
import Replication
import Testing

/// Open questions with their clocks, and what comes up from a silent street.
@Suite struct QuestionTests {
    static let city = "wuhan", district = "wuhan/wuchang", street = "wuhan/wuchang/jiyuqiao"

    private func standing() throws -> (federation: TestFederation, record: Dot) {
        let federation = try TestFederation([Self.city, Self.district, Self.street])
        _ = try federation[Self.city].publish(.profile(try #require(LegalProfile.standard("wuhan"))), actor: TestFederation.clerk)
        _ = try federation[Self.city].publish(.calendar(.standard), actor: TestFederation.clerk)
        try federation.settle()
        try federation.enter(2, at: Self.street)
        try federation.settle()
        return (federation, try #require(try federation[Self.street].store.read { try $0.records(.init(limit: 1)) }.first).id)
    }

    private func object(_ record: Dot, at path: String, _ federation: TestFederation, receipt: String) throws -> Dot {
        try federation[path].act(on: record, actor: TestFederation.clerk) { scene in
            .objection(Objection(ground: .inaccurate, receipt: receipt, acceptedOn: scene.today, statement: "有误", target: scene.target))
        }.changes[0]
    }

    @Test("One case, two receipts, several clocks: the reply runs from the earliest acceptance, by working days; captured and accepted are both kept")
    func clocks() throws {
        let (federation, record) = try standing()
        let day = federation.environment.today
        _ = try object(record, at: Self.street, federation, receipt: "S-1")
        federation.clock.advance(milliseconds: 2 * 86_400_000)
        _ = try object(record, at: Self.city, federation, receipt: "C-1")
        federation.clock.advance(milliseconds: 86_400_000)
        try federation.settle()
        let open = try #require(try federation[Self.city].openDecision(record))
        let one = try #require(open.cases.first)
        #expect(open.cases.count == 1 && one.receipts.map(\.receipt.number).sorted() == ["C-1", "S-1"])
        let fromStreet = try #require(one.receipts.first { $0.receipt.number == "S-1" })
        #expect(fromStreet.acceptedAt >= fromStreet.capturedAt + 3 * 86_400_000, "captured there, accepted here three days later")
        let reply = try #require(one.clocks.first { $0.clock == .decideOwn })
        let calendar = WorkCalendar.standard
        #expect(reply.from == day && reply.due == open.profile?.due(.decideOwn, from: day, calendar) && reply.doneOn == nil)
        let profile = try #require(open.profile)
        #expect(profile.term(.review) == nil || one.clocks.allSatisfy { $0.clock != .review }, "nobody asked for a review")
        // The reply stops its clock; a request for review starts another.
        let objection = one.view.id
        _ = try federation[Self.street].act(on: record, actor: TestFederation.clerk) { scene in
            .reply(ObjectionReply(objection: objection, outcome: .rejected, basis: Basis(rank: .decidingUnit, reason: "属实"), repliedOn: scene.today))
        }
        #expect(try federation[Self.street].openDecision(record) == nil)
        _ = try federation[Self.street].act(on: record, actor: TestFederation.clerk) { scene in
            .reviewRequest(ReviewRequest(objection: objection, receipt: "F-1", requestedOn: scene.today, statement: "请复核"))
        }
        let again = try #require(try federation[Self.street].openDecision(record)?.cases.first)
        #expect(again.clocks.first { $0.clock == .decideOwn }?.doneOn == federation.environment.today)
        #expect(again.view.status == .underReview)
        #expect(again.clocks.contains { $0.clock == .review } == (profile.term(.review) != nil))
    }

    @Test("Without a calendar, or beyond its years, dates are provisional")
    func provisional() throws {
        let (federation, record) = try standing()
        _ = try object(record, at: Self.street, federation, receipt: "S-1")
        #expect(try federation[Self.street].openDecision(record)?.cases[0].clocks[0].due?.isProvisional == false)
        let (beyond, late) = try standing()
        beyond.clock.advance(milliseconds: 20 * 366 * 86_400_000)
        _ = try object(late, at: Self.street, beyond, receipt: "S-2")
        #expect(try beyond[Self.street].openDecision(late)?.cases[0].clocks[0].due?.isProvisional == true)
    }

    @Test("A case nobody answers comes up: overdue at every tier above, and silent before that; never at its own node")
    func escalation() throws {
        let (federation, record) = try standing()
        _ = try object(record, at: Self.street, federation, receipt: "S-1")
        try federation.settle()
        func reason(_ path: String) throws -> EscalationReason? {
            let node = federation[path], open = try #require(try node.openDecisions().decisions.first)
            return node.escalated(open, silentDays: 1, heard: try node.lastHeard())
        }
        #expect(try reason(Self.district) == nil)
        federation.clock.advance(milliseconds: 86_400_000 + 3_600_000)
        #expect(try reason(Self.district) == .silent && reason(Self.city) == .silent && reason(Self.street) == nil)
        federation.clock.advance(milliseconds: 20 * 86_400_000)
        #expect(try reason(Self.district) == .overdue && reason(Self.street) == nil)
        #expect(try federation[Self.district].deadlines(limit: 20).entries.contains { $0.kind == .objection && $0.isOverdue && $0.receipt == "S-1" })
    }

    @Test("Values that contradict each other: a ticket with both, the same at every node, due by working days from when it was seen here")
    func conflict() throws {
        let (federation, record) = try standing()
        let item = try #require(Catalogue.standard.item(code: "permit")), content = try #require(item.fields.first { $0.code == "XK_NR" }).number
        for (path, text) in [(Self.street, "甲值"), (Self.district, "乙值")] {
            let correction = Correction(fields: [RecordField(number: content, value: .text(text))], basis: Basis(rank: .decidingUnit, reason: "更正"))
            _ = try federation[path].act(on: record, .correction(correction), actor: TestFederation.clerk)
        }
        try federation.settle()
        var ids: Set<String> = []
        for path in [Self.street, Self.district, Self.city] {
            let open = try #require(try federation[path].openDecisions().decisions.first)
            let ticket = try #require(open.tickets.first { $0.ticket.rule == "M3" })
            ids.insert(ticket.id.description)
            #expect(ticket.authors.count == 2 && ticket.due != nil && ticket.ticket.suspends)
            #expect(open.view.conflicts.first?.says.count == 2)
        }
        #expect(ids.count == 1)
    }

    @Test("What is not reported yet is on the list of deadlines: drafts, and records the parent has not acknowledged")
    func unreported() throws {
        let (federation, _) = try standing()
        #expect(try federation[Self.street].deadlines(limit: 100).entries.isEmpty)
        _ = try federation.enter(1, from: 50, at: Self.street, actor: TestFederation.loneClerk)
        _ = try federation.enter(1, from: 60, at: Self.street)
        let entries = try federation[Self.street].deadlines(limit: 100).entries
        #expect(Set(entries.map(\.what)) == ["draft", "unacknowledged"] && entries.allSatisfy { $0.kind == .report })
        try federation.settle()
        #expect(try federation[Self.street].deadlines(limit: 100).entries.map(\.what) == ["draft"])
    }

    @Test("A street and its district enter one decision with other values: both records are resolved, and a question is open")
    func duplicates() throws {
        let (federation, _) = try standing()
        func row(_ text: String) throws -> ValidRecord {
            var cells = TestRows.cells(70, street: Self.street)
            cells[18] = text
            let item = try #require(Catalogue.standard.item(code: "permit"))
            return try #require(try TestRows.validator(item, today: federation.environment.today).validate(row: 1, cells: cells).record)
        }
        for (path, text) in [(Self.street, "甲内容。"), (Self.district, "乙内容。")] {
            let node = federation[path]
            _ = try node.enter(try row(text), try node.terms(item: "permit", actor: TestFederation.clerk))
        }
        try federation.settle()
        for path in [Self.district, Self.city] {
            let open = try federation[path].openDecisions().decisions
            #expect(open.count == 1 && open[0].tickets.contains { $0.ticket.rule == "M35" }, "\(path)")
            #expect(open.first?.view.aliases.count == 1)
        }
        let rebuilt = try federation[Self.city].rebuild()
        #expect(rebuilt.before == rebuilt.after)
        #expect(try federation[Self.city].openDecisions().decisions.count == 1)
    }
}
