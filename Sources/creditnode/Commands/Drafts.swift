import ArgumentParser
import Foundation
import NodeRuntime
import Registry

/// Fields of one record on the command line, or in a JSON file.
struct FieldArguments: ParsableArguments {
    @Option(name: .customLong("set"), help: ArgumentHelp("字段代码或名称=值，可多次 / field code or name and its value; repeatable", valueName: "CODE=VALUE"))
    var values: [String] = []

    @Option(help: ArgumentHelp("JSON 文件 {\"字段\":\"值\"}，- 为标准输入 / JSON file; - reads standard input", valueName: "path"))
    var file: String?

    func fields() throws -> [String: String] {
        var fields: [String: String] = [:]
        if let file {
            let data = file == "-" ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: file)
            guard let data, let read = try? JSONDecoder().decode([String: String].self, from: data) else {
                throw ControlFault("bad-json", zh: "\(file) 不是 {\"字段\":\"值\"} 形式的 JSON", en: "\(file) is no JSON object of texts", hint: "{\"XK_WSH\":\"…\"}", exit: .badInput)
            }
            fields = read
        }
        for one in values {
            guard let equals = one.firstIndex(of: "="), equals > one.startIndex else { throw ValidationError("--set \(one)：应为 字段=值 / CODE=VALUE expected") }
            fields[String(one[..<equals])] = String(one[one.index(after: equals)...])
        }
        return fields
    }
}

struct Enter: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "录入一条记录：草稿，或经审核直接生效\nEnter one record: a draft, or effective with a reviewer",
        discussion: """
            示例 / example:
              creditnode enter --item penalty --file penalty.json --unit CODE --operator 张三 --submit
              creditnode enter --item penalty --set CF_WSH=武昌市监处罚〔2026〕12号 --set … --unit CODE --operator 张三

            草稿只留在本节点；提交（submit）后由另一人审核（approve）才生效（T1–T3）。
            A draft stays here; it is effective once it was submitted and another person approved it.
            """)
    @OptionGroup var common: CommonOptions
    @Option(help: "事项 / item: permit, penalty") var item: String
    @OptionGroup var fields: FieldArguments
    @Flag(help: "同时提交审核 / submit it for review at once") var submit = false
    @OptionGroup var actor: ActorArguments

    func run() async throws {
        let answer = try await common.execute(EnterCommand(item: item, fields: try fields.fields(), submit: submit, actor: actor.options))
        try common.show(answer) { DraftText.entered($0, $1) }
        if answer.fate == "refused" { throw ExitCode(ControlFault.Exit.badInput.rawValue) }
    }
}

struct Edit: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "修改草稿或被退回的草稿\nChange a draft, or one that was sent back",
        discussion: """
            示例 / example:
              creditnode edit 武昌市监处罚〔2026〕12号 --set CF_NR_FK=0.02 --based-on VERSION --unit CODE --operator 张三

            --based-on 写明所依据的版本；期间已有人改过，则不会覆盖。
            --based-on names the version it was filled from; what somebody changed meanwhile is not overwritten.
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: "记录编号或唯一的文书号 / record id, or a document number that only one has") var record: String
    @OptionGroup var fields: FieldArguments
    @Option(name: .customLong("clear"), help: ArgumentHelp("清空的字段，可多次 / field to be empty; repeatable", valueName: "CODE")) var cleared: [String] = []
    @Option(help: "所依据的版本，见 drafts / version it is based on, as `drafts` shows it") var basedOn: String?
    @OptionGroup var actor: ActorArguments

    func run() async throws {
        let answer = try await common.execute(EditCommand(record: record, basedOn: basedOn, fields: try fields.fields(), cleared: cleared, actor: actor.options))
        try common.show(answer) { DraftText.entered($0, $1) }
        if answer.fate == "refused" { throw ExitCode(ControlFault.Exit.badInput.rawValue) }
    }
}

/// Records a step names, or all that it fits.
struct DraftArguments: ParsableArguments {
    @Argument(help: "记录编号或唯一的文书号，可多个 / record ids or document numbers") var records: [String] = []
    @Flag(help: "本单位所有可办理的草稿 / every draft of the unit that the step fits") var all = false

    func validate() throws {
        guard all != !records.isEmpty else { throw ValidationError("须指明记录，或 --all / name records, or --all") }
    }
}

struct Submit: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "提交草稿待审（T2）\nHand drafts to the reviewer", discussion: "示例 / example:\n  creditnode submit --all --unit CODE --operator 张三")
    @OptionGroup var common: CommonOptions
    @OptionGroup var drafts: DraftArguments
    @OptionGroup var actor: ActorArguments

    func run() async throws {
        let answer = try await common.execute(DraftStepCommand(step: .submit, records: drafts.records, all: drafts.all, actor: actor.options))
        try common.show(answer) { DraftText.stepped($0, $1) }
    }
}

struct Approve: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "审核通过，记录生效（T3）\nApprove submitted drafts: they become effective",
        discussion: "示例 / example:\n  creditnode approve 武昌市监处罚〔2026〕12号 --unit CODE --operator 李四\n\n审核人（--operator）须不是采集员。\nThe reviewer (--operator) is another person than whoever entered it.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var drafts: DraftArguments
    @OptionGroup var actor: ActorArguments

    func run() async throws {
        let answer = try await common.execute(DraftStepCommand(step: .approve, records: drafts.records, all: drafts.all, actor: actor.options))
        try common.show(answer) { DraftText.stepped($0, $1) }
    }
}

struct Return: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "退回：待审的草稿，或下级已生效的记录（T4）\nSend back a submitted draft, or an effective record of a node below",
        discussion: """
            示例 / example:
              creditnode return 武昌市监处罚〔2026〕12号 --code wrong-field --reason 金额与决定书不符 --unit CODE --operator 李四

            代码 / codes:
            \(RejectCode.allCases.map { "  \($0.rawValue)  \($0.words.zh) \($0.words.en)" }.joined(separator: "\n"))
            """)
    @OptionGroup var common: CommonOptions
    @OptionGroup var drafts: DraftArguments
    @Option(help: "代码 / code") var code: String
    @Option(help: "理由 / reason") var reason: String
    @OptionGroup var actor: ActorArguments

    func run() async throws {
        let answer = try await common.execute(
            DraftStepCommand(step: .return, records: drafts.records, all: drafts.all, code: code, reason: reason, actor: actor.options))
        try common.show(answer) { DraftText.stepped($0, $1) }
    }
}

struct Discard: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "作废未提交的草稿\nGive up a draft that was not submitted", discussion: "示例 / example:\n  creditnode discard 武昌市监处罚〔2026〕12号 --unit CODE --operator 张三")
    @OptionGroup var common: CommonOptions
    @OptionGroup var drafts: DraftArguments
    @OptionGroup var actor: ActorArguments

    func run() async throws {
        let answer = try await common.execute(DraftStepCommand(step: .discard, records: drafts.records, all: drafts.all, actor: actor.options))
        try common.show(answer) { DraftText.stepped($0, $1) }
    }
}

struct Drafts: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "列出草稿：等待谁、何时到期\nList drafts: who they wait for, and until when", discussion: "示例 / example:\n  creditnode drafts --limit 50")
    @OptionGroup var common: CommonOptions
    @Option(help: "条数 / how many") var limit = 100
    @Option(help: "上一页末尾给出的位置 / where the page before ended") var after: String?

    func run() async throws {
        try common.show(try await common.execute(DraftsCommand(limit: limit, after: after))) { DraftText.list($0, $1) }
    }
}
