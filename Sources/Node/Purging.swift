import Registry
import Replication
import Storage

/// What a purge did.
package struct PurgeOutcome: Sendable, Hashable {
    package let record: Dot
    /// The orders, one a lineage and one for what never left this node.
    package let orders: [Dot]
    /// Changes whose bodies are destroyed.
    package let changes: Int
}

extension Node {
    /// Orders bodies and salts of a decision's records destroyed everywhere (T18): those entered or passed here, all their
    /// changes, drafts included. The chain still verifies; a keyed digest of the natural key stays (guarantees 3 and 8).
    /// - Parameters:
    ///   - basis: rule of law or retention schedule, and reason; goes to everybody who held the record, so it names no person.
    /// - Throws: ``NodeRefusal``: not held, time not over, a reply owed, litigation, a conflict, no second person, a person's record below
    ///   the district.
    package func purge(_ record: Dot, ground: ErasureGround, basis: Basis, actor: Actor) throws -> PurgeOutcome {
        try check(actor)
        guard actor.reviewer != nil else {
            throw NodeRefusal(
                .refused, "four-eyes", zh: "清除须由档案管理员经办、另一人审核（T18）", en: "a purge needs the archive officer and another person (rule T18)", hint: "--reviewer")
        }
        try checkArchivist(actor)
        guard !basis.reason.isEmpty, !basis.document.isEmpty else {
            throw NodeRefusal(.badInput, "erasure-basis", zh: "清除须写明依据和理由", en: "a purge states its basis and reason", hint: "--basis, --reason")
        }
        return try announcing { tx in
            if try tx.record(record) == nil, try tx.isPurged(record) { return try purgeLate(record, ground, basis, actor, tx) }
            guard let held = try gather(record, tx), let view = try view(held, containing: record, asOf: nil, tx) else { throw try absent(record, tx) }
            try checkPurge(held, view, ground, tx)
            // Duplicates go with it, drafts of the decision too: each record by orders of its own.
            let members = held.rows.filter { ($0.id == record || view.aliases.contains($0.id) || view.id == $0.id) && path.isAncestorOrSelf(of: $0.home) }
            guard members.contains(where: { $0.id == record }) else {
                throw NodeRefusal(
                    .refused, "not-competent", zh: "该记录由其属地节点或上级清除（T18）", en: "the record is purged by its home or a node above it (T18)",
                    hint: "由 \(view.home) 办理 / to be done at \(view.home)")
            }
            var orders: [Dot] = [], tips: [LedgerTip] = [], changes = 0
            for member in members {
                guard let tombstone = tombstone(naturalKey: member.naturalKey, subject: member.subject) else { throw Self.noTombstoneKey(member.home) }
                let named = try allChanges(of: member.id, tx)
                let written = try order(named, of: member.id, ground, tombstone, basis, follows: nil, edition: view.edition, actor, tx)
                orders += written.orders
                tips += written.tips
                changes += named.count
            }
            return (PurgeOutcome(record: record, orders: orders, changes: changes), tips)
        }
    }

    /// Orders what came after a record was purged destroyed as well.
    private func purgeLate(_ record: Dot, _ ground: ErasureGround, _ basis: Basis, _ actor: Actor, _ tx: WriteTransaction) throws -> (PurgeOutcome, [LedgerTip]) {
        let late = try lateChanges(of: record, tx)
        guard !late.isEmpty, let first = try tx.purges(of: record).first else { throw Self.purgedAlready(record) }
        guard path.isAncestorOrSelf(of: record.replica.path) else { throw Self.purgedAlready(record) }
        let written = try order(late, of: record, ground, nil, basis, follows: first.order, edition: nil, actor, tx)
        return (PurgeOutcome(record: record, orders: written.orders, changes: late.count), written.tips)
    }

