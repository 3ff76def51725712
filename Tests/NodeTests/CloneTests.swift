import Node
import Registry
import Replication
import Storage
import Testing

/// A street's disk cloned to a spare machine and both used (M46, worked example E9).
@Suite struct CloneTests {
    private static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao"

    private func records(_ node: Node) throws -> Int { try node.store.read { try $0.records(.init()) }.count }

    /// Carries one machine's line until it is quiet; begins a new incarnation when it learns of its past, as a serving node does.
    private func connect(_ federation: TestFederation, times: Int = 3) throws {
        for _ in 0..<times {
            if try !federation.sync(Self.a).restored.isEmpty { _ = try federation[Self.a].beginIncarnation() }
            try federation.sync(Self.district)
        }
    }

    @Test func bothAreUsedAndBothConnect() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        try federation.enter(2, at: Self.a)
        try federation.settle()
        let first = federation[Self.a], shared = first.replica
        // The spare machine has the same disk.
        let copy = try federation.backup(Self.a)
        let spare = try Node(store: try ReplicaStore(path: copy), identity: first.identity, environment: federation.environment)
        try federation.enter(4, from: 10, at: Self.a)
        try connect(federation)
        #expect(try records(federation[Self.city]) == 6)

        federation.replace(Self.a, with: spare)
        let held = try #require(try spare.store.read { try $0.records(.init()) }.first)
        try federation.enter(2, from: 20, at: Self.a)
        _ = try spare.act(on: held.id, actor: TestFederation.loneClerk) { scene in
            .objection(Objection(ground: .wrongSubject, receipt: "异1", acceptedOn: scene.today, statement: "不是我单位", target: scene.target))
        }
        try connect(federation)
        #expect(spare.replica != shared, "the spare learned that its past was written twice, and is another replica now")
        for path in [Self.district, Self.city] {
            let fork = try #require(try federation[path].forks().first, "\(path)")
            #expect(fork.replica == shared && fork.heldBackBeyond != nil && fork.reports.map(\.changes) == [3], "\(path)")
            #expect(try records(federation[path]) == 6, "what was receipted keeps its effect")
        }
        // Relief of the branch that nobody took keeps publication suspended.
        #expect(try federation[Self.city].store.read { try $0.isSuspended(naturalKey: held.naturalKey) })
        // The spare goes on working under its new name.
        try federation.enter(1, from: 30, at: Self.a)
        try connect(federation)
        #expect(try records(federation[Self.city]) == 7)

        // The first machine wrote meanwhile, and connects: what is not receipted waits.
        federation.replace(Self.a, with: first)
        try federation.enter(2, from: 40, at: Self.a)
        try connect(federation)
        #expect(first.replica != shared)
        let waiting = try #require(try federation[Self.district].forks().first)
        #expect(waiting.waiting == 2)
        #expect(try records(federation[Self.city]) == 7)
        try federation.enter(1, from: 50, at: Self.a)
        try connect(federation)
        #expect(try records(federation[Self.city]) == 8, "under its new name it works at once")

        // A person rules.
        let district = federation[Self.district]
        #expect(throws: NodeRefusal.self) { try district.letGoOn(shared, reason: "备用机已停用", actor: TestFederation.loneClerk) }
        #expect(throws: NodeRefusal.self) { try first.letGoOn(shared, reason: "备用机已停用", actor: TestFederation.clerk) }
        _ = try district.letGoOn(shared, reason: "备用机已停用", actor: TestFederation.clerk)
        try connect(federation)
        for path in [Self.district, Self.city] {
            let fork = try #require(try federation[path].forks().first)
            #expect(fork.heldBackBeyond == nil && fork.waiting == 0, "\(path)")
            #expect(try records(federation[path]) == 10, "\(path)")
            #expect(try federation[path].verify().faults.isEmpty)
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(path)")
        }
        #expect(try !federation[Self.city].store.read { try $0.isSuspended(naturalKey: held.naturalKey) })
        #expect(try federation[Self.district].viewDigest(home: first.path) == federation[Self.city].viewDigest(home: first.path))
    }

    @Test("What nobody took is quarantined on the machine that wrote it, and goes up when it is entered again; the rest of its past waits there as above")
    func theLosingBranchIsWrittenAnew() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        try federation.enter(2, at: Self.a)
        try federation.settle()
        let first = federation[Self.a], shared = first.replica
        let spare = try Node(store: try ReplicaStore(path: try federation.backup(Self.a)), identity: first.identity, environment: federation.environment)
        try federation.enter(1, from: 10, at: Self.a)
        try connect(federation)
        federation.replace(Self.a, with: spare)
        try federation.enter(2, from: 20, at: Self.a)
        #expect(try records(spare) == 4)
        try connect(federation)
        #expect(try records(spare) == 2 && records(federation[Self.city]) == 3)
        #expect(try spare.quarantined().map(\.rule) == ["branch-lost", "branch-lost"])
        #expect(try federation.enter(2, from: 20, at: Self.a) == [.effective, .effective])
        try connect(federation)
        #expect(try records(spare) == 4 && records(federation[Self.city]) == 5)
        // The first machine wrote on under the old name: at home it waits as it does above.
        federation.replace(Self.a, with: first)
        try federation.enter(2, from: 30, at: Self.a)
        try connect(federation)
        for path in [Self.city, Self.district, Self.a] {
            #expect(try federation[path].forks().first { $0.replica == shared }?.waiting == 2 && records(federation[path]) == 5, "\(path)")
        }
        _ = try federation[Self.district].letGoOn(shared, reason: "备用机已停用", actor: TestFederation.clerk)
        try connect(federation)
        for path in [Self.city, Self.district, Self.a] {
            #expect(try records(federation[path]) == 7, "\(path)")
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(path)")
        }
        let rebuilt = try spare.rebuild()
        #expect(rebuilt.before == rebuilt.after)
        #expect(try records(spare) == 4)
    }

    @Test func aReplicaThatUsesOneCounterInTwoLedgersIsHeldBackOnItsOwnSignatures() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        try federation.enter(1, at: Self.a)
        try federation.settle()
        let first = federation[Self.a], shared = first.replica
        let copy = try federation.backup(Self.a)
        try federation.enter(1, from: 10, at: Self.a)
        try federation.sync(Self.a)
        // The clone has not heard of it, and writes with the same counter into a ledger that nobody holds yet.
        let spare = try Node(store: try ReplicaStore(path: copy), identity: first.identity, environment: federation.environment)
        let held = try #require(try spare.store.read { try $0.records(.init()) }.first)
        _ = try spare.act(on: held.id, actor: TestFederation.loneClerk) { scene in
            .objection(Objection(ground: .other, receipt: "异1", acceptedOn: scene.today, statement: "有误", target: scene.target))
        }
        let relief = try #require(try spare.store.read { try $0.tips() }.first { $0.ledger.lane == .relief && $0.ledger.replica == shared })
        let admission = try federation[Self.district].admit(try spare.load(relief.ledger, after: 0, limitBytes: 1 << 20), from: spare.path)
        #expect(admission.faults.map(\.fault.rule) == [.counterReused])
        let fork = try #require(try federation[Self.district].forks().first)
        #expect(fork.replica == shared && fork.rulings.map(\.goesOn) == [false])
        // Once: the same evidence again says nothing new.
        _ = try federation[Self.district].admit(try spare.load(relief.ledger, after: 0, limitBytes: 1 << 20), from: spare.path)
        #expect(try federation[Self.district].forks().first?.rulings.count == 1)
    }
}
