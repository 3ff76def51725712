import ArgumentParser
import CMalloc
import Foundation
import Glibc
import NodeRuntime
import Transport

/// The one binary of every tier.
@main
struct Creditnode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "creditnode",
        abstract: "公共信用信息节点：街道、区、市同一程序\nA node of the public-credit federation: one program for street, district and city",
        discussion: """
            初次使用（市级）/ first steps (city):
              creditnode init --home ./city --path wuhan
              creditnode serve --home ./city --listen 0.0.0.0:7440
              creditnode invite wuhan/wuchang --home ./city
            下级（区、街道）/ a child (district, street):
              creditnode join TOKEN --home ./wuchang
              creditnode serve --home ./wuchang
              creditnode import permits.csv --item permit --unit CODE \\
                --operator 张三 --reviewer 李四

            每条命令先找正在运行的节点（Unix 套接字），没有才直接打开副本。
            Each command first asks the node that serves; only without one it opens the replica itself.

            退出码 / exit codes:
            \(ExitTable.help)
            """,
        version: "creditnode 0.1.0",
        groupedSubcommands: [
            CommandGroup(name: "建立与运行 set up and run", subcommands: [Init.self, Invite.self, Join.self, Serve.self, Children.self, Readers.self]),
            CommandGroup(name: "数据 data", subcommands: [Import.self, List.self, Lookup.self, Records.self, Show.self, Attach.self, Fetch.self, Revoke.self, Widen.self]),
            CommandGroup(
                name: "更正、异议、修复 corrections, objections, repair",
                subcommands: [
                    Correct.self, Uphold.self, Object.self, Reply.self, Review.self, Forward.self, Repair.self, Suspend.self, Resume.self, Litigation.self, Link.self, Fulfil.self, Filings.self,
                ]),
            CommandGroup(name: "档案与意愿 archive and wishes", subcommands: [RetentionDueCommand.self, Purge.self, OptOut.self]),
            CommandGroup(name: "采集与审核 entry and review", subcommands: [Enter.self, Edit.self, Submit.self, Approve.self, Return.self, Discard.self, Drafts.self]),
            CommandGroup(name: "承诺、措施、代码 commitments, measures, codes", subcommands: [Commitments.self, Measure.self, Alias.self]),
            CommandGroup(name: "目录与参数 catalogue and profiles", subcommands: [Editions.self, PublishEdition.self, ExportEdition.self, Propose.self, Narrow.self]),
            CommandGroup(name: "待办与期限 questions and deadlines", subcommands: [Tickets.self, Cases.self, Deadlines.self, Notify.self, NotedCommandLine.self]),
            CommandGroup(name: "检查 inspect", subcommands: [Status.self, Verify.self, Rebuild.self, Doctor.self, Digest.self, Export.self, QuarantineGroup.self, Forks.self]),
            CommandGroup(name: "演示 demonstration", subcommands: [DemoCommand.self, Simulate.self]),
        ])

    /// Parses, runs, and turns every failure into words and a documented exit code.
    static func main() async {
        // Before there are threads: a third less memory in a street that imports, at the same speed.
        // A simulation computes in several threads that share nothing.
        if CommandLine.arguments.dropFirst().first != "simulate" { creditnode_malloc_one_arena() }
        signal(SIGPIPE, SIG_IGN)
        if let group = GroupHelp.asked(Array(CommandLine.arguments.dropFirst())) { return Output.line(helpMessage(for: group)) }
        let command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch {
            wrong(error)
        }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                var plain = command
                try plain.run()
            }
        } catch {
            // Help and group commands are the parser's own: so are their errors.
            guard let ours = command as? any NodeCommand else { exit(withError: error) }
            fail(error, json: ours.common.json)
        }
    }

    /// The parser speaks English alone; what is wrong is said in Chinese first.
    private static func wrong(_ error: any Error) -> Never {
        guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
        Output.error(UsageWords.chinese(message(for: error)))
        exit(withError: error)
    }

    private static func fail(_ error: any Error, json: Bool) -> Never {
        if error is ValidationError { wrong(error) }
        if error is ExitCode || error is CleanExit { exit(withError: error) }
        let fault = FailureText.fault(for: error)
        if json, let bytes = try? FailureText.json(fault) {
            Output.error(bytes)
        } else {
            Output.error(FailureText.render(fault, Output.errorStyle))
        }
        Glibc.exit(fault.exit == .success ? 1 : fault.exit.rawValue)
    }
}
