import ArgumentParser
import NodeRuntime

struct Readers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "各部门的查询端：邀请、登记、暂停\nLook-up clients of departments: invite, enrol, suspend",
        discussion: """
            示例 / example:
              creditnode readers invite caigou --unit CODE --home ./city
              creditnode readers join TOKEN --identity ./caigou          （部门的机器上 / on the department's machine）
              creditnode lookup 91420100MA00000000 --identity ./caigou --purpose 政府采购资格审查 --operator 张三

            查询端只能查询；留痕所记单位以登记为准。
            A look-up client can ask and nothing else; the unit in the log is the enrolled one.
            """,
        subcommands: [Invite.self, Join.self, Listing.self, Suspend.self, Resume.self], defaultSubcommand: Listing.self)

    struct Invite: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "邀请查询端，给出一次性令牌\nInvite a look-up client: makes a one-time token", discussion: "示例 / example:\n  creditnode readers invite caigou --unit CODE")
        @OptionGroup var common: CommonOptions
        @Argument(help: "名称，小写拼音 / name, lower-case") var name: String
        @Option(help: ArgumentHelp("部门的统一社会信用代码 / credit code of the department", valueName: "code")) var unit: String
        @Option(help: "有效小时数 1–720 / hours it is valid") var hours = 72
        @Option(help: ArgumentHelp("查询端要连接的地址 / address the client shall dial", valueName: "host:port")) var address: String?
        func run() async throws {
            let answer = try await common.execute(ReaderInviteCommand(reader: name, unit: unit, validHours: hours, address: address))
            try common.show(answer) { SetUpText.readerInvitation($0, $1) }
        }
    }

    struct Join: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "凭令牌登记查询端，或换发证书\nEnrol a look-up client with a token, or renew its certificate", discussion: "示例 / example:\n  creditnode readers join TOKEN --identity ./caigou")
        @OptionGroup var common: CommonOptions
        @Argument(help: "节点管理员给的令牌 / the token from the node") var token: String
        @Option(help: ArgumentHelp("存放密钥和证书的目录 / directory for key and certificate", valueName: "dir")) var identity: String
        func run() async throws {
            let identity = ReaderIdentity(identity), facts = try await identity.join(token: token)
            try common.show(facts) { SetUpText.readerJoined($0, identity.directory, $1) }
        }
    }

    struct Listing: NodeCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "列出查询端\nList the look-up clients", discussion: "示例 / example:\n  creditnode readers list")
        @OptionGroup var common: CommonOptions
        func run() async throws { try await Readers.act(.list, nil, common) }
    }

    struct Suspend: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "暂停：立即不再答复\nSuspend: no further answers, at once", discussion: "示例 / example:\n  creditnode readers suspend caigou")
        @OptionGroup var common: CommonOptions
        @Argument(help: "查询端名称 / name of the client") var name: String
        func run() async throws { try await Readers.act(.suspend, name, common) }
    }

    struct Resume: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "恢复\nResume", discussion: "示例 / example:\n  creditnode readers resume caigou")
        @OptionGroup var common: CommonOptions
        @Argument(help: "查询端名称 / name of the client") var name: String
        func run() async throws { try await Readers.act(.resume, name, common) }
    }

    private static func act(_ action: ReadersCommand.Action, _ name: String?, _ common: CommonOptions) async throws {
        let answer = try await common.execute(ReadersCommand(action: action, reader: name))
        try common.show(answer) { SetUpText.readers($0, $1) }
    }
}
