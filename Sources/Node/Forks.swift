import Registry
import Replication
import Sealing
import Storage

/// A replica whose past was written twice, as this node knows it.
package struct ForkedReplica: Sendable {
    package let replica: ReplicaID
    /// Highest tier first.
    package let rulings: [ForkRulingRow]
    package let reports: [ForkReportRow]
    /// Changes here that wait for a ruling.
    package let waiting: Int
    /// Beyond which counter they wait; nil = a person let it go on, or nobody holds it back.
    package let heldBackBeyond: UInt64?
}

/// Two entries of one replica that exclude each other, met while storing.
package struct ForkFound: Sendable {
    let held: ForkEvidence
    let other: ForkEvidence
}

extension Node {
    /// Evidence of what is held and of what came, where both were signed and exclude each other.
    func fork(_ fault: ChangeSetFault, _ set: VerifiedChangeSet, _ tx: ReadTransaction) throws -> ForkFound? {
        let header = set.header
        let mine: StoredChangeSet?
        switch fault.rule {
        case .fork: mine = try tx.changeSets(of: header.ledger, after: header.sequence - 1, limitBytes: 1).first
        case .counterReused: mine = try tx.changeSet(of: header.ledger.replica, using: header.firstCounter...header.firstCounter + UInt64(header.count - 1))
        case .malformed, .tooLarge, .newerFormat, .wrongAudience, .outOfOrder, .brokenChain, .unknownKey, .keyNotCertified, .keyNotContinued, .badSignature,
            .missingBody, .attachmentDigest:
            return nil
        }
        guard let mine else { return nil }
        let found = ForkFound(held: try evidence(mine.sealed), other: try evidence(set.sealed))
        return found.held.contradicts(found.other) ? found : nil
    }

    private func evidence(_ sealed: SealedChangeSet) throws -> ForkEvidence {
        try ForkEvidence(headerBytes: sealed.header, signature: sealed.signature, digests: try ChangeSetSealer.digests(of: sealed))
    }

    /// Why an entry shown as evidence is not its author's; nil when it is. Its key must be known here.
    func fault(of evidence: ForkEvidence, _ tx: ReadTransaction) -> String? {
        guard let key = try? certifiedKey(evidence.header.key, tx) else { return "its key \(evidence.header.key.short) is not known" }
        guard key.path == evidence.header.ledger.replica.path else { return "its key is certified for \(key.path)" }
        return ChangeSetSealer.fault(of: evidence, key: key.key)
    }

    /// Says of forks met in this transaction, and of reports that it brought, that what is later waits. Once a replica.
    /// - Returns: tips of ledgers of this node that grew.
    func holdBack(_ found: [ForkFound], _ tx: WriteTransaction) throws -> [LedgerTip] {
        var found = found, tips: [LedgerTip] = []
        for report in tx.forkReportsDue.sorted() {
            guard case .federation(.forkReport(let told))? = try change(report, tx)?.change.kind else { continue }
            // The nearest node above holds both branches, or nobody does: those above it hear its ruling.
            guard told.entry.header.ledger.replica.path.parent == path else { continue }
            let header = told.entry.header, counters = header.firstCounter...header.firstCounter + UInt64(header.count - 1)
            let same = try tx.changeSets(of: header.ledger, after: header.sequence - 1, limitBytes: 1).first
            for mine in [same, try tx.changeSet(of: header.ledger.replica, using: counters)].compactMap({ $0 }) {
                let held = try evidence(mine.sealed)
                if held.contradicts(told.entry) { found.append(ForkFound(held: held, other: told.entry)) }
            }
        }
        tx.forkReportsDue = []
        for one in found {
            let replica = one.held.header.ledger.replica
            guard path.isProperAncestor(of: replica.path), try tx.forkRulings(of: replica).isEmpty else { continue }
            let ruling = ForkRuling(
                replica: replica, held: one.held, other: one.other, through: try tx.highestCounter(of: replica), goesOn: false, reason: "")
            let change = Change(actor: .ofNode, capturedAt: environment.now(), kind: .federation(.forkRuling(ruling)))
            tips.append(try append([change], to: .lineage(of: replica.path, upTo: 1), lane: .ordinary, tx).tip)
        }
        return tips
    }

