import ArgumentParser
import NodeRuntime

struct Tickets: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "待裁问题：由谁、何时之前决定\nQuestions for people: who decides, and until when",
        discussion: """
            示例 / example:
              creditnode tickets --at wuhan/wuchang --rule M3

            问题由记录推出，答复后自行消失；各节点编号相同。
            Questions follow from the records and go when they are answered; their ids are the same everywhere.
            """)
    @OptionGroup var common: CommonOptions
    @Option(help: ArgumentHelp("属地节点及以下 / homes at this path or below", valueName: "path")) var at: String?
    @Option(help: "规则 / rule: M3, T9 …") var rule: String?
    @Option(help: "条数 / how many") var limit = 100
    @Option(help: "下级失联多少天后上报 / days of silence after which a question comes up") var silentDays = 7

    func run() async throws {
        let answer = try await common.execute(TicketsCommand(home: at, rule: rule, limit: limit, silentDays: silentDays))
        try common.show(answer) { QuestionText.tickets($0, $1) }
    }
}

struct NotedCommandLine: NodeCommand {
    static let configuration = CommandConfiguration(
        commandName: "noted",
        abstract: "知悉：本节点的更正被撤销取代（M6），或录入被拦下（M33）\nTake note that a correction of this node was overtaken by a revocation, or an entry blocked",
        discussion: """
            示例 / example:
              creditnode noted 武昌市监处罚〔2026〕12号 --unit CODE --operator 张三

            知悉后该待办在各级消失；不改变记录。
            The question ends at every tier; the record stays as it is.
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: "记录编号或唯一的文书号 / record id, or a document number that only one has") var record: String
    @OptionGroup var actor: ActorArguments

    func run() async throws {
        let answer = try await common.execute(NotedCommand(record: record, actor: actor.options))
        try common.show(answer) { answer, style in
            [style(.green, "已知悉 noted") + "  \(answer.record)"] + answer.changes.map { "  · \($0)" }
        }
    }
}

struct Cases: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "异议案件：回执、时限、答复\nObjection cases: receipts, clocks, replies", discussion: "示例 / example:\n  creditnode cases --at wuhan/wuchang")
    @OptionGroup var common: CommonOptions
    @Argument(help: "只看一条记录 / of one record") var record: String?
    @Option(help: ArgumentHelp("属地节点及以下 / homes at this path or below", valueName: "path")) var at: String?
    @Option(help: "条数 / how many") var limit = 100
    @Option(help: "下级失联多少天后上报 / days of silence after which a case comes up") var silentDays = 7

    func run() async throws {
        let answer = try await common.execute(CasesCommand(record: record, home: at, limit: limit, silentDays: silentDays))
        try common.show(answer) { QuestionText.cases($0, $1) }
    }
}

struct Deadlines: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "期限清单，最近的在前；线路中断时打印\nEverything with a date, nearest first; to print while the line is down",
        discussion: """
            示例 / example:
              creditnode deadlines --print | lpr

            包括异议时限、待裁问题、未报送的记录和待告知的查询单位。
            Clocks of objections, questions, records not yet reported, and users of look-ups to be told.
            """)
    @OptionGroup var common: CommonOptions
    @Option(help: "条数 / how many") var limit = 200
    @Flag(help: "供打印：无颜色，带签收栏 / to print: plain, with room for a signature") var print = false

    func run() async throws {
        let answer = try await common.execute(DeadlinesCommand(limit: limit))
        try common.show(answer) { print ? QuestionText.printed($0) : QuestionText.deadlines($0, $1) }
    }
}

struct Notify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "告知查询单位：答复已变（M45）\nTell users of look-ups that the answer has changed",
        discussion: """
            示例 / example:
              creditnode notify list
              creditnode notify done 3 --how 电话告知王五 --unit CODE --operator 张三
              creditnode notify list --identity ./caigou          （查询端 / as a look-up client）
            """,
        subcommands: [Listing.self, Done.self], defaultSubcommand: Listing.self)

    struct Listing: NodeCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "列出须告知的\nList who must be told", discussion: "示例 / example:\n  creditnode notify list --all")
        @OptionGroup var common: CommonOptions
        @Flag(help: "含已告知的 / those done too") var all = false
        @Option(help: "条数 / how many") var limit = 200
        @Option(help: ArgumentHelp("查询端目录 / the look-up client's directory", valueName: "dir")) var identity: String?

        func run() async throws {
            let answer: NotifyCommand.Response
            if let identity {
                answer = try await Notify.over(identity) { try await $0.notices() }
            } else {
                answer = try await common.execute(NotifyCommand(action: .list, includingDone: all, limit: limit))
            }
            try common.show(answer) { QuestionText.notices($0, $1) }
        }
    }

    struct Done: NodeCommand {
        static let configuration = CommandConfiguration(commandName: "done", abstract: "记下已告知\nRecord that a user was told", discussion: "示例 / example:\n  creditnode notify done 3 --how 电话告知王五 --unit CODE --operator 张三")
        @OptionGroup var common: CommonOptions
        @Argument(help: "编号 / number of the notice") var notice: Int64
        @Option(help: "如何告知 / how") var how: String
        @Option(help: "单位代码；用 --identity 时以登记为准 / unit; with --identity the enrolled one") var unit: String?
        @Option(help: "经办人 / who told them") var `operator`: String
        @Option(help: ArgumentHelp("查询端目录 / the look-up client's directory", valueName: "dir")) var identity: String?

        func validate() throws {
            guard identity != nil || unit != nil else { throw ValidationError("须有 --unit，或 --identity / either --unit or --identity") }
        }

        func run() async throws {
            let answer: NotifyCommand.Response
            if let identity {
                let told = NoticeAnswer(notice: notice, how: how, operator: `operator`)
                answer = try await Notify.over(identity) { try await $0.done(told) }
            } else {
                let actor = ActorOptions(unit: unit ?? "", operator: `operator`, reviewer: nil)
                answer = try await common.execute(NotifyCommand(action: .done, notice: notice, how: how, actor: actor))
            }
            try common.show(answer) { QuestionText.notices($0, $1) }
        }
    }

    private static func over<T: Sendable>(_ identity: String, _ body: (LookupClient) async throws -> T) async throws -> T {
        let client = try await LookupClient.connect(ReaderIdentity(identity))
        do {
            let answer = try await body(client)
            await client.close()
            return answer
        } catch {
            await client.close()
            throw error
        }
    }
}
