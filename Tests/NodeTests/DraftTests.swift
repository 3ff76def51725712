import Foundation
import Node
import Registry
import Replication
import Testing

/// Drafts from the first word to the effective record (T1–T4): who may do what, what stays here, what a parent sends back.
@Suite struct DraftTests {
    static let city = "wuhan", district = "wuhan/wuchang", street = "wuhan/wuchang/jiyuqiao"
    static let unit = "11000000TEXT00017D"
    static func person(_ name: String) -> Actor { Actor(unit: unit, operator: name) }

    private func standing() throws -> TestFederation {
        let federation = try TestFederation([Self.city, Self.district, Self.street])
        try federation.settle()
        return federation
    }

    private func draft(_ index: Int, _ federation: TestFederation, at path: String = DraftTests.street, by name: String = "甲") throws -> Dot {
        let node = federation[path]
        let terms = try node.terms(item: "permit", actor: Self.person(name))
        let (fate, record) = try node.enter(try federation.rows(1, from: index, street: path)[0], terms)
        #expect(fate == .draft)
        return try #require(record)
    }

    private func refusal(_ body: () throws -> Void) -> String? {
        do { try body() } catch let refusal as NodeRefusal { return refusal.code } catch { return "\(error)" }
        return nil
    }

    @Test("Draft, submitted, approved: effective under its own id everywhere; its body never left before")
    func whole() throws {
        let federation = try standing()
        let node = federation[Self.street]
        let record = try draft(1, federation)
        try federation.settle()
        #expect(throws: NodeRefusal.self) { try federation[Self.district].view(of: record) }
        #expect(refusal { _ = try node.approve([record], actor: Self.person("乙")) } == "not-submitted")
        _ = try node.step(.submitted, drafts: [record], actor: Self.person("甲"))
        let waiting = try node.drafts(limit: 10)
        #expect(waiting.lines.map(\.view.id) == [record] && waiting.lines[0].draft.submittedBy?.operator == "甲")
        #expect(waiting.lines[0].view.validity == .submitted && waiting.lines[0].view.shown.label == .submitted)
        #expect(try node.store.read { try $0.record(record)?.validity } == .submitted)
        #expect(refusal { _ = try node.approve([record], actor: Self.person("甲")) } == "four-eyes")
        _ = try node.approve([record], actor: Self.person("乙"))
        #expect(try node.drafts(limit: 10).lines.isEmpty)
        #expect(refusal { _ = try node.step(.submitted, drafts: [record], actor: Self.person("甲")) } == "not-a-draft")
        try federation.settle()
        for path in [Self.street, Self.district, Self.city] {
            let view = try federation[path].view(of: record)
            #expect(view.validity == .effective && view.drafting == nil)
            #expect(view.actor == Actor(unit: Self.unit, operator: "甲", reviewer: "乙"))
        }
        // Steps and drafts stay here: above there is one change of the record, here there are three.
        #expect(try federation[Self.city].store.read { try $0.changes(of: record).count } == 1)
        #expect(try federation[Self.street].verify().faults.isEmpty)
        let rebuilt = try node.rebuild()
        #expect(rebuilt.before == rebuilt.after)
    }

    @Test("Whoever submitted another's draft cannot approve it, and a person of another unit can do nothing")
    func fourEyes() throws {
        let federation = try standing()
        let node = federation[Self.street]
        let record = try draft(1, federation, by: "甲")
        _ = try node.step(.submitted, drafts: [record], actor: Self.person("丙"))
        #expect(refusal { _ = try node.approve([record], actor: Self.person("丙")) } == "four-eyes")
        #expect(refusal { _ = try node.step(.returned, drafts: [record], code: "other", reason: "x", actor: Self.person("甲")) } == "four-eyes")
        let stranger = Actor(unit: "11000000TEXT00025X", operator: "丁")
        let code = refusal { _ = try node.approve([record], actor: stranger) }
        #expect(code == "other-unit" || code == "actor-unit")
        #expect(refusal { _ = try node.approve([record, Dot(replica: record.replica, counter: 9999)], actor: Self.person("乙")) } == "no-such-record")
        #expect(try node.drafts(limit: 10).lines.count == 1)
    }

    @Test("Sent back with a code, mended from the version it was based on, submitted again; a stale edit overwrites nothing")
    func returned() throws {
        let federation = try standing()
        let node = federation[Self.street]
        let record = try draft(1, federation)
        let first = try node.cells(ofDraft: record)
        _ = try node.step(.submitted, drafts: [record], actor: Self.person("甲"))
        #expect(refusal { _ = try node.edit(draft: record, basedOn: first.version, row: try federation.rows(1, from: 1, street: Self.street)[0], actor: Self.person("甲")) } == "draft-submitted")
        #expect(refusal { _ = try node.step(.returned, drafts: [record], code: "", reason: "金额不符", actor: Self.person("乙")) } == "reject-code")
        _ = try node.step(.returned, drafts: [record], code: "wrong-field", reason: "金额不符", actor: Self.person("乙"))
        let line = try #require(try node.drafts(limit: 10).lines.first)
        #expect(line.draft.returned?.code == "wrong-field" && line.draft.returned?.reason == "金额不符" && line.draft.returned?.by.operator == "乙")
        #expect(line.view.validity == .draft)
        #expect(refusal { _ = try node.step(.submitted, drafts: [record], actor: Self.person("甲")) } == "not-mended")
        // The same decision with another value.
        var cells = TestRows.cells(1, street: Self.street)
        cells[18] = "改正后的内容。"
        let mended = try #require(try TestRows.validator(first.item, today: federation.environment.today).validate(row: 1, cells: cells).record)
        let second = try node.edit(draft: record, basedOn: first.version, row: mended, actor: Self.person("甲"))
        #expect(refusal { _ = try node.edit(draft: record, basedOn: first.version, row: mended, actor: Self.person("丙")) } == "draft-changed")
        #expect(try node.cells(ofDraft: record).version == second)
        #expect(try node.cells(ofDraft: record).cells.values.contains("改正后的内容。"))
        _ = try node.step(.submitted, drafts: [record], actor: Self.person("甲"))
        _ = try node.approve([record], actor: Self.person("乙"))
        try federation.settle()
        #expect(try federation[Self.city].view(of: record).fields.contains { $0.value == .text("改正后的内容。") })
    }

