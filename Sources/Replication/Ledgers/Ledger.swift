import Registry

/// The raw values are sealed.
package enum Lane: UInt32, Sendable, Hashable, CaseIterable, Comparable {
    case ordinary = 1
    /// Revocation, list removal, objection mark, repair, stop-publication: travels first.
    case relief = 2

    package var name: String {
        switch self {
        case .ordinary: "ordinary"
        case .relief: "relief"
        }
    }

    package static func < (a: Lane, b: Lane) -> Bool { a.rawValue < b.rawValue }
}

/// Who receives a ledger (guarantee 7).
package enum Audience: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Never leaves the node.
    case local
    /// The nodes on the path root…`of`, none above depth `upTo` (1 = the root). Authors stand on that path.
    case lineage(of: NodePath, upTo: Int)
    /// The author's ancestors and all its descendants.
    case published

    /// Whether the node at `path` receives a ledger that `author` writes for this audience.
    package func includes(_ path: NodePath, author: NodePath) -> Bool {
        #if PLANTED_BUGS
            // Neighbours of a street hear of it too.
            if plantedBug == 8, case .lineage(let of, let upTo) = self, path.depth >= upTo, path.parent == of.parent { return true }
        #endif
        return switch self {
        case .local: path == author
        case .lineage(let of, let upTo): path.isAncestorOrSelf(of: of) && path.depth >= upTo
        case .published: path.isInLine(with: author)
        }
    }

    /// Whether `author` may write a ledger for this audience at all.
    package func admits(author: NodePath) -> Bool {
        switch self {
        case .local, .published: true
        case .lineage(let of, let upTo):
            author.isAncestorOrSelf(of: of) && upTo >= 1 && upTo <= of.depth && author.depth >= upTo
        }
    }

    /// Canonical text, the key in the database: `local`, `published`, `lineage:PATH:TIER`.
    package var description: String {
        switch self {
        case .local: "local"
        case .lineage(let of, let upTo): "lineage:\(of):\(upTo)"
        case .published: "published"
        }
    }

    /// Reads ``description``.
    package init?(_ text: String) {
        switch text {
        case "local": self = .local
        case "published": self = .published
        default:
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "lineage", let of = NodePath(String(parts[1])), let upTo = Int(parts[2]) else { return nil }
            self = .lineage(of: of, upTo: upTo)
        }
    }

    package static func < (a: Audience, b: Audience) -> Bool { a.description.utf8.lexicographicallyPrecedes(b.description.utf8) }
}

/// One replica's append-only sequence of change sets for one audience and one lane.
package struct LedgerID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let replica: ReplicaID
    package let audience: Audience
    package let lane: Lane

    package init(replica: ReplicaID, audience: Audience, lane: Lane) {
        (self.replica, self.audience, self.lane) = (replica, audience, lane)
    }

    /// A ledger crosses a link iff both ends are in its audience.
    package func crosses(from a: NodePath, to b: NodePath) -> Bool {
        audience != .local && audience.includes(a, author: replica.path) && audience.includes(b, author: replica.path)
    }

    package var description: String { "\(replica)/\(audience)/\(lane.name)" }

    package static func < (a: LedgerID, b: LedgerID) -> Bool {
        if a.replica != b.replica { return a.replica < b.replica }
        return a.audience == b.audience ? a.lane < b.lane : a.audience < b.audience
    }
}

/// The highest contiguous sequence held of a ledger, and the header digest there.
package struct Tip: Hashable, Sendable {
    package let sequence: UInt64
    package let digest: Digest
    package init(sequence: UInt64, digest: Digest) { (self.sequence, self.digest) = (sequence, digest) }

    /// Before the first entry.
    package static let none = Tip(sequence: 0, digest: .zero)
}

/// A ledger with its tip: what greetings, receipts and heartbeats carry.
package struct LedgerTip: Hashable, Sendable {
    package let ledger: LedgerID
    package let tip: Tip
    package init(ledger: LedgerID, tip: Tip) { (self.ledger, self.tip) = (ledger, tip) }
}
