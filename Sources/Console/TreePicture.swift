import NodeRuntime

/// The federation as known here: tiers above, this node, and everything below it, joined by lines whose drawing
/// repeats the state in words. Small trees are drawn whole; of large ones what needs attention stands first, and who
/// is well is folded away and counted.
enum TreePicture {
    /// Nodes below drawn with a card each.
    static let wholeTree = 24
    /// Side by side at most.
    static let columns = 4
    /// Cards a group at most once it is folded, and names in its fold.
    static let cards = 6
    static let chips = 240

    static func html(_ report: StatusReport, _ l: ConsoleLanguage) -> String {
        let own = Health.own(report.tree)
        return """
            <section class="map" aria-labelledby="map-title">
            <div class="maphead"><h2 id="map-title">\(l("联合全景", "The federation"))</h2>\(Tally(own).html(l))</div>
            <div class="tree">\(above(report.tree, l))\(NodeCard.html(own, l))\(below(own, l))</div>
            \(legend(l))
            </section>
            """
    }

    /// The chain from the root down to the reporting node.
    private static func above(_ root: Health.Node, _ l: ConsoleLanguage) -> String {
        var out = "", node = root
        while !node.own, let next = node.children.first {
            out += "\(NodeCard.html(node, l))\(wire(next))"
            node = next
        }
        return out
    }

    private static func wire(_ node: Health.Node) -> String { "<span class=\"wire \(lineClass(node))\" aria-hidden=\"true\"></span>" }

    /// How the line to the parent is drawn: solid, flowing, dashed or broken.
    static func lineClass(_ node: Health.Node) -> String {
        if node.above { return "l-plain" }
        if !node.live, !node.own { return Words.link(node.line).level == .bad ? "l-cut" : "l-idle" }
        switch Words.link(node.line).level {
        case .bad: return "l-cut"
        case .care, .idle: return "l-idle"
        case .good, .busy: break
        }
        guard let backlog = node.backlog, backlog.relief + backlog.ordinary > 0 else { return node.line == "synchronising" ? "l-flow" : "l-plain" }
        return backlog.relief + backlog.ordinary >= 10_000 ? "l-flow l-thick" : "l-flow"
    }

    private static func below(_ own: Health.Node, _ l: ConsoleLanguage) -> String {
        guard !own.children.isEmpty else { return Welcome.html(own, l) }
        let isWhole = Health.descendants(own) <= wholeTree
        if isWhole, own.children.count <= columns {
            let items = own.children.map { "<li class=\"branch \(lineClass($0))\">\(NodeCard.html($0, l))\(leaves($0.children, more: $0.more, isWhole, l))</li>" }
            return "<span class=\"wire l-plain\" aria-hidden=\"true\"></span><ul class=\"columns c\(items.count)\">\(items.joined())</ul>"
        }
        return "<span class=\"wire l-plain\" aria-hidden=\"true\"></span>" + (own.children.contains { !$0.children.isEmpty } ? rows(own, isWhole, l) : leaves(own.children, more: own.more, isWhole, l, wide: true))
    }

    /// One row a child that has children of its own, worst first.
    private static func rows(_ own: Health.Node, _ isWhole: Bool, _ l: ConsoleLanguage) -> String {
        let items = Health.ordered(own.children).map { child in
            """
            <li class="row \(lineClass(child))"><div class="rowhead">\(NodeCard.html(child, l))</div>\
            <div class="rowbody">\(leaves(child.children, more: child.more, isWhole, l, wide: true))</div></li>
            """
        }
        return "<ul class=\"rows\">\(items.joined(separator: "\n"))\(rest(own.more, l))</ul>"
    }

    /// Nodes below one, each with what hangs below it; in a large tree only those that need attention have a card.
    private static func leaves(_ nodes: [Health.Node], more: Int, _ isWhole: Bool, _ l: ConsoleLanguage, wide: Bool = false) -> String {
        guard !nodes.isEmpty || more > 0 else { return "" }
        let shown = isWhole ? nodes : Array(Health.ordered(nodes).filter { Health.worst($0) < 4 }.prefix(cards))
        let names = Set(shown.map(\.path))
        let folded = nodes.filter { !names.contains($0.path) }
        let items = shown.map { "<li class=\"leaf \(lineClass($0))\">\(NodeCard.html($0, l))\(leaves($0.children, more: $0.more, isWhole, l))</li>" }
        let list = items.isEmpty && more == 0 ? "" : "<ul class=\"leaves\(wide ? " wide" : "")\">\(items.joined())\(rest(more, l))</ul>"
        return folded.isEmpty ? list : fold(folded, of: nodes, l) + list
    }

    private static func rest(_ more: Int, _ l: ConsoleLanguage) -> String {
        more == 0 ? "" : "<li class=\"leaf l-idle\"><p class=\"quiet\">\(l("另有 \(Words.number(more)) 个未列出", "\(Words.number(more)) more, not named"))</p></li>"
    }

    /// Everybody of a group as marks in one line; opened, those without a card by name.
    private static func fold(_ folded: [Health.Node], of group: [Health.Node], _ l: ConsoleLanguage) -> String {
        let chips = Health.ordered(folded).prefix(Self.chips).map { node in
            let word = Health.word(node)
            return "<li class=\"chip \(word.level.rawValue)\" title=\"\(HTML.escape("\(node.path) · \(l(word.zh, word.en)) · \(NodeCard.seen(node, l))"))\">\(Icon.svg(word.level))\(HTML.escape(node.name))</li>"
        }
        let others = folded.count - chips.count
        let parent = group.first.map { $0.path.split(separator: "/").dropLast().joined(separator: "/") } ?? ""
        return """
            <details class="fold" id="f-\(NodeCard.id(parent))"><summary>\(Tally(all: group).html(l))\(Meter.strip(Health.ordered(group), l))\
            <span class="names">\(l("名称", "names"))</span></summary>\
            <ul class="chips">\(chips.joined())\(others > 0 ? "<li class=\"chip\">+\(Words.number(others))</li>" : "")</ul></details>
            """
    }

    private static func legend(_ l: ConsoleLanguage) -> String {
        let levels: [Words.State.Level] = [.good, .busy, .care, .bad, .idle]
        let marks = levels.map { "<li class=\"\($0.rawValue)\">\(Icon.svg($0))\(Tally.word($0, l))</li>" }.joined()
        return """
            <div class="legend"><ul>\(marks)</ul><p>\(Meter.lag(700_000))\(l("滞后：10 秒 · 1 分 · 10 分 · 1 小时 · 更久", "lag: 10 s · 1 min · 10 min · 1 h · longer"))</p>\
            <p>\(l("点开任一节点看详情", "Open a node for its details"))</p></div>
            """
    }
}
