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
        run.lookups[try node.lookup(code, purpose: purpose, actor: actor).receipt] = act.label
        return true
    }
}

extension GoldenRun {
    func notices(at node: Node, _ text: WorldText) throws -> [String] {
        try node.lookupNotices(limit: 100).map { notice in
            let line = notice.row.line
            return "to be told until \(notice.due)\(notice.isOverdue ? ", overdue" : ""): \(Cast.unit(code: line.unit)), who asked \(lookups[line.receipt] ?? line.receipt) for \(line.purpose), of \(text.label(notice.row.change)) \(notice.row.kind)"
        }.sorted()
    }
}
