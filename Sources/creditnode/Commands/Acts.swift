import ArgumentParser
import NodeRuntime

/// What every act on a record has in common.
struct ActArguments: ParsableArguments {
    @OptionGroup var common: CommonOptions
    @Argument(help: "记录编号或唯一的文书号 / record id, or a document number that only one has") var record: String
    @Option(help: ArgumentHelp("所依据的版本（show 所示）；其后的改动视为并行 / the version a form was filled from, as show gives it", valueName: "version"))
    var basedOn: String?
    @OptionGroup var actor: ActorArguments

    func run(_ request: ActRequest, at address: AddressOptions? = nil) async throws {
        let answer = try await common.execute(ActCommand(record: record, request: request, version: basedOn, actor: actor.options, address: address))
        try common.show(answer) { ActText.lines($0, $1) }
    }
}

/// The instrument an act rests on.
struct BasisArguments: ParsableArguments {
    @Option(help: "文书层级 / rank: 0 技术更正 technical, 1 本单位 deciding unit, 2 上级 superior, 3 复议 reconsideration, 4 法院 court") var rank: UInt32 = 1
    @Option(help: "依据文书号；层级 2 至 4 必填 / number of the document; ranks 2 to 4 need one") var document = ""
    @Option(help: "同一程序中它所接续的文书号 / number of the document of the same procedure it follows") var follows = ""
    @Option(help: "理由 / reason") var reason: String

    var options: BasisOptions { BasisOptions(rank: rank, document: document, follows: follows, reason: reason) }
}

extension FieldText {
    /// `CODE=VALUE`.
    init(argument: String) throws {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else {
            throw ValidationError("应为 字段=值 / expected CODE=VALUE: \(argument)")
        }
        self.init(field: String(argument[..<equals]), text: String(argument[argument.index(after: equals)...]))
    }
}

struct Correct: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "更正记录\nCorrect fields of a record",
        discussion: """
            示例 / example:
              creditnode correct 武昌市监处罚〔2026〕12号 --set CF_NR_FK=0.02 --reason 笔误 \\
                --unit CODE --operator 张三 --reviewer 李四

            决定单位的更正生效；其他单位的更正是更正建议（M2），除非执行上级、复议或法院文书（--rank 2…4）。
            The deciding unit's correction counts; another unit's is a proposal (M2) unless it executes an instrument of R2 to R4.
            两处同时更正为不同的值，两个值都保留，由人决定（M3）。
            Two different corrections at the same time are both kept until a person decides (M3).
            """)

    @OptionGroup var act: ActArguments
    var common: CommonOptions { act.common }
    @Option(name: .customLong("set"), help: ArgumentHelp("字段=新值，可多次 / field and new value, repeatable", valueName: "CODE=VALUE")) var fields: [String] = []
    @Option(help: ArgumentHelp("清空字段，可多次 / field to clear, repeatable", valueName: "CODE")) var clear: [String] = []
    @Option(help: ArgumentHelp("更正主体（统一社会信用代码） / the right subject's code", valueName: "code")) var subject: String?
    @Option(help: ArgumentHelp("所了结的异议案件 / receipt of the case it settles in the subject's favour", valueName: "receipt")) var settles: String?
    @Option(help: ArgumentHelp("--rank 0：所比对来源的摘要 / digest of the source compared with", valueName: "sha256")) var source: String?
    @OptionGroup var basis: BasisArguments

    func run() async throws {
        try await act.run(
            .correct(set: try fields.map { try FieldText(argument: $0) }, clear: clear, subject: subject, basis: basis.options, settles: settles, source: source))
    }
}

struct Uphold: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "记录维持原决定的文书\nRecord a reconsideration or court instrument that upholds the decision",
        discussion: "示例 / example:\n  creditnode uphold RECORD --rank 3 --document 鄂政复〔2026〕5号 --reason 维持 --unit CODE --operator 张三 --reviewer 李四")
    @OptionGroup var act: ActArguments
    var common: CommonOptions { act.common }
    @OptionGroup var basis: BasisArguments
    func run() async throws { try await act.run(.uphold(basis: basis.options)) }
}

