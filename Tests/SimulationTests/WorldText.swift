import Node
import Registry
import Replication
import Storage

/// Tells what a node sees in the words of the minutes. Changes go by their labels, in the order of the minutes; fields by the
/// word the minutes use.
struct WorldText {
    /// Labels in the order of the minutes, with the change each stands for.
    let labels: [(label: String, dot: Dot)]
    /// The word for a field of an item, where the minutes have one.
    let words: [UInt32: String]
    /// Corrections among the labels: those that count nowhere are told as overruled.
    let corrections: Set<Dot>

    /// One of several entries of a decision.
    struct Entry {
        let record: Dot
        let unit: String
        let on: CivilDate
        let due: CivilDate?
    }

    /// What is told of one record.
    func record(_ view: RecordView, item: CatalogueItem?, entries: [Entry] = []) -> [String] {
        let aliases = view.aliases.isEmpty ? "" : " with \(list(view.aliases))"
        let document = item?.roles.documentNumber.flatMap { number in view.fields.first { $0.number == number }?.value.minutesText }
        let name = [item?.titleZh ?? "item \(view.item)", document].compactMap { $0 }.joined(separator: " ")
        var out = ["\(label(view.id))\(aliases) \(name), \(Cast.subject(view.subject)), home \(view.home.name)", "  label \(view.shown.label.zh) \(view.shown.label.rawValue)"]
        let content = view.corrections.isEmpty ? "as entered" : "corrected by \(list(view.corrections))"
        let because = view.shown.reasons.isEmpty ? "" : " (\(view.shown.reasons.map(\.rawValue).joined(separator: ", ")))"
        out.append(
            "  validity \(view.validity), content \(content), dispute \(view.dispute.rawValue), repair \(view.repair.rawValue), publication \(view.shown.publication.rawValue)\(because)")
        if let until = view.shown.publicUntil { out.append("  period ends \(until)") }
        for (number, word) in words.sorted(by: { $0.key < $1.key }) {
            out.append("  \(word) \(view.fields.first { $0.number == number }?.value.minutesText ?? "empty")")
        }
        for one in entries.sorted(by: { order($0.record) < order($1.record) }) {
            out.append("  \(label(one.record)) was entered by \(Cast.unit(code: one.unit)) at \(one.record.replica.path.name) on \(one.on)\(one.due.map { ", due \($0)" } ?? "")")
        }
        for conflict in view.conflicts {
            out.append("  conflict \(part(conflict.part)), last agreed \(conflict.lastAgreed.map(value) ?? "nothing")")
            for say in conflict.says.sorted(by: { order($0.change) < order($1.change) }) { out.append("    \(self.say(say))") }
        }
        for proposal in view.proposals.sorted(by: { (order($0.say.change), $0.part) < (order($1.say.change), $1.part) }) {
            out.append("  proposal \(part(proposal.part)) \(say(proposal.say)), \(proposal.reason.rawValue)")
        }
        let heard = Set(view.corrections + view.conflicts.flatMap { $0.says.map(\.change) } + view.proposals.map(\.say.change))
        let overruled = view.changes.filter { corrections.contains($0) && !heard.contains($0) }
        if !overruled.isEmpty { out.append("  overruled \(list(overruled))") }
        for one in view.revocations.sorted(by: { ($0.rank, $0.document) < ($1.rank, $1.document) }) {
            out.append("  revoked by R\(one.rank.rawValue) \(one.document), \(one.reason)\(one.effectiveOn.map { ", with effect from \($0)" } ?? "")")
        }
        if let day = view.withdrawnOn { out.append("  withdrawn with effect from \(day)") }
        if let kin = view.kin { out.append("  also recorded at \(kin.home.name), which a node above tells") }
        if !view.blocked.isEmpty { out.append("  blocked \(list(view.blocked))") }
        for one in view.cases.sorted(by: { order($0) < order($1) }) { out += self.case(one, view) }
        for number in view.litigation { out.append("  litigation \(number)") }
        if view.fulfilment != .none { out.append("  commitment \(view.fulfilment.rawValue)") }
        out += view.tickets.map(ticket).sorted()
        if view.shown.isQueryableWhileListed { out.append("  authorised users may still query it: the subject is on a serious list") }
        return out
    }

