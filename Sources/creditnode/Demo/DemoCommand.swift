import ArgumentParser
import Foundation
import Glibc
import Stage
import Synchronization

/// A whole small federation at work on this machine: seven processes of this very program, real TLS, real files,
/// and a line that is really cut.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "演示：一市、两区、四街道在本机协同\nA city, two districts and four streets at work on this machine",
        discussion: """
            示例 / example:
              creditnode demo
              creditnode demo --once --rows 2000

            所有主体均为虚构。结束后删除临时目录；--once 一致时退出码为 0，有差异时为 70。
            All subjects are invented. The temporary directory is removed at the end; with --once the exit
            code is 0 when all agree and 70 on any difference.
            """)

    @Flag(help: "演示完即退出 / end when the story is told") var once = false
    @Option(help: "每个街道导入的行数 / rows imported at each street, 100…1000000") var rows = 10_000
    @Option(help: ArgumentHelp("使用并保留此目录 / use this directory and keep it", valueName: "dir")) var keepDir: String?

    func validate() throws {
        guard (100...1_000_000).contains(rows) else { throw ValidationError("--rows 100…1000000") }
    }

    func run() async throws {
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        if let keepDir, FileManager.default.fileExists(atPath: keepDir + "/wuhan") {
            throw ValidationError("\(keepDir) 中已有节点 / holds nodes already; choose an empty directory")
        }
        let troupe = try Troupe(name: "creditnode-demo", keepDirectory: keepDir)
        let screen = DemoScreen()
        let story = Task { [rows, once] in
            let story = DemoStory(troupe: troupe, executable: executable, rows: rows, screen: screen)
            let verdict = try await story.tell()
            if !once { try await linger(story, screen) }
            return verdict.passed
        }
        // The first signal ends the story in good order; the second ends this process, and the watcher cleans up.
        let seen = Mutex(false)
        let signals = StopSignals { number in
            let again = seen.withLock { seen in
                defer { seen = true }
                return seen
            }
            if again { _exit(128 + number) }
            story.cancel()
        }
        let outcome = await story.result
        screen.endFrame()
        await troupe.end()
        signals.cancel()
        try conclude(outcome, interrupted: seen.withLock { $0 }, screen)
    }

    /// Stays until a signal comes.
    private func linger(_ story: DemoStory, _ screen: DemoScreen) async throws {
        for line in story.hints() { screen.line(line) }
        while true { try await Task.sleep(for: .seconds(3600)) }
    }

    private func conclude(_ outcome: Result<Bool, any Error>, interrupted: Bool, _ screen: DemoScreen) throws {
        if interrupted {
            screen.say("已停止，全部进程已结束\(keepDir == nil ? "，临时目录已删除" : "")。", "Stopped; every process has ended\(keepDir == nil ? ", the temporary directory is gone" : "").")
            // Ctrl-C is how the lingering demo ends; with --once it cuts the story short.
            throw once ? ExitCode(130) : ExitCode.success
        }
        switch outcome {
        case .success(let passed):
            throw passed ? ExitCode.success : ExitCode(70)
        case .failure(let error):
            Output.error("演示失败 / the demo failed:\n\(error)")
            throw error is WaitTimedOut || error is DemoSurprise ? ExitCode(70) : ExitCode.failure
        }
    }
}
