import NodeRuntime
import Samples
import Stage

/// The list, the cut line and its return.
extension DemoStory {
    private static func actor(_ options: ActorOptions) -> [String] {
        ["--unit", options.unit, "--operator", options.operator] + (options.reviewer.map { ["--reviewer", $0] } ?? [])
    }

    /// Number of the decision that put a subject on the list; a removal names it too.
    private static func listing(_ index: Int) -> String { "演示列入〔2026〕\(index + 1)号" }

    func publishList(_ town: DemoTown) async throws {
        let office = Self.actor(DemoTown.office)
        try await town.city.perform([
            "list", "create", Self.list, "--title", "严重违法失信名单（演示）", "--basis", "《市场监督管理严重违法失信名单管理办法》（国家市场监督管理总局令第44号）",
            "--max-age-hours", "168",
        ] + office)
        for (index, subject) in Self.subjects.prefix(3).enumerated() {
            try await town.city.perform(["list", "add", Self.list, "--subject", subject.code, "--name", subject.name, "--document", Self.listing(index)] + office)
        }
        try await town.city.perform(["list", "publish", Self.list] + office)
        screen.say("市级依据规章建立名单，列入 3 个虚构主体并发布。没有依据的名单无法建立。", "The city created a list on its legal basis, put 3 invented subjects on it and published. No basis, no list.")
        let start = ContinuousClock.now
        try await watchList(town.nodes, "名单到达每个节点 / the list is at every node", town) { $0.edition != nil && $0.entries == 3 }
        screen.say("名单 \((ContinuousClock.now - start).seconds) 秒内到达全部节点。", "The list was at every node within \((ContinuousClock.now - start).seconds) s.")
    }

    private func watchList(_ nodes: [StagedNode], _ what: String, _ town: DemoTown, until done: @Sendable (DemoFacts) -> Bool) async throws {
        let paths = Set(nodes.map(\.path))
        _ = try await wait(for: what, within: .seconds(30)) {
            let facts = try await town.facts()
            return (facts.filter { paths.contains($0.path) }, DemoFacts.words(facts))
        } until: { $0.allSatisfy(done) }
    }

    func cutLine(_ town: DemoTown) async throws {
        let street = town.away
        await street.line.cut()
        let state = try await wait(for: "积玉桥察觉断线 / jiyuqiao notices the cut", within: .seconds(30)) {
            let facts = try await town.facts()
            return (town.away(in: facts), DemoFacts.words(facts))
        } until: { $0?.link != "connected" }
        guard let state else { throw DemoSurprise(what: "\(street.node.path) is gone") }
        screen.say("线路已剪断（两端连接关闭，端口拒绝连接）；积玉桥自己的状态：\(state.link)。", "The line is cut: both ends closed, the port refuses. Jiyuqiao itself says: \(state.link).")
        let before = state.records
        for file in try writeFiles(street, first: rows, count: Self.offlineRows, faults: [:]) {
            let report = try await street.node.importFile(file.path, item: file.item, actor: street.actor)
            guard report.refused == 0 else { throw DemoSurprise(what: "\(report.refused) rows refused offline") }
        }
        let facts = try await town.facts()
        guard let now = town.away(in: facts), now.records == before + Self.offlineRows else { throw DemoSurprise(what: DemoFacts.words(facts)) }
        screen.say(
            "离线照常工作：又导入 \(Self.offlineRows) 行，待上报 \(now.backlog)；市级仍为 \(facts[0].records) 条。",
            "Work goes on without the line: \(Self.offlineRows) more rows, backlog \(now.backlog); the city still has \(facts[0].records).")
        try await lookUp(street, Self.subjects[0], .onTheList)
        try await lookUp(street, Self.subjects[3], .notOnTheList)
        let removed = Self.subjects[1]
        try await town.city.perform([
            "list", "remove", Self.list, "--subject", removed.code, "--document", Self.listing(1), "--reason", "已履行义务，信用修复",
        ] + Self.actor(DemoTown.office))
        try await watchList(town.nodes.filter { $0.path != street.node.path }, "移出到达在线节点 / the removal is at the nodes with a line", town) { $0.entries == 3 }
        screen.say("此时市级移出一个主体（信用修复）：在线的中华路立即生效。", "Meanwhile the city removed one subject (repair): in force at once where there is a line.")
        try await lookUp(town.other, removed, .notOnTheList)
        try await lookUp(street, removed, .onTheList)
        screen.say("积玉桥还不知道，但答复写明了数据截至的时间。", "Jiyuqiao cannot know yet, but its answer says how old its knowledge is.")
    }

    func restoreLine(_ town: DemoTown) async throws {
        let street = town.away
        try await street.line.restore()
        let start = ContinuousClock.now, expected = allRows + Self.offlineRows
        try await watch(town, "积玉桥补齐上报并收到移出 / jiyuqiao catches up and hears of the removal", within: .seconds(60)) { facts in
            facts[0].records == expected && facts.allSatisfy { $0.backlog == 0 && $0.entries == 3 } && town.away(in: facts)?.link == "connected"
        }
        screen.say("恢复后 \((ContinuousClock.now - start).seconds) 秒：\(Self.offlineRows) 条到达市级，移出到达积玉桥。", "\((ContinuousClock.now - start).seconds) s after the return the rows are at the city and the removal is at the street.")
        try await lookUp(street, Self.subjects[1], .notOnTheList)
    }

    /// Asks at a street through the real command, prints the answer, and throws when it is another than expected.
    private func lookUp(_ street: DemoStreet, _ subject: SampleSubject, _ expected: LookupCommand.Answer) async throws {
        let answer = try await street.node.run(
            ["lookup", subject.code, "--purpose", "政府采购资格审查（演示）", "--unit", street.unit.code, "--operator", "经办甲"], as: LookupCommand.Response.self)
        guard let first = answer.lists.first(where: { $0.answer == expected }), answer.lists.allSatisfy({ $0.answer == expected }) else {
            throw DemoSurprise(what: "look-up of \(subject.code) at \(street.node.path): \(answer.lists.map(\.answer.rawValue)) instead of \(expected.rawValue)")
        }
        screen.say(
            "\(street.title)查询 \(subject.name)：\(expected == .onTheList ? "在名单上" : "不在名单上")（截至 \(first.asOf ?? "?")，查询回执 \(answer.receipt)）",
            "Look-up at \(street.node.name): \(expected.rawValue), as of \(first.asOf ?? "?")")
    }
}
