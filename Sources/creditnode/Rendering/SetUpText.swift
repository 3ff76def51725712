import Console
import NodeRuntime

/// What the commands that set a node up say.
enum SetUpText {
    static func initialised(_ report: InitReport, _ style: Style) -> [String] {
        [style(.green, "✓") + " 根节点已建立 / root made"] + facts(report)
            + ["", "下一步 / next:  creditnode serve --home \(TerminalText.clean(report.home)) --listen 0.0.0.0:7440"]
    }

    static func joined(_ report: InitReport, _ style: Style) -> [String] {
        [style(.green, "✓") + " 已加入 / joined"] + facts(report) + ["", "下一步 / next:  creditnode serve --home \(TerminalText.clean(report.home))"]
    }

    private static func facts(_ report: InitReport) -> [String] {
        Facts([
            ("路径 path", report.path), ("实例 incarnation", report.incarnation), ("密码套件 suite", Words.suite(report.suite)), ("目录 home", report.home),
            ("根证书指纹 CA fingerprint", report.caFingerprint), ("账本根证书 ledger root", report.ledgerRoot),
        ]).render()
    }

    static func invitation(_ answer: InviteCommand.Response, _ style: Style) -> [String] {
        Facts([
            ("邀请 for", answer.path), ("连接地址 address", answer.address), ("有效至 expires", Words.moment(answer.expiresAt)),
            ("证书指纹 CA fingerprint", answer.caFingerprint), ("建议套件 suggested suite", Words.suite(answer.suite)),
        ]).render() + [
            "", "在下级机器上运行 / on the child's machine:", "  creditnode join \(style(.bold, TerminalText.clean(answer.token)))",
            "", "令牌只能用一次，请经可靠途径交付 / the token works once; hand it over on a safe way",
        ]
    }

    static func children(_ answer: ChildrenCommand.Response, _ style: Style) -> [String] {
        guard !answer.children.isEmpty else { return ["没有下级 / no children"] }
        var table = TextTable(columns: ["下级 child", "状态 state", "加入 enrolled", "上次联系 last contact", "账本密钥 ledger key", "套件 suite"])
        table.rows = answer.children.map { child in
            [.init(child.path), .init(child.state), .init(Words.moment(child.enrolledAt)), .init(child.lastContact.map(Words.moment) ?? "从未 never"), .init(child.ledgerKey), .init(child.suite ?? "—")]
        }
        return table.render(style)
    }

    /// One line each, a fixed word first: scripts read these.
    static func addresses(_ addresses: ServeAddresses) -> [String] {
        var lines: [String] = []
        if let listen = addresses.listen { lines.append("listen \(listen)") }
        if let page = addresses.statusPage { lines.append("status-page http://\(page)/") }
        lines.append("socket \(addresses.socket)")
        lines.append("ready")
        return lines
    }
}

/// Names and values in two columns.
struct Facts {
    let pairs: [(String, String)]
    init(_ pairs: [(String, String)]) { self.pairs = pairs }

    func render(indent: String = "  ") -> [String] {
        let width = pairs.map { TerminalText.columns($0.0) }.max() ?? 0
        return pairs.map { indent + TerminalText.padded($0.0, to: width) + "  " + TerminalText.clean($0.1) }
    }
}
