import Node
import Registry
import Replication

extension NodeService {
    func tickets(_ command: TicketsCommand) throws -> TicketsCommand.Response {
        let open = try openDecisions(command.home, command.limit), heard = try heard()
        let lines = try open.decisions.flatMap { one in
            let escalated = node.escalated(one, silentDays: command.silentDays, heard: heard)
            return try one.tickets.filter { command.rule == nil || $0.ticket.rule == command.rule }.map { try line($0, one, escalated) }
        }
        let ordered = lines.enumerated().sorted { ($0.element.due ?? "9", $0.offset) < ($1.element.due ?? "9", $1.offset) }.map(\.element)
        return TicketsCommand.Response(tickets: Array(ordered.prefix(command.limit)), isCut: open.isCut || ordered.count > command.limit)
    }

    func cases(_ command: CasesCommand) throws -> CasesCommand.Response {
        let heard = try heard()
        if let text = command.record {
            let view = try node.view(of: try record(text))
            return CasesCommand.Response(cases: try parts(view, try node.item(of: view)).cases, isCut: false)
        }
        let open = try openDecisions(command.home, command.limit)
        let lines = open.decisions.flatMap { one in
            let escalated = node.escalated(one, silentDays: command.silentDays, heard: heard)
            return one.cases.filter { $0.view.isOpen || $0.view.replyOwed }.map { line($0, one.view, one.item, escalated) }
        }
        return CasesCommand.Response(cases: Array(lines.prefix(command.limit)), isCut: open.isCut || lines.count > command.limit)
    }

    func noted(_ command: NotedCommand) throws -> NotedCommand.Response {
        let record = try record(command.record)
        return NotedCommand.Response(record: record.description, changes: try node.takeNote(of: record, actor: command.actor.actor).map(\.description))
    }

    func deadlines(_ command: DeadlinesCommand) throws -> DeadlinesCommand.Response {
        guard (1...5000).contains(command.limit) else { throw Self.badLimit }
        let found = try node.deadlines(limit: command.limit)
        return DeadlinesCommand.Response(
            node: nodeName, asOf: Instant.text(node.environment.now()), lastContact: try lastParentContact().map { Instant.text($0) },
            lines: found.entries.map(line), isCut: found.isCut)
    }

    func line(_ one: DeadlineEntry) -> DeadlinesCommand.Line {
        DeadlinesCommand.Line(
            kind: one.kind.rawValue, what: one.what, record: one.record?.description, home: one.home.description, item: one.item?.code ?? "", document: one.document,
            receipt: one.receipt, due: one.due.date.description, provisional: one.due.isProvisional, overdue: one.isOverdue, who: one.who, suspends: one.suspends)
    }

    private static var badLimit: ControlFault { ControlFault("limit", zh: "条数应为1至5000", en: "1…5000 lines", hint: "--limit", exit: .badInput) }

    private func openDecisions(_ home: String?, _ limit: Int) throws -> (decisions: [OpenDecision], isCut: Bool) {
        guard (1...5000).contains(limit) else { throw Self.badLimit }
        return try node.openDecisions(OpenFilter(home: try home.map { try path($0, "--at") }, limit: limit))
    }

    /// When each node below was last heard of, its line of this moment included.
    func heard() throws -> [NodePath: UInt64] {
        var heard = try node.lastHeard()
        for (child, line) in board.childLines {
            let contact = line.line == .connected ? node.environment.now() : line.lastContact ?? 0
            heard[child] = max(heard[child] ?? 0, contact)
        }
        return heard
    }

    // MARK: - Lines

    func line(_ open: OpenTicket, _ one: OpenDecision, _ escalated: EscalationReason?) throws -> TicketsCommand.Line {
        TicketsCommand.Line(
            id: open.id.short, rule: open.ticket.rule, record: one.view.id.description, item: one.item?.code ?? "\(one.view.item)",
            document: one.view.text(one.item?.roles.documentNumber), home: one.view.home.description, label: one.view.shown.label.rawValue,
            reviewer: open.ticket.reviewer.rawValue, raisedAt: Instant.text(open.raisedAt), due: open.due?.date.description, provisional: open.due?.isProvisional ?? false,
            overdue: open.isOverdue, suspends: open.ticket.suspends, detail: detail(open.ticket, one), says: says(open, one.view), escalated: escalated?.rawValue)
    }

    /// A field by its code and name where the question is about one.
    private func detail(_ ticket: Ticket, _ one: OpenDecision) -> String {
        guard let number = UInt32(ticket.detail), one.view.conflicts.contains(where: { $0.part.number == number }) else { return ticket.detail }
        return partName(number, one.item)
    }

    func partName(_ number: UInt32, _ item: CatalogueItem?) -> String {
        if number == 0 { return "主体 subject" }
        return item?.field(number).map { "\($0.code) \($0.name)" } ?? "\(number)"
    }

    private func says(_ open: OpenTicket, _ view: RecordView) -> [TicketsCommand.Say] {
        let values = view.conflicts.filter { "\($0.part.number)" == open.ticket.detail }.flatMap(\.says)
            + view.proposals.filter { open.ticket.changes.contains($0.say.change) }.map(\.say)
        return open.authors.map { author in
            let said = values.first { $0.change == author.change }
            return TicketsCommand.Say(
                change: author.change.description, kind: author.kind, value: said.map { shown($0.value) } ?? "",
                basis: said.map { "R\($0.rank.rawValue)" + ($0.document.isEmpty ? "" : " \($0.document)") } ?? "", unit: author.actor.unit, author: author.actor.operator,
                reviewer: author.actor.reviewer, at: author.at.description, capturedAt: Instant.text(author.capturedAt), acceptedAt: Instant.text(author.acceptedAt))
        }
    }

    func shown(_ value: ContentValue) -> String {
        switch value {
        case .subject(let text): shown(nil, text)
        case .field(let value): value.tableText
        case .empty: "（空 empty）"
        }
    }

    func line(_ open: OpenCase, _ view: RecordView, _ item: CatalogueItem?, _ escalated: EscalationReason?) -> CasesCommand.Line {
        CasesCommand.Line(
            id: open.view.id.description, record: view.id.description, item: item?.code ?? "\(view.item)", document: view.text(item?.roles.documentNumber),
            home: view.home.description, ground: open.view.ground.name, status: open.view.status.rawValue, fields: open.view.fields.map { partName($0, item) },
            claimant: open.view.claimant, replyOwed: open.view.replyOwed,
            receipts: open.receipts.map { intake in
                CasesCommand.Intake(
                    receipt: intake.receipt.number, at: intake.receipt.at.description, acceptedOn: intake.receipt.acceptedOn.description,
                    capturedAt: Instant.text(intake.capturedAt), acceptedHereAt: Instant.text(intake.acceptedAt))
            },
            replies: open.view.replies.map { CasesCommand.Reply(outcome: $0.outcome.name, rank: $0.rank.rawValue, unit: $0.unit, weight: $0.weight.rawValue) },
            clocks: open.clocks.map { clock in
                CasesCommand.Clock(
                    name: clock.clock.name, from: clock.from.description, due: clock.due?.date.description, provisional: clock.due?.isProvisional ?? false,
                    doneOn: clock.doneOn?.description, overdue: clock.isOverdue, unverified: clock.isUnverified)
            }, escalated: escalated?.rawValue)
    }
}
