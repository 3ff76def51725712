import Foundation
import NIOCore
import NodeRuntime
import Registry
import Testing
import Transport

/// Departments ask over TLS: real processes, real certificates, the command line, and what is refused.
@Suite(.serialized) struct LookupDoorTests {
    typealias F = Federation
    static let listed = "91000000TEXT000250", other = "91000000TEXT00447Y", department = "11000000TEXT00017D"
    private static let clerk = ["--unit", F.unit, "--operator", "甲"], both = clerk + ["--reviewer", "乙"]

    /// A city with a list, and the directory of an enrolled client.
    private func standing() throws -> (F, ReaderIdentity) {
        let federation = try F()
        try federation.initialise()
        try federation.serve(F.city)
        _ = try federation.ask(ListSummary.self, ["list", "create", "serious", "--title", "严重失信主体名单", "--basis", "测试依据"] + Self.clerk, at: F.city)
        _ = try federation.ask(
            ListSummary.self, ["list", "add", "serious", "--subject", Self.listed, "--name", "测试企业", "--document", "文〔2026〕1号"] + Self.clerk, at: F.city)
        _ = try federation.ask(ListSummary.self, ["list", "publish", "serious"] + Self.both, at: F.city)
        return (federation, try enrol("caigou", federation))
    }

    private func directory(_ name: String, _ federation: F) -> String { federation.directory.appending(path: "reader-\(name)").path }

    @discardableResult
    private func enrol(_ name: String, _ federation: F) throws -> ReaderIdentity {
        let invitation = try federation.ask(ReaderInviteCommand.Response.self, ["readers", "invite", name, "--unit", Self.department], at: F.city)
        let identity = ReaderIdentity(directory(name, federation))
        let facts = try federation.ask(ReaderIdentity.Facts.self, ["readers", "join", invitation.token, "--identity", identity.directory], at: F.city)
        #expect(facts.name == name && facts.unit == Self.department && facts.node == F.city && facts.serverKey.hasPrefix("sha256//"))
        return identity
    }

    private func ask(_ subject: String, operator name: String = "丁") -> LookupRequest { LookupRequest(subject: subject, purpose: "政府采购资格审查", operator: name) }

    /// The code of the fault, or "answered".
    private func outcome(_ body: () async throws -> Void) async throws -> String {
        do { try await body() } catch let fault as ControlFault { return fault.code }
        return "answered"
    }

    private func status(_ client: LookupClient, _ json: String) async throws -> Int { try await client.post(Array(json.utf8)).status }

    private func verified(_ federation: F) throws -> VerifyCommand.Response { try federation.ask(VerifyCommand.Response.self, ["verify"], at: F.city) }

    @Test("Enrolled by the administrator, asked from a shell; the log names the unit of the enrolment; suspension and removal act at once")
    func wholeLife() async throws {
        let (federation, identity) = try standing()
        let answer = try federation.ask(
            LookupCommand.Response.self, ["lookup", Self.listed, "--identity", identity.directory, "--purpose", "政府采购资格审查", "--case", "2026-18", "--operator", "丁"], at: F.city)
        #expect(answer.lists.map(\.answer) == [.onTheList] && answer.lists.first?.hits.first?.document == "文〔2026〕1号" && answer.node == F.city)
        let here = try federation.ask(LookupCommand.Response.self, ["lookup", Self.listed, "--purpose", "x"] + Self.clerk, at: F.city)
        #expect(here.lists.map(\.edition) == answer.lists.map(\.edition) && here.lists.map(\.asOf) == answer.lists.map(\.asOf), "the same as over the local socket")
        let mode = try FileManager.default.attributesOfItem(atPath: identity.keyFile)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)

        let client = try await LookupClient.connect(identity)
        #expect(try await client.ask(ask(Self.other)).lists.map(\.answer) == [.notOnTheList])
        _ = try federation.ask(
            ListSummary.self, ["list", "remove", "serious", "--subject", Self.listed, "--document", "文〔2026〕1号", "--reason", "已履行"] + Self.clerk, at: F.city)
        #expect(try await client.ask(ask(Self.listed)).lists.map(\.answer) == [.notOnTheList], "the next question after the removal")

