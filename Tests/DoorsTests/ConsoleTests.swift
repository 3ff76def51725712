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
            for tag in ["section", "div", "ul", "li", "dl", "table", "tr", "td", "th", "p", "span", "svg", "strong", "time", "code"] {
                let open = page.components(separatedBy: "<\(tag)>").count + page.components(separatedBy: "<\(tag) ").count - 2
                #expect(open == page.components(separatedBy: "</\(tag)>").count - 1, "\(tag)")
            }
        }
    }

    @Test func showsThePlaceInTheTree() {
        let page = ConsolePage.content(Samples.status(children: 40), language: .en)
        for part in ["this node", "wuhan/wuchang/jiyuqiao", "17 more in the table below", "synchronising", "need attention"] { #expect(page.contains(part), "\(part)") }
        #expect(ConsolePage.content(Samples.status(path: "wuhan", children: 0), language: .zh).contains("根节点，无上级"))
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
        let pages: [(String, StatusReport, ConsoleLanguage)] = [
            ("district-zh", Samples.status(), .zh), ("district-en", Samples.status(), .en), ("calm-few", Samples.status(children: 3, calm: true), .zh), ("city-many", Samples.status(path: "wuhan", children: 40), .zh),
            ("street", Samples.status(path: "wuhan/wuchang/jiyuqiao", children: 0, calm: true), .zh),
        ]
        for (name, report, language) in pages {
            let page = ConsolePage.html(report, language: language).replacingOccurrences(of: "\"/style.css\"", with: "\"style.css\"")
            try Data(page.utf8).write(to: URL(fileURLWithPath: folder).appendingPathComponent("\(name).html"))
        }
        try Data(ConsoleAssets.style.utf8).write(to: URL(fileURLWithPath: folder).appendingPathComponent("style.css"))
    }
}
