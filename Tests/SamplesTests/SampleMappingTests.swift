import Registry
import Samples
import Testing

@Suite struct SampleMappingTests {
    static let reference = "id kind subject uscc doc_no category content decided_on valid_from valid_to published_on agency agency_uscc status origin version"

    @Test func theSixteenColumnsStandInOrder() {
        #expect(SampleMapping.columns.map(\.name).joined(separator: " ") == Self.reference)
    }

    /// Every field of both tables is mapped, carried besides, or left empty: exactly one of the three.
    @Test(arguments: [SampleTable.permit, .penalty]) func everyFieldIsAccountedForOnce(_ table: SampleTable) {
        var mapped: Set<String> = []
        for column in SampleMapping.columns {
            if case .fields(let codes) = column.source(table) { mapped.formUnion(codes) }
        }
        if table == .permit { mapped.insert("XK_ZT") }
        #expect(mapped.isSubset(of: Set(table.codes)))
        for code in table.codes {
            let places = [mapped.contains(code), SampleMapping.besides[code] != nil, SampleMapping.empty.contains(code)]
            #expect(places.filter { $0 }.count == 1, "\(code)")
        }
    }

    @Test func emptyFieldsAreEmptyAndOthersAreSometimesFilled() {
        for kind in [SampleRows.Kind.permit, .penalty] {
            var rows = SampleRows(street: 0, kind: kind)
            let table: SampleTable = kind == .permit ? .permit : .penalty
            var filled: Set<String> = []
            for _ in 0..<2000 {
                let row = rows.next()
                for (code, cell) in zip(table.codes, row.cells) where !cell.isEmpty { filled.insert(code) }
            }
            #expect(filled == Set(table.codes).subtracting(SampleMapping.empty))
        }
    }

    @Test func columnsHoldWhatTheRowSays() throws {
        var rows = SampleRows(street: 12, kind: .penalty, first: 5)
        let row = rows.next()
        let values = SampleMapping.columns(of: row).map { String(decoding: $0, as: UTF8.self) }
        #expect(values.count == 16)
        #expect(values[0] == String(12 << 32 | 5))
        #expect(values[1] == "行政处罚")
        #expect(values[4] == row.documentNumber)
        #expect(values[14] == "street012")
        #expect(values[15] == "1")
        let facts = try #require(row.cell("CF_SY")), basis = try #require(row.cell("CF_YJ")), content = try #require(row.cell("CF_NR"))
        #expect(values[6] == String(decoding: facts + basis + content, as: UTF8.self))
    }

    @Test func catalogueAndSamplesNameTheSameFields() throws {
        for table in SampleTable.allCases {
            let item = try #require(Catalogue.standard.item(code: table.item))
            #expect(item.fields.filter { !$0.isLocal }.map(\.code) == table.codes)
        }
    }
}
