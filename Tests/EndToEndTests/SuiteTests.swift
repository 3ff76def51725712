import Foundation
import NodeRuntime
import Testing

/// Federations in which not every node has the same crypto suite.
@Suite(.serialized) struct SuiteTests {
    typealias F = Federation
    static let international = "ed25519-sha256", national = "sm2-sm3"
    private let actor = ["--unit", F.unit, "--operator", "甲", "--reviewer", "乙"]

    /// Rows up, a list down, a restart of everything, more rows; then every node verifies and shows the same.
    private func exercise(_ federation: Federation, suites: [String: String]) throws {
        let streets = [F.a, F.b].filter { suites[$0] != nil }
        for (street, rows) in zip(streets, [1100, 60]) {
            try federation.until("\(street) holds the catalogue") { try federation.status(street).catalogue != nil }
            #expect(try federation.importPermits(0..<rows, at: street).effective == rows)
        }
        _ = try federation.ask(ListSummary.self, ["list", "create", "serious", "--title", "严重失信主体名单", "--basis", "测试依据"] + actor, at: F.city)
        for (code, document) in [("91000000TEXT00447Y", "文〔2025〕1号"), ("91000000TEXT000250", "文〔2025〕2号")] {
            _ = try federation.ask(ListSummary.self, ["list", "add", "serious", "--subject", code, "--name", "测试企业", "--document", document] + actor, at: F.city)
        }
        _ = try federation.ask(ListSummary.self, ["list", "publish", "serious"] + actor, at: F.city)
        for street in streets { try federation.until("\(street) holds the list") { try federation.status(street).lists.first?.freshness == "fresh" } }

        // Every node stops and comes again from what it has on disk.
        let nodes = suites.keys.sorted()
        let listen = nodes.map { federation.addresses($0)?.listen }
        for node in nodes { #expect(federation.stop(node) == 0) }
        for (node, address) in zip(nodes, listen) { try federation.serve(node, listen: address) }

        let first = streets[0]
        #expect(try federation.importPermits(1100..<1130, at: first).effective == 30)
        _ = try federation.ask(
            ListSummary.self, ["list", "remove", "serious", "--subject", "91000000TEXT00447Y", "--document", "文〔2025〕1号", "--reason", "已履行"] + actor, at: F.city)
        let published = try federation.digest(F.city, at: F.city).published
        for street in streets {
            let own = try federation.digest(street, at: street)
            for node in [F.district, F.city] { try federation.until("\(node) holds the rows of \(street)") { try federation.digest(street, at: node).digest == own.digest } }
            try federation.until("the removal reached \(street)") { try federation.digest(F.city, at: street).published == published }
        }
        for (node, suite) in suites.sorted(by: { $0.key < $1.key }) {
            let status = try federation.status(node)
            #expect(status.suite == suite, "\(node)")
            #expect(status.warnings.isEmpty, "\(node): \(status.warnings)")
            #expect(try federation.ask(VerifyCommand.Response.self, ["verify"], at: node).faults.isEmpty, "\(node)")
            #expect(try federation.ask(RebuildCommand.Response.self, ["rebuild"], at: node).identical, "\(node)")
        }
        // A record shows with which suite its author sealed it, at every tier.
        let record = try #require(try federation.ask(RecordsCommand.Response.self, ["records", "--at", first], at: F.city).records.first)
        let shown = try federation.ask(ShowCommand.Response.self, ["show", record.record], at: F.city)
        #expect(shown.history.allSatisfy { $0.verification.hasPrefix("verified ") && $0.verification.hasSuffix(suites[first] ?? "?") }, "\(shown.history)")
        let children = try federation.ask(ChildrenCommand.Response.self, ["children"], at: F.district).children
        for child in children { #expect(child.suite == suites[child.path], "\(child.path)") }
    }

    @Test("City ed25519, district sm2, a street of each: rows up, list down, restart; all verifies, views are equal")
    func mixed() throws {
        let federation = try Federation()
        try federation.initialise()
        try federation.serve(F.city)
        try federation.enrol(F.district, suite: Self.national)
        try federation.enrol(F.a, listen: false, suite: Self.international)
        try federation.enrol(F.b, listen: false)  // as the district's invitation suggests
        try exercise(federation, suites: [F.city: Self.international, F.district: Self.national, F.a: Self.international, F.b: Self.national])
    }

    @Test("A root of sm2 whose district chose ed25519")
    func nationalRoot() throws {
        let federation = try Federation()
        try federation.initialise(suite: Self.national)
        try federation.serve(F.city)
        try federation.enrol(F.district, suite: Self.international)
        try federation.enrol(F.a, listen: false, suite: Self.national)
        try exercise(federation, suites: [F.city: Self.national, F.district: Self.international, F.a: Self.national])
    }

    @Test("The child chooses; keys of an interrupted join decide unless another suite is asked for, which is refused")
    func choice() throws {
        let federation = try Federation()
        try federation.initialise()
        try federation.serve(F.city)
        let invited = try federation.ask(InviteCommand.Response.self, ["invite", F.district, "--suite", Self.national], at: F.city)
        #expect(invited.suite == Self.national)
        let unknown = try federation.run(["invite", F.district, "--suite", "rot13", "--json"], at: F.city)
        #expect(unknown.status == 65 && unknown.errors.contains("\"suite\""), "\(unknown)")
        #expect(try federation.run(["join", invited.token, "--suite", "rot13", "--json"], at: F.district).status == 65)
        // Nobody answers at this address: keys are made and kept.
        var lost = try Invitation(invited.token)
        lost.address = "127.0.0.1:1"
        #expect(try federation.run(["join", try lost.text(), "--suite", Self.national, "--json"], at: F.district).status != 0)
        let refused = try federation.run(["join", invited.token, "--suite", Self.international, "--json"], at: F.district)
        #expect(refused.status == 77 && refused.errors.contains("kept-key-suite"), "\(refused)")
        // An invitation without a suggestion, as older parents make them: the kept key decides.
        let report = try federation.ask(InitReport.self, ["join", try Invitation(invited.token).text()], at: F.district)
        #expect(report.suite == Self.national)
        try federation.serve(F.district)
        try federation.until("linked") { try federation.status(F.district).catalogue != nil }
        // Without suggestion and without kept keys: the default.
        let plain = try federation.ask(InviteCommand.Response.self, ["invite", F.a], at: F.district)
        #expect(plain.suite == Self.national, "the inviter's own suite")
        #expect(try federation.ask(InitReport.self, ["join", try Invitation(plain.token).text()], at: F.a).suite == Self.international)
    }
}
