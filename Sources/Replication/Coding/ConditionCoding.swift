import Foundation
import Registry

extension NodeCondition {
    var wire: WireCondition {
        var wire = WireCondition()
        wire.software = software
        wire.suite = suite?.rawValue ?? 0
        wire.records = records
        wire.relief = relief
        wire.ordinary = ordinary
        wire.lag = lag
        wire.waiting = waiting
        wire.quarantined = quarantined
        wire.catalogue = catalogue
        wire.lists = lists.map { held in
            var wire = WireListHeld()
            wire.list = held.list.wire
            wire.edition = held.edition
            wire.asOf = held.asOf
            return wire
        }
        wire.moreLists = moreLists
        wire.children = children.map { child in
            var wire = WireChildCondition()
            wire.name = child.name
            wire.line = child.line.rawValue
            if let silent = child.silent { wire.silent = silent }
            wire.relief = child.relief
            wire.ordinary = child.ordinary
            return wire
        }
        wire.moreChildren = moreChildren
        return wire
    }

    /// Reads a peer's word: names that are none are refused, absurd numbers are read as the greatest allowed, and a
    /// line this version does not know is counted and not named.
    init(_ wire: WireCondition, issuer: NodePath) throws(CodingFault) {
        guard wire.children.count <= NodeCondition.maximumChildren, wire.lists.count <= NodeCondition.maximumLists else {
            throw CodingFault("a condition names \(wire.children.count) children and \(wire.lists.count) lists")
        }
        var condition = NodeCondition()
        condition.software = wire.software
        condition.suite = Suite(rawValue: wire.suite)
        condition.records = wire.records
        condition.relief = wire.relief
        condition.ordinary = wire.ordinary
        condition.lag = wire.lag
        condition.waiting = wire.waiting
        condition.quarantined = wire.quarantined
        condition.catalogue = wire.catalogue
        condition.moreLists = wire.moreLists
        condition.moreChildren = min(wire.moreChildren, NodeCondition.maximumCount)
        for held in wire.lists {
            condition.lists.append(HeldList(list: try Dot(held.list), edition: held.edition, asOf: min(held.asOf, UInt64(Int64.max))))
        }
        var names: Set<String> = []
        for child in wire.children {
            guard issuer.child(child.name) != nil else { throw CodingFault("\(issuer) names a child that cannot be: \(child.name.bounded(80))") }
            guard names.insert(child.name).inserted else { throw CodingFault("\(issuer) names the child \(child.name) twice") }
            guard let line = Line(rawValue: child.line) else {
                condition.moreChildren += 1
                continue
            }
            condition.children.append(
                Child(name: child.name, line: line, silent: child.hasSilent ? child.silent : nil, relief: child.relief, ordinary: child.ordinary))
        }
        self = condition.bounded()
    }

    /// Counts what a statement's bytes would become before they are decoded: two bytes of an empty child are a
    /// hundred in memory.
    static func checkSize(statement bytes: [UInt8]) throws(CodingFault) {
        let conditions = WireScan.count(field: 18, in: bytes[...])
        guard conditions > 0 else { return }
        guard conditions == 1, bytes.count <= NodeCondition.maximumBytes, let content = WireScan.first(field: 18, in: bytes[...]) else {
            throw CodingFault("a statement of \(bytes.count) bytes with \(conditions) conditions")
        }
        let children = WireScan.count(field: 12, in: content), lists = WireScan.count(field: 10, in: content)
        guard children <= NodeCondition.maximumChildren, lists <= NodeCondition.maximumLists else {
            throw CodingFault("a condition names \(children) children and \(lists) lists")
        }
    }
}