    /// Replicas whose past was written twice, ascending.
    package func forks() throws -> [ForkedReplica] {
        try store.read { tx in
            let rulings = try tx.forkRulings(), reports = try tx.forkReports()
            return try Set(rulings.map(\.replica) + reports.map(\.replica)).sorted().map { replica in
                ForkedReplica(
                    replica: replica, rulings: rulings.filter { $0.replica == replica }, reports: reports.filter { $0.replica == replica },
                    waiting: try tx.waiting(for: .ruling(replica)).count, heldBackBeyond: try tx.heldBack(beyond: replica))
            }
        }
    }

    /// Lets the receipted branch of a replica go on whose past was written twice: what waited is judged.
    /// - Throws: ``NodeRefusal``: nothing is known of a fork, not above it, no second person, no reason.
    package func letGoOn(_ replica: ReplicaID, reason: String, actor: Actor) throws -> Dot {
        try check(actor)
        guard actor.reviewer != nil else {
            throw NodeRefusal(.refused, "four-eyes", zh: "裁定分叉须经另一人审核", en: "a ruling on a fork needs a reviewer", hint: "--reviewer")
        }
        guard !reason.isEmpty else { throw NodeRefusal(.badInput, "no-reason", zh: "须写明理由", en: "a ruling states its reason", hint: "--reason") }
        guard path.isProperAncestor(of: replica.path) else {
            throw NodeRefusal(.refused, "not-competent", zh: "只有上级节点裁定 \(replica.path) 的分叉", en: "only a node above \(replica.path) rules on its fork")
        }
        return try writing { tx in
            guard let first = try tx.forkRulings(of: replica).first, case .federation(.forkRuling(var ruling))? = try change(first.ruling, tx)?.change.kind else {
                throw NodeRefusal(.notFound, "no-such-fork", zh: "没有 \(replica) 的分叉", en: "no fork of \(replica) is known", hint: "creditnode forks")
            }
            (ruling.goesOn, ruling.reason) = (true, reason)
            ruling.through = max(ruling.through, try tx.highestCounter(of: replica))
            return try issue([.federation(.forkRuling(ruling))], actor, to: .lineage(of: replica.path, upTo: 1), tx)
        }[0]
    }

    /// Shows those above the first entry of an earlier incarnation of this node that they did not take: its own signature is the
    /// evidence. What it wrote there stays here until it is written anew.
    /// - Returns: nil when there is nothing to show, or it was shown.
    func reportLosingBranch(of ledger: LedgerID, _ tx: WriteTransaction) throws -> LedgerTip? {
        let old = ledger.replica
        guard old.path == path, old != replica, path.depth > 1, try !tx.forkReports().contains(where: { $0.replica == old && $0.report.replica.path == path }) else { return nil }
        let receipted = Dictionary(try tx.durability().map { ($0.ledger, $0.sequence) }, uniquingKeysWith: max)
        guard let first = try tx.changeSets(of: ledger, after: receipted[ledger] ?? 0, limitBytes: 1).first else { return nil }
        var changes: UInt64 = 0, suspends: Set<Digest> = []
        for tip in try tx.tips() where tip.ledger.replica == old && tip.ledger.audience != .local {
            changes += UInt64(try tx.backlog(of: tip.ledger, after: receipted[tip.ledger] ?? 0).changes)
            if tip.ledger.lane == .relief { try gatherRelief(tip.ledger, after: receipted[tip.ledger] ?? 0, into: &suspends, tx) }
        }
        let report = ForkReport(entry: try evidence(first.sealed), changes: changes, suspends: suspends.sorted())
        let change = Change(actor: .ofNode, capturedAt: environment.now(), kind: .federation(.forkReport(report)))
        return try append([change], to: .lineage(of: path, upTo: 1), lane: change.kind.lane, tx).tip
    }

    /// Natural keys that relief of a ledger names, in pages, at most 1000.
    private func gatherRelief(_ ledger: LedgerID, after sequence: UInt64, into keys: inout Set<Digest>, _ tx: ReadTransaction) throws {
        var last = sequence
        while keys.count < 1000 {
            let page = try tx.changeSets(of: ledger, after: last, limitBytes: 1 << 20)
            guard let end = page.last else { return }
            for set in page {
                for body in try readBodies(set) {
                    guard let body, keys.count < 1000, let key = try? Change(serialized: body).kind.relievedKey else { continue }
                    keys.insert(key)
                }
            }
            last = end.sequence
        }
    }
}
