import Node
import Registry
import Replication
import Sealing
import Storage
import Testing

/// A wish that was handed on counts with the proof of who took it, and not otherwise (M47, guarantee 4).
@Suite struct WishProofTests {
    private static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu"

    /// A wish of one street's window as the district handed it on to the other.
    private func handedOn() throws -> (TestFederation, change: Change, dot: Dot, ledger: LedgerID) {
        let federation = try TestFederation([Self.city, Self.district, Self.a, Self.b])
        try federation.settle()
        #expect(try HonourRows.enter(person: nil, document: "表〔2025〕1号", at: Self.a, in: federation) == .effective)
        try federation.settle()
        let subject = Subject.organisation(try #require(CreditCode("91000000TEXT000250")))
        let wish = try federation[Self.b].optOut(subject, items: ["honour"], receipt: "愿1", actor: TestFederation.loneClerk)
        try federation.settle()
        let digest = federation[Self.a].identity.federationKeys.optOutDigest("91000000TEXT000250")
        let copies = try #require(try federation[Self.a].store.read { try $0.optOutCopies(subject: digest) }.first)
        #expect(copies.origin == wish)
        let copy = try #require(copies.copies.first)
        let set = try #require(try federation[Self.a].store.read { try $0.changeSet(holding: copy) })
        let body = try #require(try ChangeSetSealer.bodies(of: set.sealed, count: set.count)[Int(copy.counter - set.firstCounter)])
        return (federation, try Change(serialized: body), copy, set.ledger)
    }

    private func altered(_ change: Change, _ alter: (inout WireReissued) -> Void) throws -> Change {
        var wire = try WireChange(serializedBytes: try change.serialized())
        alter(&wire.reissued)
        return try Change(serialized: try wire.serializedBytes())
    }

    @Test func theProofHoldsWhereTheWindowsKeyWasNeverHeard() throws {
        let (federation, change, dot, ledger) = try handedOn()
        let home = federation[Self.a]
        #expect(try home.store.read { try $0.ledgerKeys() }.allSatisfy { $0.path.description != Self.b })
        #expect(change.proof != nil && change.origin?.replica.path.description == Self.b && dot.replica.path.description == Self.district)
        #expect(home.judgement(of: change, dot: dot, ledger: ledger) == .accepted)
        #expect(try Change(serialized: try change.serialized()) == change)
        for path in [Self.city, Self.district, Self.a, Self.b] {
            #expect(try federation[path].verify().faults.isEmpty)
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(path)")
        }
    }

    @Test func whateverIsAlteredIsSeen() throws {
        let (federation, change, dot, ledger) = try handedOn()
        func expectRefused(_ change: Change, _ rule: String, _ dot: Dot = dot, _ ledger: LedgerID = ledger, line: Int = #line) {
            guard case .quarantined(let found, _) = federation[Self.a].judgement(of: change, dot: dot, ledger: ledger) else { return #expect(Bool(false), "line \(line): accepted") }
            #expect(found == rule, "line \(line)")
        }
        expectRefused(try altered(change) { $0.signature[3] ^= 1 }, "origin-unproven")
        expectRefused(try altered(change) { $0.digests[3] ^= 1 }, "origin-unproven")
        expectRefused(try altered(change) { $0.chain = [] }, "origin-unproven")
        expectRefused(try altered(change) { reissued in
            guard var inner = try? WireChange(serializedBytes: reissued.body) else { return }
            inner.optOutWish.receipt = "愿9"
            reissued.body = (try? inner.serializedBytes()) ?? reissued.body
        }, "origin-unproven")
        var bare = change
        bare.proof = nil
        expectRefused(bare, "origin-unproven")
        let city = federation[Self.city].replica
        expectRefused(change, "not-competent", Dot(replica: city, counter: 999), LedgerID(replica: city, audience: .lineage(of: federation[Self.a].path, upTo: 1), lane: .relief))
    }
}
