import NodeRuntime

/// A table that turns into cards on a narrow screen: each cell carries its heading.
struct DataTable {
    let caption: String
    let columns: [(title: String, numeric: Bool)]
    /// Cells are HTML already.
    var rows: [[String]] = []

    func html() -> String {
        let head = columns.map { "<th scope=\"col\"\($0.numeric ? " class=\"n\"" : "")>\(HTML.escape($0.title))</th>" }.joined()
        let body = rows.map { row in
            let cells = zip(columns, row).enumerated().map { index, pair in
                let tag = index == 0 ? "th scope=\"row\"" : "td"
                let close = index == 0 ? "th" : "td"
                return "<\(tag)\(pair.0.numeric ? " class=\"n\"" : "") data-label=\"\(HTML.escape(pair.0.title))\"><div>\(pair.1)</div></\(close)>"
            }
            return "<tr>\(cells.joined())</tr>"
        }
        return """
            <div class="scroll"><table><caption class="quiet">\(HTML.escape(caption))</caption>
            <thead><tr>\(head)</tr></thead><tbody>\(body.joined(separator: "\n"))</tbody></table></div>
            """
    }

    static func section(id: String, title: String, note: String = "", body: String) -> String {
        let aside = note.isEmpty ? "" : "<p class=\"aside\">\(HTML.escape(note))</p>"
        return "<section class=\"panel\" aria-labelledby=\"\(id)\"><h2 id=\"\(id)\">\(HTML.escape(title))</h2>\(aside)\(body)</section>"
    }
}

/// Every link with its state, lag, backlog per lane, and last contact.
enum LinkTable {
    static func html(_ report: StatusReport, _ l: ConsoleLanguage) -> String {
        let title = l("链路", "Links")
        guard !report.links.isEmpty else {
            return DataTable.section(id: "links", title: title, body: "<p class=\"empty\">\(l("没有链路：本节点独立工作", "No links: this node works alone"))</p>")
        }
        var table = DataTable(caption: title, columns: [
            (l("对端", "Peer"), false), (l("状态", "State"), false), (l("上次联系", "Last contact"), false), (l("滞后", "Lag"), true),
            (l("救济积压", "Relief backlog"), true), (l("普通积压", "Ordinary backlog"), true), (l("地址", "Address"), false),
        ])
        let ordered = report.links.filter { $0.role == "parent" } + report.links.filter { $0.role != "parent" }
        table.rows = ordered.map { row($0, l) }
        return DataTable.section(id: "links", title: title, note: l("滞后＝积压中最早一条变更的年龄", "lag = age of the oldest change in the backlog"), body: table.html())
    }

    private static func row(_ link: StatusReport.Link, _ l: ConsoleLanguage) -> [String] {
        let silence = Words.silence(link), lag = Words.duration(milliseconds: link.lagMs)
        let role = link.role == "parent" ? l("上级", "parent") : l("下级", "child")
        let error = link.lastError.map { "<span class=\"error\">\(HTML.escape($0))</span>" } ?? ""
        return [
            "<span class=\"role\">\(role)</span> <span class=\"peer\">\(HTML.escape(link.peer))</span>",
            Icon.state(Words.link(link.word), l) + error,
            "\(HTML.escape(l(silence.zh, silence.en))) <span class=\"quiet\">\(link.lastContact == nil ? "" : HTML.time(link.lastContact))</span>",
            link.lagMs == 0 ? "<span class=\"none\">0</span>" : HTML.escape(l(lag.zh, lag.en)),
            count(link.backlog.relief, care: true), count(link.backlog.ordinary, care: false),
            link.address.map { "<code>\(HTML.escape($0))</code>" } ?? "<span class=\"none dash\">—</span>",
        ]
    }

    private static func count(_ value: Int, care: Bool) -> String {
        if value == 0 { return "<span class=\"none\">0</span>" }
        return care ? "<strong>\(Icon.svg(.care))\(Words.number(value))</strong>" : Words.number(value)
    }
}

/// Lists held, and whether their issuer still vouches for them.
enum ListTable {
    static func html(_ report: StatusReport, _ l: ConsoleLanguage) -> String {
        let title = l("名单", "Lists")
        guard !report.lists.isEmpty else {
            return DataTable.section(id: "lists", title: title, body: "<p class=\"empty\">\(l("本节点没有名单；查询将答复“未覆盖”", "No lists here; look-ups answer “not covered”"))</p>")
        }
        var table = DataTable(caption: title, columns: [
            (l("名单", "List"), false), (l("时效", "Freshness"), false), (l("版次", "Edition"), true), (l("在列", "Entries"), true), (l("已移出", "Removed"), true),
            (l("声明于", "Vouched for at"), false), (l("有效至", "Valid until"), false),
        ])
        table.rows = report.lists.map { list in
            let staged = list.staged == 0 ? "" : " <span class=\"role\">\(l("\(list.staged) 条待发布", "\(list.staged) staged"))</span>"
            return [
                "<span class=\"peer\">\(HTML.escape(list.title))</span> <code>\(HTML.escape(list.code))</code>\(staged)<span class=\"basis\">\(HTML.escape(list.basis))</span>",
                Icon.state(Words.freshness(list.freshness), l), list.edition.map(String.init) ?? "—",
                Words.number(list.entries), Words.number(list.removed), HTML.time(list.issuedAt), HTML.time(list.validUntil),
            ]
        }
        return DataTable.section(id: "lists", title: title, body: table.html())
    }
}

/// How many records stand here, by home and item.
enum CountTable {
    static func html(_ report: StatusReport, _ l: ConsoleLanguage) -> String {
        let title = l("记录分布", "Records by home and item")
        guard !report.counts.isEmpty else {
            return DataTable.section(id: "counts", title: title, body: "<p class=\"empty\">\(l("还没有记录", "No records yet"))</p>")
        }
        let greatest = max(1, report.counts.map(\.count).max() ?? 1)
        var table = DataTable(caption: title, columns: [
            (l("属地", "Home"), false), (l("事项", "Item"), false), (l("效力", "Validity"), false), (l("数量", "Count"), true), (l("占最大值", "Share of the largest"), false),
        ])
        table.rows = report.counts.map { count in
            let item = Words.item(count.item), validity = Words.validity(count.validity)
            return [
                "<span class=\"peer\">\(HTML.escape(count.home))</span>", HTML.escape(l(item.zh, item.en)), HTML.escape(l(validity.zh, validity.en)),
                Words.number(count.count), bar(count.count, of: greatest),
            ]
        }
        return DataTable.section(id: "counts", title: title, body: table.html())
    }

    /// Widths as SVG attributes: a strict content policy forbids `style`.
    private static func bar(_ value: Int, of greatest: Int) -> String {
        let width = value == 0 ? 0 : max(1, value * 100 / greatest)
        return "<svg class=\"meter\" viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"track\" width=\"100\" height=\"6\"/><rect class=\"fill\" width=\"\(width)\" height=\"6\"/></svg>"
    }
}