struct Object: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "受理异议\nAccept a subject's objection, anywhere, offline too",
        discussion: """
            示例 / example:
              creditnode object 武昌市监处罚〔2026〕12号 --ground inaccurate --claim CF_NR_FK=0.02 \\
                --statement 金额有误 --unit CODE --operator 张三

            理由 / grounds: wrong-subject, inaccurate, over-period, no-basis, replica-error, delisted, other
            回执号交给申请人；未给出时由本节点编号。
            The receipt is for the subject; without --receipt the node makes one.

            记录在其他街道、区时，写明事项、决定机关和主体，由上级转到记录所在地（creditnode filings 查进展）：
            A record held elsewhere is named by item, deciding unit and subject; the nodes above pass it on (creditnode filings):
              creditnode object 武昌市监处罚〔2026〕12号 --item penalty --authority CODE --about CODE \\
                --ground inaccurate --statement 金额有误 --unit CODE --operator 张三
            """)
    @OptionGroup var act: ActArguments
    var common: CommonOptions { act.common }
    @OptionGroup var address: AddressArguments
    @Option(help: "理由代码 / ground") var ground: String
    @Option(help: ArgumentHelp("有争议的字段，可多次 / field in dispute, repeatable", valueName: "CODE")) var field: [String] = []
    @Option(help: ArgumentHelp("主张的值，可多次 / what it should be, repeatable", valueName: "CODE=VALUE")) var claim: [String] = []
    @Option(help: "回执号 / receipt number") var receipt: String?
    @Option(name: .customLong("on"), help: "受理日期 / accepted on, YYYY-MM-DD") var acceptedOn: String?
    @Option(help: "申请人（非主体本人时） / who objects, if not the subject itself") var claimant = ""
    @Option(help: "陈述 / what the subject says") var statement: String

    func run() async throws {
        try await act.run(
            .object(
                ObjectionOptions(
                    ground: ground, fields: field, claimed: try claim.map { try FieldText(argument: $0) }, receipt: receipt, acceptedOn: acceptedOn, claimant: claimant,
                    statement: statement)), at: try address.options())
    }
}

struct Reply: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "答复异议：成立、不成立、无法核实\nDecide an objection with reasons",
        discussion: """
            示例 / example:
              creditnode reply RECORD --case JIYUQIAO-20261121-1A2B3C4D --outcome upheld --reason 金额确有误 \\
                --unit CODE --operator 张三 --reviewer 李四
            复核决定用 --rank 2；复议、法院文书用 3、4。
            A review is --rank 2; reconsideration and court are 3 and 4.
            """)
    @OptionGroup var act: ActArguments
    var common: CommonOptions { act.common }
    @Option(name: .customLong("case"), help: "回执号或案件编号 / receipt or id of the case") var one: String
    @Option(help: "upheld 成立, rejected 不成立, unverifiable 无法核实") var outcome: String
    @Option(help: "答复日期 / replied on, YYYY-MM-DD") var on: String?
    @OptionGroup var basis: BasisArguments
    func run() async throws { try await act.run(.reply(toCase: one, outcome: outcome, on: on, basis: basis.options)) }
}

struct Review: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "受理复核申请\nAccept a subject's request to review a reply",
        discussion: "示例 / example:\n  creditnode review RECORD --case RECEIPT --statement 不服答复 --unit CODE --operator 张三")
    @OptionGroup var act: ActArguments
    var common: CommonOptions { act.common }
    @Option(name: .customLong("case"), help: "回执号或案件编号 / receipt or id of the case") var one: String
    @Option(help: "回执号 / receipt number") var receipt: String?
    @Option(help: "申请日期 / requested on, YYYY-MM-DD") var on: String?
    @Option(help: "陈述 / what the subject says") var statement: String
    @OptionGroup var address: AddressArguments
    func run() async throws { try await act.run(.review(toCase: one, receipt: receipt, on: on, statement: statement), at: try address.options()) }
}

struct Forward: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "移送异议\nHand a case to the unit that must decide it",
        discussion: "示例 / example:\n  creditnode forward RECORD --case RECEIPT --to CODE --reason 属该单位职权 --unit CODE --operator 张三")
    @OptionGroup var act: ActArguments
    var common: CommonOptions { act.common }
    @Option(name: .customLong("case"), help: "回执号或案件编号 / receipt or id of the case") var one: String
    @Option(name: .customLong("to"), help: ArgumentHelp("接收单位 / unit that takes it over", valueName: "code")) var to: String
    @Option(help: "移送日期 / forwarded on, YYYY-MM-DD") var on: String?
    @Option(help: "理由 / reason") var reason: String
    func run() async throws { try await act.run(.forward(toCase: one, unit: to, on: on, reason: reason)) }
}

