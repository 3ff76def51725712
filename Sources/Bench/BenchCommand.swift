import ArgumentParser
import Foundation
import Stage

/// Measures the product against raw SQLite on the same rows, on this machine, one after the other.
@main
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "creditnode-bench",
        abstract: "性能测量：三级联动与裸 SQLite 对照\nMeasures tiers at work, beside raw SQLite",
        discussion: """
            示例 / example:
              creditnode-bench                       # all, in a quarter of an hour
              creditnode-bench --only chain --json
              creditnode-bench --only fan-in --rows 20000
              creditnode-bench --only chain --repeat 3

            测量项目 / scenarios:
            \(Scenario.all.map { "  \($0.name.padding(toLength: 13, withPad: " ", startingAt: 0))\($0.what)" }.joined(separator: "\n"))

            Nodes are real processes with TLS between them, below ./bench-run. The reference writes every row into three
            SQLite databases one after the other in one thread (synchronous=FULL, 1,000 rows a transaction, three
            indexes). Nothing else should run meanwhile.
            """)

    @Option(help: ArgumentHelp("run this scenario alone; may be repeated", valueName: "name")) var only: [String] = []
    @Flag(help: "one JSON object per line") var json = false
    @Flag(help: "names of the scenarios, one a line") var list = false
    @Flag(help: "about a tenth of everything") var quick = false
    @Flag(help: "as little as shows that it works") var smoke = false
    @Option(name: .customLong("repeat"), help: "run each scenario so often and give the run with the median ratio, 1…99") var repeats = 1
    @Option(help: "rows, 10…20000000; default: what each scenario is reported with") var rows: Int?
    @Option(help: "rows imported while the line is cut; default: as many as --rows") var backlogRows: Int?
    @Option(help: "single rows whose way to the city is timed, 1…10000; default 200") var latencyRows: Int?
    @Option(help: "entries of the list, 1000…5000000; default 1000000") var entries: Int?
    @Option(help: "persons beside them, 0…1000: each takes some tens of milliseconds; default 100") var persons: Int?
    @Option(help: "look-ups a second, 100…100000; default 20000") var lookupRate: Int?
    @Option(help: "for how many seconds, 1…600; default 10") var lookupSeconds: Int?
    @Option(help: ArgumentHelp("lookups: the home of a city to use again, or to make and keep", valueName: "dir")) var lookupHome: String?
    @Option(help: "streets of fan-in, storm and idle, 1…999; default 160, and 1, 10 and 50 for fan-in") var streets: Int?
    @Option(help: ArgumentHelp("the program to measure; default: creditnode beside this one", valueName: "path")) var binary: String?
    @Option(help: ArgumentHelp("work in this directory and keep it; default: one below ./bench-run, removed afterwards", valueName: "dir")) var keepDir: String?
    /// This process is the reference: its memory and time are then the loop's alone.
    @Option(help: .hidden) var loopDirectory: String?

    func validate() throws {
        try Self.check("--rows", rows, 10...20_000_000)
        try Self.check("--backlog-rows", backlogRows, 1...5_000_000)
        try Self.check("--latency-rows", latencyRows, 1...10_000)
        try Self.check("--entries", entries, 1000...5_000_000)
        try Self.check("--persons", persons, 0...1000)
        try Self.check("--lookup-rate", lookupRate, 100...100_000)
        try Self.check("--lookup-seconds", lookupSeconds, 1...600)
        try Self.check("--streets", streets, 1...999)
        try Self.check("--repeat", repeats, 1...99)
        for name in only { _ = try Scenario.named(name) }
    }

    private static func check(_ name: String, _ value: Int?, _ range: ClosedRange<Int>) throws {
        if let value, !range.contains(value) { throw ValidationError("\(name) \(range.lowerBound)…\(range.upperBound)") }
    }

    func run() async throws {
        if list { return print(Scenario.all.map(\.name).joined(separator: "\n")) }
        if let loopDirectory { return try ReferenceRun.measure(rows: rows ?? 100_000, singles: latencyRows ?? 200, directory: loopDirectory).write() }
        let program = try program()
        // The relays of many lines are many sockets.
        raiseFileLimit()
        let place = keepDir ?? FileManager.default.currentDirectoryPath + "/bench-run"
        let whole = try Troupe(name: "creditnode-bench", in: place, keepDirectory: keepDir)
        let work = Task { try await measure(whole, program) }
        let signals = StopSignals { _ in work.cancel() }
        let outcome = await work.result
        await whole.end()
        signals.cancel()
        try outcome.get()
    }

    private func program() throws -> String {
        let own = try ReferenceRun.ownPath()
        let path = binary ?? URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("creditnode").path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw ValidationError("找不到程序 / no program at \(path); build it (swift build -c release --product creditnode) or name it with --binary")
        }
        return URL(fileURLWithPath: path).standardizedFileURL.path
    }

    private var options: BenchOptions {
        BenchOptions(
            size: smoke ? .smoke : quick ? .quick : .full, rows: rows, backlogRows: backlogRows, latencyRows: latencyRows, entries: entries, persons: persons,
            lookupRate: lookupRate, lookupSeconds: lookupSeconds, lookupHome: lookupHome, streets: streets)
    }

    /// One scenario that fails does not keep the others from being measured.
    private func measure(_ whole: Troupe, _ program: String) async throws {
        let report = BenchReport(json: json)
        var failures = 0
        let chosen = try only.map(Scenario.named)
        for scenario in chosen.isEmpty ? Scenario.all : chosen {
            for round in 1...repeats {
                let troupe = try Troupe(name: scenario.name, in: whole.directory)
                let start = ContinuousClock.now
                do {
                    try await scenario.measure(BenchRun(options: options, report: report, troupe: troupe, program: program, shared: whole.directory))
                } catch {
                    failures += 1
                    FileHandle.standardError.write(Data("测量失败 / the measurement failed: \(scenario.name)\n\(error)\n".utf8))
                }
                await troupe.end()
                report.endRound()
                report.note("\(scenario.name)\(repeats > 1 ? " \(round)/\(repeats)" : ""): \((ContinuousClock.now - start).seconds) s")
                try Task.checkCancellation()
            }
            report.endScenario()
        }
        report.end()
        if failures > 0 { throw ExitCode.failure }
    }

    private func raiseFileLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
