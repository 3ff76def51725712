import Registry

/// A homomorphic hash of a set (LtHash16: Bellare and Micciancio 1997; Lewi and others 2019): 1024 lanes of 16 bits,
/// each element expanded to 2,048 pseudorandom bytes, added or subtracted lane by lane modulo 2^16. Adding an
/// element costs the same whatever the size of the set, and the order of arrival cannot show.
///
/// Collisions are as hard as short vectors in a lattice of dimension 1024 (at least 200 bits). The caller sees
/// to it that the elements are a set: each at most once.
package struct SetHash: Sendable, Hashable {
    package static let lanes = 1024
    /// Of an expanded element and of ``bytes``.
    package static let byteCount = 2 * lanes
    package static let empty = SetHash(values: [UInt16](repeating: 0, count: lanes))

    private var values: [UInt16]

    private init(values: [UInt16]) { self.values = values }

    /// - Parameter bytes: 2,048 bytes, lanes big-endian; nil for another length.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        values = Self.read(Array(bytes))
    }

    /// Lanes in order, big-endian.
    package var bytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(Self.byteCount)
        for value in values {
            out.append(UInt8(truncatingIfNeeded: value >> 8))
            out.append(UInt8(truncatingIfNeeded: value))
        }
        return out
    }

    /// - Parameter element: expanded to ``byteCount`` bytes.
    package mutating func add(_ element: [UInt8]) { add(SetHash(values: Self.read(element))) }
    package mutating func remove(_ element: [UInt8]) { subtract(SetHash(values: Self.read(element))) }

    package mutating func add(_ other: SetHash) {
        for lane in 0..<Self.lanes { values[lane] &+= other.values[lane] }
    }

    package mutating func subtract(_ other: SetHash) {
        for lane in 0..<Self.lanes { values[lane] &-= other.values[lane] }
    }

    private static func read(_ bytes: [UInt8]) -> [UInt16] {
        precondition(bytes.count == byteCount, "an element of a set hash has 2,048 bytes")
        return [UInt16](unsafeUninitializedCapacity: lanes) { lane, count in
            for index in 0..<lanes { lane[index] = UInt16(bytes[2 * index]) << 8 | UInt16(bytes[2 * index + 1]) }
            count = lanes
        }
    }

    /// What a list edition's digest covers: list, number of published entries, their set hash.
    package func editionMessage(list: Dot, entries: UInt64) -> [UInt8] {
        LengthPrefixed.join("creditnode list v2", [Array(list.description.utf8), BigEndian.bytes(entries), bytes])
    }
}

/// What stands for one thing in a list's set hashes, before it is expanded.
package enum ListElement {
    /// Everything that was published of an entry.
    package static func entry(id: Dot, subject: String, name: String, document: String, authority: String, since: CivilDate, until: CivilDate?) -> [UInt8] {
        LengthPrefixed.join(
            "creditnode list entry v2",
            [
                Array(id.description.utf8), Array(subject.utf8), Array(document.utf8), Array(authority.utf8), Array(name.utf8),
                BigEndian.bytes(Int64(since.daysSinceEpoch)), BigEndian.bytes(Int64(until?.daysSinceEpoch ?? 0)),
            ])
    }

    package static func removal(subject: String, document: String) -> [UInt8] {
        LengthPrefixed.join("creditnode list removal v2", [Array(subject.utf8), Array(document.utf8)])
    }
}
