import Console
import NodeRuntime

/// What is said about look-up clients.
extension SetUpText {
    static func readerInvitation(_ answer: ReaderInviteCommand.Response, _ style: Style) -> [String] {
        Facts([
            ("查询端 client", answer.reader), ("单位 unit", answer.unit), ("连接地址 address", answer.address), ("有效至 expires", Words.moment(answer.expiresAt)),
            ("证书指纹 CA fingerprint", answer.caFingerprint),
        ]).render() + [
            "", "在部门的机器上运行 / on the department's machine:", "  creditnode readers join \(style(.bold, TerminalText.clean(answer.token))) --identity ./\(TerminalText.clean(answer.reader))",
            "", "令牌只能用一次，请经可靠途径交付 / the token works once; hand it over on a safe way",
        ]
    }

    static func readerJoined(_ facts: ReaderIdentity.Facts, _ directory: String, _ style: Style) -> [String] {
        [style(.green, "✓") + " 已登记 / enrolled"]
            + Facts([
                ("查询端 client", facts.name), ("单位 unit", facts.unit), ("答复节点 node", facts.node), ("地址 address", facts.address),
                ("证书有效至 certificate until", Words.moment(facts.validUntil)), ("节点公钥 node's key", facts.serverKey), ("目录 directory", directory),
            ]).render()
            + ["", "下一步 / next:  creditnode lookup CODE --identity \(TerminalText.clean(directory)) --purpose … --operator …"]
    }

    static func readers(_ answer: ReadersCommand.Response, _ style: Style) -> [String] {
        guard !answer.readers.isEmpty else { return ["没有查询端 / no look-up clients"] }
        var table = TextTable(columns: ["查询端 client", "单位 unit", "状态 state", "登记 enrolled", "证书有效至 certificate until"])
        table.rows = answer.readers.map { reader in
            [.init(reader.name), .init(reader.unit), .init(reader.state), .init(Words.moment(reader.enrolledAt)), .init(Words.moment(reader.validUntil))]
        }
        return table.render(style)
    }
}
