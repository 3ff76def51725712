import NodeRuntime
import Samples
import Stage

/// Mixed rows of one street as the two files that an office would send, in memory.
struct SampleFiles: Sendable {
    struct File: Sendable {
        let item: String
        let bytes: [UInt8]
        let rows: Int
    }
    let street: Int
    let files: [File]

    init(street: Int, first: Int = 0, count: Int) {
        self.street = street
        var texts = SampleTable.allCases.map { Array(($0.codes.joined(separator: ",") + "\n").utf8) }, counts = [0, 0]
        var rows = SampleRows(street: street, kind: .mixed, first: first)
        for _ in 0..<count {
            let row = rows.next(), place = row.table == .permit ? 0 : 1
            row.appendCSV(to: &texts[place])
            texts[place].append(UInt8(ascii: "\n"))
            counts[place] += 1
        }
        files = SampleTable.allCases.enumerated().filter { counts[$0.offset] > 0 }.map { File(item: $0.element.item, bytes: texts[$0.offset], rows: counts[$0.offset]) }
    }

    /// Imports them one after the other, over the node's Unix socket.
    ///
    /// - Throws: ``BenchFailure`` when a row did not become effective.
    func importAll(at node: StagedNode) async throws {
        let actor = ActorOptions(unit: SampleUnit.streetOffice(street).code, operator: "经办甲", reviewer: "审核乙")
        for file in files {
            let options = ImportOptions(item: file.item, fileName: "rows.csv", actor: actor, fileBytes: file.bytes.count)
            let report = try await node.socket().importFile(options, file.bytes)
            guard report.effective == file.rows else { throw BenchFailure(what: "\(node.path): \(report.effective) of \(file.rows) rows became effective") }
        }
    }
}

/// Does something with each of many, at most `limit` at once.
func forEach<Item: Sendable>(_ items: [Item], atOnce limit: Int, _ body: @escaping @Sendable (Item) async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for (index, item) in items.enumerated() {
            if index >= limit { try await group.next() }
            group.addTask { try await body(item) }
        }
        try await group.waitForAll()
    }
}
