import Console
import NodeRuntime

/// A look-up's answer in words: one of four, its age, its marks, its authority, its receipt.
enum LookupText {
    static let disclaimer = "本答复不是信用评分，也不是结论；使用前请核对决定文书。\nThis answer is no score and no verdict; check the decision before acting on it."

    static let confirmation =
        "名单不含姓名和号码。命中后，须先联网或电话向主管单位核实，方可作出任何不利决定。\nThe list holds neither names nor numbers. Confirm a hit online or by telephone with the authority before any adverse act."

    /// Why nothing can be said, where it is not age.
    static func words(reason: String) -> String {
        switch reason {
        case "no-list-key": "本节点没有该版次的名单密钥 / this node holds no key for the edition's persons"
        case "wrong-list-key": "本节点的名单密钥与该版次不符 / the list key held is not the edition's"
        case "digests-incomplete": "该版次的摘要尚未收齐 / digests of the edition are still on their way"
        case "edition-differs": "所存条目与该版次不符 / the entries held are not the edition's"
        case "suspended-by-serious-entry": "列入守信名单，但因列入严重失信名单而暂停，不计 / on the list, but suspended by an entry on a serious list: it does not count"
        case "removals-withheld": "有移出尚未收到 / there are removals that have not arrived"
        default: TerminalText.clean(reason)
        }
    }

    static func words(_ answer: LookupCommand.Answer) -> (zh: String, en: String) {
        switch answer {
        case .onTheList: ("在名单上", "on the list")
        case .notOnTheList: ("不在名单上", "not on the list")
        case .notCovered: ("未覆盖：本节点没有这份名单，不能说在或不在", "not covered: no such list is held here, so neither yes nor no")
        case .tooStaleToSay: ("数据过旧，无法答复", "too stale to say")
        }
    }

    private static func paint(_ answer: LookupCommand.Answer) -> Style.Paint {
        switch answer {
        case .onTheList, .notOnTheList: .bold
        case .notCovered: .dim
        case .tooStaleToSay: .yellow
        }
    }

    static func mark(_ mark: String) -> String {
        let words = Words.mark(mark)
        return words.zh == words.en ? mark : "\(words.zh) \(words.en)"
    }

    /// Decisions with their marks; of one whose identity is under check nothing but that.
    static func marked(_ one: LookupCommand.MarkedRecord, _ style: Style) -> [String] {
        let marks = style(.yellow, one.marks.map { mark(TerminalText.clean($0)) }.joined(separator: "、")), item = Words.item(one.item)
        let decides = "    决定机关 decided by: " + TerminalText.clean(one.authorityName.isEmpty ? one.authority : "\(one.authorityName)（\(one.authority)）")
        guard one.record != nil else { return ["  · " + marks, decides] }
        return ["  · \(item.zh) \(item.en)  \(TerminalText.clean(one.document))  " + marks, decides]
    }

    static func render(_ response: LookupCommand.Response, _ style: Style) -> [String] {
        var lines = ["主体 subject  " + style(.bold, TerminalText.clean(response.subject))]
        if let aliases = response.aliases { lines.append("同一主体的其他代码 other codes of the same  " + aliases.map { TerminalText.clean($0) }.joined(separator: "、")) }
        lines.append("")
        for answer in response.lists { lines += list(answer, style) + [""] }
        if response.confirm == true { lines += [style(.yellow, confirmation), ""] }
        if !response.recordsHeld.isEmpty {
            let held = response.recordsHeld.sorted { $0.key < $1.key }.map { code, count in
                let item = Words.item(code)
                return "\(item.zh) \(item.en) \(Words.number(count))"
            }
            lines.append("本节点有效记录 effective records held: " + held.joined(separator: ", "))
        }
        if let marked = response.records, !marked.isEmpty {
            lines.append("标注 marks:")
            for one in marked { lines += Self.marked(one, style) }
            if response.recordsCut == true { lines.append("  … 另有未列出的 / and more than are listed") }
        }
        if let notices = response.notices {
            lines.append(style(.yellow, "本单位有 \(notices) 次查询的答复已变，须告知经办人：creditnode notify list / \(notices) earlier answers to this unit have changed"))
        }
        lines += Facts([
            ("查询回执 receipt", response.receipt), ("答复时间 answered at", Words.moment(response.answeredAt)), ("答复节点 node", response.node),
            ("上次联系上级 parent last heard", response.lastContact.map(Words.moment) ?? "—"),
        ]).render(indent: "")
        return lines + ["", style(.dim, disclaimer)]
    }

    private static func list(_ answer: LookupCommand.ListAnswer, _ style: Style) -> [String] {
        let said = words(answer.answer)
        let name = answer.title.isEmpty ? answer.list : "\(answer.title)（\(answer.list)）"
        var lines = [TerminalText.clean(name), "  " + style(paint(answer.answer), "\(said.zh) / \(said.en)")]
        if let reason = answer.reason { lines.append("  " + words(reason: reason)) }
        for hit in answer.hits {
            let until = hit.until.map { "–\($0)" } ?? "起 on"
            lines.append("  · \(hit.name.isEmpty ? "" : TerminalText.clean(hit.name) + "  ")\(TerminalText.clean(hit.document))  \(TerminalText.clean(hit.since + until))")
            lines.append("    决定机关 decided by: \(TerminalText.clean(hit.authority))")
            let marks = hit.marks.isEmpty ? "无 none held" : hit.marks.map { mark(TerminalText.clean($0)) }.joined(separator: "、")
            lines.append("    标注 marks: " + (hit.marks.isEmpty ? marks : style(.yellow, marks)))
        }
        guard answer.answer != .notCovered else { return lines }
        let edition = answer.edition.map { "第 \($0) 版 edition \($0)" } ?? "未发布 unpublished"
        lines += Facts([
            ("数据截至 as of", (answer.asOf.map(Words.moment) ?? "不详 unknown") + age(asOf: answer.asOf)), ("有效至 valid until", answer.validUntil.map(Words.moment) ?? "—"),
            ("版次 edition", edition), ("主管单位 authority", answer.competentAuthority), ("依据 basis", answer.basis),
        ]).render()
        return lines
    }
}
