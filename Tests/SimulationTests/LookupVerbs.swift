import Node
import Registry
import Replication
import Storage

/// Look-ups, and who must be told when relief comes after the answer.
struct LookupVerbs {
    let run: GoldenRun
    let act: Step.Act
    let node: Node
    let actor: Actor

    /// `looks up 甲公司; for 政府采购资格审查`
    /// - Returns: whether the verb is this.
    func perform() throws -> Bool {
        guard act.verb == "looks" else { return false }
        guard act.object.count == 2, case .organisation(let code)? = Cast.subject(act.object[1]), let purpose = act.clause("for") else {
            throw GoldenRun.Misread(text: "“looks up SUBJECT; for PURPOSE”")
        }
        try run.town.renewStatements()
        let answer = try node.lookup(code, purpose: purpose, actor: actor)
        run.lookups[answer.receipt] = act.label
        run.answers.append("\(act.label) was answered at \(act.node) of \(act.object[1]): \(run.told(answer))")
        return true
    }
}

extension LookupListAnswer {
    fileprivate var told: String? {
        guard let list else { return nil }
        let documents = hits.map { " " + $0.document }.joined(), because = reason.map { " (\($0.rawValue))" } ?? ""
        return "\(list.opened.code) \(verdict.rawValue)\(documents)\(because)"
    }
}

extension GoldenRun {
    /// An answer in words: lists, effective records by item, marked decisions, other codes of the organisation.
    func told(_ answer: LookupResult) -> String {
        let aliases = answer.aliases.map { code in Cast.subjects.first { $0.value == code }?.key ?? code }
        let parts =
            answer.lists.compactMap(\.told) + answer.records.map { "\($0.item) \($0.count)" }
            + answer.marked.map { "\($0.record.map(text.label) ?? "a decision under check") \($0.marks.joined(separator: " "))" }
            + (aliases.isEmpty ? [] : ["also \(aliases.joined(separator: " "))"])
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }

    func notices(at node: Node, _ text: WorldText) throws -> [String] {
        try node.lookupNotices(limit: 100).map { notice in
            let line = notice.row.line
            return "to be told until \(notice.due)\(notice.isOverdue ? ", overdue" : ""): \(Cast.unit(code: line.unit)), who asked \(lookups[line.receipt] ?? line.receipt) for \(line.purpose), of \(text.label(notice.row.change)) \(notice.row.kind)"
        }.sorted()
    }
}
