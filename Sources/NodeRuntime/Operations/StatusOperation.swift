import Node
import Registry
import Replication
import Storage

extension NodeService {
    func status() throws -> StatusReport {
        let now = node.environment.now()
        let totals = try node.store.read { try $0.totals() }
        let facts = serving.withLock { $0 }
        return StatusReport(
            path: node.path.description, incarnation: node.replica.incarnation.description, suite: node.identity.suite.name,
            ledgerRoot: node.identity.ledgerRoots.certificates.first?.fingerprint.description, tier: node.path.depth,
            serving: facts != nil, software: Software.version, listen: facts?.addresses.listen, statusPage: facts?.addresses.statusPage,
            startedAt: facts.map { Instant.text($0.startedAt) }, changeSets: totals.changeSets, changes: totals.changes, records: totals.records,
            waiting: totals.waiting, quarantined: totals.quarantined, catalogue: try? node.currentCatalogue().catalogue.number,
            links: try links(now: now, serving: facts != nil), lists: try listSummaries(), counts: try counts(), attachments: try contents(),
            warnings: try warnings())
    }

    private func links(now: UInt64, serving: Bool) throws -> [StatusReport.Link] {
        var links: [StatusReport.Link] = []
        if let parent = node.path.parent {
            let backlog = try node.backlogUp(to: parent)
            let state = board.state(of: parent)
            links.append(
                link(
                    "parent", parent, state, contact: try lastParentContact(), address: state?.address ?? file.parentAddress,
                    backlog: StatusReport.Backlog(relief: backlog.relief, ordinary: backlog.ordinary), oldest: backlog.oldest, now))
        }
        for member in try node.store.read({ try $0.members() }) {
            let state = board.state(of: member.path)
            let backlog = try node.backlogDown(to: member.path, acknowledged: state?.held ?? [:])
            links.append(
                link(
                    "child", member.path, state, contact: state?.lastContact ?? member.lastContact, address: state?.address,
                    backlog: StatusReport.Backlog(relief: backlog.relief, ordinary: backlog.ordinary), oldest: backlog.oldest, now))
        }
        return links
    }

    private func link(
        _ role: String, _ peer: NodePath, _ state: LinkState?, contact: UInt64?, address: String?, backlog: StatusReport.Backlog, oldest: UInt64?, _ now: UInt64
    ) -> StatusReport.Link {
        let phase = state?.phase ?? .never
        let silent: Int?
        switch phase {
        case .connected: silent = 0
        case .synchronising, .waiting, .cut, .refused, .never: silent = contact.map { Int(now > $0 ? now - $0 : 0) }
        }
        return StatusReport.Link(
            role: role, peer: peer.description, state: phase.rawValue, address: address, lastContact: contact.map { Instant.text($0) },
            silentMs: silent, backlog: backlog, lagMs: oldest.map { Int(now > $0 ? now - $0 : 0) } ?? 0, lastError: state?.lastError)
    }

    private func contents() throws -> StatusReport.Attachments {
        let totals = try node.store.read { try $0.blobTotals() }
        return StatusReport.Attachments(held: totals.held, wanted: totals.wanted, bytes: totals.bytes)
    }

    /// A city hears of ten thousand ledgers; a person reads the first few.
    private static let warningsOfAKind = 20

    private func warnings() throws -> [String] {
        let now = node.environment.now()
        let withheld = try node.withheld(), overdue = try node.overdue()
        var warnings = withheld.prefix(Self.warningsOfAKind).map { short in
            let age = Age(from: short.since, to: now)
            return "\(short.ledger): 作者称有 \(short.claimed)，本节点有 \(short.held)，已 \(age.zh) / the author says \(short.claimed), \(short.held) held, for \(age.en)"
        }
        warnings += overdue.prefix(Self.warningsOfAKind).map { silent in
            let age = Age(from: silent.since, to: now)
            return "\(silent.author) \(silent.audience): 已 \(age.zh)没有该作者的消息 / nothing was heard of this author for \(age.en)"
        }
        let more = max(0, withheld.count - Self.warningsOfAKind) + max(0, overdue.count - Self.warningsOfAKind)
        if more > 0 { warnings.append("另有 \(more) 项同类提示 / and \(more) more of these") }
        warnings += try node.store.read { try $0.refusals() }.prefix(10).map { "\($0.rule) \($0.place) ← \($0.peer): \($0.detail) (×\($0.count))" }
        warnings += try contentWarnings()
        return warnings
    }
}
