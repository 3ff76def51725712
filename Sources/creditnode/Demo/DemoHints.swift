import Samples
import Stage

/// Commands to try while the nodes go on running.
enum DemoHints {
    static func lines(_ town: DemoTown, directory: String) -> [String] {
        let program = town.city.executable, street = town.away, subject = DemoStory.subjects[0]
        func command(_ node: StagedNode, _ words: [String]) -> String { "    " + Troupe.line(program, words + ["--home", node.home]) }
        var lines = ["", "■ 七个节点继续运行，Ctrl-C 结束 / the nodes go on running; Ctrl-C ends", "  状态页 status pages:"]
        for node in town.nodes { lines.append("    \(DemoTown.title(node.path))  http://\(node.addresses?.statusPage ?? "?")/") }
        lines += [
            "  接下来试试 / what to try next:",
            command(street.node, ["status"]),
            command(street.node, ["lookup", subject.code, "--purpose", "试用", "--unit", street.unit.code, "--operator", "本人"]),
            command(town.city, ["records", "--at", street.node.path, "--item", "penalty", "--limit", "5"]),
            command(town.city, ["tickets"]),
            command(town.other.node, ["filings"]),
            command(street.node, ["notify"]),
            command(town.district, ["verify"]),
            command(town.city, ["digest", street.node.path]),
            command(street.node, ["digest", street.node.path]),
            "  再次导入同一文件：不会重复 / import the same file again, nothing is repeated:",
            command(street.node, [
                "import", "\(directory)/\(street.node.name)-\(0)-permit.csv", "--item", "permit", "--unit", street.unit.code, "--operator", "经办甲", "--reviewer", "审核乙",
            ]),
            "",
        ]
        return lines
    }
}
