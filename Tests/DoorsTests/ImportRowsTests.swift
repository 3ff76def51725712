import Foundation
import Testing

@testable import API
@testable import NodeRuntime
@testable import creditnode

struct ImportRowsTests {
    @Test func aHandoverHoldsOneValueAndLosesNoneThatWasPut() async {
        let handover = Handover<Int>()
        async let put: Void = {
            for n in 1...200 {
                await handover.put(n)
                await handover.offer(-n)
            }
            await handover.close()
        }()
        var got: [Int] = []
        while let value = await handover.take() { got.append(value) }
        await put
        #expect(got.filter { $0 > 0 } == Array(1...200))
    }

    @Test func whoPutsIsReleasedWhenNobodyReadsAnyMore() async {
        let handover = Handover<Int>()
        async let put: Void = {
            for n in 1...50 { await handover.put(n) }
        }()
        #expect(await handover.take() != nil)
        await handover.close()
        await put
        #expect(await handover.take() == nil)
    }

    private func row(_ n: Int) -> ImportRow {
        ImportRow(row: n, cells: ["甲", "=1"], problems: [
            .init(row: n, column: "XK_NR", rule: "REQUIRED", value: "", severity: "error", zh: "必填项为空", en: "empty", remedyZh: "补填", remedyEn: "fill in"),
        ])
    }

    @Test func problemsFilesArePrivateWholeAndNeverOverwritten() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("problems-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appendingPathComponent("许可.csv").path
        let writer = try ProblemWriter(input: input, chosen: nil)
        #expect(writer.path == folder.appendingPathComponent("许可.problems.csv").path)
        #expect(try writer.finish() == nil, "no row, no file")
        writer.headings(["名称", "内容"])
        writer.add([row(2), row(5)])
        #expect(!FileManager.default.fileExists(atPath: writer.path) && FileManager.default.fileExists(atPath: writer.path + ".part"))
        #expect(try writer.finish() == writer.path)
        let written = try Data(contentsOf: URL(fileURLWithPath: writer.path))
        #expect(written.starts(with: [0xEF, 0xBB, 0xBF]))
        let text = String(decoding: written.dropFirst(3), as: UTF8.self)
        #expect(text == "名称,内容,问题_行号,问题_字段,问题_规则,问题_说明,问题_说明_英文,问题_办法,问题_办法_英文\r\n甲,'=1,2,XK_NR,REQUIRED,必填项为空,empty,补填,fill in\r\n甲,'=1,5,XK_NR,REQUIRED,必填项为空,empty,补填,fill in\r\n")
        #expect(try FileManager.default.attributesOfItem(atPath: writer.path)[.posixPermissions] as? Int == 0o600)
        let second = try ProblemWriter(input: writer.path, chosen: nil)
        #expect(second.path == folder.appendingPathComponent("许可.problems-2.csv").path)
        second.headings(["名称"])
        second.add([row(1)])
        second.discard()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["许可.problems.csv"])
        #expect(throws: ControlFault.self) { try ProblemWriter(input: input, chosen: input) }
        let nowhere = try ProblemWriter(input: input, chosen: folder.path + "/none/x.csv")
        nowhere.add([row(1)])
        let fault = #expect(throws: ControlFault.self) { try nowhere.finish() }
        #expect(fault?.code == "problems-file")
    }

    @Test func formsAreTold() {
        var form = ImportForm()
        form.encoding = "gb18030"
        form.delimiter = "semicolon"
        form.headerLine = 3
        form.fieldSet = "2016"
        #expect(ImportText.form(form) == "TEXT · gb18030 · semicolon · 表头在第3行 header in line 3 · 2016年版字段 fields of 2016")
        form.form = "xlsx"
        form.sheet = "许可\u{1B}"
        #expect(ImportText.form(form).hasPrefix("XLSX · 工作表 sheet “许可"))
    }
}
