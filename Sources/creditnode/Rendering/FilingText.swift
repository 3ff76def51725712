import Console
import NodeRuntime

enum FilingText {
    static func lines(_ answer: FilingsCommand.Response, _ style: Style) -> [String] {
        if answer.filings.isEmpty { return [style(.dim, "没有异地受理件 / no filings")] }
        return answer.filings.flatMap { one in
            var facts: [(String, String)] = [
                ("编号 filing", one.filing), ("回执 receipt", one.receipt), ("受理 taken at", "\(one.takenAt) · \(one.capturedAt)"),
                ("决定机关 authority", one.authority), ("状态 state", both(words(one.state))),
            ]
            if let waits = one.waitsFor { facts.append(("等待 waits for", waits)) }
            if one.state == "unmatched" {
                facts.append(("核对 check", "文书号、--item-number、--authority、--about 都须与原决定一致；有误则重新受理 / all must be as in the decision; if one is wrong, take it again"))
            }
            for record in one.records { facts.append(("记录 record", record)) }
            for said in one.answers {
                var text = "\(said.by): \(both(words(said.state)))"
                if let home = said.home { text += " · \(home)" }
                if let unit = said.unit { text += " · \(unit) \(said.repliedOn ?? "") \(said.document ?? "") \(said.reason ?? "")" }
                facts.append(("答复 answer", text))
            }
            return [style(.bold, one.act)] + Facts(facts.map { ($0.0, TerminalText.clean($0.1)) }).render()
        }
    }

    private static func both(_ words: (zh: String, en: String)) -> String { words.zh + " " + words.en }

    static func words(_ state: String) -> (zh: String, en: String) {
        switch state {
        case "sent": ("已上送，尚无回音", "sent up, nothing heard yet")
        case "unmatched": ("上级均无此记录，等待中", "nobody above holds such a record; it waits")
        case "ambiguous": ("可能指多条记录，待人选定", "several records could be meant; a person chooses")
        case "taken": ("已转到记录", "stands on its record")
        case "under-review": ("复核中", "under review")
        case "upheld": ("成立", "upheld")
        case "rejected": ("不成立", "rejected")
        case "unverifiable": ("无法核实", "unverifiable")
        case "moot": ("记录已撤销", "moot: the record was revoked")
        case "approved": ("准予修复", "repair approved")
        case "refused": ("不予修复", "repair refused")
        default: (state, state)
        }
    }
}
