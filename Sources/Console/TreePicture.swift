import NodeRuntime

/// The node's place: its parent above, its children below, cards joined by lines. The style of a line repeats
/// the state of its link; the words beside it say the same.
enum TreePicture {
    /// Children drawn at most, with the card that counts the rest four full rows; the table names every link.
    static let maximumChildren = 23

    static func html(_ report: StatusReport, _ l: ConsoleLanguage) -> String {
        let parents = report.links.filter { $0.role == "parent" }
        let children = report.links.filter { $0.role != "parent" }
        let above = parents.map { link in
            "<div class=\"up\">\(card(link, l))</div><div class=\"line \(Words.link(link.state).level.rawValue)\" aria-hidden=\"true\"></div>"
        }.joined()
        return """
            <section class="place" aria-labelledby="place-title">
            <h2 id="place-title">\(l("在联合中的位置", "Place in the federation"))</h2>
            <div class="tree">\(above.isEmpty ? rootNote(report, l) : above)\(own(report, l))\(below(children, l))</div>
            </section>
            """
    }

    private static func rootNote(_ report: StatusReport, _ l: ConsoleLanguage) -> String {
        let isRoot = !report.path.utf8.contains(UInt8(ascii: "/"))
        return "<p class=\"edge\">\(isRoot ? l("根节点，无上级", "the root: nothing above") : l("尚未联系上级", "no link to the parent yet"))</p>"
    }

    private static func own(_ report: StatusReport, _ l: ConsoleLanguage) -> String {
        let tier = Words.tier(ofPath: report.path)
        return """
            <div class="card own"><p class="kind">\(l("本节点", "this node")) · \(l(tier.zh, tier.en))</p>\
            <p class="name">\(HTML.escape(name(report.path)))</p>\(path(report.path))</div>
            """
    }

    private static func below(_ children: [StatusReport.Link], _ l: ConsoleLanguage) -> String {
        guard !children.isEmpty else { return "<p class=\"edge\">\(l("没有下级节点", "no children"))</p>" }
        let care = children.filter(Words.needsCare), calm = children.filter { !Words.needsCare($0) }
        let shown = Array((care + calm).prefix(maximumChildren))
        var cells = shown.map { link in
            let level = Words.link(link.state).level.rawValue
            return "<li class=\"\(level)\">\(card(link, l))</li>"
        }
        if children.count > shown.count {
            let rest = children.count - shown.count
            cells.append("<li class=\"idle\"><div class=\"card more\"><p class=\"name\">+\(rest)</p><p class=\"path\">\(l("其余 \(rest) 个下级见下表", "\(rest) more in the table below"))</p></div></li>")
        }
        return """
            <div class="line good" aria-hidden="true"></div>
            <p class="sum">\(l("\(children.count) 个下级", "\(children.count) children"))\(care.isEmpty ? "" : l("，\(care.count) 个需要关注", ", \(care.count) need attention"))</p>
            <ul class="kids \(cells.count <= 4 ? "few" : "many")">\(cells.joined())</ul>
            """
    }

    private static func card(_ link: StatusReport.Link, _ l: ConsoleLanguage) -> String {
        let tier = Words.tier(ofPath: link.peer), state = Words.link(link.state), silence = Words.silence(link)
        let role = link.role == "parent" ? l("上级", "parent") : l("下级", "child")
        let total = link.backlog.relief + link.backlog.ordinary
        let load = total == 0 ? l("无积压", "no backlog") : l("积压 \(Words.number(total))", "backlog \(Words.number(total))")
        return """
            <div class="card \(state.level.rawValue)"><p class="kind">\(role) · \(l(tier.zh, tier.en))</p>\
            <p class="name">\(HTML.escape(name(link.peer)))</p>\(path(link.peer))\
            <p class="now">\(Icon.state(state, l))<span class="ago">\(l(silence.zh, silence.en))</span></p><p class="load">\(load)</p></div>
            """
    }

    /// The whole path under the name, breakable at its slashes; nothing where the name says it all.
    private static func path(_ path: String) -> String {
        let names = path.split(separator: "/").map { HTML.escape(String($0)) }
        guard names.count > 1 else { return "" }
        return "<p class=\"path\" title=\"\(HTML.escape(path))\">\(names.joined(separator: "/<wbr>"))</p>"
    }

    private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
