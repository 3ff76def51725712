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
        // `opens list serious; title …; basis …; kind serious`
        case "opens":
            guard let kind = ListKind.allCases.first(where: { $0.name == act.clause("kind") ?? "other" }) else { throw GoldenRun.Misread(text: "no such kind") }
            let opened = ListOpened(
                code: try object(1), title: try clause("title"), basis: try clause("basis"), authority: actor.unit, maxAge: 7 * 86_400, kind: kind)
            return [try node.createList(opened, actor: actor)]
        // `lists 甲公司 on serious; under 武城列〔2026〕1号; until 2026-07-31; notice 告〔2026〕1号`
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
        // `proposes removal of 甲公司 from tax; under …; because …`, `proposes objection …`
        case "proposes":
            guard let intent = ["addition": ListIntent.add, "removal": .remove, "objection": .objection][try object(0)] else { throw GoldenRun.Misread(text: "propose what?") }
            guard case .organisation(let code)? = Cast.subject(try object(2)) else { throw GoldenRun.Misread(text: "no subject") }
            let wish = ListWish(
                code: try object(4), intent: intent, subject: .organisation(code), name: try object(2), document: try clause("under"), since: run.town.day,
                reason: try clause("because"))
            return [try node.proposeToList(wish, actor: actor)]
        // `adopts B1; because …; notice 告〔2026〕1号`
        case "adopts": return [try node.adoptListProposal(try run.dot(try object(0)), notice: notice, reason: try clause("because"), actor: actor)]
        // `declines B1; because …`
        case "declines":
            try node.declineListProposal(try run.dot(try object(0)), reason: try clause("because"), actor: actor)
            return []
        default: return nil
        }
    }

    private func addition(_ subject: String, _ document: String) throws -> ListAddition {
        guard case .organisation(let code)? = Cast.subject(subject) else { throw GoldenRun.Misread(text: "no subject \(subject)") }
        return ListAddition(subject: .organisation(code), name: subject, document: document, since: run.town.day, until: act.clause("until").flatMap { CivilDate($0) }, notice: notice)
    }

    /// Of the grounds, served today.
    private var notice: ListNotice? { act.clause("notice").map { ListNotice(document: $0, servedOn: run.town.day) } }

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
    /// An edit of a mirrored list becomes an objection to whoever mirrors it (M28); it goes by the act's label.
    func noteWhatRefusalLeft(_ act: Step.Act) throws {
        guard act.clause("refused") == "mirror-read-only", let node = town[act.node] else { return }
        let known = Set(labels.map(\.dot))
        note(act.label, try node.store.read { try $0.listProposals() }.map(\.id).filter { $0.replica == node.replica && !known.contains($0) })
        town.stir()
    }

    /// Proposals of a node to itself go over no line: nobody could tell it of them again.
    func withoutOwn(_ lines: [String], at node: Node) throws -> [String] {
        let own = try labels.filter { try town.isOwn($0.dot, at: node) }.map(\.label)
        return lines.filter { line in !own.contains { line.hasPrefix("proposal \($0) ") } }
    }

    /// What was proposed to lists held here, and what became of it.
    func proposals(at node: Node, _ text: WorldText) throws -> [String] {
        try node.store.read { tx in
            try tx.listProposals().map { row in
                let list = try tx.list(row.list)?.opened.code ?? "?", subject = Cast.subjects.first { $0.value == row.subject }?.key ?? row.subject
                let outcome = row.outcome.map { "\($0)" + (row.result.map { " by " + text.label($0) } ?? "") + (row.reply.map { ", " + $0 } ?? "") } ?? "open"
                return "proposal \(text.label(row.id)) to \(list): \(row.intent.name) of \(subject) \(row.document), by \(Cast.unit(code: row.unit)), \(row.reason): \(outcome)"
            }.sorted()
        }
    }

    /// Each list a node holds, with who stands on it and who was removed.
    func lists(at node: Node) throws -> [String] {
        try node.store.read { tx in
            try tx.lists().flatMap { row -> [String] in
                var lines: [String] = []
                try tx.eachEntry(of: row.id) { entry in
                    guard entry.published || !entry.removed else { return }
                    let name = Cast.subjects.first { $0.value == entry.subject }?.key ?? entry.subject
                    let until = entry.until.map { " until \($0)" } ?? "", waits = !entry.removed && entry.isPending(in: row.opened) ? ", waits for its notice" : ""
                    lines.append("  \(name) \(entry.document) since \(entry.since)\(until)\(entry.published ? "" : ", draft")\(entry.removed ? ", removed" : "")\(waits)")
                }
                return ["list \(row.opened.code) \(row.opened.title)"] + lines.sorted()
            }
        }
    }
}