        let suspended = try federation.ask(ReadersCommand.Response.self, ["readers", "suspend", "caigou"], at: F.city)
        #expect(suspended.readers.map(\.state) == ["suspended"] && suspended.readers.map(\.unit) == [Self.department])
        #expect(try await outcome { _ = try await client.ask(ask(Self.other)) } == "suspended", "on the connection that is open")
        await #expect(throws: (any Error).self) { _ = try await LookupClient.connect(identity).ask(ask(Self.other)) }
        _ = try federation.ask(ReadersCommand.Response.self, ["readers", "resume", "caigou"], at: F.city)
        #expect(try await client.ask(ask(Self.other)).lists.map(\.answer) == [.notOnTheList])
        await client.close()

        let checked = try verified(federation)
        #expect(checked.lookups == 5 && checked.faults.isEmpty)
        federation.kill9(F.city)
        try federation.serve(F.city)
        #expect(try federation.ask(ReadersCommand.Response.self, ["readers"], at: F.city).readers.map(\.state) == ["enrolled"])
        let log = try federation.lookupLog(F.city)
        #expect(log.map { "\($0.unit) \($0.operator) \($0.caseNumber)" } == ["\(Self.department) 丁 2026-18", "\(F.unit) 甲 ", "\(Self.department) 丁 ", "\(Self.department) 丁 ", "\(Self.department) 丁 "])
    }

    @Test("Without certificate, with a node's, for another unit, without purpose, too large, too many: refused, and nothing is logged")
    func refusals() async throws {
        let (federation, identity) = try standing()
        try federation.enrol(F.district)
        let port = try federation.port(F.city)
        let good = "{\"subject\":\"\(Self.other)\",\"purpose\":\"p\",\"operator\":\"o\"}"
        for (credential, expected) in [(nil, 401), (try federation.credential(F.district), 403)] as [(Credential?, Int)] {
            let connection = try await HostileClient(port: port, credential).connect()
            #expect(try await connection.request(method: "POST", path: LookupRequest.path, body: Array(good.utf8)).status == expected)
            await connection.close()
        }
        // A certificate for asking opens no link.
        let own = Credential(chain: try String(contentsOfFile: identity.certificateFile, encoding: .utf8), key: try String(contentsOfFile: identity.keyFile, encoding: .utf8))
        let answer = try await HostileClient(port: port, own).askLink()
        #expect(answer.isRefusal, "\(answer)")
        let client = try await LookupClient.connect(identity)
        #expect(try await status(client, good) == 200)
        let several = (0..<101).map { _ in "\"\(Self.other)\"" }.joined(separator: ",")
        for (json, expected) in [
            ("{\"subject\":\"\(Self.other)\",\"operator\":\"o\"}", 400), ("{\"subject\":\"\(Self.other)\",\"purpose\":\"\",\"operator\":\"o\"}", 422),
            ("{\"subject\":\"\(Self.other)\",\"purpose\":\"p\",\"operator\":\"\"}", 422), ("{\"subject\":\"123\",\"purpose\":\"p\",\"operator\":\"o\"}", 422), ("x", 400),
            ("{\"subject\":\"\(Self.other)\",\"purpose\":\"p\",\"operator\":\"o\",\"unit\":\"\(Self.listed)\"}", 403),
            ("{\"subjects\":[\(several)],\"purpose\":\"p\",\"operator\":\"o\"}", 422), ("{\"subject\":\"" + String(repeating: "9", count: 70_000) + "\"}", 413),
        ] { #expect(try await status(client, json) == expected, "\(json.prefix(80))") }
        let elsewhere = try await client.connection.request(method: "GET", path: "/v1/status", body: [])
        #expect(elsewhere.status == 404)
        await client.close()
        let checked = try verified(federation)
        #expect(checked.lookups == 1 && checked.faults.isEmpty)
    }

    @Test("An invitation admits one key, once; a token of one kind is no token of the other; a new one renews; a name stays with its unit")
    func invitations() async throws {
        let (federation, identity) = try standing()
        let invitation = try federation.ask(ReaderInviteCommand.Response.self, ["readers", "invite", "fayuan", "--unit", Self.department], at: F.city)
        #expect(try federation.run(["join", invitation.token, "--json"], at: F.district).status == 65)
        let child = try federation.ask(InviteCommand.Response.self, ["invite", F.district], at: F.city)
        #expect(try federation.run(["readers", "join", child.token, "--identity", directory("x", federation), "--json"], at: F.city).status == 65)
        let first = ["readers", "join", invitation.token, "--identity", directory("fayuan", federation), "--json"]
        #expect(try federation.run(first, at: F.city).status == 0)
        #expect(try federation.run(["readers", "join", invitation.token, "--identity", directory("thief", federation), "--json"], at: F.city).status == 77)
        #expect(try federation.run(["readers", "invite", "caigou", "--unit", Self.listed, "--json"], at: F.city).status == 77)
        #expect(try federation.run(["readers", "invite", "a/b", "--unit", Self.department, "--json"], at: F.city).status == 65)
        #expect(try federation.run(["readers", "suspend", "nobody", "--json"], at: F.city).status == 66)
        // Renewed with the key that is here, and then taken over by another machine: the old key ends.
        let before = try Data(contentsOf: URL(fileURLWithPath: identity.certificateFile))
        try enrol("caigou", federation)
        #expect(try Data(contentsOf: URL(fileURLWithPath: identity.certificateFile)) != before)
        let client = try await LookupClient.connect(identity)
        _ = try await client.ask(ask(Self.other))
        try FileManager.default.moveItem(atPath: identity.directory, toPath: identity.directory + "-old")
        try enrol("caigou", federation)
        #expect(try await outcome { _ = try await client.ask(ask(Self.other)) } == "not-enrolled")
        await client.close()
        let anew = try await LookupClient.connect(identity)
        _ = try await anew.ask(ask(Self.other))
        await anew.close()
    }

    @Test("Several subjects in one request: each its answer and line, a bad one its fault; persons by number alone, within their limit")
    func several() async throws {
        let (federation, identity) = try standing()
        let client = try await LookupClient.connect(identity)
        let answers = try await client.askSeveral(LookupRequest(subjects: [Self.listed, "123", Self.other, Self.listed], purpose: "p", operator: "o")).answers
        #expect(answers.map { $0.answer?.lists.first?.answer } == [.onTheList, nil, .notOnTheList, .onTheList])
        #expect(answers.map { $0.fault?.code } == [nil, "credit-code", nil, nil])
        #expect(Set(answers.compactMap { $0.answer?.receipt }).count == 3)
        let person = "000000199001010018"
        let persons = try await client.askSeveral(LookupRequest(subjects: Array(repeating: person, count: 62), person: "身份证", purpose: "p", operator: "o")).answers
        #expect(persons.filter { $0.answer?.confirm == true }.count == 60)
        #expect(persons.suffix(2).map { $0.fault?.code } == ["lookup-limit", "lookup-limit"])
        #expect(persons.allSatisfy { $0.answer.map { !"\($0)".contains(person) } ?? true })
        #expect(try await status(client, "{\"subject\":\"\(person)\",\"person\":\"身份证\",\"purpose\":\"p\",\"operator\":\"o\"}") == 429)
        await client.close()
        let checked = try verified(federation)
        #expect(checked.lookups == 63 && checked.faults.isEmpty)
    }

    @Test("Thousands at the same time: every answer has its own line, and the chain holds through kill -9")
    func crowd() async throws {
        let (federation, identity) = try standing()
        var receipts: Set<String> = [], refused = 0
        for _ in 0..<2 {
            let found = try await withThrowingTaskGroup(of: [String].self) { group in
                for connection in 0..<4 {
                    group.addTask {
                        let client = try await LookupClient.connect(identity)
                        let own = try await withThrowingTaskGroup(of: String.self) { inner in
                            for n in 0..<200 {
                                inner.addTask {
                                    let isListed = n % 2 == 0
                                    let answer = try await client.ask(ask(isListed ? Self.listed : Self.other, operator: "\(connection)"))
                                    guard answer.lists.map(\.answer) == [isListed ? .onTheList : .notOnTheList] else { return "wrong" }
                                    return answer.receipt
                                }
                            }
                            return try await inner.reduce(into: []) { $0.append($1) }
                        }
                        await client.close()
                        return own
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            refused += found.count { $0 == "wrong" }
            receipts.formUnion(found)
            // No answer was given before its line was durable.
            federation.kill9(F.city)
            #expect(try Set(federation.lookupLog(F.city).map(\.receipt)) == receipts)
            try federation.serve(F.city, listen: try identity.facts().address)
        }
        #expect(receipts.count == 1600 && refused == 0)
        let checked = try verified(federation)
        #expect(checked.lookups == 1600 && checked.faults.isEmpty)
    }
}

extension Federation {
    struct LogLine: Sendable {
        var receipt: String, unit: String, `operator`: String, caseNumber: String
    }

    /// The log of look-ups as it stands in the node's database.
    func lookupLog(_ path: String) throws -> [LogLine] { try LogReader.lines(home(path) + "/node.db") }
}
