import API
import ArgumentParser
import CMalloc
import Logging
import NodeRuntime

struct Serve: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "运行节点，直到 Ctrl-C 或 SIGTERM\nRun the node until Ctrl-C or SIGTERM",
        discussion: """
            示例 / example:
              creditnode serve --home ./city --listen 0.0.0.0:7440 --status-page 127.0.0.1:7480

            监听地址写到标准输出，日志写到标准错误；端口 0 表示任选空闲端口。第二次信号立即退出。
            Bound addresses go to standard output, the log to standard error; port 0 takes
            any free port. A second signal ends at once.
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: ArgumentHelp("配置文件 YAML / configuration file", valueName: "file"))
    var config: String?
    @Option(help: ArgumentHelp("下级接入地址 / where children connect", valueName: "host:port"))
    var listen: String?
    @Option(help: ArgumentHelp("写入邀请的地址 / address written into invitations", valueName: "host:port"))
    var advertise: String?
    @Option(help: ArgumentHelp("只读状态页，仅限本机 / read-only page, loopback only", valueName: "host:port"))
    var statusPage: String?
    @Option(help: "日志级别 / log level: trace, debug, info, notice, warning, error, critical")
    var logLevel: String?

    func run() async throws {
        var settings = try config.map(ServeSettings.load(file:)) ?? ServeSettings()
        if let listen { settings.listen = listen }
        if let advertise { settings.advertise = advertise }
        if let statusPage { settings.statusPage = statusPage }
        if let logLevel { settings.logLevel = logLevel }
        let level = try StderrLog.level(settings.logLevel)
        LoggingSystem.bootstrap { StderrLog(label: $0, level: level) }
        let logger = Logger(label: "creditnode")

        let service = try await NodeService.open(home: common.home)
        let json = common.json
        let serving = Task { [settings] in
            try await service.serve(
                settings, control: controlHandler(service: service, logger: logger), console: consoleHandler(service: service, logger: logger)
            ) {
                Self.announce($0, json: json)
                Self.giveBack()
            }
        }
        let signals = Signals { number in
            logger.notice("stopping; a second signal ends at once", metadata: ["signal": "\(number)"])
            serving.cancel()
        }
        let outcome = await serving.result
        await service.close()
        signals.cancel()
        // Being asked to stop is no failure, whatever the unwinding services threw.
        if !serving.isCancelled { try outcome.get() }
    }

    /// What ran only to start is not kept in memory, nor what the first links and the first status needed.
    private static func giveBack() {
        creditnode_release_code()
        Task {
            try await Task.sleep(for: .seconds(5))
            creditnode_release_code()
            creditnode_malloc_trim()
        }
    }

    private static func announce(_ addresses: ServeAddresses, json: Bool) {
        if json, (try? Output.json(addresses)) != nil { return }
        Output.lines(SetUpText.addresses(addresses))
    }
}
