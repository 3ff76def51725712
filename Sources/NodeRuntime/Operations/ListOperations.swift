import Node
import Registry
import Replication
import Storage

extension ActorOptions {
    var actor: Actor { Actor(unit: unit, operator: `operator`, reviewer: reviewer) }
}

extension NodeService {
    func listCreate(_ command: ListCreateCommand) throws -> ListSummary {
        let authority = try creditCode(command.authority ?? command.actor.unit, "--authority")
        guard let kind = ListKind(name: command.kind ?? "other") else {
            throw ControlFault("list-kind", zh: "--kind：没有此类名单", en: "--kind: no such kind of list", hint: ListKind.allCases.map(\.name).joined(separator: ", "), exit: .badInput)
        }
        _ = try node.createList(
            ListOpened(code: command.code, title: command.title, basis: command.basis, authority: authority.text, maxAge: UInt32(clamping: command.maxAgeHours * 3600),
                kind: kind, noticeRequired: command.noticeRequired ?? false),
            actor: command.actor.actor)
        return try summary(command.code)
    }

    func listAdd(_ command: ListAddCommand) throws -> ListSummary {
        let since = try command.since.map { try date($0, "--since") } ?? node.environment.today
        let until = try command.until.map { try date($0, "--until") }
        if let until, until < since {
            throw ControlFault("list-period", zh: "截止日期早于开始日期", en: "the entry would end before it begins", hint: "--since, --until", exit: .badInput)
        }
        let addition = ListAddition(
            subject: try subject(command.subject, person: command.person, "--subject"), name: Normalisation.line(command.subjectName),
            document: command.document, since: since, until: until, notice: try command.notice.flatMap { try notice($0) })
        _ = try node.addToList(code: command.list, addition, actor: command.actor.actor)
        return try summary(command.list)
    }

    func listRemove(_ command: ListRemoveCommand) throws -> ListSummary {
        _ = try node.removeFromList(
            code: command.list, try subject(command.subject, person: command.person, "--subject"), document: command.document,
            reason: Normalisation.line(command.reason), actor: command.actor.actor)
        return try summary(command.list)
    }

    func listPublish(_ command: ListPublishCommand) throws -> ListSummary {
        _ = try node.publishList(code: command.list, actor: command.actor.actor)
        try tellStatements()
        return try summary(command.list)
    }

    func listRenewKeys(_ command: ListRenewKeysCommand) throws -> ListRenewKeysCommand.Response {
        // Even if publishing fails half-way the key is made: children need it.
        defer { board.tell(.listKeys) }
        let renewed = try node.renewListKeys(reason: Normalisation.line(command.reason), actor: command.actor.actor)
        try tellStatements()
        return ListRenewKeysCommand.Response(epoch: renewed.epoch, lists: renewed.lists)
    }

    private func tellStatements() throws {
        for row in try node.store.read({ try $0.statements() }) where row.issuer == node.path {
            board.tell(.statement(row.signed, row.audience, issuer: row.issuer))
        }
    }

    func listSummaries() throws -> [ListSummary] {
        let now = node.environment.now()
        return try node.listStates().map { state in
            let freshness: String
            if state.edition == nil {
                freshness = "unpublished"
            } else if !state.isConfirmed {
                freshness = "differs"
            } else if let statement = state.statement, statement.validUntil >= now {
                freshness = "fresh"
            } else {
                freshness = "stale"
            }
            return ListSummary(
                code: state.row.opened.code, id: state.row.id.description, title: state.row.opened.title, basis: state.row.opened.basis,
                authority: state.row.opened.authority, issuer: state.row.id.replica.path.description, edition: state.edition?.number,
                entries: state.standing, staged: state.staged, removed: state.removed, pending: state.pending, kind: state.row.opened.kind.name, issuedAt: state.statement.map { Instant.text($0.issuedAt) },
                validUntil: state.statement.map { Instant.text($0.validUntil) }, freshness: freshness)
        }
    }

    private func summary(_ code: String) throws -> ListSummary {
        guard let summary = try listSummaries().first(where: { $0.code == code && $0.issuer == node.path.description }) else {
            throw ControlFault("no-such-list", zh: "没有名单 \(code)", en: "there is no list \(code)", hint: "creditnode list show", exit: .notFound)
        }
        return summary
    }

    /// An organisation by its code, or a person by kind and number of the identity document.
    func subject(_ text: String, person: String?, _ option: String) throws(ControlFault) -> Subject {
        guard let person else { return .organisation(try creditCode(text, option)) }
        guard let document = IdentityDocument(name: person) else {
            throw ControlFault(
                "person-document", zh: "--person：未知的证件类型", en: "--person: no such kind of identity document",
                hint: IdentityDocument.allCases.map(\.name).joined(separator: ", "), exit: .badInput)
        }
        let number: String?
        switch document {
        case .citizenID: number = try? CitizenNumber.parse(text, today: node.environment.today).get().clearText
        case .passport, .hkMacaoPermit, .taiwanPermit, .foreignPermanentResident: number = IdentityDocument.otherNumber(text)
        }
        // The message never repeats what was typed.
        guard let number else {
            throw ControlFault("person-number", zh: "\(option)：证件号码有误", en: "\(option): the number of the identity document is not valid", hint: "对照证件核对 / compare with the document", exit: .badInput)
        }
        return .person(document, number: number)
    }

    func creditCode(_ text: String, _ option: String) throws(ControlFault) -> CreditCode {
        switch CreditCode.parse(text) {
        case .valid(let code, _): return code
        case .placeholder:
            throw ControlFault("placeholder", zh: "\(option)：占位代码不是主体代码", en: "\(option): the placeholder is no code of a subject", hint: "", exit: .badInput)
        case .invalid(let reason):
            throw ControlFault(
                "credit-code", zh: "\(option)：不是有效的统一社会信用代码", en: "\(option): not a valid unified social credit code (\(reason))", hint: "18位，不使用 I O S V Z / 18 characters without I O S V Z",
                exit: .badInput)
        }
    }

    func date(_ text: String, _ option: String) throws(ControlFault) -> CivilDate {
        guard let date = CivilDate.parse(text) else {
            throw ControlFault("date", zh: "\(option)：日期有误", en: "\(option): not a date", hint: "2026-11-21", exit: .badInput)
        }
        return date
    }
}
