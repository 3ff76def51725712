import Foundation
import GRDB
import NodeRuntime
import Stage
import Testing

/// The story over real processes: convergence, crashes, cuts.
@Suite(.serialized) struct FederationTests {
    typealias F = Federation

    @Test("Rows of two streets reach district and city; views are equal; nothing foreign is held; all verifies")
    func convergence() throws {
        let federation = try F.standing(streets: [F.a, F.b])
        let first = try federation.importPermits(0..<1200, at: F.a)
        #expect(first.effective == 1200 && first.refused == 0)
        _ = try federation.importPermits(0..<300, at: F.b)
        for (street, rows) in [(F.a, 1200), (F.b, 300)] {
            let own = try federation.digest(street, at: street)
            #expect(own.records == rows)
            for node in [F.district, F.city] {
                try federation.until("\(node) holds the rows of \(street)") { try federation.digest(street, at: node).digest == own.digest }
            }
        }
        #expect(try federation.digest(F.city, at: F.a).authors == [F.city, F.a], "a street never holds a sibling's ledgers")
        #expect(try federation.importPermits(0..<1200, at: F.a).unchanged == 1200, "importing again changes nothing")
        try federation.until("receipts from the root reach the street") {
            let link = try #require(try federation.status(F.a).links.first)
            return link.backlog.ordinary == 0
        }
        for node in [F.city, F.district, F.a, F.b] {
            #expect(try federation.ask(VerifyCommand.Response.self, ["verify"], at: node).faults.isEmpty)
            let rebuilt = try federation.ask(RebuildCommand.Response.self, ["rebuild"], at: node)
            #expect(rebuilt.identical)
        }
    }

