import Foundation
import Node
import Registry
import Replication
import Storage
import Testing

/// Guarantee 7: a node holds only what its audience rule gives it; guarantee 3: relief first and for good.
@Suite struct AudienceTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu"

    /// The catalogue with permits that go no further than tier `upTo`.
    private func catalogue(_ number: UInt64, upTo: UInt32) throws -> Catalogue {
        var catalogue = Catalogue.standard
        catalogue.number = number
        let index = try #require(catalogue.items.firstIndex { $0.code == "permit" })
        catalogue.items[index].upToTier = upTo
        return catalogue
    }

    private func records(_ node: Node) throws -> [RecordRow] { try node.store.read { try $0.records(RecordFilter(limit: 10_000)) } }

    private func homes(_ federation: TestFederation, _ path: String) throws -> (records: Int, digest: Digest) {
        try federation[path].viewDigest(home: try #require(NodePath(Self.a)))
    }

    @Test("Items reported only to the district stop there; neither the city nor a sibling ever holds a byte of them")
    func stopsAtTheDistrict() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a, Self.b])
        _ = try federation[Self.city].publishCatalogue(try catalogue(2, upTo: 2), actor: TestFederation.clerk)
        try federation.settle()
        try federation.enter(25, at: Self.a)
        try federation.enter(5, from: 100, at: Self.a, actor: TestFederation.loneClerk)
        try federation.settle()
        #expect(try homes(federation, Self.district) == homes(federation, Self.a))
        #expect(try homes(federation, Self.district).records == 25)
        for path in [Self.city, Self.b] {
            let node = federation[path]
            #expect(try records(node).isEmpty)
            #expect(try !node.authors().map(\.description).contains(Self.a), "\(path) holds a ledger of the street")
            try node.store.checkpoint()
            let bytes = try Data(contentsOf: URL(fileURLWithPath: federation.file(path)))
            #expect(bytes.range(of: Data("jiyuqiao#".utf8)) == nil && bytes.range(of: Data("lineage:wuhan/wuchang/jiyuqiao".utf8)) == nil)
        }
        #expect(try federation[Self.a].store.read { try $0.durability() }.map(\.durableAt.description) == [Self.district])
    }

    @Test("An audience that widens: the state is entered anew, older bytes stay where they were, every tier shows the same")
    func widens() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a, Self.b])
        _ = try federation[Self.city].publishCatalogue(try catalogue(2, upTo: 2), actor: TestFederation.clerk)
        try federation.settle()
        try federation.enter(12, at: Self.a)
        try federation.settle()
        _ = try federation[Self.city].publishCatalogue(try catalogue(3, upTo: 1), actor: TestFederation.clerk)
        try federation.settle()
        #expect(try records(federation[Self.city]).isEmpty, "a wider edition alone moves nothing")
        #expect(throws: NodeRefusal.self) { try federation[Self.a].widen(item: "permit", actor: TestFederation.loneClerk) }
        #expect(try federation[Self.a].widen(item: "permit", actor: TestFederation.clerk).entered == 12)
        #expect(try federation[Self.a].widen(item: "permit", actor: TestFederation.clerk) == (0, 12))
        // What comes now is of the wide audience from the start.
        try federation.enter(3, from: 50, at: Self.a)
        try federation.settle()
        let own = try homes(federation, Self.a)
        #expect(own.records == 15)
        #expect(try homes(federation, Self.district) == own)
        #expect(try homes(federation, Self.city) == own)
        #expect(try records(federation[Self.b]).isEmpty)
        let ledgers = try federation[Self.city].store.read { try $0.tips() }.map(\.ledger).filter { $0.replica.path.description == Self.a }
        #expect(ledgers.map(\.audience) == [.lineage(of: try #require(NodePath(Self.a)), upTo: 1)], "older bytes are never re-audienced")
        for path in [Self.city, Self.district, Self.a] {
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(path)")
        }
    }

    @Test("An audience never narrows: a later, narrower edition leaves what the city holds where it is")
    func neverNarrows() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        try federation.enter(4, at: Self.a)
        try federation.settle()
        _ = try federation[Self.city].publishCatalogue(try catalogue(2, upTo: 2), actor: TestFederation.clerk)
        try federation.settle()
        #expect(try federation[Self.a].widen(item: "permit", actor: TestFederation.clerk) == (0, 4))
        try federation.enter(4, from: 10, at: Self.a)
        try federation.settle()
        #expect(try homes(federation, Self.city).records == 4)
        #expect(try homes(federation, Self.district).records == 8)
    }

    @Test("A revocation is final at every tier, and importing the decision again does not bring it back")
    func revocationIsFinal() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        try federation.enter(6, at: Self.a)
        try federation.settle()
        let street = federation[Self.a]
        let record = try #require(try records(street).first).id
        #expect(throws: NodeRefusal.self) { try street.revoke(record, document: "撤〔2026〕1号", reason: "决定被撤销", actor: TestFederation.loneClerk) }
        let stranger = Actor(unit: "11000000TEXT00103M", operator: "丙", reviewer: "丁")
        #expect(throws: NodeRefusal.self) { try federation[Self.district].revoke(record, document: "撤〔2026〕1号", reason: "越权", actor: stranger) }
        _ = try street.revoke(record, document: "撤〔2026〕1号", reason: "决定被撤销", actor: TestFederation.clerk)
        #expect(throws: NodeRefusal.self) { try street.revoke(record, document: "撤〔2026〕2号", reason: "再次", actor: TestFederation.clerk) }
        try federation.settle()
        let own = try homes(federation, Self.a)
        for path in [Self.city, Self.district] {
            #expect(try federation[path].store.read { try $0.record(record) }?.validity == .revoked)
            #expect(try homes(federation, path) == own)
        }
        #expect(try federation.enter(6, at: Self.a).filter { $0 == .revoked(record: record) }.count == 1)
        try federation.settle()
        #expect(try federation[Self.city].store.read { try $0.record(record) }?.validity == .revoked)
        #expect(try federation[Self.city].show(record).view.revocations.map(\.reason) == ["决定被撤销"])
        let rebuilt = try federation[Self.city].rebuild()
        #expect(rebuilt.before == rebuilt.after)
    }

    /// Relief overtakes whatever waits, suspends the key it names while the record is on its way, and is
    /// judged in the transaction that brings it.
    @Test func reliefOvertakesABacklogAndWaitsForItsRecord() throws {
        let count = ProcessInfo.processInfo.environment["CREDITNODE_SOAK"] == nil ? 3_000 : 100_000
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        for start in stride(from: 0, to: count, by: 1000) { try federation.enter(1000, from: start, at: Self.a) }
        let street = federation[Self.a], district = federation[Self.district]
        let last = try #require(try records(street).last)
        _ = try street.revoke(last.id, document: "撤〔2026〕9号", reason: "决定被撤销", actor: TestFederation.clerk)
        var heldWhenReliefCame: Int?
        let result = try federation.sync(Self.a) { frame, up in
            if up, heldWhenReliefCame == nil, case .changeSet = frame, let totals = try? district.store.read({ try $0.totals() }), totals.waiting == 1 {
                heldWhenReliefCame = totals.records
                #expect((try? district.store.read { try $0.isSuspended(naturalKey: last.naturalKey) }) == true)
            }
            return frame
        }
        #expect(result.lanesUp.first == .relief, "relief goes first")
        #expect(heldWhenReliefCame == 0, "the revocation is held before any record is")
        #expect(try district.store.read { try $0.totals() }.waiting == 0)
        #expect(try !district.store.read { try $0.isSuspended(naturalKey: last.naturalKey) })
        #expect(try district.store.read { try $0.record(last.id) }?.validity == .revoked)
        try federation.settle()
        #expect(try homes(federation, Self.city) == homes(federation, Self.a))
        #expect(try homes(federation, Self.city).records == count)
    }

    @Test("A revocation that names another natural key than its record's waits and revokes nothing")
    func wrongKey() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        try federation.enter(2, at: Self.a)
        let row = try #require(try records(federation[Self.a]).first)
        let ledger = LedgerID(replica: row.id.replica, audience: .lineage(of: row.home, upTo: 1), lane: .relief)
        let change = Change(
            record: row.id, actor: TestFederation.clerk, capturedAt: 1,
            kind: .revocation(Revocation(naturalKey: .zero, authority: "11000000TEXT00017D", document: "撤〔2026〕1号", reason: "理由", rank: .decidingUnit)))
        let circumstances = Circumstances(edition: { _ in nil }, holds: { _ in true }, naturalKey: { _ in row.naturalKey })
        #expect(judge(change, dot: row.id, ledger: ledger, in: circumstances) == .waiting(.change(row.id)))
    }
}
