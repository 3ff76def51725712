import Registry
import Replication
import Sealing
import Storage

/// A record on its way to being effective, with what it is about.
package struct DraftLine: Sendable {
    package let view: RecordView
    package let draft: DraftView
    package let item: CatalogueItem?

    package init(view: RecordView, draft: DraftView, item: CatalogueItem?) { (self.view, self.draft, self.item) = (view, draft, item) }
}

extension Node {
    /// Most drafts of one transaction.
    package static let draftsTogether = 1000

    /// Records one row by itself: a draft without a reviewer, effective with one.
    /// - Returns: what became of it, and the record it is now; nil where none has its natural key.
    /// - Throws: ``NodeRefusal``, as an import of one row.
    package func enter(_ row: ValidRecord, _ terms: RecordTerms) throws -> (fate: RowFate, record: Dot?) {
        let prepared = try prepare([row], terms)
        let fate = try record([prepared])[0][0]
        guard let key = prepared.keys[0] else { return (fate, nil) }
        return (fate, try store.read { try $0.records(naturalKey: key).first?.id })
    }

    /// Writes a draft anew, with what a form was based on: a version that no longer stands is refused, never overwritten.
    /// - Returns: the new version.
    /// - Throws: ``NodeRefusal``: not held, effective already, changed since `basedOn` (`draft-changed`), another decision.
    package func edit(draft id: Dot, basedOn: Dot, row: ValidRecord, actor: Actor) throws -> Dot {
        try check(actor)
        return try writing { tx in
            let held = try ownDraft(id, tx)
            guard held.draft.version == basedOn else {
                throw NodeRefusal(
                    .refused, "draft-changed", zh: "草稿已由 \(held.draft.author.operator) 改为另一版本，请在其基础上重新修改", en: "\(held.draft.author.operator) changed the draft meanwhile; start from that version",
                    hint: "creditnode show \(id) · --based-on \(held.draft.version)")
            }
            guard held.draft.submittedBy == nil else {
                throw NodeRefusal(.refused, "draft-submitted", zh: "已提交待审，退回后方可修改", en: "it is submitted; it can be changed once it is sent back", hint: "creditnode return \(id)")
            }
            guard let newest = try tx.newestEdition(.catalogue) else { throw Self.noCatalogue }
            let editions = try editions(for: actor, catalogue: newest.digest, tx)
            let state = try state(of: row, validity: .draft), item = catalogue(newest.digest, tx)?.item(state.item)?.item
            guard state.item == held.view.item else {
                throw NodeRefusal(.badInput, "draft-item", zh: "不能把草稿改为另一事项", en: "a draft stays of its item")
            }
            let key = naturalKeyBytes(state, item: item, id: id)
            if try barred(subject: state.subject.lookupText, item: state.item, key, tx) != nil {
                throw NodeRefusal(.refused, "barred", zh: "该决定已清除，或主体不愿记录此类信息", en: "the decision was purged, or its subject does not want such records kept")
            }
            let others = try tx.records(naturalKey: key).filter { $0.id != id }
            if let other = others.first {
                throw NodeRefusal(.refused, "recorded-already", zh: "该决定已有记录 \(other.id)", en: "the decision is recorded already as \(other.id)", hint: "creditnode show \(other.id)")
            }
            let chain = chain(of: held.changes, in: .local)
            let change = Change(
                record: id, previous: chain.previous, context: chain.context, actor: Actor(unit: actor.unit, operator: actor.operator), capturedAt: environment.now(),
                editions: editions, kind: .recordState(state))
            let written = try append([change], to: .local, lane: .ordinary, tx)
            return (written.dots, written.tip)
        }[0]
    }

    /// Hands drafts to the reviewer (T2), or gives them up.
    /// - Throws: ``NodeRefusal`` for the first that cannot be; nothing was written then.
    package func step(_ kind: DraftStepKind, drafts ids: [Dot], code: String = "", reason: String = "", actor: Actor) throws -> [Dot] {
        try check(actor)
        if kind == .returned {
            guard RejectCode.isWellFormed(code), !reason.isEmpty, reason.utf8.count <= 2000 else {
                throw NodeRefusal(.badInput, "reject-code", zh: "退回须写明代码和理由（T4）", en: "a return names its code and reason (T4)", hint: RejectCode.allCases.map(\.rawValue).joined(separator: ", "))
            }
        }
        return try writing { tx in
            let now = environment.now()
            let changes = try ids.map { id -> Change in
                let held = try ownDraft(id, tx)
                try checkStep(kind, held, actor)
                let chain = chain(of: held.changes, in: .local)
                return Change(
                    record: id, previous: chain.previous, context: chain.context, actor: Actor(unit: actor.unit, operator: actor.operator), capturedAt: now,
                    kind: .draftStep(DraftStep(kind: kind, version: held.draft.version, code: code, reason: reason)))
            }
            guard !changes.isEmpty else { return ([], nil) }
            let written = try append(changes, to: .local, lane: .ordinary, tx)
            return (written.dots, written.tip)
        }
    }

