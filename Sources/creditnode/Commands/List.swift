import ArgumentParser
import NodeRuntime

struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "管理与查看名单\nManage and show lists",
        discussion: """
            示例 / example:
              creditnode list create serious-tax --title 重大税收违法失信主体名单 \\
                --basis 国家税务总局令第54号 --unit CODE --operator 张三 --reviewer 李四
              creditnode list add serious-tax --subject USCC --name 某公司 \\
                --document 文书号 --unit … --operator …
              creditnode list publish serious-tax --unit … --operator … --reviewer …
            """,
        subcommands: [
            Create.self, Add.self, ImportEntries.self, Remove.self, Publish.self, ProposeEntry.self, Proposals.self, Decide.self, RenewKeys.self, ShowLists.self,
        ])

    struct Create: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "建立名单，须有法律依据\nCreate a list; it needs a legal basis", discussion: "示例 / example:\n  creditnode list create serious-tax --title 重大税收违法失信主体名单 --basis 国家税务总局令第54号 --unit CODE --operator 张三")
        @OptionGroup var common: CommonOptions
        @Argument(help: "名单代码 / code of the list") var code: String
        @Option(help: "名称 / title") var title: String
        @Option(help: "法律依据 / legal basis") var basis: String
        @Option(help: "主管单位代码，默认为经办单位 / unit code of the competent authority; default: the acting unit") var authority: String?
        @Option(help: "serious 严重失信, red 守信激励, watch 重点关注, abnormal 经营异常, other") var kind = "other"
        @Flag(help: "没有事前告知的列入不生效 / entries without notice of grounds stay pending") var noticeRequired = false
        @Option(help: "时效声明的有效小时数 1–2160 / hours a freshness statement is valid") var maxAgeHours = 168
        @OptionGroup var actor: ActorArguments
        func run() async throws {
            let command = ListCreateCommand(
                code: code, title: title, basis: basis, authority: authority, kind: kind, noticeRequired: noticeRequired, maxAgeHours: maxAgeHours, actor: actor.options)
            try await List.finish(command, "名单已建立 / list created", common)
        }
    }

    struct Add: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "拟列入（publish 后生效）\nStage an entry; publish lets it out", discussion: "示例 / example:\n  creditnode list add serious-tax --subject CODE --name 某公司 --document 鄂税稽罚〔2026〕12号 --unit CODE --operator 张三")
        @OptionGroup var common: CommonOptions
        @Argument(help: "名单代码 / code of the list") var list: String
        @Option(help: SubjectHelp.subject) var subject: String
        @Option(help: SubjectHelp.person) var person: String?
        @Option(help: "主体名称；自然人姓名只留在本节点 / its name; a person's stays at this node") var name: String
        @Option(help: "决定文书号 / number of the decision") var document: String
        @Option(help: "列入日期，默认今天 / since, ISO date; default today") var since: String?
        @Option(help: "到期日期 / until, ISO date") var until: String?
        @OptionGroup var notice: NoticeArguments
        @OptionGroup var actor: ActorArguments
        func run() async throws {
            let command = ListAddCommand(list: list, subject: try SubjectHelp.read(subject), person: person, subjectName: name, document: document, since: since, until: until,
                notice: notice.options, actor: actor.options)
            try await List.finish(command, "已拟列入，尚待发布 / staged, not yet published", common)
        }
    }

    struct Remove: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "移出，立即生效，优先传送\nRemove at once, ahead of all other changes", discussion: "示例 / example:\n  creditnode list remove serious-tax --subject CODE --document 鄂税稽罚〔2026〕12号 --reason 已履行 --unit CODE --operator 张三 --reviewer 李四")
        @OptionGroup var common: CommonOptions
        @Argument(help: "名单代码 / code of the list") var list: String
        @Option(help: SubjectHelp.subject) var subject: String
        @Option(help: SubjectHelp.person) var person: String?
        @Option(help: "列入时的决定书文号 / number of the decision by which it was listed") var document: String
        @Option(help: "理由 / reason") var reason: String
        @OptionGroup var actor: ActorArguments
        func run() async throws {
            let command = ListRemoveCommand(list: list, subject: try SubjectHelp.read(subject), person: person, document: document, reason: reason, actor: actor.options)
            try await List.finish(command, "已移出 / removed", common)
        }
    }

    struct Publish: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "发布新版次与时效声明\nPublish a new edition and its freshness statement", discussion: "示例 / example:\n  creditnode list publish serious-tax --unit CODE --operator 张三 --reviewer 李四")
        @OptionGroup var common: CommonOptions
        @Argument(help: "名单代码 / code of the list") var list: String
        @OptionGroup var actor: ActorArguments
        func run() async throws {
            try await List.finish(ListPublishCommand(list: list, actor: actor.options), "已发布 / published", common)
        }
    }

    struct ShowLists: NodeCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "查看本节点的名单\nShow the lists held here", discussion: "示例 / example:\n  creditnode list show")
        @OptionGroup var common: CommonOptions
        @Argument(help: "只看此名单 / this list only") var list: String?
        func run() async throws {
            var answer = try await common.execute(ListsCommand())
            if let list {
                answer.lists.removeAll { $0.code != list }
                if answer.lists.isEmpty {
                    throw ControlFault("no-such-list", zh: "本节点没有名单 \(list)", en: "No list \(list) is held here", hint: "creditnode list show", exit: .notFound)
                }
            }
            try common.show(answer) { ListText.render($0.lists, $1) }
        }
    }

    private static func finish<C: ControlCommand>(_ command: C, _ done: String, _ common: CommonOptions) async throws where C.Response == ListSummary {
        let answer = try await common.execute(command)
        try common.show(answer) { [done] + ListText.render([$0], $1) }
    }
}
