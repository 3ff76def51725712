import ArgumentParser
import Foundation
import Stage

/// Measures the product against raw SQLite on the same rows, on this machine, one after the other.
@main
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "creditnode-bench",
        abstract: "性能测量：三级联动与裸 SQLite 对照\nMeasures three tiers at work, beside raw SQLite",
        discussion: """
            示例 / example:
              creditnode-bench --rows 100000
              creditnode-bench --only reference --json
              creditnode-bench --only list-million --json

            The reference writes every row into three SQLite databases one after the other in one thread
            (synchronous=FULL, 1,000 rows a transaction, three indexes). The product is a city, a district and
            a street as three processes with TLS between them. Nothing else should run meanwhile.
            """)

    enum Part: String, ExpressibleByArgument, CaseIterable {
        case chain, reference
        case listMillion = "list-million"
    }

    @Option(help: "chain: everything; reference: raw SQLite alone; list-million: a long list from city to street") var only = Part.chain
    @Flag(help: "one JSON object per line") var json = false
    @Option(help: "entries of the list, 1000…5000000") var entries = 1_000_000
    @Option(help: "persons beside them, 0…1000: each takes some tens of milliseconds") var persons = 100
    @Option(help: "rows, 1000…5000000") var rows = 100_000
    @Option(help: "rows imported while the line is cut; default: as many as --rows") var backlogRows: Int?
    @Option(help: "single rows whose way to the city is timed, 1…10000") var latencyRows = 200
    @Option(help: ArgumentHelp("the program to measure; default: creditnode beside this one", valueName: "path")) var binary: String?
    @Option(help: ArgumentHelp("use this empty directory and keep it", valueName: "dir")) var keepDir: String?

    func validate() throws {
        guard (1000...5_000_000).contains(rows) else { throw ValidationError("--rows 1000…5000000") }
        guard (1000...5_000_000).contains(entries), (0...1000).contains(persons) else { throw ValidationError("--entries 1000…5000000, --persons 0…1000") }
        guard (1...10_000).contains(latencyRows) else { throw ValidationError("--latency-rows 1…10000") }
        if let backlogRows, !(1...5_000_000).contains(backlogRows) { throw ValidationError("--backlog-rows 1…5000000") }
    }

    func run() async throws {
        let program = try program()
        let troupe = try Troupe(name: "creditnode-bench", keepDirectory: keepDir)
        let work = Task { try await measure(troupe, program) }
        let signals = StopSignals { _ in work.cancel() }
        let outcome = await work.result
        await troupe.end()
        signals.cancel()
        if case .failure(let error) = outcome {
            FileHandle.standardError.write(Data("测量失败 / the measurement failed:\n\(error)\n".utf8))
            throw ExitCode.failure
        }
    }

    private func program() throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = binary ?? URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("creditnode").path
        guard only == .reference || FileManager.default.isExecutableFile(atPath: path) else {
            throw ValidationError("找不到程序 / no program at \(path); build it (swift build -c release --product creditnode) or name it with --binary")
        }
        return URL(fileURLWithPath: path).standardizedFileURL.path
    }

    private func measure(_ troupe: Troupe, _ program: String) async throws {
        let report = BenchReport(json: json)
        if only == .listMillion {
            let town = try await BenchTown.build(troupe, program: program)
            for measure in try await town.measureList(entries: entries, persons: persons, report) { report.add(measure) }
            return report.end()
        }
        report.note("reference: raw SQLite through three databases, \(rows) rows …")
        let reference = try ReferenceRun.measure(rows: rows, singles: latencyRows, directory: troupe.directory)
        report.note("reference: \(Int(reference.rowsPerSecond)) rows/s, \(BenchReport.text(reference.cpuPer100k)) CPU s per 100,000")
        if only == .reference {
            for measure in reference.alone { report.add(measure) }
        } else {
            let town = try await BenchTown.build(troupe, program: program)
            let chain = try await town.importChain(rows: rows, report)
            for measure in chain.measures(reference) { report.add(measure) }
            let latency = try await town.timeSingles(latencyRows, after: rows, report)
            for measure in latency.measures(reference) { report.add(measure) }
            let backlog = try await town.timeBacklog(backlogRows ?? rows, after: rows + latencyRows, report)
            report.add(backlog.measure(reference))
        }
        report.end()
    }
}
