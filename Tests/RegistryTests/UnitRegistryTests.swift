import Registry
import Testing

/// Synthetic codes of organs, distinct by number.
private func unitCode(_ number: Int) -> CreditCode {
    let digits = String(number)
    guard let code = CreditCode(uscc("11000000TEXT" + String(repeating: "0", count: 5 - digits.count) + digits)) else { preconditionFailure("\(number)") }
    return code
}

private func path(_ text: String) -> NodePath {
    guard let path = NodePath(text) else { preconditionFailure(text) }
    return path
}

private func entry(_ number: Int, _ nodes: [String] = ["wuhan/wuchang"], tier: UInt32 = 2) -> UnitEntry {
    UnitEntry(code: unitCode(number), name: "单位\(number)", kind: .organ, division: "420106", nodes: nodes.map(path), tier: tier, roles: [.provider])
}

private func follows(_ from: Int, _ to: Int, _ kind: SuccessionKind = .merge, on: CivilDate = day(2024, 1, 1)) -> Succession {
    Succession(from: unitCode(from), to: unitCode(to), kind: kind, document: "武编〔2023〕\(from)号", on: on)
}

struct UnitRegistryTests {
    @Test func lookups() {
        let registry = UnitRegistry(number: 1, title: "武汉市", units: [entry(3), entry(1, ["wuhan/wuchang", "wuhan/wuchang/jiyuqiao"]), entry(2, ["wuhan"], tier: 1)])
        #expect(registry.faults() == [])
        #expect(registry.units.map(\.code) == registry.units.map(\.code).sorted())
        #expect(registry.unit(unitCode(2))?.name == "单位2" && registry.unit(unitCode(9)) == nil)
        #expect(registry.home(of: unitCode(1)) == path("wuhan/wuchang"))
        #expect(registry.isCompetent(unitCode(1), at: path("wuhan/wuchang/jiyuqiao")) && !registry.isCompetent(unitCode(1), at: path("wuhan")))
        #expect(!registry.isCompetent(unitCode(9), at: path("wuhan")))
        #expect(registry.units(at: path("wuhan/wuchang")).count == 2)
        var ended = entry(1)
        ended.validTo = day(2023, 12, 31)
        let later = UnitRegistry(number: 2, title: "", units: [ended])
        #expect(later.isCompetent(unitCode(1), at: path("wuhan/wuchang"), on: day(2023, 12, 31)) && !later.isCompetent(unitCode(1), at: path("wuhan/wuchang"), on: day(2024, 1, 1)))
    }

    @Test func chainsAndSplits() {
        let registry = UnitRegistry(number: 1, title: "", units: (1...6).map { entry($0) },
                                    successions: [follows(2, 3, on: day(2025, 1, 1)), follows(1, 2), follows(4, 5, .split), follows(4, 6, .split)])
        #expect(registry.faults() == [])
        #expect(registry.successors(of: unitCode(1)) == [unitCode(3)])
        #expect(registry.successors(of: unitCode(1), on: day(2023, 12, 31)) == [unitCode(1)])
        #expect(registry.successors(of: unitCode(1), on: day(2024, 6, 1)) == [unitCode(2)])
        #expect(registry.successors(of: unitCode(4)) == [unitCode(5), unitCode(6)].sorted())
        #expect(registry.hasDuties(of: unitCode(1), unitCode(3)) && !registry.hasDuties(of: unitCode(1), unitCode(1)) && registry.hasDuties(of: unitCode(3), unitCode(3)))
        #expect(registry.successors(of: unitCode(99)) == [unitCode(99)])
    }

    @Test func circles() {
        let two = UnitRegistry(number: 1, title: "", units: [entry(1), entry(2)], successions: [follows(1, 2), follows(2, 1)])
        #expect(two.faults().contains { $0.contains("run in a circle") } && two.successors(of: unitCode(1)) == [])
        let itself = UnitRegistry(number: 1, title: "", units: [entry(1)], successions: [follows(1, 1)])
        #expect(itself.cycle() == [unitCode(1)] && itself.faults().contains { $0.contains("circle") })
    }

    /// A graph has a cycle exactly when taking away units without successors, again and again, leaves some.
    private func hasCycle(_ edges: [(Int, Int)]) -> Bool {
        var left = edges
        while true {
            let next = left.filter { edge in left.contains { $0.0 == edge.1 } }
            if next.count == left.count { return !next.isEmpty }
            left = next
        }
    }

