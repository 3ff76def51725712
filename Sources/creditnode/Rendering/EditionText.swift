import Console
import NodeRuntime

/// Editions and proposals as tables.
enum EditionText {
    private static func kind(_ name: String) -> String {
        switch name {
        case "catalogue": "目录 catalogue"
        case "units": "单位 units"
        case "profile": "法规参数 profile"
        case "calendar": "日历 calendar"
        default: TerminalText.clean(name)
        }
    }

    static func editions(_ editions: [EditionsCommand.Edition], _ style: Style) -> [String] {
        if editions.isEmpty { return ["本节点尚无任何版次 / no editions are held yet"] }
        var table = TextTable(columns: ["对象 object", "代码 code", "版次 edition", "名称 title", "发布 issued", "发布节点 issuer", "现行 in force"], numeric: [2])
        table.rows = editions.map { one in
            [
                .init(kind(one.kind)), .init(TerminalText.clean(one.code)), .init("\(one.number)"), .init(TerminalText.shorten(TerminalText.clean(one.title), to: 40)),
                .init(Words.moment(one.issuedAt)), .init(one.issuer), one.inForce ? .init("✓", .green) : .init(""),
            ]
        }
        var lines = table.render(style)
        for one in editions where one.inForce && !one.unverified.isEmpty {
            lines.append(
                style(.yellow, "! ") + "\(TerminalText.clean(one.title))：\(one.unverified.count) 项尚未与原文核对 / \(one.unverified.count) numbers wait to be checked against the text: "
                    + TerminalText.shorten(one.unverified.map { TerminalText.clean($0) }.joined(separator: " "), to: 80))
        }
        return lines
    }

    static func proposals(_ proposals: [ProposalLine], _ style: Style) -> [String] {
        if proposals.isEmpty { return ["没有目录建议 / no proposals"] }
        var lines: [String] = []
        for one in proposals {
            let state: String
            switch one.outcome {
            case "adopted": state = style(.green, "✓ 已采纳 adopted")
            case "declined": state = style(.red, "✗ 未采纳 declined")
            default: state = style(.yellow, "… 待答复 open")
            }
            lines.append(state + "  " + style(.bold, TerminalText.clean(one.item)) + "  " + TerminalText.clean(one.title))
            var facts = [("编号 id", one.proposal), ("来自 from", one.from), ("理由 reason", one.reason)]
            if let reply = one.reply { facts.append(("答复 reply", reply)) }
            lines += Facts(facts).render(indent: "    ")
        }
        return lines
    }
}
