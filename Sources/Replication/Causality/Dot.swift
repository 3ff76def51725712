import Registry

/// One lifetime of a replica, a random 128-bit value: new at init, at restore from a backup and
/// after a detected clone, so that a restored node never reuses counters (guarantee 10).
package struct Incarnation: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let high: UInt64, low: UInt64

    package init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

    /// - Returns: nil unless `bytes` has exactly 16 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var high: UInt64 = 0, low: UInt64 = 0
        for (i, byte) in bytes.enumerated() {
            if i < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
        }
        self.init(high: high, low: low)
    }

    package var bytes: [UInt8] {
        var words = (high.bigEndian, low.bigEndian)
        return withUnsafeBytes(of: &words) { Array($0) }
    }

    /// 32 hexadecimal characters.
    package var description: String { Hex.encode(bytes) }
    /// The first 8, for people.
    package var short: String { String(description.prefix(8)) }

    package static func < (a: Incarnation, b: Incarnation) -> Bool { (a.high, a.low) < (b.high, b.low) }
}

/// A node path in one of its lifetimes.
package struct ReplicaID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let path: NodePath
    package let incarnation: Incarnation

    package init(path: NodePath, incarnation: Incarnation) { (self.path, self.incarnation) = (path, incarnation) }

    package var description: String { "\(path)#\(incarnation.short)" }

    /// Incarnations are chance: they tell most replicas apart, and are compared faster than names.
    package static func == (a: ReplicaID, b: ReplicaID) -> Bool { a.incarnation == b.incarnation && a.path == b.path }

    package static func < (a: ReplicaID, b: ReplicaID) -> Bool {
        a.path == b.path ? a.incarnation < b.incarnation : a.path < b.path
    }
}

/// The globally unique id of a change. As a record id it names the change that created the record.
package struct Dot: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let replica: ReplicaID
    /// From 1; counter order is commit order within a replica (guarantee 2, trap 4).
    package let counter: UInt64

    package init(replica: ReplicaID, counter: UInt64) { (self.replica, self.counter) = (replica, counter) }

    /// `wuhan/wuchang/jiyuqiao#1f2e3d4c5b6a79888796a5b4c3d2e1f0:17`, read back by ``init(_:)``.
    package var description: String {
        var text = replica.path.description
        text.reserveCapacity(text.utf8.count + 54)
        text += "#"
        text += replica.incarnation.description
        text += ":"
        text += String(counter)
        return text
    }
    /// With the incarnation shortened, for people.
    package var short: String { "\(replica):\(counter)" }

    /// Reads ``description``. - Returns: nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "#", omittingEmptySubsequences: false)
        guard parts.count == 2, let path = NodePath(String(parts[0])) else { return nil }
        let tail = parts[1].split(separator: ":", omittingEmptySubsequences: false)
        guard tail.count == 2, let raw = Hex.decode(String(tail[0])), let incarnation = Incarnation(raw),
            let counter = UInt64(tail[1]), counter > 0, counter < 1 << 62
        else { return nil }
        self.init(replica: ReplicaID(path: path, incarnation: incarnation), counter: counter)
    }

    package static func == (a: Dot, b: Dot) -> Bool { a.counter == b.counter && a.replica == b.replica }

    package static func < (a: Dot, b: Dot) -> Bool {
        a.replica == b.replica ? a.counter < b.counter : a.replica < b.replica
    }
}
