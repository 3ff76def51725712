extension UnitRegistry {
    package func faults() -> [String] { problems().map(\.description) }

    /// Everything wrong with a registry from elsewhere; empty when it may be used.
    /// - Parameter divisions: the national table; codes outside it must be local extensions of this registry.
    package func problems(divisions: Divisions = .standard) -> [DataFault] {
        var found: [DataFault] = []
        if number == 0 { found.append(DataFault("", zh: "没有版次", en: "no edition number", remedyZh: "从 1 开始", remedyEn: "editions count from 1")) }
        divisionProblems(divisions, &found)
        for (index, unit) in units.enumerated() {
            if index > 0, units[index - 1].code == unit.code {
                found.append(DataFault(unit.code.text, zh: "单位重复", en: "the unit is listed twice", remedyZh: "每个单位一条", remedyEn: "list it once"))
            }
            unitProblems(unit, divisions, &found)
        }
        let roots = Set(units.flatMap(\.nodes).map(\.root))
        if roots.count > 1 {
            found.append(DataFault("", zh: "单位分属不同的根节点：\(roots.sorted().map(\.description).joined(separator: "、"))", en: "nodes of several roots: \(roots.sorted().map(\.description).joined(separator: ", "))",
                                   remedyZh: "一个登记册只含一个根", remedyEn: "a registry is of one root"))
        }
        successionProblems(&found)
        for (index, mirror) in mirrors.enumerated() {
            func add(_ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String) {
                found.append(DataFault("mirrors/\(mirror.list)", zh: zh, en: en, remedyZh: remedyZh, remedyEn: remedyEn))
            }
            if mirror.list.isEmpty || mirror.title.isEmpty || mirror.authority.isEmpty { add("缺少代码、名称或主管部门", "no code, title or authority", "补全", "complete it") }
            if index > 0, mirrors[index - 1].list == mirror.list { add("名单重复", "the list is mirrored twice", "每个名单一条", "list it once") }
            if !mirror.basis.isUsable { add("没有法定依据", "no legal basis", "写明文件", "name the instrument") }
            if unit(mirror.mirroredBy) == nil { add("转载单位 \(mirror.mirroredBy) 未登记", "mirrored by \(mirror.mirroredBy), which is not registered", "先登记该单位", "register the unit") }
        }
        return found
    }

    private func divisionProblems(_ divisions: Divisions, _ found: inout [DataFault]) {
        for (index, division) in localDivisions.enumerated() {
            func add(_ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String) {
                found.append(DataFault("divisions/\(division.code)", zh: zh, en: en, remedyZh: remedyZh, remedyEn: remedyEn))
            }
            if !division.isLocal || !Division.isWellFormed(division.code) { add("本地代码格式有误", "no local code", "L + 上级6位代码 + 2至6位数字", "write L, six digits of the parent, two to six digits") }
            if index > 0, localDivisions[index - 1].code == division.code { add("代码重复", "the code is used twice", "各用一个代码", "give each its own") }
            if division.name.isEmpty { add("没有名称", "no name", "填写名称", "name it") }
            guard let parent = divisions[division.parent] else { add("上级 \(division.parent) 不存在", "its parent \(division.parent) does not exist", "填写国家代码", "name a national code"); continue }
            if !division.code.dropFirst().hasPrefix(parent.code.prefix(6)) { add("代码与上级不符", "the code does not carry its parent's digits", "L 之后写上级6位代码", "write the parent's six digits after L") }
        }
    }

    private func unitProblems(_ unit: UnitEntry, _ divisions: Divisions, _ found: inout [DataFault]) {
        func add(_ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String) {
            found.append(DataFault(unit.code.text, zh: zh, en: en, remedyZh: remedyZh, remedyEn: remedyEn))
        }
        if unit.name.isEmpty { add("没有名称", "no name", "填写单位名称", "name it") }
        if division(unit.division, in: divisions) == nil {
            add("行政区划 \(unit.division) 不在区划表中", "division \(unit.division) is in no table", "核对代码，或登记为本地扩展代码", "check it, or register a local extension")
        }
        if zip(unit.roles, unit.roles.dropFirst()).contains(where: { $0 >= $1 }) { add("角色重复或未排序", "roles twice or out of order", "每项一次，按次序", "give each once, in order") }
        if Set(unit.nodes).count != unit.nodes.count { add("节点重复", "a node is listed twice", "每个节点一次", "list it once") }
        if let home = unit.home {
            if home.depth != Int(unit.tier) { add("属地节点 \(home) 不在第 \(unit.tier) 级", "its home \(home) is not at tier \(unit.tier)", "核对层级或节点", "check tier and node") }
        } else {
            add("没有属地节点", "it works at no node", "至少一个节点，第一个为属地", "give at least one; the first is its home")
        }
        if unit.listingPower, unit.tier > 2 { add("街道单位只能建议列入名单", "a street's unit proposes, it issues no list", "取消列入权", "remove the listing power") }
        if let from = unit.validFrom, let to = unit.validTo, to < from { add("有效期止早于起", "ends before it begins", "核对日期", "check both days") }
    }

    private func successionProblems(_ found: inout [DataFault]) {
        for (index, one) in successions.enumerated() {
            func add(_ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String) {
                found.append(DataFault("successions/\(one.from)", zh: zh, en: en, remedyZh: remedyZh, remedyEn: remedyEn))
            }
            if one.document.isEmpty { add("没有批准文号", "no document", "填写机构改革文件的文号", "name the instrument") }
            for code in [one.from, one.to] where unit(code) == nil { add("单位 \(code) 未登记", "\(code) is not registered", "新旧单位都须登记", "register both units") }
            if let from = unit(one.to)?.validFrom, one.on < from { add("接续单位 \(one.to) 当日尚未成立", "\(one.to) does not exist on that day", "核对日期", "check the day") }
            if let last = unit(one.from)?.validTo, one.on > (last.adding(days: 1) ?? .latest) { add("撤销与接续之间有空档", "a gap between the old unit's last day and the new one's first", "核对日期", "check both days") }
            if !CutOver.isSound(one.cutOver) {
                add("切换点有误", "the cut-over is out of order or empty", "按副本排序，计数从 1 开始", "sort by replica, counters begin at 1")
            }
            let hasSibling = (index > 0 && successions[index - 1].from == one.from) || (index + 1 < successions.count && successions[index + 1].from == one.from)
            if hasSibling, one.kind != .split { add("有多个接续单位，应注明为拆分", "several successors, so it is a split", "kind 改为 split", "make the kind split") }
            if index > 0, successions[index - 1].from == one.from, successions[index - 1].to == one.to { add("接续重复", "the succession is listed twice", "只写一次", "list it once") }
        }
        if let cycle = cycle() {
            let chain = (cycle + cycle.prefix(1)).map(\.text).joined(separator: " → ")
            found.append(DataFault("successions", zh: "接续成环：\(chain)", en: "successions run in a circle: \(chain)", remedyZh: "核对新旧单位", remedyEn: "check old and new units"))
        }
    }
}
