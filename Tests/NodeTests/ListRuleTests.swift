@testable import Node
import Registry
import Replication
import Storage
import Testing

/// M25–M28, M31 and M34 on lists, carried by real links.
@Suite struct ListRuleTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao"
    static let all = [city, district, a]
    static let clerk = TestFederation.clerk

    private func federation(_ lists: [(String, ListKind)] = [("serious", .serious)], noticeRequired: Bool = false) throws -> TestFederation {
        let federation = try TestFederation(Self.all)
        for (code, kind) in lists { try open(code, kind, federation, noticeRequired: noticeRequired) }
        try federation.settle()
        return federation
    }

    private func open(_ code: String, _ kind: ListKind, _ federation: TestFederation, noticeRequired: Bool = false) throws {
        _ = try federation[Self.city].createList(
            ListOpened(code: code, title: code, basis: "测试依据第一条", authority: Self.clerk.unit, maxAge: 2_000_000, kind: kind, noticeRequired: noticeRequired), actor: Self.clerk)
    }

    private func addition(_ subject: CreditCode, _ document: String, _ federation: TestFederation, notice: Bool = false, until: Int? = nil) -> ListAddition {
        let today = federation.environment.today
        return ListAddition(
            subject: .organisation(subject), name: "测试企业", document: document, since: today, until: until.flatMap { today.adding(days: $0) },
            notice: notice ? ListNotice(document: "告〔2026〕\(document)", servedOn: today) : nil)
    }

    private func stage(_ code: String, _ additions: [ListAddition], _ federation: TestFederation) throws -> [StageFate] {
        let fates = try federation[Self.city].stage(code: code, additions, actor: Self.clerk)
        _ = try federation[Self.city].publishList(code: code, actor: Self.clerk)
        try federation.settle()
        return fates
    }

    private func answers(_ federation: TestFederation, _ path: String, _ subject: CreditCode) throws -> [String: LookupListAnswer] {
        let lists = try federation[path].lookup(subject, purpose: "测试", actor: TestFederation.loneClerk).lists
        return Dictionary(uniqueKeysWithValues: lists.map { ($0.list?.opened.code ?? "", $0) })
    }

    private func rebuilds(_ federation: TestFederation) throws {
        for path in Self.all {
            #expect(try federation[path].verify().faults.isEmpty, "\(path)")
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(path)")
        }
    }

    @Test("E6, M34: after a removal a department pushes its old full list again: nothing comes back, new decisions do")
    func oldFile() throws {
        let federation = try federation(), codes = try (1...4).map { try ListEditionTests.code($0) }
        let file = codes.map { addition($0, "文〔2025〕\($0.text.suffix(3))号", federation) }
        _ = try stage("serious", file, federation)
        _ = try federation[Self.city].removeFromList(code: "serious", subject: codes[1], document: file[1].document, reason: "已履行", actor: Self.clerk)
        try federation.settle()
        let fates = try stage("serious", file + [addition(codes[1], "文〔2026〕99号", federation, notice: true)], federation)
        #expect(fates.prefix(4) == [.unchanged, .removedBefore, .unchanged, .unchanged])
        let hits = try answers(federation, Self.a, codes[1])["serious"]?.hits
        #expect(hits?.map(\.document) == ["文〔2026〕99号"], "a new decision with its notice is a new effect (M26)")
        try rebuilds(federation)
    }

    @Test("M26: after a removal a new decision waits for its notice of grounds; named later, it stands")
    func pending() throws {
        let federation = try federation(), subject = try ListEditionTests.code(1)
        _ = try stage("serious", [addition(subject, "文1", federation)], federation)
        _ = try federation[Self.city].removeFromList(code: "serious", subject: subject, document: "文1", reason: "已履行", actor: Self.clerk)
        #expect(try stage("serious", [addition(subject, "文2", federation)], federation).count == 1)
        for path in Self.all {
            #expect(try answers(federation, path, subject)["serious"]?.verdict == .notOnTheList, "\(path)")
            let state = try #require(try federation[path].listStates().first)
            #expect(state.pending == 1 && state.standing == 0 && state.removed == 1, "\(path)")
        }
        _ = try stage("serious", [addition(subject, "文2", federation, notice: true)], federation)
        for path in Self.all {
            #expect(try answers(federation, path, subject)["serious"]?.hits.map(\.document) == ["文2"], "\(path)")
            #expect(try federation[path].listStates().first?.standing == 1, "\(path)")
        }
        try rebuilds(federation)
    }

    @Test("A list may ask for a notice of every entry")
    func noticeRequired() throws {
        let federation = try federation(noticeRequired: true), told = try ListEditionTests.code(1), untold = try ListEditionTests.code(2)
        _ = try stage("serious", [addition(told, "文1", federation, notice: true), addition(untold, "文2", federation)], federation)
        #expect(try answers(federation, Self.a, told)["serious"]?.verdict == .onTheList)
        #expect(try answers(federation, Self.a, untold)["serious"]?.verdict == .notOnTheList)
        #expect(try federation[Self.a].listStates().first?.pending == 1)
    }

    @Test("M27: an entry on a list of good faith does not count while a serious one stands, and counts again by itself")
    func redSuspended() throws {
        let federation = try federation([("red", .red), ("serious", .serious)]), subject = try ListEditionTests.code(1), other = try ListEditionTests.code(2)
        _ = try stage("red", [addition(subject, "红1", federation), addition(other, "红2", federation)], federation)
        _ = try stage("serious", [addition(subject, "文1", federation, until: 10)], federation)
        for path in Self.all {
            let found = try answers(federation, path, subject)
            #expect(found["serious"]?.verdict == .onTheList && found["red"]?.verdict == .notOnTheList, "\(path)")
            #expect(found["red"]?.reason == .suspendedBySerious && found["red"]?.hits.count == 1, "\(path)")
            #expect(try answers(federation, path, other)["red"]?.verdict == .onTheList, "\(path)")
        }
        federation.clock.advance(milliseconds: 11 * 86_400_000)
        _ = try federation[Self.city].renewStatements()
        try federation.settle()
        for path in Self.all {
            let found = try answers(federation, path, subject)
            #expect(found["red"]?.verdict == .onTheList && found["red"]?.reason == nil, "expired at \(path)")
        }
        _ = try stage("serious", [addition(subject, "文2", federation)], federation)
        #expect(try answers(federation, Self.a, subject)["red"]?.verdict == .notOnTheList)
        _ = try federation[Self.city].removeFromList(code: "serious", subject: subject, document: "文2", reason: "已履行", actor: Self.clerk)
        try federation.settle()
        #expect(try answers(federation, Self.a, subject)["red"]?.verdict == .onTheList, "removed")
    }

    @Test("M28: a mirrored list is read-only here; an edit becomes an objection to the unit that mirrors it")
    func mirror() throws {
        let federation = try TestFederation(Self.all), tax = try ListEditionTests.code(60).text
        let basis = LegalBasis(instrument: "重大税收违法失信主体信息公布管理办法", document: "国家税务总局令第54号")
        let mirror = ListMirror(list: "tax", title: "重大税收违法", authority: "国家税务总局", basis: basis, mirroredBy: try #require(CreditCode(tax)))
        let registry = TestUnits.registry(
            1, [try TestUnits.unit(Self.clerk.unit, at: Self.all, listing: true), try TestUnits.unit(tax, at: [Self.city], listing: true)], mirrors: [mirror])
        _ = try federation[Self.city].publish(.units(registry), actor: TestFederation.loneClerk)
        let keeper = Actor(unit: tax, operator: "丙", reviewer: "丁"), subject = try ListEditionTests.code(1), city = federation[Self.city]
        let opened = ListOpened(code: "tax", title: "重大税收违法", basis: basis.description, authority: tax, maxAge: 7200, kind: .serious)
        #expect(throws: NodeRefusal.self) { try city.createList(opened, actor: Self.clerk) }
        _ = try city.createList(opened, actor: keeper)
        _ = try city.stage(code: "tax", [addition(subject, "税1", federation)], actor: keeper)
        _ = try city.publishList(code: "tax", actor: keeper)
        try federation.settle()
        let refusal = #expect(throws: NodeRefusal.self) {
            try city.removeFromList(code: "tax", subject: subject, document: "税1", reason: "已缴清", actor: Self.clerk)
        }
        #expect(refusal?.code == "mirror-read-only")
        let objections = try city.store.read { try $0.listProposals() }
        #expect(objections.map(\.intent) == [.objection])
        #expect(throws: NodeRefusal.self, "the same edit again is the same objection") {
            try city.removeFromList(code: "tax", subject: subject, document: "税1", reason: "已缴清", actor: Self.clerk)
        }
        #expect(try city.store.read { try $0.listProposals() }.count == 1)
        let id = try #require(objections.first).id
        #expect(throws: NodeRefusal.self) { try city.adoptListProposal(id, reason: "x", actor: keeper) }
        try city.declineListProposal(id, reason: "已转国家税务总局", actor: keeper)
        // A street's unit without listing power may object by proposing.
        let wish = ListWish(code: "tax", intent: .objection, subject: .organisation(subject), name: "", document: "税1", since: federation.environment.today, reason: "已缴清")
        let street = try federation[Self.a].proposeToList(wish, actor: Self.clerk)
        try federation.settle()
        #expect(try city.store.read { try $0.listProposal(street) }?.intent == .objection)
        #expect(try answers(federation, Self.a, subject)["tax"]?.verdict == .onTheList, "the mirror wins")
    }

    @Test("Listing needs the power to list, says the registry that flows down")
    func listingPower() throws {
        let federation = try TestFederation(Self.all)
        _ = try federation[Self.city].publish(.units(TestUnits.registry(1, [try TestUnits.unit(Self.clerk.unit, at: Self.all)])), actor: TestFederation.loneClerk)
        let refusal = #expect(throws: NodeRefusal.self) { try open("serious", .serious, federation) }
        #expect(refusal?.code == "no-listing-power")
        _ = try federation[Self.city].publish(.units(TestUnits.registry(2, [try TestUnits.unit(Self.clerk.unit, at: Self.all, listing: true)])), actor: Self.clerk)
        try open("serious", .serious, federation)
        try federation.settle()
        #expect(try federation[Self.a].listStates().count == 1, "accepted below under the registry it names")
    }

    @Test("M31: whether a subject stands on a serious list follows entries, removals, periods and other codes")
    func isListed() throws {
        let federation = try federation([("red", .red), ("serious", .serious)]), subject = try ListEditionTests.code(1), renamed = try ListEditionTests.code(2)
        _ = try stage("red", [addition(subject, "红1", federation)], federation)
        let today = federation.environment.today, key = SubjectKey.organisation(subject)
        func listed(_ key: SubjectKey, _ day: CivilDate, _ path: String = Self.a) throws -> Bool { try federation[path].store.read { try federation[path].isListed(key, on: day, $0) } }
        #expect(try !listed(key, today), "a list of good faith is none")
        _ = try stage("serious", [addition(subject, "文1", federation, until: 30)], federation)
        for path in Self.all {
            #expect(try listed(key, today, path), "\(path)")
            #expect(try !listed(key, try #require(today.adding(days: 31)), path), "\(path)")
            #expect(try !listed(.organisation(renamed), today, path), "\(path)")
        }
        _ = try federation[Self.city].linkCodes(SubjectAlias(oldCode: subject, newCode: renamed, document: "变〔2026〕1号", on: today), actor: Self.clerk)
        try federation.settle()
        #expect(try listed(.organisation(renamed), today))
        _ = try federation[Self.city].removeFromList(code: "serious", subject: subject, document: "文1", reason: "已履行", actor: Self.clerk)
        try federation.settle()
        #expect(try !listed(key, today))
    }

    @Test("A person on a serious list is known where the number can be opened")
    func personIsListed() throws {
        let federation = try federation(), city = federation[Self.city], person = PersonListTests.person()
        let addition = ListAddition(subject: person, name: "某甲", document: "文1", since: federation.environment.today, until: nil)
        _ = try stage("serious", [addition], federation)
        for path in Self.all {
            let node = federation[path], key = try node.subjectKey(person)
            #expect(try node.store.read { try node.isListed(key, on: federation.environment.today, $0) }, "\(path)")
            let other = try node.subjectKey(PersonListTests.person(1))
            #expect(try !node.store.read { try node.isListed(other, on: federation.environment.today, $0) }, "\(path)")
        }
        _ = try city.removeFromList(code: "serious", person, document: "文1", reason: "已履行", actor: Self.clerk)
        try federation.settle()
        let street = federation[Self.a], key = try street.subjectKey(person)
        #expect(try !street.store.read { try street.isListed(key, on: federation.environment.today, $0) })
    }
}