struct Repair: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "信用修复：申请、准予、不予、暂时、撤销\nA step of a repair",
        discussion: """
            示例 / example:
              creditnode repair RECORD --step applied --reason 义务已履行 --unit CODE --operator 张三
              creditnode repair RECORD --step approved --receipt R --reason 符合条件 --unit CODE --operator 张三 --reviewer 李四
            申请可在任何窗口受理；决定只由决定单位作出。provisional 须有法院裁定（--rank 4）。
            An application may be taken anywhere; only the deciding unit decides. provisional rests on a court's ruling (--rank 4).
            """)
    @OptionGroup var act: ActArguments
    var common: CommonOptions { act.common }
    @Option(help: "applied 申请, approved 准予, refused 不予, provisional 暂时, withdrawn 撤销") var step: String
    @Option(help: "回执号 / receipt of the application") var receipt: String?
    @Option(help: "日期 / day, YYYY-MM-DD") var on: String?
    @Flag(help: "以不再发生同类失信为条件 / on condition that the same kind is not repeated") var noRepeat = false
    @OptionGroup var basis: BasisArguments
    @OptionGroup var address: AddressArguments
    func run() async throws {
        try await act.run(.repair(step: step, receipt: receipt, on: on, noRepeat: noRepeat, basis: basis.options), at: try address.options())
    }
}

struct Suspend: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "暂停或停止公示\nSuspend publication, or stop it",
        discussion: "示例 / example:\n  creditnode suspend RECORD --reason 核查主体 --unit CODE --operator 张三")
    @OptionGroup var act: ActArguments
    var common: CommonOptions { act.common }
    @Flag(help: "停止而非暂停 / stop, not for a time") var stop = false
    @Flag(help: "已确认：不自行到期 / confirmed: does not end by itself") var confirmed = false
    @Option(help: "日期 / day, YYYY-MM-DD") var on: String?
    @Option(help: "理由 / reason") var reason: String
    func run() async throws { try await act.run(.publication(step: stop ? "stopped" : "suspended", on: on, confirmed: confirmed, reason: reason)) }
}

struct Resume: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "恢复公示\nLift suspensions and stops of publication",
        discussion: "示例 / example:\n  creditnode resume RECORD --reason 核查完毕 --unit CODE --operator 张三 --reviewer 李四\n\n只解除已见到的、本级及下级的标记。\nLifts marks it saw, of its own tier and below.")
    @OptionGroup var act: ActArguments
    var common: CommonOptions { act.common }
    @Option(help: "日期 / day, YYYY-MM-DD") var on: String?
    @Option(help: "理由 / reason") var reason: String
    func run() async throws { try await act.run(.publication(step: "resumed", on: on, confirmed: true, reason: reason)) }
}

struct Litigation: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "复议或诉讼标注\nMark that reconsideration or litigation is pending, or closed",
        discussion: "示例 / example:\n  creditnode litigation RECORD --number （2026）鄂01行初5号 --unit CODE --operator 张三")
    @OptionGroup var act: ActArguments
    var common: CommonOptions { act.common }
    @Option(help: "案号 / case number") var number: String
    @Flag(help: "已结案 / closed") var closed = false
    @Option(help: "说明 / note") var note = ""
    @OptionGroup var address: AddressArguments
    func run() async throws { try await act.run(.litigation(caseNumber: number, closed: closed, note: note), at: try address.options()) }
}

struct Link: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "合并重复记录，或拆分误并的记录\nSay that two records are one decision, or are not",
        discussion: "示例 / example:\n  creditnode link RECORD --with OTHER --reason 同一决定 --unit CODE --operator 张三 --reviewer 李四\n\n两说并存时，拆分优先（M37）。\nOf both sayings, “not” wins (M37).")
    @OptionGroup var act: ActArguments
    var common: CommonOptions { act.common }
    @Option(name: .customLong("with"), help: "另一记录 / the other record") var other: String
    @Flag(help: "并非同一决定 / they are not the same") var apart = false
    @Option(help: "理由 / reason") var reason: String
    func run() async throws { try await act.run(.link(other: other, same: !apart, reason: reason)) }
}

struct Fulfil: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "信用承诺的履行情况\nSay whether a commitment was kept",
        discussion: "示例 / example:\n  creditnode fulfil RECORD --reason 已整改 --unit CODE --operator 张三 --reviewer 李四\n  creditnode fulfil RECORD --broken --reason 到期未整改 …")
    @OptionGroup var act: ActArguments
    var common: CommonOptions { act.common }
    @Flag(help: "未履行 / broken") var broken = false
    @OptionGroup var basis: BasisArguments
    func run() async throws { try await act.run(.fulfil(fulfilled: !broken, basis: basis.options)) }
}
