import Registry
import Testing

struct CatalogueTests {
    @Test func shippedTables() throws {
        let catalogue = Catalogue.standard
        #expect(catalogue.faults().isEmpty)
        #expect(catalogue.items.map(\.code) == ["permit", "penalty", "commitment", "interview", "honour", "basic", "self-declared", "serious-list", "joint-measure"])
        let permit = try #require(catalogue.item(number: 1)), penalty = try #require(catalogue.item(code: "penalty"))
        #expect(permit.fields.map(\.number) == Array(1...28))
        #expect(penalty.fields.map(\.number) == Array(1...30) + [101, 102])
        #expect(permit.field(15)?.code == "XK_WSH" && permit.field(15)?.handling == .documentNumber)
        #expect(penalty.field(20)?.type == .amount && penalty.field(20)?.requirement == .when(.fineImposed))
        #expect(penalty.field(11)?.handling == .doNotCollect && penalty.field(11)?.aliases.contains("CF_FR_SFZH") == true)
        #expect(permit.field(0) == nil && permit.field(29) == nil)
        #expect(permit.basis.contains("发改办财金〔2018〕424号") && permit.upToTier == 1)
        #expect(permit.fields.filter { $0.requirement == .required }.count == 14)
        #expect(penalty.fields.filter { $0.requirement == .required }.count == 14)
        #expect(permit.field(28)?.isMultiline == true && permit.field(1)?.isMultiline == false)
        // A plain value: rebuilt from its parts, it is the same.
        let again = Catalogue(number: catalogue.number, title: catalogue.title, items: catalogue.items)
        #expect(again == catalogue)
    }

    @Test func faultsOfForeignEditions() {
        var item = standardItem("permit")
        item.fields.swapAt(0, 1)
        #expect(!item.faults().isEmpty)
        item = standardItem("permit")
        item.roles.decisionDate = 1
        #expect(item.faults() == ["permit: role decisionDate does not fit field 1"])
        item.roles.decisionDate = 99
        #expect(item.faults() == ["permit: role decisionDate names field 99, which does not exist"])
        item = standardItem("permit")
        item.fields = []
        #expect(!item.faults().isEmpty)
        let twice = Catalogue(number: 2, title: "", items: [standardItem("permit"), standardItem("permit")])
        #expect(twice.faults() == ["permit: number or code used twice"])
    }

    @Test func rawValuesAreStable() {
        #expect(FieldType.allCases.map(\.rawValue) == [1, 2, 3])
        #expect(Condition.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6])
        #expect(RecordKind.allCases.map(\.rawValue) == Array(1...10))
        #expect(UnitKind.allCases.map(\.rawValue) == Array(1...8) && UpdateFrequency.allCases.map(\.rawValue) == Array(0...5))
        #expect(ProfileClock.allCases.map(\.rawValue) == Array(1...21) && FieldRole.allCases.count == 19)
        #expect(Disclosure.allCases.map(\.rawValue) == [1, 2, 3])
        #expect(SubjectKind.allCases.map(\.rawValue) == [1, 2, 3])
        #expect(Normalisation.version == 1)
    }

    @Test func everyRuleSpeaksBothLanguages() {
        for rule in RowRule.allCases {
            let problem = RowProblem(row: 1, column: "BZ", rule: rule)
            for text in [problem.zh, problem.en, problem.remedyZh, problem.remedyEn] { #expect(!text.isEmpty) }
            #expect(problem.zh.unicodeScalars.contains { $0.value > 0x4E00 } && problem.remedyZh.unicodeScalars.contains { $0.value > 0x4E00 })
            #expect(!problem.en.unicodeScalars.contains { $0.value > 0x4E00 })
            #expect(rule.rawValue.utf8.allSatisfy { ($0 >= 65 && $0 <= 90) || ($0 >= 48 && $0 <= 57) || $0 == 45 })
        }
    }
}
