import ArgumentParser
import NodeRuntime

struct QuarantineGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "隔离的变更：查看、放行、驳回\nChanges that are authentic and do not count",
        discussion: """
            示例 / example:
              creditnode quarantine
              creditnode quarantine show CHANGE
              creditnode quarantine release CHANGE --reason 单位名录待更新 --unit CODE --operator 张三 --reviewer 李四

            更正由作者重新办理；格式、来源有误的不得放行。
            What is wrong is written anew by its author; faults of form or origin are never released.
            """,
        subcommands: [List.self, Show.self, Release.self, Reject.self], defaultSubcommand: List.self)

    struct List: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "列出本节点隔离的，和上级隔离的本级及下级变更\nList them, with those that nodes above quarantined", discussion: "示例 / example:\n  creditnode quarantine list --limit 20")
        @OptionGroup var common: CommonOptions
        @Option(help: "最多条数 / at most") var limit = 100
        func run() async throws { try common.show(try await common.execute(QuarantineCommand(.list(limit: limit)))) { QuarantineText.lines($0, $1) } }
    }

    struct Show: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "一条变更为何被隔离\nWhy one is quarantined", discussion: "示例 / example:\n  creditnode quarantine show CHANGE")
        @OptionGroup var common: CommonOptions
        @Argument(help: "变更编号 / its id") var change: String
        func run() async throws { try common.show(try await common.execute(QuarantineCommand(.show(change)))) { QuarantineText.lines($0, $1) } }
    }

    struct Release: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "放行\nRelease one: it counts wherever the release is held", discussion: "示例 / example:\n  creditnode quarantine release CHANGE --reason 原件如此 --unit CODE --operator 张三 --reviewer 李四")
        @OptionGroup var common: CommonOptions
        @Argument(help: "变更编号 / its id") var change: String
        @Option(help: "理由 / reason") var reason: String
        @OptionGroup var actor: ActorArguments
        func run() async throws {
            try common.show(try await common.execute(QuarantineCommand(.release(change: change, reason: reason, actor: actor.options)))) { QuarantineText.lines($0, $1) }
        }
    }

    struct Reject: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "驳回\nPut down that it is rejected, and why", discussion: "示例 / example:\n  creditnode quarantine reject CHANGE --reason 须重新录入 --unit CODE --operator 张三 --reviewer 李四")
        @OptionGroup var common: CommonOptions
        @Argument(help: "变更编号 / its id") var change: String
        @Option(help: "理由 / reason") var reason: String
        @OptionGroup var actor: ActorArguments
        func run() async throws {
            try common.show(try await common.execute(QuarantineCommand(.reject(change: change, reason: reason, actor: actor.options)))) { QuarantineText.lines($0, $1) }
        }
    }
}

struct Forks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "分叉的副本（磁盘被复制或恢复）\nReplicas whose past was written twice: a cloned or restored disk",
        discussion: """
            示例 / example:
              creditnode forks
              creditnode forks go-on wuhan/wuchang/jiyuqiao#1f2e3d4c --reason 备用机已停用 --unit CODE --operator 张三 --reviewer 李四
            """,
        subcommands: [List.self, GoOn.self], defaultSubcommand: List.self)

    struct List: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "列出\nList them", discussion: "示例 / example:\n  creditnode forks list --json")
        @OptionGroup var common: CommonOptions
        func run() async throws { try common.show(try await common.execute(ForksCommand(.list))) { ForkText.lines($0, $1) } }
    }

    struct GoOn: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "准许已确认的一支继续\nLet the receipted branch go on: what waited is judged",
            discussion: "示例 / example:\n  creditnode forks go-on wuhan/wuchang/jiyuqiao#1f2e3d4c --reason 备用机已停用 --unit CODE --operator 张三 --reviewer 李四")
        @OptionGroup var common: CommonOptions
        @Argument(help: "PATH#INCARNATION") var replica: String
        @Option(help: "理由 / reason") var reason: String
        @OptionGroup var actor: ActorArguments
        func run() async throws {
            try common.show(try await common.execute(ForksCommand(.goOn(replica: replica, reason: reason, actor: actor.options)))) { ForkText.lines($0, $1) }
        }
    }
}
