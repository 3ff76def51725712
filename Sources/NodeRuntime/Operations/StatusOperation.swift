import Node
import Registry
import Replication
import Storage

extension NodeService {
    func status() throws -> StatusReport {
        let now = node.environment.now()
        let totals = try node.store.read { try $0.totals() }
        let facts = serving.withLock { $0 }
        let links = try links(now: now)
        return StatusReport(
            asOf: Instant.text(now), path: node.path.description, incarnation: node.replica.incarnation.description, suite: node.identity.suite.name,
            ledgerRoot: node.identity.ledgerRoots.certificates.first?.fingerprint.description, tier: node.path.depth,
            serving: facts != nil, software: Software.version, listen: facts?.addresses.listen, statusPage: facts?.addresses.statusPage,
            startedAt: facts.map { Instant.text($0.startedAt) }, changeSets: totals.changeSets, changes: totals.changes, records: totals.records,
            waiting: totals.waiting, quarantined: totals.quarantined, catalogue: try? node.currentCatalogue().catalogue.number,
            links: links, lists: try listSummaries(), counts: try counts(), attachments: try contents(), open: try? openWork(), passing: try? passingWork(),
            warnings: try warnings(), tree: try tree(links, now))
    }

    private func links(now: UInt64) throws -> [StatusReport.Link] {
        var links: [StatusReport.Link] = []
        if let parent = node.path.parent {
            let backlog = try node.backlogUp(to: parent)
            let state = board.state(of: parent)
            links.append(
                link(
                    "parent", parent, state, contact: try lastParentContact(), address: state?.address ?? file.parentAddress,
                    backlog: StatusReport.Backlog(relief: backlog.relief, ordinary: backlog.ordinary), oldest: backlog.oldest, now))
        }
        let members = try node.store.read { try $0.members() }
        let backlogs = try node.backlogsDown(to: members.map { ($0.path, board.state(of: $0.path)?.held ?? [:]) })
        for (member, backlog) in zip(members, backlogs) {
            let state = board.state(of: member.path)
            var line = link(
                "child", member.path, state, contact: state?.lastContact ?? member.lastContact, address: state?.address,
                backlog: StatusReport.Backlog(relief: backlog.relief, ordinary: backlog.ordinary), oldest: backlog.oldest, now)
            line.suspended = member.isSuspended
            // Known from before this process began.
            if state == nil, member.lastContact != nil { line.state = LinkState.Phase.cut.rawValue }
            links.append(line)
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

    /// The federation as far as this node knows it.
    private func tree(_ links: [StatusReport.Link], _ now: UInt64) throws -> StatusReport.TreeNode {
        var told: [NodePath: TreeBuilder.Told] = [:]
        for held in node.conditions.all {
            told[held.issuer] = TreeBuilder.Told(
                condition: held.condition, at: min(held.issuedAt, held.receivedAt), clockAhead: held.issuedAt > held.receivedAt ? held.issuedAt - held.receivedAt : 0)
        }
        let (lists, heard) = try node.store.read { tx in
            var lists: [Dot: TreeBuilder.KnownList] = [:]
            for row in try tx.lists() {
                lists[row.id] = TreeBuilder.KnownList(
                    code: row.opened.code, title: row.opened.title, edition: try tx.newestEdition(of: row.id)?.number ?? 0, maxAge: UInt64(row.opened.maxAge) * 1000)
            }
            var heard: [NodePath: UInt64] = [:]
            for row in try tx.statements() { heard[row.issuer] = max(heard[row.issuer] ?? 0, min(row.issuedAt, row.receivedAt)) }
            return (lists, heard)
        }
        return TreeBuilder(
            path: node.path, now: now, own: try node.condition(software: Software.version, lines: board.childLines), links: links, told: told, lists: lists,
            heardAbove: heard
        ).tree()
    }
}
