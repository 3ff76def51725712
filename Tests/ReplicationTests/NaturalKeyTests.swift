import Registry
import Replication
import Testing

/// What makes two entries the same decision where there is no document number.
struct NaturalKeyTests {
    private func item(_ code: String) throws -> CatalogueItem { try #require(Catalogue.standard.item(code: code)) }

    private func key(_ item: CatalogueItem, _ fields: [UInt32: FieldValue]) throws -> NaturalKey? {
        let subject = try #require(CreditCode("91000000TEXT000250"))
        let state = RecordState(item: item.number, home: nil, validity: .effective, subject: .organisation(subject),
                                fields: fields.sorted { $0.key < $1.key }.map { RecordField(number: $0.key, value: $0.value) })
        return NaturalKey(state, item: item)
    }

    @Test func keyFieldsTellRecordsApart() throws {
        let interview = try item("interview")
        let day = try #require(CivilDate(year: 2024, month: 1, day: 2)), next = try #require(CivilDate(year: 2024, month: 1, day: 3))
        let unit = FieldValue.text("11000000TEXT00017D")
        let one = try #require(try key(interview, [3: .date(day), 4: .text("合同违约"), 10: unit]))
        #expect(try key(interview, [3: .date(day), 4: .text("合同违约"), 6: .text("谈话"), 10: unit]) == one, "other columns do not count")
        #expect(try key(interview, [3: .date(next), 4: .text("合同违约"), 10: unit]) != one)
        #expect(try key(interview, [3: .date(day), 4: .text("欠薪"), 10: unit]) != one)
        #expect(try key(interview, [4: .text("合同违约"), 10: unit]) == nil, "a key field is missing")
        #expect(try key(interview, [3: .date(day), 4: .text("合同违约")]) == nil, "no unit")
    }

    @Test func aDocumentNumberStillDoes() throws {
        let penalty = try item("penalty")
        let unit = FieldValue.text("11000000TEXT00017D")
        let one = try #require(try key(penalty, [14: .text("测罚〔2023〕12号"), 27: unit]))
        #expect(try key(penalty, [14: .text("测罚[2023]12号"), 27: unit]) == one)
        #expect(try key(penalty, [27: unit]) == nil)
        // A joint-measure case is told apart by both: the entry hit, and what was done when.
        let joint = try item("joint-measure")
        let day = try #require(CivilDate(year: 2024, month: 1, day: 2))
        let fields: [UInt32: FieldValue] = [7: .text("测〔2023〕1号"), 8: .text("tender"), 9: .text("M01"), 11: .date(day), 14: unit]
        let case1 = try #require(try key(joint, fields))
        #expect(try key(joint, fields.merging([9: .text("M02")]) { $1 }) != case1)
        #expect(try key(joint, fields.merging([7: .text("测〔2023〕2号")]) { $1 }) != case1)
    }
}
