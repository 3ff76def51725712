import Foundation
import NodeRuntime
import Samples
import Stage

extension Scenario {
    static let listMillion = Scenario(name: "list-million", what: "a long list: from a file at the city to answers at a street two hops below") { run in
        let town = try await BenchTown.build(run.troupe, program: run.program)
        let entries = run.options.entries ?? run.options.pick(full: 1_000_000, quick: 100_000, smoke: 1000)
        let persons = run.options.persons ?? run.options.pick(full: 100, quick: 20, smoke: 2)
        for measure in try await town.measureList(entries: entries, persons: persons, run.report) { run.report.add(measure) }
    }
}

/// A long list: from a file at the city to answers at a street.
extension BenchTown {
    private static let code = "bench-list"
    private static let unit = SampleUnit.streetOffice(number).code
    private static let clerk = ["--unit", unit, "--operator", "经办甲"], both = clerk + ["--reviewer", "审核乙"]

    func measureList(entries: Int, persons: Int, _ report: BenchReport) async throws -> [Measure] {
        try await city.perform(["list", "create", Self.code, "--title", "测量用名单", "--basis", "测量"] + Self.clerk)
        report.note("list: \(entries) entries and \(persons) persons, from a file …")
        let file = try writeEntries(entries, persons: persons)
        let start = ContinuousClock.now
        let imported = try await city.run(["list", "import", Self.code, file] + Self.clerk, as: ImportReport.self)
        guard imported.drafts == entries + persons else { throw BenchFailure(what: "\(imported.drafts) staged: \(imported.problems.prefix(3).map(\.rule))") }
        let staged = (ContinuousClock.now - start).inSeconds
        report.note("list: publishing …")
        let carried = lower.carried
        async let arrived = arrival(of: 1, within: Self.patience(entries))
        let publishing = ContinuousClock.now
        try await city.perform(["list", "publish", Self.code] + Self.both)
        let published = (ContinuousClock.now - publishing).inSeconds
        _ = try await arrived
        let reached = (ContinuousClock.now - publishing).inSeconds
        let bytes = Double(lower.carried.down - carried.down)
        let figures = try nodes.map { node in
            guard let number = node.processNumber, let figures = ProcessFigures(pid: number) else { throw NodeEnded(path: node.path, log: node.log) }
            return figures.peakMiB
        }
        let all = Double(entries + persons)
        return [
            Measure("list-import", all / staged, "entries/s", detail: ["seconds": staged, "entries": all]),
            Measure("list-publish", all / published, "entries/s", detail: ["seconds": published, "city MiB": figures[2]]),
            Measure(
                "list-arrival", reached, "s", detail: ["B per entry": bytes / all, "street MiB": figures[0], "district MiB": figures[1], "street disk MiB": Double(street.diskBytes) / 1_048_576],
                note: "list-arrival: from the start of publishing until the street, two hops below, holds the edition"),
        ] + [try await timeDelta(report)] + (try await timeLookups(entries, persons: persons, report))
    }

    /// Ten more entries: what a small edition costs on a list of any size.
    private func timeDelta(_ report: BenchReport) async throws -> Measure {
        report.note("list: ten more …")
        for n in 0..<10 {
            let subject = String(decoding: SampleCodes.creditCode(category: "91", body: 90_000_000 + n), as: UTF8.self)
            try await city.perform(["list", "add", Self.code, "--subject", subject, "--name", "测试企业", "--document", "增〔2026〕\(n)号"] + Self.clerk)
        }
        let carried = lower.carried, start = ContinuousClock.now
        async let arrived = arrival(of: 2, within: .seconds(60))
        _ = try await city.socket().execute(
            ListPublishCommand(list: Self.code, actor: ActorOptions(unit: Self.unit, operator: "经办甲", reviewer: "审核乙")))
        let published = (ContinuousClock.now - start).inSeconds * 1000
        _ = try await arrived
        let reached = (ContinuousClock.now - start).inSeconds * 1000
        return Measure("list-delta-10", reached, "ms", detail: ["publish ms": published, "bytes": Double(lower.carried.down - carried.down)])
    }

