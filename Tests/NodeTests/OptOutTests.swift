import Foundation
import Node
import Registry
import Replication
import Storage
import Testing

/// Subjects that do not want honours recorded (M47).
@Suite struct OptOutTests {
    static let city = "wuhan", district = "wuhan/wuchang", other = "wuhan/hanyang", a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu", c = "wuhan/hanyang/qinduankou"
    static let all = [city, district, other, a, b, c]

    private func record(_ federation: TestFederation, at path: String) throws -> Dot { try #require(try federation[path].store.read { try $0.records(RecordFilter()) }.first).id }

    private func wishes(_ federation: TestFederation) throws -> [String] {
        try Self.all.filter { path in try federation[path].store.read { try $0.anyOptOut() } }
    }

    @Test("A wish taken at any window reaches the homes of such records through the node where the lines meet, and nobody else")
    func reachesHomes() throws {
        let federation = try TestFederation(Self.all)
        try federation.settle()
        #expect(try HonourRows.enter(person: 1, document: "表〔2025〕1号", at: Self.a, in: federation) == .effective)
        #expect(try HonourRows.enter(person: 2, document: "表〔2025〕2号", at: Self.c, in: federation) == .effective)
        try federation.settle()
        let record = try self.record(federation, at: Self.a), another = try self.record(federation, at: Self.c)
        _ = try federation[Self.b].optOut(PersonListTests.person(1), items: ["honour"], receipt: "愿1", actor: TestFederation.loneClerk)
        try federation.settle()
        #expect(try wishes(federation) == [Self.city, Self.district, Self.a, Self.b])
        for path in [Self.city, Self.district, Self.a] {
            let view = try federation[path].view(of: record)
            #expect(view.shown.publication == .notPublic && view.shown.reasons.contains(.optedOut), "\(path)")
        }
        #expect(try !federation[Self.city].view(of: another).shown.reasons.contains(.optedOut))
        // Recorded no more where the wish is known, and where it is not the wish follows the record.
        #expect(try HonourRows.enter(person: 1, document: "表〔2025〕3号", at: Self.a, in: federation) == .optedOut)
        #expect(try HonourRows.enter(person: 1, document: "表〔2025〕4号", at: Self.c, in: federation) == .effective)
        try federation.settle()
        #expect(try wishes(federation) == Self.all)
        #expect(try HonourRows.enter(person: 1, document: "表〔2025〕5号", at: Self.c, in: federation) == .optedOut)
        for path in Self.all {
            #expect(try federation[path].verify().faults.isEmpty)
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(path)")
        }
        // The wish is a ground to destroy what was recorded before.
        #expect(try federation[Self.district].retention().lines.map(\.ground) == [.optOut])
        _ = try federation[Self.district].purge(record, ground: .optOut, basis: ErasureTests.basis, actor: TestFederation.clerk)
    }

    @Test("It is withdrawn by a later wish of the subject, which lifts no wish its author did not hold")
    func withdrawal() throws {
        let federation = try TestFederation(Self.all)
        try federation.settle()
        #expect(try HonourRows.enter(person: nil, document: "表〔2025〕1号", at: Self.a, in: federation) == .effective)
        try federation.settle()
        let record = try self.record(federation, at: Self.a)
        let subject = Subject.organisation(try #require(CreditCode("91000000TEXT000250")))
        #expect(throws: NodeRefusal.self) { try federation[Self.a].withdrawOptOut(subject, items: ["honour"], receipt: "撤1", actor: TestFederation.loneClerk) }
        #expect(throws: NodeRefusal.self) { try federation[Self.a].optOut(subject, items: ["penalty"], receipt: "愿0", actor: TestFederation.loneClerk) }
        _ = try federation[Self.a].optOut(subject, items: ["honour"], receipt: "愿1", actor: TestFederation.loneClerk)
        // Another window takes the same wish, and does not know of the withdrawal.
        _ = try federation[Self.c].optOut(subject, items: ["honour"], receipt: "愿2", actor: TestFederation.loneClerk)
        _ = try federation[Self.a].withdrawOptOut(subject, items: ["honour"], receipt: "撤1", actor: TestFederation.loneClerk)
        #expect(try !federation[Self.a].view(of: record).shown.reasons.contains(.optedOut))
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] { #expect(try federation[path].view(of: record).shown.reasons.contains(.optedOut), "the wish wins over what did not see it: \(path)") }
        _ = try federation[Self.city].withdrawOptOut(subject, items: ["honour"], receipt: "撤2", actor: TestFederation.loneClerk)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            #expect(try !federation[path].view(of: record).shown.reasons.contains(.optedOut), "\(path)")
            #expect(try federation[path].store.integrityFault() == nil, "\(path)")
        }
    }
}
