/// Units, where they work, and who follows whom. Issued by the root in editions that travel down.
package struct UnitRegistry: Sendable, Hashable {
    /// Edition, ascending from 1.
    package var number: UInt64
    package var title: String
    /// Codes of this federation's own, ascending by code.
    package var localDivisions: [Division]
    /// Ascending by code, each once.
    package let units: [UnitEntry]
    /// Ascending by old unit, day and new unit.
    package let successions: [Succession]
    /// Ascending by list.
    package let mirrors: [ListMirror]

    /// Sorts, so that equal registries are equal values and bytes.
    package init(number: UInt64, title: String, localDivisions: [Division] = [], units: [UnitEntry], successions: [Succession] = [], mirrors: [ListMirror] = []) {
        self.number = number
        self.title = title
        self.localDivisions = Divisions.sorted(localDivisions)
        self.units = units.enumerated().sorted { $0.element.code == $1.element.code ? $0.offset < $1.offset : $0.element.code < $1.element.code }.map(\.element)
        self.successions = successions.enumerated().sorted { a, b in
            let x = a.element, y = b.element
            return (x.from, x.on, x.to, a.offset) < (y.from, y.on, y.to, b.offset)
        }.map(\.element)
        self.mirrors = mirrors.enumerated().sorted { a, b in
            a.element.list == b.element.list ? a.offset < b.offset : a.element.list.utf8.lexicographicallyPrecedes(b.element.list.utf8)
        }.map(\.element)
    }

    package func unit(_ code: CreditCode) -> UnitEntry? {
        var low = 0, high = units.count
        while low < high {
            let middle = (low + high) / 2
            if units[middle].code < code { low = middle + 1 } else { high = middle }
        }
        return low < units.count && units[low].code == code ? units[low] : nil
    }

    /// The node where the unit's records have their home.
    package func home(of code: CreditCode) -> NodePath? { unit(code)?.home }

    /// True when the unit works at that node; on `date`, when one is given.
    package func isCompetent(_ code: CreditCode, at node: NodePath, on date: CivilDate? = nil) -> Bool {
        guard let unit = unit(code), unit.nodes.contains(node) else { return false }
        return date.map(unit.isValid) ?? true
    }

    /// Units that work at a node, ascending by code.
    package func units(at node: NodePath) -> [UnitEntry] { units.filter { $0.nodes.contains(node) } }

    /// Ascending by day and new unit.
    package func successions(of code: CreditCode) -> [Succession] {
        var low = 0, high = successions.count
        while low < high {
            let middle = (low + high) / 2
            if successions[middle].from < code { low = middle + 1 } else { high = middle }
        }
        var end = low
        while end < successions.count, successions[end].from == code { end += 1 }
        return Array(successions[low..<end])
    }

    /// Who has the duties of `code` on `date` (nil = at last): itself while nobody followed; several after a split.
    /// Ascending. Total: on a cycle, which ``problems()`` refuses, the units already met are not met again, and it may be empty.
    package func successors(of code: CreditCode, on date: CivilDate? = nil) -> [CreditCode] {
        var met: Set<CreditCode> = [code]
        var open = [code]
        var last: [CreditCode] = []
        while let next = open.popLast() {
            let following = successions(of: next).filter { one in date.map { one.on <= $0 } ?? true }
            if following.isEmpty { last.append(next) }
            for one in following where met.insert(one.to).inserted { open.append(one.to) }
        }
        return last.sorted()
    }

    /// True when `heir` has the duties of `code` on `date`, or is `code` itself still holding them: who may correct,
    /// revoke and repair what the old unit decided.
    package func hasDuties(of code: CreditCode, _ heir: CreditCode, on date: CivilDate? = nil) -> Bool {
        successors(of: code, on: date).contains(heir)
    }

    /// The units through which a chain returns to itself, from the smallest of them; nil when there is no cycle. Each
    /// unit is walked once, so that a registry made to be slow is not.
    package func cycle() -> [CreditCode]? {
        var done: Set<CreditCode> = []
        for start in successions.map(\.from) where !done.contains(start) {
            var path = [start]
            var onPath: Set<CreditCode> = [start]
            // Depth first; `branches` holds what is left to try at each step of the path.
            var branches = [successions(of: start).map(\.to)]
            while let step = branches.indices.last {
                guard let next = branches[step].popLast() else {
                    branches.removeLast()
                    let left = path.removeLast()
                    onPath.remove(left)
                    done.insert(left)
                    continue
                }
                if onPath.contains(next), let from = path.firstIndex(of: next) {
                    let found = Array(path[from...])
                    let smallest = found.indices.min { found[$0] < found[$1] } ?? 0
                    return Array(found[smallest...] + found[..<smallest])
                }
                if done.contains(next) { continue }
                path.append(next)
                onPath.insert(next)
                branches.append(successions(of: next).map(\.to))
            }
        }
        return nil
    }

    /// The division of that code, national or this federation's own.
    package func division(_ code: String, in national: Divisions = .standard) -> Division? {
        localDivisions.first { $0.code == code } ?? national[code]
    }
}

extension Divisions {
    static func sorted(_ divisions: [Division]) -> [Division] {
        divisions.enumerated().sorted { a, b in
            a.element.code == b.element.code ? a.offset < b.offset : a.element.code.utf8.lexicographicallyPrecedes(b.element.code.utf8)
        }.map(\.element)
    }
}
