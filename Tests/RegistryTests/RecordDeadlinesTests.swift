import Registry
import Testing

@Suite struct RecordDeadlinesTests {
    private func day(_ text: String) throws -> CivilDate { try #require(CivilDate.parse(text)) }

    private func deadlines(_ changes: [UInt32: FieldValue], subject: SubjectKind = .organisation) throws -> RecordDeadlines {
        let item = try #require(Catalogue.standard.item(code: "penalty"))
        let fields = try [try #require(item.roles.decisionDate): FieldValue.date(day("2026-09-28")), try #require(item.roles.sanctions): .text("罚款")]
            .merging(changes) { $1 }
        return RecordDeadlines(item: item, subject: subject, value: { fields[$0] }, profile: LegalProfile.standard("hubei"), calendar: .standard)
    }

    @Test("Seven working days across National Day 2026, make-up days counted; a general fine is public for a year at most")
    func penalty() throws {
        let due = try deadlines([:])
        let expected = WorkCalendar.standard.addWorkingDays(7, from: try day("2026-09-28"))
        #expect(due.reportBy == expected && !expected.isProvisional)
        #expect(expected.date > (try day("2026-10-09")), "the holidays are not counted")
        #expect(due.isPublic)
        #expect(due.publicUntil == (try day("2027-09-28")))
        #expect(due.span?.repairableFrom == (try day("2026-12-28")))
    }

    @Test("The class the deciding unit names goes before the one its sanctions suggest")
    func namedSeverity() throws {
        let item = try #require(Catalogue.standard.item(code: "penalty"))
        let severity = try #require(item.roles.severity)
        #expect(try deadlines([severity: .text("严重")]).publicUntil == day("2029-09-28"))
        #expect(try deadlines([severity: .text("轻微")]).publicUntil == day("2026-12-28"))
        #expect(try deadlines([try #require(item.roles.sanctions): .text("吊销许可证件")]).publicUntil == day("2029-09-28"))
    }

    @Test("Natural persons are never public where the profile does not say so, and a year without holidays is provisional")
    func personsAndUnknownYears() throws {
        #expect(try !deadlines([:], subject: .person).isPublic)
        let item = try #require(Catalogue.standard.item(code: "penalty"))
        let late = try deadlines([try #require(item.roles.decisionDate): .date(day("2026-12-29"))])
        #expect(late.reportBy?.isProvisional == true)
    }

    @Test func withoutLawNothingAdverseIsPublic() throws {
        let item = try #require(Catalogue.standard.item(code: "penalty"))
        let decided = try #require(item.roles.decisionDate), date = try day("2026-09-28")
        let due = RecordDeadlines(item: item, subject: .organisation, value: { $0 == decided ? .date(date) : nil }, profile: nil, calendar: nil)
        #expect(!due.isPublic && due.publicUntil == nil && due.reportBy == nil)
    }
}
