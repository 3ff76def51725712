import Foundation
import Intake
import NIOCore
import NodeRuntime

/// The bytes of a file to import as the node takes them: text as it is, a table of a spreadsheet as CSV.
struct ImportSource: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    let file: FileChunks
    let form: FileForm
    let sheet: OpenSheet?

    /// - Parameter sheet: name or number from 1 of the table; only for spreadsheets.
    /// - Throws: `ControlFault`
    init(path: String, sheet wanted: String?) throws {
        file = try FileChunks(path: path)
        form = FileForm(try Self.head(path))
        switch form {
        case .text:
            if wanted != nil {
                throw ControlFault("no-sheets", zh: "文本文件没有工作表", en: "a text file has no sheets", hint: "去掉 --sheet / leave out --sheet", exit: .usage)
            }
            sheet = nil
        case .xlsx, .xls:
            do throws(SheetFault) {
                sheet = OpenSheet(try SheetReader(path: path, form: form, bytes: file.bytes, sheet: wanted))
            } catch {
                throw ControlFault(error, path: path)
            }
        }
    }

    private static func head(_ path: String) throws -> Data {
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            return try handle.read(upToCount: FileForm.headBytes) ?? Data()
        } catch {
            throw ControlFault("read-failed", zh: "读取文件失败：\(path)", en: "Reading failed: \(path)", hint: error.localizedDescription, exit: .system)
        }
    }

    /// Bytes that will be sent; nil when only the end will tell.
    var bytes: Int? { sheet == nil ? file.bytes : nil }

    struct AsyncIterator: AsyncIteratorProtocol {
        var file: FileChunks.AsyncIterator
        let sheet: OpenSheet?
        let path: String

        mutating func next() async throws -> ByteBuffer? {
            guard let sheet else { return try await file.next() }
            do throws(SheetFault) {
                return try sheet.next().map { ByteBuffer(bytes: $0) }
            } catch {
                throw ControlFault(error, path: path)
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(file: file.makeAsyncIterator(), sheet: sheet, path: file.path) }
}

/// A spreadsheet that was opened. It is read once, by one task after another.
final class OpenSheet: @unchecked Sendable {
    private let reader: SheetReader
    let name: String

    init(_ reader: consuming SheetReader) {
        name = reader.sheet
        self.reader = reader
    }

    func next() throws(SheetFault) -> [UInt8]? { try reader.next() }
}

extension ControlFault {
    /// Why a spreadsheet cannot be read, in words.
    init(_ fault: SheetFault, path: String) {
        func bad(_ code: String, _ zh: String, _ en: String, _ hint: String) -> ControlFault {
            ControlFault(code, zh: "\(zh)：\(path)", en: "\(en): \(path)", hint: hint, exit: .badInput)
        }
        let resave = "用Excel或WPS打开后另存为.xlsx或CSV再导入 / open it, save it as .xlsx or CSV and import that"
        self =
            switch fault {
            case .malformed(let detail): bad("sheet-damaged", "不是完好的电子表格（\(detail)）", "not a sound spreadsheet (\(detail))", resave)
            case .encrypted: bad("sheet-encrypted", "电子表格有密码", "the spreadsheet has a password", "去除密码后再导入 / take the password off")
            case .tooLarge(let part, let limit):
                bad("sheet-too-large", "电子表格解压后过大或压缩比异常（\(part)，上限 \(limit) 字节）", "the spreadsheet is too large when unpacked, or packed beyond belief (\(part), at most \(limit) bytes)",
                    "另存为CSV再导入 / save it as CSV and import that")
            case .tooWide(let limit):
                bad("sheet-too-wide", "工作表超过 \(limit) 列", "the sheet has more than \(limit) columns", "删除右侧无用的列 / delete the columns at the right")
            case .tooManyCells(let limit):
                bad("sheet-too-many-cells", "工作表超过 \(limit) 个单元格", "the sheet has more than \(limit) cells", "另存为CSV再导入 / save it as CSV and import that")
            case .noSheet(let wanted, let available):
                bad("no-such-sheet", "没有工作表 \(wanted)", "there is no sheet \(wanted)", available.prefix(20).joined(separator: ", "))
            case .unreadable(let detail):
                ControlFault("unreadable-file", zh: "无法读取：\(path)", en: "Not a readable file: \(path)", hint: detail, exit: .system)
            }
    }
}
