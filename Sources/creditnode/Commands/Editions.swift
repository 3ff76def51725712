import ArgumentParser
import Foundation
import NodeRuntime

/// What the root issues in editions, and supplements that others propose.
struct Editions: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "查看目录、单位、法规参数和日历的版次\nShow editions of catalogue, units, legal profiles and calendars",
        discussion: "示例 / example:\n  creditnode editions --kind profile")

    @OptionGroup var common: CommonOptions
    @Option(help: "catalogue, units, profile, calendar") var kind: String?

    func run() async throws {
        try common.show(try await common.execute(EditionsCommand(kind: kind))) { EditionText.editions($0.editions, $1) }
    }
}

struct PublishEdition: NodeCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "由文件发布新版次（仅根节点）\nIssue the next edition from a file (root only)",
        discussion: """
            示例 / example:
              creditnode export-edition units > units.yaml
              creditnode publish units units.yaml --unit CODE --operator 张三 --reviewer 李四

            对象 objects: catalogue 目录, units 单位登记册, profile 法规参数, calendar 工作日历
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "catalogue, units, profile, calendar") var kind: String
    @Argument(help: "文件 / file") var file: String
    @OptionGroup var actor: ActorArguments

    func run() async throws {
        let command = EditionPublishCommand(kind: kind, fileName: file, text: try TextFile.read(file), actor: actor.options)
        try common.show(try await common.execute(command)) { answer, style in
            [style(.green, "✓ 已发布 / published"), "  \(answer.kind) \(answer.code)  第 \(answer.number) 版 / edition \(answer.number)  \(answer.title)"]
        }
    }
}

struct ExportEdition: NodeCommand {
    static let configuration = CommandConfiguration(
        commandName: "export-edition",
        abstract: "输出现行版次的文件\nWrite the edition in force as the file people edit",
        discussion: "示例 / example:\n  creditnode export-edition catalogue > catalogue.yaml\n  creditnode export-edition profile --code hubei")

    @OptionGroup var common: CommonOptions
    @Argument(help: "catalogue, units, profile, calendar") var kind: String
    @Option(help: "法规参数或日历的代码 / code of the profile or calendar") var code = ""

    func run() async throws {
        let answer = try await common.execute(EditionTextCommand(kind: kind, code: code))
        if common.json { try Output.json(answer) } else { Output.line(answer.text.hasSuffix("\n") ? String(answer.text.dropLast()) : answer.text) }
    }
}

struct Propose: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "建议补充目录事项，查看与答复建议\nPropose supplements to the catalogue, show and answer proposals",
        discussion: "示例 / example:\n  creditnode propose item item.yaml --reason 街道常用 --unit CODE --operator 张三 --reviewer 李四\n  creditnode propose show",
        subcommands: [Item.self, Show.self, Adopt.self, Decline.self], defaultSubcommand: Show.self)

    struct Item: NodeCommand {
        static let configuration = CommandConfiguration(
            abstract: "建议一个事项（街道、区）\nPropose an item (street, district)",
            discussion: "示例 / example:\n  creditnode propose item item.yaml --reason 街道常用 --unit CODE --operator 张三 --reviewer 李四")
        @OptionGroup var common: CommonOptions
        @Argument(help: "只含一个事项的目录文件 / a catalogue file with one item") var file: String
        @Option(help: "理由 / reason") var reason: String
        @OptionGroup var actor: ActorArguments
        func run() async throws {
            let command = ProposeItemCommand(fileName: file, text: try TextFile.read(file), reason: reason, actor: actor.options)
            try common.show(try await common.execute(command)) { EditionText.proposals([$0], $1) }
        }
    }

    struct Show: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "查看建议\nShow proposals", discussion: "示例 / example:\n  creditnode propose show")
        @OptionGroup var common: CommonOptions
        func run() async throws {
            try common.show(try await common.execute(ProposalsCommand())) { EditionText.proposals($0.proposals, $1) }
        }
    }

    struct Adopt: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "采纳：发布含此事项的新版目录\nAdopt: the next edition holds the item", discussion: "示例 / example:\n  creditnode propose adopt PROPOSAL --reason 各街道均有 --unit CODE --operator 张三 --reviewer 李四")
        @OptionGroup var common: CommonOptions
        @Argument(help: "建议编号 / proposal id") var proposal: String
        @Option(help: "理由 / reason") var reason: String
        @OptionGroup var actor: ActorArguments
        func run() async throws { try await Propose.answer(proposal, true, reason, actor, common) }
    }

    struct Decline: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "不采纳，理由送达建议方\nDecline; the reason goes back to the proposer", discussion: "示例 / example:\n  creditnode propose decline PROPOSAL --reason 已有相同事项 --unit CODE --operator 张三 --reviewer 李四")
        @OptionGroup var common: CommonOptions
        @Argument(help: "建议编号 / proposal id") var proposal: String
        @Option(help: "理由 / reason") var reason: String
        @OptionGroup var actor: ActorArguments
        func run() async throws { try await Propose.answer(proposal, false, reason, actor, common) }
    }

    private static func answer(_ id: String, _ adopt: Bool, _ reason: String, _ actor: ActorArguments, _ common: CommonOptions) async throws {
        let answer = try await common.execute(AnswerProposalCommand(proposal: id, adopt: adopt, reason: reason, actor: actor.options))
        try common.show(answer) { EditionText.proposals([$0], $1) }
    }
}

enum TextFile {
    /// - Throws: ``ControlFault`` when it cannot be read as UTF-8 text.
    static func read(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ControlFault("file", zh: "无法读取文件 \(path)", en: "cannot read the file \(path)", hint: "检查路径和权限 / check path and permissions", exit: .system)
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw ControlFault("file-encoding", zh: "\(path) 不是 UTF-8 文本", en: "\(path) is not UTF-8 text", hint: "另存为 UTF-8 / save it as UTF-8", exit: .badInput)
        }
        return text
    }
}
