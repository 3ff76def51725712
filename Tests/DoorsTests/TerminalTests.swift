import Testing

@testable import NodeRuntime
@testable import creditnode

struct TerminalTests {
    @Test func columns() {
        for (text, width) in [("", 0), ("abc", 3), ("武汉", 4), ("（ａ）", 6), ("〔2026〕12号", 12), ("e\u{301}", 1), ("한", 2), ("🚧", 2), ("●", 1), ("𠮷", 2)] {
            #expect(TerminalText.columns(text) == width, "\(text)")
        }
    }

    @Test func cleansWhatSteersTheTerminal() {
        #expect(TerminalText.clean("a\u{1B}[31mb\nc\u{202E}d") == "a\u{FFFD}[31mb c\u{FFFD}d")
        #expect(TerminalText.clean("武昌区") == "武昌区")
    }

    @Test func shortensByColumns() {
        #expect(TerminalText.shorten("武昌区市场监督管理局", to: 9) == "武昌区市…")
        #expect(TerminalText.shorten("武昌", to: 4) == "武昌")
    }

    @Test func tableColumnsBeginInTheSamePlace() {
        var table = TextTable(columns: ["名称 name", "数 n", "末 end"], numeric: [1])
        table.rows = [[.init("武昌区"), .init("1,200"), .init("x")], [.init("a"), .init("7"), .init("x")]]
        let lines = table.render(.plain)
        let starts = lines.dropFirst().map { line in TerminalText.columns(String(line.prefix { $0 != "x" })) }
        #expect(Set(starts).count == 1)
        #expect(lines.allSatisfy { !$0.contains("\u{1B}") })
        #expect(table.render(Style(colour: true))[0].contains("\u{1B}[2m"))
    }

    @Test func splitsLines() {
        var splitter = LineSplitter()
        #expect(splitter.take(Array("ab\nc".utf8)) == [Array("ab".utf8)])
        #expect(splitter.take(Array("d\n\n".utf8)) == [Array("cd".utf8)])
    }

    @Test func meterSaysHowFar() {
        let progress = ImportProgress(rows: 500, bytes: 50, effective: 480, drafts: 0, unchanged: 0, refused: 20)
        #expect(ImportMeter.line(progress, total: 100).contains("50%"))
        let bar = ImportMeter.bar(progress, total: 100, style: .plain)
        #expect(bar.hasPrefix(String(repeating: "█", count: 12) + "░") && bar.contains("拒收 refused 20"))
        #expect(ImportMeter.bar(progress, total: 10, style: .plain).contains("100%"))
        #expect(ImportMeter.bar(progress, total: 0, style: .plain).contains("0%"))
    }

    @Test func logValuesStayOnOneLine() {
        #expect(StderrLog.quoted("a b\nc\"") == "\"a b c\\\"\"")
        #expect(StderrLog.quoted("plain") == "plain")
    }

    @Test func exitTableKnowsEveryCode() {
        for code: ControlFault.Exit in [.success, .failure, .usage, .badInput, .notFound, .unavailable, .verification, .system, .refused] {
            #expect(ExitTable.rows.contains { $0.exit == code })
        }
    }
}
