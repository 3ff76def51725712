import Console
import NodeRuntime

enum FilingText {
    static func lines(_ answer: FilingsCommand.Response, _ style: Style) -> [String] {
        if answer.filings.isEmpty { return [style(.dim, "没有异地受理件 / no filings")] }
        return answer.filings.flatMap { one in
            var facts: [(String, String)] = [
                ("编号 filing", one.filing), ("回执 receipt", one.receipt), ("受理 taken at", "\(one.takenAt) · \(one.capturedAt)"),
                ("决定机关 authority", one.authority), ("状态 state", both(Words.filing(one.state))),
            ]
            if let waits = one.waitsFor { facts.append(("等待 waits for", waits)) }
            if one.state == "unmatched" {
                facts.append(("核对 check", "文书号、--item-number、--authority、--about 都须与原决定一致；有误则重新受理 / all must be as in the decision; if one is wrong, take it again"))
            }
            for record in one.records { facts.append(("记录 record", record)) }
            for said in one.answers {
                var text = "\(said.by): \(both(Words.filing(said.state)))"
                if let home = said.home { text += " · \(home)" }
                if let unit = said.unit { text += " · \(unit) \(said.repliedOn ?? "") \(said.document ?? "") \(said.reason ?? "")" }
                facts.append(("答复 answer", text))
            }
            return [style(.bold, Words.act(one.act).zh + " " + Words.act(one.act).en)] + Facts(facts.map { ($0.0, TerminalText.clean($0.1)) }).render()
        }
    }

    private static func both(_ words: Words.State) -> String { words.zh + " " + words.en }
}
