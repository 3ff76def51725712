import Node
import Registry
import Replication
import Storage
import Testing

/// A street may only propose; the list's issuer decides, and the answer comes back (T19).
@Suite struct ListProposalTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu"
    static let all = [city, district, a, b]

    private func federation(_ kind: ListKind = .serious) throws -> TestFederation {
        let federation = try TestFederation(Self.all)
        _ = try federation[Self.city].createList(
            ListOpened(code: "serious", title: "名单", basis: "测试依据第一条", authority: "11000000TEXT00017D", maxAge: 7200, kind: kind), actor: TestFederation.clerk)
        try federation.settle()
        return federation
    }

    private func wish(_ subject: Subject, _ federation: TestFederation, _ document: String = "街罚[2026]3号", intent: ListIntent = .add, notice: Bool = true) -> ListWish {
        ListWish(
            code: "serious", intent: intent, subject: subject, name: "测试企业", document: document, since: federation.environment.today, reason: "认定标准第三条",
            notice: notice ? ListNotice(document: "告〔2026〕1号", servedOn: federation.environment.today) : nil)
    }

    private func verdict(_ federation: TestFederation, _ path: String, _ subject: Subject) throws -> LookupVerdict? {
        try federation[path].lookup(subject, purpose: "测试", actor: TestFederation.loneClerk).lists.first?.verdict
    }

    private func rebuilds(_ federation: TestFederation) throws {
        for path in Self.all {
            #expect(try federation[path].verify().faults.isEmpty, "\(path)")
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(path)")
        }
    }

    @Test("A street's proposal is adopted at the city: entry, edition and answer in one go; a sibling sees the entry and nothing of the proposal")
    func adopted() throws {
        let federation = try federation(), subject = Subject.organisation(try ListEditionTests.code(1))
        let id = try federation[Self.a].proposeToList(wish(subject, federation), actor: TestFederation.clerk)
        #expect(try federation[Self.a].proposeToList(wish(subject, federation), actor: TestFederation.clerk) == id, "the same while it is open")
        try federation.settle()
        for path in [Self.city, Self.district] { #expect(try federation[path].store.read { try $0.listProposals() }.map(\.id) == [id]) }
        #expect(try federation[Self.b].store.read { try $0.listProposals() }.isEmpty)
        #expect(throws: NodeRefusal.self, "only the issuer") { try federation[Self.district].adoptListProposal(id, reason: "同意", actor: TestFederation.clerk) }
        #expect(throws: NodeRefusal.self, "two persons") { try federation[Self.city].adoptListProposal(id, reason: "同意", actor: TestFederation.loneClerk) }
        let entry = try federation[Self.city].adoptListProposal(id, reason: "符合标准", actor: TestFederation.clerk)
        #expect(throws: NodeRefusal.self, "answered") { try federation[Self.city].declineListProposal(id, reason: "反悔", actor: TestFederation.clerk) }
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            let row = try #require(try federation[path].store.read { try $0.listProposal(id) })
            #expect(row.outcome == .adopted && row.reply == "符合标准" && row.result == entry, "\(path)")
            #expect(row.document == "街罚〔2026〕3号", "normalised")
        }
        let held = try #require(try federation[Self.b].store.read { try $0.entries(id: entry) }.first)
        #expect(held.published && held.proposal == id && held.notice?.document == "告〔2026〕1号")
        for path in Self.all { #expect(try verdict(federation, path, subject) == .onTheList, "\(path)") }
        try rebuilds(federation)
    }

    @Test("Without notice of grounds nothing is listed; the issuer may name the notice it served itself")
    func notice() throws {
        let federation = try federation(), subject = Subject.organisation(try ListEditionTests.code(1))
        let id = try federation[Self.a].proposeToList(wish(subject, federation, notice: false), actor: TestFederation.clerk)
        try federation.settle()
        let refusal = #expect(throws: NodeRefusal.self) { try federation[Self.city].adoptListProposal(id, reason: "同意", actor: TestFederation.clerk) }
        #expect(refusal?.code == "no-notice")
        let notice = ListNotice(document: "市告〔2026〕9号", servedOn: federation.environment.today)
        _ = try federation[Self.city].adoptListProposal(id, notice: notice, reason: "同意", actor: TestFederation.clerk)
        try federation.settle()
        #expect(try verdict(federation, Self.a, subject) == .onTheList)
    }

    @Test("A proposed removal travels in the relief lane; adopted, it removes; proposed again, the same decision cannot come back (M25)")
    func removal() throws {
        let federation = try federation(), subject = Subject.organisation(try ListEditionTests.code(1))
        let city = federation[Self.city]
        let addition = try federation[Self.district].proposeToList(wish(subject, federation), actor: TestFederation.clerk)
        try federation.settle()
        _ = try city.adoptListProposal(addition, reason: "同意", actor: TestFederation.clerk)
        try federation.settle()
        let id = try federation[Self.a].proposeToList(wish(subject, federation, intent: .remove), actor: TestFederation.clerk)
        var lanes: [Lane] = []
        try federation.sync(Self.a) { frame, up in
            if up, case .changeSet(let sealed) = frame, let header = try? Header(serialized: sealed.header) { lanes.append(header.ledger.lane) }
            return frame
        }
        #expect(lanes == [.relief])
        try federation.settle()
        _ = try city.adoptListProposal(id, reason: "已履行", actor: TestFederation.clerk)
        try federation.settle()
        for path in Self.all { #expect(try verdict(federation, path, subject) == .notOnTheList, "\(path)") }
        let again = try federation[Self.a].proposeToList(wish(subject, federation), actor: TestFederation.clerk)
        try federation.settle()
        let refusal = #expect(throws: NodeRefusal.self) { try city.adoptListProposal(again, reason: "同意", actor: TestFederation.clerk) }
        #expect(refusal?.code == "removed-before")
        try city.declineListProposal(again, reason: "须有新的决定书", actor: TestFederation.clerk)
        try federation.settle()
        #expect(try federation[Self.a].store.read { try $0.listProposal(again) }?.outcome == .declined)
        try rebuilds(federation)
    }

    @Test("Two streets propose one decision: two answers, one entry")
    func duplicates() throws {
        let federation = try federation(), subject = Subject.organisation(try ListEditionTests.code(1)), city = federation[Self.city]
        let ids = try [Self.a, Self.b].map { try federation[$0].proposeToList(wish(subject, federation), actor: TestFederation.clerk) }
        try federation.settle()
        let results = try ids.map { try city.adoptListProposal($0, reason: "同意", actor: TestFederation.clerk) }
        #expect(Set(results).count == 1)
        try federation.settle()
        #expect(try city.listStates().first?.standing == 1)
        for (path, id) in zip([Self.a, Self.b], ids) { #expect(try federation[path].store.read { try $0.listProposal(id) }?.outcome == .adopted) }
        try rebuilds(federation)
    }

    @Test("A person: the number is readable on the way to the issuer only, the published entry is a digest")
    func persons() throws {
        let federation = try federation(), person = PersonListTests.person()
        let id = try federation[Self.a].proposeToList(wish(person, federation), actor: TestFederation.clerk)
        try federation.settle()
        let entry = try federation[Self.city].adoptListProposal(id, reason: "同意", actor: TestFederation.clerk)
        try federation.settle()
        let held = try #require(try federation[Self.b].store.read { try $0.entries(id: entry) }.first)
        #expect(held.isListedPerson && held.name.isEmpty)
        #expect(try verdict(federation, Self.city, person) == .onTheList)
        try rebuilds(federation)
    }

    @Test("What a street cannot do: change the list, propose without a second person or a document, propose to what it does not hold")
    func refusals() throws {
        let federation = try federation(), subject = Subject.organisation(try ListEditionTests.code(1)), street = federation[Self.a]
        #expect(throws: NodeRefusal.self) { try street.proposeToList(wish(subject, federation), actor: TestFederation.loneClerk) }
        #expect(throws: NodeRefusal.self) { try street.proposeToList(wish(subject, federation, " "), actor: TestFederation.clerk) }
        #expect(throws: NodeRefusal.self) {
            try street.removeFromList(code: "serious", subject, document: "街罚〔2026〕3号", reason: "x", actor: TestFederation.clerk)
        }
        let foreign = ListWish(code: "none", intent: .add, subject: subject, name: "x", document: "1号", since: federation.environment.today, reason: "x")
        #expect(throws: NodeRefusal.self) { try street.proposeToList(foreign, actor: TestFederation.clerk) }
    }
}
