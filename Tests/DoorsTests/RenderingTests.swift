import Foundation
import Testing

@testable import NodeRuntime
@testable import creditnode

struct RenderingTests {
    @Test func importProblemNamesPlaceReasonAndRemedy() {
        let problem = ImportReport.Problem(
            row: 12, column: "XK_XDR_SHXYM", rule: "uscc-check", value: "9142\u{1B}0106", severity: "error", zh: "校验位不符", en: "wrong check digit", remedyZh: "核对证照", remedyEn: "check the certificate")
        let lines = ImportText.problem(problem, .plain)
        #expect(lines[0] == "第12行 / row 12 · XK_XDR_SHXYM · uscc-check · “9142\u{FFFD}0106”  [错误 error]")
        #expect(lines[1] == "    校验位不符 → 核对证照")
        #expect(lines[2] == "    wrong check digit → check the certificate")
    }

    @Test func importReportCounts() {
        let report = ImportReport(
            fileName: "许可.csv", item: "permit", rows: 1200, effective: 1100, drafts: 5, unchanged: 90, refused: 5, warnings: 2, problems: [], problemsOmitted: 7, milliseconds: 1234)
        let text = ImportText.render(report, .plain).joined(separator: "\n")
        for part in ["许可.csv", "行政许可", "1,200 行 rows", "1.2 s", "1,100", "另有 7 个问题", "--reviewer"] { #expect(text.contains(part), "\(part)") }
    }

    @Test func lookupSaysFourAnswersInWords() throws {
        for (answer, zh, en) in [
            (LookupCommand.Answer.onTheList, "在名单上", "on the list"), (.notOnTheList, "不在名单上", "not on the list"),
            (.notCovered, "未覆盖", "not covered"), (.tooStaleToSay, "数据过旧，无法答复", "too stale to say"),
        ] {
            #expect(LookupText.words(answer).zh.hasPrefix(zh) && LookupText.words(answer).en.hasPrefix(en))
        }
        let text = LookupText.render(try Samples.decode(Samples.lookup), .plain).joined(separator: "\n")
        for part in [
            "在名单上 / on the list", "数据过旧", "CX-7f3a-000183", "异议中 disputed", "鄂税稽罚〔2026〕12号", "武汉市税务局", "2026-11-21 08:00:00", "11420106MB0000001X",
            "国家税务总局令第54号", "行政许可 permit 4", "不是信用评分，也不是结论", "no score and no verdict",
        ] { #expect(text.contains(part), "\(part)") }
    }

    @Test func notCoveredShowsNoEdition() throws {
        let json = #"{"subject":"S","receipt":"R","answeredAt":"T","node":"n","recordsHeld":{},"lists":[{"list":"-","title":"","answer":"not-covered","hits":[],"competentAuthority":"","basis":""}]}"#
        let text = LookupText.render(try Samples.decode(json), .plain).joined(separator: "\n")
        #expect(text.contains("未覆盖") && !text.contains("版次"))
    }

    @Test func ageOfAStatement() throws {
        let now = try #require(Age.parse("2026-11-21T11:00:00+08:00"))
        #expect(Age.note(of: "2026-11-21T08:00:00+08:00", now: now) == "（3 小时前 3 h ago）")
        #expect(Age.note(of: "2026-11-21T08:00:00.250+08:00", now: now) == "（2 小时前 2 h ago）")
        #expect(Age.note(of: "2027-01-01T00:00:00+08:00", now: now) == "" && Age.note(of: nil, now: now) == "" && Age.note(of: "x", now: now) == "")
    }

    @Test func statusNamesEveryLink() {
        let report = Samples.status()
        let lines = StatusText.render(report, .plain), text = lines.joined(separator: "\n")
        for link in report.links { #expect(text.contains(link.peer)) }
        for part in ["区级节点 district node", "上级 parent", "已中断 cut", "18,240", "从未 never", "食品安全严重违法生产经营者名单", "警告 warnings（2）", "connection reset"] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(StatusText.links([], .plain).joined().contains("独立工作"))
    }

    @Test func statusDrawsTheTree() throws {
        let lines = TreeText.render(SampleTree.small(), .plain)
        #expect(lines.count == 8 && lines[1].hasPrefix("  wuhan ◀") && lines[2].hasPrefix("  ├─ wuchang") && lines[4].hasPrefix("  │  └─ zhonghualu") && lines[7].hasPrefix("     └─ cuiwei"))
        #expect(lines[4].contains("× 已中断 cut") && lines[4].contains("342") && lines[4].contains("1 小时前 1 h ago") && lines[3].contains("实时 live"))
        let large = TreeText.render(SampleTree.large(districts: 2, streets: 160), .plain)
        #expect(large.count < 40 && large.joined().contains("└─ +"), "who is well is only counted")
    }

    @Test func showHasNamesHistoryAndVerification() throws {
        let json = """
            {"record":"a#1","item":"permit","itemTitle":"行政许可","validity":"effective","label":"有效","home":"wuhan","subject":"S",
            "fields":[{"code":"XK_WSH","name":"行政许可决定文书号","value":"鄂许〔2026〕1号"}],
            "deadlines":[{"name":"report-by","date":"2026-10-12","provisional":true,"basis":"penalty · cn 1"}],
            "attachments":[
            {"name":"决定书\\u001b.pdf","mediaType":"application/pdf","size":3145728,"digest":"0123456789abcdef0123","change":"c","state":"held","percent":100},
            {"name":"二.png","mediaType":"image/png","size":900,"digest":"1123456789abcdef0123","change":"c","state":"on-its-way","percent":42},
            {"name":"三.ofd","mediaType":"application/ofd","size":20480,"digest":"2123456789abcdef0123","change":"c","state":"missing","percent":0,"trouble":"wuhan/wuchang: not-held"}],
            "history":[{"change":"a#1","kind":"创建 create","author":"wuhan","unit":"U","operator":"张三","reviewer":"李四","capturedAt":"2026-11-21T10:00:00+08:00",
            "audience":"lineage","sequence":3,"judgement":"accepted","verification":"verified 9ab3"},
            {"change":"a#2","kind":"更正","author":"wuhan","unit":"U","operator":"王五","capturedAt":"2026-11-21T11:00:00+08:00","audience":"lineage","sequence":4,"judgement":"accepted","verification":"bad signature"}]}
            """
        let text = RecordText.show(try Samples.decode(json), .plain).joined(separator: "\n")
        for part in ["行政许可决定文书号 XK_WSH", "鄂许〔2026〕1号", "张三 / 李四", "✓ 已验证 verified 9ab3", "✗ 未通过 bad signature", "2026-11-21 10:00:00", "王五 / —",
            "附件 attachments（3）", "3072 KiB", "● 已在本节点 held", "◐ 传输中 on its way 42%", "○ 缺 missing 0%  wuhan/wuchang: not-held"] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(!text.contains("\u{1B}"), "names of files reach no terminal raw")
    }

    @Test func unforeseenErrorsAreNoDumps() {
        struct Odd: Error { let secret = 7 }
        let text = FailureText.render(FailureText.fault(for: Odd()), .plain)
        #expect(!text.contains("Odd") && text.contains("意外错误") && text.contains("→"))
    }

    @Test func serveAddressesAreOneLineEach() {
        let lines = SetUpText.addresses(ServeAddresses(listen: "127.0.0.1:7440", statusPage: "127.0.0.1:7480", socket: "/run/x.sock"))
        #expect(lines == ["listen 127.0.0.1:7440", "status-page http://127.0.0.1:7480/", "socket /run/x.sock", "ready"])
    }
}
