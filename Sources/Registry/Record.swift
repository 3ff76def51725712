/// The value of one field, normalised.
package enum FieldValue: Sendable, Hashable {
    case text(String)
    case date(CivilDate)
    case amount(Amount)

    package var type: FieldType {
        switch self {
        case .text: .text
        case .date: .date
        case .amount: .amount
        }
    }

    /// As the publicity tables write it: dates `YYYY/MM/DD`, amounts in 万元.
    package var tableText: String {
        switch self {
        case .text(let text): text
        case .date(let date): date.tableText
        case .amount(let amount): amount.description
        }
    }
}

/// Which kind of subject a record is about. Raw values are stable.
package enum SubjectKind: UInt32, Sendable, Hashable, CaseIterable {
    case organisation = 1
    case unregistered = 2
    case person = 3
}

/// Whom a record is about. Printing never gives a person's number.
package enum Subject: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// An organisation or a sole trader with a code.
    case organisation(CreditCode)
    /// A sole trader without a code (placeholder in the row). The name is no key for merging (rule 3.2).
    case unregistered(name: String)
    /// `number` normalised and in clear: for the keyed digest and encryption only.
    case person(IdentityDocument, number: String)

    package var kind: SubjectKind {
        switch self {
        case .organisation: .organisation
        case .unregistered: .unregistered
        case .person: .person
        }
    }

    package var description: String {
        switch self {
        case .organisation(let code): code.text
        case .unregistered(let name): name
        case .person(let document, let number): "\(document.name) \(PersonalText.hidden(number))"
        }
    }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["subject": description]) }
}

/// The three values of 行政相对人类别 (424号).
package enum SubjectClassWord: UInt32, Sendable, Hashable, CaseIterable {
    case organisation = 1
    case naturalPerson = 2
    case soleTrader = 3

    package var text: String {
        switch self {
        case .organisation: "法人及非法人组织"
        case .naturalPerson: "自然人"
        case .soleTrader: "个体工商户"
        }
    }

    package init?(text: String) {
        switch text {
        case "法人及非法人组织": self = .organisation
        case "自然人": self = .naturalPerson
        case "个体工商户": self = .soleTrader
        default: return nil
        }
    }
}

/// A row split into cells, without a string per cell: one buffer and the bounds of each cell in it.
///
/// Invariant: bounds are pairs start ≤ end inside ``bytes``. Cells may be any bytes; the validator asks for UTF-8.
package struct CellRow: Sendable {
    package private(set) var bytes: [UInt8] = []
    /// start, end, start, end …
    private var bounds: [Int32] = []

    package init() {}

    /// For forms and tests.
    package init(_ cells: [String]) {
        for cell in cells {
            append(cell.utf8.span, 0, cell.utf8.count)
            closeCell(from: bytes.count - cell.utf8.count)
        }
    }

    package var count: Int { bounds.count / 2 }

    /// Bounds of cell `index`; empty when there is no such cell.
    package func range(_ index: Int) -> Range<Int> {
        guard index >= 0, index * 2 + 1 < bounds.count else { return 0..<0 }
        return Int(bounds[index * 2])..<Int(bounds[index * 2 + 1])
    }

    /// The cell, ill-formed bytes repaired: for headings and messages.
    package func text(_ index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

    package func isBlank(_ index: Int) -> Bool { bytes[range(index)].allSatisfy { $0 <= 0x20 } }

    package mutating func append(_ source: Span<UInt8>, _ from: Int, _ to: Int) {
        let piece = source.extracting(from..<to)
        bytes.reserveCapacity(bytes.count + piece.count)
        for i in 0..<piece.count { bytes.append(piece[i]) }
    }

    /// Appends a piece of a larger buffer; a copy of memory, not a loop.
    package mutating func append(contentsOf piece: ArraySlice<UInt8>) { bytes.append(contentsOf: piece) }

    package mutating func dropLastByte() { if !bytes.isEmpty { bytes.removeLast() } }

    /// Ends a cell that began at `start` and reaches to the end of what was appended, or to `end`.
    package mutating func closeCell(from start: Int, to end: Int? = nil) {
        let stop = min(end ?? bytes.count, bytes.count)
        bounds.append(Int32(truncatingIfNeeded: min(start, stop)))
        bounds.append(Int32(truncatingIfNeeded: stop))
    }

    /// Empties the row and keeps its memory.
    package mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        bounds.removeAll(keepingCapacity: true)
    }
}

/// Where a column of a file goes.
package enum ColumnTarget: Sendable, Hashable {
    case field(UInt32)
    case ignored
}
