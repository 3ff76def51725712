import Node
import Registry
import Replication
import Testing

/// One decision entered at two streets that do not hear of each other: relief given to one record reaches the other's home (M33, M34), the
/// canonical record's clock counts there (M36), and whoever wrote what came to nothing is told (M6, M33).
@Suite struct KinshipTests {
    private static let city = "wuhan", wuchang = "wuhan/wuchang", hanyang = "wuhan/hanyang"
    private static let a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu", c = "wuhan/hanyang/qingchuan"
    private static let other = Actor(unit: "11000000TEXT00103M", operator: "丙", reviewer: "丁")

    private func federation() throws -> TestFederation {
        let federation = try TestFederation([Self.city, Self.wuchang, Self.hanyang, Self.a, Self.b, Self.c])
        _ = try federation[Self.city].publish(.profile(try #require(LegalProfile.standard("wuhan"))), actor: TestFederation.clerk)
        _ = try federation[Self.city].publish(.calendar(.standard), actor: TestFederation.clerk)
        try federation.settle()
        return federation
    }

    /// The same permit, wherever it is entered.
    private func enter(_ path: String, _ federation: TestFederation) throws -> Dot {
        let node = federation[path]
        let (fate, record) = try node.enter(try federation.rows(1, street: "同一决定")[0], try node.terms(item: "permit", actor: TestFederation.clerk))
        #expect(fate == .effective)
        return try #require(record)
    }

    private func repair(_ step: RepairStep, of record: Dot, at path: String, _ federation: TestFederation) throws {
        _ = try federation[path].act(on: record, actor: TestFederation.clerk) {
            .repair(RepairAct(step: step, on: $0.today, basis: Basis(rank: .decidingUnit, reason: "已履行")))
        }
    }

    /// Every node on the way to each home shows each home's records alike, and a rebuild changes nothing.
    private func agrees(_ federation: TestFederation) throws {
        for home in [Self.a, Self.b, Self.c] {
            let path = try #require(NodePath(home)), own = try federation[home].viewDigest(home: path)
            for above in sequence(first: path, next: \.parent) { #expect(try federation[above.description].viewDigest(home: path) == own, "\(home) at \(above)") }
        }
        for path in [Self.city, Self.wuchang, Self.hanyang, Self.a, Self.b, Self.c] {
            #expect(try federation[path].store.read { try $0.pendingChanges(limit: 10) }.isEmpty)
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after)
            #expect(try federation[path].verify().faults.isEmpty)
        }
    }

    @Test("M33: a street that entered a revoked decision under another id shows it revoked, and is told until it takes note", arguments: [b, c])
    func blocked(far: String) throws {
        let federation = try federation()
        let first = try enter(Self.a, federation)
        try federation.settle()
        _ = try federation[Self.a].revoke(first, document: "撤1号", reason: "事实不清", actor: TestFederation.clerk)
        let late = try enter(far, federation)
        #expect(try federation[far].view(of: late).shown.publication == .published)
        try federation.settle()
        let view = try federation[far].view(of: late)
        #expect(view.validity == .revoked && view.shown.label == .revoked && view.shown.publication == .stopped)
        #expect(view.revocations.map(\.document) == ["撤1号"] && view.blocked == [late])
        // Both were entered by the deciding unit: the smaller id speaks for both.
        let speaker = min(first, late), other = max(first, late)
        #expect(view.kin?.others == [first] && view.kin?.home == speaker.replica.path)
        #expect(view.tickets.map(\.rule) == ["M33"] && view.tickets[0].reviewer == .sender)
        // Nobody else learns of it, and the home of the first needs no word.
        #expect(try federation[Self.a].view(of: first).kin == nil)
        #expect(throws: NodeRefusal.self) { try federation[Self.a].view(of: late) }
        let whole = try federation[Self.city].view(of: late)
        #expect(whole.id == speaker && whole.aliases == [other] && whole.kin == nil && whole.blocked == [late])
        #expect(try federation[far].enter(try federation.rows(1, street: "同一决定")[0], try federation[far].terms(item: "permit", actor: TestFederation.clerk)).fate == .revoked(record: late))
        // Taking note ends the question everywhere, and only its own street may.
        #expect(throws: NodeRefusal.self) { try federation[Self.city].takeNote(of: late, actor: TestFederation.loneClerk) }
        #expect(try federation[far].takeNote(of: late, actor: TestFederation.loneClerk) == [late])
        try federation.settle()
        for path in [Self.city, far] {
            let view = try federation[path].view(of: late)
            #expect(view.tickets.isEmpty && view.blocked == [late] && view.validity == .revoked)
        }
        #expect(throws: NodeRefusal.self) { try federation[far].takeNote(of: late, actor: TestFederation.loneClerk) }
        try agrees(federation)
    }

    @Test("A node that begins to serve tells nobody of its own motion before it has talked with its parent; what it owed is told then")
    func firstWord() throws {
        let federation = try federation(), district = federation[Self.wuchang], city = try #require(NodePath(Self.city))
        let first = try enter(Self.a, federation)
        try federation.settle()
        _ = try federation[Self.a].revoke(first, document: "撤1号", reason: "事实不清", actor: TestFederation.clerk)
        let late = try enter(Self.b, federation)
        district.awaitFirstWord()
        try federation.settle()
        #expect(try federation[Self.b].view(of: late).shown.publication == .published)
        // Talk with a child, or with a parent that holds more of this replica's past, is not enough.
        try district.heard(from: try #require(NodePath(Self.b)), [])
        try district.heard(from: city, [(LedgerID(replica: district.replica, audience: .published, lane: .ordinary), 1000)])
        try federation.settle()
        #expect(try federation[Self.b].view(of: late).shown.publication == .published)
        try district.heard(from: city, [])
        try federation.settle()
        #expect(try federation[Self.b].view(of: late).validity == .revoked)
        try agrees(federation)
    }

    @Test("M33: both were there before; the revocation at one street reaches the other, whichever line comes first")
    func bothBefore() throws {
        let federation = try federation()
        let one = try enter(Self.a, federation), two = try enter(Self.c, federation)
        try federation.settle()
        #expect(try federation[Self.c].view(of: two).kin == nil, "nothing is said while there is nothing to say")
        _ = try federation[Self.c].revoke(two, document: "撤2号", reason: "自行撤销", actor: TestFederation.clerk)
        try federation.settle()
        #expect(try federation[Self.a].view(of: one).validity == .revoked)
        try agrees(federation)
    }

    @Test("M34: a repair stops publication at the other home, and its withdrawal lets it go on; the same is never said twice")
    func repaired() throws {
        let federation = try federation()
        let first = try enter(Self.a, federation)
        try federation.settle()
        try repair(.approved, of: first, at: Self.a, federation)
        let late = try enter(Self.b, federation)
        try federation.settle()
        let view = try federation[Self.b].view(of: late)
        #expect(view.repair == .repaired && view.shown.label == .repaired && view.shown.publication == .stopped && view.validity == .effective)
        let said = try federation[Self.b].store.read { try $0.changes(of: late).count }
        try federation.settle()
        #expect(try federation[Self.b].store.read { try $0.changes(of: late).count } == said)
        try repair(.withdrawn, of: first, at: Self.a, federation)
        try federation.settle()
        let after = try federation[Self.b].view(of: late)
        #expect(after.repair == .none && after.shown.publication == .published)
        try agrees(federation)
    }

    @Test("A suspension by hand that was confirmed, and a claim of the wrong subject, hold the other record as well")
    func holds() throws {
        let federation = try federation()
        let first = try enter(Self.a, federation), late = try enter(Self.b, federation)
        try federation.settle()
        _ = try federation[Self.a].act(on: first, actor: TestFederation.clerk) {
            .objection(Objection(ground: .wrongSubject, receipt: "异1号", acceptedOn: $0.today, statement: "不是我单位", target: $0.target))
        }
        try federation.settle()
        #expect(try federation[Self.b].view(of: late).shown.reasons == [.identity])
        let objection = try #require(try federation[Self.a].view(of: first).cases.first).id
        _ = try federation[Self.a].act(on: first, actor: TestFederation.clerk) {
            .reply(ObjectionReply(objection: objection, outcome: .rejected, basis: Basis(rank: .decidingUnit, reason: "经核查"), repliedOn: $0.today))
        }
        try federation.settle()
        #expect(try federation[Self.b].view(of: late).shown.publication == .published)
        try agrees(federation)
    }

    @Test("M36: the clock of a case at a street that holds only the alias is that of the canonical record's home")
    func clock() throws {
        let federation = try federation()
        let district = try enter(Self.wuchang, federation)
        let row = try federation.rows(1, street: "同一决定")[0]
        let alias = try #require(try federation[Self.a].enter(row, try federation[Self.a].terms(item: "permit", actor: Self.other)).record)
        _ = try federation[Self.a].act(on: alias, actor: TestFederation.loneClerk) {
            .objection(Objection(ground: .inaccurate, receipt: "异2号", acceptedOn: $0.today, statement: "有误", target: $0.target))
        }
        let alone = try #require(try federation[Self.a].view(of: alias).shown.replies.first?.due)
        try federation.settle()
        let above = try federation[Self.wuchang].view(of: alias), here = try federation[Self.a].view(of: alias)
        #expect(above.id == district && here.kin?.home == federation[Self.wuchang].path)
        #expect(here.shown.replies.map(\.due) == above.shown.replies.map(\.due))
        #expect(try #require(here.shown.replies.first?.due).date > alone.date)
        #expect(try federation[Self.a].caseLines(here)[0].clocks[0].clock == .decideOther)
        try agrees(federation)
    }

    @Test("M6: the author of a correction that a revocation overtook is told, and takes note")
    func overtaken() throws {
        let federation = try federation()
        let record = try enter(Self.a, federation)
        try federation.settle()
        let node = federation[Self.a]
        let content = try #require(try node.currentCatalogue().catalogue.item(code: "permit")?.roles.subjectName)
        let correction = try node.act(
            on: record, .correction(Correction(fields: [RecordField(number: content, value: .text("改后"))], basis: Basis(rank: .decidingUnit, reason: "笔误"))),
            actor: TestFederation.clerk
        ).changes[0]
        _ = try federation[Self.wuchang].revoke(record, document: "鄂政复〔2026〕5号", reason: "复议撤销", rank: .reconsideration, actor: Self.other)
        try federation.settle()
        for path in [Self.city, Self.a] {
            let ticket = try #require(try federation[path].view(of: record).tickets.first)
            #expect(ticket.rule == "M6" && ticket.changes == [correction] && ticket.reviewer == .author && !ticket.suspends)
        }
        #expect(try node.openDecisions().decisions.map(\.view.id) == [record])
        _ = try node.takeNote(of: record, actor: TestFederation.loneClerk)
        try federation.settle()
        for path in [Self.city, Self.a] { #expect(try federation[path].openDecisions().decisions.isEmpty) }
        try agrees(federation)
    }

    @Test("T7: the deciding unit revokes at whatever post the record passes; another unit does not")
    func anotherPost() throws {
        let federation = try federation()
        let record = try enter(Self.a, federation)
        try federation.settle()
        #expect(throws: NodeRefusal.self) { try federation[Self.wuchang].revoke(record, document: "撤3号", reason: "自行撤销", actor: Self.other) }
        _ = try federation[Self.wuchang].revoke(record, document: "撤3号", reason: "自行撤销", actor: TestFederation.clerk)
        try federation.settle()
        for path in [Self.city, Self.a] { #expect(try federation[path].view(of: record).validity == .revoked) }
        try agrees(federation)
    }

    @Test("T17: a street merges nothing; a half of a separation that was lost is mended by who confirms it")
    func links() throws {
        let federation = try federation()
        let records = try (0..<2).map { index -> Dot in
            let node = federation[Self.a]
            return try #require(try node.enter(try federation.rows(1, from: index, street: Self.a)[0], try node.terms(item: "permit", actor: TestFederation.clerk)).record)
        }
        try federation.settle()
        #expect(throws: NodeRefusal.self) { try federation[Self.a].link(records[0], records[1], isSame: true, reason: "同一决定", actor: TestFederation.clerk) }
        #expect(try federation[Self.wuchang].link(records[0], records[1], isSame: true, reason: "同一决定", actor: TestFederation.clerk).view.aliases.count == 1)
        #expect(try federation[Self.a].link(records[0], records[1], isSame: false, reason: "两份决定", actor: TestFederation.clerk).view.aliases.isEmpty)
        try federation.settle()
        for path in [Self.city, Self.a] { #expect(try federation[path].view(of: records[1]).shown.reasons == [.separated]) }
        try agrees(federation)
    }
}
