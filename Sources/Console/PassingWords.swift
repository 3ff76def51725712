/// Words for filings and forks: one list for page and command line. Unknown values stay as they are.
extension Words {
    package static func filing(_ state: String) -> State {
        switch state {
        case "sent": State(zh: "已上送，尚无回音", en: "sent up, nothing heard yet", level: .busy, mark: "◐")
        case "unmatched": State(zh: "上级均无此记录，等待中", en: "nobody above holds such a record; it waits", level: .care, mark: "◌")
        case "ambiguous": State(zh: "可能指多条记录，待人选定", en: "several records could be meant; a person chooses", level: .care, mark: "◌")
        case "taken": State(zh: "已转到记录", en: "stands on its record", level: .busy, mark: "◐")
        case "under-review": State(zh: "复核中", en: "under review", level: .busy, mark: "◐")
        case "upheld": State(zh: "成立", en: "upheld", level: .good, mark: "●")
        case "rejected": State(zh: "不成立", en: "rejected", level: .good, mark: "●")
        case "unverifiable": State(zh: "无法核实", en: "unverifiable", level: .good, mark: "●")
        case "moot": State(zh: "记录已撤销", en: "moot: the record was revoked", level: .good, mark: "●")
        case "approved": State(zh: "准予修复", en: "repair approved", level: .good, mark: "●")
        case "refused": State(zh: "不予修复", en: "repair refused", level: .good, mark: "●")
        default: State(zh: state, en: state, level: .idle, mark: "○")
        }
    }

    package static func fork(_ state: String) -> State {
        switch state {
        case "held-back": State(zh: "后续变更等待裁定", en: "what is later waits for a ruling", level: .bad, mark: "×")
        case "goes-on": State(zh: "已准许继续", en: "a person let it go on", level: .good, mark: "●")
        case "reported": State(zh: "已报告，尚无上级裁定", en: "reported; nobody above ruled", level: .care, mark: "◌")
        default: State(zh: state, en: state, level: .idle, mark: "○")
        }
    }

    /// What a window takes in.
    package static func act(_ name: String) -> Pair {
        switch name {
        case "objection": ("异议", "objection")
        case "review-request": ("复核申请", "request for review")
        case "repair-applied", "repair": ("修复申请", "repair applied for")
        case "litigation", "litigation-mark": ("复议诉讼标注", "litigation mark")
        default: (name, name)
        }
    }
}
