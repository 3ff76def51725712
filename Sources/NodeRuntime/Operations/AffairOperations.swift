import Node
import Registry
import Replication
import Storage

extension NodeService {
    static let affairCommands: [any ControlCommand.Type] = [
        ListProposeCommand.self, ListProposalsCommand.self, ListDecideCommand.self, AliasCommand.self, AliasesCommand.self, MeasureOpenCommand.self,
        MeasureCloseCommand.self, MeasuresCommand.self, CommitmentsCommand.self, NarrowCommand.self,
    ]

    /// - Returns: nil for a command of another kind.
    func performAffair<C: ControlCommand>(_ command: C) throws -> Any? {
        switch command {
        case let command as ListProposeCommand: try listPropose(command)
        case let command as ListProposalsCommand:
            ListProposalsCommand.Response(proposals: try node.store.read { try $0.listProposals() }.filter { command.all || $0.outcome == nil }.map(line))
        case let command as ListDecideCommand: try listDecide(command)
        case let command as AliasCommand: try alias(command)
        case is AliasesCommand: try aliases()
        case let command as MeasureOpenCommand: try measureOpen(command)
        case let command as MeasureCloseCommand: try measureClose(command)
        case let command as MeasuresCommand: try measures(command)
        case let command as CommitmentsCommand: try commitments(command)
        case let command as NarrowCommand: try narrow(command)
        default: nil
        }
    }

    // MARK: - Lists

    private func listPropose(_ command: ListProposeCommand) throws -> ListProposalLine {
        let since = try command.since.map { try date($0, "--since") } ?? node.environment.today
        let until = try command.until.map { try date($0, "--until") }
        if let until, until < since {
            throw ControlFault("list-period", zh: "截止日期早于开始日期", en: "the entry would end before it begins", hint: "--since, --until", exit: .badInput)
        }
        let wish = ListWish(
            code: command.list, intent: command.remove ? .remove : .add, subject: try subject(command.subject, person: command.person, "--subject"),
            name: Normalisation.line(command.subjectName), document: command.document, authority: try command.authority.map { try creditCode($0, "--authority").text },
            since: since, until: until, reason: Normalisation.line(command.reason), notice: try notice(command.notice))
        return try line(try node.proposeToList(wish, actor: command.actor.actor))
    }

    private func listDecide(_ command: ListDecideCommand) throws -> ListProposalLine {
        let id = try dot(command.proposal, "PROPOSAL", "creditnode list proposals"), reason = Normalisation.line(command.reason)
        if command.adopt {
            _ = try node.adoptListProposal(id, notice: try notice(command.notice), reason: reason, actor: command.actor.actor)
            for row in try node.store.read({ try $0.statements() }) where row.issuer == node.path { board.tell(.statement(row.signed, row.audience, issuer: row.issuer)) }
        } else {
            try node.declineListProposal(id, reason: reason, actor: command.actor.actor)
        }
        return try line(id)
    }

    func notice(_ options: NoticeOptions) throws -> ListNotice? {
        guard let text = options.document else { return nil }
        let document = Normalisation.documentNumber(text)
        guard !document.isEmpty else { throw ControlFault("notice", zh: "告知书没有文号", en: "the notice has no number", hint: "--notice", exit: .badInput) }
        let served = try options.servedOn.map { try date($0, "--notice-on") } ?? node.environment.today
        guard served <= node.environment.today else { throw ControlFault("notice", zh: "送达日期在今天之后", en: "the notice is served after today", hint: "--notice-on", exit: .badInput) }
        return ListNotice(document: document, servedOn: served)
    }

    private func line(_ id: Dot) throws -> ListProposalLine {
        guard let row = try node.store.read({ try $0.listProposal(id) }) else {
            throw ControlFault("no-such-proposal", zh: "没有名单建议 \(id)", en: "there is no proposal \(id)", hint: "creditnode list proposals", exit: .notFound)
        }
        return try line(row)
    }

    private func line(_ row: ListProposalRow) throws -> ListProposalLine {
        let list = try node.store.read { try $0.list(row.list) }
        return ListProposalLine(
            proposal: row.id.description, from: row.id.replica.path.description, list: list?.opened.code ?? row.list.description, intent: row.intent.name,
            subject: row.subject, name: row.name, document: row.document, reason: row.reason, unit: row.unit, outcome: row.outcome?.name ?? "open", reply: row.reply,
            result: row.result?.description)
    }

    private func dot(_ text: String, _ option: String, _ hint: String) throws(ControlFault) -> Dot {
        guard let dot = Dot(text) else {
            throw ControlFault("id", zh: "\(option)：编号有误", en: "\(option): not an id: \(text.prefix(80))", hint: hint, exit: .badInput)
        }
        return dot
    }

    // MARK: - Codes

