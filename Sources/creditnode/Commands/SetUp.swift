import ArgumentParser
import NodeRuntime

struct Init: NodeCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "建立根节点\nMake the root of a new federation",
        discussion: "示例 / example:\n  creditnode init --home ./city --path wuhan\n\n下级节点不用 init，用 join。\nNodes below the root use join instead.")

    @OptionGroup var common: CommonOptions
    @Option(help: "节点路径，小写拼音 / the node's path, lower-case")
    var path: String
    @Option(help: "密码套件 / crypto suite: ed25519-sha256, sm2-sm3")
    var suite = "ed25519-sha256"
    @Option(help: "发布目录的单位代码；不填为试用代码 / unit that publishes the shipped catalogue; a trial code when left out")
    var unit: String?

    func run() async throws {
        let report = try await NodeHome.initialise(home: common.home, path: path, suite: suite, unit: unit)
        try common.show(report) { SetUpText.initialised($0, $1) }
    }
}

struct Invite: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "邀请下级节点，给出一次性令牌\nInvite a child: makes a one-time token",
        discussion: "示例 / example:\n  creditnode invite wuhan/wuchang --home ./city --hours 72\n\n令牌等同钥匙，请经可靠途径交给对方。\nThe token is a key: hand it over on a safe way.")

    @OptionGroup var common: CommonOptions
    @Argument(help: "下级路径 / path of the child")
    var path: String
    @Option(help: "有效小时数 1–720 / hours it is valid")
    var hours = 72
    @Option(help: ArgumentHelp("下级要连接的地址 / address the child shall dial", valueName: "host:port"))
    var address: String?
    @Option(help: "建议下级使用的密码套件，默认同本节点 / crypto suite suggested to the child (default: this node's)")
    var suite: String?

    func run() async throws {
        let answer = try await common.execute(InviteCommand(path: path, validHours: hours, address: address, suite: suite))
        try common.show(answer) { SetUpText.invitation($0, $1) }
    }
}

struct Join: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "凭令牌加入联合\nJoin the federation with a token",
        discussion: "示例 / example:\n  creditnode join TOKEN --home ./wuchang\n\n中断后可重复执行。\nSafe to repeat after an interruption.")

    @OptionGroup var common: CommonOptions
    @Argument(help: "上级给的令牌 / the token from the parent")
    var token: String
    @Option(help: "密码套件，默认按邀请建议 / crypto suite (default: as the invitation suggests): ed25519-sha256, sm2-sm3")
    var suite: String?

    func run() async throws {
        let report = try await NodeHome.join(home: common.home, token: token, suite: suite)
        try common.show(report) { SetUpText.joined($0, $1) }
    }
}

struct Children: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "查看、暂停、恢复下级\nList, suspend or resume children",
        discussion: "示例 / example:\n  creditnode children suspend wuhan/wuchang",
        subcommands: [Listing.self, Suspend.self, Resume.self], defaultSubcommand: Listing.self)

    struct Listing: NodeCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "列出下级\nList the children", discussion: "示例 / example:\n  creditnode children list")
        @OptionGroup var common: CommonOptions
        func run() async throws { try await Children.act(.list, nil, common) }
    }

    struct Suspend: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "暂停：不再接受其连接\nSuspend: refuse its connections", discussion: "示例 / example:\n  creditnode children suspend wuhan/wuchang")
        @OptionGroup var common: CommonOptions
        @Argument(help: "下级路径 / path of the child") var path: String
        func run() async throws { try await Children.act(.suspend, path, common) }
    }

    struct Resume: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "恢复\nResume", discussion: "示例 / example:\n  creditnode children resume wuhan/wuchang")
        @OptionGroup var common: CommonOptions
        @Argument(help: "下级路径 / path of the child") var path: String
        func run() async throws { try await Children.act(.resume, path, common) }
    }

    private static func act(_ action: ChildrenCommand.Action, _ path: String?, _ common: CommonOptions) async throws {
        let answer = try await common.execute(ChildrenCommand(action: action, path: path))
        try common.show(answer) { SetUpText.children($0, $1) }
    }
}
