import ArgumentParser
import NodeRuntime

/// Names a record that may be held elsewhere: then what is taken here goes to it through the nodes above.
struct AddressArguments: ParsableArguments {
    @Option(help: ArgumentHelp("事项代码（异地受理） / item, for a record held elsewhere", valueName: "code")) var item: String?
    @Option(help: ArgumentHelp("决定机关代码（异地受理） / deciding unit, for a record held elsewhere", valueName: "code")) var authority: String?
    @Option(name: .customLong("about"), help: ArgumentHelp("主体代码或证件号（异地受理） / subject, for a record held elsewhere", valueName: "code")) var about: String?
    @Option(help: ArgumentHelp("自然人的证件类型 / kind of a person's identity document", valueName: "kind")) var person: String?
    @Option(help: "许可编号等 / number of the permit or entry, where one document has several") var itemNumber = ""
    @Option(help: ArgumentHelp("无文书号事项的键字段值，依次 / values of the item's key fields in order, where it has no document number", valueName: "value")) var key: [String] = []
    @Option(help: ArgumentHelp("决定单位所在节点，已知时 / node of the deciding unit, if known", valueName: "path")) var homePath: String?

    func options() throws -> AddressOptions? {
        if item == nil, authority == nil, about == nil { return nil }
        guard let item, let authority, let about else {
            throw ValidationError("--item, --authority, --about 须同时给出 / --item, --authority and --about go together")
        }
        return AddressOptions(item: item, authority: authority, subject: about, person: person, itemNumber: itemNumber, keys: key, home: homePath)
    }
}

struct Filings: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "异地受理件：其他窗口持有的记录\nWork taken here, or passing here, on records held elsewhere",
        discussion: """
            示例 / example:
              creditnode filings
              creditnode filings show RECEIPT
              creditnode filings assign FILING --record RECORD --unit CODE --operator 张三 --reviewer 李四
            """,
        subcommands: [List.self, Show.self, Assign.self], defaultSubcommand: List.self)

    struct List: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "列出\nList them", discussion: "示例 / example:\n  creditnode filings list --open")
        @OptionGroup var common: CommonOptions
        @Flag(help: "只列尚未转到记录的 / only those that have reached no record") var open = false
        func run() async throws { try common.show(try await common.execute(FilingsCommand(.list(open: open)))) { FilingText.lines($0, $1) } }
    }

    struct Show: NodeCommand {
        static let configuration = CommandConfiguration(abstract: "一件的进展\nWhat became of one", discussion: "示例 / example:\n  creditnode filings show RECEIPT")
        @OptionGroup var common: CommonOptions
        @Argument(help: "编号或回执号 / its id or receipt") var filing: String
        func run() async throws { try common.show(try await common.execute(FilingsCommand(.show(filing)))) { FilingText.lines($0, $1) } }
    }

    struct Assign: NodeCommand {
        static let configuration = CommandConfiguration(
            abstract: "人工指定记录\nPut one on a record by hand: nobody has its natural key, or several records could be meant", discussion: "示例 / example:\n  creditnode filings assign RECEIPT --record 武昌市监处罚〔2026〕12号 --unit CODE --operator 张三 --reviewer 李四")
        @OptionGroup var common: CommonOptions
        @Argument(help: "编号或回执号 / its id or receipt") var filing: String
        @Option(help: "记录编号或唯一的文书号 / record id, or a document number that only one has") var record: String
        @OptionGroup var actor: ActorArguments
        func run() async throws {
            try common.show(try await common.execute(FilingsCommand(.assign(filing: filing, record: record, actor: actor.options)))) { FilingText.lines($0, $1) }
        }
    }
}