    @Test("kill -9 of every tier in turn under load, restart: nothing acknowledged is missing", arguments: [F.a, F.district, F.city])
    func crashes(victim: String) throws {
        let federation = try F.standing(streets: [F.a])
        var acknowledged = 0
        let listen = federation.addresses(victim)?.listen
        for round in 0..<3 {
            let file = try federation.write(round * 1000..<round * 1000 + 1000, at: F.a)
            let importing = Process()
            importing.executableURL = F.binary
            importing.arguments = federation.importArguments(file) + ["--home", federation.home(F.a), "--json"]
            let output = Pipe()
            importing.standardOutput = output
            importing.standardError = FileHandle.nullDevice
            importing.standardInput = FileHandle.nullDevice
            try importing.run()
            // Strike as soon as the work has begun to move through the victim.
            try federation.until("work under way") { try federation.status(victim).changes > acknowledged || !importing.isRunning }
            federation.kill9(victim)
            let data = output.fileHandleForReading.readDataToEndOfFile()
            importing.waitUntilExit()
            try federation.serve(victim, listen: listen ?? (victim == F.a ? nil : "127.0.0.1:0"))
            if importing.terminationStatus == 0 {
                acknowledged += try JSONDecoder().decode(ImportReport.self, from: data).effective
            } else {
                // The street itself fell: nothing was confirmed of this file, and repeating it is safe.
                let again = try federation.importPermits(round * 1000..<round * 1000 + 1000, at: F.a)
                #expect(again.effective + again.unchanged == 1000)
                acknowledged += 1000
            }
        }
        #expect(acknowledged == 3000)
        let own = try federation.digest(F.a, at: F.a)
        #expect(own.records == 3000)
        try federation.until("the city holds all") { try federation.digest(F.a, at: F.city).digest == own.digest }
        for node in [F.city, F.district, F.a] { #expect(try federation.ask(VerifyCommand.Response.self, ["verify"], at: node).faults.isEmpty) }
    }

    @Test("A line cut in mid-stream resumes where it broke; a cut street answers look-ups and works on")
    func cutLine() async throws {
        let federation = try Federation()
        try federation.initialise()
        try federation.serve(F.city)
        try federation.enrol(F.district)
        let port = try federation.port(F.district)
        let relay = try await Line.start(port: port)
        try federation.enrol(F.a, address: relay.address, listen: false)
        try federation.until("the street holds the catalogue") { try federation.status(F.a).catalogue != nil }
        // A list comes down first.
        let actor = ["--unit", F.unit, "--operator", "甲", "--reviewer", "乙"]
        _ = try federation.ask(ListSummary.self, ["list", "create", "serious", "--title", "严重失信主体名单", "--basis", "测试依据"] + actor, at: F.city)
        _ = try federation.ask(ListSummary.self, ["list", "add", "serious", "--subject", "91000000TEXT00447Y", "--name", "测试企业", "--document", "文〔2025〕1号"] + actor, at: F.city)
        _ = try federation.ask(ListSummary.self, ["list", "publish", "serious"] + actor, at: F.city)
        try federation.until("the list came down") { try federation.status(F.a).lists.first?.freshness == "fresh" }

        relay.strike(.cut, .up, afterBytes: 12_000)
        _ = try federation.importPermits(0..<4000, at: F.a)
        try federation.until("the line broke") { !relay.isWhole }
        try federation.until("the street noticed") { try federation.status(F.a).links.first?.state != "connected" }
        func answer(_ code: String) throws -> LookupCommand.Response {
            try federation.ask(LookupCommand.Response.self, ["lookup", code, "--purpose", "测试", "--unit", F.unit, "--operator", "甲"], at: F.a)
        }
        #expect(try answer("91000000TEXT00447Y").lists.first?.answer == .onTheList)
        #expect(try answer("91000000TEXT000250").lists.first?.answer == .notOnTheList)
        _ = try federation.importPermits(4000..<4100, at: F.a)
        // Meanwhile the city relieves.
        _ = try federation.ask(
            ListSummary.self, ["list", "remove", "serious", "--subject", "91000000TEXT00447Y", "--document", "文〔2025〕1号", "--reason", "已履行"] + actor, at: F.city)
        #expect(try answer("91000000TEXT00447Y").lists.first?.answer == .onTheList, "the cut street cannot know yet; its answer carries its age")

        try await relay.restore()
        let own = try federation.digest(F.a, at: F.a)
        #expect(own.records == 4100)
        try federation.until("the street caught up") { try federation.digest(F.a, at: F.city).digest == own.digest }
        try federation.until("the relief arrived") { try answer("91000000TEXT00447Y").lists.first?.answer == .notOnTheList }
        #expect(try federation.digest(F.city, at: F.a).published == federation.digest(F.city, at: F.city).published)
        for node in [F.city, F.district, F.a] { #expect(try federation.ask(VerifyCommand.Response.self, ["verify"], at: node).faults.isEmpty) }
    }

    @Test("A byte flipped at rest in a relay is refused by the next tier and named there")
    func flippedAtRest() throws {
        let federation = try F.standing(streets: [F.a])
        // The district has no line up while the rows arrive.
        let listen = try #require(federation.addresses(F.city)?.listen)
        #expect(federation.stop(F.city) == 0)
        _ = try federation.importPermits(0..<50, at: F.a)
        try federation.until("the district holds the rows") { try federation.digest(F.a, at: F.district).records == 50 }
        let districtListen = try #require(federation.addresses(F.district)?.listen)
        #expect(federation.stop(F.district) == 0)
        let queue = try DatabaseQueue(path: federation.home(F.district) + "/node.db")
        try queue.write { db in
            let row = try #require(try Row.fetchOne(db, sql: "SELECT change_set.id AS id, bodies FROM change_set JOIN ledger ON ledger.id = change_set.ledger JOIN replica ON replica.id = ledger.replica WHERE replica.path = ?", arguments: [F.a]))
            var bodies: Data = row["bodies"]
            bodies[bodies.startIndex + bodies.count / 2] ^= 1
            let id: Int64 = row["id"]
            try db.execute(sql: "UPDATE change_set SET bodies = ? WHERE id = ?", arguments: [bodies, id])
        }
        try queue.close()
        try federation.serve(F.city, listen: listen)
        try federation.serve(F.district, listen: districtListen)
        try federation.until("the city refused") { try federation.status(F.city).warnings.contains { $0.contains(F.a) } }
        #expect(try federation.digest(F.a, at: F.city).records == 0)
        let verified = try federation.run(["verify", "--json"], at: F.district)
        #expect(verified.status == 70)
        #expect(verified.output.contains(F.a))
    }
}
