import Foundation
import GRDBSQLite
import NodeRuntime
import Samples
import Stage

extension Scenario {
    static let lookups = Scenario(name: "lookups", what: "20,000 look-ups a second over TLS against a list of 1,000,000, each logged before its answer") { run in
        let options = run.options
        let scenario = LookupScenario(
            troupe: run.troupe, program: run.program, entries: options.entries ?? options.pick(full: 1_000_000, quick: 100_000, smoke: 1000),
            rate: Double(options.lookupRate ?? options.pick(full: 20_000, quick: 20_000, smoke: 200)),
            seconds: Double(options.lookupSeconds ?? options.pick(full: 10, quick: 5, smoke: 1)), keptHome: options.lookupHome)
        for measure in try await scenario.measure(run.report) { run.report.add(measure) }
    }
}

/// Look-ups over TLS at a fixed rate against a long list, each logged durably before its answer. Server and load share the
/// machine: the load is one thread of this process, whose CPU is reported beside the server's.
struct LookupScenario: Sendable {
    let troupe: Troupe
    let program: String
    var entries: Int
    /// Look-ups a second, and for how long.
    var rate: Double
    var seconds: Double
    /// A city's home kept from an earlier run, or made there; nil makes one for this run alone.
    var keptHome: String?

    private static let unit = SampleUnit.streetOffice(0).code, code = "bench-list"
    private static let clerk = ["--unit", unit, "--operator", "经办甲"]

    func measure(_ report: BenchReport) async throws -> [Measure] {
        let city = StagedNode(path: "bench", executable: program, troupe: troupe)
        let isKept = try await found(city)
        try await city.serve()
        if !isKept { try await fill(city, report) }
        let port = (city.addresses?.listen ?? "").split(separator: ":").last.flatMap { Int($0) } ?? 0
        var identities: [LoadTLS] = []
        for name in ["bench-a", "bench-b"] {
            let invitation = try await city.run(["readers", "invite", name, "--unit", Self.unit], as: ReaderInviteCommand.Response.self)
            let identity = ReaderIdentity("\(troupe.directory)/\(name)")
            _ = try await identity.join(token: invitation.token)
            identities.append(try LoadTLS(certificate: identity.certificateFile, key: identity.keyFile, root: identity.rootFile))
        }
        let before = try lines(city)
        report.note("look-ups: \(Int(rate)) a second for \(Int(seconds)) s …")
        let load = LookupLoad(
            port: port, identities: identities, connections: 8, rate: rate, warmUp: min(2, seconds), seconds: seconds, entries: entries, path: LookupRequest.path)
        guard let number = city.processNumber else { throw NodeEnded(path: city.path, log: city.log) }
        let (result, server) = try await Self.onThread { () throws -> (LoadResult, Double) in
            var begun = 0.0
            let result = try load.run { begun = ProcessFigures(pid: number)?.cpuSeconds ?? 0 }
            return (result, (ProcessFigures(pid: number)?.cpuSeconds ?? 0) - begun)
        }
        let logged = try lines(city) - before
        guard result.wrong == 0, logged == result.answers else {
            throw BenchFailure(what: "\(result.answers) answers, \(result.wrong) of them wrong; \(logged) lines in the log")
        }
        return measures(result, server: server, memory: ProcessFigures(pid: number)?.peakMiB ?? 0, logged: logged)
    }

    private func measures(_ result: LoadResult, server: Double, memory: Double, logged: Int) -> [Measure] {
        let count = Double(result.latencies.count)
        func at(_ share: Double) -> Double { result.latencies.isEmpty ? 0 : result.latencies[min(result.latencies.count - 1, Int(count * share))] }
        return [
            Measure("lookup-rate", count / result.seconds, "look-ups/s", reference: rate, detail: ["entries": Double(entries), "logged": Double(logged), "city MiB": memory]),
            Measure("lookup-p50", at(0.5), "ms"),
            Measure("lookup-p99", at(0.99), "ms", detail: ["p99.9": at(0.999), "most": at(1)]),
            Measure(
                "lookup-cpu", (server + result.cpuSeconds) / count * 1e6, "µs", detail: ["server": server / count * 1e6, "load": result.cpuSeconds / count * 1e6],
                note: "look-ups: one subject each over TLS, 8 connections of 2 clients, one in ten on the list, latency from when it was due"),
        ]
    }

    /// Blocking work on a thread of its own.
    private static func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in Thread { continuation.resume(with: Result { try body() }) }.start() }
    }

    // MARK: - The city

    /// - Returns: whether a kept city is there already.
    private func found(_ city: StagedNode) async throws -> Bool {
        if let keptHome {
            let kept = URL(fileURLWithPath: keptHome).path
            try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try FileManager.default.createSymbolicLink(atPath: city.home, withDestinationPath: kept)
            if FileManager.default.fileExists(atPath: kept + "/identity.json") { return true }
        }
        try await city.perform(["init", "--path", city.path])
        return false
    }

    private func fill(_ city: StagedNode, _ report: BenchReport) async throws {
        report.note("look-ups: a list of \(entries) entries …")
        try await city.perform(["list", "create", Self.code, "--title", "严重失信主体名单", "--basis", "测量", "--max-age-hours", "720"] + Self.clerk)
        let file = try writeEntries()
        let imported = try await city.run(["list", "import", Self.code, file] + Self.clerk, as: ImportReport.self)
        guard imported.drafts == entries else { throw BenchFailure(what: "\(imported.drafts) of \(entries) entries staged: \(imported.problems.prefix(3).map(\.rule))") }
        try await city.perform(["list", "publish", Self.code] + Self.clerk + ["--reviewer", "审核乙"])
    }

    private func writeEntries() throws -> String {
        let path = troupe.directory + "/lookup-entries.csv"
        guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path) else { throw BenchFailure(what: "cannot write \(path)") }
        defer { try? handle.close() }
        var text = "subject_name,subject_class,subject_code,document,since,until,authority\n"
        for n in 0..<entries {
            text += "测试企业\(n),法人及非法人组织,\(String(decoding: SampleCodes.creditCode(category: "91", body: n), as: UTF8.self)),测〔2026〕\(n)号,2026-01-05,,\(Self.unit)\n"
            guard text.utf8.count > 1 << 20 || n == entries - 1 else { continue }
            try handle.write(contentsOf: Data(text.utf8))
            text = ""
        }
        return path
    }

    /// Lines of the log, counted in the city's own database beside it.
    private func lines(_ city: StagedNode) throws -> Int {
        var opened: OpaquePointer?, made: OpaquePointer?
        guard unsafe sqlite3_open_v2(city.home + "/node.db", &opened, SQLITE_OPEN_READONLY, nil) == SQLITE_OK, let database = unsafe opened else {
            throw BenchFailure(what: "cannot read the city's database")
        }
        defer { unsafe sqlite3_close(database) }
        guard unsafe sqlite3_prepare_v2(database, "SELECT count(*) FROM lookup_log", -1, &made, nil) == SQLITE_OK, unsafe sqlite3_step(made) == SQLITE_ROW else {
            throw BenchFailure(what: "cannot count the log")
        }
        defer { unsafe sqlite3_finalize(made) }
        return Int(unsafe sqlite3_column_int64(made, 0))
    }
}
