import Foundation
import Registry

/// Why bytes from a peer or from disk could not be read as one of our messages.
package struct CodingFault: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

extension ReplicaID {
    package var wire: WireReplica {
        var wire = WireReplica()
        wire.path = path.description
        wire.incarnation = Data(incarnation.bytes)
        return wire
    }

    package init(_ wire: WireReplica) throws(CodingFault) {
        guard let path = NodePath(wire.path) else { throw CodingFault("not a node path: \(wire.path.prefix(80))") }
        guard let incarnation = Incarnation(Array(wire.incarnation)) else { throw CodingFault("an incarnation has 16 bytes") }
        self.init(path: path, incarnation: incarnation)
    }
}

extension Dot {
    package var wire: WireDot {
        var wire = WireDot()
        wire.replica = replica.wire
        wire.counter = counter
        return wire
    }

    package init(_ wire: WireDot) throws(CodingFault) {
        guard wire.counter > 0, wire.counter < 1 << 62 else { throw CodingFault("a counter is 1…2^62") }
        self.init(replica: try ReplicaID(wire.replica), counter: wire.counter)
    }
}

extension Digest {
    package init(wire: Data, _ what: String) throws(CodingFault) {
        guard wire.count == Digest.byteCount, let digest = Digest(Array(wire)) else { throw CodingFault("\(what) has 32 bytes, not \(wire.count)") }
        self = digest
    }

    package var data: Data { Data(bytes) }
}

extension Lane {
    package var wire: WireLane {
        switch self {
        case .ordinary: .ordinary
        case .relief: .relief
        }
    }

    package init(_ wire: WireLane) throws(CodingFault) {
        switch wire {
        case .ordinary: self = .ordinary
        case .relief: self = .relief
        case .unspecified, .UNRECOGNIZED: throw CodingFault("unknown lane \(wire.rawValue)")
        }
    }
}

extension Audience {
    package var wire: WireAudience {
        var wire = WireAudience()
        switch self {
        case .local: wire.kind = .local
        case .published: wire.kind = .published
        case .lineage(let of, let upTo):
            wire.kind = .lineage
            wire.of = of.description
            wire.upTo = UInt32(clamping: upTo)
        }
        return wire
    }

    package init(_ wire: WireAudience) throws(CodingFault) {
        switch wire.kind {
        case .local: self = .local
        case .published: self = .published
        case .lineage:
            guard let of = NodePath(wire.of) else { throw CodingFault("lineage of no node path") }
            guard wire.upTo >= 1, wire.upTo <= UInt32(of.depth) else { throw CodingFault("lineage up to tier \(wire.upTo)") }
            self = .lineage(of: of, upTo: Int(wire.upTo))
        case .unspecified, .UNRECOGNIZED: throw CodingFault("unknown audience \(wire.kind.rawValue)")
        }
    }
}

extension LedgerID {
    package var wire: WireLedgerID {
        var wire = WireLedgerID()
        wire.replica = replica.wire
        wire.audience = audience.wire
        wire.lane = lane.wire
        return wire
    }

    package init(_ wire: WireLedgerID) throws(CodingFault) {
        self.init(replica: try ReplicaID(wire.replica), audience: try Audience(wire.audience), lane: try Lane(wire.lane))
        guard audience.admits(author: replica.path) else { throw CodingFault("\(replica.path) may not write for \(audience)") }
    }
}

extension LedgerTip {
    package var wire: WireTip {
        var wire = WireTip()
        wire.ledger = ledger.wire
        wire.sequence = tip.sequence
        wire.digest = tip.digest.data
        return wire
    }

    package init(_ wire: WireTip) throws(CodingFault) {
        guard wire.sequence < 1 << 62 else { throw CodingFault("a sequence is below 2^62") }
        self.init(ledger: try LedgerID(wire.ledger), tip: Tip(sequence: wire.sequence, digest: try Digest(wire: wire.digest, "a tip")))
    }
}

extension Context {
    package var wire: [WireContextEntry] {
        entries.map { entry in
            var wire = WireContextEntry()
            wire.replica = entry.replica.wire
            wire.through = entry.through
            wire.later = entry.later
            return wire
        }
    }

    package init(_ wire: [WireContextEntry]) throws(CodingFault) {
        var entries: [Entry] = []
        for entry in wire {
            entries.append(Entry(replica: try ReplicaID(entry.replica), through: entry.through, later: entry.later))
        }
        guard let context = Context(entries) else { throw CodingFault("a context has one entry per replica, ascending, with ascending counters") }
        self = context
    }
}
