import Foundation
import Registry

extension UnitRegistry {
    /// More than any prefecture has; bounds what a peer can make us decode.
    private static let maximumEntries = 50_000

    var wire: WireUnitRegistryEdition {
        var wire = WireUnitRegistryEdition()
        wire.number = number
        wire.title = title
        wire.divisions = localDivisions.map { division in
            var out = WireLocalDivision()
            out.code = division.code
            out.name = division.name
            out.parent = division.parent
            out.level = division.level.rawValue
            return out
        }
        wire.units = units.map(\.wire)
        wire.successions = successions.map(\.wire)
        wire.mirrors = mirrors.map { mirror in
            var out = WireListMirror()
            out.list = mirror.list
            out.title = mirror.title
            out.authority = mirror.authority
            out.basis = mirror.basis.wire
            out.mirroredBy = mirror.mirroredBy.text
            return out
        }
        return wire
    }

    /// - Throws: ``CodingFault`` for what is no registry, or one with faults of its own.
    init(_ wire: WireUnitRegistryEdition) throws(CodingFault) {
        guard wire.units.count <= Self.maximumEntries, wire.successions.count <= Self.maximumEntries, wire.mirrors.count <= 1000, wire.divisions.count <= 1000 else {
            throw CodingFault("a unit registry of \(wire.units.count) units, \(wire.successions.count) successions")
        }
        var divisions: [Division] = [], units: [UnitEntry] = [], successions: [Succession] = [], mirrors: [ListMirror] = []
        for division in wire.divisions {
            guard let level = DivisionLevel(rawValue: division.level) else { throw CodingFault("division \(division.code.bounded(20)): unknown level") }
            divisions.append(Division(code: division.code, name: division.name, parent: division.parent, level: level))
        }
        for unit in wire.units { units.append(try UnitEntry(unit)) }
        for one in wire.successions { successions.append(try Succession(one)) }
        for mirror in wire.mirrors {
            mirrors.append(
                ListMirror(
                    list: mirror.list, title: mirror.title, authority: mirror.authority, basis: LegalBasis(mirror.basis),
                    mirroredBy: try IssuedCoding.code(mirror.mirroredBy)))
        }
        self.init(number: wire.number, title: wire.title, localDivisions: divisions, units: units, successions: successions, mirrors: mirrors)
        try IssuedCoding.refuse(faults(), "unit registry edition \(wire.number)")
    }
}

extension UnitEntry {
    fileprivate var wire: WireUnitEntry {
        var wire = WireUnitEntry()
        wire.code = code.text
        wire.name = name
        wire.kind = kind.rawValue
        wire.division = division
        wire.nodes = nodes.map(\.description)
        wire.tier = tier
        wire.listingPower = listingPower
        wire.roles = roles.map(\.rawValue)
        if let validFrom { wire.validFrom = validFrom.daysSinceEpoch }
        if let validTo { wire.validTo = validTo.daysSinceEpoch }
        return wire
    }

    fileprivate init(_ wire: WireUnitEntry) throws(CodingFault) {
        let code = try IssuedCoding.code(wire.code)
        guard let kind = UnitKind(rawValue: wire.kind), wire.nodes.count <= 64, wire.roles.count <= 16 else {
            throw CodingFault("unit \(code.text): unknown kind \(wire.kind), or too many nodes or roles")
        }
        var nodes: [NodePath] = [], roles: [UnitRole] = []
        for text in wire.nodes {
            guard let node = NodePath(text) else { throw CodingFault("unit \(code.text): not a node path") }
            nodes.append(node)
        }
        for raw in wire.roles {
            guard let role = UnitRole(rawValue: raw) else { throw CodingFault("unit \(code.text): unknown role \(raw)") }
            roles.append(role)
        }
        self.init(
            code: code, name: wire.name, kind: kind, division: wire.division, nodes: nodes, tier: wire.tier, listingPower: wire.listingPower, roles: roles,
            validFrom: wire.hasValidFrom ? try IssuedCoding.date(wire.validFrom) : nil, validTo: wire.hasValidTo ? try IssuedCoding.date(wire.validTo) : nil)
    }
}

extension Succession {
    fileprivate var wire: WireSuccession {
        var wire = WireSuccession()
        wire.from = from.text
        wire.to = to.text
        wire.kind = kind.rawValue
        wire.document = document
        wire.on = on.daysSinceEpoch
        wire.cutOver = cutOver.map(\.wire)
        return wire
    }

    fileprivate init(_ wire: WireSuccession) throws(CodingFault) {
        guard let kind = SuccessionKind(rawValue: wire.kind), wire.cutOver.count <= CutOver.maximumReplicas else { throw CodingFault("a succession of unknown kind \(wire.kind)") }
        self.init(
            from: try IssuedCoding.code(wire.from), to: try IssuedCoding.code(wire.to), kind: kind, document: wire.document, on: try IssuedCoding.date(wire.on),
            cutOver: wire.cutOver.map { CutOver($0) })
    }
}

/// What the codings of issued objects share.
enum IssuedCoding {
    static func code(_ text: String) throws(CodingFault) -> CreditCode {
        guard case .valid(let code, _) = CreditCode.parse(text), code.text == text else {
            throw CodingFault("not a unified social credit code: \(text.bounded(40))")
        }
        return code
    }

    static func date(_ days: Int32) throws(CodingFault) -> CivilDate {
        guard let date = CivilDate(daysSinceEpoch: Int(days)) else { throw CodingFault("no such day \(days)") }
        return date
    }

    /// Empty = nil.
    static func term(_ text: String) throws(CodingFault) -> Term? {
        if text.isEmpty { return nil }
        guard let term = Term(text) else { throw CodingFault("not a term: \(text.bounded(20))") }
        return term
    }

    /// What has faults of its own must not be used; the first few are named.
    static func refuse(_ faults: [String], _ what: String) throws(CodingFault) {
        guard faults.isEmpty else { throw CodingFault("\(what): \(faults.prefix(3).joined(separator: "; "))") }
    }
}
