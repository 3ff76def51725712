import Registry
import Replication

/// Puts dates beside the questions of one decision: working days by the law of the deciding unit's place.
struct QuestionClerk {
    let view: RecordView
    let item: CatalogueItem?
    let held: GatheredDecision
    let today: CivilDate
    let profile: LegalProfile?
    let calendar: WorkCalendar
    let receivedAt: (Dot) throws -> UInt64?
    let digest: (String) -> Digest

    // MARK: - Tickets

    func tickets() throws -> [OpenTicket] {
        var tickets = try view.tickets.map { ticket in
            try open(ticket) { date in ticket.term.map { calendar.due($0, from: date) } }
        }
        if view.repair == .applied, let application = last({ $0.repair(.applied) != nil }), let act = application.change.kind.repair(.applied) {
            tickets.append(
                try open(Ticket("T12", [application.origin], .decidingUnit, detail: act.receipt)) { _ in profile?.due(.repairDecision, from: act.on, calendar) })
        }
        if view.shown.reasons.contains(.suspendedByHand), let mark = last({ $0.suspension != nil }), let step = mark.change.kind.suspension, !step.confirmed {
            tickets.append(
                try open(Ticket("T15", [mark.origin], mark.origin.replica.path == view.home ? .decidingUnit : .parent, suspends: true, detail: step.reason)) { _ in profile?.due(.suspension, from: step.on, calendar) })
        }
        return tickets
    }

    private func open(_ ticket: Ticket, _ due: (CivilDate) -> DueDate?) throws -> OpenTicket {
        let authors = try ticket.changes.compactMap { try author($0) }
        let raisedAt = authors.map(\.acceptedAt).max() ?? 0
        let due = due(.inChina(raisedAt))
        return OpenTicket(
            ticket: ticket, id: digest(ticket.canonicalText), raisedAt: raisedAt, due: due, isOverdue: due.map { today > $0.date } ?? false, authors: authors)
    }

    private func author(_ origin: Dot) throws -> TicketAuthor? {
        guard let one = change(origin) else { return nil }
        return TicketAuthor(
            change: origin, kind: one.change.kind.name, at: origin.replica.path, actor: one.change.actor, capturedAt: one.change.capturedAt,
            acceptedAt: try receivedAt(one.dot) ?? one.change.capturedAt)
    }

    private func change(_ origin: Dot) -> HeldChange? { held.changes.first { $0.origin == origin } }

    private func last(_ fits: (ChangeKind) -> Bool) -> HeldChange? {
        held.changes.filter { fits($0.change.kind) }.max { ($0.change.capturedAt, $0.origin) < ($1.change.capturedAt, $1.origin) }
    }

    // MARK: - Cases

    func cases() throws -> [OpenCase] {
        try view.cases.map { one in
            let intakes = try one.receipts.map { receipt -> CaseIntake in
                let captured = change(receipt.change)
                let at = captured?.change.capturedAt ?? 0
                return CaseIntake(receipt: receipt, capturedAt: at, acceptedAt: try captured.flatMap { try receivedAt($0.dot) } ?? at)
            }
            return OpenCase(view: one, receipts: intakes, clocks: clocks(one))
        }
    }

    /// Of one case: the reply (own scope, or another unit's), forwarding, the provider's term, the review, and all of it.
    private func clocks(_ one: CaseView) -> [CaseClock] {
        guard let first = one.receipts.min(by: { ($0.acceptedOn, $0.change) < ($1.acceptedOn, $1.change) }) else { return [] }
        let objections = Set(one.receipts.map(\.change)), own = first.at == (view.kin?.home ?? view.home)
        var replied: CivilDate?, reviewed: CivilDate?, asked: CivilDate?, forwarded: CivilDate?
        let counting = Set(one.replies.filter { $0.weight != .opinion }.map(\.change))
        for held in held.changes {
            guard case .act(let act) = held.change.kind else { continue }
            switch act {
            case .reply(let reply) where objections.contains(reply.objection) && counting.contains(held.origin):
                if reply.basis.rank >= .superior { reviewed = [reviewed, reply.repliedOn].compactMap { $0 }.min() }
                replied = [replied, reply.repliedOn].compactMap { $0 }.min()
            case .reviewRequest(let request) where objections.contains(request.objection): asked = [asked, request.requestedOn].compactMap { $0 }.min()
            case .forwarding(let one) where objections.contains(one.objection): forwarded = [forwarded, one.forwardedOn].compactMap { $0 }.min()
            case .correction, .upheld, .objection, .reply, .reviewRequest, .forwarding, .repair, .publication, .litigation, .identity, .fulfilment: continue
            }
        }
        var clocks = [clock(own ? .decideOwn : .decideOther, first.acceptedOn, replied)]
        if !own { clocks.append(clock(.forward, first.acceptedOn, forwarded ?? replied)) }
        if let forwarded { clocks.append(clock(.provider, forwarded, replied)) }
        if let asked { clocks.append(clock(.review, asked, reviewed)) }
        clocks.append(clock(.objectionMaximum, first.acceptedOn, one.isOpen ? nil : reviewed ?? replied))
        // A term the jurisdiction does not set is no clock; the reply is owed all the same.
        return clocks.filter { $0.due != nil || $0.clock == .decideOwn || $0.clock == .decideOther }
    }

    private func clock(_ clock: ProfileClock, _ from: CivilDate, _ doneOn: CivilDate?) -> CaseClock {
        let due = profile?.due(clock, from: from, calendar)
        return CaseClock(
            clock: clock, from: from, due: due, doneOn: doneOn, isOverdue: due.map { (doneOn ?? today) > $0.date } ?? false,
            isUnverified: profile.map { profile in profile.terms.contains { $0.clock == clock && !$0.isVerified } } ?? true)
    }
}

extension ChangeKind {
    fileprivate func repair(_ step: RepairStep) -> RepairAct? {
        if case .act(.repair(let act)) = self, act.step == step { return act }
        return nil
    }

    fileprivate var suspension: PublicationMark? {
        if case .act(.publication(let mark)) = self, mark.step == .suspended { return mark }
        return nil
    }
}
