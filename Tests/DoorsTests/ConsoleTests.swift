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
        func city(_ tree: SampleTree.Node) -> StatusReport {
            var report = Samples.status(path: "wuhan", children: 0, calm: true)
            report.tree = tree
            return report
        }
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
