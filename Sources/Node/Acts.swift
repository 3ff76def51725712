import Registry
import Replication
import Storage

/// What a person sees who is about to act on a record.
package struct ActScene: Sendable {
    /// The record acted on, which may be an alias of the view's.
    package let record: Dot
    package let view: RecordView
    package let item: CatalogueItem
    /// What relief names.
    package let target: ReliefTarget
    /// UTC+8.
    package let today: CivilDate
}

/// What became of an act at once, here.
package struct ActOutcome: Sendable {
    /// The changes, one a record: relief is written on every duplicate.
    package let changes: [Dot]
    package let view: RecordView
    package let item: CatalogueItem
}

extension Node {
    /// Acts on a record of this node or of a node below it. Whether the act counts is competence and rank, decided by
    /// `resolve` the same everywhere: a correction by another unit than the deciding one stays a proposal (M2).
    /// - Parameters:
    ///   - basedOn: the version a form was filled from (``version(of:)``); nil = everything held now. What came since then
    ///     is concurrent with the act, never silently overwritten.
    ///   - make: gives the act; relief needs no target of its own.
    /// - Throws: ``NodeRefusal``: not held, not on this node's way, a draft, over; and what this node's own rules refuse.
    package func act(on record: Dot, basedOn: Context? = nil, actor: Actor, making make: (ActScene) throws -> RecordAct) throws -> ActOutcome {
        try check(actor)
        return try writingActs(on: record) { tx in
            var (held, view) = try actable(record, tx)
            let item = try item(of: view, tx)
            let act = try make(ActScene(record: record, view: view, item: item, target: try target(of: record, held, item), today: environment.today))
            try check(act, by: actor, fits: view)
            let half = try mendSeparation(of: record, before: act, held, actor, tx)
            if !half.tips.isEmpty { (held, view) = try actable(record, tx) }
            let duplicates = act.bindsDuplicates ? ([view.id] + view.aliases).filter { $0 != record }.sorted() : []
            var acts: [(ActPlace, ChangeKind)] = []
            for member in [record] + duplicates {
                guard let place = try place(held, member, basedOn: member == record ? basedOn : nil, required: member == record) else { continue }
                acts.append((place, .act(act.naming(try target(of: member, held, item)))))
            }
            let written = try write(acts, lane: act.lane, actor, tx)
            return (written.0, half.tips + written.1)
        }
    }

    package func act(on record: Dot, _ act: RecordAct, basedOn: Context? = nil, actor: Actor) throws -> ActOutcome {
        try self.act(on: record, basedOn: basedOn, actor: actor) { _ in act }
    }

    /// Acts on many records in one transaction, a few change sets for all of them.
    /// - Parameter acts: at most one a record; an act sees what was held before, never another of the batch.
    /// - Returns: the changes, in the order of `acts`; relief binds the record it names, not its duplicates.
    /// - Throws: ``NodeRefusal`` as ``act(on:basedOn:actor:making:)``; then nothing is written.
    package func actAll(_ acts: [(record: Dot, act: RecordAct)], actor: Actor) throws -> [Dot] {
        try check(actor)
        guard Set(acts.map(\.record)).count == acts.count else {
            throw NodeRefusal(.badInput, "record-twice", zh: "同一批中每条记录只能办理一次", en: "a batch acts once on a record")
        }
        return try announcing(as: .bulk) { tx in
            let bodies = BodyShelf()
            var batches: [LedgerID: (places: [Int], changes: [Change])] = [:]
            let now = environment.now()
            for (index, one) in acts.enumerated() {
                guard let held = try gather(one.record, tx, bodies), let view = resolve(record: one.record, changes: held.changes) else { throw Self.noRecord(one.record) }
                try check(one.act, by: actor, fits: view)
                guard let place = try place(held, one.record, basedOn: nil, required: true) else { continue }
                let act = one.act.naming(try target(of: one.record, held, try item(of: view, tx)))
                let change = Change(
                    record: one.record, previous: place.previous, context: place.context, actor: actor, capturedAt: now,
                    editions: try place.edition.map { try editions(for: actor, catalogue: $0, tx) } ?? [], kind: .act(act))
                let ledger = LedgerID(replica: replica, audience: place.audience, lane: act.lane)
                batches[ledger, default: ([], [])].places.append(index)
                batches[ledger, default: ([], [])].changes.append(change)
            }
            var dots: [(Int, Dot)] = [], tips: [LedgerTip] = []
            for (ledger, batch) in batches.sorted(by: { $0.key < $1.key }) {
                let written = try append(batch.changes, to: ledger.audience, lane: ledger.lane, tx)
                dots += zip(batch.places, written.dots)
                tips.append(written.tip)
            }
            return (dots.sorted { $0.0 < $1.0 }.map(\.1), tips)
        }
    }

