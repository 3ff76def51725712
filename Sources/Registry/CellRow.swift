/// A row split into cells, without a string per cell: one buffer and the bounds of each cell in it.
///
/// Invariant: bounds are pairs start ≤ end inside ``bytes``. Cells may be any bytes; the validator asks for UTF-8.
package struct CellRow: Sendable {
    package private(set) var bytes: [UInt8] = []
    /// start, end, start, end …
    fileprivate var bounds: [Int32] = []

    package init() {}

    /// For forms and tests.
    package init(_ cells: [String]) {
        for cell in cells {
            let start = bytes.count
            bytes.append(contentsOf: cell.utf8)
            closeCell(from: start)
        }
    }

    fileprivate init(_ bytes: [UInt8], _ bounds: [Int32]) { (self.bytes, self.bounds) = (bytes, bounds) }

    package var count: Int { bounds.count / 2 }

    /// Bounds of cell `index`; empty when there is no such cell.
    package func range(_ index: Int) -> Range<Int> {
        guard index >= 0, index * 2 + 1 < bounds.count else { return 0..<0 }
        let stop = min(Int(bounds[index * 2 + 1]), bytes.count)
        return min(Int(bounds[index * 2]), stop)..<stop
    }

    /// The cell, ill-formed bytes repaired: for headings and messages.
    package func text(_ index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

    /// True when every cell is UTF-8: asked of the row as a whole, and no cell begins within a character.
    var isUTF8: Bool {
        let bytes = bytes.span
        for index in 0..<count {
            let cell = range(index)
            if !cell.isEmpty, bytes[cell.lowerBound] & 0xC0 == 0x80 { return false }
        }
        return (try? UTF8Span(validating: bytes)) != nil
    }

    package func isBlank(_ index: Int) -> Bool { bytes[range(index)].allSatisfy { $0 <= 0x20 } }

    /// Appends a piece of a larger buffer; a copy of memory, not a loop.
    package mutating func append(contentsOf piece: ArraySlice<UInt8>) { bytes.append(contentsOf: piece) }

    package mutating func dropLastByte() { if !bytes.isEmpty { bytes.removeLast() } }

    /// Ends a cell that began at `start` and reaches to `stop`, or to the end of what was appended. `stop` may lie
    /// beyond it when the caller appends the rest before anyone reads.
    package mutating func closeCell(from start: Int, to stop: Int? = nil) {
        bounds.append(Int32(truncatingIfNeeded: start))
        bounds.append(Int32(truncatingIfNeeded: stop ?? bytes.count))
    }

    /// Empties the row and keeps its memory.
    package mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        bounds.removeAll(keepingCapacity: true)
    }
}

/// Rows kept one behind the other in one piece of memory: keeping one costs a copy of its bytes and no more.
package struct CellRows: Sendable, RandomAccessCollection {
    private var bytes: [UInt8] = []
    private var bounds: [Int32] = []
    /// Where each row ends in ``bytes`` and in ``bounds``.
    private var ends: [(bytes: Int, bounds: Int)] = []

    package init() {}

    package var startIndex: Int { 0 }
    package var endIndex: Int { ends.count }

    package mutating func append(_ row: borrowing CellRow) {
        row.bytes.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        row.bounds.withUnsafeBufferPointer { bounds.append(contentsOf: $0) }
        ends.append((bytes.count, bounds.count))
    }

    /// A row of its own.
    package subscript(index: Int) -> CellRow {
        let start = index == 0 ? (bytes: 0, bounds: 0) : ends[index - 1]
        return CellRow(Array(bytes[start.bytes..<ends[index].bytes]), Array(bounds[start.bounds..<ends[index].bounds]))
    }
}

/// Where a column of a file goes.
package enum ColumnTarget: Sendable, Hashable {
    case field(UInt32)
    case ignored
}
