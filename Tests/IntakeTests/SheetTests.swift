import CSheets
import Foundation
import Registry
import Testing

@testable import Intake

private func read(_ url: URL, sheet: String? = nil, limits: SheetLimits = SheetLimits()) throws -> String {
    let bytes = try Data(contentsOf: url)
    let reader = try SheetReader(path: url.path, form: FileForm(bytes), bytes: bytes.count, sheet: sheet, limits: limits)
    var out: [UInt8] = []
    while let piece = try reader.next() { out += piece }
    return String(decoding: out, as: UTF8.self)
}

private func fault(_ body: () throws -> Void) -> SheetFault? {
    do { try body() } catch { return error as? SheetFault }
    return nil
}

/// Removes the file after use.
private func with<R>(_ url: URL, _ body: (URL) throws -> R) throws -> R {
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url)
}

struct SheetTests {
    @Test func cellsOfEveryKind() throws {
        let data = """
            <row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>
            <row r="3"><c r="A3"><v>0.2</v></c><c r="B3"><v>0.20000000000000001</v></c><c r="C3"><v>420106001</v></c><c r="D3"><v>9.1420106123456794E+17</v></c><c r="E3"><v>1E-3</v></c></row>
            <row><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="str"><f>A1&amp;B1</f><v>甲"乙",丙</v></c><c t="inlineStr"><is><t xml:space="preserve">一</t><r><t>二</t></r><rPh><t>yi</t></rPh></is></c></row>
            <row><c r="B5"><f>1+1</f><v>2</v></c></row>
            """
        let url = try Workbooks.xlsx([.init(data: data)], shared: ["<t>标题_x000D_</t>", "<r><t>甲</t></r><r><t>乙</t></r><rPh><t>jia</t></rPh>"])
        let text = try with(url) { try read($0) }
        #expect(text == "\"标题\r\",,甲乙\n0.2,0.2,420106001,9.14201061234568E+17,0.001\nTRUE,#N/A,\"甲\"\"乙\"\",丙\",一二,\n,2,,,\n")
    }

    @Test func days() throws {
        let formats = ["yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;", "0.00E+00", "[Red]0.0", "[$-804]aaaa;@", "[h]:mm", "yyyy/m/d;@", "General", "0&quot;d&quot;"]
        let cells = [(45058, 1), (45058.5, 2), (45058, 3), (45058, 4), (45058, 5), (45058, 8), (45058, 9), (45058, 10), (60, 1), (59, 1), (61, 1), (1, 1), (45058, 0)] as [(Double, Int)]
        let data = "<row>" + cells.map { "<c s=\"\($1)\"><v>\($0)</v></c>" }.joined() + "</row>"
        let text = try with(try Workbooks.xlsx([.init(data: data)], formats: formats)) { try read($0) }
        #expect(text == "2023/05/12,2023/05/12 12:00:00,2023/05/12,45058,45058,2023/05/12,45058,45058,1900/02/29,1900/02/28,1900/03/01,1900/01/01,45058\n")
        let mac = try with(try Workbooks.xlsx([.init(data: "<row><c s=\"1\"><v>43596</v></c><c s=\"1\"><v>0</v></c></row>")], is1904: true)) { try read($0) }
        #expect(mac == "2023/05/12,1904/01/01\n")
        #expect(SheetText.isDate(format: 31, code: nil) && SheetText.isDate(format: 57, code: nil) && !SheetText.isDate(format: 49, code: nil) && SheetText.isDate("[h]:mm") && !SheetText.isDate("[Red]0"))
        // The dumb twin: every day that the dates know.
        for days in stride(from: -25_507, through: 84_005, by: 1) {
            let date = try #require(CivilDate(daysSinceEpoch: days))
            guard SheetText.date(Double(days + 25_569), .from1900) == date.tableText else { Issue.record("\(date)"); return }
        }
    }

    @Test func sheetsAreChosen() throws {
        let sheets: [Workbooks.Sheet] = [.init(name: "参数", state: "hidden", data: Workbooks.rows([["x"]])), .init(name: "许可", data: Workbooks.rows([["y"]])),
                                         .init(name: "处罚", data: Workbooks.rows([["z"]]))]
        try with(try Workbooks.xlsx(sheets)) { url in
            let texts = try [read(url), read(url, sheet: "处罚"), read(url, sheet: "1"), read(url, sheet: "3")]
            #expect(texts == ["y\n", "z\n", "x\n", "z\n"])
            #expect(fault { _ = try read(url, sheet: "无") } == .noSheet("无", available: ["参数", "许可", "处罚"]))
        }
    }

