import Node
import Registry
import Replication
import Storage

/// What the root issues: units and who succeeds them, what is collected, and the law's terms.
extension Simulator {
    /// Who has a unit's duties, as far as the node knows.
    func duty(of unit: String, at path: NodePath) -> String {
        guard let heir = model.successions[unit], let old = CreditCode(unit), let new = CreditCode(heir) else { return unit }
        return ((try? world.node(path).unitRegistry())?.registry.hasDuties(of: old, new) ?? false) ? heir : unit
    }

    /// The first edition names every unit; each later one may let another succeed the unit of a street.
    func registry(_ random: inout SplitMix64) throws -> String {
        guard let root = world.paths.first else { return "" }
        let node = world.node(root), held = try node.unitRegistry()?.registry
        var entries = held?.units ?? [], successions = held?.successions ?? [], told = "edition \((held?.number ?? 0) + 1)"
        if held == nil {
            for path in world.paths { if let code = units[path].flatMap(CreditCode.init) { entries.append(entry(code, at: path)) } }
        } else if random.chance(700), let path = random.pick(world.paths.filter({ $0.depth > 2 })), let place = world.paths.firstIndex(of: path),
            let old = units[path].flatMap(CreditCode.init), !successions.contains(where: { $0.from == old }), let heir = CreditCode(Units.heir(place))
        {
            entries.append(entry(heir, at: path))
            successions.append(Succession(from: old, to: heir, kind: .merge, document: "编〔2026〕1号", on: Self.day))
            model.successions[old.text] = heir.text
            told += ", \(heir) succeeds \(old)"
        }
        let edition = UnitRegistry(number: (held?.number ?? 0) + 1, title: "单位登记册", units: entries, successions: successions)
        confirm([try node.publish(.units(edition), actor: clerk(at: root))], at: root, lane: .ordinary)
        return told
    }

    /// A unit has posts at its own node and at all above it.
    private func entry(_ code: CreditCode, at path: NodePath) -> UnitEntry {
        UnitEntry(
            code: code, name: "测试机关\(code.text.suffix(4))", kind: .organ, division: "420106", nodes: Array(sequence(first: path, next: \.parent)), tier: UInt32(path.depth),
            listingPower: path.depth <= 2, roles: [.provider])
    }

    /// An item ends or comes back, or is shown less widely or as before.
    func catalogue(_ random: inout SplitMix64) throws -> String {
        guard let root = world.paths.first else { return "" }
        let node = world.node(root)
        var catalogue = try node.currentCatalogue().catalogue
        catalogue.number += 1
        let told: String
        if random.chance(400), let item = Catalogue.standard.item(code: random.chance(500) ? "honour" : "commitment") {
            if catalogue.item(number: item.number) != nil {
                catalogue.items.removeAll { $0.number == item.number }
                let until = random.chance(300) ? CivilDate(year: 2001, month: 3, day: 2) : nil
                catalogue.withdrawals = (catalogue.withdrawals + [ItemWithdrawal(item: item.number, reason: "依据已废止", lawfulUntil: until)]).sorted { $0.item < $1.item }
                model.hasWithdrawals = true
                told = "without \(item.code)\(until.map { ", lawful until \($0)" } ?? "")"
            } else {
                catalogue.withdrawals.removeAll { $0.item == item.number }
                catalogue.items = (catalogue.items + [item]).sorted { $0.number < $1.number }
                told = "with \(item.code) again"
            }
        } else {
            let code = random.chance(500) ? "permit" : "penalty"
            guard let place = catalogue.items.firstIndex(where: { $0.code == code }) else { return "" }
            let isPublic = catalogue.items[place].disclosure == .public
            catalogue.items[place].disclosure = isPublic ? .shared : .public
            catalogue.items[place].sharingScope = isPublic ? "本市各部门" : ""
            catalogue.items[place].publication = isPublic ? .never : Catalogue.standard.item(code: code)?.publication ?? .never
            told = "\(code) \(isPublic ? "shared" : "public")"
        }
        confirm([try node.publishCatalogue(catalogue, actor: clerk(at: root))], at: root, lane: .ordinary)
        return "edition \(catalogue.number) \(told)"
    }

    /// Other terms of law for the whole tree.
    func profile(_ random: inout SplitMix64) throws -> String {
        guard let root = world.paths.first, var profile = LegalProfile.standard("wuhan") else { return "" }
        let node = world.node(root)
        profile.code = root.name
        profile.number = (try node.newest(.profile, code: root.name)?.row.number ?? 0) + 1
        let years = UInt32(1 + random.below(5)), days = UInt32(3 + random.below(20))
        profile.terms = profile.terms.map { one in
            if one.clock == .retention { return ProfileTerm(.retention, .years(years)) }
            return one.clock == .decideOwn ? ProfileTerm(.decideOwn, .workingDays(days)) : one
        }
        confirm([try node.publish(.profile(profile), actor: clerk(at: root))], at: root, lane: .ordinary)
        return "edition \(profile.number): \(years) years, \(days) days"
    }
}
