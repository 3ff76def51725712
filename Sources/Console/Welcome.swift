import NodeRuntime

/// What to do next, where nobody stands below yet.
enum Welcome {
    static func html(_ own: Health.Node, _ l: ConsoleLanguage) -> String {
        guard own.tier < 3 else { return "<p class=\"edge\">\(l("没有下级节点", "nobody below"))</p>" }
        let below = own.tier == 1 ? l("区", "district") : l("街道", "street")
        let path = "\(HTML.escape(own.path))/\(l("NAME", "NAME"))"
        let steps = [
            (l("在本机发出邀请，得到一次性令牌", "Invite it here; this prints a one-time token"), "creditnode invite \(path)"),
            (l("在对方机器上用令牌加入", "On its machine, join with the token"), "creditnode join TOKEN"),
            (l("在对方机器上启动，几秒后此处即出现", "Start it there; it appears here within seconds"), "creditnode serve"),
        ]
        let items = steps.map { "<li><p>\($0.0)</p><code>\($0.1)</code></li>" }.joined()
        return """
            <span class="wire l-idle" aria-hidden="true"></span><div class="welcome"><h3>\(l("还没有下级节点：邀请第一个\(below)", "Nobody below yet: invite the first \(below)"))</h3>\
            <ol>\(items)</ol><p class="quiet">\(l("NAME 用小写字母、数字和连字符。令牌如同钥匙，请当面或经可信渠道交付。", "NAME is lower-case letters, digits and hyphens. A token is like a key: hand it over by a way you trust."))</p></div>
            """
    }
}
