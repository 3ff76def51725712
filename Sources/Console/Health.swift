import NodeRuntime

/// How much attention a node of the tree asks for, and in which word.
package enum Health {
    package typealias Node = StatusReport.TreeNode

    /// The word of its line, at the level of the worst that is known of it.
    package static func word(_ node: Node) -> Words.State {
        if node.above { return Words.State(zh: "上级", en: "above", level: .idle, mark: "△") }
        let line = Words.link(node.line)
        // Its parent is out of reach: what was last heard of the line says nothing of now.
        if !node.own, !node.live, line.level == .good || line.level == .busy {
            return Words.State(zh: "随上级失联", en: "out of sight", level: .idle, mark: "◌")
        }
        let level = node.notes.map(level).reduce(line.level) { rank($0) <= rank($1) ? $0 : $1 }
        guard level != line.level, let note = node.notes.first(where: { self.level($0) == level }) else { return line }
        return Words.State(zh: note.zh, en: note.en, level: level, mark: mark(level))
    }

    static func level(_ note: Node.Note) -> Words.State.Level {
        switch note.code {
        case "waiting", "catalogue-behind", "list-behind": .busy
        default: .care
        }
    }

    /// Worst first.
    package static func rank(_ level: Words.State.Level) -> Int {
        switch level {
        case .bad: 0
        case .care: 1
        case .busy: 2
        case .idle: 3
        case .good: 4
        }
    }

    private static func mark(_ level: Words.State.Level) -> String {
        switch level {
        case .good: "●"
        case .busy: "◐"
        case .idle: "○"
        case .care: "▲"
        case .bad: "×"
        }
    }

    /// Worst first, then by path.
    static func ordered(_ nodes: [Node]) -> [Node] {
        nodes.sorted { a, b in
            let (x, y) = (worst(a), worst(b))
            return x == y ? a.path < b.path : x < y
        }
    }

    /// The worst rank of a node and of all below it.
    static func worst(_ node: Node) -> Int { node.children.map(worst).reduce(rank(word(node).level), min) }

    static func descendants(_ node: Node) -> Int { node.children.reduce(node.children.count) { $0 + descendants($1) } }

    /// The node that reports, in the tree it shows.
    package static func own(_ root: Node) -> Node {
        var node = root
        while !node.own, let next = node.children.first { node = next }
        return node
    }
}

/// How many nodes stand at each level, the reporting one and those below it.
struct Tally {
    private(set) var counts: [(level: Words.State.Level, count: Int)] = []
    /// Not well, worst first.
    private(set) var troubled: [Health.Node] = []
    private let only: Health.Node?
    var total: Int { counts.reduce(0) { $0 + $1.count } }

    init(_ node: Health.Node) { self.init(all: [node]) }

    /// Over nodes and all below them.
    init(all nodes: [Health.Node]) {
        only = nodes.first
        var byRank = [Int](repeating: 0, count: 5)
        var stack = nodes
        while let next = stack.popLast() {
            let rank = Health.rank(Health.word(next).level)
            byRank[rank] += 1
            if rank < 2 { troubled.append(next) }
            stack += next.children
        }
        let levels: [Words.State.Level] = [.bad, .care, .busy, .idle, .good]
        counts = zip(levels, byRank).map { ($0, $1) }
        troubled.sort { (Health.rank(Health.word($0).level), $0.path) < (Health.rank(Health.word($1).level), $1.path) }
    }

    /// Without the root, which all have in common.
    private func short(_ node: Health.Node) -> String {
        let below = node.path.split(separator: "/").dropFirst().joined(separator: "/")
        return below.isEmpty ? node.name : below
    }

    subscript(_ level: Words.State.Level) -> Int { counts.first { $0.level == level }?.count ?? 0 }

    static func word(_ level: Words.State.Level, _ l: ConsoleLanguage) -> String {
        switch level {
        case .good: l("正常", "well")
        case .busy: l("传输中", "catching up")
        case .care: l("需关注", "need care")
        case .bad: l("中断", "cut off")
        case .idle: l("未联系", "not in contact")
        }
    }

    /// Small marks with counts; levels where nobody stands are left out.
    func html(_ l: ConsoleLanguage) -> String {
        let parts = counts.filter { $0.count > 0 }.map { one in
            "<li class=\"\(one.level.rawValue)\">\(Icon.svg(one.level))<b>\(Words.number(one.count))</b> \(Tally.word(one.level, l))</li>"
        }
        return "<ul class=\"tally\" aria-label=\"\(l("各状态节点数", "Nodes by state"))\">\(parts.joined())</ul>"
    }

    /// The whole federation in one sentence.
    func sentence(_ l: ConsoleLanguage) -> (text: String, level: Words.State.Level) {
        let names = troubled.prefix(2).map { "\(short($0))（\(l(Health.word($0).zh, Health.word($0).en))）" }.joined(separator: l("、", ", "))
        let some = l == .zh ? names : names.replacing("（", with: " (").replacing("）", with: ")")
        let rest = troubled.count > 2 ? l(" 等", " and \(troubled.count - 2) more") : ""
        if let first = troubled.first {
            return (l("\(troubled.count) 个节点需要关注：\(some)\(rest)", "\(troubled.count) of \(total) need attention: \(some)\(rest)"), Health.word(first).level)
        }
        if total == 1, let only, only.tier > 2 { return (l("本节点正常", "This node is well"), .good) }
        if total == 1 { return (l("本节点正常，尚无下级节点", "This node is well; nobody below it yet"), .good) }
        if self[.good] == total { return (l("全部 \(total) 个节点正常", "All \(total) nodes are well"), .good) }
        if self[.busy] > 0 { return (l("\(self[.busy]) 个节点正在传输，其余无需处理", "\(self[.busy]) catching up; nothing needs you"), .busy) }
        return (l("已联系的节点均正常，\(self[.idle]) 个未联系", "Those in contact are well; \(self[.idle]) are not in contact"), .good)
    }
}
