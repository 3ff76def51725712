import CSheets
import Foundation
import Testing

/// Workbooks as other programs write them, for tests.
enum Workbooks {
    /// An archive of parts, deflated.
    static func zip(_ parts: [(String, [UInt8])], _ name: String = "book.xlsx") throws -> URL {
        let url = Fixture.url(name)
        var code: Int32 = 0
        let archive = try #require(zip_open(url.path, ZIP_CREATE | ZIP_TRUNCATE, &code))
        for (name, bytes) in parts {
            let copy = try #require(malloc(max(1, bytes.count)))
            bytes.withUnsafeBytes { if let base = $0.baseAddress { memcpy(copy, base, bytes.count) } }
            let source = try #require(zip_source_buffer(archive, copy, UInt64(bytes.count), 1))
            try #require(zip_file_add(archive, name, source, zip_flags_t(ZIP_FL_ENC_UTF_8)) >= 0)
        }
        try #require(zip_close(archive) == 0)
        return url
    }

    struct Sheet {
        var name = "Sheet1"
        var state = ""
        var data: String
    }

    /// - Parameters:
    ///   - formats: number format codes of custom ids from 164 on; cell style n is custom format n - 3 after general, 14 and 22.
    static func xlsx(_ sheets: [Sheet], shared: [String] = [], formats: [String] = [], is1904: Bool = false) throws -> URL {
        let space = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
        let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        var parts: [(String, String)] = [
            ("_rels/.rels", head + "<Relationships><Relationship Id=\"rId1\" Type=\"\(relations)/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"),
            ("xl/workbook.xml", head + "<workbook \(space)><workbookPr\(is1904 ? " date1904=\"1\"" : "")/><sheets>" + sheets.enumerated().map {
                "<sheet name=\"\($1.name)\" sheetId=\"\($0 + 1)\"\($1.state.isEmpty ? "" : " state=\"\($1.state)\"") r:id=\"s\($0)\"/>"
            }.joined() + "</sheets></workbook>"),
            ("xl/_rels/workbook.xml.rels", head + "<Relationships>" + sheets.indices.map {
                "<Relationship Id=\"s\($0)\" Type=\"\(relations)/worksheet\" Target=\"worksheets/sheet\($0).xml\"/>"
            }.joined() + "<Relationship Id=\"st\" Type=\"\(relations)/styles\" Target=\"/xl/styles.xml\"/><Relationship Id=\"ss\" Type=\"\(relations)/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"),
            ("xl/styles.xml", head + "<styleSheet \(space)><numFmts>" + formats.enumerated().map { "<numFmt numFmtId=\"\(164 + $0)\" formatCode=\"\($1)\"/>" }.joined()
                + "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/>"
                + formats.indices.map { "<xf numFmtId=\"\(164 + $0)\"/>" }.joined() + "</cellXfs></styleSheet>"),
            ("xl/sharedStrings.xml", head + "<sst \(space)>" + shared.map { "<si>\($0)</si>" }.joined() + "</sst>"),
        ]
        for (index, sheet) in sheets.enumerated() {
            parts.append(("xl/worksheets/sheet\(index).xml", head + "<worksheet \(space)><sheetData>\(sheet.data)</sheetData></worksheet>"))
        }
        return try zip(parts.map { ($0, Array($1.utf8)) })
    }

    /// Rows of inline texts.
    static func rows(_ rows: [[String]]) -> String {
        rows.enumerated().map { index, cells in
            "<row r=\"\(index + 1)\">" + cells.enumerated().map { "<c r=\"\(column($0))\(index + 1)\" t=\"inlineStr\"><is><t>\($1)</t></is></c>" }.joined() + "</row>"
        }.joined()
    }

    static func column(_ index: Int) -> String {
        let letter = String(UnicodeScalar(UInt8(65 + index % 26)))
        return index < 26 ? letter : String(UnicodeScalar(UInt8(64 + index / 26))) + letter
    }

    // MARK: - Excel 97–2003

    enum Cell {
        case text(String)
        /// Number and index of a cell format: 0 general, 1 a day (format 14), 2 `yyyy"年"m"月"d"日"`.
        case number(Double, Int)
        case empty
    }

    /// A workbook of BIFF8 ([MS-XLS]) in a compound file ([MS-CFB]).
    static func xls(_ sheets: [(name: String, rows: [[Cell]])]) -> [UInt8] {
        func le16(_ n: Int) -> [UInt8] { [UInt8(n & 0xFF), UInt8(n >> 8 & 0xFF)] }
        func le32(_ n: Int) -> [UInt8] { le16(n & 0xFFFF) + le16(n >> 16 & 0xFFFF) }
        func record(_ id: Int, _ body: [UInt8]) -> [UInt8] { le16(id) + le16(body.count) + body }
        func wide(_ text: String) -> [UInt8] { text.utf16.flatMap { le16(Int($0)) } }
        func bof(_ type: Int) -> [UInt8] { record(0x0809, le16(0x0600) + le16(type) + le16(0x0DBB) + le16(0x07CC) + le32(0x41) + le32(0x06)) }
        let eof = record(0x0A, [])
        let format = "yyyy\"年\"m\"月\"d\"日\""
        var globals = bof(0x05) + record(0x42, le16(1200)) + record(0x22, le16(0)) + record(0x041E, le16(164) + le16(format.utf16.count) + [1] + wide(format))
        for number in [0, 14, 164] { globals += record(0xE0, le16(0) + le16(number) + le16(0) + [UInt8](repeating: 0, count: 14)) }
        let bodies = sheets.map { sheet -> [UInt8] in
            let columns = sheet.rows.map(\.count).max() ?? 0
            var body = bof(0x10) + record(0x0200, le32(0) + le32(sheet.rows.count) + le16(0) + le16(columns) + le16(0))
            for (r, row) in sheet.rows.enumerated() {
                for (c, cell) in row.enumerated() {
                    switch cell {
                    case .text(let text): body += record(0x0204, le16(r) + le16(c) + le16(0) + le16(text.utf16.count) + [1] + wide(text))
                    case .number(let value, let style):
                        body += record(0x0203, le16(r) + le16(c) + le16(style) + (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(8 * $0)) })
                    case .empty: break
                    }
                }
            }
            return body + eof
        }
        let heads = sheets.map { 4 + 8 + 2 * $0.name.utf16.count }
        var offset = globals.count + heads.reduce(0, +) + eof.count
        for (sheet, body) in Swift.zip(sheets, bodies) {
            globals += record(0x85, le32(offset) + le16(0) + [UInt8(sheet.name.utf16.count), 1] + wide(sheet.name))
            offset += body.count
        }
        var stream = globals + eof + bodies.joined()
        // Streams below 4,096 bytes stand elsewhere; this one shall not.
        stream += [UInt8](repeating: 0, count: max(0, 4096 - stream.count))
        stream += [UInt8](repeating: 0, count: (512 - stream.count % 512) % 512)
        let sectors = stream.count / 512
        let tables = (sectors + 2 + 127) / 128
        // Sectors: tables of sectors, directory, stream.
        var next: [Int] = Array(repeating: 0xFFFF_FFFD, count: tables) + [0xFFFF_FFFE]
        for index in 0..<sectors { next.append(index == sectors - 1 ? 0xFFFF_FFFE : tables + 1 + index + 1) }
        while next.count % 128 != 0 { next.append(0xFFFF_FFFF) }
        func entry(_ name: String, _ type: UInt8, child: Int, start: Int, size: Int) -> [UInt8] {
            var bytes = wide(name) + [UInt8](repeating: 0, count: 64 - 2 * name.utf16.count)
            bytes += le16(name.isEmpty ? 0 : 2 * name.utf16.count + 2) + [type, 1] + le32(0xFFFF_FFFF) + le32(0xFFFF_FFFF) + le32(child)
            return bytes + [UInt8](repeating: 0, count: 36) + le32(start) + le32(size) + le32(0)
        }
        let directory = entry("Root Entry", 5, child: 1, start: 0xFFFF_FFFE, size: 0) + entry("Workbook", 2, child: 0xFFFF_FFFF, start: tables + 1, size: stream.count)
            + entry("", 0, child: 0xFFFF_FFFF, start: 0, size: 0) + entry("", 0, child: 0xFFFF_FFFF, start: 0, size: 0)
        var header: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + [UInt8](repeating: 0, count: 16)
        header += le16(0x3E) + le16(3) + le16(0xFFFE) + le16(9) + le16(6) + [UInt8](repeating: 0, count: 6) + le32(0) + le32(tables) + le32(tables) + le32(0) + le32(4096)
        header += le32(0xFFFF_FFFE) + le32(0) + le32(0xFFFF_FFFE) + le32(0)
        for index in 0..<109 { header += le32(index < tables ? index : 0xFFFF_FFFF) }
        return header + next.flatMap(le32) + directory + stream
    }
}
