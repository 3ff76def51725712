import NodeRuntime

/// Who this node is, and how the whole stands in one sentence.
enum NodeHead {
    static func html(_ report: StatusReport, _ l: ConsoleLanguage) -> String {
        let tier = Words.tier(ofPath: report.path), verdict = Tally(Health.own(report.tree)).sentence(l)
        return """
            <section class="head" aria-labelledby="node-title">
            <div class="seal" aria-hidden="true"><span>\(tier.seal)</span></div>
            <div class="who"><p class="tier">\(l("\(tier.zh)节点", "\(tier.en) node"))</p><h1 id="node-title">\(path(report.path))</h1></div>
            <p class="verdict \(verdict.level.rawValue)">\(Icon.svg(verdict.level))<span>\(HTML.escape(verdict.text))</span></p>
            </section>
            """
    }

    /// What one reads out on the telephone.
    static func facts(_ report: StatusReport, _ l: ConsoleLanguage) -> String {
        var facts: [(String, String)] = [
            (l("服务", "Service"), state(report, l)),
            (l("实例", "Incarnation"), "<code>\(HTML.escape(report.incarnation))</code>"),
            (l("密码套件", "Suite"), "<code>\(HTML.escape(report.suite))</code>"),
            (l("软件", "Software"), HTML.escape(report.software)),
            (l("目录版本", "Catalogue"), report.catalogue.map { l("第 \($0) 版", "edition \($0)") } ?? l("尚无", "none")),
        ]
        if let listen = report.listen { facts.append((l("下级接入", "Children dial"), "<code>\(HTML.escape(listen))</code>")) }
        if let started = report.startedAt { facts.append((l("启动时间", "Started"), HTML.time(started))) }
        let list = facts.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }.joined()
        return DataTable.section(id: "facts", title: l("关于本节点", "About this node"), body: "<dl class=\"facts\">\(list)</dl>")
    }

    private static func state(_ report: StatusReport, _ l: ConsoleLanguage) -> String {
        report.serving
            ? "<span class=\"state good\">\(Icon.svg(.good))\(l("运行中", "serving"))</span>"
            : "<span class=\"state idle\">\(Icon.svg(.idle))\(l("未提供服务", "not serving"))</span>"
    }

    /// The last name strong, those above it quiet; may break at each slash.
    private static func path(_ path: String) -> String {
        let names = path.split(separator: "/").map(String.init)
        let above = names.dropLast().map { "<span class=\"above\">\(HTML.escape($0))/</span><wbr>" }.joined()
        return above + HTML.escape(names.last ?? path)
    }
}

/// The numbers one looks at first.
enum Figures {
    static func html(_ report: StatusReport, _ l: ConsoleLanguage) -> String {
        let parent = report.links.filter { $0.role == "parent" }
        let relief = report.links.reduce(0) { $0 + $1.backlog.relief }
        let lag = parent.map(\.lagMs).max()
        let behind = lag.map { $0 == 0 ? (zh: "无积压", en: "none") : Words.duration(milliseconds: $0) }
        var cells = [
            cell(l("记录", "Records"), Words.number(report.records), ""),
            cell(l("变更", "Changes"), Words.number(report.changes), l("\(Words.number(report.changeSets)) 个变更集", "in \(Words.number(report.changeSets)) change sets")),
        ]
        if let behind {
            let backlog = parent.reduce(0) { $0 + $1.backlog.relief + $1.backlog.ordinary }
            cells.append(cell(l("待上报滞后", "Upward lag"), l(behind.zh, behind.en), l("\(Words.number(backlog)) 条待上级确认", "\(Words.number(backlog)) not yet durable above"),
                              care: (lag ?? 0) > 3_600_000))
        }
        cells += [
            cell(l("救济待传", "Relief waiting"), Words.number(relief), l("撤销、移出、异议标注等优先传送", "travels before everything else"), care: relief > 0),
            cell(l("待判定", "Waiting"), Words.number(report.waiting), l("缺所依据的变更或版本", "for a change or an edition")),
            cell(l("隔离", "Quarantined"), Words.number(report.quarantined), l("真实但不可接受的变更", "authentic, not acceptable"), care: report.quarantined > 0),
        ]
        return "<section aria-label=\"\(l("概览", "At a glance"))\"><dl class=\"figures\">\(cells.joined())</dl></section>"
    }

    private static func cell(_ title: String, _ value: String, _ note: String, care: Bool = false) -> String {
        """
        <div class="figure\(care ? " care" : "")"><dt>\(care ? Icon.svg(.care) : "")\(HTML.escape(title))</dt>\
        <dd><span class="value">\(HTML.escape(value))</span><span class="note">\(HTML.escape(note))</span></dd></div>
        """
    }
}
