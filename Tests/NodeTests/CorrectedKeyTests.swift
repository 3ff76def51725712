import Node
import Registry
import Replication
import Storage
import Testing

/// A record's row hangs on its subject and on the fields of its natural key: whatever else is corrected leaves it as it is.
@Suite struct CorrectedKeyTests {
    private static let city = "wuhan", street = "wuhan/a"

    private func rows(_ federation: TestFederation, _ record: Dot) throws -> [RecordRow] {
        try [Self.city, Self.street].map { path in
            let row = try federation[path].store.read { try $0.record(record) }
            return try #require(row)
        }
    }

    private func correct(_ federation: TestFederation, _ record: Dot, _ role: FieldRole, _ text: String) throws {
        let street = federation[Self.street]
        let (_, catalogue) = try street.currentCatalogue()
        let item = try #require(catalogue.item(code: "permit"))
        let number = try #require(item.roles[role])
        let correction = Correction(fields: [RecordField(number: number, value: .text(text))], basis: Basis(rank: .decidingUnit, reason: "笔误"))
        _ = try street.act(on: record, .correction(correction), actor: TestFederation.clerk)
        try federation.settle()
    }

    @Test func aCorrectedDocumentNumberIsFoundUnderItsNewKeyAndACorrectedNameChangesNoRow() throws {
        let federation = try TestFederation([Self.city, Self.street])
        try federation.settle()
        try federation.enter(1, at: Self.street)
        try federation.settle()
        let held = try federation[Self.street].store.read { try $0.records(.init()) }
        let record = try #require(held.first).id
        let before = try rows(federation, record)
        try correct(federation, record, .subjectName, "改正之名")
        #expect(try rows(federation, record) == before)
        try correct(federation, record, .documentNumber, "鄂许〔2026〕99号")
        let after = try rows(federation, record)
        for (old, new) in zip(before, after) {
            #expect(old.naturalKey != new.naturalKey && old.subject == new.subject)
        }
        for path in [Self.city, Self.street] {
            let found = try federation[path].store.read { try $0.records(naturalKey: after[0].naturalKey) }
            let left = try federation[path].store.read { try $0.records(naturalKey: before[0].naturalKey) }
            #expect(found.map(\.id) == [record] && left.isEmpty)
        }
    }
}
