import Registry
import Replication
import Sealing
import Storage

/// What became of one row of an import.
package enum RowFate: Sendable, Hashable {
    case effective
    case draft
    /// Recorded already, exactly as it stands.
    case unchanged
    /// The same decision is recorded with other values.
    case differs(record: Dot, fields: [UInt32])
    /// The decision was recorded and withdrawn: a new effect needs a new decision document (M33).
    case revoked(record: Dot)
}

extension Node {
    /// The catalogue edition new records are written under.
    /// - Throws: ``NodeRefusal`` while none is held.
    package func currentCatalogue() throws -> (digest: Digest, catalogue: Catalogue) {
        try store.read { tx in
            guard let newest = try tx.newestEdition(.catalogue), let inForce = catalogue(newest.digest, tx) else {
                throw NodeRefusal(
                    .refused, "no-catalogue", zh: "尚未收到信用信息目录，无法校验记录", en: "no catalogue edition is held yet, so rows cannot be checked",
                    hint: "启动 serve 与上级连接一次即可收到目录 / run `creditnode serve` once with a line to the parent")
            }
            return (newest.digest, inForce.catalogue)
        }
    }

    /// Records one batch of valid rows in one transaction. With a reviewer they become effective and enter
    /// the lineage's ledger; without one they stay local drafts.
    ///
    /// Idempotent by natural key: rows that are recorded already change nothing, a draft that comes again
    /// with a reviewer is entered under its own id, and the same decision with other values is reported.
    /// - Returns: one fate a record, in order.
    /// - Throws: ``NodeRefusal`` for a bad actor; ``StorageError``. Nothing was written then.
    package func record(_ rows: [ValidRecord], item: CatalogueItem, edition: Digest, actor: Actor) throws -> [RowFate] {
        try check(actor)
        let editions = try editions(for: actor, catalogue: edition)
        var states: [RecordState] = []
        states.reserveCapacity(rows.count)
        for row in rows { states.append(try state(of: row, validity: actor.reviewer == nil ? .draft : .effective)) }
        let keys = states.map { naturalKeyBytes($0, item: item, id: nil) }
        var cache = BodyCache()
        var tips: [LedgerTip] = []
        let fates = try store.write(as: rows.count > 64 ? .bulk : .small) { tx -> [RowFate] in
            var fates: [RowFate] = []
            var shared: [Change] = []
            var local: [Change] = []
            var seen: [[UInt8]: Int] = [:]
            for (index, state) in states.enumerated() {
                let key = keys[index]
                if let earlier = seen[key] {
                    fates.append(compare(state, states[earlier], record: nil))
                    continue
                }
                seen[key] = index
                let change = Change(actor: actor, capturedAt: environment.now(), editions: editions, kind: .recordState(state))
                guard try tx.hasRecord(naturalKey: key), let held = try tx.records(naturalKey: key).first else {
                    if state.validity == .draft { local.append(change) } else { shared.append(change) }
                    fates.append(state.validity == .draft ? .draft : .effective)
                    continue
                }
                fates.append(try again(state, change, held, &cache, &shared, tx))
            }
            if !local.isEmpty { tips.append(try append(local, to: .local, lane: .ordinary, tx).tip) }
            if !shared.isEmpty {
                let audience = Audience.lineage(of: path, upTo: min(Int(item.upToTier), path.depth))
                tips.append(try append(shared, to: audience, lane: .ordinary, tx).tip)
            }
            return fates
        }
        announce(tips)
        return fates
    }

    /// A row whose natural key is recorded already.
    private func again(_ state: RecordState, _ change: Change, _ held: RecordRow, _ cache: inout BodyCache, _ shared: inout [Change], _ tx: ReadTransaction) throws -> RowFate {
        if held.validity == .revoked { return .revoked(record: held.id) }
        guard case .recordState(let standing)? = try cache.change(held.state, self, tx)?.kind else { return .differs(record: held.id, fields: []) }
        let fate = compare(state, standing, record: held.id)
        guard case .unchanged = fate else { return fate }
        guard standing.validity == .draft, state.validity == .effective, held.id.replica.path == path else { return fate }
        var entering = change
        entering.record = held.id
        // The draft's dot and chain are local: this audience can see none of them, so previous and context stay empty.
        shared.append(entering)
        return .effective
    }

