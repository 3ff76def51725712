import Console
import NodeRuntime

/// Tickets, cases, deadlines and notices in words.
enum QuestionText {
    static func due(_ date: String, _ provisional: Bool, _ overdue: Bool) -> String {
        date + (provisional ? "（暂定 provisional）" : "") + (overdue ? "  逾期 overdue" : "")
    }

    private static func both(_ words: Words.Pair) -> String { words.zh == words.en ? TerminalText.clean(words.zh) : "\(words.zh) \(words.en)" }

    static func tickets(_ answer: TicketsCommand.Response, _ style: Style) -> [String] {
        guard !answer.tickets.isEmpty else { return ["没有待裁问题 / no open questions"] }
        return answer.tickets.flatMap { ticketLines($0, style) + [""] } + (answer.isCut ? ["… 未全部列出（--limit）/ not all are listed"] : [])
    }

    static func ticketLines(_ one: TicketsCommand.Line, _ style: Style) -> [String] {
        let paint: Style.Paint = one.overdue ? .red : .bold
        let head = [style(paint, "\(one.rule)  \(both(Words.question(one.rule)))") + "  #\(TerminalText.clean(one.id))"]
        var facts = [
            ("文书号 document", one.document + "  " + both(Words.label(one.label))), ("属地 home", one.home), ("由谁决定 reviewer", both(Words.reviewer(one.reviewer))),
            ("期限 due", one.due.map { due($0, one.provisional, one.overdue) } ?? "—"), ("公示 publication", one.suspends ? "期间暂停 suspended meanwhile" : "不受影响 not affected"),
        ]
        if let escalated = one.escalated { facts.append(("上报 escalated", both(Words.escalation(escalated)))) }
        if !one.detail.isEmpty { facts.append(("事由 about", one.detail)) }
        for say in one.says {
            let value = say.value.isEmpty ? say.kind : "“\(say.value)” \(say.basis)"
            facts.append(("· \(say.at)", "\(value)  \(say.author)/\(say.reviewer ?? "—") \(say.unit)  录入 captured \(Words.moment(say.capturedAt)) · 到达 here \(Words.moment(say.acceptedAt))"))
        }
        facts.append(("记录 record", one.record))
        return head + Facts(facts).render()
    }

    static func cases(_ answer: CasesCommand.Response, _ style: Style) -> [String] {
        guard !answer.cases.isEmpty else { return ["没有未结异议 / no open cases"] }
        return answer.cases.flatMap { one in caseLines(one, style) + [""] } + (answer.isCut ? ["… 未全部列出（--limit）/ not all are listed"] : [])
    }

    static func caseLines(_ one: CasesCommand.Line, _ style: Style) -> [String] {
        var lines = [style(.bold, TerminalText.clean(one.document)) + "  \(both(Words.ground(one.ground)))  \(both(Words.dispute(one.status)))"]
        var facts: [(String, String)] = [("属地 home", one.home)]
        if let escalated = one.escalated { facts.append(("上报 escalated", both(Words.escalation(escalated)))) }
        if !one.fields.isEmpty { facts.append(("争议字段 fields", one.fields.joined(separator: ", "))) }
        for receipt in one.receipts {
            facts.append(("回执 receipt", "\(receipt.receipt)  \(receipt.at)  受理 accepted \(receipt.acceptedOn) · 录入 captured \(Words.moment(receipt.capturedAt)) · 到达 here \(Words.moment(receipt.acceptedHereAt))"))
        }
        for reply in one.replies { facts.append(("答复 reply", "\(both(Words.dispute(reply.outcome)))  R\(reply.rank)  \(reply.unit)  \(reply.weight)")) }
        if one.replyOwed { facts.append(("答复 reply", "尚欠 owed")) }
        for clock in one.clocks {
            let state = clock.doneOn.map { "已办 done \($0)" } ?? ""
            facts.append(("时限 \(both(Words.clock(clock.name)))", "自 from \(clock.from)  至 due " + (clock.due.map { due($0, clock.provisional, clock.overdue) } ?? "—") + "  " + state + (clock.unverified ? "  未核对 unverified" : "")))
        }
        lines += Facts(facts + [("案号 case", one.id)]).render()
        return lines
    }

