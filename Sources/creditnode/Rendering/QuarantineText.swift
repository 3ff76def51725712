import Console
import NodeRuntime

enum QuarantineText {
    static func lines(_ answer: QuarantineCommand.Response, _ style: Style) -> [String] {
        if answer.changes.isEmpty { return [style(.dim, "没有隔离的变更 / nothing is quarantined")] }
        return answer.changes.flatMap { one in
            var facts: [(String, String)] = [("变更 change", one.change)]
            if let record = one.record { facts.append(("记录 record", record)) }
            if let unit = one.unit, let person = one.operator, !unit.isEmpty { facts.append(("经办 by", "\(unit) \(person)")) }
            for said in one.said {
                facts.append(("\(said.by)", "\(said.rule): \(said.zh) \(said.en)（\(said.detail)）"))
                facts.append(("办法 remedy", "\(said.remedyZh) / \(said.remedyEn)"))
            }
            for ruling in one.rulings { facts.append((ruling.outcome == "released" ? "放行 released" : "驳回 rejected", "\(ruling.by) · \(ruling.rule) · \(ruling.reason)")) }
            if one.said.isEmpty { facts.append(("状态 state", "已生效 it counts")) }
            if one.releasable { facts.append(("", "本节点可放行 / this node may release it")) }
            return [style(.bold, one.kind ?? "change")] + Facts(facts.map { (TerminalText.clean($0.0), TerminalText.clean($0.1)) }).render()
        }
    }
}

enum ForkText {
    static func lines(_ answer: ForksCommand.Response, _ style: Style) -> [String] {
        if answer.forks.isEmpty { return [style(.dim, "没有分叉 / no forks")] }
        return answer.forks.flatMap { one in
            var facts: [(String, String)] = [("副本 replica", one.replica), ("状态 state", Words.fork(one.state).zh + " " + Words.fork(one.state).en)]
            if let through = one.through { facts.append(("已确认至 receipted through", "\(through)")) }
            facts.append(("等待裁定 waiting", "\(one.waiting)"))
            facts.append(("未被采纳的一支 losing branch", "\(one.kept) 条保留在作者节点 / changes kept at its node"))
            for ruling in one.rulings { facts.append(("裁定 ruling", ruling)) }
            return Facts(facts.map { ($0.0, TerminalText.clean($0.1)) }).render()
        }
    }
}
