import Node
import Registry
import Replication
import Storage

extension NodeService {
    func lookup(_ command: LookupCommand) throws -> LookupCommand.Response {
        let subject = try subject(command.subject, person: command.person, "CODE")
        let result = try node.lookup(
            subject, purpose: command.purpose, caseNumber: command.caseNumber ?? "", actor: Actor(unit: command.unit, operator: command.operator))
        Measures.lookedUp(result)
        return result.response(node: nodeName, lastContact: lastContact(result))
    }

    /// An answer on its way out: counted, and written as JSON.
    func write(_ result: LookupResult, to json: inout LookupJSON) {
        Measures.lookedUp(result)
        json.answer(result, node: nodeName, lastContact: lastContact(result))
    }

    /// Milliseconds since 1970; nil at the root and before the first contact.
    private func lastContact(_ result: LookupResult) -> UInt64? {
        guard let parent else { return nil }
        return [board.state(of: parent)?.lastContact, result.lastReceipt].compactMap { $0 }.max()
    }

    /// Milliseconds since 1970; nil at the root and before the first contact.
    func lastParentContact() throws -> UInt64? {
        guard let parent else { return nil }
        let durable = try node.store.read { try $0.durability() }.map(\.time).max()
        return [board.state(of: parent)?.lastContact, durable].compactMap { $0 }.max()
    }

    /// Item codes by number, of the newest catalogue held.
    func itemCodes() -> [UInt32: String] {
        guard let catalogue = try? node.currentCatalogue().catalogue else { return [:] }
        return Dictionary(catalogue.items.map { ($0.number, $0.code) }, uniquingKeysWith: { first, _ in first })
    }
}

extension MarkedRecord {
    var line: LookupCommand.MarkedRecord {
        LookupCommand.MarkedRecord(
            record: record?.description, item: item, document: document, label: label.rawValue, marks: marks, authority: authority, authorityName: authorityName)
    }
}

extension LookupResult {
    /// The answer as commands and programs get it; ``LookupJSON`` writes the same.
    func response(node: String, lastContact: UInt64?) -> LookupCommand.Response {
        LookupCommand.Response(
            subject: subject.description, aliases: aliases.isEmpty ? nil : aliases, confirm: confirm, microseconds: Int(took / .microseconds(1)), receipt: receipt, answeredAt: Instant.text(answeredAt), node: node,
            lists: lists.map(answer), recordsHeld: LookupJSON.held(self), records: marked.map(\.line), recordsCut: isCut ? true : nil,
            notices: notices > 0 ? notices : nil, lastContact: lastContact.map { Instant.text($0) })
    }

    private func answer(_ answer: LookupListAnswer) -> LookupCommand.ListAnswer {
        let verdict: LookupCommand.Answer
        switch answer.verdict {
        case .onTheList: verdict = .onTheList
        case .notOnTheList: verdict = .notOnTheList
        case .notCovered: verdict = .notCovered
        case .tooStaleToSay: verdict = .tooStaleToSay
        }
        return LookupCommand.ListAnswer(
            list: answer.list?.opened.code ?? "", title: answer.list?.opened.title ?? "", answer: verdict,
            hits: answer.hits.map { hit in
                LookupCommand.Hit(
                    entry: hit.id.description, name: hit.name, document: hit.document, authority: hit.authority, since: hit.since.description,
                    until: hit.until?.description, marks: answer.marks[hit.id] ?? [])
            },
            edition: answer.edition?.number, asOf: answer.asOf.map { Instant.text($0) }, validUntil: answer.validUntil.map { Instant.text($0) },
            competentAuthority: answer.list?.opened.authority ?? "", basis: answer.list?.opened.basis ?? "", reason: answer.reason?.rawValue)
    }
}
