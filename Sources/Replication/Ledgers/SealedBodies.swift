/// The serialised changes of a set, in order: places in one buffer, so that a set of a thousand changes is one
/// allocation and nobody copies what is only read. As a collection it hands out copies.
package struct SealedBodies: Sendable, RandomAccessCollection {
    /// In which the bodies lie, among other things.
    package let buffer: [UInt8]
    /// The place of each body; an empty one is missing (erased, or a hole).
    package let places: [Range<Int>]

    /// - Precondition: every place lies in the buffer.
    package init(_ buffer: [UInt8], _ places: [Range<Int>]) {
        precondition(places.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= buffer.count }, "places of the buffer")
        (self.buffer, self.places) = (buffer, places)
    }

    /// A copy of all.
    package init(_ bodies: [[UInt8]]) {
        var buffer: [UInt8] = []
        buffer.reserveCapacity(bodies.reduce(0) { $0 + $1.count })
        var places: [Range<Int>] = []
        places.reserveCapacity(bodies.count)
        for body in bodies {
            places.append(buffer.count..<buffer.count + body.count)
            buffer += body
        }
        self.init(buffer, places)
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { places.count }
    /// A copy; nil = missing.
    package subscript(index: Int) -> [UInt8]? { places[index].isEmpty ? nil : Array(buffer[places[index]]) }

    /// The first body that is missing.
    package var firstHole: Int? { places.firstIndex(where: \.isEmpty) }
}