    /// One order a lineage, each in a set of its own: small evidence for what it names.
    private func order(
        _ named: [(dot: Dot, audience: Audience)], of record: Dot, _ ground: ErasureGround, _ tombstone: Tombstone?, _ basis: Basis, follows: Dot?, edition: Digest?,
        _ actor: Actor, _ tx: WriteTransaction
    ) throws -> (orders: [Dot], tips: [LedgerTip]) {
        let under = try edition.map { try self.editions(for: actor, catalogue: $0, tx) } ?? []
        var orders: [Dot] = [], tips: [LedgerTip] = []
        for (audience, dots) in Self.lineages(named) {
            guard audience.admits(author: path) else {
                throw NodeRefusal(
                    .refused, "not-on-path", zh: "部分变更的传送范围不经过本节点：\(audience)", en: "some changes went where this node cannot write: \(audience)",
                    hint: "由上级节点办理 / to be done at a node above")
            }
            var rest = dots[...]
            while !rest.isEmpty {
                let some = Array(rest.prefix(ErasureOrder.maximumDots))
                rest = rest.dropFirst(some.count)
                let wanted = ErasureOrder(ground: ground, erased: some, tombstone: tombstone, basis: basis, follows: follows)
                let change = Change(record: record, actor: actor, capturedAt: environment.now(), editions: under, kind: .erasure(wanted))
                let written = try append([change], to: audience, lane: .relief, tx)
                orders += written.dots
                tips.append(written.tip)
            }
        }
        return (orders, tips)
    }

    /// Changes by where they went: one audience a line, as wide as the widest of them. What never left stays here; ascending.
    private static func lineages(_ named: [(dot: Dot, audience: Audience)]) -> [(Audience, [Dot])] {
        var local: [Dot] = [], lines: [NodePath: (upTo: Int, dots: [Dot])] = [:]
        for one in named {
            switch one.audience {
            case .local: local.append(one.dot)
            case .lineage(let of, let upTo):
                let line = lines[of] ?? (upTo, [])
                lines[of] = (min(line.upTo, upTo), line.dots + [one.dot])
            case .published: break
            }
        }
        let shared = lines.sorted { $0.key < $1.key }.map { (Audience.lineage(of: $0.key, upTo: $0.value.upTo), $0.value.dots.sorted()) }
        return shared + (local.isEmpty ? [] : [(.local, local.sorted())])
    }

    /// Every change held of a record, whatever became of it, with its audience.
    private func allChanges(of record: Dot, _ tx: ReadTransaction) throws -> [(dot: Dot, audience: Audience)] {
        var found: [(dot: Dot, audience: Audience)] = []
        for dot in [record] + (try tx.changes(of: record)) {
            guard let held = try change(dot, tx), held.change.record ?? dot == record else { continue }
            found.append((dot, held.ledger.audience))
        }
        return found + (try pendingChanges(of: record, tx))
    }

    private func pendingChanges(of record: Dot, _ tx: ReadTransaction) throws -> [(dot: Dot, audience: Audience)] {
        var found: [(dot: Dot, audience: Audience)] = []
        try tx.eachPending { dot in
            guard let held = try change(dot, tx), held.change.record ?? dot == record, held.change.kind.isErasable else { return }
            found.append((dot, held.ledger.audience))
        }
        return found
    }

    /// Changes of a purged record that no order names yet (M43).
    func lateChanges(of record: Dot, _ tx: ReadTransaction) throws -> [(dot: Dot, audience: Audience)] {
        try pendingChanges(of: record, tx).filter { try tx.erasures(of: $0.dot).isEmpty }
    }

    // MARK: - Whether it may be

    /// T18: where a unit registry is in force, a unit that keeps the archive does it.
    private func checkArchivist(_ actor: Actor) throws {
        guard let registry = try store.read({ try registry($0) }) else { return }
        guard let unit = CreditCode(actor.unit).flatMap({ registry.unit($0) }), unit.roles.contains(.archive) else {
            let keepers = registry.units(at: path).filter { $0.roles.contains(.archive) }.map { "\($0.code.text) \($0.name)" }
            throw NodeRefusal(
                .refused, "not-archive", zh: "清除由保管档案的单位办理（T18），\(actor.unit) 未登记此职责", en: "a purge is done by a unit that keeps the archive (rule T18); \(actor.unit) is not registered for it",
                hint: keepers.isEmpty ? "单位名录 roles: [archive] / in the unit registry" : "本节点的档案单位 / archive units of this node: \(keepers.prefix(5).joined(separator: "；"))")
        }
    }

