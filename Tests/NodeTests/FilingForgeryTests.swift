import Node
import Registry
import Replication
import Sealing
import Storage
import Testing

/// A change under another dot than its own counts with a valid proof only (guarantee 4).
@Suite struct FilingForgeryTests {
    private static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu"

    /// A street's filing on a record of another, re-issued by the district: the change, its dot and ledger.
    private func reissued() throws -> (TestFederation, change: Change, dot: Dot, ledger: LedgerID) {
        let federation = try TestFederation([Self.city, Self.district, Self.a, Self.b])
        try federation.settle()
        try federation.enter(1, at: Self.a)
        try federation.settle()
        let address = RecordAddress(
            item: "permit", document: "〔2025〕\(Self.a)许字第0号", authority: "11000000TEXT00017D",
            subject: .organisation(try #require(CreditCode("91000000TEXT000250"))), itemNumber: "XK0")
        let filing = try federation[Self.b].file(at: address, actor: TestFederation.loneClerk) { target, today in
            .objection(Objection(ground: .other, receipt: "1", acceptedOn: today, statement: "有误", target: target))
        }
        try federation.settle()
        let district = federation[Self.district]
        let route = try #require(try district.filing(filing).routes.first)
        let set = try #require(try district.store.read { try $0.changeSet(holding: route.change) })
        let bodies = try ChangeSetSealer.bodies(of: set.sealed, count: set.count)
        let change = try Change(serialized: try #require(bodies[Int(route.change.counter - set.firstCounter)]))
        return (federation, change, route.change, set.ledger)
    }

    private func altered(_ change: Change, _ alter: (inout WireReissued) -> Void) throws -> Change {
        var wire = try WireChange(serializedBytes: try change.serialized())
        alter(&wire.reissued)
        return try Change(serialized: try wire.serializedBytes())
    }

    @Test func theProofHoldsAtANodeThatNeverKnewTheAuthorsKey() throws {
        let (federation, change, dot, ledger) = try reissued()
        let home = federation[Self.a]
        #expect(try home.store.read { try $0.ledgerKeys() }.allSatisfy { $0.path.description != Self.b })
        #expect(home.judgement(of: change, dot: dot, ledger: ledger) == .accepted)
        #expect(try Change(serialized: try change.serialized()) == change)
        #expect(change.origin?.replica.path.description == Self.b && change.actor.operator == "甲")
    }

    @Test func whateverIsAlteredIsSeen() throws {
        let (federation, change, dot, ledger) = try reissued()
        let home = federation[Self.a]
        func expectRefused(_ change: Change, _ rule: String, _ dot: Dot = dot, _ ledger: LedgerID = ledger, line: Int = #line) {
            guard case .quarantined(let found, _) = home.judgement(of: change, dot: dot, ledger: ledger) else { return #expect(Bool(false), "line \(line): accepted") }
            #expect(found == rule, "line \(line)")
        }
        expectRefused(try altered(change) { $0.signature[3] ^= 1 }, "origin-unproven")
        expectRefused(try altered(change) { $0.salt[3] ^= 1 }, "origin-unproven")
        expectRefused(try altered(change) { $0.digests[3] ^= 1 }, "origin-unproven")
        expectRefused(try altered(change) { $0.chain = [] }, "origin-unproven")
        expectRefused(try altered(change) { reissued in
            guard var inner = try? WireChange(serializedBytes: reissued.body) else { return }
            inner.filing.objection.statement = "另一说法"
            reissued.body = (try? inner.serializedBytes()) ?? reissued.body
        }, "origin-unproven")
        // The certificates of another node.
        let foreign = federation[Self.district].identity.ledgerChain
        expectRefused(try altered(change) { $0.chain = foreign.map { .init($0) } }, "origin-unproven")
        // Under no proof at all.
        var bare = change
        bare.proof = nil
        expectRefused(bare, "origin-unproven")
        // By somebody who is not where the two lines meet.
        let city = federation[Self.city].replica
        let higher = LedgerID(replica: city, audience: ledger.audience, lane: ledger.lane)
        expectRefused(change, "not-competent", Dot(replica: city, counter: 999), higher)
        // To a record of the window itself: their lines do not meet there.
        var moved = change
        moved.record = Dot(replica: federation[Self.b].replica, counter: 1)
        expectRefused(moved, "not-competent")
    }

    @Test func bytesThatDoNotFitAreNoChange() throws {
        let (_, change, _, _) = try reissued()
        for alter: (inout WireReissued) -> Void in [
            { $0.index = 5 }, { $0.digests = .init([1]) }, { $0.salt = .init() }, { $0.header = .init() }, { $0.body = .init([0xFF]) },
            { $0.chain = Array(repeating: .init([1]), count: 99) },
        ] {
            #expect(throws: CodingFault.self) { try altered(change, alter) }
        }
        // A proof within a proof is not read.
        #expect(throws: CodingFault.self) { try altered(change) { $0.body = .init((try? change.serialized()) ?? []) } }
    }

    @Test func anAnswerFromBesideTheLineIsRefused() throws {
        let (federation, change, _, _) = try reissued()
        let filing = try #require(change.origin), node = federation[Self.b]
        let answer = Change(actor: Actor(unit: "", operator: ""), capturedAt: 1, kind: .federation(.answer(FilingAnswer(filing: filing, number: 9, state: .rejected, home: node.path, reply: nil))))
        let beside = LedgerID(replica: federation[Self.a].replica, audience: .lineage(of: node.path, upTo: 1), lane: .ordinary)
        guard case .quarantined(let rule, _) = node.judgement(of: answer, dot: Dot(replica: beside.replica, counter: 1), ledger: beside) else { return #expect(Bool(false)) }
        #expect(rule == "not-competent")
    }
}
