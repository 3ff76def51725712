import Foundation
import Registry

extension ErasureOrder {
    var wire: WireErasureOrder {
        var wire = WireErasureOrder()
        wire.ground = ground.rawValue
        for dot in erased {
            if wire.erased.last.map({ $0.replica == dot.replica.wire }) ?? false {
                wire.erased[wire.erased.count - 1].counters.append(dot.counter)
            } else {
                var run = WireErasedDots()
                run.replica = dot.replica.wire
                run.counters = [dot.counter]
                wire.erased.append(run)
            }
        }
        if let tombstone {
            wire.tombstone = tombstone.digest.data
            wire.tombstoneKey = tombstone.key.rawValue
        }
        wire.basis = basis.wire
        if let follows { wire.follows = follows.wire }
        return wire
    }

    init(_ wire: WireErasureOrder) throws(CodingFault) {
        guard let ground = ErasureGround(rawValue: wire.ground) else { throw CodingFault("unknown ground of an erasure: \(wire.ground)") }
        let count = wire.erased.reduce(0) { $0 + $1.counters.count }
        guard (1...ErasureOrder.maximumDots).contains(count) else { throw CodingFault("an erasure of \(count) changes; 1…\(ErasureOrder.maximumDots)") }
        var erased: [Dot] = []
        erased.reserveCapacity(count)
        for run in wire.erased {
            let replica = try ReplicaID(run.replica)
            for counter in run.counters {
                let dot = Dot(replica: replica, counter: counter)
                guard (1..<1 << 62).contains(counter), erased.last.map({ $0 < dot }) ?? true else { throw CodingFault("erased changes are not ascending") }
                erased.append(dot)
            }
        }
        var tombstone: Tombstone?
        if !wire.tombstone.isEmpty {
            guard let key = Tombstone.Key(rawValue: wire.tombstoneKey) else { throw CodingFault("unknown key of a tombstone: \(wire.tombstoneKey)") }
            tombstone = Tombstone(key: key, digest: try Digest(wire: wire.tombstone, "a tombstone"))
        }
        self.init(
            ground: ground, erased: erased, tombstone: tombstone, basis: try Basis(wire.basis), follows: wire.hasFollows ? try Dot(wire.follows) : nil)
    }
}

extension OptOutWish {
    var wire: WireOptOutWish {
        var wire = WireOptOutWish()
        wire.subject = subject.data
        wire.items = items
        wire.receipt = receipt
        wire.withdraws = withdraws.map(\.wire)
        return wire
    }

    init(_ wire: WireOptOutWish) throws(CodingFault) {
        guard (1...OptOutWish.maximumItems).contains(wire.items.count), wire.withdraws.count <= OptOutWish.maximumWithdrawn else {
            throw CodingFault("a wish about \(wire.items.count) items, withdrawing \(wire.withdraws.count)")
        }
        var withdraws: [Dot] = []
        for dot in wire.withdraws { withdraws.append(try Dot(dot)) }
        guard zip(withdraws, withdraws.dropFirst()).allSatisfy({ $0 < $1 }) else { throw CodingFault("withdrawn wishes are not ascending") }
        self.init(subject: try Digest(wire: wire.subject, "a subject"), items: try ascending(wire.items), receipt: wire.receipt, withdraws: withdraws)
    }
}
