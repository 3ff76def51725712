import Node
import Registry
import Replication

extension NodeService {
    /// Everything a view says beyond its fields.
    func parts(_ view: RecordView, _ item: CatalogueItem?) throws -> ViewParts {
        let open = try node.openDecision(view.id), heard = try heard()
        let escalated = open.flatMap { node.escalated($0, silentDays: TicketsCommand().silentDays, heard: heard) }
        let draft = try view.drafting.map { try line(DraftLine(view: view, draft: $0, item: item)) }
        return ViewParts(
            label: view.shown.label.rawValue, dispute: view.dispute.rawValue, repair: view.repair.rawValue, fulfilment: view.fulfilment.rawValue,
            publication: view.shown.publication.rawValue, reasons: view.shown.reasons.map(\.rawValue), publicUntil: view.shown.publicUntil?.description,
            corrections: view.corrections.count, litigation: view.litigation, aliases: view.aliases.map(\.description), blocked: view.blocked.map(\.description), elsewhere: view.kin?.home.description,
            revocations: view.revocations.map { one in
                ViewParts.Revoked(document: one.document, reason: one.reason, rank: one.rank.rawValue, effectiveOn: one.effectiveOn?.description)
            },
            conflicts: view.conflicts.map { one in
                ViewParts.Conflict(
                    part: partName(one.part.number, item), material: one.isMaterial, lastAgreed: one.lastAgreed.map { shown($0) }, says: one.says.map(say))
            },
            proposals: view.proposals.map { ViewParts.Proposal(part: partName($0.part.number, item), reason: $0.reason.rawValue, say: say($0.say)) },
            cases: try node.caseLines(view).map { line($0, view, item, escalated) },
            tickets: try open.map { open in try open.tickets.map { try line($0, open, escalated) } } ?? [], draft: draft)
    }

    private func say(_ say: ContentSay) -> ViewParts.Say {
        ViewParts.Say(
            value: shown(say.value), basis: "R\(say.rank.rawValue)" + (say.document.isEmpty ? "" : " \(say.document)"), unit: say.unit, change: say.change.description)
    }

    /// What waits for people here; looked at again at most every two seconds, for pages ask as often.
    func openWork() throws -> OpenWork {
        let clock = ContinuousClock()
        if let kept = keptWork.withLock({ $0 }), clock.now - kept.at < .seconds(2) { return kept.work }
        let open = try node.openDecisions(OpenFilter(limit: 500, looked: 500)), heard = try heard()
        let due = try node.deadlines(limit: 500, looked: 500)
        let own = try counts().filter { $0.home == nodeName }
        func count(_ validity: Validity) -> Int { own.filter { $0.validity == validity.name }.reduce(0) { $0 + $1.count } }
        let work = OpenWork(
            tickets: open.decisions.reduce(0) { $0 + $1.tickets.count },
            cases: open.decisions.reduce(0) { $0 + $1.cases.count { $0.view.isOpen || $0.view.replyOwed } }, overdue: due.entries.count(where: \.isOverdue),
            escalated: open.decisions.count { node.escalated($0, silentDays: TicketsCommand().silentDays, heard: heard) != nil }, drafts: count(.draft),
            submitted: count(.submitted), notices: due.entries.count { $0.kind == .notice }, isCut: open.isCut || due.isCut,
            lines: due.entries.prefix(12).map(line))
        keptWork.withLock { $0 = (clock.now, work) }
        return work
    }
}