    @Test func circlesAreFoundLikeTheSlowTwinFindsThem() {
        let seed: UInt64 = 0x5EED_0021
        var random = SplitMix64(seed)
        var found = 0
        for round in 0..<400 {
            let units = 2 + Int(random.next() % 7)
            let edges = (0..<Int(random.next() % 9)).map { _ in (1 + Int(random.next() % UInt64(units)), 1 + Int(random.next() % UInt64(units))) }
            let successions = edges.map { follows($0.0, $0.1, .split) }
            let registry = UnitRegistry(number: 1, title: "", units: (1...units).map { entry($0) }, successions: successions)
            let cycle = registry.cycle()
            #expect((cycle != nil) == hasCycle(edges), "seed \(seed) round \(round) \(edges)")
            if let cycle {
                found += 1
                for (a, b) in zip(cycle, Array(cycle.dropFirst()) + cycle.prefix(1)) { #expect(registry.successions(of: a).contains { $0.to == b }, "seed \(seed) round \(round)") }
            } else {
                for unit in registry.units { #expect(!registry.successors(of: unit.code).isEmpty, "seed \(seed) round \(round)") }
            }
            // Order of input does not show.
            let again = UnitRegistry(number: 1, title: "", units: registry.units.shuffled(using: &random), successions: successions.shuffled(using: &random))
            #expect(again.units == registry.units && Set(again.successions) == Set(registry.successions))
        }
        #expect(found > 50 && found < 350)
    }

    @Test func registriesThatMustNotBeUsed() {
        func faults(_ units: [UnitEntry], _ successions: [Succession] = [], local: [Division] = [], mirrors: [ListMirror] = []) -> [String] {
            let registry = UnitRegistry(number: 1, title: "", localDivisions: local, units: units, successions: successions, mirrors: mirrors)
            for fault in registry.problems() { #expect(!fault.zh.isEmpty && !fault.remedyZh.isEmpty && !fault.remedyEn.isEmpty) }
            return registry.problems().map(\.en)
        }
        func with(_ change: (inout UnitEntry) -> Void) -> [String] {
            var unit = entry(1)
            change(&unit)
            return faults([unit])
        }
        #expect(faults([entry(1), entry(1)]) == ["the unit is listed twice"])
        #expect(with { $0.nodes = [] } == ["it works at no node"])
        #expect(with { $0.tier = 3 } == ["its home wuhan/wuchang is not at tier 3"])
        #expect(with { $0.division = "999999" } == ["division 999999 is in no table"])
        #expect(with { $0.division = "L42010001" } == ["division L42010001 is in no table"])
        #expect(with { $0.nodes = [path("wuhan/wuchang/jiyuqiao")]; $0.tier = 3; $0.listingPower = true } == ["a street's unit proposes, it issues no list"])
        #expect(with { $0.roles = [.archive, .provider] } == ["roles twice or out of order"])
        #expect(faults([entry(1), entry(2, ["xianning/a"])]) == ["nodes of several roots: wuhan, xianning"])
        #expect(faults([entry(1)], [follows(1, 2)]).count == 1)
        #expect(faults([entry(1), entry(2), entry(3)], [follows(1, 2), follows(1, 3)]).filter { $0.contains("split") }.count == 2)
        var unsigned = follows(1, 2)
        unsigned.document = ""
        #expect(faults([entry(1), entry(2)], [unsigned]) == ["no document"])
        unsigned = follows(1, 2)
        unsigned.cutOver = [CutOver(replica: "b", counter: 1), CutOver(replica: "a", counter: 1)]
        #expect(faults([entry(1), entry(2)], [unsigned]) == ["the cut-over is out of order or empty"])
        #expect(faults([entry(1)], mirrors: [ListMirror(list: "tax", title: "重大税收违法失信主体", authority: "国家税务总局", basis: LegalBasis(instrument: ""), mirroredBy: unitCode(2))]).count == 2)
        let zone = Division(code: "L42010001", name: "武汉东湖新技术开发区", parent: "420100", level: .county)
        var unit = entry(1)
        unit.division = "L42010001"
        #expect(faults([unit], local: [zone]) == [])
        #expect(faults([], local: [Division(code: "420199", name: "x", parent: "420100", level: .county)]).first == "no local code")
        #expect(faults([], local: [Division(code: "L42100001", name: "x", parent: "420100", level: .county)]) == ["the code does not carry its parent's digits"])
    }

    @Test func divisions() {
        let table = Divisions.standard
        #expect(table.all.count == 586)
        #expect(table["420106001000"]?.name == "积玉桥街道")
        #expect(table.lineage(of: "420106001000").map(\.name) == ["积玉桥街道", "武昌区", "武汉市", "湖北省"])
        #expect(table.children(of: "420106").count == 15 && table.children(of: "420100").count == 13 && table.children(of: "422822").count == 10)
        #expect(table["370104"]?.name == "槐荫区" && table.children(of: "370104").count == 16)
        #expect(table["420107001"] == nil && table.lineage(of: "1").isEmpty)
        for division in table.all {
            #expect(Division.isWellFormed(division.code) && !division.isLocal && table[division.code] == division)
            #expect(division.level == .province ? division.parent.isEmpty : table[division.parent]?.level.rawValue == division.level.rawValue - 1, "\(division.code)")
        }
        for code in ["L420100", "L4201000000000", "42010", "4201A0", ""] { #expect(!Division.isWellFormed(code), "\(code)") }
    }

    @Test("A long chain of successions, as a peer may send it, is judged in a moment", .timeLimit(.minutes(5)))
    func longChains() {
        let count = 9_000
        let units = (1...count).map { entry($0) }
        let chain = (1..<count).map { follows($0, $0 + 1) }
        #expect(UnitRegistry(number: 1, title: "链", units: units, successions: chain).faults().isEmpty)
        let ring = UnitRegistry(number: 1, title: "环", units: units, successions: chain + [follows(count, 1)])
        #expect(ring.cycle()?.count == count && ring.cycle()?.first == ring.units.first?.code)
    }
}
