import Registry
import Replication
import Testing

@testable import Node

@Suite struct RecentSetsTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao"

    private func ledger(of node: Node) throws -> LedgerID {
        try #require(try node.store.read { try $0.tips() }.first { $0.ledger.replica == node.replica && $0.ledger.audience != .local }).ledger
    }

    @Test("What was stored a moment ago is given out as the very bytes that the replica holds, at the street and where it is relayed")
    func sameBytes() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        for batch in 0..<4 { try federation.enter(3, from: batch * 10, at: Self.a) }
        let street = federation[Self.a], district = federation[Self.district], ledger = try ledger(of: street)
        #expect(street.recent(ledger, after: 0, limitBytes: .max) == nil, "the first entry goes with its certificates, from the disk")
        for after in 1...3 { #expect(street.recent(ledger, after: UInt64(after), limitBytes: .max) == (try street.load(ledger, after: UInt64(after), limitBytes: .max))) }
        #expect(street.recent(ledger, after: 1, limitBytes: 1)?.count == 1)
        #expect(street.recent(ledger, after: 4, limitBytes: .max) == nil)
        let sets = try street.load(ledger, after: 0, limitBytes: .max)
        let admission = try district.admit(sets, from: street.path)
        #expect(district.recent(ledger, after: 1, limitBytes: .max) == nil, "nothing is given out before it is announced")
        district.announce(admission.grown)
        #expect(district.recent(ledger, after: 1, limitBytes: .max) == (try district.load(ledger, after: 1, limitBytes: .max)))
        let before = federation[Self.city].recents.bytes
        _ = try federation[Self.city].admit(sets, from: district.path)
        #expect(federation[Self.city].recents.bytes == before, "the root keeps nothing that it passes to nobody")
    }

    private func entry(_ number: UInt64, _ salt: UInt64 = 0, previous: UInt64? = nil, bytes: Int = 100) throws -> VerifiedChangeSet {
        let path = try #require(NodePath(Self.a))
        let ledger = LedgerID(replica: ReplicaID(path: path, incarnation: Incarnation(high: 1, low: 1)), audience: .lineage(of: path, upTo: 1), lane: .ordinary)
        let header = Header(
            ledger: ledger, sequence: number, previous: number == 1 ? nil : Digest(a: number - 1, b: previous ?? salt, c: 0, d: 0), time: HybridTime(milliseconds: 1),
            suite: .ed25519SHA256, key: Digest(a: 7, b: 0, c: 0, d: 0), firstCounter: number, count: 1, siblings: [])
        let sealed = SealedChangeSet(header: try header.serialized(), signature: [], digests: [], compression: 0, bodiesSize: 0, bodies: [UInt8](repeating: UInt8(salt), count: bytes))
        return try VerifiedChangeSet(try UnverifiedChangeSet(sealed)) { _ throws(ChangeSetFault) in (Digest(a: number, b: salt, c: 0, d: 0), SealedBodies([], [])) }
    }

    private func tip(_ set: VerifiedChangeSet) -> LedgerTip { LedgerTip(ledger: set.header.ledger, tip: Tip(sequence: set.header.sequence, digest: set.digest)) }

    @Test("What a transaction staged and lost is never given out")
    func rolledBack() throws {
        let recents = RecentSets(at: try #require(NodePath(Self.district)))
        let first = try entry(1), ledger = first.header.ledger
        recents.stage(first)
        recents.publish([tip(first)])
        // Two entries are staged and rolled back; then one other is stored, and one more is on its way.
        recents.stage(try entry(2, 9, previous: 0))
        recents.stage(try entry(3, 9))
        let second = try entry(2), third = try entry(3)
        recents.stage(second)
        recents.publish([tip(second)])
        recents.stage(third)
        #expect(recents.sets(of: ledger, after: 1, limitBytes: .max)?.map(\.bodies.first) == [0])
        // A tip that the staged chain does not lead to empties it.
        recents.stage(try entry(3, 9))
        recents.publish([tip(third)])
        #expect(recents.sets(of: ledger, after: 1, limitBytes: .max) == nil)
        #expect(recents.bytes == 0)
    }

    @Test("Memory is bounded, the oldest go first, and what is left is whole")
    func bounded() throws {
        let recents = RecentSets(at: try #require(NodePath(Self.district)), limit: 20_000)
        let ledger = try entry(1).header.ledger
        for number in 1...UInt64(500) {
            let set = try entry(number)
            recents.stage(set)
            recents.publish([tip(set)])
            #expect(recents.bytes <= 20_000)
        }
        #expect(recents.sets(of: ledger, after: 1, limitBytes: .max) == nil)
        let kept = try #require(recents.sets(of: ledger, after: 490, limitBytes: .max))
        #expect(try kept.map { try Header(serialized: $0.header).sequence } == Array(491...500))
        recents.stage(try entry(501, bytes: 30_000))
        #expect(recents.bytes == 0)
    }
}

@Suite struct ObserverTests {
    @Test("A tip is told to exactly the links that it may cross, and at most to some that then refuse it")
    func routes() throws {
        let paths = try ["w", "w/a", "w/b", "w/a/x", "w/a/y", "w/a/x/1", "w/b/z"].map { try #require(NodePath($0)) }
        for me in paths {
            let peers = paths.filter { $0.parent == me || me.parent == $0 }
            for author in paths {
                let replica = ReplicaID(path: author, incarnation: Incarnation(high: 1, low: 1))
                let audiences: [Audience] = [.local, .published] + paths.flatMap { of in (1...4).map { Audience.lineage(of: of, upTo: $0) } }
                for audience in audiences where audience.admits(author: author) {
                    let tip = LedgerTip(ledger: LedgerID(replica: replica, audience: audience, lane: .ordinary), tip: Tip(sequence: 1, digest: .zero))
                    let routed = Observers.route([tip], among: peers)
                    for peer in peers where tip.ledger.crosses(from: me, to: peer) { #expect(routed[peer] == [tip], "\(tip.ledger) from \(me) to \(peer)") }
                    for peer in peers where routed[peer] != nil && author.parent == me && audience != .published { #expect(peer == author || peer == me.parent) }
                }
            }
        }
    }
}
