import ArgumentParser
import Foundation
import NodeRuntime

/// Every command of ours: it has the options all share.
protocol NodeCommand: AsyncParsableCommand {
    var common: CommonOptions { get }
}

struct CommonOptions: ParsableArguments {
    @Option(name: .customLong("home"), help: ArgumentHelp("节点目录 / the node's directory (default: $CREDITNODE_HOME, else ./creditnode-home)", valueName: "dir"))
    var homeOption: String?

    @Flag(help: "机器可读的 JSON 输出 / JSON for machines")
    var json = false

    var home: String {
        if let homeOption { return homeOption }
        let variable = ProcessInfo.processInfo.environment["CREDITNODE_HOME"] ?? ""
        return variable.isEmpty ? "./creditnode-home" : variable
    }

    /// Runs one command wherever the node is.
    func execute<C: ControlCommand>(_ command: C) async throws -> C.Response {
        try await ControlClient.with(home: home) { try await $0.execute(command) }
    }

    /// Prints a value: JSON when asked, otherwise lines for people.
    func show<Value: Encodable>(_ value: Value, _ lines: (Value, Style) -> [String]) throws {
        if json { try Output.json(value) } else { Output.lines(lines(value, Output.style)) }
    }
}

/// Who acts, for commands that write.
struct ActorArguments: ParsableArguments {
    @Option(help: ArgumentHelp("单位统一社会信用代码 / unified social credit code of the acting unit", valueName: "code"))
    var unit: String

    @Option(help: ArgumentHelp("经办人 / who enters it", valueName: "name"))
    var `operator`: String

    @Option(help: ArgumentHelp("审核人，须为另一人；未指定则只存草稿 / another person who reviews; without one it stays a draft", valueName: "name"))
    var reviewer: String?

    var options: ActorOptions { ActorOptions(unit: unit, operator: `operator`, reviewer: reviewer) }
}
