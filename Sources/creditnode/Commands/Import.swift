import ArgumentParser
import Foundation
import NodeRuntime

struct Import: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "导入许可或处罚文件\nImport a file of permits or penalties",
        discussion: """
            示例 / example:
              creditnode import permits.csv --item permit --unit 11420106MB0000001X \\
                --operator 张三 --reviewer 李四

            合格的行全部入库；有行被拒收时退出码为 65，并逐行说明原因与办法。
            重复导入同一文件不会重复记录。
            Good rows are always taken; with refused rows the exit code is 65 and each is
            explained. Importing the same file again repeats nothing.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "CSV 文件（UTF-8） / CSV file, UTF-8")
    var file: String
    @Option(help: "事项 / item: permit, penalty")
    var item: String
    @OptionGroup var actor: ActorArguments
    @Option(help: "最多列出的问题数 / problems listed in full")
    var maxProblems = 1000

    func validate() throws {
        guard maxProblems >= 0 else { throw ValidationError("--max-problems 不能为负 / must not be negative") }
    }

    func run() async throws {
        let chunks = try FileChunks(path: file)
        let options = ImportOptions(
            item: item, fileName: URL(fileURLWithPath: file).lastPathComponent, actor: actor.options, maximumProblems: maxProblems, fileBytes: chunks.bytes)
        let meter = ImportMeter(total: chunks.bytes)
        let report: ImportReport
        do {
            report = try await ControlClient.with(home: common.home) { client in
                try await client.importFile(options, file: chunks) { meter.show($0) }
            }
            meter.end()
        } catch {
            meter.end()
            throw error
        }
        try common.show(report) { ImportText.render($0, $1) }
        if report.refused > 0 { throw ExitCode(ControlFault.Exit.badInput.rawValue) }
    }
}
