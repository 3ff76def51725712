import Registry
import Testing

/// Registries of synthetic units.
enum TestUnits {
    /// The clerk's unit and others, each with what it may do.
    static func registry(_ number: UInt64 = 1, _ units: [UnitEntry], successions: [Succession] = [], mirrors: [ListMirror] = []) -> UnitRegistry {
        UnitRegistry(number: number, title: "单位登记册", units: units, successions: successions, mirrors: mirrors)
    }

    static func unit(_ code: String, at nodes: [String], listing: Bool = false, roles: [UnitRole] = [.provider]) throws -> UnitEntry {
        let paths = try nodes.map { try #require(NodePath($0)) }
        return UnitEntry(
            code: try #require(CreditCode(code)), name: "测试机关\(code.suffix(2))", kind: .organ, division: "420106", nodes: paths, tier: UInt32(paths[0].depth),
            listingPower: listing, roles: roles)
    }
}