    @Test func aWorkbookGivesTheRecordsOfItsText() throws {
        var rows = [["行政许可信息公示表"], ["填报单位：某某局"], Fixture.codes]
        rows += (1...40).map { Fixture.cells($0) }
        rows[10][Fixture.codes.count - 8] = "2023/13/01"
        let text = try with(try Workbooks.xlsx([.init(data: Workbooks.rows(rows))])) { try read($0) }
        let reading = try Reading(text)
        #expect(reading.rows.count == 39 && reading.rules == ["DATE"] && reading.findings.headerLine == 3, "\(reading.problems)")
        // A row whose last cells are empty is not short.
        let data = Workbooks.rows([Fixture.codes + ["BZ"], Fixture.cells(1)])
        #expect(try Reading(try with(try Workbooks.xlsx([.init(data: data)])) { try read($0) }).rows == [1])
    }

    @Test func roundedNumbersAreReported() throws {
        let rows = Workbooks.rows([Fixture.codes]) + "<row r=\"2\">" + zip(Fixture.codes, Fixture.cells(1)).enumerated().map { index, pair in
            let place = Workbooks.column(index) + "2"
            return pair.0 == "XK_XDR_SHXYM" ? "<c r=\"\(place)\"><v>914403001922038216</v></c>" : pair.0 == "XK_JDRQ" ? "<c r=\"\(place)\" s=\"1\"><v>45058</v></c>" : "<c r=\"\(place)\" t=\"inlineStr\"><is><t>\(pair.1)</t></is></c>"
        }.joined() + "</row>"
        let reading = try Reading(try with(try Workbooks.xlsx([.init(data: rows)])) { try read($0) })
        #expect(reading.rules == ["PRECISION"] && reading.problems.first?.column == "XK_XDR_SHXYM" && reading.problems.first?.value == "9.14403001922038E+17", "\(reading.problems)")
    }

