import Foundation
import Node
import Registry
import Replication
import Storage
import Testing

/// Guarantee 10 and traps 1, 2, 7: restored children, restored parents, clones.
@Suite struct RestoreTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao"

    @Test("A street restored from a backup is noticed, takes its entries back and writes on as a new incarnation")
    func restoredChild() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        try federation.enter(5, at: Self.a)
        try federation.settle()
        let copy = try federation.backup(Self.a)
        try federation.enter(5, from: 100, at: Self.a)
        try federation.settle()
        let home = try #require(NodePath(Self.a))
        let full = try federation[Self.city].viewDigest(home: home)
        try federation.restore(Self.a, from: copy)
        let old = federation[Self.a].replica
        let result = try federation.sync(Self.a)
        #expect(result.restored.map(\.replica) == [old])
        _ = try federation[Self.a].beginIncarnation()
        try federation.settle()
        #expect(try federation[Self.a].viewDigest(home: home) == full, "its own entries came back")
        try federation.enter(5, from: 200, at: Self.a)
        try federation.settle()
        #expect(try federation[Self.city].viewDigest(home: home).records == 15)
        #expect(try federation[Self.city].viewDigest(home: home) == federation[Self.a].viewDigest(home: home))
        #expect(try federation[Self.city].verify().faults.isEmpty)
    }

    @Test("A district restored from a backup gets from its streets what it forgot")
    func restoredParent() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        let copy = try federation.backup(Self.district)
        try federation.enter(9, at: Self.a)
        try federation.sync(Self.a)
        try federation.restore(Self.district, from: copy)
        try federation.settle()
        let home = try #require(NodePath(Self.a))
        #expect(try federation[Self.city].viewDigest(home: home).records == 9)
        #expect(try federation[Self.district].viewDigest(home: home) == federation[Self.a].viewDigest(home: home))
    }

    @Test("Two disks with one identity show as a fork at the first handshake; both sides are kept")
    func clone() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        try federation.enter(2, at: Self.a)
        try federation.settle()
        let copy = try federation.backup(Self.a)
        try federation.enter(2, from: 50, at: Self.a)
        try federation.settle()
        try federation.restore(Self.a, from: copy)
        try federation.enter(2, from: 70, at: Self.a)
        let result = try federation.sync(Self.a)
        #expect(result.forked.count >= 1)
        #expect(try federation[Self.district].verify().faults.isEmpty)
    }

    /// Tips of our own ledgers that a peer makes up, in greeting or with another digest.
    private func lying(_ lie: @escaping (LedgerTip) -> LedgerTip) -> (Frame, Bool) -> Frame? {
        { frame, up in
            guard !up, case .tips(let tips, let last) = frame else { return frame }
            return .tips(tips.map { $0.ledger.replica.path.description == Self.a ? lie($0) : $0 }, last: last)
        }
    }

    @Test("A parent that only says it holds more of ours, or other entries, makes no new incarnation")
    func lies() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        try federation.enter(3, at: Self.a)
        try federation.settle()
        try federation.enter(3, from: 10, at: Self.a)
        let ahead = try federation.sync(Self.a, tamper: lying { LedgerTip(ledger: $0.ledger, tip: Tip(sequence: $0.tip.sequence + 50, digest: $0.tip.digest)) })
        #expect(ahead.restored.isEmpty && ahead.ended == nil)
        let other = try federation.sync(Self.a, tamper: lying { LedgerTip(ledger: $0.ledger, tip: Tip(sequence: $0.tip.sequence, digest: Digest(a: 1, b: 2, c: 3, d: 4))) })
        #expect(other.restored.isEmpty && other.ended == nil)
        #expect(!other.forked.isEmpty)
        try federation.settle()
        let home = try #require(NodePath(Self.a))
        #expect(try federation[Self.city].viewDigest(home: home).records == 6, "an honest talk makes good what the lies held up")
    }

    @Test("A clone learns from its own signature that it is one", arguments: [1, 3])
    func cloneIsProven(writes: Int) throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        try federation.enter(2, at: Self.a)
        try federation.settle()
        let copy = try federation.backup(Self.a)
        for row in 0..<2 { try federation.enter(1, from: 50 + row, at: Self.a) }
        try federation.settle()
        try federation.restore(Self.a, from: copy)
        let mine = federation[Self.a].replica
        for row in 0..<writes { try federation.enter(1, from: 70 + row, at: Self.a) }
        #expect(try federation.sync(Self.a).restored.map(\.replica) == [mine])
        _ = try federation[Self.a].beginIncarnation()
        let after = try federation.sync(Self.a)
        #expect(after.restored.isEmpty, "the new incarnation has no past to meet")
    }

    @Test("Drafts of an earlier incarnation can still be entered")
    func draftsOutliveTheIncarnation() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        try federation.enter(4, at: Self.a, actor: TestFederation.loneClerk)
        _ = try federation[Self.a].beginIncarnation()
        #expect(try federation.enter(4, at: Self.a).allSatisfy { $0 == .effective })
        try federation.settle()
        let home = try #require(NodePath(Self.a))
        #expect(try federation[Self.city].viewDigest(home: home).records == 4)
        #expect(try federation[Self.city].verify().faults.isEmpty)
        #expect(try federation[Self.a].store.read { try $0.records(RecordFilter(limit: 10)) }.count == 4)
    }

    @Test("A restart in between loses nothing and repeats nothing")
    func restart() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        try federation.enter(3, at: Self.a)
        for path in [Self.a, Self.district, Self.city] { try federation.restart(path) }
        try federation.settle()
        try federation.restart(Self.city)
        let home = try #require(NodePath(Self.a))
        #expect(try federation[Self.city].viewDigest(home: home).records == 3)
    }

    @Test func durabilityIsFull() throws {
        let federation = try TestFederation([Self.city])
        let found = try federation[Self.city].store.durability()
        #expect(found.journal == "wal" && found.synchronous == 2)
    }
}
