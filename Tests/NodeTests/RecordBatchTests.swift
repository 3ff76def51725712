import Registry
import Replication
import Testing

@testable import Node

/// Rows made ready beside the writer, and what the transaction makes of them.
@Suite struct RecordBatchTests {
    private let street = "wuhan/wuchang/jiyuqiao"

    private func prepared(_ federation: TestFederation, _ rows: [ValidRecord], actor: Actor = TestFederation.clerk, expectNew: Bool = true) throws -> PreparedRecords {
        let node = federation[street]
        return try node.prepare(rows, try node.terms(item: "permit", actor: actor), expectNew: expectNew)
    }

    private func held(_ federation: TestFederation, _ path: String) throws -> (changes: Int, records: Int) {
        let totals = try federation[path].store.read { try $0.totals() }
        return (totals.changes, totals.records)
    }

    private func federation() throws -> TestFederation {
        let federation = try TestFederation(["wuhan", "wuhan/wuchang", street])
        try federation.settle()
        return federation
    }

    private func expectRebuildsAlike(_ federation: TestFederation) throws {
        let result = try federation[street].rebuild()
        #expect(result.before == result.after)
    }

    @Test("Several batches of one transaction become whole sets, and every tier shows the same")
    func severalBatches() throws {
        let federation = try federation()
        let batches = try (0..<3).map { try prepared(federation, try federation.rows(40, from: $0 * 40, street: street)) }
        #expect(try federation[street].record(batches) == Array(repeating: Array(repeating: .effective, count: 40), count: 3))
        try federation.settle()
        let home = try #require(NodePath(street)), own = try federation[street].viewDigest(home: home)
        #expect(own.records == 120)
        for above in ["wuhan/wuchang", "wuhan"] { #expect(try federation[above].viewDigest(home: home) == own) }
        #expect(try held(federation, "wuhan").records == 120)
    }

    @Test("A batch made ready before its rows were recorded elsewhere records nothing twice")
    func staleBatch() throws {
        let federation = try federation()
        let rows = try federation.rows(10, street: street)
        let first = try prepared(federation, Array(rows[..<6])), second = try prepared(federation, Array(rows[3...]))
        let unexpected = try prepared(federation, rows, expectNew: false)
        #expect(try federation[street].record([first, second]) == [Array(repeating: .effective, count: 6), Array(repeating: .unchanged, count: 3) + Array(repeating: .effective, count: 4)])
        #expect(try federation[street].record([unexpected]) == [Array(repeating: .unchanged, count: 10)])
        #expect(try held(federation, street).changes == 10 + 1, "ten rows and the catalogue")
        try expectRebuildsAlike(federation)
    }

    @Test("A row that repeats another of its batch changes nothing; one that contradicts it is named")
    func repeated() throws {
        let federation = try federation()
        let rows = try federation.rows(3, street: street)
        let item = try #require(Catalogue.standard.item(code: "permit"))
        var cells = TestRows.cells(1, street: street)
        cells[18] = "别的内容"
        let other = try #require(TestRows.validator(item, today: federation.environment.today).validate(row: 9, cells: cells).record)
        let fates = try federation[street].record([try prepared(federation, rows + [rows[0], other])])[0]
        #expect(fates.prefix(4) == [.effective, .effective, .effective, .unchanged])
        guard case .differs(_, let fields) = fates[4] else { return #expect(Bool(false), "\(fates)") }
        #expect(fields == [19])
        #expect(try held(federation, street).records == 3)
    }

    @Test("Drafts enter under their own ids when they come with a reviewer")
    func draftsEnter() throws {
        let federation = try federation()
        let rows = try federation.rows(5, street: street)
        #expect(try federation[street].record([prepared(federation, Array(rows[..<2]), actor: TestFederation.loneClerk)]) == [[.draft, .draft]])
        #expect(try federation[street].record([prepared(federation, rows)])[0] == Array(repeating: .effective, count: 5))
        #expect(try held(federation, street).records == 5)
        try federation.settle()
        #expect(try held(federation, "wuhan").records == 5)
    }

    @Test("Evidence holds for the very item of the edition alone: rows that passed another table are judged again")
    func evidence() throws {
        let federation = try federation()
        var lax = try #require(Catalogue.standard.item(code: "permit"))
        let field = try #require(lax.fields.firstIndex { $0.number == 1 })
        lax.fields[field].maxLength = 4000
        var cells = TestRows.cells(1, street: street)
        cells[0] = String(repeating: "名", count: 500)
        let row = try #require(try TestRows.validator(lax, today: federation.environment.today).validate(row: 1, cells: cells).record)
        let before = try held(federation, street).changes
        let batch = try prepared(federation, [row])
        let refusal = #expect(throws: NodeRefusal.self) { try federation[street].record([batch]) }
        #expect(refusal?.code == "invalid-record" && refusal?.en.contains("LENGTH") == true)
        #expect(try held(federation, street).changes == before, "nothing was written")
        // The same row under an equal table of its own is taken without a second look at its fields, and passes one.
        let good = try federation.rows(1, street: street)
        #expect(try federation[street].record([prepared(federation, good)]) == [[.effective]])
        // Rebuilding judges every field again.
        try expectRebuildsAlike(federation)
    }

    @Test("A state that no validator has seen is judged whole, whoever appends it")
    func withoutEvidence() throws {
        let federation = try federation()
        let node = federation[street], catalogue = try node.currentCatalogue().digest
        let code = try #require(CreditCode("91000000TEXT000250"))
        let state = RecordState(item: 1, home: nil, validity: .effective, subject: .organisation(code), fields: [RecordField(number: 1, value: .text("甲"))])
        let change = Change(actor: TestFederation.clerk, capturedAt: 1, editions: [catalogue], kind: .recordState(state))
        let audience = Audience.lineage(of: node.path, upTo: 1)
        let refusal = #expect(throws: NodeRefusal.self) {
            try node.store.write { tx in _ = try node.append([change], to: audience, lane: .ordinary, tx) }
        }
        #expect(refusal?.code == "invalid-record")
    }

    @Test("A unit that the registry in force does not place here is refused when the terms are asked for")
    func termsAskForTheUnit() throws {
        let federation = try federation()
        #expect(throws: NodeRefusal.self) { try federation[street].terms(item: "nothing", actor: TestFederation.clerk) }
        #expect(throws: NodeRefusal.self) { try federation[street].terms(item: "permit", actor: Actor(unit: "x", operator: "甲", reviewer: "乙")) }
        #expect(throws: NodeRefusal.self) { try federation[street].terms(item: "permit", actor: Actor(unit: "11000000TEXT00017D", operator: "甲", reviewer: "甲")) }
    }
}
