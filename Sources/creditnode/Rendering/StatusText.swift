import Console
import NodeRuntime

/// A node's state on one screen.
enum StatusText {
    static func render(_ report: StatusReport, _ style: Style) -> [String] {
        let tier = Words.tier(ofPath: report.path)
        var lines = [
            style(.bold, TerminalText.clean(report.path)) + "  \(tier.zh)节点 \(tier.en) node  "
                + (report.serving ? style(.green, "● 运行中 serving") : style(.dim, "○ 未提供服务 not serving")),
        ]
        lines += facts(report)
        if !report.warnings.isEmpty {
            lines += ["", style(.yellow, "警告 warnings（\(report.warnings.count)）")] + report.warnings.map { "  ! " + TerminalText.clean($0) }
        }
        lines += ["", style(.dim, "联合 federation")] + TreeText.render(report.tree, style)
        lines += ["", style(.dim, "链路 links")] + links(report.links, style)
        if !report.lists.isEmpty { lines += ["", style(.dim, "名单 lists")] + ListText.render(report.lists, style, indent: "  ") }
        if !report.counts.isEmpty { lines += ["", style(.dim, "记录 records")] + RecordText.counts(report.counts, style) }
        return lines
    }

    private static func facts(_ report: StatusReport) -> [String] {
        var pairs = [
            ("实例 incarnation", report.incarnation), ("密码套件 suite", Words.suite(report.suite)), ("软件 software", report.software),
            ("目录版本 catalogue", report.catalogue.map(String.init) ?? "—"),
        ]
        if let root = report.ledgerRoot { pairs.append(("账本根证书 ledger root", root)) }
        if let listen = report.listen { pairs.append(("监听 listen", listen)) }
        if let page = report.statusPage { pairs.append(("状态页 page", page)) }
        if let started = report.startedAt { pairs.append(("启动 started", Words.moment(started))) }
        pairs.append(("变更 changes", "\(Words.number(report.changes))（变更集 change sets \(Words.number(report.changeSets))）"))
        pairs.append(("记录 records", Words.number(report.records)))
        pairs.append(("待判定/隔离 waiting/quarantined", "\(Words.number(report.waiting)) / \(Words.number(report.quarantined))"))
        if let work = report.open, work.tickets + work.cases + work.overdue + work.drafts + work.submitted + work.notices > 0 {
            pairs.append((
                "待办 open work",
                "问题 questions \(work.tickets) · 异议 cases \(work.cases) · 逾期 overdue \(work.overdue) · 上报 come up \(work.escalated) · 草稿 drafts \(Words.number(work.drafts)) · "
                    + "待审 submitted \(Words.number(work.submitted)) · 须告知 to tell \(work.notices)"
            ))
        }
        if let passing = report.passing {
            if passing.filings > 0 { pairs.append(("异地受理件 filings", "\(Words.number(passing.filings))（尚未转到记录 not at a record yet \(Words.number(passing.open))）")) }
            if passing.forks > 0 { pairs.append(("分叉的副本 forked replicas", "\(Words.number(passing.forks))（等待裁定 to be ruled on \(Words.number(passing.heldBack))）")) }
        }
        let attachments = report.attachments
        if attachments.held + attachments.wanted > 0 {
            pairs.append(("附件 attachments", "\(Words.number(attachments.held)) 已有 held / \(Words.number(attachments.wanted)) 待取 wanted，\(AttachmentText.size(attachments.bytes))"))
        }
        return Facts(pairs).render()
    }

    static func links(_ links: [StatusReport.Link], _ style: Style) -> [String] {
        guard !links.isEmpty else { return ["  没有链路：独立工作 / no links: working alone"] }
        var table = TextTable(
            columns: ["角色 role", "对端 peer", "状态 state", "滞后 lag", "上次联系 last contact", "救济 relief", "普通 ordinary"], numeric: [5, 6], indent: "  ")
        let ordered = links.filter { $0.role == "parent" } + links.filter { $0.role != "parent" }
        table.rows = ordered.map { link in
            let state = Words.link(link.word), lag = Words.duration(milliseconds: link.lagMs), silence = Words.silence(link)
            return [
                .init(link.role == "parent" ? "上级 parent" : "下级 child"), .init(link.peer, .bold), .init("\(state.mark) \(state.zh) \(state.en)", Style.paint(of: state.level)),
                .init(link.lagMs == 0 ? "—" : "\(lag.zh) \(lag.en)"), .init("\(silence.zh) \(silence.en)"),
                .init(Words.number(link.backlog.relief), link.backlog.relief > 0 ? .yellow : nil), .init(Words.number(link.backlog.ordinary)),
            ]
        }
        let errors = ordered.compactMap { link in link.lastError.map { "  ↳ \(TerminalText.clean(link.peer)): \(TerminalText.clean($0))" } }
        return table.render(style) + errors
    }
}

/// Lists as a table.
enum ListText {
    static func render(_ lists: [ListSummary], _ style: Style, indent: String = "") -> [String] {
        guard !lists.isEmpty else { return [indent + "没有名单 / no lists"] }
        var table = TextTable(
            columns: ["名单 list", "名称 title", "时效 freshness", "版次 edition", "在列 entries", "待发布 staged", "移出 removed", "声明 as of", "有效至 valid until"],
            numeric: [3, 4, 5, 6], indent: indent)
        table.rows = lists.map { list in
            let state = Words.freshness(list.freshness)
            return [
                .init(list.code, .bold), .init(list.title), .init("\(state.mark) \(state.zh) \(state.en)", Style.paint(of: state.level)),
                .init(list.edition.map(String.init) ?? "—"), .init(Words.number(list.entries)), .init(Words.number(list.staged)), .init(Words.number(list.removed)),
                .init(list.issuedAt.map(Words.moment) ?? "—"), .init(list.validUntil.map(Words.moment) ?? "—"),
            ]
        }
        return table.render(style)
    }
}