    private static func what(_ one: DeadlinesCommand.Line) -> String {
        switch one.kind {
        case "ticket": "\(one.what) \(both(Words.question(one.what)))" + (one.suspends == true ? "（期间暂停公示 publication waits）" : "")
        case "objection": "异议 objection · \(both(Words.clock(one.what)))"
        case "notice": "告知查询单位 tell the user · \(both(Words.relief(one.what)))"
        default: "报送 report · \(both(Words.clock(one.what)))"
        }
    }

    static func deadlines(_ answer: DeadlinesCommand.Response, _ style: Style) -> [String] {
        guard !answer.lines.isEmpty else { return ["没有期限 / nothing is due"] }
        var table = TextTable(columns: ["期限 due", "事项 what", "文书号 document", "回执 receipt", "属地 home", "由谁 who"])
        table.rows = answer.lines.map { one in
            [
                .init(due(one.due, one.provisional, one.overdue), one.overdue ? .red : nil), .init(what(one)), .init(TerminalText.shorten(TerminalText.clean(one.document), to: 34)),
                .init(one.receipt), .init(one.home), .init(both(Words.reviewer(one.who))),
            ]
        }
        return table.render(style) + (answer.isCut ? ["… 未全部列出（--limit）/ not all are listed"] : [])
    }

    /// For paper: who cannot reach its parent hands it in by hand (rules.md 3.7).
    static func printed(_ answer: DeadlinesCommand.Response) -> [String] {
        var lines = [
            "期限清单（线路中断时人工报送）/ Deadlines, to be handed in while the line is down", "节点 node: \(TerminalText.clean(answer.node))    截至 as of: \(Words.moment(answer.asOf))",
            "上次联系上级 parent last heard: \(answer.lastContact.map(Words.moment) ?? "—")", String(repeating: "─", count: 78),
        ]
        for (index, one) in answer.lines.enumerated() {
            lines.append("\(index + 1). \(due(one.due, one.provisional, one.overdue))    \(what(one))")
            lines.append("   文书号 document: \(TerminalText.clean(one.document))    回执 receipt: \(one.receipt.isEmpty ? "—" : TerminalText.clean(one.receipt))")
            lines.append("   属地 home: \(TerminalText.clean(one.home))    由谁 who: \(both(Words.reviewer(one.who)))    签收 signature: ______________")
        }
        return lines + [String(repeating: "─", count: 78), "共 \(answer.lines.count) 项 items" + (answer.isCut ? "（未全部列出 not all are listed）" : "")]
    }

    static func notices(_ answer: NotifyCommand.Response, _ style: Style) -> [String] {
        guard !answer.notices.isEmpty else { return ["没有须告知的查询单位 / nobody must be told"] }
        return answer.notices.flatMap { one -> [String] in
            let head = "\(one.notice).  \(both(Words.relief(one.what)))  " + (one.list.map { "名单 list \(TerminalText.clean($0))" } ?? TerminalText.clean(one.document))
            return [style(one.done ? .dim : one.overdue ? .red : .bold, head)]
                + Facts([
                    ("期限 due", one.done ? "已告知 done" : due(one.due, one.provisional, one.overdue)), ("查询回执 receipt", "\(one.receipt)  \(Words.moment(one.answeredAt))"),
                    ("查询单位 user", "\(one.unit)  \(one.operator)"), ("用途 purpose", one.purpose + (one.caseNumber.isEmpty ? "" : "  \(one.caseNumber)")), ("主体 subject", one.subject),
                    ("到达 arrived", Words.moment(one.arrivedAt)), ("记录 record", one.record ?? "—"),
                ]).render() + [""]
        }
    }
}
