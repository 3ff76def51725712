import ArgumentParser
import NodeRuntime

struct Status: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "节点、链路、积压与警告\nNode, links, backlog and warnings",
        discussion: "示例 / example:\n  creditnode status --watch")

    @OptionGroup var common: CommonOptions
    @Flag(help: "每 2 秒刷新 / refresh every 2 s") var watch = false

    func run() async throws {
        guard watch else { return try await once() }
        while !Task.isCancelled {
            if Output.isTerminal, !common.json { Output.line("\u{1B}[H\u{1B}[2J\u{1B}[3J") }
            do {
                try await once()
            } catch let fault as ControlFault where fault.exit == .unavailable {
                Output.error(FailureText.render(fault, Output.errorStyle))
            }
            try await Task.sleep(for: .seconds(2))
            if !Output.isTerminal, !common.json { Output.line("") }
        }
    }

    private func once() async throws {
        try common.show(try await common.execute(StatusCommand())) { StatusText.render($0, $1) }
    }
}

struct Verify: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "校验全部账本、签名与查询日志，或一个导出文件\nVerify every ledger, signature and the look-up log, or an export file",
        discussion: """
            示例 / examples:
              creditnode verify || echo 发现差异
              creditnode verify --file out.cnx --ca 3f2a…

            发现差异时退出码为 70。校验文件不需要节点，只需根证书指纹（--ca）或节点目录（--home）。
            Exit code 70 when anything differs. Checking a file needs no node: only the
            fingerprint of the ledger root (--ca), or a node's home whose root counts.
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: ArgumentHelp("导出文件 / an export file", valueName: "file"))
    var file: String?
    @Option(help: ArgumentHelp("账本根证书的 SHA-256 指纹 / fingerprint of the ledger root certificate", valueName: "hex"))
    var ca: String?

    func validate() throws {
        if ca != nil, file == nil { throw ValidationError("--ca 须与 --file 同用 / --ca needs --file") }
    }

    func run() async throws {
        if let file { return try await check(file) }
        let answer = try await common.execute(VerifyCommand())
        try common.show(answer) { InspectText.verify($0, $1) }
        if !answer.faults.isEmpty { throw ExitCode(ControlFault.Exit.verification.rawValue) }
    }

    private func check(_ file: String) async throws {
        let report = try await ExportFile.verify(file, root: ca, home: common.home)
        try common.show(report) { ExportText.verified($0, $1) }
        if !report.faults.isEmpty { throw ExitCode(ControlFault.Exit.verification.rawValue) }
    }
}

struct Rebuild: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "由账本重算全部视图\nRebuild every view from the ledgers",
        discussion: "示例 / example:\n  creditnode rebuild\n\n结果与原先不同时退出码为 70。\nExit code 70 when the result differs from what stood.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.execute(RebuildCommand())
        try common.show(answer) { InspectText.rebuild($0, $1) }
        if !answer.identical { throw ExitCode(ControlFault.Exit.verification.rawValue) }
    }
}

struct Doctor: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "体检：磁盘、时钟、证书、链路\nCheck disk, clock, certificates, links",
        discussion: "示例 / example:\n  creditnode doctor\n\n有不合格项时退出码为 1。\nExit code 1 when a check failed.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.execute(DoctorCommand())
        try common.show(answer) { InspectText.doctor($0, $1) }
        if answer.checks.contains(where: { $0.result == "failed" }) { throw ExitCode(ControlFault.Exit.failure.rawValue) }
    }
}

struct Digest: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "某路径以下全部记录的摘要，各节点应相等\nThe digest of all records below a path: equal at every node that holds them",
        discussion: "示例 / example:\n  creditnode digest wuhan/wuchang")

    @OptionGroup var common: CommonOptions
    @Argument(help: "路径 / path") var path: String

    func run() async throws {
        try common.show(try await common.execute(DigestCommand(home: path))) { InspectText.digest($0, $1) }
    }
}
