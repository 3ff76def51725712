import Foundation
import Testing

@testable import Console
@testable import NodeRuntime

struct ConsoleTests {
    @Test func escapes() {
        #expect(HTML.escape("<a href=\"x\" id='y'>&\u{0}\u{202E}武") == "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;\u{FFFD}\u{FFFD}武")
    }

    @Test func nothingFromTheReportGetsThroughUnescaped() throws {
        let evil = "<script>alert('1')</script>\" onload=x"
        var report = Samples.status(path: evil)
        report.incarnation = evil
        report.suite = evil
        report.software = evil
        report.listen = evil
        report.startedAt = evil
        report.warnings = [evil]
        report.links = [StatusReport.Link(role: "child", peer: evil, state: evil, address: evil, lastContact: evil, silentMs: 1, backlog: .init(relief: 1, ordinary: 1), lagMs: 1, lastError: evil)]
        report.lists = [ListSummary(
            code: evil, id: evil, title: evil, basis: evil, authority: evil, issuer: evil, edition: 1, entries: 1, staged: 1, removed: 1, issuedAt: evil, validUntil: evil, freshness: evil)]
        var bad = SampleTree.node(evil)
        (bad.own, bad.line, bad.software, bad.suite, bad.asOf, bad.lastContact, bad.notes) = (true, evil, evil, evil, evil, evil, [.init(evil, zh: evil, en: evil)])
        bad.lists = [.init(code: evil, title: evil, edition: 1, behind: true, ageMs: 1, freshness: evil)]
        bad.children = [bad]
        bad.children[0].own = false
        report.tree = bad
        report.open = OpenWork(
            tickets: 1, cases: 1, overdue: 1, escalated: 1, drafts: 1, submitted: 1, notices: 1, isCut: true,
            lines: [.init(kind: evil, what: evil, record: evil, home: evil, item: evil, document: evil, receipt: evil, due: evil, provisional: true, overdue: true, who: evil)])
        report.passing = PassingWork(
            filings: 1, open: 1, forks: 1, heldBack: 1,
            filingLines: [.init(filing: evil, act: evil, receipt: evil, takenAt: evil, capturedAt: evil, authority: evil, naturalKey: evil, state: evil, waitsFor: evil, records: [evil],
                answers: [.init(by: evil, state: evil, home: evil, unit: evil, repliedOn: evil, document: evil, reason: evil)])],
            forkLines: [.init(replica: evil, state: evil, through: 1, waiting: 1, kept: 1, rulings: [evil])])
        report.counts = [.init(home: evil, item: evil, validity: evil, count: 1)]
        for language in [ConsoleLanguage.zh, .en] {
            let page = ConsolePage.html(report, language: language)
            #expect(!page.contains("<script>") && !page.contains("\" onload"))
        }
        #expect(!ConsolePage.failure(ControlFault("x", zh: evil, en: evil, hint: evil, exit: .failure), language: .zh).contains("<script>alert"))
    }

