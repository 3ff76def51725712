import ArgumentParser
import NodeRuntime

extension List {
    struct ProposeEntry: NodeCommand {
        static let configuration = CommandConfiguration(
            commandName: "propose", abstract: "向名单的发布节点建议列入或移出\nPropose an addition or a removal to the list's issuer",
            discussion: """
                街道和没有列入权的单位只能建议；由名单的主管单位决定，答复送回本节点。
                Streets and units without listing power may only propose; the list's authority decides, the answer comes back.

                示例 / example:
                  creditnode list propose serious-tax --subject USCC --name 某公司 --document 文书号 \\
                    --notice 告知书文号 --reason 认定标准第三条 --unit … --operator … --reviewer …
                """)
        @OptionGroup var common: CommonOptions
        @Argument(help: "名单代码 / code of the list") var list: String
        @Flag(help: "建议移出 / propose a removal") var remove = false
        @Option(help: SubjectHelp.subject) var subject: String
        @Option(help: SubjectHelp.person) var person: String?
        @Option(help: "主体名称 / its name") var name = ""
        @Option(help: "决定文书号 / number of the decision") var document: String
        @Option(help: "作出决定的单位代码，默认为经办单位 / unit code of who decided; default: the acting unit") var authority: String?
        @Option(help: "列入日期，默认今天 / since, ISO date; default today") var since: String?
        @Option(help: "到期日期 / until, ISO date") var until: String?
        @Option(help: "理由和所依据的标准 / reason, and the criteria it rests on") var reason: String
        @OptionGroup var notice: NoticeArguments
        @OptionGroup var actor: ActorArguments

        func run() async throws {
            let command = ListProposeCommand(
                list: list, remove: remove, subject: try SubjectHelp.read(subject), person: person, subjectName: name, document: document, authority: authority,
                since: since, until: until, reason: reason, notice: notice.options, actor: actor.options)
            try common.show(try await common.execute(command)) { AffairText.proposals([$0], $1) }
        }
    }

    struct Proposals: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "查看名单建议\nShow proposals to lists", discussion: "示例 / example:\n  creditnode list proposals")
        @OptionGroup var common: CommonOptions
        @Flag(help: "包括已答复的 / answered ones too") var all = false
        func run() async throws {
            try common.show(try await common.execute(ListProposalsCommand(all: all))) { AffairText.proposals($0.proposals, $1) }
        }
    }

    struct Decide: NodeCommand {
        static let configuration = CommandConfiguration(
            abstract: "决定一项建议：采纳即发布或移出（名单的发布节点）\nDecide a proposal: adopting publishes or removes; the list's issuer only",
            discussion: "示例 / example:\n  creditnode list decide ID --adopt --reason 符合标准 --unit … --operator … --reviewer …")
        @OptionGroup var common: CommonOptions
        @Argument(help: "建议编号 / proposal id") var proposal: String
        @Flag(help: "采纳 / adopt") var adopt = false
        @Flag(help: "不采纳 / decline") var decline = false
        @Option(help: "理由 / reason") var reason: String
        @OptionGroup var notice: NoticeArguments
        @OptionGroup var actor: ActorArguments

        func validate() throws {
            if adopt == decline { throw ValidationError("--adopt 或 --decline，二者选一 / either --adopt or --decline") }
        }

        func run() async throws {
            let command = ListDecideCommand(proposal: proposal, adopt: adopt, reason: reason, notice: notice.options, actor: actor.options)
            try common.show(try await common.execute(command)) { AffairText.proposals([$0], $1) }
        }
    }
}

/// The notice of grounds to the subject.
struct NoticeArguments: ParsableArguments {
    @Option(name: .customLong("notice"), help: ArgumentHelp("列入前告知书的文号 / number of the notice of grounds served before", valueName: "number")) var document: String?
    @Option(name: .customLong("notice-on"), help: ArgumentHelp("送达日期，默认今天 / when it was served, ISO date; default today", valueName: "date")) var servedOn: String?

    var options: NoticeOptions { NoticeOptions(document: document, servedOn: servedOn) }
}
