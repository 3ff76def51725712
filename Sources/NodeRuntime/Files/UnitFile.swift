import Registry

extension DataFiles {
    /// Reads a unit registry.
    /// - Throws: ``FileFaults``, each with file, line, unit and remedy.
    package static func units(yaml: String, file: String) throws(FileFaults) -> UnitRegistry {
        let (sheet, root) = try YAMLSheet.read(yaml, file: file)
        let registry = UnitRegistry(
            number: root.needed("number", 0, hint: "1…") { UInt64($0) }, title: root.optional("title") ?? "",
            localDivisions: root.tables("divisions") { "divisions/\($0.peek("code"))" }.map(division),
            units: root.tables("units") { $0.peek("code") }.compactMap(unit),
            successions: root.tables("successions") { "successions/\($0.peek("from"))" }.compactMap(succession),
            mirrors: root.tables("mirrors") { "mirrors/\($0.peek("list"))" }.compactMap(mirror))
        root.end()
        return try check(registry, sheet) { $0.problems() }
    }

    private static let codeHint = "18位统一社会信用代码 a unified social credit code"

    private static func code(_ key: String, _ t: YAMLTable) -> CreditCode? {
        guard t.peek(key) != "?" else { _ = t.text(key); return nil }
        return t.value(key, hint: codeHint) { CreditCode($0) }
    }

    private static func division(_ t: YAMLTable) -> Division {
        defer { t.end() }
        let levels = DivisionLevel.allCases
        return Division(
            code: t.text("code"), name: t.text("name"), parent: t.text("parent"),
            level: t.needed("level", .township, hint: levels.map(\.name).joined(separator: " / ")) { name in levels.first { $0.name == name } })
    }

    private static func unit(_ t: YAMLTable) -> UnitEntry? {
        defer { t.end() }
        let code = code("code", t), name = t.text("name"), kinds = UnitKind.allCases, roles = UnitRole.allCases
        let kind = t.needed("kind", .organ, hint: kinds.map(\.name).joined(separator: " / ")) { name in kinds.first { $0.name == name } }
        let nodes = t.list("nodes", hint: "[wuhan/wuchang]") { NodePath($0) }
        let tier: UInt32 = t.needed("tier", 1, hint: "1, 2, 3") { UInt32($0) }
        let played = t.list("roles", hint: roles.map(\.name).joined(separator: " / ")) { name in roles.first { $0.name == name } }
        let division = t.text("division"), power = t.flag("listing_power"), from = t.date("valid_from"), to = t.date("valid_to")
        return code.map { UnitEntry(code: $0, name: name, kind: kind, division: division, nodes: nodes, tier: tier, listingPower: power, roles: played, validFrom: from, validTo: to) }
    }

    private static func succession(_ t: YAMLTable) -> Succession? {
        defer { t.end() }
        let from = code("from", t), to = code("to", t), kinds = SuccessionKind.allCases
        let kind = t.needed("kind", .merge, hint: kinds.map(\.name).joined(separator: " / ")) { name in kinds.first { $0.name == name } }
        let document = t.text("document"), day = t.needed("on", CivilDate.earliest, hint: "2024-01-31") { CivilDate.parse($0) }
        let cutOver = t.tables("cut_over") { _ in "cut_over" }.map { one in
            let cut = CutOver(replica: one.text("replica"), counter: one.needed("counter", 0, hint: "1…") { UInt64($0) })
            one.end()
            return cut
        }
        guard let from, let to else { return nil }
        return Succession(from: from, to: to, kind: kind, document: document, on: day, cutOver: cutOver)
    }

    private static func mirror(_ t: YAMLTable) -> ListMirror? {
        defer { t.end() }
        let unit = code("mirrored_by", t), list = t.text("list"), title = t.text("title"), authority = t.text("authority")
        let basis = t.table("basis").map(basis) ?? LegalBasis(instrument: "")
        return unit.map { ListMirror(list: list, title: title, authority: authority, basis: basis, mirroredBy: $0) }
    }

    /// The registry as a commented file; ``units(yaml:file:)`` reads it back.
    package static func yaml(_ registry: UnitRegistry) -> String {
        var out = YAMLText()
        out.comment("单位登记册。nodes 第一个为属地节点；successions 写机构改革的接续关系；divisions 为本地扩展区划代码。")
        out.comment("Units: the first of `nodes` is the home; `successions` say who follows whom; `divisions` are codes of our own.")
        out.blank()
        out.pair(0, "number", "\(registry.number)")
        out.pair(0, "title", registry.title)
        if !registry.localDivisions.isEmpty { out.line(0, "divisions:") }
        for one in registry.localDivisions {
            out.line(1, "- " + YAMLText.table([("code", one.code), ("name", one.name), ("parent", one.parent), ("level", one.level.name)]))
        }
        out.line(0, registry.units.isEmpty ? "units: []" : "units:")
        for unit in registry.units {
            out.line(1, "- code: \(YAMLText.scalar(unit.code.text))")
            out.pair(2, "name", unit.name)
            out.pair(2, "kind", unit.kind.name)
            out.pair(2, "division", unit.division)
            out.list(2, "nodes", unit.nodes.map(\.description))
            out.pair(2, "tier", "\(unit.tier)")
            out.pair(2, "listing_power", "\(unit.listingPower)")
            out.list(2, "roles", unit.roles.map(\.name))
            out.pair(2, "valid_from", unit.validFrom?.description)
            out.pair(2, "valid_to", unit.validTo?.description)
        }
        if !registry.successions.isEmpty { out.line(0, "successions:") }
        for one in registry.successions {
            out.line(1, "- from: \(YAMLText.scalar(one.from.text))")
            out.pair(2, "to", one.to.text)
            out.pair(2, "kind", one.kind.name)
            out.pair(2, "document", one.document)
            out.pair(2, "on", one.on.description)
            if !one.cutOver.isEmpty { out.line(2, "cut_over:") }
            for cut in one.cutOver { out.line(3, "- " + YAMLText.table([("replica", cut.replica), ("counter", "\(cut.counter)")])) }
        }
        if !registry.mirrors.isEmpty { out.line(0, "mirrors:") }
        for mirror in registry.mirrors {
            out.line(1, "- list: \(YAMLText.scalar(mirror.list))")
            out.pair(2, "title", mirror.title)
            out.pair(2, "authority", mirror.authority)
            out.line(2, "basis: " + table(mirror.basis))
            out.pair(2, "mirrored_by", mirror.mirroredBy.text)
        }
        return out.text
    }
}