    private func timeLookups(_ entries: Int, persons: Int, _ report: BenchReport) async throws -> [Measure] {
        report.note("list: look-ups …")
        let socket = try street.socket()
        func ask(_ count: Int, _ command: (Int) -> LookupCommand) async throws -> (answer: Percentiles, whole: Percentiles) {
            var answers: [Double] = [], wholes: [Double] = []
            for n in 0..<count {
                let start = ContinuousClock.now
                let answer = try await socket.execute(command(n))
                wholes.append((ContinuousClock.now - start).inSeconds * 1_000_000)
                answers.append(Double(answer.microseconds ?? 0))
                guard answer.lists.map(\.answer) == [n % 2 == 0 ? .onTheList : .notOnTheList] else { throw BenchFailure(what: "look-up \(n): \(answer.lists.map(\.answer))") }
            }
            return (Percentiles(answers), Percentiles(wholes))
        }
        @Sendable func organisation(_ n: Int) -> LookupCommand {
            let body = n % 2 == 0 ? n * 997 % entries : 95_000_000 + n
            return LookupCommand(subject: String(decoding: SampleCodes.creditCode(category: "91", body: body), as: UTF8.self), purpose: "测量", unit: Self.unit, operator: "查询甲")
        }
        // The statement that speaks of the newest edition travels beside it and may come a moment later.
        _ = try await wait(for: "an answer at the street", within: .seconds(30), pause: .milliseconds(2)) {
            let answers = try await socket.execute(organisation(0)).lists.map(\.answer)
            return (answers != [.tooStaleToSay], "\(answers)")
        } until: { $0 }
        let organisations = try await ask(1000, organisation)
        var measures = [
            Measure("list-lookup", organisations.answer.at(50), "µs", detail: ["p99": organisations.answer.at(99)], note: "list-lookup: the answer alone; list-lookup-logged: over the Unix socket, with its durable line in the log"),
            Measure("list-lookup-logged", organisations.whole.at(50), "µs", detail: ["p99": organisations.whole.at(99)]),
        ]
        guard persons > 1 else { return measures }
        let people = try await ask(40) { n in
            let number = SampleCodes.citizenNumber(year: 1990, month: 1, day: 1, sequence: n % 2 == 0 ? n % persons : 999)
            return LookupCommand(subject: String(decoding: number, as: UTF8.self), person: "身份证", purpose: "测量", unit: Self.unit, operator: "查询乙")
        }
        measures.append(Measure("list-lookup-person", people.answer.at(50) / 1000, "ms", detail: ["p99": people.answer.at(99) / 1000], note: "list-lookup-person: nearly all of it is the memory-hard digest"))
        return measures
    }

    private func arrival(of edition: UInt64, within length: Duration) async throws -> Bool {
        let street = street
        return try await wait(for: "edition \(edition) at the street", within: length, pause: .milliseconds(2)) {
            let lists = try await street.ask(ListsCommand()).lists
            return (lists.contains { $0.edition == edition && $0.freshness == "fresh" }, "\(lists.map { "\($0.code) \($0.edition ?? 0) \($0.entries) \($0.freshness)" })")
        } until: { $0 }
    }

    private func writeEntries(_ entries: Int, persons: Int) throws -> String {
        let path = troupe.directory + "/entries.csv"
        guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path) else { throw BenchFailure(what: "cannot write \(path)") }
        defer { try? handle.close() }
        var text = "subject_name,subject_class,subject_code,id_type,id_number,document,since,until,authority\n"
        for n in 0..<entries + persons {
            if n < entries {
                text += "测试企业\(n),法人及非法人组织,\(String(decoding: SampleCodes.creditCode(category: "91", body: n), as: UTF8.self)),,,测〔2026〕\(n)号,2026-01-05,,\(Self.unit)\n"
            } else {
                let number = SampleCodes.citizenNumber(year: 1990, month: 1, day: 1, sequence: n - entries)
                text += "测试某人\(n),自然人,,身份证,\(String(decoding: number, as: UTF8.self)),测〔2026〕\(n)号,2026-01-05,,\(Self.unit)\n"
            }
            if text.utf8.count > 1 << 20 {
                try handle.write(contentsOf: Data(text.utf8))
                text = ""
            }
        }
        try handle.write(contentsOf: Data(text.utf8))
        return path
    }
}
