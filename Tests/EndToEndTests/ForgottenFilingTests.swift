import Foundation
import NodeRuntime
import Testing

/// An objection taken at a street of another district, answered, and forgotten with its record when its time is over; typed as clerks would
/// type it.
@Suite(.serialized) struct ForgottenFilingTests {
    typealias F = Federation
    private static let who = ["--unit", F.unit, "--operator", "甲"], both = who + ["--reviewer", "乙"]
    private static let hanyang = "wuhan/hanyang", c = "wuhan/hanyang/qinduankou"

    @Test("Filed at another district's street, passed on by the city, answered there; with its time over it is purged with the filing and its answers at every tier")
    func filedAnsweredForgotten() throws {
        let federation = try F.standing(streets: [F.a])
        try federation.enrol(Self.hanyang)
        try federation.enrol(Self.c, listen: false)
        // Permits are kept for thirty days under this catalogue; those here are of 2025.
        var catalogue = try federation.run(["export-edition", "catalogue"], at: F.city).output
        let permit = try #require(catalogue.range(of: "- code: permit"))
        let tier = try #require(catalogue.range(of: "    up_to_tier: 1\n", range: permit.upperBound..<catalogue.endIndex))
        catalogue.insert(contentsOf: "    retention_days: 30\n", at: tier.upperBound)
        catalogue.replaceSubrange(try #require(catalogue.range(of: "\nnumber: 1\n")), with: "\nnumber: 2\n")
        let file = federation.directory.appending(path: "catalogue.yaml").path
        try catalogue.write(toFile: file, atomically: true, encoding: .utf8)
        let published = try federation.run(["publish", "catalogue", file] + Self.both, at: F.city)
        #expect(published.status == 0, "\(published.errors)")
        for street in [F.a, Self.c] { try federation.until("\(street) holds the catalogue") { try federation.status(street).catalogue == 2 } }

        _ = try federation.importPermits(0..<2, at: F.a)
        let line = try #require(try federation.ask(RecordsCommand.Response.self, ["records"], at: F.a).records.first)
        try federation.until("the city holds the records") { try federation.digest(F.a, at: F.city).records == 2 }
        // Thirty days are over: only authorised readers see it.
        let shown = try federation.ask(ShowCommand.Response.self, ["show", line.record, "--archive"], at: F.a)
        func value(_ code: String) throws -> String { try #require(shown.fields.first { $0.code == code }?.value) }
        let filed = try federation.ask(
            ActCommand.Response.self,
            ["object", try value("XK_WSH"), "--ground", "inaccurate", "--statement", "名称有误", "--item", "permit", "--authority", F.unit, "--about", shown.subject, "--item-number", try value("XK_XKBH")]
                + Self.who, at: Self.c)
        let receipt = try #require(filed.receipt)
        #expect(filed.effect == "filed")
        func state() throws -> String? { try federation.ask(FilingsCommand.Response.self, ["filings", "show", receipt], at: Self.c).filings.first?.state }
        try federation.until("the window is told that it was taken") { try state() == "taken" }
        let passedOn = try federation.ask(FilingsCommand.Response.self, ["filings", "show", receipt], at: Self.c).filings.first?.answers.first
        #expect(passedOn?.by == F.city && passedOn?.home == F.a)
        try federation.until("the home has the objection") { try federation.ask(CasesCommand.Response.self, ["cases"], at: F.a).cases.count == 1 }
        let held = try federation.run(["purge", line.record, "--basis", "档案处置〔2026〕1号", "--reason", "保存期限届满"] + Self.both, at: F.a)
        #expect(held.status == 77 && held.errors.contains("异议未结") && held.errors.contains("case-open"), "\(held)")
        _ = try federation.ask(
            ActCommand.Response.self, ["reply", line.record, "--case", receipt, "--outcome", "rejected", "--reason", "与决定书一致"] + Self.both, at: F.a)
        try federation.until("the reply comes back") { try state() == "rejected" }

        let due = try federation.ask(RetentionCommand.Response.self, ["retention"], at: F.a).lines
        #expect(due.count == 2 && due.allSatisfy { $0.due == "purge" && $0.ground == "retention" })
        let purged = try federation.run(["purge", line.record, "--basis", "档案处置〔2026〕1号", "--reason", "保存期限届满"] + Self.both, at: F.a)
        #expect(purged.status == 0, "\(purged.errors)")
        try federation.until("the filing is forgotten at its window") { try federation.run(["filings", "show", receipt], at: Self.c).status != 0 }
        // The record: its entry, the objection, the reply; the filing: its original and two answers.
        for (node, missing, records) in [(F.a, 3, 1), (F.district, 3, 1), (F.city, 6, 1), (Self.hanyang, 3, 0), (Self.c, 3, 0)] {
            try federation.until("the bodies are gone at \(node)") { try federation.ask(VerifyCommand.Response.self, ["verify"], at: node).missingBodies == missing }
            #expect(try federation.ask(VerifyCommand.Response.self, ["verify"], at: node).faults.isEmpty, "\(node)")
            #expect(try federation.ask(RebuildCommand.Response.self, ["rebuild"], at: node).identical, "\(node)")
            #expect(try federation.digest(F.a, at: node).records == records, "\(node)")
            #expect(try federation.ask(FilingsCommand.Response.self, ["filings"], at: node).filings.isEmpty, "\(node)")
        }
        #expect(try federation.ask(RetentionCommand.Response.self, ["retention"], at: F.city).lines.count == 1)
        // An export with its holes proves itself to both verifiers.
        let export = federation.directory.appending(path: "purged.cnx").path, root = try #require(try federation.status(F.city).ledgerRoot)
        #expect(try federation.run(["export", export], at: F.city).status == 0)
        let checked = try ExportTests.check(export, root: root, federation)
        #expect(checked.ours.faults.isEmpty && checked.theirs.faults.isEmpty, "\(checked)")
        #expect(checked.ours.missingBodies == 6 && checked.theirs.missing_bodies == 6)
    }
}
