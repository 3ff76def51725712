import NodeRuntime

/// The read-only status page as text. Everything it needs stands in the report; nothing here waits or asks.
package enum ConsolePage {
    /// The whole document. Style and script come as files of their own, so the page needs nothing inline.
    package static func html(_ report: StatusReport, language: ConsoleLanguage) -> String {
        document(title: report.path, asOf: report.asOf, language: language, content: content(report, language: language))
    }

    /// What stands in `<main>`; the event stream sends it again when it changed.
    package static func content(_ report: StatusReport, language l: ConsoleLanguage) -> String {
        [
            NodeHead.html(report, l), TreePicture.html(report, l), warnings(report, l), WorkPanel.html(report, l), PassingPanel.html(report, l), Figures.html(report, l),
            ListTable.html(report, l), LinkTable.html(report, l), CountTable.html(report, l), NodeHead.facts(report, l),
        ].joined(separator: "\n")
    }

    /// When the report was put together, as people read it.
    package static func moment(_ report: StatusReport) -> String { Words.moment(report.asOf) }

    /// The page when the node cannot say how it is.
    package static func failure(_ fault: ControlFault, language l: ConsoleLanguage) -> String {
        let content = """
            <section class="warnings" aria-labelledby="fault"><h2 id="fault">\(l("暂时无法读取状态", "The status cannot be read now"))</h2>
            <ul><li>\(HTML.escape(l(fault.messageZh, fault.messageEn)))</li><li>\(HTML.escape(fault.hint))</li></ul></section>
            """
        return document(title: l("无法读取状态", "No status"), asOf: nil, language: l, content: content)
    }

    private static func document(title: String, asOf: String?, language l: ConsoleLanguage, content: String) -> String {
        """
        <!doctype html>
        <html lang="\(l.tag)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(HTML.escape(title)) · \(l("公共信用信息节点", "Public credit node"))</title>
        <link rel="stylesheet" href="/style.css">
        <script src="/app.js" defer></script>
        <noscript><meta http-equiv="refresh" content="15"></noscript>
        </head>
        <body data-lang="\(l.rawValue)" data-lost="\(l("与节点的连接已断开，正在重连。以下不是实时状态，截至", "Not live: the connection to the node is lost; reconnecting. What follows is as of"))">
        <a class="skip" href="#main">\(l("跳到正文", "Skip to content"))</a>
        <header class="bar"><div class="wrap">
        <p class="product">\(l("公共信用信息节点", "Public credit node"))<span class="sub">\(l("运行状态 · 只读", "status · read-only"))</span></p>
        <p class="pulse" id="pulse"><span class="dot" aria-hidden="true"></span><span id="pulse-text" data-on="\(l("实时", "live"))" data-off="\(l("连接已断开", "not live"))">\(l("静态快照", "snapshot"))</span><span id="as-of">\(HTML.escape(asOf.map(Words.moment) ?? ""))</span></p>
        <nav aria-label="\(l("语言", "Language"))"><a href="/?lang=zh" lang="zh-Hans-CN" hreflang="zh-Hans-CN"\(l == .zh ? " aria-current=\"true\"" : "")>中文</a><a href="/?lang=en" lang="en" hreflang="en"\(l == .en ? " aria-current=\"true\"" : "")>English</a></nav>
        </div></header>
        <p class="lost wrap" id="lost" role="alert" hidden></p>
        <main class="wrap" id="main" tabindex="-1">
        \(content)
        </main>
        <footer class="wrap"><p>\(l("时间均为北京时间（UTC+8）。本页只显示本节点所知：下级的情况由其签名自述，变化后数秒内到达；线路中断时以“上次联系”为准。", "All times are UTC+8. This page shows what this node knows: those below sign what they say of themselves, and changes arrive within seconds; where a line is down, it is as old as the last contact."))</p></footer>
        </body>
        </html>
        """
    }

    private static func warnings(_ report: StatusReport, _ l: ConsoleLanguage) -> String {
        guard !report.warnings.isEmpty else {
            return "<p class=\"calm\">\(Icon.svg(.good))\(l("本节点的账本没有警告", "No warnings about this node's ledgers"))</p>"
        }
        let lines = report.warnings.map { HTML.element("li", $0) }.joined()
        return """
            <section class="warnings" aria-labelledby="warnings-title">
            <h2 id="warnings-title">\(Icon.svg(.care))\(l("账本警告", "Warnings about ledgers"))<span class="badge">\(report.warnings.count)</span></h2>
            <ul>\(lines)</ul></section>
            """
    }
}
