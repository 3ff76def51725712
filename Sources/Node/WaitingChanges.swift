import Replication
import Synchronization

/// Changes that were read a moment ago and wait for something, mostly relief that overtook its record: when that comes, they
/// are not read once more. A help for speed alone; whatever is not here is read from the log.
package final class WaitingChanges: Sendable {
    /// Some six MiB of honest changes.
    package static let most = 4_096
    package static let longest = 8_192

    /// A table of references, for a change is large and a table moves what it holds when it grows.
    private final class Held: Sendable {
        let body: [UInt8]
        let change: Change
        init(_ body: [UInt8], _ change: Change) { (self.body, self.change) = (body, change) }
    }

    private let held = Mutex<[Dot: Held]>([:])

    package init() {}

    package var count: Int { held.withLock { $0.count } }

    /// What was erased is not kept in memory either.
    package func forget() { held.withLock { $0 = [:] } }

    package func keep(_ change: Change, _ dot: Dot, _ body: [UInt8]) {
        guard body.count <= Self.longest else { return }
        let new = Held(body, change)
        held.withLock { held in
            if held.count < Self.most || held[dot] != nil { held[dot] = new }
        }
    }

    /// - Parameter body: as the log holds it: another change with the same dot, of a transaction that failed, is not given out.
    package func take(_ dot: Dot, _ body: [UInt8]) -> Change? {
        held.withLock { $0.removeValue(forKey: dot) }.flatMap { $0.body == body ? $0.change : nil }
    }
}

/// What a projector knows at the moment, so that the replica is not asked again.
final class ProjectorShelf {
    /// Of the record whose row was just put.
    var naturalKey: (record: Dot, key: [UInt8])?
    /// Number of the last look-up; nil = not asked yet.
    var lookups: Int64?
}
