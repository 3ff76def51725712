import NodeRuntime

/// Work on records held elsewhere, and disks that were used twice: shown where there is any.
enum PassingPanel {
    static func html(_ report: StatusReport, _ l: ConsoleLanguage) -> String {
        guard let passing = report.passing, !passing.isEmpty else { return "" }
        return [filings(passing, l), forks(passing, l)].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private static func filings(_ passing: PassingWork, _ l: ConsoleLanguage) -> String {
        guard passing.filings > 0 else { return "" }
        let title = l("异地受理件", "Filings: work on records held elsewhere")
        var table = DataTable(caption: title, columns: [
            (l("回执号", "Receipt"), false), (l("事由", "What"), false), (l("受理窗口", "Taken at"), false), (l("办理节点", "Dealt with at"), false), (l("状态", "State"), false),
            (l("受理时间", "Taken"), false),
        ])
        table.rows = passing.filingLines.map { row($0, l) }
        let figures = counts([(l("件", "in all"), passing.filings, false), (l("尚未转到记录", "not at a record yet"), passing.open, true)])
        let more = passing.filings > passing.filingLines.count ? l("；全部见 creditnode filings", "; all of them: creditnode filings") : ""
        return DataTable.section(id: "filings", title: title, note: l("未转到记录的在前，然后是本窗口受理的", "those that wait for a record first, then those taken here") + more, body: figures + (table.rows.isEmpty ? "" : table.html()))
    }

    private static func row(_ one: FilingsCommand.Line, _ l: ConsoleLanguage) -> [String] {
        let act = Words.act(one.act), home = one.answers.compactMap(\.home).last
        return [
            "<code>\(HTML.escape(one.receipt))</code>", HTML.escape(l(act.zh, act.en)), "<span class=\"peer\">\(HTML.escape(one.takenAt))</span>",
            home.map { "<span class=\"peer\">\(HTML.escape($0))</span>" } ?? "<span class=\"none dash\">—</span>", Icon.state(Words.filing(one.state), l), HTML.time(one.capturedAt),
        ]
    }

    private static func forks(_ passing: PassingWork, _ l: ConsoleLanguage) -> String {
        guard passing.forks > 0 else { return "" }
        let title = l("分叉的副本", "Forked replicas")
        var table = DataTable(caption: title, columns: [
            (l("副本", "Replica"), false), (l("状态", "State"), false), (l("已确认至", "Receipted through"), true), (l("等待裁定", "Wait for a ruling"), true),
            (l("未被采纳", "Not taken"), true),
        ])
        table.rows = passing.forkLines.map { one in
            let parts = one.replica.split(separator: "#", maxSplits: 1).map(String.init)
            return [
                "<span class=\"peer\">\(HTML.escape(parts.first ?? one.replica))</span> <code>\(HTML.escape(String((parts.dropFirst().first ?? "").prefix(8))))</code>",
                Icon.state(Words.fork(one.state), l), one.through.map { Words.number($0) } ?? "—", Words.number(one.waiting), Words.number(one.kept),
            ]
        }
        let figures = counts([(l("个副本", "in all"), passing.forks, false), (l("等待裁定", "to be ruled on"), passing.heldBack, true)])
        let note = l("磁盘被复制或从备份恢复；裁定：creditnode forks go-on", "a disk was copied, or restored from a backup; to rule: creditnode forks go-on")
        return DataTable.section(id: "forks", title: title, note: note, body: figures + table.html())
    }

    private static func counts(_ figures: [(name: String, count: Int, care: Bool)]) -> String {
        let items = figures.map { "<li\($0.care && $0.count > 0 ? " class=\"care\"" : "")><b>\(Words.number($0.count))</b> \(HTML.escape($0.name))</li>" }
        return "<ul class=\"work\">\(items.joined())</ul>"
    }
}
