import ArgumentParser

/// `creditnode quarantine --help` speaks of the group: the parser would speak of the one command that runs without a name, and nobody would find
/// the others.
enum GroupHelp {
    /// The group that help is asked of by its name alone; nil for everything else.
    static func asked(_ arguments: [String]) -> (any ParsableCommand.Type)? {
        guard arguments.count == 2, ["--help", "-h", "-help"].contains(arguments[1]) else { return nil }
        let configuration = Creditnode.configuration
        let commands = configuration.subcommands + configuration.groupedSubcommands.flatMap(\.subcommands)
        return commands.first { $0._commandName == arguments[0] && $0.configuration.defaultSubcommand != nil }
    }
}

/// What the parser says of a wrong command line, in Chinese.
enum UsageWords {
    private static let words: [(en: String, zh: String)] = [
        ("Missing expected argument", "缺少参数"), ("Missing value for", "缺少取值"), ("Unknown option", "没有此选项"), ("Unexpected argument", "多余的参数"),
        ("unexpected arguments", "多余的参数"), ("is invalid for", "取值无效"), ("Missing one of", "缺少其中之一"),
    ]

    static func chinese(_ message: String) -> String {
        guard let found = words.first(where: { message.contains($0.en) }) else { return "错误：命令行有误" }
        let quoted = message.split(separator: "'", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map { "'\($0.element)'" }
        return "错误：命令行有误：\(found.zh) " + quoted.joined(separator: " ")
    }
}
