import ArgumentParser
import NodeRuntime

struct Export: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "导出账本，供离线独立校验\nExport ledgers for independent checking offline",
        discussion: """
            示例 / example:
              creditnode export out.cnx
              creditnode export wuchang.cnx --ledger wuhan/wuchang
              creditnode verify --file out.cnx --ca 3f2a…

            文件含账本原样、证书链与签名；格式见 docs/wire-format.md。只读，可在运行中的节点上执行。
            The file holds the ledgers as sealed, with certificates and signatures; the format is
            in docs/wire-format.md. Nothing is written to the node, and it may be serving.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "输出文件，已有则替换 / the file to write; replaced when it exists")
    var out: String
    @Option(help: ArgumentHelp("节点路径（该路径及以下）或账本全名 / a node path (at it and below), or a ledger's full name", valueName: "filter"))
    var ledger: String?
    @Flag(help: "连同本地账本（草稿）/ local ledgers (drafts) too")
    var includeLocal = false

    func run() async throws {
        let meter = ProgressMeter()
        let report: ExportReport
        do {
            report = try await ControlClient.with(home: common.home) { client in
                try await client.export(ExportOptions(ledger: ledger, includeLocal: includeLocal), to: out) { progress in
                    meter.show(done: progress.entries, of: progress.planned, ExportText.progress(progress))
                }
            }
            meter.end()
        } catch {
            meter.end()
            throw error
        }
        try common.show(report) { ExportText.exported($0, $1) }
    }
}
