import Console
import NodeRuntime

/// Records as a table, and one record with its history.
enum RecordText {
    static func list(_ answer: RecordsCommand.Response, _ style: Style) -> [String] {
        var lines: [String] = []
        if answer.records.isEmpty {
            lines.append("没有符合的记录 / no records match")
        } else {
            var table = TextTable(columns: ["记录 record", "事项 item", "效力 validity", "属地 home", "主体 subject", "名称 name", "文书号 document", "决定日期 decided"])
            table.rows = answer.records.map { line in
                let item = Words.item(line.item), validity = Words.validity(line.validity)
                return [
                    .init(line.record, .bold), .init(item.zh), .init(validity.zh), .init(line.home), .init(line.subject),
                    .init(TerminalText.shorten(TerminalText.clean(line.subjectName), to: 30)), .init(TerminalText.shorten(TerminalText.clean(line.document), to: 34)), .init(line.decidedOn),
                ]
            }
            lines += table.render(style)
        }
        if !answer.counts.isEmpty { lines += ["", "合计 totals"] + counts(answer.counts, style) }
        if let next = answer.next { lines += ["", "下一页 / next page:  --after \(TerminalText.clean(next))"] }
        return lines
    }

    static func counts(_ counts: [RecordsCommand.Count], _ style: Style) -> [String] {
        var table = TextTable(columns: ["属地 home", "事项 item", "效力 validity", "数量 count"], numeric: [3], indent: "  ")
        table.rows = counts.map { count in
            let item = Words.item(count.item), validity = Words.validity(count.validity)
            return [.init(count.home), .init("\(item.zh) \(item.en)"), .init("\(validity.zh) \(validity.en)"), .init(Words.number(count.count))]
        }
        return table.render(style)
    }

    static func show(_ record: ShowCommand.Response, _ style: Style) -> [String] {
        let validity = Words.validity(record.validity)
        var lines = [style(.bold, TerminalText.clean(record.itemTitle)) + "  " + TerminalText.clean(record.label)]
        lines += Facts([
            ("记录 record", record.record), ("效力 validity", "\(validity.zh) \(validity.en)"), ("属地 home", record.home), ("主体 subject", record.subject),
        ]).render()
        if let view = record.view { lines += ViewText.dimensions(view, style) }
        if let version = record.version { lines.append(style(.dim, "  版本 version  " + TerminalText.clean(version))) }
        lines += ["", style(.dim, "内容 content")]
        lines += Facts(record.fields.map { ($0.name.isEmpty ? $0.code : "\(TerminalText.clean($0.name)) \(TerminalText.clean($0.code))", $0.value) }).render()
        if let view = record.view { lines += ViewText.questions(view, style) }
        lines += AttachmentText.lines(record.attachments, style)
        if !record.deadlines.isEmpty {
            lines += ["", style(.dim, "期限 deadlines")]
            lines += Facts(record.deadlines.map { one in
                (Self.deadline(one.name), (one.date ?? "—") + (one.provisional ? "（暂定 provisional）" : "") + "  " + one.basis)
            }).render()
        }
        lines += ["", style(.dim, "历史 history（\(record.history.count)）")]
        for (index, event) in record.history.enumerated() { lines += self.event(event, number: index + 1, style) }
        return lines
    }

    private static func deadline(_ name: String) -> String {
        switch name {
        case "report-by": "最迟报送 report by"
        case "public-until": "公示至 public until"
        case "repair-from": "可申请修复 repair from"
        case "not-public": "不公示 not public"
        default: TerminalText.clean(name)
        }
    }

    private static func event(_ event: ShowCommand.Event, number: Int, _ style: Style) -> [String] {
        let verified = event.verification.hasPrefix("verified")
        var facts = [
            ("单位 unit", event.unit), ("经办/审核 by", event.operator + " / " + (event.reviewer ?? "—")), ("录入时间 captured", Words.moment(event.capturedAt)),
            ("作者节点 author", event.author), ("账本 ledger", "\(event.audience) #\(event.sequence)"), ("判定 judgement", event.judgement),
            ("最高落盘 durable at", event.durableAt ?? "仅本节点 here only"),
        ]
        if let verdict = event.verdict { facts.append(("上级答复 verdict", verdict)) }
        let proof = verified ? style(.green, "✓ 已验证 ") : style(.red, "✗ 未通过 ")
        return ["  \(number). " + style(.bold, TerminalText.clean(event.kind)) + "  " + TerminalText.clean(event.change)]
            + Facts(facts).render(indent: "     ") + ["     " + proof + TerminalText.clean(event.verification)]
    }
}