    @Test func needsNothingInlineAndNothingFromElsewhere() {
        let page = ConsolePage.html(Samples.status(), language: .zh)
        for part in [" style=", "<style", "onclick", "http://", "https://", "javascript:"] { #expect(!page.contains(part), "\(part)") }
        #expect(!ConsoleAssets.style.contains("url(") && !ConsoleAssets.style.contains("@import") && !ConsoleAssets.script.contains("innerHTML"))
    }

    @Test func tagsAreBalanced() {
        for language in [ConsoleLanguage.zh, .en] {
            let page = ConsolePage.content(Samples.status(children: 40), language: language)
            for tag in ["section", "div", "ul", "li", "dl", "table", "tr", "td", "th", "p", "span", "svg", "strong", "time", "code", "details", "summary", "h2", "h3", "g", "ol"] {
                let open = page.components(separatedBy: "<\(tag)>").count + page.components(separatedBy: "<\(tag) ").count - 2
                #expect(open == page.components(separatedBy: "</\(tag)>").count - 1, "\(tag)")
            }
        }
    }

    @Test func showsThePlaceInTheTree() {
        let page = ConsolePage.content(Samples.status(children: 40), language: .en)
        for part in ["this node", "wuhan/wuchang/jiyuqiao", "synchronising", "need attention", "id=\"n-wuhan_wuchang_liangdao\""] { #expect(page.contains(part), "\(part)") }
        let alone = ConsolePage.content(Samples.status(path: "wuhan", children: 0), language: .zh)
        #expect(alone.contains("creditnode invite wuhan/NAME") && alone.contains("creditnode join TOKEN"), "an empty federation says what to do next")
    }

    private func city(_ tree: SampleTree.Node) -> StatusReport {
        var report = Samples.status(path: "wuhan", children: 0, calm: true)
        report.tree = tree
        return report
    }

    /// Positions of parts of a page, in the order given.
    private func places(_ page: String, _ parts: [String]) -> [Int] {
        parts.map { part in page.range(of: part).map { page.distance(from: page.startIndex, to: $0.lowerBound) } ?? -1 }
    }

    @Test("What waits for people: counts, nearest dates, who acts; nothing where the node says nothing of it")
    func openWork() {
        var report = Samples.status()
        #expect(!ConsolePage.content(report, language: .en).contains("Open work"))
        func line(_ kind: String, _ what: String, _ who: String, late: Bool) -> DeadlinesCommand.Line {
            .init(kind: kind, what: what, record: nil, home: "wuhan/wuchang", item: "permit", document: "〔2026〕1号", receipt: "R", due: "2026-11-25", provisional: !late, overdue: late, who: who)
        }
        report.open = OpenWork(
            tickets: 3, cases: 2, overdue: 1, escalated: 4, drafts: 50_000, submitted: 6, notices: 7, isCut: false,
            lines: [line("ticket", "M3", "deciding-unit", late: true), line("objection", "review", "parent", late: false), line("notice", "revoked", "11000000TEXT00017D", late: false), line("report", "draft", "甲", late: false)])
        let english = ConsolePage.content(report, language: .en), chinese = ConsolePage.content(report, language: .zh)
        for part in ["Open work and deadlines", "<b>50,000</b> drafts", "M3 · two corrections contradict each other", "overdue</span>", "provisional</span>", "reviewer of the deciding unit", "tell the user: revoked"] {
            #expect(english.contains(part), "\(part)")
        }
        for part in ["待办与期限", "两处更正不一致", "异议：复核", "上级信用办", "草稿报送"] { #expect(chinese.contains(part), "\(part)") }
        report.open?.lines = []
        #expect(ConsolePage.content(report, language: .en).contains("Nothing is due"))
    }

    @Test("Filings and forks: counts, those that wait first, what they wait for; nothing where there are none")
    func passing() {
        let english = ConsolePage.content(Samples.status(), language: .en), chinese = ConsolePage.content(Samples.status(), language: .zh)
        for part in [
            "Filings: work on records held elsewhere", "<b>14</b> in all", "<li class=\"care\"><b>2</b> not at a record yet", "nobody above holds such a record", "repair approved",
            "wuhan/hanyang/qinduankou", "Forked replicas", "<li class=\"care\"><b>1</b> to be ruled on", "<code>1f2e3d4c</code>", "18,204", "creditnode forks go-on", "all of them: creditnode filings",
        ] { #expect(english.contains(part), "\(part)") }
        for part in ["异地受理件", "尚未转到记录", "可能指多条记录，待人选定", "准予修复", "复议诉讼标注", "分叉的副本", "后续变更等待裁定", "已准许继续"] { #expect(chinese.contains(part), "\(part)") }
        var calm = Samples.status(calm: true)
        #expect(!ConsolePage.content(calm, language: .en).contains("id=\"filings\""))
        calm.passing = PassingWork(filings: 0, open: 0, forks: 0, heldBack: 0, filingLines: [], forkLines: [])
        let none = ConsolePage.content(calm, language: .en)
        #expect(!none.contains("id=\"filings\"") && !none.contains("id=\"forks\""))
    }

    @Test("A small federation is drawn whole, in the order of its names")
    func smallTree() {
        let page = ConsolePage.content(city(SampleTree.small()), language: .en)
        let found = places(page, ["n-wuhan\"", "n-wuhan_wuchang\"", "n-wuhan_wuchang_jiyuqiao\"", "n-wuhan_wuchang_zhonghualu\"", "n-wuhan_hanyang\"", "n-wuhan_hanyang_cuiwei\""])
        #expect(found.allSatisfy { $0 >= 0 } && found == found.sorted())
        for part in ["1 of 7 need attention: wuchang/zhonghualu (cut)", "18,240 to send · 9 min behind", "relief 2", "seen 1 h ago", "lists 2 h ago"] { #expect(page.contains(part), "\(part)") }
        #expect(!page.contains("class=\"fold\""))
    }

    @Test("Of 174 nodes the troubled stand first with a card, the rest is folded and counted, and the page stays small")
    func largeTree() {
        let page = ConsolePage.content(city(SampleTree.large()), language: .zh)
        for index in stride(from: 0, to: 160, by: 11) {
            let path = "\(["jiangan", "jianghan", "qiaokou", "hanyang", "wuchang", "qingshan", "hongshan", "dongxihu", "hannan", "caidian", "jiangxia", "huangpi", "xinzhou"][index % 13])_street-\(index / 13 + 1)"
            #expect(page.contains("id=\"n-wuhan_\(path)\""), "\(path)")
        }
        #expect(page.components(separatedBy: "class=\"fold\"").count == 14 && page.components(separatedBy: "class=\"chip ").count - 1 == 160 - 15)
        let found = places(page, ["n-wuhan_hannan\"", "n-wuhan_dongxihu\"", "n-wuhan_caidian\""])
        #expect(found == found.sorted(), "a district with a cut street, one with a stale list, one that is well")
        #expect(page.contains("<b>159</b> 正常") && page.utf8.count < 200_000, "\(page.utf8.count) bytes")
        let crowd = ConsolePage.content(city(SampleTree.large(districts: 16, streets: 2560)), language: .zh)
        #expect(crowd.utf8.count < 1_500_000, "\(crowd.utf8.count) bytes")
    }

    @Test("What lies behind a cut line is not called connected, and says as of when it is known")
    func outOfSight() {
        var tree = SampleTree.small(calm: true)
        (tree.children[0].line, tree.children[0].live, tree.children[0].silentMs) = ("cut", false, 7_200_000)
        for index in tree.children[0].children.indices { (tree.children[0].children[index].live, tree.children[0].children[index].silentMs, tree.children[0].children[index].ageMs) = (false, nil, 7_300_000) }
        let page = ConsolePage.content(city(tree), language: .en)
        #expect(page.components(separatedBy: "out of sight").count - 1 == 2 && page.components(separatedBy: "known as of 2 h ago").count - 1 == 2)
        #expect(Tally(tree)[.bad] == 1 && Tally(tree)[.idle] == 2 && Tally(tree)[.good] == 4)
    }

    @Test("Text and ground reach 4.5 to 1 in light and dark")
    func contrast() throws {
        func colours(_ block: String) -> [String: Double] {
            var found: [String: Double] = [:]
            for part in block.split(whereSeparator: { $0 == ";" || $0 == "{" || $0 == "\n" }) where part.hasPrefix("--") {
                let pair = part.split(separator: ":")
                var hex = String(pair[1].drop { $0 == "#" }.prefix { $0.isHexDigit })
                if hex.count == 3 { hex = hex.map { "\($0)\($0)" }.joined() }
                guard hex.count == 6, let value = Int(hex, radix: 16) else { continue }
                let linear = [value >> 16, value >> 8 & 255, value & 255].map { byte -> Double in
                    let c = Double(byte) / 255
                    return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4)
                }
                found[String(pair[0].dropFirst(2))] = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
            }
            return found
        }
        let blocks = ConsoleAssets.style.components(separatedBy: "prefers-color-scheme:dark")
        for block in [blocks[0], blocks[1].components(separatedBy: "}").first ?? ""] {
            let palette = colours(block)
            for ink in ["ink", "soft", "good", "busy", "idle", "care", "bad"] {
                for ground in ["paper", "tint", "desk"] {
                    let a = try #require(palette[ink]), b = try #require(palette[ground])
                    #expect((max(a, b) + 0.05) / (min(a, b) + 0.05) >= 4.5, "\(ink) on \(ground)")
                }
            }
        }
    }

    @Test func agoChangesOnceAMinute() {
        #expect(Words.ago(milliseconds: 59_999).zh == "刚刚" && Words.ago(milliseconds: 180_000).zh == "3 分钟前" && Words.ago(milliseconds: 180_000).en == "3 min ago")
        #expect(Words.ago(milliseconds: 47 * 3_600_000).en == "47 h ago" && Words.ago(milliseconds: 48 * 3_600_000).zh == "2 天前")
        #expect((0...5).map { Meter.steps(lagMs: [0, 1, 10_000, 60_000, 600_000, 3_600_000][$0]) } == [0, 1, 2, 3, 4, 5])
    }

    @Test func languages() {
        #expect(ConsoleLanguage(query: "") == .zh && ConsoleLanguage(query: "lang=en") == .en && ConsoleLanguage(query: "a=b&lang=en") == .en && ConsoleLanguage(query: "lang=xx") == .zh)
        #expect(ConsolePage.html(Samples.status(), language: .en).contains("<html lang=\"en\">"))
    }

    @Test func words() {
        #expect(Words.number(1_234_567) == "1,234,567" && Words.number(0) == "0" && Words.number(-1000) == "-1,000")
        #expect(Words.moment("2026-11-21T09:30:00.123+08:00") == "2026-11-21 09:30:00" && Words.moment("2026-11-21") == "2026-11-21")
        #expect(Words.duration(milliseconds: 999).en == "< 1 s" && Words.duration(milliseconds: 3_600_000).zh == "1 小时" && Words.duration(milliseconds: 172_800_000).en == "2 d")
    }

    /// With PAGES set to a folder, writes the pages there to be looked at in a browser.
    @Test func writesPagesToLookAt() throws {
        guard let folder = ProcessInfo.processInfo.environment["PAGES"] else { return }
        var alone = SampleTree.node("wuhan", "root")
        alone.own = true
        let pages: [(String, StatusReport, ConsoleLanguage)] = [
            ("district-zh", Samples.status(), .zh), ("district-en", Samples.status(), .en), ("small-zh", city(SampleTree.small()), .zh), ("small-en", city(SampleTree.small()), .en),
            ("calm-en", city(SampleTree.small(calm: true)), .en), ("large-zh", city(SampleTree.large()), .zh), ("large-en", city(SampleTree.large()), .en), ("flat-zh", Samples.status(path: "wuhan", children: 160), .zh),
            ("street-zh", Samples.status(path: "wuhan/wuchang/jiyuqiao", children: 0, calm: true), .zh), ("alone-zh", city(alone), .zh), ("alone-en", city(alone), .en),
        ]
        for (name, report, language) in pages {
            let page = ConsolePage.html(report, language: language).replacingOccurrences(of: "\"/style.css\"", with: "\"style.css\"")
            try Data(page.utf8).write(to: URL(fileURLWithPath: folder).appendingPathComponent("\(name).html"))
        }
        try Data(ConsoleAssets.style.utf8).write(to: URL(fileURLWithPath: folder).appendingPathComponent("style.css"))
    }
}
