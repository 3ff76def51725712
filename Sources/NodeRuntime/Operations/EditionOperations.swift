import Node
import Registry
import Replication
import Storage

extension NodeService {
    private static let maximumText = 8 << 20

    func editions(_ command: EditionsCommand) throws -> EditionsCommand.Response {
        let kind = try command.kind.map { try editionKind($0) }
        let rows = try node.store.read { try $0.editions() }.filter { kind == nil || $0.kind == kind }
        return EditionsCommand.Response(
            editions: try rows.map { row in
                let object = try node.issued(row.digest)
                var unverified: [String] = []
                if case .profile(let profile)? = object { unverified = profile.unverified }
                return EditionsCommand.Edition(
                    kind: row.kind.rawValue, code: row.code, number: row.number, title: object?.title ?? "", digest: row.digest.description,
                    issuer: row.change.replica.path.description, issuedAt: Instant.text(row.capturedAt),
                    inForce: try node.newest(row.kind, code: row.code)?.row.digest == row.digest, unverified: unverified)
            })
    }

    func editionText(_ command: EditionTextCommand) throws -> EditionTextCommand.Response {
        let kind = try editionKind(command.kind)
        let code = kind == .calendar && command.code.isEmpty ? WorkCalendar.standard.code : command.code
        guard let newest = try node.newest(kind, code: code) else {
            throw ControlFault(
                "no-such-edition", zh: "本节点没有\(kind.words.zh) \(command.code)", en: "no \(kind.words.en) \(command.code) is held here", hint: "creditnode editions",
                exit: .notFound)
        }
        return EditionTextCommand.Response(number: newest.row.number, text: IssuedFile.write(newest.object))
    }

    func publishEdition(_ command: EditionPublishCommand) throws -> EditionPublishCommand.Response {
        let kind = try editionKind(command.kind)
        let newest = kind == .calendar ? try node.newest(kind, code: WorkCalendar.standard.code)?.object : nil
        let object = try IssuedFile.read(kind, file: command.fileName, text: try bounded(command.text, command.fileName), newest: newest)
        _ = try node.publish(object, actor: command.actor.actor)
        return EditionPublishCommand.Response(kind: object.kind.rawValue, code: object.code, number: object.number, title: object.title)
    }

    func proposeItem(_ command: ProposeItemCommand) throws -> ProposalLine {
        guard case .catalogue(let catalogue) = try IssuedFile.read(.catalogue, file: command.fileName, text: try bounded(command.text, command.fileName), newest: nil),
            let item = catalogue.items.first, catalogue.items.count == 1
        else {
            throw ControlFault(
                "one-item", zh: "建议文件须恰好含一个事项", en: "a proposal's file holds exactly one item", hint: "creditnode export-edition catalogue → 只留一项 / leave one", exit: .badInput)
        }
        return try line(try node.propose(item, reason: Normalisation.line(command.reason), actor: command.actor.actor))
    }

    func proposals() throws -> ProposalsCommand.Response {
        ProposalsCommand.Response(proposals: try node.store.read { try $0.proposals() }.map(line))
    }

    func answerProposal(_ command: AnswerProposalCommand) throws -> ProposalLine {
        guard let id = Dot(command.proposal) else {
            throw ControlFault("proposal-id", zh: "建议编号有误", en: "not a proposal id: \(command.proposal.prefix(80))", hint: "creditnode propose show", exit: .badInput)
        }
        let reason = Normalisation.line(command.reason)
        if command.adopt {
            _ = try node.adopt(id, reason: reason, actor: command.actor.actor)
        } else {
            try node.decline(id, reason: reason, actor: command.actor.actor)
        }
        return try line(id)
    }

    private func line(_ id: Dot) throws -> ProposalLine {
        guard let row = try node.store.read({ try $0.proposal(id) }) else {
            throw ControlFault("no-such-proposal", zh: "没有目录建议 \(id)", en: "there is no proposal \(id)", hint: "creditnode propose show", exit: .notFound)
        }
        return line(row)
    }

    private func line(_ row: ProposalRow) -> ProposalLine {
        ProposalLine(
            proposal: row.id.description, from: row.id.replica.path.description, item: row.item, title: row.title, reason: row.reason,
            outcome: row.outcome?.name ?? "open", reply: row.reply)
    }

    private func editionKind(_ text: String) throws(ControlFault) -> EditionKind {
        guard let kind = EditionKind(rawValue: text) else {
            throw ControlFault("edition-kind", zh: "没有此类对象：\(text.prefix(40))", en: "no such kind of object: \(text.prefix(40))", hint: EditionKind.allCases.map(\.rawValue).joined(separator: ", "), exit: .badInput)
        }
        return kind
    }

    private func bounded(_ text: String, _ file: String) throws(ControlFault) -> String {
        guard text.utf8.count <= Self.maximumText else {
            throw ControlFault("file-size", zh: "\(file) 超过 8 MiB", en: "\(file) is larger than 8 MiB", hint: "", exit: .badInput)
        }
        return text
    }
}
