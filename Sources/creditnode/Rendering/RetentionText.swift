import Console
import NodeRuntime

/// What is due, what was purged, and wishes.
enum RetentionText {
    static func due(_ answer: RetentionCommand.Response, _ style: Style) -> [String] {
        guard !answer.lines.isEmpty else { return [style(.green, "✓ 截至 \(answer.on) 无到期事项 / nothing is due")] }
        var lines: [String] = []
        for line in answer.lines {
            let record = style(.bold, TerminalText.clean(line.record)), place = TerminalText.clean("\(line.item)  \(line.home)")
            lines.append("\(words(line.due, style))  \(record)  \(place)")
            for detail in details(line) { lines.append("    " + style(.dim, detail)) }
        }
        if let next = answer.next { lines.append(style(.dim, "… --after \(TerminalText.clean(next))")) }
        return lines
    }

    private static func words(_ due: String, _ style: Style) -> String {
        switch due {
        case "archive": style(.yellow, "▣ 归档 archive")
        case "purge": style(.red, "✗ 应清除 purge")
        case "late": style(.red, "✗ 迟到变更应清除 came late")
        // A node's words, not an enum of ours.
        default: style(.yellow, "… 暂缓 held")
        }
    }

    private static func details(_ line: RetentionCommand.Line) -> [String] {
        var out: [String] = []
        if line.due == "late" { out.append("\(line.changes) 项变更在清除后到达 / changes came after the purge") }
        if !line.basis.isEmpty {
            let doubt = line.verified ? "" : "（未核实 unverified）", archive = line.archiveFrom ?? "—", purge = line.purgeFrom ?? "—"
            out.append("依据 basis \(TerminalText.clean(line.basis))\(doubt)  归档 archive \(archive)  清除 purge \(purge)  \(line.ground)")
        }
        if !line.holds.isEmpty {
            let holds = zip(line.holdsZh, line.holds).map { zh, en in "\(zh) \(en)" }
            out.append("未结 open: " + holds.joined(separator: "、"))
        }
        return out
    }

    static func purged(_ answer: PurgeCommand.Response, _ style: Style) -> [String] {
        var lines = [style(.green, "✓ 已下达清除令 / purge ordered"), "  " + TerminalText.clean(answer.record)]
        lines.append("  \(answer.changes) 项变更的正文 / bodies of changes")
        for order in answer.orders { lines.append("  " + style(.dim, TerminalText.clean(order))) }
        return lines
    }

    static func wish(_ answer: OptOutCommand.Response, _ style: Style) -> [String] {
        [style(.green, answer.withdrawn ? "✓ 已撤回意愿 / the wish is withdrawn" : "✓ 已登记意愿 / the wish is recorded"), "  回执 receipt  " + TerminalText.clean(answer.receipt)]
    }
}
