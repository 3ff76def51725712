import ArgumentParser
import NodeRuntime

struct RetentionDueCommand: NodeCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "到期归档与清除清单\nWhat is due for the archive and for purging",
        discussion: """
            示例 / examples:
              creditnode retention
              creditnode retention --on 2031-03-02 --json

            期限来自目录和法规参数。有未结异议、诉讼或冲突的记录不得清除。
            Terms come from the catalogue and the legal profile. Nothing is purged while a case,
            litigation or a conflict is open.
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: "截至日期，默认今天 / as of this day, ISO; default today") var on: String?
    @Option(help: "上一页末尾给出的位置 / where the page before ended") var after: String?
    @Option(help: "条数 / how many") var limit = 200

    func run() async throws {
        try common.show(try await common.execute(RetentionCommand(on: on, after: after, limit: limit))) { RetentionText.due($0, $1) }
    }
}

struct Purge: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "清除记录：各级正文与附件一并销毁，不可恢复\nPurge a record: bodies and files are destroyed at every tier, for good",
        discussion: """
            示例 / example:
              creditnode purge 武昌市监处罚〔2020〕12号 --basis '山东省社会信用条例第三十八条' \\
                --reason 保存期限届满 --unit CODE --operator 档案员 --reviewer 审计员

            账本仍可校验；留下的只有决定标识的加密摘要，用以阻止重复登记。备份中的副本须另行销毁。
            Ledgers still verify; a keyed digest of the decision stays, so that it is not entered again.
            Copies in backups are destroyed separately.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录编号或唯一的文书号 / record id, or a document number that only one has") var record: String
    @Option(help: "事由：retention 期满、opt-out 主体拒绝、unlawful 不得处理 / ground") var ground = "retention"
    @Option(help: "依据，不得含个人信息 / rule or schedule it rests on; names no person") var basis: String
    @Option(help: "理由，不得含个人信息 / reason; names no person") var reason: String
    @OptionGroup var actor: ActorArguments

    func run() async throws {
        let answer = try await common.execute(PurgeCommand(record: record, ground: ground, basis: basis, reason: reason, actor: actor.options))
        try common.show(answer) { RetentionText.purged($0, $1) }
    }
}

struct OptOut: NodeCommand {
    static let configuration = CommandConfiguration(
        commandName: "opt-out", abstract: "登记主体不愿被记录的意愿（荣誉、志愿服务等）\nA subject does not want honours and the like recorded",
        discussion: """
            示例 / examples:
              creditnode opt-out --subject - --person 身份证 --kind honour --receipt 愿2026-7 \\
                --unit CODE --operator 张三
              creditnode opt-out --subject 91420100MA00000000 --kind honour --withdraw \\
                --receipt 撤2026-1 --unit CODE --operator 张三

            哪些事项可以拒绝由目录规定。任何窗口都可受理，不留内容。
            The catalogue says which items allow it. Any window takes it; nothing of the content is kept.
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: SubjectHelp.subject) var subject: String
    @Option(help: SubjectHelp.person) var person: String?
    @Option(name: .customLong("kind"), help: "目录事项代码，可重复 / code of a catalogue item; may be repeated") var kinds: [String]
    @Option(help: "给主体的回执号 / number of the receipt given to the subject") var receipt: String
    @Flag(help: "主体撤回先前的意愿 / the subject takes an earlier wish back") var withdraw = false
    @OptionGroup var actor: ActorArguments

    func run() async throws {
        let command = OptOutCommand(
            subject: try SubjectHelp.read(subject), person: person, items: kinds, receipt: receipt, withdraws: withdraw, actor: actor.options)
        try common.show(try await common.execute(command)) { RetentionText.wish($0, $1) }
    }
}
