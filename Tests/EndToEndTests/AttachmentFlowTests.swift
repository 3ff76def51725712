import Foundation
import NodeRuntime
import Testing

/// Scans of decisions over real processes and lines.
@Suite(.serialized) struct AttachmentFlowTests {
    typealias F = Federation

    static let actor = ["--unit", F.unit, "--operator", "甲", "--reviewer", "乙"]

    /// A file that begins as a PDF, of bytes that do not repeat in any short distance.
    private func pdf(_ size: Int, named name: String, in federation: F) throws -> String {
        var bytes = Data("%PDF-1.7\n".utf8)
        var state = UInt64(size)
        var block = Data()
        for _ in 0..<512 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            withUnsafeBytes(of: state) { block.append(contentsOf: $0) }
        }
        while bytes.count < size { bytes.append(block.prefix(size - bytes.count)) }
        let file = federation.directory.appending(path: name)
        try bytes.write(to: file)
        return file.path
    }

    private func record(_ federation: F, at path: String = F.a) throws -> String {
        try #require(try federation.ask(RecordsCommand.Response.self, ["records", "--limit", "1"], at: path).records.first).record
    }

    private func attachments(_ federation: F, of record: String, at path: String) throws -> [AttachmentLine] {
        try federation.ask(ShowCommand.Response.self, ["show", record], at: path).attachments
    }

    /// The bytes that `fetch` gives at a node.
    private func fetched(_ federation: F, _ record: String, _ name: String?, at path: String) throws -> Data {
        let out = federation.directory.appending(path: "out-\(UInt32.random(in: 0 ... .max))").path
        _ = try federation.ask(FetchedFile.self, ["fetch", record] + (name.map { [$0] } ?? []) + ["-o", out], at: path)
        return try Data(contentsOf: URL(fileURLWithPath: out))
    }

    @Test("A 3 MiB scan attached at a street, without and with a line, reaches the city; a sibling has nothing of it")
    func reachesCity() throws {
        let federation = try F.standing(streets: [F.a, F.b])
        _ = try federation.importPermits(0..<3, at: F.a)
        let record = try record(federation)
        try federation.until("the city holds the rows") { try federation.digest(F.a, at: F.city).records == 3 }
        // The street works alone: its process does not even serve.
        #expect(federation.stop(F.a) == 0)
        let file = try pdf(3 << 20, named: "决定书.pdf", in: federation), image = try pdf(1000, named: "二.pdf", in: federation)
        let answer = try federation.ask(AttachCommand.Response.self, ["attach", record, file, image] + Self.actor, at: F.a)
        #expect(answer.files.map(\.outcome) == ["added", "added"] && answer.files.first?.mediaType == "application/pdf")
        #expect(try fetched(federation, record, "决定书.pdf", at: F.a) == Data(contentsOf: URL(fileURLWithPath: file)))
        try federation.serve(F.a, listen: nil)
        #expect(try federation.ask(AttachCommand.Response.self, ["attach", record, file] + Self.actor, at: F.a).files.map(\.outcome) == ["unchanged"], "over the socket, and again")
        for path in [F.district, F.city] {
            try federation.until("\(path) holds the scans") { try federation.status(path).attachments.held == 2 }
            #expect(try fetched(federation, record, "决定书.pdf", at: path) == Data(contentsOf: URL(fileURLWithPath: file)))
            let lines = try attachments(federation, of: record, at: path)
            #expect(lines.map(\.state) == ["held", "held"] && lines.map(\.name) == ["决定书.pdf", "二.pdf"])
            #expect(try federation.digest(F.a, at: path).digest == federation.digest(F.a, at: F.a).digest)
        }
        #expect(try federation.status(F.b).attachments == StatusReport.Attachments())
        #expect(try federation.run(["fetch", record, "-o", federation.directory.appending(path: "none").path], at: F.b).status == 66)
        #expect(!FileManager.default.fileExists(atPath: federation.directory.appending(path: "none").path))
        for path in [F.city, F.district, F.a] {
            #expect(try federation.ask(VerifyCommand.Response.self, ["verify"], at: path).faults.isEmpty)
            #expect(try federation.ask(RebuildCommand.Response.self, ["rebuild"], at: path).identical)
        }
        // Several fit, or none: told with what there is. A file that stands there stays.
        let several = try federation.run(["fetch", record, "-o", federation.directory.appending(path: "x").path], at: F.city)
        #expect(several.status == 66 && several.errors.contains("决定书.pdf"))
        let taken = try federation.run(["fetch", record, "二.pdf", "-o", file], at: F.city)
        #expect(taken.status == 77)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)).count == 3 << 20)
    }

    @Test("What cannot be attached is refused by name, through the socket too, and nothing stays")
    func refusals() throws {
        let federation = try F.standing(streets: [F.a])
        _ = try federation.importPermits(0..<1, at: F.a)
        let record = try record(federation)
        func attempt(_ files: [String], _ actor: [String] = Self.actor) throws -> (Int32, String) {
            let run = try federation.run(["attach", record] + files + actor + ["--json"], at: F.a)
            return (run.status, (try? JSONDecoder().decode(ControlFault.self, from: Data(run.errors.utf8)).code) ?? run.errors)
        }
        let good = try pdf(5000, named: "a.pdf", in: federation)
        #expect(try attempt([pdf(20 << 20 + 1, named: "big.pdf", in: federation)]) == (65, "attachment-size"))
        let text = federation.directory.appending(path: "text.pdf")
        try Data("plain words".utf8).write(to: text)
        #expect(try attempt([good, text.path]) == (65, "attachment-type"))
        #expect(try attempt([good], ["--unit", F.unit, "--operator", "甲"]) == (77, "four-eyes"))
        #expect(try attempt([good], ["--unit", F.unit, "--operator", "甲", "--reviewer", "甲"]) == (77, "four-eyes"))
        #expect(try federation.ask(ShowCommand.Response.self, ["show", record], at: F.a).attachments.isEmpty)
        let status = try federation.status(F.a).attachments
        #expect(status.held == 0 && status.wanted == 0)
        #expect(try federation.run(["attach", "nothing", good] + Self.actor, at: F.a).status == 66)
    }

    @Test("A line that breaks in the middle resumes where it broke; what is written meanwhile overtakes the scan")
    func slowAndBroken() throws {
        let federation = try Federation()
        try federation.initialise()
        try federation.serve(F.city)
        try federation.enrol(F.district)
        let line = try SlowLine(to: try federation.port(F.district), pace: 1 << 20)
        try federation.enrol(F.a, address: line.address, listen: false)
        try federation.until("the street holds the catalogue") { try federation.status(F.a).catalogue != nil }
        _ = try federation.importPermits(0..<1, at: F.a)
        try federation.until("the district holds the row") { try federation.digest(F.a, at: F.district).records == 1 }
        let record = try record(federation)
        let size = 3 << 20
        let file = try pdf(size, named: "慢.pdf", in: federation)
        let before = line.bytesUp
        _ = try federation.ask(AttachCommand.Response.self, ["attach", record, file] + Self.actor, at: F.a)
        var cuts = 0
        for share in [1, 3] {
            line.breakLine(atTotal: before + size * share / 6)
            try federation.until("the line broke") { line.hasBroken }
            cuts += 1
            try federation.until("the transfer went on") { line.bytesUp > before + size * share / 6 + 100_000 }
        }
        // Now really slow: a row written in the middle of the transfer is there long before its end.
        line.setPace(64 * 1024)
        let held = try federation.status(F.district).attachments
        #expect(held.wanted == 1 && held.held == 0 && held.bytes > 0)
        #expect(try attachments(federation, of: record, at: F.district).map(\.state) == ["on-its-way"])
        _ = try federation.importPermits(1..<40, at: F.a)
        try federation.until("the rows overtook the scan") { try federation.digest(F.a, at: F.district).records == 40 }
        #expect(try federation.status(F.district).attachments.wanted == 1, "the scan is still under way")
        line.setPace(8 << 20)
        try federation.until("the city holds the scan") { try federation.status(F.city).attachments.held == 1 }
        #expect(try fetched(federation, record, nil, at: F.city) == Data(contentsOf: URL(fileURLWithPath: file)))
        // Each cut may cost a piece; handshakes, rows and frames cost a little.
        let sent = line.bytesUp - before
        #expect(sent < size + cuts * 300 * 1024 + 200 * 1024, "\(sent) bytes for \(size)")
    }
}
