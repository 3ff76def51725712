import Registry
import Samples
import Testing

/// Fowler, Noll and Vo's hash; enough to see that bytes did not change.
private func fnv(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}

private func validator(_ table: SampleTable, unit: String) throws -> RecordValidator {
    let item = try #require(Catalogue.standard.item(code: table.item))
    let today = try #require(CivilDate(year: 2026, month: 1, day: 1))
    let national = item.fields.filter { !$0.isLocal }
    let columns = national.map { ColumnTarget.field($0.number) }
    #expect(national.map(\.code) == table.codes)
    return RecordValidator(item: item, columns: columns, today: today, unit: CreditCode(unit))
}

private func cells(_ row: SampleRow) -> [String] { row.cells.map { String(decoding: $0, as: UTF8.self) } }

@Suite struct SampleRowsTests {
    @Test(arguments: [(SampleRows.Kind.permit, UInt64(18_176_588_895_207_278_197)), (.penalty, 17_417_009_985_957_486_072), (.mixed, 4_947_932_953_657_508_968)])
    func goldenBytes(_ kind: SampleRows.Kind, _ golden: UInt64) {
        var rows = SampleRows(seed: 1, street: 3, kind: kind)
        var text = rows.csvHeader
        for _ in 0..<100 { text += "\n" + rows.nextCSVLine() }
        #expect(fnv(text) == golden)
    }

    @Test func laterBatchesContinueEarlierOnes() {
        var all = SampleRows(street: 1, kind: .mixed)
        var later = SampleRows(street: 1, kind: .mixed, first: 40)
        for _ in 0..<40 { _ = all.next() }
        for _ in 0..<40 { #expect(all.next() == later.next()) }
    }

    @Test func otherSeedsAndStreetsGiveOtherRows() {
        var a = SampleRows(seed: 1, street: 1, kind: .permit), b = SampleRows(seed: 2, street: 1, kind: .permit)
        var c = SampleRows(seed: 1, street: 2, kind: .permit)
        let one = a.next()
        #expect(one.cells != b.next().cells)
        #expect(one.cells != c.next().cells)
    }

    @Test(arguments: [SampleTable.permit, .penalty]) func everyRowIsValidWithoutAnyRemark(_ table: SampleTable) throws {
        let validator = try validator(table, unit: SampleUnit.streetOffice(7).code)
        var rows = SampleRows(street: 7, kind: table == .permit ? .permit : .penalty)
        for number in 0..<5000 {
            let outcome = validator.validate(row: number, cells: cells(rows.next()))
            #expect(outcome.problems.isEmpty)
            #expect(outcome.record != nil)
        }
    }

    @Test(arguments: SampleFault.allCases, [SampleTable.permit, .penalty]) func everyFaultBreaksItsRuleAlone(_ fault: SampleFault, _ table: SampleTable) throws {
        let validator = try validator(table, unit: SampleUnit.streetOffice(7).code)
        var rows = SampleRows(street: 7, kind: table == .permit ? .permit : .penalty, faults: [2: fault])
        for number in 0..<4 {
            let row = rows.next()
            let outcome = validator.validate(row: number, cells: cells(row))
            #expect(row.fault == (number == 2 ? fault : nil))
            #expect(outcome.problems.filter { $0.severity == .error }.map(\.rule) == (number == 2 ? [fault.rule] : []))
        }
    }

    @Test func documentNumbersNeverRepeat() {
        var seen: Set<String> = []
        for street in 0..<3 {
            var rows = SampleRows(street: street, kind: .mixed)
            for _ in 0..<3000 { seen.insert(rows.next().documentNumber) }
        }
        #expect(seen.count == 9000)
    }

    @Test func sharesAndSizesAreAsPromised() {
        var rows = SampleRows(street: 0, kind: .mixed)
        var persons = 0, permits = 0, penalties = 0, traders = 0, columnBytes = 0, csvBytes = 0
        for _ in 0..<10_000 {
            let row = rows.next()
            if row.table == .permit { permits += 1 } else { penalties += 1 }
            let subjectClass = String(decoding: row.cells[1], as: UTF8.self)
            if subjectClass == "自然人" { persons += 1 }
            if subjectClass == "个体工商户" { traders += 1 }
            columnBytes += SampleMapping.columns(of: row).reduce(0) { $0 + $1.count }
            csvBytes += row.cells.reduce(0) { $0 + $1.count }
        }
        #expect((5800...6200).contains(permits))
        #expect(permits + penalties == 10_000)
        #expect((persons * 100 / permits) >= 2 && (persons * 100 / permits) <= 4)
        #expect((3000...3700).contains(traders))
        #expect((580...660).contains(columnBytes / 10_000), "\(columnBytes / 10_000)")
        #expect((650...760).contains(csvBytes / 10_000), "\(csvBytes / 10_000)")
    }
}
