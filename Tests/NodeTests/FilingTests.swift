import Node
import Registry
import Replication
import Storage
import Testing

/// Work on a record taken at a window off its path: it reaches the record through the lowest common ancestor, provably
/// whoever wrote it, and the reply comes back.
@Suite struct FilingTests {
    private static let city = "wuhan", wuchang = "wuhan/wuchang", hanyang = "wuhan/hanyang"
    private static let a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu", c = "wuhan/hanyang/qingchuan"
    fileprivate static let all = [city, wuchang, hanyang, a, b, c]

    private func federation() throws -> TestFederation {
        let federation = try TestFederation(Self.all)
        try federation.settle()
        return federation
    }

    /// Of row 0 of a street.
    private func address(_ street: String, _ index: Int = 0, home: String? = nil) throws -> RecordAddress {
        RecordAddress(
            item: "permit", document: "〔2025〕\(street)许字第\(index)号", authority: "11000000TEXT00017D",
            subject: .organisation(try #require(CreditCode("91000000TEXT000250"))), itemNumber: "XK\(index)", home: home.flatMap { NodePath($0) })
    }

    private func object(_ node: Node, _ address: RecordAddress, receipt: String = "异〔2026〕1号", statement: String = "不是我单位") throws -> Dot {
        try node.file(at: address, actor: TestFederation.loneClerk) { target, today in
            .objection(Objection(ground: .inaccurate, receipt: receipt, acceptedOn: today, statement: statement, target: target))
        }
    }

    private func record(_ node: Node) throws -> Dot { try #require(try node.store.read { try $0.records(.init()) }.first).id }

    private func reply(_ node: Node, _ record: Dot, to filing: Dot, _ outcome: ObjectionOutcome) throws {
        _ = try node.act(on: record, actor: TestFederation.clerk) { scene in
            .reply(ObjectionReply(objection: filing, outcome: outcome, basis: Basis(rank: .decidingUnit, reason: "经核查"), repliedOn: scene.today))
        }
    }

    /// Every node replays to what it shows, and every held byte verifies.
    private func expectSound(_ federation: TestFederation) throws {
        for path in Self.all {
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(path)")
            #expect(try federation[path].verify().faults.isEmpty, "\(path)")
        }
    }

    @Test("An objection at another street, of the same district and of another, reaches the record; the reply comes back", arguments: [b, c])
    func reachesTheRecord(window: String) throws {
        let federation = try federation()
        try federation.enter(1, at: Self.a)
        try federation.settle()
        let home = federation[Self.a], desk = federation[window]
        #expect(try desk.record(at: try address(Self.a)) == nil)
        let filing = try object(desk, try address(Self.a))
        #expect(try desk.filing(filing).state == nil)
        try federation.settle()

        let record = try record(home)
        let view = try home.view(of: record)
        #expect(view.shown.label == .disputed)
        let one = try #require(view.cases.first)
        #expect(one.id == filing && one.receipts.map(\.at.description) == [window] && one.receipts.map(\.number) == ["异〔2026〕1号"])
        let meeting = window == Self.b ? Self.wuchang : Self.city
        for path in [Self.city, Self.wuchang, Self.a] { #expect(try federation[path].view(of: record).canonicalBytes == view.canonicalBytes) }
        #expect(try desk.store.read { try $0.records(.init()) }.isEmpty, "the window learns nothing of the record")
        let taken = try desk.filing(filing)
        #expect(taken.state == .taken && taken.judgement == .accepted && taken.answer?.home?.description == Self.a)
        #expect(taken.answers.filter { $0.answer.state.isTaken }.map(\.author.description) == [meeting])

        try reply(home, record, to: filing, .upheld)
        try federation.settle()
        let answered = try desk.filing(filing)
        #expect(answered.state == .upheld && answered.answer?.reply?.basis.reason == "经核查")
        #expect(try home.view(of: record).dispute == .upheld)
        // Nothing moves any more: nothing is said twice.
        let tips = try federation[meeting].store.read { try $0.tips() }
        try federation.settle()
        #expect(try federation[meeting].store.read { try $0.tips() } == tips)
        try expectSound(federation)
    }

    @Test func reliefThatOvertakesItsRecordWaitsAndIsTakenWhenTheRecordComes() throws {
        let federation = try federation()
        try federation.enter(1, at: Self.a)
        let filing = try object(federation[Self.c], try address(Self.a))
        for _ in 0..<3 { for path in [Self.c, Self.hanyang] { try federation.sync(path) } }
        let waiting = try federation[Self.c].filing(filing)
        #expect(waiting.state == .unmatched && waiting.answers.map(\.author.description) == [Self.city])
        #expect(try federation[Self.city].filings(open: true).map(\.id) == [filing])
        guard case .waiting(.record) = waiting.judgement else { return #expect(Bool(false), "\(waiting.judgement)") }
        // From its arrival the key is not published; then the record comes.
        let key = waiting.filing.indexedKey
        #expect(try federation[Self.city].store.read { try $0.isSuspended(naturalKey: key) })
        try federation.settle()
        #expect(try !federation[Self.city].store.read { try $0.isSuspended(naturalKey: key) })
        #expect(try federation[Self.c].filing(filing).state == .taken)
        #expect(try federation[Self.a].view(of: try record(federation[Self.a])).cases.map(\.id) == [filing])
        try expectSound(federation)
    }

    @Test func withItsHomeKnownItGoesNoHigherThanItMust() throws {
        let federation = try federation()
        try federation.enter(1, at: Self.a)
        try federation.settle()
        let filing = try object(federation[Self.b], try address(Self.a, home: Self.a))
        try federation.settle()
        #expect(throws: NodeRefusal.self) { try federation[Self.city].filing(filing) }
        #expect(try federation[Self.b].filing(filing).state == .taken)
        #expect(try federation[Self.city].view(of: try record(federation[Self.city])).cases.map(\.id) == [filing])
    }

    @Test func theSameObjectionAtTwoWindowsIsOneCaseWithTwoReceipts() throws {
        let federation = try federation()
        try federation.enter(1, at: Self.a)
        try federation.settle()
        let first = try object(federation[Self.b], try address(Self.a), receipt: "乙1")
        let second = try object(federation[Self.c], try address(Self.a), receipt: "丙1")
        try federation.settle()
        let record = try record(federation[Self.a])
        let cases = try federation[Self.a].view(of: record).cases
        #expect(cases.map(\.receipts.count) == [2])
        try reply(federation[Self.a], record, to: first, .rejected)
        try federation.settle()
        for (path, filing) in [(Self.b, first), (Self.c, second)] { #expect(try federation[path].filing(filing).state == .rejected) }
        // Who was told of the reply and objects again opens the case anew.
        let again = try object(federation[Self.c], try address(Self.a), receipt: "丙2")
        try federation.settle()
        #expect(try federation[Self.a].view(of: record).cases.count == 2)
        #expect(try federation[Self.c].filing(again).state == .taken)
    }

    @Test func reviewsRepairsAndLawsuitsGoTheSameWay() throws {
        let federation = try federation()
        try federation.enter(1, at: Self.a)
        try federation.settle()
        let desk = federation[Self.c], home = federation[Self.a]
        let objection = try object(desk, try address(Self.a))
        try federation.settle()
        let record = try record(home)
        try reply(home, record, to: objection, .rejected)
        try federation.settle()
        let review = try desk.file(at: try address(Self.a), actor: TestFederation.loneClerk) { _, today in
            .reviewRequest(ReviewRequest(objection: objection, receipt: "复1", requestedOn: today, statement: "不服"))
        }
        let suit = try desk.file(at: try address(Self.a), actor: TestFederation.loneClerk) { _, _ in
            .litigation(LitigationMark(caseNumber: "（2026）鄂01行初1号", isClosed: false))
        }
        let repair = try desk.file(at: try address(Self.a), actor: TestFederation.loneClerk) { _, today in
            .repair(RepairAct(step: .applied, receipt: "修1", on: today, basis: Basis(rank: .decidingUnit, reason: "义务已履行")))
        }
        try federation.settle()
        let view = try home.view(of: record)
        #expect(view.dispute == .underReview && view.litigation == ["（2026）鄂01行初1号"] && view.repair == .applied)
        #expect(try desk.filing(review).state == .underReview && desk.filing(suit).state == .taken && desk.filing(repair).state == .taken)
        _ = try home.act(on: record, actor: TestFederation.clerk) { scene in
            .repair(RepairAct(step: .approved, receipt: "修1", on: scene.today, basis: Basis(rank: .decidingUnit, reason: "准予修复"), target: scene.target))
        }
        try federation.settle()
        #expect(try desk.filing(repair).state == .approved)
        // A correction is for the path of the record alone.
        #expect(throws: NodeRefusal.self) {
            try desk.file(at: try address(Self.a), actor: TestFederation.clerk) { _, _ in
                .upheld(InstrumentUpheld(basis: Basis(rank: .court, document: "1号", reason: "维持")))
            }
        }
        try expectSound(federation)
    }

    @Test func aRevocationAnswersTheFilingInTheSubjectsFavour() throws {
        let federation = try federation()
        try federation.enter(1, at: Self.a)
        try federation.settle()
        let filing = try object(federation[Self.c], try address(Self.a))
        try federation.settle()
        _ = try federation[Self.a].revoke(try record(federation[Self.a]), document: "撤1号", reason: "自行撤销", actor: TestFederation.clerk)
        try federation.settle()
        #expect(try federation[Self.c].filing(filing).state == .moot)
    }

    @Test func aFilingThatNamesNobodysKeyIsPutOnItsRecordByHand() throws {
        let federation = try federation()
        try federation.enter(1, at: Self.a)
        try federation.settle()
        // A leading nought in the document number only suggests a match.
        var wrong = try address(Self.a)
        wrong.document = "〔2025〕\(Self.a)许字第00号"
        let filing = try object(federation[Self.c], wrong)
        try federation.settle()
        #expect(try federation[Self.c].filing(filing).state == .unmatched)
        let city = federation[Self.city], record = try record(federation[Self.a])
        #expect(throws: NodeRefusal.self) { try city.assign(filing, to: record, actor: TestFederation.loneClerk) }
        _ = try city.assign(filing, to: record, actor: TestFederation.clerk)
        #expect(throws: NodeRefusal.self) { try city.assign(filing, to: record, actor: TestFederation.clerk) }
        try federation.settle()
        #expect(try federation[Self.a].view(of: record).cases.map(\.id) == [filing])
        #expect(try federation[Self.c].filing(filing).state == .taken)
        try expectSound(federation)
    }

    @Test func recordsThatAPersonSeparatedMakeItAmbiguous() throws {
        let federation = try federation()
        try federation.enter(1, at: Self.a)
        // The same decision entered at another street: one key, two homes.
        let rows = try federation.rows(1, street: Self.a)
        let current = try federation[Self.b].currentCatalogue()
        _ = try federation[Self.b].record(rows, item: try #require(current.catalogue.item(code: "permit")), edition: current.digest, actor: TestFederation.clerk)
        try federation.settle()
        let both = try federation[Self.wuchang].store.read { try $0.records(.init()) }.map(\.id)
        #expect(both.count == 2)
        let mine = try #require(both.first { $0.replica.path.description == Self.a }), other = try #require(both.first { $0 != mine })
        _ = try federation[Self.wuchang].link(both[0], both[1], isSame: false, reason: "两件", actor: TestFederation.clerk)
        try federation.settle()
        let filing = try object(federation[Self.c], try address(Self.a))
        try federation.settle()
        #expect(try federation[Self.c].filing(filing).state == .ambiguous)
        #expect(try federation[Self.a].view(of: mine).cases.isEmpty)
        _ = try federation[Self.city].assign(filing, to: mine, actor: TestFederation.clerk)
        try federation.settle()
        #expect(try federation[Self.city].view(of: mine).cases.map(\.id) == [filing])
        #expect(try federation[Self.city].view(of: other).cases.isEmpty)
        #expect(try federation[Self.c].filing(filing).state == .taken)
    }

    @Test func duplicatesAtTwoHomesBothSeeTheObjectionAndTheCityCountsItOnce() throws {
        let federation = try federation()
        try federation.enter(1, at: Self.a)
        let rows = try federation.rows(1, street: Self.a)
        let current = try federation[Self.b].currentCatalogue()
        _ = try federation[Self.b].record(rows, item: try #require(current.catalogue.item(code: "permit")), edition: current.digest, actor: TestFederation.clerk)
        try federation.settle()
        let filing = try object(federation[Self.c], try address(Self.a))
        try federation.settle()
        for path in [Self.city, Self.wuchang, Self.a, Self.b] {
            let cases = try federation[path].view(of: try record(federation[path])).cases
            #expect(cases.map(\.id) == [filing], "\(path)")
            #expect(cases.map(\.receipts.count) == [1], "\(path)")
        }
    }
}