    @Test("A row whose draft was sent back is not made effective by importing it again with a reviewer; once it is mended it is")
    func importedAgain() throws {
        let federation = try standing()
        let node = federation[Self.street], rows = try federation.rows(1, from: 1, street: Self.street)
        let record = try draft(1, federation)
        _ = try node.step(.submitted, drafts: [record], actor: Self.person("甲"))
        _ = try node.step(.returned, drafts: [record], code: "wrong-field", reason: "金额不符", actor: Self.person("乙"))
        let (digest, catalogue) = try node.currentCatalogue()
        let item = try #require(catalogue.item(code: "permit"))
        #expect(try node.check(rows, item: item, actor: TestFederation.clerk) == [.returned(record: record)])
        #expect(try node.record(rows, item: item, edition: digest, actor: TestFederation.clerk) == [.returned(record: record)])
        #expect(try node.view(of: record).validity == .draft)
        let first = try node.cells(ofDraft: record)
        _ = try node.edit(draft: record, basedOn: first.version, row: rows[0], actor: Self.person("甲"))
        #expect(try node.record(rows, item: item, edition: digest, actor: TestFederation.clerk) == [.effective])
        #expect(try node.view(of: record).validity == .effective)
    }

    @Test("A draft given up waits for nobody, and an edit takes it up again")
    func discarded() throws {
        let federation = try standing()
        let node = federation[Self.street]
        let record = try draft(1, federation)
        _ = try node.step(.discarded, drafts: [record], actor: Self.person("甲"))
        #expect(try node.drafts(limit: 10).lines.isEmpty)
        let held = try node.cells(ofDraft: record)
        _ = try node.edit(draft: record, basedOn: held.version, row: try federation.rows(1, from: 1, street: Self.street)[0], actor: Self.person("甲"))
        #expect(try node.drafts(limit: 10).lines.count == 1)
    }

    @Test("An import of drafts is submitted and approved together")
    func together() throws {
        let federation = try standing()
        let node = federation[Self.street]
        #expect(try federation.enter(300, at: Self.street, actor: TestFederation.loneClerk) == Array(repeating: .draft, count: 300))
        var ids: [Dot] = [], after: Dot?
        repeat {
            let page = try node.drafts(after: after, limit: 128)
            ids += page.lines.map(\.view.id)
            after = page.next
        } while after != nil
        #expect(Set(ids).count == 300)
        _ = try node.step(.submitted, drafts: ids, actor: Self.person("甲"))
        _ = try node.approve(ids, actor: Self.person("乙"))
        try federation.settle()
        #expect(try federation[Self.city].viewDigest(home: try #require(NodePath(Self.street))).records == 300)
        #expect(try federation[Self.city].viewDigest(home: try #require(NodePath(Self.city))).digest == federation[Self.street].viewDigest(home: try #require(NodePath(Self.city))).digest)
    }

    @Test("A parent sends back an effective record: publication waits everywhere until the home has corrected it, or the parent resumes")
    func sentBack() throws {
        let federation = try standing()
        try federation.enter(2, at: Self.street)
        try federation.settle()
        let node = federation[Self.street], district = federation[Self.district]
        let records = try node.store.read { try $0.records(.init(limit: 10)) }.map(\.id)
        #expect(refusal { _ = try node.sendBack(records[0], code: "wrong-field", reason: "金额不符", actor: Self.person("甲")) } == "not-below")
        for record in records { _ = try district.sendBack(record, code: "wrong-field", reason: "金额不符", actor: Self.person("区")) }
        try federation.settle()
        for path in [Self.street, Self.district, Self.city] {
            let view = try federation[path].view(of: records[0])
            #expect(view.shown.reasons.contains(.returned) && view.validity == .effective)
            #expect(view.tickets.map(\.rule) == ["T4"] && view.tickets[0].detail == "wrong-field: 金额不符")
            #expect(try federation[path].openDecisions().decisions.count == 2)
        }
        let item = try #require(Catalogue.standard.item(code: "permit"))
        let content = try #require(item.fields.first { $0.code == "XK_NR" }).number
        let correction = Correction(fields: [RecordField(number: content, value: .text("更正后的许可内容。"))], basis: Basis(rank: .decidingUnit, reason: "录入有误"))
        _ = try node.act(on: records[0], .correction(correction), actor: TestFederation.clerk)
        _ = try district.act(on: records[1], actor: TestFederation.clerk) { .publication(PublicationMark(step: .resumed, reason: "已核实", on: $0.today)) }
        try federation.settle()
        for path in [Self.street, Self.district, Self.city] {
            for record in records {
                let view = try federation[path].view(of: record)
                #expect(!view.shown.reasons.contains(.returned) && view.tickets.isEmpty)
            }
            #expect(try federation[path].openDecisions().decisions.isEmpty)
            // What is settled is not looked at again.
            #expect(try federation[path].store.read { try $0.openRecordCount() } == 0)
        }
    }
}