    @Test func bombsAndAbsurdTablesAreRefused() throws {
        var limits = SheetLimits()
        limits.sheetBytes = 1 << 20
        limits.partBytes = 1 << 20
        let long = "<row><c t=\"inlineStr\"><is><t>" + String(repeating: "a", count: 2 << 20) + "</t></is></c></row>"
        try with(try Workbooks.xlsx([.init(data: long)])) { url in
            #expect(fault { _ = try read(url, limits: limits) } == .tooLarge(part: "xl/worksheets/sheet0.xml", limit: 1 << 20))
            // Within the limit: the row is reported, not held.
            let text = try read(url)
            #expect(text.utf8.count <= CSVParser.cellLimit + 300_000)
            #expect(try Reading(Fixture.text([Fixture.codes]) + text).rules == ["CELL-SIZE"])
        }
        try with(try Workbooks.xlsx([.init(data: "")], shared: ["<t>" + String(repeating: "b", count: 2 << 20) + "</t>"])) { url in
            #expect(fault { _ = try read(url, limits: limits) } == .tooLarge(part: "xl/sharedStrings.xml", limit: 1 << 20))
        }
        // Packed a thousandfold.
        let blank = [UInt8](repeating: 0x20, count: 40 << 20)
        let head = Array("<worksheet><sheetData>".utf8), tail = Array("</sheetData></worksheet>".utf8)
        var parts: [(String, [UInt8])] = [
            ("xl/workbook.xml", Array("<workbook xmlns:r=\"r\"><sheets><sheet name=\"s\" r:id=\"a\"/></sheets></workbook>".utf8)),
            ("xl/_rels/workbook.xml.rels", Array("<Relationships><Relationship Id=\"a\" Target=\"s.xml\"/></Relationships>".utf8)), ("xl/s.xml", head + blank + tail),
        ]
        try with(try Workbooks.zip(parts)) { url in #expect(fault { _ = try read(url) } == .tooLarge(part: "xl/s.xml", limit: SheetLimits().sheetBytes)) }
        // Few texts, many references: unfolds piece by piece.
        let text = String(repeating: "c", count: 60_000)
        let many = (0..<150).map { _ in "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>0</v></c></row>" }.joined()
        try with(try Workbooks.xlsx([.init(data: many)], shared: ["<t>\(text)</t>"])) { url in
            let reader = try XLSXReader(path: url.path)
            var greatest = 0, total = 0
            while let piece = try reader.next() { greatest = max(greatest, piece.count); total += piece.count }
            #expect(total == 150 * 120_002 && greatest < 2 << 20)
        }
        // A bomb of entities.
        parts[2].1 = Array("<!DOCTYPE w [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><worksheet>&b;</worksheet>".utf8)
        try with(try Workbooks.zip(parts)) { url in #expect(fault { _ = try read(url) } == .malformed("DOCTYPE")) }
        parts[2].1 = Array((String(repeating: "<a>", count: 5000) + String(repeating: "</a>", count: 5000)).utf8)
        try with(try Workbooks.zip(parts)) { url in #expect(fault { _ = try read(url) } == .malformed("depth")) }
        let wide = "<row><c r=\"XFD1\"><v>1</v></c></row>"
        try with(try Workbooks.xlsx([.init(data: wide)])) { url in #expect(fault { _ = try read(url) } == .tooWide(limit: 256)) }
        limits = SheetLimits()
        limits.cells = 10
        try with(try Workbooks.xlsx([.init(data: Workbooks.rows(Array(repeating: ["a", "b"], count: 6)))])) { url in
            #expect(fault { _ = try read(url, limits: limits) } == .tooManyCells(limit: 10))
        }
    }

    @Test func excel97() throws {
        var rows: [[Workbooks.Cell]] = [[.text("行政许可信息公示表")], Fixture.codes.map { .text($0) }]
        rows += (1...30).map { n in
            zip(Fixture.codes, Fixture.cells(n)).map { $0 == "XK_JDRQ" ? .number(45058, 1) : $0 == "XK_ZT" ? .number(1, 0) : .text($1) }
        }
        rows[5][2] = .number(9.144030019220382e17, 0)
        let bytes = Workbooks.xls([("许可", rows), ("空", [[.text("x")]])])
        #expect(FileForm(bytes) == .xls)
        let url = Fixture.url("book.xls")
        try Data(bytes).write(to: url)
        try with(url) { url in
            let reading = try Reading(try read(url))
            #expect(reading.rows.count == 29 && reading.rules == ["PRECISION"] && reading.value(0, 20) == "2023/05/12" && reading.findings.headerLine == 2, "\(reading.problems)")
            #expect(try [read(url, sheet: "空"), read(url, sheet: "2")] == ["x\n", "x\n"])
            #expect(fault { _ = try read(url, sheet: "无") } == .noSheet("无", available: ["许可", "空"]))
            var limits = SheetLimits()
            limits.xlsBytes = 1000
            #expect(fault { _ = try read(url, limits: limits) } == .tooLarge(part: "xls", limit: 1000))
        }
    }

    @Test func formsAreToldByTheirBytes() {
        #expect(FileForm(Array("PK\u{3}\u{4}".utf8)) == .xlsx && FileForm([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) == .xls)
        #expect(FileForm([UInt8]()) == .text && FileForm(Array("PK,号".utf8)) == .text && FileForm([0xD0, 0xCF]) == .text)
    }

    @Test func brokenWorkbooksNeverCrash() throws {
        let seed: UInt64 = 0x5EED_0401
        var random = SplitMix64(seed)
        var limits = SheetLimits()
        limits.sheetBytes = 4 << 20
        limits.partBytes = 4 << 20
        let book = try Workbooks.xlsx([.init(data: Workbooks.rows([Fixture.codes, Fixture.cells(1)]))], shared: ["<t>a</t>"])
        let base = try with(book) { Array(try Data(contentsOf: $0)) }
        let inner = Array("<worksheet><sheetData>\(Workbooks.rows([["甲", "乙"]]))<row><c t=\"s\" r=\"B9\"><v>7</v></c><c r=\"1\" s=\"-4\"><v>1e999</v></c></row></sheetData></worksheet>".utf8)
        for round in 0..<250 {
            var parts: [(String, [UInt8])] = [
                ("xl/workbook.xml", Array("<workbook xmlns:r=\"r\"><sheets><sheet name=\"s\" r:id=\"a\"/></sheets></workbook>".utf8)),
                ("xl/_rels/workbook.xml.rels", Array("<Relationships><Relationship Id=\"a\" Target=\"s.xml\"/></Relationships>".utf8)), ("xl/s.xml", inner),
            ]
            func mutate(_ bytes: inout [UInt8]) {
                for _ in 0..<(1 + Int(random.next() % 5)) where !bytes.isEmpty {
                    let at = Int(random.next() % UInt64(bytes.count))
                    switch random.next() % 4 {
                    case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
                    case 1: bytes.remove(at: at)
                    case 2: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: at)
                    default: bytes.removeLast(min(bytes.count, Int(random.next() % 64)))
                    }
                }
            }
            let url: URL
            if round % 2 == 0 {
                // The archive.
                var bytes = base
                mutate(&bytes)
                url = Fixture.url("fuzz.xlsx")
                try Data(bytes).write(to: url)
            } else {
                mutate(&parts[Int(random.next() % 3)].1)
                url = try Workbooks.zip(parts)
            }
            try with(url) { url in
                do {
                    let reader = try XLSXReader(path: url.path, limits: limits)
                    while let piece = try reader.next() { #expect(piece.count < 4 << 20, "seed \(seed) round \(round)") }
                } catch {
                    // Refused is as good as read.
                }
            }
        }
    }
}
