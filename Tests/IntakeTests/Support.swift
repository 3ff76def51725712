import CSheets
import Foundation
import Intake
import Registry
import Testing

/// Rows that are right, and reading whole files.
enum Fixture {
    static let organ = "11000000TEXT00017D"
    static let company = "91000000TEXT000250"
    static let codes = ["XK_XDR_MC", "XK_XDR_LB", "XK_XDR_SHXYM", "XK_FRDB", "XK_XKWS", "XK_WSH", "XK_XKLB", "XK_NR", "XK_JDRQ", "XK_YXQZ", "XK_YXQZI", "XK_XKJG",
                        "XK_XKJGDM", "XK_ZT", "XK_LYDW", "XK_LYDWDM"]

    static func cells(_ n: Int = 12, changing change: [String: String] = [:]) -> [String] {
        let cells = ["测试（虚构）公司", "法人及非法人组织", company, "张三", "准予许可决定书", "测许〔2023〕\(n)号", "普通", "食品经营", "2023/05/12", "2023/05/12",
                     "2099/12/31", "某某局", organ, "1", "某某局", organ]
        return zip(codes, cells).map { change[$0] ?? $1 }
    }

    static var today: CivilDate { get throws { try #require(CivilDate(year: 2024, month: 6, day: 1)) } }
    static func item(_ code: String = "permit") throws -> CatalogueItem { try #require(Catalogue.standard.item(code: code)) }

    static func text(_ rows: [[String]], delimiter: String = ",", end: String = "\n") -> String { rows.map { $0.joined(separator: delimiter) + end }.joined() }

    /// glibc's encoder; the tests of bytes do not use it.
    static func encode(_ text: String, _ name: String) throws -> [UInt8] {
        let descriptor = try #require(iconv_open(name, "UTF-8"))
        defer { iconv_close(descriptor) }
        let bytes = Array(text.utf8).map { CChar(bitPattern: $0) }
        var left = bytes.count, room = bytes.count * 4 + 16
        var out = [CChar](repeating: 0, count: room)
        let size = room
        let code = creditnode_iconv(descriptor, bytes, &left, &out, &room)
        try #require(Int(code) == creditnode_iconv_done && left == 0)
        return out.prefix(size - room).map { UInt8(bitPattern: $0) }
    }

    static func url(_ name: String) -> URL { FileManager.default.temporaryDirectory.appendingPathComponent("intake-\(UInt64.random(in: 0 ... .max))-\(name)") }
}

/// What reading a file brought.
struct Reading {
    var records: [ValidRecord] = []
    var rows: [Int] = []
    var lines: [Int] = []
    var problems: [RowProblem] = []
    var refused: [(row: Int, cells: [String])] = []
    var kept: [[String]] = []
    var summary = IntakeSummary()
    var findings = IntakeFindings()
    var greatestBatch = 0
    var rules: [String] { problems.map(\.rule) }

    func value(_ record: Int, _ number: UInt32) -> String? { records[record].fields.first { $0.number == number }?.value.tableText }

    init(_ bytes: [UInt8], item: String = "permit", chunk: Int = 65_536, unit: CreditCode? = nil, _ set: (inout IntakeOptions) -> Void = { _ in }) throws {
        var options = IntakeOptions()
        options.keepsCells = true
        set(&options)
        var reader = RowReader(item: try Fixture.item(item), today: try Fixture.today, unit: unit, options: options), at = 0
        while at < bytes.count {
            let end = min(bytes.count, at + chunk)
            reader.feed(bytes[at..<end]) { keep($0) }
            at = end
        }
        summary = reader.finish { keep($0) }
        findings = reader.findings
    }

    init(_ text: String, item: String = "permit", chunk: Int = 65_536, _ set: (inout IntakeOptions) -> Void = { _ in }) throws {
        try self.init(Array(text.utf8), item: item, chunk: chunk, set)
    }

    private mutating func keep(_ batch: RowBatch) {
        func texts(_ cells: CellRow) -> [String] { (0..<cells.count).map { cells.text($0) } }
        records += batch.records.map(\.record)
        rows += batch.records.map(\.row)
        lines += batch.records.map(\.line)
        problems += batch.problems
        refused += batch.refused.map { ($0.row, texts($0.cells)) }
        kept += batch.kept.map(texts)
        greatestBatch = max(greatestBatch, batch.records.count + batch.refused.count)
    }
}
