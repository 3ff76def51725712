import ArgumentParser
import NodeRuntime

struct Alias: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "同一组织的新旧代码（法人库主管单位）\nOld and new code of one organisation; the keeper of the base register",
        discussion: """
            记录保留作出决定时的名称和代码，查询时一并查找。
            Records keep name and code as the decision wrote them; look-ups find both.

            示例 / example:
              creditnode alias add OLD NEW --document 变更登记文号 --name 新名称 --unit … --operator … --reviewer …
            """,
        subcommands: [Add.self, Withdraw.self, Show.self], defaultSubcommand: Show.self)

    struct Add: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "关联新旧代码\nLink old and new code", discussion: "示例 / example:\n  creditnode alias add OLD NEW --document 变更〔2026〕1号 --name 新名称 --unit CODE --operator 张三 --reviewer 李四")
        @OptionGroup var common: CommonOptions
        @Argument(help: "旧代码 / old code") var from: String
        @Argument(help: "新代码 / new code") var to: String
        @Option(help: "变更登记的文书号 / number of the document of the change") var document: String
        @Option(help: "新名称 / new name") var name = ""
        @Option(help: "变更日期，默认今天 / ISO date; default today") var on: String?
        @OptionGroup var actor: ActorArguments
        func run() async throws { try await Alias.link(from, to, document, name, on, false, actor, common) }
    }

    struct Withdraw: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "撤回错误的关联，不可恢复\nWithdraw a wrong link, for good", discussion: "示例 / example:\n  creditnode alias withdraw OLD NEW --document 变更〔2026〕2号 --unit CODE --operator 张三 --reviewer 李四")
        @OptionGroup var common: CommonOptions
        @Argument(help: "旧代码 / old code") var from: String
        @Argument(help: "新代码 / new code") var to: String
        @Option(help: "依据文书号 / number of the document") var document: String
        @OptionGroup var actor: ActorArguments
        func run() async throws { try await Alias.link(from, to, document, "", nil, true, actor, common) }
    }

    struct Show: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "查看代码关联\nShow linked codes", discussion: "示例 / example:\n  creditnode alias show")
        @OptionGroup var common: CommonOptions
        func run() async throws { try common.show(try await common.execute(AliasesCommand())) { AffairText.aliases($0.aliases, $1) } }
    }

    private static func link(_ from: String, _ to: String, _ document: String, _ name: String, _ on: String?, _ withdraw: Bool, _ actor: ActorArguments, _ common: CommonOptions) async throws {
        let command = AliasCommand(from: from, to: to, document: document, subjectName: name, on: on, withdraw: withdraw, actor: actor.options)
        try common.show(try await common.execute(command)) { AffairText.aliases($0.aliases, $1) }
    }
}

struct Measure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "联合奖惩案例：依据查询结果采取的措施\nMeasure cases: what was done on a look-up's answer",
        discussion: """
            依据终止（移出名单、到期、撤销、修复）后案例自动终止，须解除措施。
            A case ends by itself when its basis ends (removed, expired, revoked, repaired); the measure is then to be lifted.

            示例 / example:
              creditnode measure open --receipt 查询回执 --basis 名单条目编号 --measure 限制参加政府采购 \\
                --unit … --operator … --reviewer …
            """,
        subcommands: [Open.self, Close.self, Cases.self], defaultSubcommand: Cases.self)

    struct Open: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "登记采取或未采取的措施\nRecord a measure applied, or why not", discussion: "示例 / example:\n  creditnode measure open --receipt 查询回执 --basis 名单条目编号 --measure 限制参加政府采购 --unit CODE --operator 张三 --reviewer 李四")
        @OptionGroup var common: CommonOptions
        @Option(help: "查询回执 / receipt of the look-up") var receipt: String
        @Option(help: "所依据的名单条目或记录编号 / id of the list entry or record") var basis: String
        @Option(help: "措施清单中的代码或名称 / code or words of the published list of measures") var measure: String
        @Flag(help: "未采取措施 / nothing was applied") var notApplied = false
        @Option(help: "未采取的理由 / why not") var reason = ""
        @Option(help: "成效 / effect") var effect = ""
        @OptionGroup var actor: ActorArguments
        func run() async throws {
            let command = MeasureOpenCommand(receipt: receipt, basis: basis, measure: measure, applied: !notApplied, reason: reason, effect: effect, actor: actor.options)
            try common.show(try await common.execute(command)) { AffairText.measures([$0], $1) }
        }
    }

    struct Close: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "结案并反馈\nClose a case, with feedback", discussion: "示例 / example:\n  creditnode measure close CASE --reason 已移出名单 --unit CODE --operator 张三")
        @OptionGroup var common: CommonOptions
        @Argument(help: "案例编号 / case id") var id: String
        @Option(help: "理由 / reason") var reason: String
        @Option(help: "反馈 / feedback") var feedback = ""
        @OptionGroup var actor: ActorArguments
        func run() async throws {
            let command = MeasureCloseCommand(measure: id, reason: reason, feedback: feedback, actor: actor.options)
            try common.show(try await common.execute(command)) { AffairText.measures([$0], $1) }
        }
    }

    struct Cases: NodeCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "查看案例\nShow cases", discussion: "示例 / example:\n  creditnode measure list")
        @OptionGroup var common: CommonOptions
        @Flag(help: "包括已结的 / those that are over, too") var all = false
        func run() async throws { try common.show(try await common.execute(MeasuresCommand(all: all))) { AffairText.measures($0.measures, $1) } }
    }
}

struct Commitments: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "到期而未核实履行的信用承诺\nCommitments that fall due and that nobody declared kept or broken",
        discussion: "示例 / example:\n  creditnode commitments --within 30")
    @OptionGroup var common: CommonOptions
    @Option(help: "今后多少天内到期 / ending within so many days") var within = 0
    @Option(help: "只看此节点及其下级 / of this node and below") var node: String?
    func run() async throws {
        try common.show(try await common.execute(CommitmentsCommand(withinDays: within, home: node))) { AffairText.commitments($0.commitments, $1) }
    }
}

struct Narrow: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "本级收窄事项的公开范围，至下一版目录为止\nShow an item less widely here and below, until the next catalogue edition",
        discussion: "示例 / example:\n  creditnode narrow penalty --to shared --reason 依据… --unit … --operator … --reviewer …")
    @OptionGroup var common: CommonOptions
    @Argument(help: "事项代码 / code of the item") var item: String
    @Option(help: "shared 政务共享, authorised 授权查询") var to: String
    @Option(help: "理由 / reason") var reason: String
    @OptionGroup var actor: ActorArguments
    func run() async throws {
        try common.show(try await common.execute(NarrowCommand(item: item, to: to, reason: reason, actor: actor.options))) { answer, style in
            [style(.green, "✓ 已收窄 / narrowed") + "  \(TerminalText.clean(answer.item)) → \(answer.disclosure)"]
        }
    }
}