    private func checkPurge(_ held: GatheredDecision, _ view: RecordView, _ ground: ErasureGround, _ tx: ReadTransaction) throws {
        // Once purged, what remains of the decision under other ids follows without asking again.
        if view.shown.label == .purged { return }
        let due = try retention(of: view, held.only(view), tx)
        let holds = due.map(\.holds) ?? RetentionHold.allCases.filter(RetentionHold.of(view).contains)
        guard holds.isEmpty else {
            let names = holds.map(\.rawValue).joined(separator: ", ")
            throw NodeRefusal(
                .refused, "retention-hold", zh: "尚有未结事项，不得清除：\(holds.map(\.zh).joined(separator: "、"))", en: "nothing is purged while something is open: \(names)",
                hint: "creditnode show / retention")
        }
        switch ground {
        case .retention:
            guard let due, due.isOver(on: environment.today) else {
                let from = due?.purgeFrom.map(\.description) ?? "—"
                throw NodeRefusal(
                    .refused, "retention-not-over", zh: "保存期限未满，最早可清除日：\(from)", en: "its retention is not over; it may be purged from \(from)",
                    hint: "依据 / basis: \(due?.basis ?? "—")；creditnode retention")
            }
        case .optOut:
            guard try isOptedOut(held.only(view), tx) else {
                throw NodeRefusal(.refused, "no-opt-out", zh: "本节点没有该主体对此事项的拒绝意愿", en: "no wish of the subject about this item is held here", hint: "creditnode opt-out")
            }
        case .unlawful: break
        }
    }

    /// When the time of a decision is over; nil while its catalogue item is not held.
    func retention(of view: RecordView, _ held: GatheredDecision, _ tx: ReadTransaction) throws -> RetentionDue? {
        guard let item = view.edition.flatMap({ catalogue($0, tx) })?.item(view.item)?.item else { return nil }
        let circumstances = try circumstances(of: held, asOf: environment.today, tx)
        let formed = held.changes.filter { if case .recordState = $0.change.kind { true } else { false } }.map(\.change.capturedAt).min() ?? 0
        return RetentionDue(
            view, item: item, profile: circumstances.profile, enteredOn: CivilDate(atMilliseconds: formed), isListed: circumstances.isListed)
    }

    static func purgedAlready(_ record: Dot) -> NodeRefusal {
        NodeRefusal(
            .refused, "purged", zh: "该记录已按规定清除", en: "the record was purged", hint: "新的决定须凭新的决定书文号登记 / a new effect needs a new decision document")
    }

    /// Why a record is not here.
    func absent(_ record: Dot, _ tx: ReadTransaction) throws -> NodeRefusal { try tx.isPurged(record) ? Self.purgedAlready(record) : Self.noRecord(record) }

    private static func noTombstoneKey(_ home: NodePath) -> NodeRefusal {
        NodeRefusal(
            .refused, "tombstone-key", zh: "自然人记录须由区级或市级节点清除：本节点没有所需密钥", en: "a person's record is purged at the district or the city: this node lacks the key for what must remain",
            hint: "由 \(home.parent?.description ?? "上级 the parent") 办理 / to be done there")
    }
}

extension RetentionHold {
    /// For people.
    package var zh: String {
        switch self {
        case .caseOpen: "异议未结"
        case .litigation: "复议或诉讼中"
        case .conflict: "内容冲突待定"
        case .repairOpen: "修复申请未决"
        case .listed: "主体仍在严重失信主体名单"
        }
    }
}

extension CivilDate {
    /// At UTC+8.
    init(atMilliseconds time: UInt64) { self = CivilDate(daysSinceEpoch: Int((time / 1000 + 8 * 3600) / 86_400)) ?? .latest }
}
