import Node
import Registry
import Replication
import Storage

/// What units do to lists, word by word.
struct ListVerbs {
    let run: GoldenRun
    let act: Step.Act
    let node: Node
    let actor: Actor

    /// - Returns: the changes that were written; nil when the verb is none of these.
    func perform() throws -> [Dot]? {
        switch act.verb {
        // `opens list serious`
        case "opens":
            let opened = ListOpened(
                code: try object(1), title: try clause("title"), basis: try clause("basis"), authority: actor.unit, maxAge: 7 * 86_400)
            return [try node.createList(opened, actor: actor)]
        // `lists 甲公司 on serious; under 武城列〔2026〕1号`
        case "lists":
            let dot = try node.addToList(code: try object(2), try addition(object(0), try clause("under")), actor: actor)
            _ = try node.publishList(code: try object(2), actor: actor)
            return [dot]
        // `delists 甲公司 from serious; under 武城列〔2026〕1号; because …`
        case "delists":
            guard case .organisation(let code)? = Cast.subject(try object(0)) else { throw GoldenRun.Misread(text: "no subject") }
            return [try node.removeFromList(code: try object(2), subject: code, document: try clause("under"), reason: try clause("because"), actor: actor)]
        // `pushes file to serious; 甲公司=武城列〔2026〕1号; 乙公司=武城列〔2026〕2号`: a whole list, as a department's export holds it.
        case "pushes":
            let fates = try node.stage(code: try object(2), try act.fields.map { try addition($0.name, $0.value) }, actor: actor)
            var written: [Dot] = []
            for (field, fate) in zip(act.fields, fates) {
                switch fate {
                case .staged(let dot): written.append(dot)
                case .unchanged: run.refuse(act, "\(field.name) listed-already")
                case .removedBefore: run.refuse(act, "\(field.name) removed-before")
                }
            }
            if !written.isEmpty { _ = try node.publishList(code: try object(2), actor: actor) }
            return written
        default: return nil
        }
    }

    private func addition(_ subject: String, _ document: String) throws -> ListAddition {
        guard case .organisation(let code)? = Cast.subject(subject) else { throw GoldenRun.Misread(text: "no subject \(subject)") }
        return ListAddition(subject: .organisation(code), name: subject, document: document, since: run.town.day, until: nil)
    }

    private func object(_ place: Int) throws -> String {
        guard place < act.object.count else { throw GoldenRun.Misread(text: "“\(act.verb)” lacks a word") }
        return act.object[place]
    }

    private func clause(_ word: String) throws -> String {
        guard let text = act.clause(word) else { throw GoldenRun.Misread(text: "“\(act.verb)” needs “\(word) …”") }
        return text
    }
}

extension GoldenRun {
    /// Each list a node holds, with who stands on it and who was removed.
    func lists(at node: Node) throws -> [String] {
        try node.store.read { tx in
            try tx.lists().flatMap { row -> [String] in
                var lines: [String] = []
                try tx.eachEntry(of: row.id) { entry in
                    guard entry.published || !entry.removed else { return }
                    let name = Cast.subjects.first { $0.value == entry.subject }?.key ?? entry.subject
                    lines.append("  \(name) \(entry.document) since \(entry.since)\(entry.published ? "" : ", draft")\(entry.removed ? ", removed" : "")")
                }
                return ["list \(row.opened.code) \(row.opened.title)"] + lines.sorted()
            }
        }
    }
}
