import NodeRuntime

/// One node as a card: what one sees at a glance, and on a click or key everything that is known of it.
enum NodeCard {
    static func html(_ node: Health.Node, _ l: ConsoleLanguage) -> String {
        let word = Health.word(node), tier = Words.tier(ofPath: node.path)
        let kind = node.own ? l("本节点 · \(tier.zh)", "this node · \(tier.en)") : l(tier.zh, tier.en)
        return """
            <details class="node \(word.level.rawValue)\(node.own ? " own" : "")\(node.above ? " above" : "")" id="\(id(node.path))"><summary>\
            <span class="n-top">\(node.above ? Icon.above : Icon.svg(word.level))<h3>\(HTML.escape(node.name))</h3><span class="n-kind">\(kind)</span>\
            <span class="n-state">\(HTML.escape(l(word.zh, word.en)))</span></span>\(node.above ? heard(node, l) : load(node, l) + meta(node, l))</summary>
            \(NodeDetails.html(node, l))</details>
            """
    }

    /// The path with its slashes as underscores, which no path holds.
    static func id(_ path: String) -> String { "n-" + HTML.escape(path.replacing("/", with: "_")) }

    /// Of a tier above only its signed statements are known.
    private static func heard(_ node: Health.Node, _ l: ConsoleLanguage) -> String {
        let ago = node.ageMs.map { Words.ago(milliseconds: $0) }
        let contact = node.silentMs.map { Words.ago(milliseconds: $0) }
        let seen = contact.map { "<span>\(l("上次联系 \($0.zh)", "seen \($0.en)"))</span>" } ?? ""
        let stated = ago.map { "<span>\(l("签名声明 \($0.zh)", "signed statement \($0.en)"))</span>" } ?? ""
        let none = seen.isEmpty && stated.isEmpty ? "<span>\(l("尚未收到其签名声明", "no signed statement yet"))</span>" : ""
        return "<span class=\"n-meta\">\(seen)\(stated)\(none)</span>"
    }

    private static func load(_ node: Health.Node, _ l: ConsoleLanguage) -> String {
        guard let backlog = node.backlog else {
            return "<span class=\"n-load\">\(Meter.lag(0))<span>\(node.line == "never" ? l("等待首次连接", "waiting for its first contact") : l("尚无自述报告", "has not reported yet"))</span></span>"
        }
        let total = backlog.relief + backlog.ordinary, behind = Words.duration(milliseconds: node.lagMs)
        let relief = backlog.relief == 0 ? "" : "<b class=\"relief\">\(l("救济 \(Words.number(backlog.relief))", "relief \(Words.number(backlog.relief))"))</b>"
        let isPast = !node.live && !node.own
        let text = total == 0 ? (isPast ? l("当时无积压", "no backlog then") : l("无积压", "no backlog")) : l("待传 \(Words.number(total)) · 滞后 \(behind.zh)", "\(Words.number(total)) to send · \(behind.en) behind")
        return "<span class=\"n-load\">\(Meter.lag(node.lagMs))<span>\(text)</span>\(relief)</span>"
    }

    /// Mirror of lists, and when it was last heard of.
    private static func meta(_ node: Health.Node, _ l: ConsoleLanguage) -> String {
        var parts: [String] = []
        if let records = node.records { parts.append("<span>\(l("记录 \(Words.number(records))", "\(Words.number(records)) records"))</span>") }
        if node.backlog != nil { parts.append(mirror(node, l)) }
        if !node.own { parts.append("<span class=\"n-seen\">\(seen(node, l))</span>") }
        return "<span class=\"n-meta\">\(parts.joined())</span>"
    }

    /// The oldest of the lists held: a look-up there is as old as that.
    private static func mirror(_ node: Health.Node, _ l: ConsoleLanguage) -> String {
        let held = node.lists.filter { $0.freshness != "unpublished" }
        guard !held.isEmpty else { return "<span>\(l("无名单", "no lists"))</span>" }
        let bad = held.filter { $0.freshness != "fresh" || $0.behind }
        if let first = bad.first {
            let state = Words.freshness(first.freshness == "fresh" ? "missing" : first.freshness)
            let word = first.freshness == "fresh" ? l("名单旧版", "older list") : l("名单\(state.zh)", "list \(state.en)")
            return "<span class=\"\(state.level.rawValue) tint\">\(Icon.svg(state.level))\(HTML.escape(word))</span>"
        }
        let ago = Words.ago(milliseconds: held.compactMap(\.ageMs).max() ?? 0)
        return "<span class=\"good\">\(Icon.tick)\(l("名单 \(ago.zh)", "lists \(ago.en)"))</span>"
    }

