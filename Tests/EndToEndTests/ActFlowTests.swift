import Foundation
import NodeRuntime
import Testing

/// Acts on records over real processes, typed as a clerk would type them.
@Suite(.serialized) struct ActFlowTests {
    typealias F = Federation
    private static let who = ["--unit", F.unit, "--operator", "甲"], both = who + ["--reviewer", "乙"]

    private func act(_ federation: Federation, _ words: [String], at node: String) throws -> ActCommand.Response {
        try federation.ask(ActCommand.Response.self, words, at: node)
    }

    @Test("An objection at the city reaches the street; the reply, the correction and a revocation reach all tiers")
    func objectionToRevocation() throws {
        let federation = try F.standing(streets: [F.a])
        _ = try federation.importPermits(0..<2, at: F.a)
        let records = try federation.ask(RecordsCommand.Response.self, ["records"], at: F.a).records.map(\.record)
        let record = try #require(records.first)
        try federation.until("the city holds both records") { try federation.digest(F.a, at: F.city).records == 2 }

        let filed = try act(federation, ["object", record, "--ground", "inaccurate", "--claim", "XK_XDR_MC=测试企业甲", "--statement", "名称有误"] + Self.who, at: F.city)
        let receipt = try #require(filed.receipt)
        #expect(filed.label == "disputed" && receipt.hasPrefix("WUHAN-"))
        try federation.until("the street sees the objection") {
            try federation.ask(ShowCommand.Response.self, ["show", record], at: F.a).history.contains { $0.kind == "objection" }
        }
        let upheld = try act(federation, ["reply", record, "--case", receipt, "--outcome", "upheld", "--reason", "确有误"] + Self.both, at: F.a)
        #expect(upheld.dispute == "upheld" && upheld.publication != "published")
        let corrected = try act(federation, ["correct", record, "--set", "XK_XDR_MC=测试企业甲", "--settles", receipt, "--reason", "更正名称"] + Self.both, at: F.a)
        #expect(corrected.effect == "counts" && corrected.label == "corrected")
        try federation.until("the city sees the correction") { try federation.digest(F.a, at: F.city).digest == federation.digest(F.a, at: F.a).digest }

        // The district revokes by a reconsideration decision; the street cannot undo it.
        _ = try federation.ask(
            RevokeCommand.Response.self, ["revoke", record, "--document", "鄂政复〔2026〕5号", "--rank", "3", "--reason", "复议撤销"] + Self.both, at: F.district)
        try federation.until("the street sees the revocation") { try federation.ask(ShowCommand.Response.self, ["show", record], at: F.a).validity == "revoked" }
        let late = try federation.run(["correct", record, "--set", "XK_XDR_MC=再改", "--reason", "再改"] + Self.both, at: F.a)
        #expect(late.status == 77)
        for node in [F.a, F.district] {
            try federation.until("views are equal") { try federation.digest(F.a, at: node).digest == federation.digest(F.a, at: F.city).digest }
            #expect(try federation.ask(VerifyCommand.Response.self, ["verify"], at: node).faults.isEmpty)
            #expect(try federation.ask(RebuildCommand.Response.self, ["rebuild"], at: node).identical)
        }
    }
}
