import NodeRuntime
import Samples
import Stage

/// Two decisions in dispute while a line is cut: one corrected at two tiers at once, one objected to at a window that does not hold it.
struct DemoDisputes: Sendable {
    /// Of the street without a line: corrected there by the deciding unit and at the city by an instrument of the superior.
    let twice: String
    /// What must stand everywhere once both have met.
    let outranking: String
    /// Of the street with the old files: objected to at another district's window, upheld and corrected.
    let objected: String
    let claimed: String
    /// Given to the subject at the window.
    let receipt: String

    /// The legal representative; every name is invented.
    static let field = "XK_FRDB"
    static let lower = "测试某乙", superior = "测试某丙", rightful = "测试某丁"
}

extension DemoStory {
    /// The first permit of a street, as its node shows it.
    private func permit(of street: DemoStreet) async throws -> ShowCommand.Response {
        let page = try await street.node.run(["records", "--at", street.node.path, "--item", "permit", "--limit", "1"], as: RecordsCommand.Response.self)
        guard let record = page.records.first else { throw DemoSurprise(what: "no permit at \(street.node.path)") }
        return try await street.node.ask(ShowCommand(record: record.record))
    }

    private func value(_ code: String, _ shown: ShowCommand.Response) throws -> String {
        guard let field = shown.fields.first(where: { $0.code == code }) else { throw DemoSurprise(what: "\(shown.record) shows no \(code)") }
        return field.value
    }

    func dispute(_ town: DemoTown) async throws -> DemoDisputes {
        let twice = try await correctTwice(town)
        let (objected, receipt) = try await objectElsewhere(town)
        return DemoDisputes(twice: twice, outranking: DemoDisputes.superior, objected: objected, claimed: DemoDisputes.rightful, receipt: receipt)
    }

    /// - Returns: the record.
    private func correctTwice(_ town: DemoTown) async throws -> String {
        let street = town.away, shown = try await permit(of: street), office = DemoTown.office
        let decider = ["--unit", try value("XK_XKJGDM", shown), "--operator", "经办甲", "--reviewer", "审核乙"]
        try await street.node.perform(["correct", shown.record, "--set", "\(DemoDisputes.field)=\(DemoDisputes.lower)", "--reason", "笔误（演示）"] + decider)
        try await town.city.perform([
            "correct", shown.record, "--set", "\(DemoDisputes.field)=\(DemoDisputes.superior)", "--rank", "2", "--document", "演示复核〔2026〕1号", "--reason", "复核决定（演示）",
            "--unit", office.unit, "--operator", office.operator, "--reviewer", office.reviewer ?? "",
        ])
        let here = try value(DemoDisputes.field, try await street.node.ask(ShowCommand(record: shown.record)))
        let there = try value(DemoDisputes.field, try await town.city.ask(ShowCommand(record: shown.record)))
        guard here == DemoDisputes.lower, there == DemoDisputes.superior else { throw DemoSurprise(what: "\(shown.record): \(here) at the street, \(there) at the city") }
        screen.say(
            "同一许可，积玉桥离线按原决定单位更正为“\(here)”，市级同时按上级复核文书更正为“\(there)”；互不知情，各有各的值。",
            "One permit, corrected offline at jiyuqiao by the deciding unit and at the city by a superior's instrument: two values, neither knows of the other.")
        return shown.record
    }

    /// - Returns: the record and the receipt of the objection.
    private func objectElsewhere(_ town: DemoTown) async throws -> (record: String, receipt: String) {
        let window = town.other, home = town.legacy, shown = try await permit(of: home), authority = try value("XK_XKJGDM", shown)
        let taken = try await window.node.run(
            [
                "object", try value("XK_WSH", shown), "--item", "permit", "--item-number", try value("XK_XKBH", shown), "--authority", authority, "--about", shown.subject,
                "--ground", "inaccurate", "--claim", "\(DemoDisputes.field)=\(DemoDisputes.rightful)", "--statement", "法定代表人有误（演示）", "--unit", window.unit.code, "--operator", "经办甲",
            ], as: ActCommand.Response.self)
        guard taken.effect == "filed", let receipt = taken.receipt else { throw DemoSurprise(what: "the objection was not filed: \(taken.effect)") }
        let disputed: ShowCommand.Response = try await wait(for: "异议到达珞南 / the objection is at luonan", within: .seconds(30)) {
            let shown = try await home.node.ask(ShowCommand(record: shown.record))
            return (shown, shown.label)
        } until: { $0.view?.dispute == "open" }
        screen.say(
            "主体到另一个区的中华路窗口，对珞南的许可提出异议（回执 \(receipt)）；中华路没有这条记录，由市级转到珞南：\(disputed.record) 标为异议中。",
            "At zhonghualu, in the other district, a subject objects to a permit of luonan. Zhonghualu holds no such record; the city passes it on and luonan shows it as disputed.")
        let decider = ["--unit", authority, "--operator", "经办甲", "--reviewer", "审核乙"]
        try await home.node.perform(
            ["correct", shown.record, "--set", "\(DemoDisputes.field)=\(DemoDisputes.rightful)", "--settles", receipt, "--reason", "经核对有误（演示）"] + decider)
        try await home.node.perform(
            ["reply", shown.record, "--case", receipt, "--outcome", "upheld", "--document", "演示答复〔2026〕1号", "--reason", "经核对有误（演示）"] + decider)
        _ = try await wait(for: "答复回到中华路 / the reply is at zhonghualu", within: .seconds(30)) {
            let filing = try await window.node.ask(FilingsCommand(.show(receipt))).filings.first
            return (filing?.state ?? "", filing?.state ?? "none")
        } until: { $0 == "upheld" }
        screen.say("珞南更正并答复“成立”；答复原路回到中华路窗口，主体凭回执可查。", "Luonan corrects it and upholds the objection; the reply comes back to the window at zhonghualu, by the receipt.")
        return (shown.record, receipt)
    }

    /// After the line's return: the same verdict everywhere, and the users of the old answers are known.
    func settle(_ disputes: DemoDisputes, _ town: DemoTown) async throws {
        let street = town.away
        let shown: ShowCommand.Response = try await wait(for: "更正到达积玉桥 / the correction is at jiyuqiao", within: .seconds(30)) {
            let shown = try await street.node.ask(ShowCommand(record: disputes.twice))
            return (shown, shown.fields.first { $0.code == DemoDisputes.field }?.value ?? "")
        } until: { $0.fields.contains { $0.code == DemoDisputes.field && $0.value == disputes.outranking } }
        guard let proposal = shown.view?.proposals.first(where: { $0.say.value == DemoDisputes.lower }) else {
            throw DemoSurprise(what: "\(disputes.twice) at jiyuqiao does not show the street's own correction as a proposal")
        }
        screen.say(
            "两处更正相遇：上级文书层级高，“\(disputes.outranking)”在三级生效；积玉桥的“\(proposal.say.value)”不丢弃，留作建议（\(proposal.reason)）。",
            "The two corrections meet: the superior's instrument ranks higher and stands at all tiers; the street's value is kept as a proposal (\(proposal.reason)).")
        let notices = try await street.node.ask(NotifyCommand(action: .list)).notices
        guard let notice = notices.first(where: { $0.what == "removed" }) else { throw DemoSurprise(what: "no user is to be told at jiyuqiao") }
        screen.say(
            "断线时按旧名单答复过的查询已按回执找出：\(notice.receipt)，须在 \(notice.due) 前告知查询单位（M45）。",
            "The look-up answered from the old list is found by its receipt; its user must be told by \(notice.due) (rule M45).")
    }
}