    func compare(_ new: RecordState, _ standing: RecordState, record: Dot?) -> RowFate {
        var differing: [UInt32] = []
        let numbers = Set(new.fields.map(\.number)).union(standing.fields.map(\.number)).sorted()
        for number in numbers where new.value(number) != standing.value(number) { differing.append(number) }
        if differing.isEmpty, new.subject.lookupText == standing.subject.lookupText { return .unchanged }
        return .differs(record: record ?? Dot(replica: replica, counter: 1), fields: differing)
    }

    func check(_ actor: Actor) throws {
        guard case .valid = CreditCode.parse(actor.unit) else {
            throw NodeRefusal(
                .badInput, "actor-unit", zh: "经办单位不是有效的统一社会信用代码：\(actor.unit)", en: "the acting unit is no valid unified social credit code: \(actor.unit)",
                hint: "--unit 填写单位的18位统一社会信用代码 / give the unit's 18-character code")
        }
        guard !actor.operator.isEmpty, actor.operator.utf8.count <= 100, (actor.reviewer ?? "").utf8.count <= 100 else {
            throw NodeRefusal(.badInput, "actor-operator", zh: "缺少经办人，或姓名过长", en: "no operator is named, or a name is too long", hint: "--operator 姓名或工号")
        }
        guard actor.reviewer != actor.operator else {
            throw NodeRefusal(
                .refused, "four-eyes", zh: "审核人不得与经办人为同一人（T3）", en: "the reviewer must be another person than the operator (rule T3)",
                hint: "由另一人审核，或省略 --reviewer 先存为草稿 / name another reviewer, or leave it out to keep drafts")
        }
    }

    func state(of row: ValidRecord, validity: Validity) throws -> RecordState {
        let subject: SubjectKey
        switch row.subject {
        case .organisation(let code): subject = .organisation(code)
        case .unregistered(let name): subject = .unregistered(name)
        case .person(let document, let number):
            let sealed = try identity.federationKeys.sealNumber(type: UInt8(document.rawValue), number: number, at: path)
            subject = .person(
                PersonNumber(document: document, digest: sealed.digest, ciphertext: sealed.ciphertext, sealedAt: path, keyEpoch: 1))
        }
        return RecordState(
            item: row.item, home: nil, validity: validity, subject: subject,
            fields: row.fields.map { RecordField(number: $0.number, value: $0.value) })
    }
}

/// The change sets read last, decoded: a re-import meets its rows in the order they were written.
struct BodyCache {
    private var sets: [(set: StoredChangeSet, bodies: SealedBodies)] = []

    mutating func change(_ dot: Dot, _ node: Node, _ tx: ReadTransaction) throws -> Change? { try held(dot, node, tx)?.change }

    /// The change with the audience of its ledger; nil when it, or its body, is not held.
    mutating func held(_ dot: Dot, _ node: Node, _ tx: ReadTransaction) throws -> (change: Change, audience: Audience)? {
        func isIn(_ set: StoredChangeSet) -> Bool {
            set.ledger.replica == dot.replica && dot.counter >= set.firstCounter && dot.counter < set.firstCounter + UInt64(set.count)
        }
        if !sets.contains(where: { isIn($0.set) }) {
            guard let set = try tx.changeSet(holding: dot) else { return nil }
            if sets.count == 4 { sets.removeFirst() }
            sets.append((set, try node.readBodies(set)))
        }
        guard let hit = sets.first(where: { isIn($0.set) }), let body = hit.bodies[Int(dot.counter - hit.set.firstCounter)] else { return nil }
        return (try Change(serialized: body), hit.set.ledger.audience)
    }
}