    /// Declares two records held here to be one decision, or not to be (T17, M35–M37): written on both.
    package func link(_ record: Dot, _ other: Dot, isSame: Bool, reason: String, actor: Actor) throws -> ActOutcome {
        try check(actor)
        guard record != other else { throw NodeRefusal(.badInput, "same-record", zh: "两个编号是同一记录", en: "both ids are the same record", hint: "--with 另一记录 / the other record") }
        guard IdentityLink(other: other, isSame: isSame, reason: reason).mayBeSaid(of: record, by: path) else {
            throw NodeRefusal(
                .refused, "not-competent", zh: "合并由两条记录共同的上级办理（T17）；街道只能提出“不是同一件”", en: "records are merged by a tier above them (T17); a street only says that they are not the same",
                hint: "由 \(record.replica.path.commonAncestor(with: other.replica.path)?.description ?? "上级 the parent") 或其上级办理 / to be done there or above")
        }
        return try writingActs(on: record) { tx in
            var acts: [(ActPlace, ChangeKind)] = [], lane = Lane.ordinary
            for (from, to) in [(record, other), (other, record)] {
                let (held, view) = try actable(from, tx)
                let act = RecordAct.identity(IdentityLink(other: to, isSame: isSame, reason: reason))
                try check(act, by: actor, fits: view)
                lane = act.lane
                if let place = try place(held, from, basedOn: nil, required: true) { acts.append((place, .act(act))) }
            }
            return try write(acts, lane: lane, actor, tx)
        }
    }

    /// What is held of a record now: the version that a form filled from it is based on.
    package func version(of record: Dot) throws -> Context {
        try store.read { tx in
            guard let held = try gather(record, tx), let place = try place(held, record, basedOn: nil, required: false) else { return .empty }
            return place.context
        }
    }

    /// The record that a held change is about; nil when it is not held.
    package func record(ofChange dot: Dot) throws -> Dot? {
        try store.read { tx in try change(dot, tx).map { $0.change.record ?? dot } }
    }

    /// A number that a window gives to whoever files something: the node's name, the day, and chance.
    package func newReceipt() throws -> String {
        "\(path.name.uppercased())-\(environment.today.description.filter { $0 != "-" })-\(Hex.encode(try environment.random(4)).uppercased())"
    }

    // MARK: - Where a change goes

    /// Where a change of one record goes, and what it says it follows.
    struct ActPlace {
        let record: Dot
        let audience: Audience
        let previous: UInt64
        let context: Context
        let edition: Digest?
    }

    /// - Returns: nil where the record's changes do not pass this node and it is not `required`.
    func place(_ held: GatheredDecision, _ record: Dot, basedOn: Context?, required: Bool) throws -> ActPlace? {
        let own = held.changes.filter { $0.record == record }
        var standing: HeldChange?
        for one in own {
            guard case .recordState = one.change.kind else { continue }
            if (standing?.audience.width ?? -1) < one.audience.width { standing = one }
        }
        guard let standing, standing.audience != .local else {
            if !required { return nil }
            throw NodeRefusal(.refused, "not-effective", zh: "该记录尚未生效", en: "the record is not effective yet", hint: "--reviewer")
        }
        guard standing.audience.admits(author: path) else {
            if !required { return nil }
            throw NodeRefusal(.refused, "not-on-path", zh: "该记录不经过本节点", en: "the record's changes do not pass this node", hint: "\(standing.audience)")
        }
        let chain = chain(of: own, in: standing.audience)
        if let basedOn {
            for entry in basedOn.entries {
                let highest = max(entry.through, entry.later.last ?? 0)
                guard highest == 0 || chain.context.contains(Dot(replica: entry.replica, counter: highest)) else {
                    throw NodeRefusal(
                        .badInput, "version", zh: "所依据的版本不是本节点持有的版本", en: "the version it is based on is not one this node held", hint: "creditnode show")
                }
            }
        }
        return ActPlace(
            record: record, audience: standing.audience, previous: chain.previous, context: basedOn ?? chain.context, edition: standing.change.editions.first)
    }

