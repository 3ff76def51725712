import Node
import Registry
import Replication
import Sealing
import Storage
import Testing

/// What is quarantined anywhere is told to its author with words and remedy; a person releases it, and then it counts
/// everywhere the release is held (guarantee 5).
@Suite struct QuarantineTests {
    private static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao"

    /// A federation whose district was sent a record of the street as `alter` makes it, sealed with the street's own key
    /// by a program that does not judge. - Returns: also the change.
    private func federation(_ alter: (inout Change) -> Void) throws -> (TestFederation, Dot) {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        try federation.enter(1, at: Self.a)
        try federation.settle()
        let street = federation[Self.a], row = try #require(try street.store.read { try $0.records(.init()) }.first)
        let set = try #require(try street.store.read { try $0.changeSet(holding: row.id) })
        var change = try Change(serialized: try #require(try ChangeSetSealer.bodies(of: set.sealed, count: set.count)[0]))
        alter(&change)
        let replica = ReplicaID(path: street.path, incarnation: Incarnation(high: 7, low: 7)), key = street.identity.ledgerKey
        let header = Header(
            ledger: LedgerID(replica: replica, audience: .lineage(of: street.path, upTo: 1), lane: .ordinary), sequence: 1, previous: nil,
            time: HybridTime(milliseconds: 5), suite: key.suite, key: key.keyID, firstCounter: 1, count: 1, siblings: [])
        let sealed = try ChangeSetSealer(key: key).seal(header, bodies: [try change.serialized()], seed: [UInt8](repeating: 3, count: 16)).sealed
        let admission = try federation[Self.district].admit([sealed], from: street.path)
        #expect(admission.faults.isEmpty)
        return (federation, Dot(replica: replica, counter: 1))
    }

    /// Without the certificate's number, which the table asks for, and with a document of its own.
    private func spoil(_ change: inout Change) {
        guard case .recordState(var state) = change.kind else { return }
        state.fields.removeAll { $0.number == 14 }
        state.fields = state.fields.map { $0.number == 15 ? RecordField(number: 15, value: .text("〔2025〕另字第9号")) : $0 }
        change.kind = .recordState(state)
    }

    @Test func theAuthorLearnsOfItFromEveryTierAlsoLater() throws {
        let (federation, change) = try federation(spoil)
        let before = try federation[Self.a].quarantined()
        #expect(before.isEmpty)
        try federation.settle()
        let found = try #require(try federation[Self.a].quarantined().first)
        #expect(found.change == change && Set(found.notices.map(\.author.description)) == [Self.city, Self.district])
        #expect(found.notices.allSatisfy { $0.rule == "invalid-record" && !$0.detail.isEmpty })
        // It is said once.
        let tips = try federation[Self.district].store.read { try $0.tips() }
        try federation.settle()
        #expect(try federation[Self.district].store.read { try $0.tips() } == tips)
        for path in [Self.city, Self.district, Self.a] {
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(path)")
        }
    }

    @Test func aReleaseByANodeAboveCountsEverywhere() throws {
        let (federation, change) = try federation(spoil)
        try federation.settle()
        let district = federation[Self.district], street = federation[Self.a]
        #expect(try district.store.read { try $0.record(change) } == nil)
        #expect(throws: NodeRefusal.self) { try street.rule(on: change, .released, reason: "属实", actor: TestFederation.clerk) }
        #expect(throws: NodeRefusal.self) { try district.rule(on: change, .released, reason: "属实", actor: TestFederation.loneClerk) }
        #expect(throws: NodeRefusal.self) { try district.rule(on: change, .released, reason: "", actor: TestFederation.clerk) }
        _ = try district.rule(on: change, .released, reason: "原件如此", actor: TestFederation.clerk)
        try federation.settle()
        for path in [Self.city, Self.district] {
            #expect(try federation[path].store.read { try $0.record(change) }?.validity == .effective, "\(path)")
            #expect(try federation[path].quarantined().isEmpty)
        }
        #expect(try federation[Self.city].view(of: change).canonicalBytes == district.view(of: change).canonicalBytes)
        #expect(try street.quarantined().isEmpty, "the author's list is empty again")
        #expect(try street.quarantined(change).rulings.map(\.reason) == ["原件如此"])
        for path in [Self.city, Self.district, Self.a] {
            #expect(try federation[path].store.integrityFault() == nil, "\(path)")
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(path)")
        }
    }

    @Test func faultsOfFormAreRejectedAndNeverReleased() throws {
        let (federation, change) = try federation { change in
            spoil(&change)
            change.actor.reviewer = nil
        }
        try federation.settle()
        let district = federation[Self.district]
        let found = try #require(try district.quarantined().first)
        #expect(found.rule == "four-eyes" && !found.isReleasable)
        #expect(throws: NodeRefusal.self) { try district.rule(on: change, .released, reason: "属实", actor: TestFederation.clerk) }
        _ = try district.rule(on: change, .rejected, reason: "须重新录入", actor: TestFederation.clerk)
        try federation.settle()
        #expect(try federation[Self.a].quarantined().first?.rulings.map(\.outcome) == [.rejected])
        #expect(try federation[Self.city].store.read { try $0.record(change) } == nil)
        // What a program that does not judge sends as a release is quarantined in its turn.
        let ruling = QuarantineRuling(change: change, rule: "four-eyes", outcome: .released, reason: "x")
        let forged = Change(actor: TestFederation.clerk, capturedAt: 1, kind: .federation(.quarantine(.ruling(ruling))))
        let ledger = LedgerID(replica: district.replica, audience: .lineage(of: federation[Self.a].path, upTo: 1), lane: .ordinary)
        guard case .quarantined(let rule, _) = federation[Self.city].judgement(of: forged, dot: Dot(replica: district.replica, counter: 99), ledger: ledger) else {
            return #expect(Bool(false), "accepted")
        }
        #expect(rule == "not-releasable")
    }
}
