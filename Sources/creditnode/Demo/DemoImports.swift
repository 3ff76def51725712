import Foundation
import NodeRuntime
import Samples
import Stage
import Synchronization

/// Imports of the story.
extension DemoStory {
    /// All streets import at once while the tree is shown; ends when the city holds all of it durably.
    func importEverything(_ town: DemoTown) async throws {
        var files: [[(item: String, path: String, rows: Int)]] = []
        for street in town.streets {
            files.append(try writeFiles(street, first: 0, count: rows, faults: street.number == town.legacy.number ? Self.spoilt : [:]))
        }
        screen.say(
            "每个街道各有 \(rows) 行（许可、处罚两个文件）；珞南的文件是 GB18030 编码，里面有意放了 \(refusals) 行错误。",
            "Each street has \(rows) rows in two files; luonan's are GB18030 and hold \(refusals) bad rows on purpose.")
        let start = ContinuousClock.now
        let reports = ReportBox()
        let total = files.reduce(0) { $0 + $1.count }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (street, files) in zip(town.streets, files) {
                group.addTask {
                    for file in files {
                        let report = try await street.node.importFile(file.path, item: file.item, actor: street.actor)
                        reports.add(report)
                        if street.number == town.legacy.number { self.keep(report) }
                    }
                }
            }
            group.addTask {
                try await self.watch(town, "四个街道的全部记录到达市级 / everything is durable at the city", within: .seconds(60 + self.rows / 100)) { facts in
                    let done = reports.all
                    return done.count == total && facts[0].records == done.reduce(0) { $0 + $1.effective } && facts.allSatisfy { $0.backlog == 0 }
                }
            }
            try await group.waitForAll()
        }
        let took = ContinuousClock.now - start, done = reports.all
        let effective = done.reduce(0) { $0 + $1.effective }, refused = done.reduce(0) { $0 + $1.refused }
        screen.say(
            "\(effective) 条记录从街道经区到市，全部落盘：\(took.seconds) 秒，每秒 \(Int(Double(effective) / took.inSeconds)) 条。",
            "\(effective) records travelled street → district → city and are durable there: \(took.seconds) s.")
        for problem in done.flatMap(\.problems).filter({ $0.severity == "error" }).prefix(3) {
            screen.say("拒收第 \(problem.row) 行：\(problem.zh)（\(problem.column) \(problem.rule)）；\(problem.remedyZh)", "Row \(problem.row) refused: \(problem.en)")
        }
        guard refused == refusals, effective == allRows - refusals else {
            throw DemoSurprise(what: "\(effective) effective, \(refused) refused; expected \(allRows - refusals) and \(refusals)")
        }
    }

    /// Shows the tree until `done`.
    func watch(_ town: DemoTown, _ what: String, within length: Duration, until done: ([DemoFacts]) -> Bool) async throws {
        var view = DemoLiveView(town: town, screen: screen)
        _ = try await wait(for: what, within: length) {
            let facts = try await town.facts()
            view.show(facts)
            return (facts, DemoFacts.words(facts))
        } until: { done($0) }
        screen.endFrame()
    }

    /// Writes the rows `first` ..< `first + count` of a street, one file for each table.
    func writeFiles(_ street: DemoStreet, first: Int, count: Int, faults: [Int: SampleFault]) throws -> [(item: String, path: String, rows: Int)] {
        let paths = SampleTable.allCases.map { "\(troupe.directory)/\(street.node.name)-\(first)-\($0.item).csv" }
        var handles: [FileHandle] = []
        for path in paths {
            guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path) else {
                throw DemoSurprise(what: "cannot write \(path)")
            }
            handles.append(handle)
        }
        defer { for handle in handles { try? handle.close() } }
        var made = SampleRows(street: street.number, kind: .mixed, first: first, faults: faults)
        let counts = try made.write(count, permits: handles[0].fileDescriptor, penalties: handles[1].fileDescriptor)
        for path in paths { try street.encoding.recode(file: path) }
        return [("permit", paths[0], counts.permits), ("penalty", paths[1], counts.penalties)]
    }
}

/// Reports of imports that run side by side.
private final class ReportBox: Sendable {
    private let reports = Mutex<[ImportReport]>([])
    var all: [ImportReport] { reports.withLock { $0 } }
    func add(_ report: ImportReport) { reports.withLock { $0.append(report) } }
}

/// The nodes did something the story did not expect.
struct DemoSurprise: Error, CustomStringConvertible {
    let what: String
    var description: String { "出乎意料 / unexpected: \(what)" }
}