    /// Writes one change a place.
    func write(_ acts: [(place: ActPlace, kind: ChangeKind)], lane: Lane, _ actor: Actor, _ tx: WriteTransaction) throws -> ([Dot], [LedgerTip]) {
        let now = environment.now()
        var dots: [Dot] = [], tips: [LedgerTip] = []
        for (place, kind) in acts {
            let named = try place.edition.map { try editions(for: actor, catalogue: $0, tx) } ?? []
            let change = Change(
                record: place.record, previous: place.previous, context: place.context, actor: actor, capturedAt: now, editions: named, kind: kind)
            let written = try append([change], to: place.audience, lane: lane, tx)
            dots += written.dots
            tips.append(written.tip)
        }
        return (dots, tips)
    }

    private func writingActs(on record: Dot, _ body: (WriteTransaction) throws -> ([Dot], [LedgerTip])) throws -> ActOutcome {
        try announcing { tx in
            let (changes, tips) = try body(tx)
            let view = try view(of: record, tx)
            return (ActOutcome(changes: changes, view: view, item: try item(of: view, tx)), tips)
        }
    }

    // MARK: - Whether it may be written at all

    func actable(_ record: Dot, _ tx: ReadTransaction) throws -> (GatheredDecision, RecordView) {
        guard let held = try gather(record, tx), let view = try view(held, containing: record, asOf: nil, tx) else { throw try absent(record, tx) }
        if view.shown.label == .purged { throw Self.purgedAlready(view.id) }
        return (held, view)
    }

    func item(of view: RecordView, _ tx: ReadTransaction) throws -> CatalogueItem {
        guard let item = view.edition.flatMap({ catalogue($0, tx) })?.item(view.item)?.item else { throw Self.noCatalogue }
        return item
    }

    /// Relief names the natural key under which its record stands here.
    func target(of record: Dot, _ held: GatheredDecision, _ item: CatalogueItem) throws -> ReliefTarget {
        guard let view = resolve(record: record, changes: held.changes) else { throw Self.noRecord(record) }
        let state = RecordState(item: view.item, home: view.home, validity: view.validity, subject: view.subject, fields: view.fields)
        let bytes = NaturalKey(state, item: item)?.bytes ?? Array("id \(record)".utf8)
        return ReliefTarget(naturalKey: digest(bytes), authority: state.text(item.roles.authorityCode))
    }

    private func check(_ act: RecordAct, by actor: Actor, fits view: RecordView) throws {
        if act.needsReviewer, actor.reviewer == nil {
            throw NodeRefusal(.refused, "four-eyes", zh: "此项须经另一人审核（T3）", en: "this needs a reviewer, another person than the operator (rule T3)", hint: "--reviewer 另一人 / another person")
        }
        guard view.validity == .revoked, !act.followsRevocation else { return }
        throw NodeRefusal(.refused, "revoked-already", zh: "该记录已撤销，新的不利后果须有新的决定书（P4）", en: "the record is revoked; a new adverse effect needs a new decision document (P4)",
            hint: "creditnode enter")
    }
}

extension RecordAct {
    /// Relief of the decision as such holds for each of its records: written on every duplicate that passes this node.
    fileprivate var bindsDuplicates: Bool {
        switch self {
        case .repair(let act): act.step.isRelief
        case .publication(let mark): mark.step != .resumed
        case .correction(let correction): correction.objection != nil
        case .upheld, .objection, .reply, .reviewRequest, .forwarding, .litigation, .identity, .fulfilment: false
        }
    }

    /// What may still be said of a revoked record: the subject is owed replies (M11), courts go on (M8, M44).
    fileprivate var followsRevocation: Bool {
        switch self {
        case .upheld, .objection, .reply, .reviewRequest, .forwarding, .litigation, .identity: true
        case .correction, .repair, .publication, .fulfilment: false
        }
    }

    /// The same with the target that relief needs; any other act as it is.
    fileprivate func naming(_ target: ReliefTarget) -> RecordAct {
        switch self {
        case .correction(var correction) where correction.objection != nil:
            correction.target = target
            return .correction(correction)
        case .objection(var objection):
            objection.target = target
            return .objection(objection)
        case .repair(var act) where act.step.isRelief:
            act.target = target
            return .repair(act)
        case .publication(var mark) where mark.step != .resumed:
            mark.target = target
            return .publication(mark)
        case .correction, .repair, .publication, .upheld, .reply, .reviewRequest, .forwarding, .litigation, .identity, .fulfilment: return self
        }
    }
}
