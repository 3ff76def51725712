import Foundation
import NodeRuntime
import Registry
import Testing

/// Drafts, marks, deadlines and notices over real processes, typed as clerks and a department's program would.
@Suite(.serialized) struct DraftFlowTests {
    typealias F = Federation
    private static let a = ["--unit", F.unit, "--operator", "甲"], b = ["--unit", F.unit, "--operator", "乙"], both = a + ["--reviewer", "乙"]
    private static let subject = "91000000TEXT000250", department = "11000000TEXT00017D"

    private static func fields(_ index: Int) -> [String: String] {
        [
            "XK_XDR_MC": "测试企业\(index)", "XK_XDR_LB": "法人及非法人组织", "XK_XDR_SHXYM": subject, "XK_FRDB": "测试人", "XK_XKWS": "准予行政许可决定书",
            "XK_WSH": "（2026）测许字第\(index)号", "XK_XKLB": "普通", "XK_XKZS": "食品经营许可证", "XK_XKBH": "XK\(index)", "XK_NR": "准予从事食品经营活动。",
            "XK_JDRQ": "2026/03/01", "XK_YXQZ": "2026/03/01", "XK_YXQZI": "2029/02/28", "XK_XKJG": "测试机关", "XK_XKJGDM": F.unit, "XK_ZT": "1", "XK_LYDW": "测试单位",
            "XK_LYDWDM": F.unit,
        ]
    }

    private func file(_ index: Int, _ federation: F) throws -> String {
        let path = federation.directory.appending(path: "record-\(index).json").path
        try JSONEncoder().encode(Self.fields(index)).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test("Entered, submitted, sent back, mended, approved; then marked, revoked, and the department that had asked is told over its own line")
    func wholeLife() async throws {
        let federation = try F.standing(streets: [F.a])
        let entered = try federation.ask(EnterCommand.Response.self, ["enter", "--item", "permit", "--file", try file(1, federation), "--submit"] + Self.a, at: F.a)
        #expect(entered.fate == "submitted", "\(entered.problems.map(\.rule))")
        let record = try #require(entered.record), version = try #require(entered.version)
        #expect(try federation.run(["approve", record] + Self.a, at: F.a).status == 77, "four eyes")
        _ = try federation.ask(DraftStepCommand.Response.self, ["return", record, "--code", "wrong-field", "--reason", "有效期不符"] + Self.b, at: F.a)
        let waiting = try #require(try federation.ask(DraftsCommand.Response.self, ["drafts"], at: F.a).drafts.first)
        #expect(waiting.state == "returned" && waiting.returned?.code == "wrong-field" && waiting.waitsFor == "甲")
        let mended = try federation.ask(EditCommand.Response.self, ["edit", record, "--based-on", version, "--set", "XK_NR=准予从事食品经营活动（改）。"] + Self.a, at: F.a)
        #expect(mended.fate == "draft" && mended.version != version)
        #expect(try federation.run(["edit", record, "--based-on", version, "--set", "XK_NR=旧版"] + Self.a, at: F.a).status == 77)
        #expect(try federation.run(["enter", "--item", "permit", "--set", "XK_WSH=x"] + Self.a, at: F.a).status == 65, "a row with problems")
        _ = try federation.ask(DraftStepCommand.Response.self, ["submit", "--all"] + Self.a, at: F.a)
        _ = try federation.ask(DraftStepCommand.Response.self, ["approve", "--all"] + Self.b, at: F.a)
        #expect(try federation.ask(DraftsCommand.Response.self, ["drafts"], at: F.a).drafts.isEmpty)
        try federation.until("the city holds the record") { try federation.digest(F.a, at: F.city).records == 1 }

        let reader = ReaderIdentity(federation.directory.appending(path: "reader").path)
        let invitation = try federation.ask(ReaderInviteCommand.Response.self, ["readers", "invite", "caigou", "--unit", Self.department], at: F.city)
        _ = try federation.ask(ReaderIdentity.Facts.self, ["readers", "join", invitation.token, "--identity", reader.directory], at: F.city)
        let client = try await LookupClient.connect(reader)
        func ask() async throws -> LookupCommand.Response { try await client.ask(LookupRequest(subject: Self.subject, purpose: "采购审查", caseNumber: "2026-7", operator: "丁")) }
        let before = try await ask()
        #expect(before.recordsHeld == ["permit": 1] && before.records?.isEmpty == true && before.notices == nil)
        _ = try federation.ask(ActCommand.Response.self, ["object", record, "--ground", "inaccurate", "--statement", "名称有误"] + Self.a, at: F.city)
        #expect(try await ask().records?.map(\.marks) == [["disputed"]])
        let cases = try federation.ask(CasesCommand.Response.self, ["cases"], at: F.city).cases
        #expect(cases.count == 1 && cases[0].replyOwed && cases[0].clocks.contains { $0.name == "decide-other" && $0.due != nil })
        #expect(try federation.ask(DeadlinesCommand.Response.self, ["deadlines"], at: F.city).lines.contains { $0.kind == "objection" })
        let shown = try #require(try federation.ask(ShowCommand.Response.self, ["show", record], at: F.city).view)
        #expect(shown.label == "disputed" && shown.dispute == "open" && shown.cases.count == 1)

        _ = try federation.ask(RevokeCommand.Response.self, ["revoke", record, "--document", "撤〔2026〕1号", "--reason", "撤销"] + Self.both, at: F.a)
        try federation.until("the city knows of the revocation") { try federation.ask(ShowCommand.Response.self, ["show", record], at: F.city).validity == "revoked" }
        #expect(try await ask().notices == 2, "the next look-up says so by itself")
        let notices = try await client.notices().notices
        #expect(notices.count == 2 && notices.allSatisfy { $0.what == "revoked" && $0.unit == Self.department && $0.caseNumber == "2026-7" && !$0.done })
        let after = try await ask()
        #expect(after.recordsHeld.isEmpty && after.records?.isEmpty == true && after.notices == 2)
        let first = try #require(notices.first)
        #expect(try await client.done(NoticeAnswer(notice: first.notice, how: "已重新审查", operator: "丁")).notices.count == 1)
        _ = try federation.ask(NotifyCommand.Response.self, ["notify", "done", "\(notices[1].notice)", "--how", "电话"] + Self.a, at: F.city)
        #expect(try await client.notices().notices.isEmpty)
        await client.close()
        #expect(try federation.run(["deadlines", "--print"], at: F.city).status == 0)
        #expect(try federation.run(["tickets"], at: F.city).status == 0)
        for node in [F.a, F.district, F.city] {
            #expect(try federation.ask(VerifyCommand.Response.self, ["verify"], at: node).faults.isEmpty)
            #expect(try federation.ask(RebuildCommand.Response.self, ["rebuild"], at: node).identical)
        }
    }
}
