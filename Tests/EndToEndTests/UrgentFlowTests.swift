import Foundation
import NodeRuntime
import Registry
import Stage
import Testing

/// What may not wait: relief that overtakes on its way down, questions of a street that is not heard of.
@Suite(.serialized) struct UrgentFlowTests {
    typealias F = Federation
    private static let who = ["--unit", F.unit, "--operator", "甲"], both = who + ["--reviewer", "乙"]

    /// A list file of so many organisations.
    private func entries(_ count: Int, _ federation: F) throws -> String {
        var text = "subject_name,subject_class,subject_code,id_type,id_number,document,since,until,authority\n", number = 0
        let digits = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
        for serial in 10_000..<99_999 where number < count {
            guard let code = digits.lazy.map({ "91000000TEXT\(serial)\($0)" }).first(where: { if case .valid = CreditCode.parse($0) { true } else { false } }) else { continue }
            number += 1
            text += "测试企业\(number),法人及非法人组织,\(code),,,文〔2026〕\(number &* 7919 % 1_000_003)号,2026-01-05,2029-01-04,\(F.unit)\n"
        }
        let file = federation.directory.appending(path: "entries.csv").path
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    @Test("A correction decided at the city reaches the street before the ordinary queue, and who was told the old state there is found by the receipt")
    func correctionOvertakes() async throws {
        let federation = try F.standing(streets: []), count = 3000
        let line = try await Line.start(port: try federation.port(F.district))
        try federation.enrol(F.a, address: line.address, listen: false)
        try federation.until("the street holds the catalogue") { try federation.status(F.a).catalogue != nil }
        _ = try federation.importPermits(0..<1, at: F.a)
        let record = try #require(try federation.ask(RecordsCommand.Response.self, ["records"], at: F.a).records.first)
        let objection = try federation.ask(ActCommand.Response.self, ["object", record.record, "--ground", "inaccurate", "--statement", "名称有误"] + Self.who, at: F.a)
        let receipt = try #require(objection.receipt)
        try federation.until("the city holds the case") { try federation.ask(CasesCommand.Response.self, ["cases"], at: F.city).cases.count == 1 }
        let told = try federation.ask(LookupCommand.Response.self, ["lookup", record.subject, "--purpose", "资格审查", "--case", "2026-9"] + Self.who, at: F.a)
        #expect(told.recordsHeld == ["permit": 1])

        // Three thousand entries wait for a line, a slow one.
        _ = try federation.ask(ListSummary.self, ["list", "create", "serious", "--title", "严重失信主体名单", "--basis", "测试依据"] + Self.who, at: F.city)
        try federation.until("the street knows the list") { try federation.status(F.a).lists.count == 1 }
        await line.cut()
        #expect(try federation.ask(ImportReport.self, ["list", "import", "serious", try entries(count, federation)] + Self.who, at: F.city).drafts == count)
        _ = try federation.ask(ListSummary.self, ["list", "publish", "serious"] + Self.both, at: F.city)
        try federation.until("the district has the queue") { try federation.status(F.district).lists.first?.entries == count }
        let corrected = try federation.ask(
            ActCommand.Response.self,
            ["correct", record.record, "--set", "XK_XDR_MC=测试企业甲", "--settles", receipt, "--rank", "2", "--document", "鄂信用复〔2026〕5号", "--reason", "复核更正"] + Self.both, at: F.city)
        #expect(corrected.effect == "counts")
        line.set(down: LineConditions(latency: 50, bytesPerSecond: 2_000))
        try await line.restore()
        try federation.until("the street shows the correction") { try federation.ask(ShowCommand.Response.self, ["show", record.record], at: F.a).view?.corrections == 1 }
        let held = try federation.status(F.a).lists.first?.entries ?? 0
        #expect(held < count, "the queue was still on its way: \(held) of \(count)")
        let notice = try #require(try federation.ask(NotifyCommand.Response.self, ["notify", "list"], at: F.a).notices.first)
        #expect(notice.receipt == told.receipt && notice.what == "corrected" && notice.caseNumber == "2026-9" && !notice.due.isEmpty && !notice.overdue)
        #expect(try federation.ask(DeadlinesCommand.Response.self, ["deadlines"], at: F.a).lines.contains { $0.kind == "notice" && $0.receipt == told.receipt })
        _ = try federation.ask(NotifyCommand.Response.self, ["notify", "done", "\(notice.notice)", "--how", "电话告知"] + Self.who, at: F.a)
        #expect(try federation.ask(NotifyCommand.Response.self, ["notify", "list"], at: F.a).notices.isEmpty)
        #expect(try federation.ask(NotifyCommand.Response.self, ["notify", "list"], at: F.city).notices.isEmpty, "the city answered nobody")
        line.set(down: .perfect)
        try federation.until("the queue is through") { try federation.status(F.a).lists.first?.entries == count }
        #expect(try federation.ask(VerifyCommand.Response.self, ["verify"], at: F.a).faults.isEmpty)
        await line.cut()
    }

    @Test("A question of a street that nobody hears of comes up to the tiers above, and goes when it is answered")
    func escalated() throws {
        let federation = try F.standing(streets: [F.a])
        _ = try federation.importPermits(0..<1, at: F.a)
        let record = try #require(try federation.ask(RecordsCommand.Response.self, ["records"], at: F.a).records.first?.record)
        let applied = try federation.ask(ActCommand.Response.self, ["repair", record, "--step", "applied", "--reason", "义务已履行"] + Self.who, at: F.a)
        let receipt = try #require(applied.receipt)
        func tickets(_ node: String, silent: Int) throws -> [TicketsCommand.Line] {
            try federation.ask(TicketsCommand.Response.self, ["tickets", "--silent-days", "\(silent)"], at: node).tickets
        }
        for node in [F.district, F.city] { try federation.until("\(node) sees the question") { try tickets(node, silent: 7).map(\.rule) == ["T12"] } }
        #expect(federation.stop(F.a) == 0)
        let own = try tickets(F.a, silent: 0)
        #expect(own.map(\.escalated) == [nil])
        for node in [F.district, F.city] {
            let come = try tickets(node, silent: 0)
            #expect(come.map(\.escalated) == ["silent"] && come.map(\.id) == own.map(\.id), "\(node)")
            #expect(try tickets(node, silent: 7).map(\.escalated) == [nil], "\(node)")
            #expect(try federation.run(["tickets", "--silent-days", "0"], at: node).output.contains("属地失联上报"), "\(node)")
        }
        // Decided while away; the answer goes up when the line is back.
        _ = try federation.ask(ActCommand.Response.self, ["repair", record, "--step", "approved", "--receipt", receipt, "--reason", "符合条件"] + Self.both, at: F.a)
        #expect(try tickets(F.a, silent: 0).isEmpty)
        try federation.serve(F.a, listen: nil)
        for node in [F.district, F.city] { try federation.until("the question is gone at \(node)") { try tickets(node, silent: 0).isEmpty } }
    }
}