    private func `case`(_ one: CaseView, _ view: RecordView) -> [String] {
        let fields = one.fields.isEmpty ? "" : ", \(one.fields.map { words[$0] ?? "field \($0)" }.joined(separator: " "))"
        let claimant = one.claimant.isEmpty ? "" : ", by \(one.claimant)"
        var owed = "replied"
        if one.replyOwed, let deadline = view.shown.replies.first(where: { $0.id == one.id }) {
            owed = "reply owed until \(deadline.due?.description ?? "unknown")\(deadline.isOverdue ? ", overdue" : "")"
        }
        var out = ["  case \(list(one.receipts.map(\.change))): \(one.ground.name)\(fields)\(claimant), \(one.status.rawValue), \(owed)"]
        for receipt in one.receipts.sorted(by: { order($0.change) < order($1.change) }) {
            out.append("    receipt \(receipt.number) at \(receipt.at.name) on \(receipt.acceptedOn)")
        }
        for reply in one.replies.sorted(by: { order($0.change) < order($1.change) }) {
            out.append("    \(label(reply.change)) \(reply.outcome.name) by \(Cast.unit(code: reply.unit)) R\(reply.rank.rawValue), \(reply.weight.rawValue)")
        }
        if !one.touched.isEmpty { out.append("    the field was changed by \(list(one.touched))") }
        if !one.contradiction.isEmpty { out.append("    \(list(one.contradiction)) contradict each other") }
        return out
    }

    private func ticket(_ ticket: Ticket) -> String {
        var out = "  ticket \(ticket.rule) for \(ticket.reviewer.rawValue)"
        if let term = ticket.term { out += ", \(term.words.en)" }
        out += ", about \(list(ticket.changes))"
        if !ticket.detail.isEmpty { out += " (\(UInt32(ticket.detail).map { $0 == 0 ? "subject" : words[$0] ?? "field \($0)" } ?? ticket.detail))" }
        return out + (ticket.suspends ? ", publication waits" : "")
    }

    // MARK: - Words

    func label(_ dot: Dot) -> String { labels.first { $0.dot == dot }?.label ?? dot.replica.path.name + ":\(dot.counter)" }

    private func order(_ dot: Dot) -> Int { labels.firstIndex { $0.dot == dot } ?? labels.count }
    private func order(_ one: CaseView) -> Int { one.receipts.map { order($0.change) }.min() ?? 0 }

    func list(_ dots: [Dot]) -> String { dots.sorted { (order($0), $0) < (order($1), $1) }.map(label).joined(separator: " ") }

    private func part(_ part: ContentPart) -> String {
        switch part {
        case .subject: "subject"
        case .field(let number): words[number] ?? "field \(number)"
        }
    }

    private func value(_ value: ContentValue) -> String {
        switch value {
        case .subject(let text): Cast.subjects.first { $0.value == text }?.key ?? text
        case .field(let value): value.minutesText
        case .empty: "empty"
        }
    }

    private func say(_ say: ContentSay) -> String {
        "\(label(say.change)) says \(value(say.value)), \(Cast.unit(code: say.unit)) R\(say.rank.rawValue)\(say.document.isEmpty ? "" : " \(say.document)")"
    }
}

extension RecordLabel {
    var zh: String {
        switch self {
        case .purged: "已清除"
        case .revoked: "撤销"
        case .merged: "并入"
        case .expired: "已过期"
        case .repaired: "已修复"
        case .disputed: "异议中"
        case .corrected: "已更正"
        case .effective: "有效"
        case .submitted: "待审"
        case .draft: "草稿"
        }
    }
}

extension FieldValue {
    /// As the minutes write it: days like the days of the acts.
    var minutesText: String {
        switch self {
        case .date(let date): date.description
        case .text, .amount: tableText
        }
    }
}
