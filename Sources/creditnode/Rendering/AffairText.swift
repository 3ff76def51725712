import Console
import NodeRuntime

/// Proposals to lists, linked codes, measure cases and commitments for people.
enum AffairText {
    static func proposals(_ proposals: [ListProposalLine], _ style: Style) -> [String] {
        if proposals.isEmpty { return ["没有名单建议 / no proposals"] }
        var lines: [String] = []
        for one in proposals {
            let state: String
            switch one.outcome {
            case "adopted": state = style(.green, "✓ 已采纳 adopted")
            case "declined": state = style(.red, "✗ 未采纳 declined")
            default: state = style(.yellow, "… 待决定 open")
            }
            let intent = one.intent == "add" ? "列入 add" : one.intent == "remove" ? "移出 remove" : "异议 objection"
            lines.append(state + "  " + intent + "  " + style(.bold, TerminalText.clean(one.list)) + "  " + TerminalText.clean(one.name.isEmpty ? one.subject : one.name))
            var facts = [("编号 id", one.proposal), ("来自 from", "\(one.from)  \(one.unit)"), ("文书号 document", one.document), ("理由 reason", one.reason)]
            if let reply = one.reply { facts.append(("答复 reply", reply)) }
            if let result = one.result { facts.append(("结果 result", result)) }
            lines += Facts(facts).render(indent: "    ")
        }
        return lines
    }

    static func aliases(_ aliases: [AliasesCommand.Alias], _ style: Style) -> [String] {
        if aliases.isEmpty { return ["没有代码关联 / no linked codes"] }
        var table = TextTable(columns: ["旧代码 old", "新代码 new", "新名称 name", "文书号 document", "日期 on", "节点 node", ""], numeric: [])
        table.rows = aliases.map { one in
            [
                .init(one.from), .init(one.to), .init(TerminalText.clean(one.name)), .init(TerminalText.clean(one.document)), .init(one.on), .init(one.node),
                one.withdrawn ? .init("已撤回 withdrawn", .yellow) : .init(""),
            ]
        }
        return table.render(style)
    }

    static func measures(_ measures: [MeasureLine], _ style: Style) -> [String] {
        if measures.isEmpty { return ["没有案例 / no cases"] }
        var lines: [String] = []
        for one in measures {
            let state: String
            switch one.state {
            case "open": state = style(.bold, "● 执行中 open")
            case "basis-ended": state = style(.red, "! 依据已终止，须解除 to be lifted (\(TerminalText.clean(one.ended)))")
            case "closed": state = style(.green, "✓ 已结案 closed")
            default: state = style(.dim, "○ 未采取 not applied")
            }
            lines.append(state + "  " + TerminalText.clean(one.measure) + "  " + style(.bold, TerminalText.clean(one.name.isEmpty ? one.subject : one.name)))
            var facts = [("编号 id", one.id), ("单位 unit", "\(one.unit)  \(one.node)"), ("依据 basis", one.basis), ("查询回执 receipt", one.receipt), ("用途 purpose", one.purpose), ("日期 on", one.on)]
            if !one.caseNumber.isEmpty { facts.append(("案号 case", one.caseNumber)) }
            if !one.reason.isEmpty { facts.append(("理由 reason", one.reason)) }
            if !one.effect.isEmpty { facts.append(("成效 effect", one.effect)) }
            if let reason = one.closedReason { facts.append(("结案 closed", "\(one.closedOn ?? "")  \(reason)")) }
            if let feedback = one.feedback, !feedback.isEmpty { facts.append(("反馈 feedback", feedback)) }
            lines += Facts(facts).render(indent: "    ")
        }
        return lines
    }

    static func commitments(_ commitments: [CommitmentsCommand.Commitment], _ style: Style) -> [String] {
        if commitments.isEmpty { return ["没有到期的承诺 / no commitments fall due"] }
        var table = TextTable(columns: ["到期 due", "主体 subject", "名称 name", "记录 record", ""], numeric: [])
        table.rows = commitments.map { one in
            [
                one.overdue ? .init(one.due, .red) : .init(one.due), .init(TerminalText.clean(one.subject)), .init(TerminalText.clean(one.name)), .init(one.record),
                .init(one.fulfilment == "under-check" ? "履约待核 under check" : ""),
            ]
        }
        return table.render(style)
    }
}
