import ArgumentParser
import Testing

@testable import creditnode

struct CommandLineTests {
    @Test func parsesEveryCommand() throws {
        let actor = ["--unit", "U", "--operator", "张三"]
        for line in [
            ["init", "--home", "d", "--path", "wuhan"], ["invite", "wuhan/wuchang", "--hours", "5", "--address", "h:1"], ["join", "TOKEN", "--home", "d"],
            ["serve", "--config", "f", "--listen", "h:1", "--advertise", "h:2", "--status-page", "127.0.0.1:0", "--json"],
            ["import", "f.csv", "--item", "permit", "--reviewer", "李四"] + actor, ["list", "create", "c", "--title", "t", "--basis", "b"] + actor,
            ["list", "add", "c", "--subject", "s", "--name", "n", "--document", "d"] + actor, ["list", "remove", "c", "--subject", "s", "--document", "d", "--reason", "r"] + actor,
            ["list", "publish", "c"] + actor, ["list", "show"], ["lookup", "C", "--purpose", "p"] + actor, ["records", "--at", "wuhan"], ["show", "R"],
            ["status", "--watch"], ["verify"], ["verify", "--file", "f.cnx", "--ca", "00"], ["export", "f.cnx"], ["export", "f.cnx", "--ledger", "wuhan", "--include-local"],
            ["join", "TOKEN", "--suite", "sm2-sm3"], ["invite", "wuhan/wuchang", "--suite", "sm2-sm3"], ["rebuild"], ["doctor", "--json"], ["digest", "wuhan"], ["children"], ["children", "suspend", "p"], ["children", "resume", "p"],
        ] {
            let command = try Creditnode.parseAsRoot(line)
            #expect(command is any NodeCommand, "\(line)")
        }
    }

    @Test func refusesIncompleteLines() {
        for line in [["import", "f.csv", "--item", "permit"], ["invite"], ["nonsense"], ["lookup", "C"]] {
            let error = #expect(throws: (any Error).self, "\(line)") { try Creditnode.parseAsRoot(line) }
            if let error { #expect(Creditnode.exitCode(for: error).rawValue == 64) }
        }
    }

    @Test("Help of a group by its name alone speaks of the group; what the parser says comes in Chinese first")
    func groupsAndWrongLines() throws {
        for name in ["quarantine", "forks", "filings", "notify", "alias", "measure", "readers", "children", "propose"] {
            let group = try #require(GroupHelp.asked([name, "--help"]), "\(name)")
            #expect(Creditnode.helpMessage(for: group).contains("SUBCOMMANDS"), "\(name)")
        }
        #expect(GroupHelp.asked(["correct", "--help"]) == nil && GroupHelp.asked(["quarantine"]) == nil && GroupHelp.asked(["quarantine", "show", "--help"]) == nil)
        #expect(UsageWords.chinese("Missing expected argument '--number <number>'") == "错误：命令行有误：缺少参数 '--number <number>'")
        #expect(UsageWords.chinese("whatever") == "错误：命令行有误")
    }

    @Test("Every command and every command of a group teaches with an example")
    func examples() {
        let commands = Creditnode.configuration.subcommands + Creditnode.configuration.groupedSubcommands.flatMap(\.subcommands)
        #expect(commands.count > 40)
        for command in commands + commands.flatMap({ $0.configuration.subcommands }) where command != DemoCommand.self {
            #expect(command.helpMessage().contains("示例") || command.helpMessage().contains("example"), "\(command)")
        }
    }

    @Test func helpTeaches() {
        let help = Creditnode.helpMessage(columns: 100)
        for part in ["退出码", " 70  校验发现差异", "creditnode join TOKEN"] { #expect(help.contains(part), "\(part)") }
        for command in [Import.helpMessage(), Lookup.helpMessage(), Serve.helpMessage(), Verify.helpMessage()] { #expect(command.contains("示例 / example")) }
    }
}
