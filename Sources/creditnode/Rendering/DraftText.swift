import Console
import NodeRuntime
import Registry

/// Drafts: what became of one, and what waits for whom.
enum DraftText {
    static func entered(_ answer: EnterCommand.Response, _ style: Style) -> [String] {
        var lines = answer.problems.flatMap { ImportText.problem($0, style) }
        if !lines.isEmpty { lines.append("") }
        switch answer.fate {
        case "refused": lines.append(style(.red, "✗ 未录入 / not entered"))
        case "effective": lines.append(style(.green, "✓ 已生效 / effective"))
        case "unchanged": lines.append("已有相同记录 / recorded already, exactly so")
        case "submitted": lines.append(style(.green, "✓ 草稿已提交，待另一人审核 / submitted; another person reviews it"))
        default: lines.append(style(.green, "✓ 草稿 / draft"))
        }
        if let record = answer.record { lines.append("  记录 record    " + TerminalText.clean(record)) }
        if let version = answer.version { lines.append("  版本 version   " + TerminalText.clean(version)) }
        return lines
    }

    static func stepped(_ answer: DraftStepCommand.Response, _ style: Style) -> [String] {
        let words: Words.Pair = switch answer.step {
        case "submit": ("已提交", "submitted")
        case "approve": ("已审核通过，生效", "approved, effective")
        case "return": ("已退回", "sent back")
        case "sent-back": ("已退回属地，公示暂停", "sent back to its home; publication is suspended")
        case "discard": ("已作废", "given up")
        default: (answer.step, answer.step)
        }
        let count = Words.number(answer.records.count)
        return [style(.green, "✓ \(words.zh) \(count) 条 / \(words.en): \(count)")] + answer.records.prefix(20).map { "  " + TerminalText.clean($0) }
            + (answer.records.count > 20 ? ["  …"] : [])
    }

    static func list(_ answer: DraftsCommand.Response, _ style: Style) -> [String] {
        guard !answer.drafts.isEmpty else { return ["没有草稿 / no drafts"] }
        var lines: [String] = []
        for one in answer.drafts {
            let item = Words.item(one.item)
            let state: Words.Pair = switch one.state {
            case "submitted": ("待审", "submitted")
            case "returned": ("被退回", "sent back")
            default: ("草稿", "draft")
            }
            lines.append(style(.bold, TerminalText.clean(one.document)) + "  \(item.zh) \(item.en)  " + style(one.state == "returned" ? .yellow : .dim, "\(state.zh) \(state.en)"))
            let waits = Words.reviewer(one.waitsFor)
            var facts = [
                ("主体 subject", "\(one.subjectName) \(one.subject)"), ("等待 waits for", one.waitsFor == "reviewer" ? "\(waits.zh)（不是 not \(one.author)）" : one.waitsFor),
                ("采集 entered", "\(one.author)  \(Words.moment(one.writtenAt))"),
            ]
            if let by = one.submittedBy { facts.append(("提交 submitted", "\(by)  \(one.submittedAt.map(Words.moment) ?? "")")) }
            if let returned = one.returned {
                let code: Words.Pair = RejectCode(rawValue: returned.code)?.words ?? (zh: returned.code, en: returned.code)
                facts.append(("退回 sent back", "\(code.zh) \(code.en)（\(returned.by)）：\(returned.reason)"))
            }
            if let due = one.reportBy { facts.append(("最迟报送 report by", QuestionText.due(due, one.provisional, one.overdue))) }
            facts += [("记录 record", one.record), ("版本 version", one.version)]
            lines += Facts(facts).render() + [""]
        }
        if let next = answer.next { lines.append("下一页 / next page:  --after \(TerminalText.clean(next))") }
        return lines
    }
}
