import Foundation
import Node
import Registry
import Replication
import Storage
import Testing

@Suite struct ListTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao"
    static let offender = CreditCode("91000000TEXT000250"), innocent = CreditCode("91000000TEXT00447Y")

    private func withList(entries: Bool = true) throws -> TestFederation {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        let city = federation[Self.city]
        _ = try city.createList(
            ListOpened(code: "serious", title: "严重失信主体名单", basis: "测试依据第一条", authority: "11000000TEXT00017D", maxAge: 3600), actor: TestFederation.clerk)
        if entries { try add("文〔2025〕1号", federation) }
        return federation
    }

    private func add(_ document: String, _ federation: TestFederation) throws {
        let today = federation.environment.today
        let addition = ListAddition(
            subject: .organisation(try #require(Self.offender)), name: "测试企业", document: document, since: today, until: nil, notice: ListNotice(document: "告1", servedOn: today))
        _ = try federation[Self.city].addToList(code: "serious", addition, actor: TestFederation.clerk)
    }

    private func ask(_ federation: TestFederation, _ path: String, _ code: CreditCode?) throws -> LookupVerdict {
        let subject = try #require(code)
        let result = try federation[path].lookup(subject, purpose: "测试", actor: TestFederation.loneClerk)
        return try #require(result.lists.first).verdict
    }

    @Test func theFourAnswers() throws {
        let federation = try withList()
        #expect(try ask(federation, Self.a, Self.offender) == .notCovered, "no list held")
        try federation.settle()
        #expect(try ask(federation, Self.a, Self.offender) == .notCovered, "a list that was never published answers nothing")
        _ = try federation[Self.city].publishList(code: "serious", actor: TestFederation.clerk)
        try federation.settle()
        #expect(try ask(federation, Self.a, Self.offender) == .onTheList)
        #expect(try ask(federation, Self.a, Self.innocent) == .notOnTheList)
        federation.clock.advance(milliseconds: 3_601_000)
        #expect(try ask(federation, Self.a, Self.offender) == .tooStaleToSay)
        _ = try federation[Self.city].renewStatements()
        try federation.settle()
        #expect(try ask(federation, Self.a, Self.offender) == .onTheList)
        federation.clock.advance(milliseconds: -86_400_000)
        #expect(try ask(federation, Self.a, Self.offender) == .tooStaleToSay, "a clock behind signed times cannot judge age")
    }

    @Test func stagedEntriesStayAtHomeUntilPublished() throws {
        let federation = try withList()
        try federation.settle()
        let key = SubjectKey.organisation(try #require(Self.offender)).lookupText
        #expect(try federation[Self.district].store.read { try $0.entries(subject: key) }.isEmpty)
        #expect(throws: NodeRefusal.self) { try federation[Self.city].publishList(code: "serious", actor: TestFederation.loneClerk) }
    }

    @Test("Removal travels in the relief lane, at once, and is absorbing (guarantee 3, M25)")
    func removalIsAbsorbing() throws {
        let federation = try withList()
        _ = try federation[Self.city].publishList(code: "serious", actor: TestFederation.clerk)
        try federation.settle()
        let offender = try #require(Self.offender)
        _ = try federation[Self.city].removeFromList(code: "serious", subject: offender, document: "文[2025]1号", reason: "已履行", actor: TestFederation.clerk)
        try federation.settle()
        #expect(try ask(federation, Self.a, offender) == .notOnTheList)
        #expect(throws: NodeRefusal.self, "the same decision cannot come back") { try add("文〔2025〕1号", federation) }
        try add("文〔2025〕2号", federation)
        _ = try federation[Self.city].publishList(code: "serious", actor: TestFederation.clerk)
        try federation.settle()
        #expect(try ask(federation, Self.a, offender) == .onTheList, "a new decision document is a new effect")
        for path in [Self.city, Self.district, Self.a] { #expect(try federation[path].verify().faults.isEmpty) }
        #expect(try federation[Self.a].publishedDigest() == federation[Self.city].publishedDigest())
    }

    @Test("A removal that overtakes its entry acts when the entry arrives")
    func reliefOvertakes() throws {
        let federation = try withList()
        _ = try federation[Self.city].publishList(code: "serious", actor: TestFederation.clerk)
        _ = try federation[Self.city].removeFromList(code: "serious", subject: try #require(Self.offender), document: "文〔2025〕1号", reason: "已履行", actor: TestFederation.clerk)
        var lanes: [Lane] = []
        try federation.sync(Self.district) { frame, up in
            if !up, case .changeSet(let sealed) = frame, let header = try? Header(serialized: sealed.header) { lanes.append(header.ledger.lane) }
            return frame
        }
        #expect(lanes.first == .relief)
        try federation.settle()
        #expect(try ask(federation, Self.a, Self.offender) == .notOnTheList)
    }

    @Test("A relay that withholds the relief lane is noticed from the ordinary one")
    func withheldLaneShows() throws {
        let federation = try withList()
        _ = try federation[Self.city].publishList(code: "serious", actor: TestFederation.clerk)
        try federation.settle()
        _ = try federation[Self.city].removeFromList(code: "serious", subject: try #require(Self.offender), document: "文〔2025〕1号", reason: "已履行", actor: TestFederation.clerk)
        try add("文〔2025〕9号", federation)
        _ = try federation[Self.city].publishList(code: "serious", actor: TestFederation.clerk)
        try federation.sync(Self.district)
        try federation.sync(Self.a) { frame, up in
            if !up, case .changeSet(let sealed) = frame, (try? Header(serialized: sealed.header))?.ledger.lane == .relief { return nil }
            if !up, case .statement = frame { return nil }
            return frame
        }
        #expect(try federation[Self.a].withheld().map(\.ledger.lane) == [.relief])
        try federation.sync(Self.a)
        #expect(try federation[Self.a].withheld().isEmpty)
    }

    @Test func aListNeedsALegalBasisAndItsOwnIssuer() throws {
        let federation = try withList()
        #expect(throws: NodeRefusal.self) {
            try federation[Self.city].createList(
                ListOpened(code: "x", title: "x", basis: "", authority: "11000000TEXT00017D", maxAge: 60), actor: TestFederation.clerk)
        }
        try federation.settle()
        #expect(throws: NodeRefusal.self) {
            try federation[Self.a].addToList(
                code: "serious", subject: try #require(Self.innocent), name: "n", document: "d", since: federation.environment.today, until: nil, actor: TestFederation.clerk)
        }
    }

    @Test func everyLookupIsLoggedAndAnAlteredLogShows() throws {
        let federation = try withList()
        for _ in 0..<3 { _ = try ask(federation, Self.city, Self.offender) }
        #expect(try federation[Self.city].verify().lookups == 3)
        try federation[Self.city].store.close()
        try sqlite(federation.file(Self.city), "UPDATE lookup_log SET purpose = '改' WHERE id = 2")
        try federation.reopen(Self.city)
        #expect(try !federation[Self.city].verify().faults.isEmpty)
    }
}
