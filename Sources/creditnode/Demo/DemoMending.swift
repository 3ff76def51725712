import Foundation
import NodeRuntime
import Samples
import Stage

/// Refused rows come back in a file of problems; the clerk puts them right there and imports that file.
extension DemoStory {
    func mend(_ town: DemoTown) async throws {
        let street = town.legacy
        var mended = 0
        for report in refusedReports {
            let rows = report.problems.filter { $0.severity == "error" }.map(\.row)
            guard !rows.isEmpty, let path = report.problemsFile, let table = SampleTable.allCases.first(where: { $0.item == report.item }) else { continue }
            try rewrite(path, street, table, rows: Set(rows))
            screen.say(
                "\(path.split(separator: "/").last ?? "")：\(rows.count) 行，原有各列在前，后附行号、规则和改法。经办人就地改正，原样导入这个文件。",
                "The file of problems has the \(rows.count) bad rows as they were, with rule and remedy behind. The clerk corrects them there and imports it as it is.")
            let again = try await street.node.importFile(path, item: report.item, actor: street.actor)
            guard again.refused == 0, again.effective == rows.count else { throw DemoSurprise(what: "\(again.refused) rows refused after mending, \(again.effective) effective") }
            mended += again.effective
        }
        guard mended == refusals else { throw DemoSurprise(what: "\(mended) rows mended, \(refusals) expected") }
        let original = "\(troupe.directory)/\(street.node.name)-0-permit.csv"
        let whole = try await street.node.importFile(original, item: "permit", actor: street.actor)
        screen.say(
            "改正了 \(mended) 行。再导入一次原文件：\(whole.unchanged) 条未变，没有重复。",
            "\(mended) rows mended. The first file once more: \(whole.unchanged) unchanged, nothing twice.")
        try await watch(town, "改正的记录到达市级 / the mended rows are at the city", within: .seconds(60)) { facts in
            facts[0].records == self.allRows && facts.allSatisfy { $0.backlog == 0 }
        }
    }

    /// What the clerk does in a spreadsheet: the bad rows' own columns, as they should have been; the columns that
    /// explain the problem are left empty.
    private func rewrite(_ path: String, _ street: DemoStreet, _ table: SampleTable, rows wanted: Set<Int>) throws {
        guard let text = FileManager.default.contents(atPath: path).map({ String(decoding: $0, as: UTF8.self) }), let header = text.split(whereSeparator: \.isNewline).first else {
            throw DemoSurprise(what: "no file of problems at \(path)")
        }
        let explanations = header.split(separator: ",", omittingEmptySubsequences: false).count - table.codes.count
        var lines = [String(header)], number = 0
        var made = SampleRows(street: street.number, kind: .mixed)
        while lines.count <= wanted.count, made.position < rows {
            let row = made.next()
            guard row.table == table else { continue }
            number += 1
            if wanted.contains(number) { lines.append(row.csvLine + String(repeating: ",", count: max(0, explanations))) }
        }
        try Data((lines.joined(separator: "\r\n") + "\r\n").utf8).write(to: URL(fileURLWithPath: path))
    }
}