    /// Makes submitted drafts effective (T3): they enter the lineage's ledger under their own ids. The reviewer is another
    /// person than whoever wrote or submitted the version that stands, whenever that was.
    /// - Parameter actor: the reviewer, as operator.
    /// - Throws: ``NodeRefusal`` for the first that cannot be approved; nothing was written then.
    package func approve(_ ids: [Dot], actor: Actor) throws -> [Dot] {
        try check(actor)
        return try announcing { tx in
            guard let newest = try tx.newestEdition(.catalogue), let inForce = catalogue(newest.digest, tx) else { throw Self.noCatalogue }
            let projector = Projector(node: self, tx: tx), now = environment.now()
            var groups: [(audience: Audience, changes: [Change])] = []
            for id in ids {
                let held = try ownDraft(id, tx)
                try checkApproval(held, actor)
                guard let item = inForce.item(held.view.item)?.item else {
                    throw NodeRefusal(.refused, "unknown-item", zh: "现行目录中已没有该事项", en: "the catalogue in force no longer has the item", hint: "creditnode return \(id) --code out-of-scope")
                }
                let author = Actor(unit: held.draft.author.unit, operator: held.draft.author.operator, reviewer: actor.operator)
                let terms = try terms(item, edition: newest.digest, actor: author, tx)
                let state = RecordState(item: held.view.item, home: nil, validity: .effective, subject: held.view.subject, fields: held.view.fields)
                // The draft's dot and chain are local: this audience can see none of them.
                let change = Change(record: id, actor: author, capturedAt: now, editions: terms.editions, kind: .recordState(state))
                if let index = groups.firstIndex(where: { $0.audience == terms.audience }) {
                    groups[index].changes.append(change)
                } else {
                    groups.append((terms.audience, [change]))
                }
            }
            var dots: [Dot] = [], tips: [LedgerTip] = []
            for group in groups {
                let outgoing = try group.changes.map { try Outgoing($0) }
                let written = try append(outgoing, try prepareSets(outgoing), to: group.audience, lane: .ordinary, projector)
                dots += written.dots
                tips.append(written.tip)
                let entered = zip(group.changes, written.dots).compactMap { change, dot in change.record.map { (record: $0, state: dot) } }
                tips += try enterFiles(of: entered, to: group.audience, tx) { group.changes[$0].actor }
            }
            return (dots, tips)
        }
    }

    // MARK: - What may be done

    /// A draft of this node with its accepted changes.
    struct OwnDraft {
        let view: RecordView
        let draft: DraftView
        let changes: [HeldChange]
    }

    /// - Throws: ``NodeRefusal`` when it is not held, or effective.
    func ownDraft(_ id: Dot, _ tx: ReadTransaction) throws -> OwnDraft {
        let changes = try acceptedChanges(of: id, tx)
        guard let view = resolve(record: id, changes: changes) else {
            throw NodeRefusal(.notFound, "no-such-record", zh: "本节点没有记录 \(id)", en: "record \(id) is not held here", hint: "creditnode drafts")
        }
        guard let draft = view.drafting, view.home == path else {
            throw NodeRefusal(.refused, "not-a-draft", zh: "记录 \(id) 已生效，不是草稿", en: "record \(id) is effective, no draft", hint: "creditnode show \(id)")
        }
        return OwnDraft(view: view, draft: draft, changes: changes)
    }

    private func checkStep(_ kind: DraftStepKind, _ held: OwnDraft, _ actor: Actor) throws {
        guard actor.unit == held.draft.author.unit else { throw Self.otherUnit(held.draft.author.unit) }
        switch kind {
        case .submitted:
            guard held.draft.submittedBy == nil else { throw NodeRefusal(.refused, "submitted-already", zh: "\(held.view.id) 已提交待审", en: "\(held.view.id) is submitted already", hint: "creditnode approve") }
            if held.draft.returned != nil, !isMendedByFiles(held) {
                throw NodeRefusal(
                    .refused, "not-mended", zh: "\(held.view.id) 已被退回，修改后方可再次提交", en: "\(held.view.id) was sent back; it is submitted again once it was changed",
                    hint: "creditnode edit \(held.view.id) --based-on \(held.draft.version)")
            }
        case .returned:
            guard let submitter = held.draft.submittedBy else { throw NodeRefusal(.refused, "not-submitted", zh: "\(held.view.id) 未提交", en: "\(held.view.id) is not submitted", hint: "creditnode submit") }
            try fourEyes(actor, held, submitter)
        case .discarded:
            guard held.draft.submittedBy == nil else {
                throw NodeRefusal(.refused, "draft-submitted", zh: "已提交待审，退回后方可作废", en: "it is submitted; it can be given up once it is sent back", hint: "creditnode return \(held.view.id)")
            }
        }
    }

    private func checkApproval(_ held: OwnDraft, _ actor: Actor) throws {
        guard actor.unit == held.draft.author.unit else { throw Self.otherUnit(held.draft.author.unit) }
        guard let submitter = held.draft.submittedBy else {
            throw NodeRefusal(.refused, "not-submitted", zh: "\(held.view.id) 尚未提交审核（T2）", en: "\(held.view.id) was not submitted for review (T2)", hint: "creditnode submit \(held.view.id)")
        }
        try fourEyes(actor, held, submitter)
    }

    private func fourEyes(_ actor: Actor, _ held: OwnDraft, _ submitter: Actor) throws {
        guard actor.operator != held.draft.author.operator, actor.operator != submitter.operator else {
            throw NodeRefusal(
                .refused, "four-eyes", zh: "审核人不得与采集员（\(held.draft.author.operator)）为同一人（T3）", en: "the reviewer must be another person than the one who entered it, \(held.draft.author.operator) (rule T3)",
                hint: "由另一人审核 / let another person review it")
        }
    }

    static func otherUnit(_ unit: String) -> NodeRefusal {
        NodeRefusal(.refused, "other-unit", zh: "草稿属于单位 \(unit)", en: "the draft is unit \(unit)'s", hint: "--unit \(unit)")
    }
}
