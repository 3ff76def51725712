import Foundation
import NodeRuntime
import Testing

/// A record purged over real processes: entered at a street, held at three tiers, gone at three tiers.
@Suite struct PurgeTests {
    private let actor = ["--unit", Federation.unit, "--operator", "甲", "--reviewer", "乙"]

    private func purge(_ record: String, at path: String, _ federation: Federation, exit: Int32 = 0, ground: String = "unlawful") throws -> Federation.Run {
        let run = try federation.run(["purge", record, "--ground", ground, "--basis", "档案处置〔2026〕1号", "--reason", "不得处理"] + actor, at: path)
        #expect(run.status == exit, "\(run.output)\(run.errors)")
        return run
    }

    private func importAgain(_ federation: Federation) throws -> ImportReport {
        try federation.ask(ImportReport.self, federation.importArguments(try federation.write(0..<20, at: Federation.a)), at: Federation.a, exit: 65)
    }

    @Test(.timeLimit(.minutes(5))) func aPurgedRecordIsGoneAtEveryTier() throws {
        let federation = try Federation.standing()
        let tiers = [Federation.city, Federation.district, Federation.a]
        #expect(try federation.importPermits(0..<20, at: Federation.a).effective == 20)
        func records(_ path: String) throws -> Int { try federation.digest(Federation.a, at: path).records }
        try federation.until("the city holds the records") { try records(Federation.city) == 20 }
        let line = try #require(try federation.ask(RecordsCommand.Response.self, ["records"], at: Federation.a).records.first { $0.document.contains("第7号") })

        #expect(try federation.ask(RetentionCommand.Response.self, ["retention"], at: Federation.a).lines.isEmpty)
        let refused = try purge(line.record, at: Federation.a, federation, exit: 77, ground: "retention")
        #expect(refused.errors.contains("retention"))
        // One tier is away, and learns of it when it is back.
        let listen = federation.addresses(Federation.district)?.listen
        federation.kill9(Federation.district)
        _ = try purge(line.record, at: Federation.a, federation)
        try federation.serve(Federation.district, listen: listen)
        try federation.until("the record is gone at the city") { try records(Federation.city) == 19 }
        for path in tiers {
            try federation.until("the record is gone at \(path)") { try records(path) == 19 }
            let verified = try federation.ask(VerifyCommand.Response.self, ["verify"], at: path)
            #expect(verified.faults.isEmpty && verified.missingBodies == 1, "\(path)")
            #expect(try federation.ask(RebuildCommand.Response.self, ["rebuild"], at: path).identical, "\(path)")
            let shown = try federation.run(["show", line.record], at: path)
            #expect(shown.status == 77 && shown.errors.contains("清除"), "\(path): \(shown.errors)")
        }
        #expect(try federation.digest(Federation.a, at: Federation.city).digest == federation.digest(Federation.a, at: Federation.a).digest)

        // An export still proves itself to both verifiers: the hole has its order in the file.
        let file = federation.directory.appending(path: "purged.cnx").path, root = try #require(try federation.status(Federation.city).ledgerRoot)
        #expect(try federation.run(["export", file], at: Federation.city).status == 0)
        let checked = try ExportTests.check(file, root: root, federation)
        #expect(checked.ours.faults.isEmpty && checked.theirs.faults.isEmpty, "\(checked)")
        #expect(checked.ours.missingBodies == 1 && checked.theirs.missing_bodies == 1)

        // The same file again: nineteen rows are held, one is stopped.
        let again = try importAgain(federation)
        #expect(again.unchanged == 19 && again.refused == 1)
        #expect(again.problems.filter { $0.severity == "error" }.map(\.rule) == ["PURGED-BEFORE"], "\(again.problems)")
        // Offline, without a serving node, the same.
        #expect(federation.stop(Federation.a) == 0)
        _ = try purge(line.record, at: Federation.a, federation, exit: 77)
        #expect(try importAgain(federation).refused == 1)
    }
}
