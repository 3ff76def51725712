import Console
import NodeRuntime

/// The federation as a tree of lines. Of many healthy children only the number is said; `--json` has them all.
enum TreeText {
    /// Children of one node shown each; of more, only those that need attention.
    static let whole = 16

    static func render(_ tree: StatusReport.TreeNode, _ style: Style) -> [String] {
        var table = TextTable(
            columns: ["节点 node", "状态 state", "待传 to send", "滞后 lag", "记录 records", "名单 lists", "所知 as of"], numeric: [2, 4], indent: "  ")
        add(tree, prefix: "", branch: "", to: &table)
        return table.render(style)
    }

    private static func add(_ node: StatusReport.TreeNode, prefix: String, branch: String, to table: inout TextTable) {
        let word = Health.word(node), paint = Style.paint(of: word.level)
        let lag = Words.duration(milliseconds: node.lagMs)
        table.rows.append([
            .init(prefix + branch + node.name + (node.own ? " ◀" : ""), node.own ? .bold : nil), .init("\(word.mark) \(word.zh) \(word.en)", paint),
            .init(node.backlog.map { Words.number($0.relief + $0.ordinary) } ?? "—", node.backlog.map { $0.relief > 0 } == true ? .yellow : nil),
            .init(node.lagMs == 0 ? "—" : "\(lag.zh) \(lag.en)"), .init(node.records.map(Words.number) ?? "—"), .init(mirror(node)), .init(asOf(node)),
        ])
        let below = prefix + (branch == "├─ " ? "│  " : branch.isEmpty ? "" : "   ")
        let troubled = node.children.filter { Health.rank(Health.word($0).level) < 3 || !$0.children.isEmpty }
        let shown = node.children.count <= whole ? node.children : troubled
        let hidden = node.children.count - shown.count + node.more
        for (index, child) in shown.enumerated() {
            add(child, prefix: below, branch: index == shown.count - 1 && hidden == 0 ? "└─ " : "├─ ", to: &table)
        }
        if hidden > 0 {
            table.rows.append([.init(below + "└─ +\(Words.number(hidden))", .dim), .init("其余无需关注 the rest needs no attention", .dim)] + [TextTable.Cell](repeating: "", count: 5))
        }
    }

    /// Age of the oldest list held there, or what is wrong with one.
    private static func mirror(_ node: StatusReport.TreeNode) -> String {
        let held = node.lists.filter { $0.freshness != "unpublished" }
        if let bad = held.first(where: { $0.freshness != "fresh" }) {
            let state = Words.freshness(bad.freshness)
            return "\(state.mark) \(state.zh) \(state.en)"
        }
        if held.contains(where: \.behind) { return "◐ 旧版 older edition" }
        guard let age = held.compactMap(\.ageMs).max() else { return "—" }
        let ago = Words.ago(milliseconds: age)
        return "\(ago.zh) \(ago.en)"
    }

    private static func asOf(_ node: StatusReport.TreeNode) -> String {
        if node.own || (node.live && node.backlog != nil) { return "实时 live" }
        guard let age = node.ageMs ?? node.silentMs else { return "—" }
        let ago = Words.ago(milliseconds: age)
        return "\(ago.zh) \(ago.en)"
    }
}
