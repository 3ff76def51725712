import Console
import NodeRuntime
import Stage

/// The tree while records travel: redrawn in place on a terminal, a plain line every two seconds elsewhere.
struct DemoLiveView {
    let town: DemoTown
    let screen: DemoScreen
    private var next = ContinuousClock.now
    private var last: [Int] = []
    private var lastAt = ContinuousClock.now

    init(town: DemoTown, screen: DemoScreen) {
        self.town = town
        self.screen = screen
    }

    /// Shows the state now, if it is time to.
    mutating func show(_ facts: [DemoFacts]) {
        let now = ContinuousClock.now
        guard now >= next else { return }
        let span = (now - lastAt).inSeconds
        let rates = facts.indices.map { index in last.count > index && span > 0 ? Int(Double(facts[index].records - last[index]) / span) : 0 }
        (last, lastAt, next) = (facts.map(\.records), now, now + (screen.isTerminal ? .milliseconds(200) : .seconds(2)))
        if screen.isTerminal {
            screen.frame(Self.table(facts, rates))
        } else {
            screen.line("  " + facts.map { fact in
                let name = fact.path.split(separator: "/").last ?? ""
                return fact.link.isEmpty ? "\(name) \(fact.records)" : "\(name) \(fact.records) (backlog \(fact.backlog), lag \(Duration.milliseconds(fact.lagMs).seconds) s)"
            }.joined(separator: " · "))
        }
    }

    static func table(_ facts: [DemoFacts], _ rates: [Int]) -> TextTable {
        var table = TextTable(columns: ["节点 node", "记录 records", "条/秒 per s", "待上报 backlog", "滞后 lag", "线路 line"], numeric: [1, 2, 3, 4], indent: "  ")
        for (fact, rate) in zip(facts, rates) {
            let depth = fact.path.split(separator: "/").count - 1
            let name = String(repeating: "   ", count: max(0, depth - 1)) + (depth > 0 ? "└─ " : "") + DemoTown.title(fact.path)
            let state = Words.link(fact.link)
            table.rows.append([
                TextTable.Cell(name), "\(fact.records)", "\(rate)", fact.link.isEmpty ? "" : "\(fact.backlog)",
                fact.link.isEmpty ? "" : "\(Duration.milliseconds(fact.lagMs).seconds) s",
                fact.link.isEmpty ? "" : TextTable.Cell("\(state.mark) \(state.zh) \(state.en)", Style.paint(of: state.level)),
            ])
        }
        return table
    }
}
