import Registry
import Replication
import Storage

/// A quarantined change with what is known of it.
package struct QuarantinedChange: Sendable {
    package let change: Dot
    /// Stable name of its kind; nil when it cannot be read, or is not held here.
    package let kind: String?
    package let record: Dot?
    package let actor: Actor?
    /// Why it does not count here; nil where only nodes above say so.
    package let rule: String?
    package let detail: String
    /// What nodes above said, ascending by path.
    package let notices: [QuarantineNoticeRow]
    package let rulings: [QuarantineRulingRow]
    /// Whether this node may release it.
    package let isReleasable: Bool
}

extension Node {
    /// Changes that do not count here, and those of this node and below that do not count above. In order of their dots.
    package func quarantined(limit: Int = 1000) throws -> [QuarantinedChange] {
        try store.read { tx in
            var dots = Set(try tx.pendingChanges(limit: limit).filter { if case .quarantined = $0.judgement { true } else { false } }.map(\.change))
            dots.formUnion(try tx.quarantineNotices(limit: limit).filter { path.isAncestorOrSelf(of: $0.change.replica.path) }.map(\.change))
            return try dots.sorted().prefix(limit).map { try quarantined($0, tx) }.filter { $0.rule != nil || !$0.notices.isEmpty }
        }
    }

    /// - Throws: ``NodeRefusal`` when nothing says that it is quarantined.
    package func quarantined(_ change: Dot) throws -> QuarantinedChange {
        let found = try store.read { try quarantined(change, $0) }
        guard found.rule != nil || !found.notices.isEmpty || !found.rulings.isEmpty else {
            throw NodeRefusal(.notFound, "not-quarantined", zh: "该变更未被隔离：\(change)", en: "the change is not quarantined: \(change)", hint: "creditnode quarantine")
        }
        return found
    }

    private func quarantined(_ dot: Dot, _ tx: ReadTransaction) throws -> QuarantinedChange {
        let held = try change(dot, tx)
        var rule: String?, detail = ""
        if case .quarantined(let name, let why)? = try tx.pending(dot) { (rule, detail) = (name, why) }
        let rulings = try tx.quarantineRulings(of: dot)
        // What was released counts again wherever the release is held.
        let released = Set(rulings.filter { $0.outcome == .released }.map(\.rule))
        // Those above held every edition before it came here: what it lets in again here, they let in too.
        let ended = rule == nil ? try held.map { try cutOvers(tx).concerns(unit: $0.change.actor.unit, item: $0.change.kind.item) } ?? false : false
        let overtaken = ended ? released.union(CutOvers.rules) : released
        return QuarantinedChange(
            change: dot, kind: held?.change.kind.name, record: held?.change.record, actor: held?.change.actor, rule: rule, detail: detail,
            notices: try tx.quarantineNotices(of: dot).filter { !overtaken.contains($0.rule) }, rulings: rulings,
            isReleasable: rule.map { QuarantineRules.mayRelease($0, of: dot.replica.path, by: path) } ?? false)
    }

    /// Releases a quarantined change, or puts down that it is rejected: a signed change that goes where the quarantined one went,
    /// so that it counts at every node that holds both.
    /// - Throws: ``NodeRefusal``: not quarantined here, no second person, a rule that nobody releases from, not competent.
    package func rule(on change: Dot, _ outcome: QuarantineRuling.Outcome, reason: String, actor: Actor) throws -> Dot {
        try check(actor)
        guard actor.reviewer != nil else {
            throw NodeRefusal(.refused, "four-eyes", zh: "处理隔离的变更须经另一人审核", en: "a ruling on a quarantined change needs a reviewer", hint: "--reviewer")
        }
        guard !reason.isEmpty else { throw NodeRefusal(.badInput, "no-reason", zh: "须写明理由", en: "a ruling states its reason", hint: "--reason") }
        return try writing { tx in
            guard case .quarantined(let rule, _)? = try tx.pending(change), let set = try tx.changeSet(holding: change) else {
                throw NodeRefusal(.notFound, "not-quarantined", zh: "本节点没有隔离该变更", en: "the change is not quarantined here", hint: "creditnode quarantine")
            }
            let words = QuarantineRules.words(rule)
            guard outcome == .rejected || QuarantineRules.mayRelease(rule, of: change.replica.path, by: path) else {
                throw NodeRefusal(
                    .refused, "not-releasable", zh: "\(words.zh)：本节点不得放行", en: "\(words.en): this node may not release from it",
                    hint: "\(words.remedyZh) / \(words.remedyEn)")
            }
            guard case .lineage = set.ledger.audience else {
                throw NodeRefusal(.refused, "not-releasable", zh: "该变更不属于任何记录的报送线", en: "the change is not in the lineage of a record", hint: "\(words.remedyZh) / \(words.remedyEn)")
            }
            let ruling = QuarantineRuling(change: change, rule: rule, outcome: outcome, reason: reason)
            return try issue([.federation(.quarantine(.ruling(ruling)))], actor, to: set.ledger.audience, tx)
        }[0]
    }

    /// Tells the authors below of changes that this node has come to quarantine, in the same transaction: one notice a replica and rule.
    /// - Returns: tips of ledgers of this node that grew.
    func tellOfQuarantine(_ tx: WriteTransaction) throws -> [LedgerTip] {
        var groups: [NoticeKey: (detail: String, counters: Set<UInt64>)] = [:]
        for dot in tx.quarantined.sorted() where path.isProperAncestor(of: dot.replica.path) {
            guard case .quarantined(let rule, let detail)? = try tx.pending(dot) else { continue }
            guard try !tx.quarantineNotices(of: dot).contains(where: { $0.author == path && $0.rule == rule }) else { continue }
            groups[NoticeKey(replica: dot.replica, rule: rule), default: (detail, [])].counters.insert(dot.counter)
        }
        tx.quarantined = []
        var tips: [LedgerTip] = []
        for (key, found) in groups.sorted(by: { $0.key < $1.key }) {
            let counters = found.counters.sorted()
            for start in stride(from: 0, to: counters.count, by: QuarantineNotice.maximumChanges) {
                let part = Array(counters[start..<min(start + QuarantineNotice.maximumChanges, counters.count)])
                let notice = QuarantineNotice(rule: key.rule, detail: String(found.detail.prefix(300)), replica: key.replica, counters: part)
                let change = Change(actor: .ofNode, capturedAt: environment.now(), kind: .federation(.quarantine(.notice(notice))))
                tips.append(try append([change], to: .lineage(of: key.replica.path, upTo: path.depth), lane: .ordinary, tx).tip)
            }
        }
        return tips
    }
}

extension ChangeKind {
    /// Of a record's state; 0 for anything else.
    fileprivate var item: UInt32 {
        if case .recordState(let state) = self { state.item } else { 0 }
    }
}

private struct NoticeKey: Hashable, Comparable {
    let replica: ReplicaID
    let rule: String

    static func < (a: NoticeKey, b: NoticeKey) -> Bool { a.replica == b.replica ? a.rule < b.rule : a.replica < b.replica }
}