    private func alias(_ command: AliasCommand) throws -> AliasesCommand.Response {
        let link = SubjectAlias(
            oldCode: try creditCode(command.from, "FROM"), newCode: try creditCode(command.to, "TO"), document: command.document,
            name: Normalisation.line(command.subjectName), on: try command.on.map { try date($0, "--on") } ?? node.environment.today, isWithdrawn: command.withdraw)
        let id = try node.linkCodes(link, actor: command.actor.actor)
        var answer = try aliases()
        answer.aliases.removeAll { $0.id != id.description }
        return answer
    }

    private func aliases() throws -> AliasesCommand.Response {
        AliasesCommand.Response(
            aliases: try node.store.read { try $0.aliases() }.map { row in
                AliasesCommand.Alias(
                    id: row.id.description, from: row.oldCode, to: row.newCode, name: row.name, document: row.document, on: row.on.description,
                    withdrawn: row.isWithdrawn, node: row.id.replica.path.description)
            })
    }

    private func narrow(_ command: NarrowCommand) throws -> NarrowCommand.Response {
        guard let disclosure = Disclosure.allCases.first(where: { $0.name == command.to }) else {
            throw ControlFault("disclosure", zh: "--to：没有此公开属性", en: "--to: no such disclosure", hint: Disclosure.allCases.map(\.name).joined(separator: ", "), exit: .badInput)
        }
        let id = try node.narrow(item: command.item, to: disclosure, reason: Normalisation.line(command.reason), actor: command.actor.actor)
        return NarrowCommand.Response(change: id.description, item: command.item, disclosure: disclosure.name)
    }

    // MARK: - Measures

    private func measureOpen(_ command: MeasureOpenCommand) throws -> MeasureLine {
        let report = MeasureReport(
            receipt: command.receipt, basis: try dot(command.basis, "--basis", "creditnode lookup"), measure: Normalisation.line(command.measure),
            isApplied: command.applied, reason: Normalisation.line(command.reason), effect: Normalisation.line(command.effect))
        return try measureLine(try node.openMeasure(report, actor: command.actor.actor))
    }

    private func measureClose(_ command: MeasureCloseCommand) throws -> MeasureLine {
        let id = try dot(command.measure, "CASE", "creditnode measure list")
        try node.closeMeasure(id, reason: Normalisation.line(command.reason), feedback: Normalisation.line(command.feedback), actor: command.actor.actor)
        return try measureLine(id)
    }

    private func measures(_ command: MeasuresCommand) throws -> MeasuresCommand.Response {
        let cases = try node.measureCases().filter { one in
            switch one.state {
            case .open, .basisEnded: true
            case .closed, .notApplied: command.all
            }
        }
        return MeasuresCommand.Response(measures: cases.map(line))
    }

    private func measureLine(_ id: Dot) throws -> MeasureLine {
        guard let found = try node.measureCases().first(where: { $0.row.id == id }) else {
            throw ControlFault("no-such-case", zh: "没有案例 \(id)", en: "there is no case \(id)", hint: "creditnode measure list", exit: .notFound)
        }
        return line(found)
    }

    private func line(_ one: MeasureCase) -> MeasureLine {
        let row = one.row
        return MeasureLine(
            id: row.id.description, node: row.id.replica.path.description, unit: row.unit, subject: row.subject, name: row.name, basis: row.basis.description,
            receipt: row.receipt, purpose: row.purpose, caseNumber: row.caseNumber, measure: row.measure, state: one.state.rawValue, ended: one.ended,
            on: row.on.description, reason: row.reason, effect: row.effect, closedOn: row.closed?.on.description, closedReason: row.closed?.reason,
            feedback: row.closed?.feedback)
    }

    // MARK: - Commitments

    private func commitments(_ command: CommitmentsCommand) throws -> CommitmentsCommand.Response {
        guard (0...3660).contains(command.withinDays), let until = node.environment.today.adding(days: command.withinDays) else {
            throw ControlFault("days", zh: "天数应为0至3660", en: "days are 0…3660", hint: "--within", exit: .badInput)
        }
        var home: NodePath?
        if let text = command.home {
            guard let path = NodePath(text) else { throw ControlFault("path", zh: "节点路径有误", en: "not a node path", hint: "--node", exit: .badInput) }
            home = path
        }
        return CommitmentsCommand.Response(
            commitments: try node.commitmentsDue(through: until, home: home).map { line in
                let name = line.item.roles.subjectName.flatMap { number in line.view.fields.first { $0.number == number }?.value.tableText } ?? ""
                return CommitmentsCommand.Commitment(
                    record: line.view.id.description, home: line.view.home.description, subject: line.view.subject.lookupText, name: name,
                    due: line.due?.description ?? "", overdue: line.isOverdue, fulfilment: line.view.fulfilment.rawValue)
            })
    }
}