    static func seen(_ node: Health.Node, _ l: ConsoleLanguage) -> String {
        if node.live { return l("在线", "in contact") }
        guard let silent = node.silentMs else {
            if node.line == "never" { return l("从未联系", "never seen") }
            let age = node.ageMs.map { Words.ago(milliseconds: $0) }
            return age.map { l("所知截至\($0.zh)", "known as of \($0.en)") } ?? l("不详", "unknown")
        }
        let ago = Words.ago(milliseconds: silent)
        return l("上次联系 \(ago.zh)", "seen \(ago.en)")
    }
}

/// Everything known of one node.
enum NodeDetails {
    static func html(_ node: Health.Node, _ l: ConsoleLanguage) -> String {
        let notes = node.notes.map { "<li class=\"\(Health.level($0).rawValue)\">\(Icon.svg(Health.level($0)))\(HTML.escape(l($0.zh, $0.en)))</li>" }.joined()
        let list = facts(node, l).map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }.joined()
        return "<div class=\"n-more\">\(notes.isEmpty ? "" : "<ul class=\"n-notes\">\(notes)</ul>")<dl>\(list)</dl>\(lists(node, l))</div>"
    }

    private static func facts(_ node: Health.Node, _ l: ConsoleLanguage) -> [(String, String)] {
        var facts = [(l("路径", "Path"), "<code>\(HTML.escape(node.path).replacing("/", with: "/<wbr>"))</code>")]
        if !node.above, node.line != "root" { facts.append((l("线路", "Line"), Icon.state(Words.link(node.line), l))) }
        if let contact = node.lastContact { facts.append((l("上次联系", "Last contact"), HTML.time(contact))) }
        if let backlog = node.backlog {
            facts.append((l("未达根节点", "Not at the root"), l("救济 \(Words.number(backlog.relief))，普通 \(Words.number(backlog.ordinary))", "relief \(Words.number(backlog.relief)), ordinary \(Words.number(backlog.ordinary))")))
        }
        if let down = node.toCome, down.relief + down.ordinary > 0 {
            facts.append((l("待下发", "To come down"), l("救济 \(Words.number(down.relief))，普通 \(Words.number(down.ordinary))", "relief \(Words.number(down.relief)), ordinary \(Words.number(down.ordinary))")))
        }
        if let waiting = node.waiting, let quarantined = node.quarantined {
            facts.append((l("待判定 / 隔离", "Waiting / quarantined"), "\(Words.number(waiting)) / \(Words.number(quarantined))"))
        }
        if node.backlog != nil {
            let edition = node.catalogue.map { l("第 \($0) 版", "edition \($0)") } ?? l("尚无", "none")
            facts.append((l("目录", "Catalogue"), edition + (node.catalogueBehind ? l("（落后）", " (behind)") : "")))
        }
        if let software = node.software, !software.isEmpty { facts.append((l("软件", "Software"), HTML.escape(software))) }
        if let suite = node.suite { facts.append((l("密码套件", "Suite"), "<code>\(HTML.escape(suite))</code>")) }
        if !node.own, let asOf = node.asOf { facts.append((node.above ? l("声明于", "Stated at") : l("自述于", "Reported at"), HTML.time(asOf))) }
        if node.more > 0 { facts.append((l("未列出的下级", "Children not named"), Words.number(node.more))) }
        return facts
    }

    private static func lists(_ node: Health.Node, _ l: ConsoleLanguage) -> String {
        guard !node.lists.isEmpty else { return "" }
        let rows = node.lists.map { list in
            let age = list.ageMs.map { Words.ago(milliseconds: $0) }
            let edition = list.edition == 0 ? "—" : l("第 \(list.edition) 版", "edition \(list.edition)") + (list.behind ? l("（有更新版次）", " (a newer one exists)") : "")
            return "<li>\(Icon.state(Words.freshness(list.freshness), l)) \(HTML.escape(list.title.isEmpty ? list.code : list.title)) <span class=\"quiet\">\(edition)\(age.map { " · " + l("核实于\($0.zh)", "vouched for \($0.en)") } ?? "")</span></li>"
        }
        return "<ul class=\"n-lists\" aria-label=\"\(l("名单", "Lists"))\">\(rows.joined())</ul>"
    }
}
