import Console
import NodeRuntime

/// What became of an act, for a clerk.
enum ActText {
    static func lines(_ answer: ActCommand.Response, _ style: Style) -> [String] {
        var lines = [headline(answer.effect, style)]
        if let receipt = answer.receipt { lines.append("  回执 receipt  " + style(.bold, TerminalText.clean(receipt))) }
        var publication = both(Words.publication(answer.publication))
        if answer.effect == "filed" { return lines + Facts(answer.changes.map { ("编号 filing", TerminalText.clean($0)) }).render() + ["  creditnode filings show " + TerminalText.clean(answer.receipt ?? answer.changes[0])] }
        if !answer.reasons.isEmpty { publication += "（" + answer.reasons.map { both(Words.publicationReason($0)) }.joined(separator: "；") + "）" }
        lines += Facts([
            ("记录 record", answer.record), ("状态 label", both(Words.label(answer.label))), ("异议 dispute", both(Words.dispute(answer.dispute))),
            ("修复 repair", both(Words.repair(answer.repair))), ("公示 publication", publication),
        ]).render()
        for ticket in answer.tickets { lines.append(style(.yellow, "  待人决定 a person decides: ") + TerminalText.clean(ticket)) }
        lines.append(style(.dim, "  版本 version  " + TerminalText.clean(answer.version)))
        return lines
    }

    private static func headline(_ effect: String, _ style: Style) -> String {
        switch effect {
        case "conflict": style(.yellow, "✓ 已记录，与同时的另一更正冲突，待人决定 / recorded; it conflicts with a concurrent one until a person decides")
        case "proposal": style(.yellow, "✓ 已记录为建议，由决定单位处理 / recorded as a proposal to the deciding unit")
        case "void": style(.yellow, "✓ 已记录为意见，不改变案件 / recorded as an opinion; it does not decide the case")
        case "filed": style(.green, "✓ 已受理，记录在他处，由上级转递 / taken; the record is held elsewhere, the nodes above pass it on")
        default: style(.green, "✓ 已记录 / recorded")
        }
    }

    private static func both(_ words: (zh: String, en: String)) -> String { words.zh + " " + words.en }
}
