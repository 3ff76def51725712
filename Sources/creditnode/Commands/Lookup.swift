import ArgumentParser
import NodeRuntime

struct Lookup: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "查询主体是否在名单上（留痕）\nLook a subject up; every look-up is logged",
        discussion: """
            示例 / example:
              creditnode lookup 91420100MA00000000 --purpose 政府采购资格审查 --unit CODE --operator 张三
              creditnode lookup --person 身份证 - --purpose 资格审查 --case 2026-18 --unit CODE --operator 张三
              creditnode lookup 91420100MA00000000 --identity ./caigou --purpose 政府采购资格审查 --operator 张三

            答复只有四种：在名单上、不在名单上、未覆盖、数据过旧无法答复。不是评分，也不是结论。
            Four answers: on the list, not on the list, not covered, too stale to say.
            Never a score, never a verdict.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: SubjectHelp.subject) var code: String
    @Option(help: SubjectHelp.person) var person: String?
    @Option(name: .customLong("case"), help: "案件或办件编号 / number of the case") var caseNumber: String?
    @Option(help: "查询事由 / purpose") var purpose: String
    @Option(help: "查询单位代码；用 --identity 时以登记为准 / code of the unit that asks; with --identity the enrolled one") var unit: String?
    @Option(help: "查询人 / who asks") var `operator`: String
    @Option(help: ArgumentHelp("经网络查询：查询端目录 / ask over the network: the client's directory", valueName: "dir")) var identity: String?
    @Option(help: ArgumentHelp("节点地址，默认按邀请 / the node's address (default: of the invitation)", valueName: "host:port")) var at: String?

    func validate() throws {
        guard identity != nil || unit != nil else { throw ValidationError("须有 --unit，或 --identity / either --unit or --identity") }
        guard at == nil || identity != nil else { throw ValidationError("--at 须与 --identity 同用 / --at goes with --identity") }
    }

    func run() async throws {
        let subject = try SubjectHelp.read(code)
        let answer: LookupCommand.Response
        if let identity {
            answer = try await overNetwork(ReaderIdentity(identity), subject)
        } else {
            answer = try await common.execute(LookupCommand(
                subject: subject, person: person, purpose: purpose, caseNumber: caseNumber, unit: unit ?? "", operator: `operator`))
        }
        try common.show(answer) { LookupText.render($0, $1) }
    }

    private func overNetwork(_ identity: ReaderIdentity, _ subject: String) async throws -> LookupCommand.Response {
        let client = try await LookupClient.connect(identity, address: at)
        do {
            let answer = try await client.ask(LookupRequest(
                subject: subject, person: person, purpose: purpose, caseNumber: caseNumber, operator: `operator`, unit: unit))
            await client.close()
            return answer
        } catch {
            await client.close()
            throw error
        }
    }
}

struct Records: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "列出记录\nList records",
        discussion: "示例 / example:\n  creditnode records --at wuhan/wuchang --item penalty --limit 50")

    @OptionGroup var common: CommonOptions
    @Option(help: ArgumentHelp("属地节点 / home node of the records", valueName: "path")) var at: String?
    @Option(help: "主体统一社会信用代码 / the subject's code") var subject: String?
    @Option(help: "事项 / item: permit, penalty") var item: String?
    @Option(help: "效力 / validity: draft, submitted, effective") var validity: String?
    @Option(help: "上一页末尾给出的位置 / where the page before ended") var after: String?
    @Option(help: "条数 / how many") var limit = 20
    @Flag(help: "授权查阅：含已归档 / authorised reading: with the archive") var archive = false

    func run() async throws {
        let command = RecordsCommand(home: at, subject: subject, item: item, validity: validity, after: after, limit: limit, archive: archive)
        let answer = try await common.execute(command)
        try common.show(answer) { RecordText.list($0, $1) }
    }
}

struct Show: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "查看一条记录及其全部历史\nShow a record with its whole history",
        discussion: "示例 / example:\n  creditnode show 鄂市监罚〔2026〕12号")

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录编号或唯一的文书号 / record id, or a unique document number") var record: String
    @Flag(help: "授权查阅：含已归档 / authorised reading: with the archive") var archive = false

    func run() async throws {
        try common.show(try await common.execute(ShowCommand(record: record, archive: archive))) { RecordText.show($0, $1) }
    }
}
