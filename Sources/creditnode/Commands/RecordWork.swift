import ArgumentParser
import NodeRuntime

struct Revoke: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "撤销记录：不可恢复，优先传送\nRevoke a record for good, ahead of all other changes",
        discussion: """
            示例 / example:
              creditnode revoke 武昌市监处罚〔2026〕12号 --document 武昌市监撤〔2026〕3号 \\
                --reason 原处罚决定被撤销 --unit CODE --operator 张三 --reviewer 李四

            只有作出决定的单位所在节点可以办理。新的不利后果须有新的决定书。
            Only the node of the deciding unit may. A new adverse effect needs a new decision document.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录编号或唯一的文书号 / record id, or a document number that only one has") var record: String
    @Option(help: "撤销依据的文书号 / number of the document it is withdrawn by") var document: String
    @Option(help: "理由 / reason") var reason: String
    @Option(help: "文书层级 / rank: 1 本单位 deciding unit, 2 上级 superior, 3 复议 reconsideration, 4 法院 court") var rank: UInt32 = 1
    @OptionGroup var actor: ActorArguments

    func run() async throws {
        let answer = try await common.execute(RevokeCommand(record: record, document: document, reason: reason, rank: rank, actor: actor.options))
        try common.show(answer) { answer, style in [style(.green, "✓ 已撤销 / revoked"), "  " + answer.record] }
    }
}

struct Widen: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "按新目录扩大报送范围\nEnter records into the wider audience of a newer catalogue",
        discussion: """
            示例 / example:
              creditnode widen interview --unit CODE --operator 张三 --reviewer 李四

            目录把某事项的报送层级提高后，本节点已有的记录须由人确认才上报更高一级。
            When a catalogue edition sends an item further up, a person decides that what stands here follows.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "目录事项代码 / code of the catalogue item") var item: String
    @OptionGroup var actor: ActorArguments

    func run() async throws {
        let answer = try await common.execute(WidenCommand(item: item, actor: actor.options))
        try common.show(answer) { answer, style in
            [style(.green, "✓ 已上报 \(answer.entered) 条，原已上报 \(answer.already) 条 / \(answer.entered) entered, \(answer.already) stood there already")]
        }
    }
}
