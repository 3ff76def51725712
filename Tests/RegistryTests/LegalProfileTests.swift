import Registry
import Testing

private func profile(_ code: String) -> LegalProfile {
    guard let found = LegalProfile.standard(code) else { preconditionFailure(code) }
    return found
}

struct LegalProfileTests {
    @Test func shipped() {
        #expect(LegalProfile.standard.map(\.code) == ["hubei", "wuhan", "shandong", "shanghai", "shenzhen", "zhejiang", "henan"])
        for one in LegalProfile.standard { #expect(one.faults() == [], "\(one.code)") }
        // What nobody has read is marked: the objection clocks of Hubei and Wuhan, and order 36.
        for code in ["hubei", "wuhan"] {
            #expect(Set(["annotate", "decide-own", "decide-other"]).isSubset(of: profile(code).unverified), "\(code)")
            #expect(profile(code).term(.decideOwn) == .workingDays(3) && profile(code).term(.decideOther) == .workingDays(7))
        }
        #expect(profile("hubei").unverified.contains("retention") && !profile("wuhan").unverified.contains("retention"))
        #expect(!profile("zhejiang").unverified.contains("decide-own"))
        #expect(LegalProfile.standard.allSatisfy { $0.unverified.contains("publication/order-36") })
    }

    @Test("Every clock of the rules runs in every jurisdiction; a number that is not its own text's is marked")
    func complete() {
        // A longer time for the provider is a right some texts give; and nothing is purged by a number taken from elsewhere.
        let needed = Set(ProfileClock.allCases).subtracting([.providerExtension, .retention])
        for one in LegalProfile.standard {
            #expect(needed.isSubset(of: Set(one.terms.map(\.clock))), "\(one.code)")
            for term in one.terms where term.source.hasPrefix("参照") { #expect(!term.isVerified, "\(one.code) \(term.clock.name)") }
        }
    }

    @Test func clocks() {
        let calendar = WorkCalendar.standard
        let accepted = day(2025, 9, 26)
        #expect(profile("wuhan").due(.annotate, from: accepted, calendar)?.date == accepted)
        #expect(profile("shandong").due(.decideOwn, from: accepted, calendar)?.date == day(2025, 9, 30))
        #expect(profile("shanghai").due(.annotate, from: accepted, calendar)?.date == day(2025, 9, 28))
        #expect(profile("shanghai").due(.decideOther, from: accepted, calendar)?.date == day(2025, 10, 13), "taken from elsewhere, and marked")
        #expect(profile("shanghai").unverified.contains("decide-other"))
        #expect(profile("zhejiang").term(.objectionMaximum) == .workingDays(20) && profile("henan").term(.withdrawUser) == .workingDays(1))
        #expect(profile("shenzhen").term(.provider) == .workingDays(2) && profile("shenzhen").term(.providerExtension) == .workingDays(3))
        #expect(!profile("henan").expertTestsCounted && profile("shanghai").freeReports == 2)
    }

    @Test func periodsOfPublication() throws {
        let wuhan = profile("wuhan")
        let decided = day(2026, 4, 10)
        let general = try #require(wuhan.span(.general, instrument: decided))
        #expect(general == wuhan.span(.general, instrument: decided, published: day(2026, 5, 1)), "order 36 counts from the instrument")
        #expect(general.repairableFrom == day(2026, 7, 10) && general.lastDay == day(2027, 4, 10) && general.scheme == "order-36")
        let serious = try #require(wuhan.span(.serious, instrument: decided))
        #expect(serious.repairableFrom == day(2027, 4, 10) && serious.lastDay == day(2029, 4, 10))
        let minor = try #require(wuhan.span(.minor, instrument: decided))
        #expect(!minor.isNormal && minor.repairableFrom == decided && minor.lastDay == day(2026, 7, 10))
        // The day before order 36 the older notice holds.
        #expect(wuhan.span(.serious, instrument: day(2026, 3, 31))?.scheme == "notice-527")
        #expect(wuhan.span(.serious, instrument: day(2026, 3, 31))?.repairableFrom == day(2026, 9, 30))
    }

    @Test func theSectorsOwnRule() throws {
        let wuhan = profile("wuhan")
        let decided = day(2026, 4, 10), published = day(2026, 4, 30)
        #expect(wuhan.span(.general, instrument: decided, sector: "market-regulation") == nil, "counts from a publication nobody knows")
        #expect(wuhan.publicationEnd(.general, instrument: decided, published: published, sector: "market-regulation") == day(2026, 7, 30))
        #expect(wuhan.publicationEnd(.minor, instrument: decided, published: published, sector: "market-regulation") == nil)
        #expect(wuhan.publicationEnd(.serious, instrument: decided, published: published, sector: "market-regulation") == day(2029, 4, 30))
        #expect(wuhan.publicationEnd(.serious, instrument: decided, published: published, sector: "market-regulation", banUntil: day(2031, 1, 1)) == day(2031, 1, 1))
        #expect(wuhan.publicationEnd(.general, instrument: decided, published: published, sector: "tourism") == day(2027, 4, 10))
        let scheme = try #require(wuhan.scheme(sector: "market-regulation", on: decided))
        #expect(scheme.severity(ofSanctions: "警告") == .minor && scheme.severity(ofSanctions: "警告;通报批评") == .general && scheme.severity(ofSanctions: "罚款") == .serious)
        #expect(!scheme.allowsRepair(ofSanctions: "罚款;吊销许可证件") && scheme.allowsRepair(ofSanctions: "罚款"))
        let order = try #require(wuhan.scheme(on: decided))
        #expect(order.severity(ofSanctions: "警告;罚款") == .general && order.severity(ofSanctions: "罚款;吊销许可证件") == .serious && order.severity(ofSanctions: "") == .general)
    }

    @Test func retention() {
        let dates = RetentionDates(formed: day(2020, 1, 1), determined: day(2020, 2, 1), ended: day(2020, 3, 1))
        #expect(profile("wuhan").retentionEnd(dates) == day(2025, 1, 1))
        #expect(profile("zhejiang").retentionEnd(dates) == day(2025, 2, 1))
        #expect(profile("shandong").retentionEnd(dates) == day(2025, 3, 1))
        #expect(profile("zhejiang").retentionEnd(dates, isListed: true) == nil && profile("shandong").retentionEnd(dates, isListed: true) == day(2025, 3, 1))
        #expect(profile("zhejiang").retentionEnd(dates, listedUntil: day(2026, 1, 1)) == day(2026, 1, 1))
        #expect(profile("shandong").retentionEnd(RetentionDates(formed: day(2020, 1, 1))) == nil)
        #expect(profile("shenzhen").retentionEnd(dates) == nil, "the text sets none")
        #expect(profile("zhejiang").queryLogEnd(ofPerson: true, on: day(2026, 1, 1)) == day(2036, 1, 1))
        #expect(profile("zhejiang").queryLogEnd(ofPerson: false, on: day(2026, 1, 1)) == day(2031, 1, 1))
    }

    @Test func personsArePublishedNowhereUnlessTheTextSaysSo() {
        #expect(LegalProfile.standard.filter { $0.mayPublish(.person) }.map(\.code) == ["shenzhen"])
        #expect(LegalProfile.standard.allSatisfy { $0.mayPublish(.organisation) && $0.mayPublish(.unregistered) })
    }

    @Test func faultyProfiles() {
        func faults(_ change: (inout LegalProfile) -> Void) -> [String] {
            var one = profile("wuhan")
            change(&one)
            return one.faults()
        }
        #expect(faults { $0.sources = [] } == ["wuhan: no source"])
        #expect(faults { $0.publication = $0.publication.filter { !$0.sector.isEmpty } } == ["wuhan/publication: no general publication scheme"])
        #expect(faults { $0.publication[0].general.minimum = .years(2) } == ["wuhan/publication/order-36/general: the minimum is longer than the maximum"])
        #expect(faults { $0.publication[0].minor.maximum = .workingDays(9) }.count == 1)
        #expect(faults { $0.terms.append($0.terms[0]) } == ["wuhan/annotate: a clock twice, or out of order"])
        #expect(faults { $0.division = "武汉" }.count == 1)
        #expect(faults { $0.publication.append($0.publication[0]) } == ["wuhan/publication/order-36: no code, or used twice"])
    }
}
