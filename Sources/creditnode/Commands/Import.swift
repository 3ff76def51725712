import ArgumentParser
import Foundation
import Intake
import NodeRuntime

struct Import: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "导入许可或处罚文件\nImport a file of permits or penalties",
        discussion: """
            示例 / example:
              creditnode import permits.xlsx --item permit --unit 11420106MB0000001X \\
                --operator 张三 --reviewer 李四

            合格的行全部入库；有行被拒收时退出码为 65，被拒收的行写入 permits.problems.csv，
            改正后原样重新导入即可。重复导入同一文件不会重复记录。
            Good rows are always taken; with refused rows the exit code is 65, and they
            are written to permits.problems.csv: mend them there and import that file
            as it is. Importing the same file again repeats nothing.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "文件：CSV/TXT（UTF-8、UTF-16、GBK、GB18030）、XLSX、XLS / file: text in any of these encodings, or a spreadsheet")
    var file: String
    @Option(help: "事项 / item: permit, penalty")
    var item: String
    @OptionGroup var actor: ActorArguments
    @Option(help: "最多列出的问题数 / problems listed in full")
    var maxProblems = 1000
    @Flag(help: "只校验，不入库 / validate everything, record nothing")
    var check = false
    @Option(help: ArgumentHelp("被拒收的行写入何处 / where refused rows are written (default: NAME.problems.csv next to the file)", valueName: "path"))
    var problems: String?
    @Option(help: ArgumentHelp("文本编码，默认自动识别 / encoding of a text file (default: found out): \(TextEncoding.names)", valueName: "name"))
    var encoding: String?
    @Option(help: ArgumentHelp("分隔符，默认自动识别 / delimiter of a text file (default: found out): comma, tab, semicolon", valueName: "name"))
    var delimiter: String?
    @Option(help: ArgumentHelp("工作表名称或序号，默认第一个可见的 / sheet of a spreadsheet by name or number (default: the first visible one)", valueName: "sheet"))
    var sheet: String?
    @Option(
        name: .customLong("default"),
        help: ArgumentHelp("单元格为空或缺列时各行统一填写，可多次 / value for every row whose cell is empty; repeatable", valueName: "CODE=VALUE"))
    var supplied: [String] = []

    func validate() throws {
        guard maxProblems >= 0 else { throw ValidationError("--max-problems 不能为负 / must not be negative") }
        for one in supplied where Self.pair(one) == nil { throw ValidationError("--default \(one)：应为 字段=值 / CODE=VALUE expected") }
    }

    func run() async throws {
        let source = try ImportSource(path: file, sheet: sheet)
        let writer = try ProblemWriter(input: file, chosen: problems)
        let options = importOptions(source)
        let meter = ImportMeter(total: source.bytes)
        var report: ImportReport
        do {
            report = try await ControlClient.with(home: common.home) { client in
                try await client.importFile(options, file: source) { event in
                    switch event {
                    case .progress(let progress): meter.show(progress)
                    case .headings(let headings): writer.headings(headings)
                    case .refused(let rows): writer.add(rows)
                    case .finished, .failed: break
                    }
                }
            }
            meter.end()
        } catch {
            meter.end()
            writer.discard()
            throw error
        }
        let written = Result { try writer.finish() }
        report.problemsFile = (try? written.get()) ?? nil
        try common.show(report) { ImportText.render($0, $1) }
        _ = try written.get()
        if report.refused > 0 { throw ExitCode(ControlFault.Exit.badInput.rawValue) }
    }

    private func importOptions(_ source: ImportSource) -> ImportOptions {
        var options = ImportOptions(
            item: item, fileName: URL(fileURLWithPath: file).lastPathComponent, actor: actor.options, maximumProblems: maxProblems, fileBytes: source.bytes)
        options.form = source.form.rawValue
        options.wantsRows = true
        if check { options.checkOnly = true }
        if let sheet = source.sheet {
            // A spreadsheet is sent as what its reader writes.
            options.sheet = sheet.name
            options.encoding = TextEncoding.utf8.rawValue
            options.delimiter = Delimiter.comma.rawValue
        } else {
            options.encoding = encoding
            options.delimiter = delimiter
        }
        if !supplied.isEmpty { options.supplied = supplied.compactMap(Self.pair) }
        return options
    }

    /// `CODE=VALUE`; the value may hold `=`.
    private static func pair(_ text: String) -> ImportOptions.Supplied? {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex, text.index(after: equals) < text.endIndex else { return nil }
        return ImportOptions.Supplied(field: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
    }
}
