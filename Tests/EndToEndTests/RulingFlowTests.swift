import Foundation
import NodeRuntime
import Testing

/// What persons decide about changes that do not count, and about a disk used twice; real processes, typed as clerks would type it.
@Suite(.serialized) struct RulingFlowTests {
    typealias F = Federation
    private static let who = ["--unit", F.unit, "--operator", "甲"], both = who + ["--reviewer", "乙"]

    private func quarantine(_ words: [String] = [], at node: String, _ federation: F) throws -> [QuarantineCommand.Line] {
        try federation.ask(QuarantineCommand.Response.self, ["quarantine"] + words, at: node).changes
    }

    @Test("Entered offline under an item that was withdrawn: quarantined above, told to the author in two languages, released or rejected by the root")
    func quarantine() throws {
        let federation = try F.standing(streets: [F.a])
        #expect(federation.stop(F.a) == 0)
        _ = try federation.importPermits(0..<2, at: F.a)
        // The next catalogue has no permits.
        let lines = try federation.run(["export-edition", "catalogue"], at: F.city).output.split(separator: "\n", omittingEmptySubsequences: false)
        var kept: [Substring] = [], isPermit = false
        for line in lines {
            if line.hasPrefix("  - code:") { isPermit = line.hasSuffix(" permit") }
            if !isPermit { kept.append(line == "number: 1" ? "number: 2" : line) }
        }
        #expect(kept.count < lines.count)
        let file = federation.directory.appending(path: "catalogue.yaml").path
        try kept.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        let published = try federation.run(["publish", "catalogue", file] + Self.both, at: F.city)
        #expect(published.status == 0, "\(published.errors)")
        try federation.until("the district holds the catalogue") { try federation.status(F.district).catalogue == 2 }
        try federation.serve(F.a, listen: nil)

        try federation.until("the city quarantined both") { try quarantine(at: F.city, federation).count == 2 }
        try federation.until("the author was told by both tiers") {
            try quarantine(at: F.a, federation).allSatisfy { Set($0.said.map(\.by)).isSuperset(of: [F.city, F.district]) }
        }
        let told = try quarantine(at: F.a, federation)
        #expect(told.count == 2 && told.allSatisfy { line in !line.releasable && line.said.allSatisfy { $0.rule == "item-withdrawn" && $0.zh == "事项已撤销" && !$0.en.isEmpty && !$0.remedyZh.isEmpty } })
        let text = try federation.run(["quarantine", "show", told[0].change], at: F.a)
        #expect(text.output.contains("事项已撤销") && text.output.contains("the item was withdrawn") && text.output.contains("由根节点放行"), "\(text.output)")
        #expect(try federation.status(F.a).quarantined == 2 && federation.digest(F.a, at: F.city).records == 0)

        // Nobody but the root, and nobody alone.
        for (node, actor) in [(F.a, Self.both), (F.district, Self.both), (F.city, Self.who)] {
            let refused = try federation.run(["quarantine", "release", told[0].change, "--reason", "决定时合法"] + actor, at: node)
            #expect(refused.status == 77, "\(node): \(refused.output)\(refused.errors)")
        }
        let released = try quarantine(["release", told[0].change, "--reason", "决定时合法"] + Self.both, at: F.city, federation)
        #expect(released.first?.rulings.map(\.outcome) == ["released"])
        let rejected = try quarantine(["reject", told[1].change, "--reason", "停止录入"] + Self.both, at: F.city, federation)
        #expect(rejected.first?.rulings.map(\.outcome) == ["rejected"])
        for node in [F.city, F.district, F.a] {
            try federation.until("the released one counts at \(node)") { try federation.digest(F.a, at: node).records == 1 }
            try federation.until("only the rejected one is left at \(node)") { try quarantine(at: node, federation).map(\.change) == [told[1].change] }
            #expect(try quarantine(["show", told[1].change], at: node, federation).first?.rulings.map(\.reason) == ["停止录入"], "\(node)")
            #expect(try federation.ask(VerifyCommand.Response.self, ["verify"], at: node).faults.isEmpty)
            #expect(try federation.ask(RebuildCommand.Response.self, ["rebuild"], at: node).identical)
        }
    }

    @Test("A disk copied to a spare machine, both used: noticed by itself, told at every tier, later work waits until a person rules")
    func clonedDisk() throws {
        let federation = try F.standing(streets: [F.a]), home = federation.home(F.a), files = FileManager.default
        let first = home + "-first", spare = home + "-spare"
        func forks(_ node: String) throws -> [ForksCommand.Line] { try federation.ask(ForksCommand.Response.self, ["forks"], at: node).forks }
        func records(_ node: String) throws -> Int { try federation.digest(F.a, at: node).records }
        func settled(_ count: Int) throws { try federation.until("the city holds \(count)") { try records(F.city) == count } }
        _ = try federation.importPermits(0..<2, at: F.a)
        try settled(2)
        #expect(federation.stop(F.a) == 0)
        try files.copyItem(atPath: home, toPath: spare)
        _ = try federation.importPermits(10..<14, at: F.a)
        try federation.serve(F.a, listen: nil)
        try settled(6)

        // The spare was used meanwhile, without a line.
        #expect(federation.stop(F.a) == 0)
        try files.moveItem(atPath: home, toPath: first)
        try files.moveItem(atPath: spare, toPath: home)
        let record = try #require(try federation.ask(RecordsCommand.Response.self, ["records"], at: F.a).records.first)
        _ = try federation.importPermits(20..<22, at: F.a)
        _ = try federation.ask(ActCommand.Response.self, ["object", record.record, "--ground", "other", "--statement", "有误"] + Self.who, at: F.a)
        try federation.serve(F.a, listen: nil)
        for node in [F.district, F.city] { try federation.until("\(node) knows of the fork") { try forks(node).map(\.kept) == [3] } }
        #expect(try forks(F.city).first?.state == "held-back" && records(F.city) == 6, "what was receipted keeps its effect")

        // The first machine wrote on, and comes back.
        #expect(federation.stop(F.a) == 0)
        try files.moveItem(atPath: home, toPath: spare)
        try files.moveItem(atPath: first, toPath: home)
        _ = try federation.importPermits(40..<42, at: F.a)
        try federation.serve(F.a, listen: nil)
        try federation.until("its work waits for a ruling") { try forks(F.district).first?.waiting == 2 }
        let replica = try #require(try forks(F.district).first?.replica)
        #expect(try records(F.city) == 6)
        let ruling = ["forks", "go-on", replica, "--reason", "备用机已停用"]
        #expect(try federation.run(ruling + Self.who, at: F.district).status == 77, "four eyes")
        #expect(try [66, 77].contains(federation.run(ruling + Self.both, at: F.a).status), "not its own")
        #expect(try federation.run(["forks", "go-on", "wuhan/nobody#00", "--reason", "无"] + Self.both, at: F.district).status == 66)
        let ruled = try federation.ask(ForksCommand.Response.self, ruling + Self.both, at: F.district).forks
        #expect(ruled.first?.state == "goes-on" && ruled.first?.waiting == 0)
        try settled(8)
        for node in [F.district, F.city] {
            try federation.until("\(node) heard the ruling") { try forks(node).first?.state == "goes-on" }
            #expect(try federation.ask(VerifyCommand.Response.self, ["verify"], at: node).faults.isEmpty)
            #expect(try federation.ask(RebuildCommand.Response.self, ["rebuild"], at: node).identical)
        }
    }
}
