/// Level of a division. Raw values are stable.
package enum DivisionLevel: UInt32, Sendable, Hashable, CaseIterable {
    case province = 1
    case city = 2
    case county = 3
    case township = 4

    package var name: String {
        switch self {
        case .province: "province"
        case .city: "city"
        case .county: "county"
        case .township: "township"
        }
    }
}

/// An administrative division, or a local extension of the codes.
package struct Division: Sendable, Hashable {
    /// 6 digits of GB/T 2260 down to the county, 12 of the statistical code for townships; local extensions: see
    /// ``isLocal``.
    package let code: String
    package let name: String
    /// Empty for provinces.
    package let parent: String
    package let level: DivisionLevel

    package init(code: String, name: String, parent: String, level: DivisionLevel) {
        self.code = code
        self.name = name
        self.parent = parent
        self.level = level
    }

    /// A code of this federation's own, for zones that no national table has at their level (武汉东湖新技术开发区): `L`, the six
    /// digits of the division around it, two to six digits. Never exported as a national code.
    package var isLocal: Bool { code.hasPrefix("L") }

    /// - Returns: nil when `code` has the form of no division.
    package static func isWellFormed(_ code: String) -> Bool {
        let bytes = Array(code.utf8)
        let digits = bytes.first == UInt8(ascii: "L") ? bytes.dropFirst() : bytes[...]
        guard digits.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return false }
        return bytes.first == UInt8(ascii: "L") ? (8...12).contains(digits.count) : digits.count == 6 || digits.count == 12
    }
}

/// A table of divisions, ascending by code.
package struct Divisions: Sendable, Hashable {
    package let all: [Division]

    /// Sorts; of equal codes the first stands (``faults()`` of who brings them says so).
    package init(_ divisions: [Division]) {
        var sorted: [Division] = []
        for division in Divisions.sorted(divisions) where sorted.last?.code != division.code { sorted.append(division) }
        all = sorted
    }

    package subscript(code: String) -> Division? {
        var low = 0, high = all.count
        while low < high {
            let middle = (low + high) / 2
            if Divisions.before(all[middle].code, code) { low = middle + 1 } else { high = middle }
        }
        return low < all.count && all[low].code == code ? all[low] : nil
    }

    /// The division and those around it, innermost first; empty when it is unknown.
    package func lineage(of code: String) -> [Division] {
        var found: [Division] = []
        var next = self[code]
        while let division = next, found.count < 8 {
            found.append(division)
            next = division.parent.isEmpty ? nil : self[division.parent]
        }
        return found
    }

    package func children(of code: String) -> [Division] { all.filter { $0.parent == code } }

    /// Byte order.
    private static func before(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
}
