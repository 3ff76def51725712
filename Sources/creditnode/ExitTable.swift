import NodeRuntime

/// What each exit code means, as `--help` of the root command shows it.
enum ExitTable {
    static let rows: [(exit: ControlFault.Exit, zh: String, en: String)] = [
        (.success, "成功", "success"),
        (.failure, "内部错误或副本损坏", "an internal error, or a damaged replica"),
        (.usage, "命令行有误", "the command line is wrong"),
        (.badInput, "输入有误（import：有行被拒收）", "bad input (import: some rows were refused)"),
        (.notFound, "本节点没有所求", "not held here"),
        (.unavailable, "节点被占用或未运行", "the node is held by another process, or none serves"),
        (.verification, "校验发现差异", "verification found a difference"),
        (.system, "磁盘、网络或权限", "disk, network or permission"),
        (.refused, "规则不允许", "refused by the node's rules"),
    ]

    static var help: String {
        rows.map { "  \(TerminalText.padded(String($0.exit.rawValue), to: 3, right: true))  \($0.zh) / \($0.en)" }.joined(separator: "\n")
    }
}
