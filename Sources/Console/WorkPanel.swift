import NodeRuntime

/// What waits for people here: counts, and the nearest dates.
enum WorkPanel {
    static func html(_ report: StatusReport, _ l: ConsoleLanguage) -> String {
        guard let work = report.open else { return "" }
        let title = l("待办与期限", "Open work and deadlines")
        var body = counts(work, report.quarantined, l)
        if work.lines.isEmpty {
            body += "<p class=\"empty\">\(l("没有到期事项", "Nothing is due"))</p>"
        } else {
            var table = DataTable(caption: title, columns: [
                (l("期限", "Due"), false), (l("事项", "What"), false), (l("文书号", "Document"), false), (l("属地", "Home"), false), (l("由谁办理", "Who acts"), false),
            ])
            table.rows = work.lines.map { row($0, l) }
            body += table.html()
        }
        let note = l("最近的在前；全部见 creditnode deadlines", "nearest first; all of them: creditnode deadlines")
        return DataTable.section(id: "work", title: title, note: note + (work.isCut ? l("。数量为下限", ". Counts are lower bounds") : ""), body: body)
    }

    private static func counts(_ work: OpenWork, _ quarantined: Int, _ l: ConsoleLanguage) -> String {
        let figures = [
            (l("待裁问题", "questions"), work.tickets, false), (l("未结异议", "open cases"), work.cases, false), (l("逾期", "overdue"), work.overdue, true),
            (l("下级上报", "come up from below"), work.escalated, true), (l("草稿", "drafts"), work.drafts, false), (l("待审", "submitted"), work.submitted, false),
            (l("须告知的查询", "look-up users to tell"), work.notices, true), (l("隔离", "quarantined"), quarantined, true),
        ]
        let items = figures.map { name, count, care in
            "<li\(care && count > 0 ? " class=\"care\"" : "")><b>\(Words.number(count))</b> \(HTML.escape(name))</li>"
        }
        return "<ul class=\"work\">\(items.joined())</ul>"
    }

    private static func row(_ one: DeadlinesCommand.Line, _ l: ConsoleLanguage) -> [String] {
        let who = Words.reviewer(one.who)
        let waits = one.suspends == true ? " <span class=\"quiet\">\(l("期间暂停公示", "publication waits"))</span>" : ""
        let marks = (one.provisional ? " <span class=\"quiet\">\(l("暂定", "provisional"))</span>" : "") + (one.overdue ? " <span class=\"late\">\(l("逾期", "overdue"))</span>" : "")
        return [
            "<time datetime=\"\(HTML.escape(one.due))\">\(HTML.escape(one.due))</time>" + marks, HTML.escape(what(one, l)) + waits, HTML.escape(one.document.isEmpty ? "—" : one.document),
            "<span class=\"peer\">\(HTML.escape(one.home))</span>", HTML.escape(l(who.zh, who.en)),
        ]
    }

    private static func what(_ one: DeadlinesCommand.Line, _ l: ConsoleLanguage) -> String {
        func pick(_ words: Words.Pair) -> String { l(words.zh, words.en) }
        return switch one.kind {
        case "ticket": "\(one.what) · \(pick(Words.question(one.what)))"
        case "objection": l("异议：", "objection: ") + pick(Words.clock(one.what))
        case "notice": l("告知查询单位：", "tell the user: ") + pick(Words.relief(one.what))
        default: l("报送：", "report: ") + pick(Words.clock(one.what))
        }
    }
}
