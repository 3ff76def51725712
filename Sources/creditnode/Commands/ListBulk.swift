import ArgumentParser
import Foundation
import NodeRuntime

extension List {
    struct ImportEntries: NodeCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "从文件批量拟列入\nStage entries from a file",
            discussion: """
                列 / columns: 主体名称 subject_name, 主体类别 subject_class, 统一社会信用代码 subject_code,
                证件类型 id_type, 证件号码 id_number, 决定文书号 document, 列入日期 since, 到期日期 until,
                决定机关代码 authority

                示例 / example:
                  creditnode list import serious-tax entries.csv --unit CODE --operator 张三

                合格的行全部拟列入；有行被拒收时退出码为 65。之后用 list publish 发布。
                Good rows are all staged; with refused rows the exit code is 65. `list publish` lets them out.
                """)
        @OptionGroup var common: CommonOptions
        @Argument(help: "名单代码 / code of the list") var list: String
        @Argument(help: "CSV 文件（UTF-8） / CSV file, UTF-8") var file: String
        @OptionGroup var actor: ActorArguments

        func run() async throws {
            let chunks = try FileChunks(path: file)
            let options = ImportOptions(
                item: "list-entry", list: list, fileName: URL(fileURLWithPath: file).lastPathComponent, actor: actor.options, fileBytes: chunks.bytes)
            let meter = ImportMeter(total: chunks.bytes)
            let report: ImportReport
            do {
                report = try await ControlClient.with(home: common.home) { client in
                    try await client.importFile(options, file: chunks) { event in if case .progress(let value) = event { meter.show(value) } }
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

    struct RenewKeys: NodeCommand {
        static let configuration = CommandConfiguration(
            commandName: "renew-keys", abstract: "节点遗失后更换名单密钥（仅根节点）\nRenew the key of persons on lists after a loss; root only",
            discussion: """
                先在其上级暂停遗失的节点（children suspend），再更换。列有自然人的名单随即用新密钥重新发布。
                示例 / example:
                  creditnode list renew-keys --reason 街道设备遗失 --unit CODE --operator 张三 --reviewer 李四

                First suspend the lost node at its parent (children suspend), then renew. Lists that name persons
                are published again under the new key at once; each person takes some tens of milliseconds.
                """)
        @OptionGroup var common: CommonOptions
        @Option(help: "理由 / reason") var reason: String
        @OptionGroup var actor: ActorArguments

        func run() async throws {
            let answer = try await common.execute(ListRenewKeysCommand(reason: reason, actor: actor.options))
            try common.show(answer) { answer, _ in
                [
                    "名单密钥已更换：第 \(answer.epoch) 期 / list key renewed: epoch \(answer.epoch)",
                    "重新发布的名单 / lists published again: " + (answer.lists.isEmpty ? "—" : answer.lists.joined(separator: ", ")),
                ]
            }
        }
    }
}

/// How a subject is named on the command line.
enum SubjectHelp {
    static let subject: ArgumentHelp = "主体统一社会信用代码；自然人为证件号码，写 - 则从标准输入读取 / unified social credit code; of a person the number, or - to read it from standard input"
    static let person: ArgumentHelp = "自然人的证件类型，例如 身份证 / of a person: kind of identity document, such as 身份证"

    /// Numbers of persons need not stand in the shell's history.
    static func read(_ text: String) throws -> String {
        guard text == "-" else { return text }
        guard let line = readLine(strippingNewline: true), !line.isEmpty else { throw ValidationError("标准输入没有内容 / nothing on standard input") }
        return line
    }
}
