import Foundation
import Node
import Registry
import Replication
import Sealing
import Storage
import Testing

@Suite struct ConvergenceTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu"

    @Test func rowsGoUpThreeTiersAndViewsAreEqual() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a, Self.b])
        try federation.settle()
        #expect(try federation[Self.a].currentCatalogue().catalogue.number == 1)
        try federation.enter(120, at: Self.a)
        try federation.enter(80, at: Self.b)
        try federation.settle()
        for street in [Self.a, Self.b] {
            let home = try #require(NodePath(street))
            let own = try federation[street].viewDigest(home: home)
            #expect(own.records == (street == Self.a ? 120 : 80))
            #expect(try federation[Self.district].viewDigest(home: home) == own)
            #expect(try federation[Self.city].viewDigest(home: home) == own)
        }
        let published = try federation[Self.city].publishedDigest()
        for node in [Self.district, Self.a, Self.b] { #expect(try federation[node].publishedDigest() == published) }
    }

    @Test func aStreetNeverHoldsASibling() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a, Self.b])
        try federation.settle()
        try federation.enter(10, at: Self.a)
        try federation.enter(10, at: Self.b)
        try federation.settle()
        #expect(try federation[Self.a].authors().map(\.description) == [Self.city, Self.a])
        #expect(try federation[Self.a].viewDigest(home: try #require(NodePath(Self.b))).records == 0)
    }

    @Test func receiptsNameTheHighestDurableTier() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        try federation.enter(5, at: Self.a)
        try federation.sync(Self.a)
        #expect(try federation[Self.a].store.read { try $0.durability() }.map(\.durableAt.description) == [Self.district])
        try federation.sync(Self.district)
        try federation.sync(Self.a)
        #expect(try federation[Self.a].store.read { try $0.durability() }.map(\.durableAt.description) == [Self.city])
        #expect(try federation[Self.a].backlogUp(to: try #require(NodePath(Self.district))).ordinary == 0)
    }

    @Test func importingAgainChangesNothing() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        #expect(try federation.enter(30, at: Self.a).allSatisfy { $0 == .effective })
        let tips = try federation[Self.a].store.read { try $0.tips() }
        #expect(try federation.enter(30, at: Self.a).allSatisfy { $0 == .unchanged })
        #expect(try federation[Self.a].store.read { try $0.tips() } == tips)
    }

    @Test func draftsStayLocalUntilAReviewerEntersThem() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        #expect(try federation.enter(7, at: Self.a, actor: TestFederation.loneClerk).allSatisfy { $0 == .draft })
        try federation.settle()
        let home = try #require(NodePath(Self.a))
        #expect(try federation[Self.district].viewDigest(home: home).records == 0)
        #expect(try federation[Self.district].authors().map(\.description) == [Self.city])
        #expect(try federation.enter(7, at: Self.a).allSatisfy { $0 == .effective })
        #expect(try federation.enter(7, at: Self.a).allSatisfy { $0 == .unchanged })
        try federation.settle()
        let own = try federation[Self.a].viewDigest(home: home)
        #expect(own.records == 7)
        #expect(try federation[Self.city].viewDigest(home: home) == own)
        #expect(try federation[Self.a].store.read { try $0.records(RecordFilter(limit: 100)) }.count == 7, "a draft and its entered record are one")
    }

    @Test(arguments: [Suite.ed25519SHA256, .sm2SM3]) func everyNodeVerifiesAndRebuildsByteForByte(suite: Suite) throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a], suite: suite)
        try federation.settle()
        try federation.enter(40, at: Self.a)
        try federation.enter(10, from: 100, at: Self.a, actor: TestFederation.loneClerk)
        try federation.enter(10, from: 100, at: Self.a)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            let verification = try federation[path].verify()
            #expect(verification.faults.isEmpty, "\(path): \(verification.faults)")
            #expect(verification.changes >= 50)
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after)
            #expect(rebuilt.changeSets == verification.changeSets)
        }
    }
}
