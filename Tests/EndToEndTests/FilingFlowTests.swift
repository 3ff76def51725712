import Foundation
import NodeRuntime
import Testing

/// Work at another street's window over real processes, typed as a clerk would type it.
@Suite(.serialized) struct FilingFlowTests {
    typealias F = Federation
    private static let who = ["--unit", F.unit, "--operator", "甲"], both = who + ["--reviewer", "乙"]

    @Test("An objection at another street's window reaches the record's street, and the reply comes back")
    func anotherStreetsWindow() throws {
        let federation = try F.standing(streets: [F.a, F.b])
        _ = try federation.importPermits(0..<1, at: F.a)
        let line = try #require(try federation.ask(RecordsCommand.Response.self, ["records"], at: F.a).records.first)
        let unit = try #require(try federation.ask(ShowCommand.Response.self, ["show", line.record], at: F.a).fields.first { $0.code == "XK_XKJGDM" }?.value)
        let number = try #require(try federation.ask(ShowCommand.Response.self, ["show", line.record], at: F.a).fields.first { $0.code == "XK_XKBH" }?.value)
        try federation.until("the district holds the record") { try federation.digest(F.a, at: F.district).records == 1 }

        // Without the words that name it elsewhere there is no such record.
        let unnamed = try federation.run(["object", line.document, "--ground", "other", "--statement", "有误"] + Self.who, at: F.b)
        #expect(unnamed.status != 0)
        let named = ["--item", "permit", "--authority", unit, "--about", line.subject, "--item-number", number]
        let filed = try federation.ask(
            ActCommand.Response.self, ["object", line.document, "--ground", "inaccurate", "--statement", "名称有误"] + named + Self.who, at: F.b)
        #expect(filed.effect == "filed")
        let receipt = try #require(filed.receipt)
        try federation.until("the street sees the objection") {
            try federation.ask(ShowCommand.Response.self, ["show", line.record], at: F.a).history.contains { $0.kind == "objection" }
        }
        try federation.until("the window is told") { try self.state(federation, receipt) == "taken" }
        let replied = try federation.ask(
            ActCommand.Response.self, ["reply", line.record, "--case", receipt, "--outcome", "upheld", "--reason", "确有误"] + Self.both, at: F.a)
        #expect(replied.dispute == "upheld")
        try federation.until("the reply comes back") { try self.state(federation, receipt) == "upheld" }
        let answer = try federation.ask(FilingsCommand.Response.self, ["filings", "show", receipt], at: F.b).filings.first?.answers.first { $0.state == "upheld" }
        #expect(answer?.reason == "确有误" && answer?.home == F.a)
        #expect(try federation.ask(RecordsCommand.Response.self, ["records"], at: F.b).records.isEmpty)
        #expect(try federation.ask(QuarantineCommand.Response.self, ["quarantine"], at: F.city).changes.isEmpty)
        #expect(try federation.ask(ForksCommand.Response.self, ["forks"], at: F.city).forks.isEmpty)
        for node in [F.a, F.b, F.district, F.city] {
            #expect(try federation.ask(VerifyCommand.Response.self, ["verify"], at: node).faults.isEmpty)
            #expect(try federation.ask(RebuildCommand.Response.self, ["rebuild"], at: node).identical)
        }
    }

    private func state(_ federation: Federation, _ receipt: String) throws -> String? {
        try federation.ask(FilingsCommand.Response.self, ["filings", "show", receipt], at: F.b).filings.first?.state
    }
}
