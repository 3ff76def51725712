import Console
import NodeRuntime

/// The whole view of a decision in words: five dimensions, contradictions with their bases, cases, questions.
enum ViewText {
    private static func both(_ words: Words.Pair) -> String { words.zh == words.en ? TerminalText.clean(words.zh) : "\(words.zh) \(words.en)" }

    static func dimensions(_ view: ViewParts, _ style: Style) -> [String] {
        var publication = both(Words.publication(view.publication))
        if !view.reasons.isEmpty { publication += "（" + view.reasons.map { both(Words.publicationReason($0)) }.joined(separator: "；") + "）" }
        if let until = view.publicUntil { publication += "  至 until \(until)" }
        var facts = [
            ("内容 content", view.corrections == 0 ? "未更正 not corrected" : "已更正 corrected ×\(view.corrections)"), ("异议 dispute", both(Words.dispute(view.dispute))),
            ("修复 repair", both(Words.repair(view.repair))), ("公示 publication", publication),
        ]
        if !view.litigation.isEmpty { facts.append(("复议诉讼 litigation", view.litigation.joined(separator: "，"))) }
        if view.fulfilment != "none" { facts.append(("履约 fulfilment", view.fulfilment)) }
        for one in view.revocations { facts.append(("撤销依据 revoked by", "R\(one.rank) \(one.document)  \(one.reason)" + (one.effectiveOn.map { "  自 from \($0)" } ?? ""))) }
        for one in view.aliases { facts.append(("同一决定 also", one)) }
        if let elsewhere = view.elsewhere { facts.append(("他处也有 also recorded at", elsewhere)) }
        for one in view.blocked { facts.append(("拦截 blocked (M33)", one)) }
        if let draft = view.draft {
            facts.append(("等待 waits for", both(Words.reviewer(draft.waitsFor))))
            if let returned = draft.returned { facts.append(("退回 sent back", "\(returned.code)（\(returned.by)）：\(returned.reason)")) }
        }
        return Facts(facts).render()
    }

    static func questions(_ view: ViewParts, _ style: Style) -> [String] {
        var lines: [String] = []
        for one in view.conflicts {
            lines += ["", style(.yellow, "分歧 conflict  \(TerminalText.clean(one.part))") + (one.material ? "  重要字段 material" : "")]
            lines += Facts(one.says.map { ("· \($0.basis)", "“\($0.value)”  \($0.unit)  \($0.change)") } + [("此前一致 last agreed", one.lastAgreed ?? "—")]).render()
        }
        if !view.proposals.isEmpty {
            lines += ["", style(.dim, "更正建议 proposals")]
            lines += Facts(view.proposals.map { (one) in (one.part, "“\(one.say.value)”  \(one.say.basis)  \(one.say.unit)  \(one.reason)") }).render()
        }
        if !view.cases.isEmpty { lines += ["", style(.dim, "异议案件 cases（\(view.cases.count)）")] + view.cases.flatMap { QuestionText.caseLines($0, style) } }
        if !view.tickets.isEmpty {
            lines += ["", style(.dim, "待裁问题 questions")]
            lines += view.tickets.flatMap { QuestionText.ticketLines($0, style) }
        }
        return lines
    }
}
