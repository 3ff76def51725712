import Node
import Registry
import Replication
import Storage
import Testing

/// Decisions that a person linked or separated are gathered together, and each stands under its own circumstances (guarantee 1).
@Suite struct SeparatedDecisionTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu"

    private func standing(settled: Bool) throws -> (federation: TestFederation, permit: Dot, honour: Dot) {
        let federation = try TestFederation([Self.city, Self.district, Self.a, Self.b])
        try federation.settle()
        #expect(try HonourRows.enter(person: nil, document: "表〔2025〕1号", at: Self.b, in: federation) == .effective)
        try federation.enter(1, at: Self.a)
        try federation.settle()
        let permit = try #require(try federation[Self.a].store.read { try $0.records(RecordFilter()) }.first).id
        let honour = try #require(try federation[Self.b].store.read { try $0.records(RecordFilter()) }.first).id
        _ = try federation[Self.district].link(permit, honour, isSame: false, reason: "两件事", actor: TestFederation.clerk)
        if settled { try federation.settle() }
        return (federation, permit, honour)
    }

    @Test func whatIsPurgedSaysNothingOfWhatWasSeparatedFromIt() throws {
        let (federation, permit, honour) = try standing(settled: false)
        // A separation holds a purge back where it is known: the home does not know of it yet.
        _ = try federation[Self.b].purge(honour, ground: .unlawful, basis: ErasureTests.basis, actor: TestFederation.clerk)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            let view = try federation[path].view(of: permit)
            #expect(view.shown.label == .effective && !view.fields.isEmpty, "\(path)")
            #expect(!view.shown.reasons.contains(.purged), "\(path)")
        }
    }

    @Test func eachStandsUnderTheWishesAndTheItemOfItsOwn() throws {
        let (federation, permit, honour) = try standing(settled: true)
        let subject = Subject.organisation(try #require(CreditCode("91000000TEXT000250")))
        _ = try federation[Self.b].optOut(subject, items: ["honour"], receipt: "愿1", actor: TestFederation.loneClerk)
        try federation.settle()
        let atHome = try federation[Self.a].view(of: permit)
        for path in [Self.city, Self.district] {
            #expect(try federation[path].view(of: honour).shown.reasons.contains(.optedOut), "\(path)")
            let view = try federation[path].view(of: permit)
            #expect(!view.shown.reasons.contains(.optedOut), "\(path)")
            #expect(view.canonicalBytes == atHome.canonicalBytes && view.shown.canonicalBytes == atHome.shown.canonicalBytes, "\(path)")
        }
        // The end of one is no reason to destroy the other.
        let refusal = #expect(throws: NodeRefusal.self) {
            try federation[Self.city].purge(permit, ground: .optOut, basis: ErasureTests.basis, actor: TestFederation.clerk)
        }
        #expect(refusal?.code == "no-opt-out" || refusal?.code == "retention-hold")
        #expect(try federation[Self.district].retention().lines.filter { $0.record == permit }.isEmpty)
    }
}
