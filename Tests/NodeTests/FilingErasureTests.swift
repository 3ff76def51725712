import Node
import Registry
import Replication
import Sealing
import Storage
import Testing

/// A purge goes on to what was filed about the record at windows off its path: originals and answers, wherever they are held (guarantee 8).
@Suite struct FilingErasureTests {
    private static let city = "wuhan", wuchang = "wuhan/wuchang", hanyang = "wuhan/hanyang"
    private static let a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu", c = "wuhan/hanyang/qingchuan"
    private static let all = [city, wuchang, hanyang, a, b, c]
    private static let basis = Basis(rank: .decidingUnit, document: "档案处置〔2026〕1号", reason: "不得处理")

    /// A record of one street, and an objection to it at another, settled; and the record.
    private func standing(window: String) throws -> (TestFederation, record: Dot, filing: Dot) {
        let federation = try TestFederation(Self.all)
        try federation.settle()
        try federation.enter(2, at: Self.a)
        try federation.settle()
        let filing = try file(federation, window, "异1")
        try federation.settle()
        let record = try #require(try federation[Self.a].store.read { try $0.filing(filing, at: federation[Self.a]) })
        return (federation, record, filing)
    }

    private func file(_ federation: TestFederation, _ window: String, _ receipt: String) throws -> Dot {
        let address = RecordAddress(
            item: "permit", document: "〔2025〕\(Self.a)许字第0号", authority: "11000000TEXT00017D",
            subject: .organisation(try #require(CreditCode("91000000TEXT000250"))), itemNumber: "XK0")
        return try federation[window].file(at: address, actor: TestFederation.loneClerk) { target, today in
            .objection(Objection(ground: .inaccurate, receipt: receipt, acceptedOn: today, statement: "不是我单位", target: target))
        }
    }

    private func reply(_ federation: TestFederation, _ record: Dot, to filing: Dot) throws {
        let reply = ObjectionReply(objection: filing, outcome: .rejected, basis: Basis(rank: .decidingUnit, reason: "属实"), repliedOn: federation.environment.today)
        _ = try federation[Self.a].act(on: record, .reply(reply), actor: TestFederation.clerk)
        try federation.settle()
    }

    private func expectSound(_ federation: TestFederation, missing: [String: Int]?) throws {
        for path in Self.all {
            let verified = try federation[path].verify()
            #expect(verified.faults.isEmpty, "\(path): \(verified.faults)")
            if let missing { #expect(verified.missingBodies == missing[path, default: 0], "\(path)") }
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(path)")
            #expect(try federation[path].filings().isEmpty, "\(path)")
        }
    }

    @Test("Original and answers are gone at the window and above it, by an order of the node that had passed it on, under the officer's name", arguments: [b, c])
    func gone(window: String) throws {
        let (federation, record, filing) = try standing(window: window)
        try reply(federation, record, to: filing)
        #expect(try federation[window].filing(filing).state == .rejected)
        _ = try federation[Self.a].purge(record, ground: .unlawful, basis: Self.basis, actor: TestFederation.clerk)
        try federation.settle()
        // Entry, copy and reply on the record's line; original and two answers on the window's.
        let record3 = [Self.a: 3, Self.wuchang: 3, Self.city: 3]
        let line = window == Self.b ? [Self.b, Self.wuchang, Self.city] : [Self.c, Self.hanyang, Self.city]
        try expectSound(federation, missing: record3.merging(line.map { ($0, 3) }, uniquingKeysWith: +))
        let meeting = federation[window == Self.b ? Self.wuchang : Self.city]
        let order = try #require(try federation[window].store.read { try $0.erasures(of: filing) }.first)
        #expect(order.order.replica == meeting.replica && order.record == filing)
        // A new one about the same decision finds no record.
        let again = try file(federation, window, "异2")
        try federation.settle()
        #expect(try federation[window].filing(again).state == .unmatched)
    }

    @Test("What was passed on while the record was being purged goes with the later order")
    func late() throws {
        let (federation, record, filing) = try standing(window: Self.b)
        try reply(federation, record, to: filing)
        // Passed on by the district, which has not heard of the purge.
        let second = try file(federation, Self.b, "异2")
        try federation.sync(Self.b)
        #expect(try federation[Self.wuchang].filing(second).routes.count == 1)
        _ = try federation[Self.a].purge(record, ground: .unlawful, basis: Self.basis, actor: TestFederation.clerk)
        try federation.settle()
        #expect(try federation[Self.b].filings().map(\.id) == [second], "nobody has decided about it yet")
        #expect(try federation[Self.a].retention().lines.map(\.due) == [.late])
        _ = try federation[Self.a].purge(record, ground: .unlawful, basis: Self.basis, actor: TestFederation.clerk)
        try federation.settle()
        #expect(try federation[Self.a].retention().lines.isEmpty)
        try expectSound(federation, missing: nil)
        #expect(try federation[Self.a].verify().missingBodies == 4 && federation[Self.b].verify().missingBodies >= 5)
    }

    @Test("An order about a filing erases nothing else of its window")
    func nothingElse() throws {
        let (federation, _, filing) = try standing(window: Self.b)
        let other = try file(federation, Self.b, "异2")
        try federation.settle()
        let district = federation[Self.wuchang], ledger = LedgerID(replica: district.replica, audience: .lineage(of: federation[Self.b].path, upTo: 1), lane: .relief)
        let order = ErasureOrder(ground: .unlawful, erased: [filing, other], tombstone: nil, basis: Self.basis)
        let change = Change(record: filing, actor: TestFederation.clerk, capturedAt: 1, kind: .erasure(order))
        #expect(federation[Self.b].judgement(of: change, dot: Dot(replica: district.replica, counter: 9999), ledger: ledger) == .accepted)
        try federation.forge(change, by: Self.wuchang, to: .lineage(of: federation[Self.b].path, upTo: 1), lane: .relief, at: Self.b)
        #expect(try federation[Self.b].filings().map(\.id) == [other])
        #expect(try federation[Self.b].verify().missingBodies >= 1)
        // A sibling orders nothing.
        let sibling = LedgerID(replica: federation[Self.a].replica, audience: .lineage(of: federation[Self.b].path, upTo: 1), lane: .relief)
        #expect(federation[Self.wuchang].judgement(of: change, dot: Dot(replica: federation[Self.a].replica, counter: 9999), ledger: sibling) != .accepted)
    }
}

extension ReadTransaction {
    /// The record on which a filing stands at a node.
    fileprivate func filing(_ filing: Dot, at node: Node) throws -> Dot? { try routes(of: filing).first?.record }
}

extension TestFederation {
    /// Hands a node a change that another sealed with its own key in a ledger of its own, by a program that does not judge.
    func forge(_ change: Change, by author: String, to audience: Audience, lane: Lane, at receiver: String) throws {
        let key = self[author].identity.ledgerKey
        let replica = ReplicaID(path: self[author].path, incarnation: Incarnation(high: 7, low: UInt64(random.below(1 << 40))))
        let header = Header(
            ledger: LedgerID(replica: replica, audience: audience, lane: lane), sequence: 1, previous: nil, time: HybridTime(milliseconds: 5), suite: key.suite, key: key.keyID,
            firstCounter: 1, count: 1, siblings: [])
        let sealed = try ChangeSetSealer(key: key).seal(header, bodies: [try change.serialized()], seed: [UInt8](repeating: 3, count: 16)).sealed
        let admission = try self[receiver].admit([sealed], from: self[author].path)
        #expect(admission.faults.isEmpty, "\(admission.faults)")
    }
}
