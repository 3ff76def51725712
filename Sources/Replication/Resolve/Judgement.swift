import Registry

/// What a change needs that is not held yet.
package enum Missing: Sendable, Hashable, CustomStringConvertible {
    case edition(Digest)
    case change(Dot)
    /// A record with this natural key (its indexed 16 bytes).
    case record([UInt8])
    /// A ruling on a replica whose past was written twice.
    case ruling(ReplicaID)
    /// A ledger key, with its certificates.
    case key(Digest)

    package var description: String {
        switch self {
        case .edition(let digest): "edition \(digest.short)"
        case .change(let dot): "change \(dot.short)"
        case .ruling(let replica): "a ruling on the fork of \(replica)"
        case .key(let key): "key \(key.short)"
        case .record(let key): "a record with natural key \(Hex.encode(key.prefix(6)))"
        }
    }
}

/// Acceptance, derived from what is held and never sealed: judged again whenever what it waits for
/// arrives (guarantee 5). It never blocks the ledger.
package enum Judgement: Sendable, Hashable {
    case accepted
    case waiting(Missing)
    /// Authentic but unacceptable; `rule` is a stable name, sent back to the author's node.
    case quarantined(rule: String, detail: String)
}

/// An item made ready for judging thousands of records.
package final class ItemInForce: Sendable {
    package let item: CatalogueItem
    package let checker: RecordChecker
    /// The part of each natural key that the item decides.
    let keyPlan: NaturalKey.Plan

    package init(_ item: CatalogueItem) {
        self.item = item
        checker = RecordChecker(item: item)
        keyPlan = NaturalKey.Plan(item)
    }
}

/// A catalogue edition made ready for judging.
package struct CatalogueInForce: Sendable {
    package let catalogue: Catalogue
    /// What tiers below had made narrower and the root held when it issued the edition, which answers them (M40).
    package let seen: Context
    private let items: [UInt32: ItemInForce]

    package init(_ catalogue: Catalogue, seen: Context = .empty) {
        (self.catalogue, self.seen) = (catalogue, seen)
        items = Dictionary(catalogue.items.map { ($0.number, ItemInForce($0)) }, uniquingKeysWith: { first, _ in first })
    }

    package func item(_ number: UInt32) -> ItemInForce? { items[number] }
}

/// An edition as judging uses it.
package enum EditionInForce: Sendable {
    case catalogue(CatalogueInForce)
    case units(UnitRegistry)
    /// Legal profiles and calendars: they decide deadlines, never acceptance.
    case other
}

/// What judging may ask of the replica, as closures so that the decision stays pure.
package struct Circumstances {
    /// nil while the edition is not held.
    package let edition: (Digest) -> EditionInForce?
    /// Whether the list or proposal with this id is held and accepted, or the filing held.
    package let holds: (Dot) -> Bool
    /// The indexed natural key (16 bytes) of the record with this id; nil while no state of it is accepted.
    package let naturalKey: (Dot) -> [UInt8]?
    /// Whether an effective or revoked record with this indexed natural key is held.
    package let matches: ([UInt8]) -> Bool
    /// Whether an answer says that this filing has reached its record.
    package let isTaken: (Dot) -> Bool
    /// Why a proof of origin does not hold; nil = key, signature and digests fit.
    package let proofFault: (OriginProof) -> String?
    /// What a held list was opened as.
    package let list: (Dot) -> ListOpened?
    /// By the newest editions held.
    package let cutOvers: () -> CutOvers
    /// Why an entry shown as evidence of a fork is not its author's; nil = it is.
    package let evidenceFault: (ForkEvidence) -> String?
    /// Whether a ruling releases the change from the rule.
    package let isReleased: (Dot, String) -> Bool
    /// Whether a change of a replica whose past was written twice waits for a ruling.
    package let isHeldBack: (Dot) -> Bool
    /// Whether an accepted order purged the record with this id.
    package var isPurged: (Dot) -> Bool = { _ in false }
    /// Whether a change stands on a branch of its author's past that nobody took.
    package var isLost: (Dot) -> Bool = { _ in false }
    /// Whether a ledger key is held with its certificates.
    package var knowsKey: (Digest) -> Bool = { _ in true }

    package init(
        edition: @escaping (Digest) -> EditionInForce?, holds: @escaping (Dot) -> Bool, naturalKey: @escaping (Dot) -> [UInt8]?,
        matches: @escaping ([UInt8]) -> Bool = { _ in false }, isTaken: @escaping (Dot) -> Bool = { _ in false },
        proofFault: @escaping (OriginProof) -> String? = { _ in "nothing is known of keys" },
        evidenceFault: @escaping (ForkEvidence) -> String? = { _ in "nothing is known of keys" },
        isReleased: @escaping (Dot, String) -> Bool = { _, _ in false }, isHeldBack: @escaping (Dot) -> Bool = { _ in false },
        list: @escaping (Dot) -> ListOpened? = { _ in nil }, cutOvers: @escaping () -> CutOvers = { .none }
    ) {
        self.list = list
        self.cutOvers = cutOvers
        self.edition = edition
        self.holds = holds
        self.naturalKey = naturalKey
        self.matches = matches
        self.isTaken = isTaken
        self.proofFault = proofFault
        self.evidenceFault = evidenceFault
        self.isReleased = isReleased
        self.isHeldBack = isHeldBack
    }
}

/// Judges one authentic change from what is held. Total: any well-formed change gets an answer.
package func judge(_ change: Change, dot: Dot, ledger: LedgerID, in circumstances: Circumstances) -> Judgement {
    if ledger.audience != .local, circumstances.isLost(dot) { return .lostBranch(dot.replica) }
    if ledger.audience != .local, circumstances.isHeldBack(dot) { return .waiting(.ruling(dot.replica)) }
    let judgement = judgeAsNamed(change, dot, ledger, circumstances)
    guard judgement == .accepted else { return judgement }
    guard let fault = circumstances.cutOvers().fault(change, dot, edition: circumstances.edition) else { return .accepted }
    // A person may let it stand all the same.
    if case .quarantined(let rule, _) = fault, circumstances.isReleased(dot, rule) { return .accepted }
    return fault
}

/// By the editions that it names.
private func judgeAsNamed(_ change: Change, _ dot: Dot, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    if change.kind.lane != ledger.lane, change.kind != .unknown {
        return .quarantined(rule: "wrong-lane", detail: "\(change.kind.name) does not travel in the \(ledger.lane.name) lane")
    }
    if change.kind != .unknown, !change.kind.isOfNode, let fault = actorFault(change.actor) { return fault }
    // A wish that is handed on is judged as such below.
    if change.kind != .unknown, !change.kind.isWish, let fault = originFault(change, dot, ledger, circumstances) { return fault }
    if let fault = purgedFault(change, dot, circumstances) { return fault }
    switch change.kind {
    case .recordState(let state): return judge(state, change, dot, ledger, circumstances)
    case .attachmentsAdded: return judgeAttachments(change, ledger, circumstances)
    case .revocation(let revocation): return judge(revocation, change, dot, ledger, circumstances)
    case .act(let act): return judge(act, change, dot, ledger, circumstances)
    case .affair(let affair): return judge(affair, change, ledger, circumstances)
    case .federation(let act): return judge(act, change, dot, ledger, circumstances)
    case .draftStep(let step): return judge(step, change, dot, ledger, circumstances)
    case .listOpened(let opened): return judge(opened, change, ledger) ?? listingFault(opened, change, ledger.replica.path, circumstances) ?? .accepted
    case .listEntry(let entry):
        switch ledger.audience {
        case .local, .published: break
        case .lineage: return .quarantined(rule: "wrong-audience", detail: "an entry is a draft or published")
        }
        if let fault = listFault(entry.list, ledger, circumstances, change) { return fault }
        if entry.document.isEmpty { return .quarantined(rule: "list-document", detail: "an entry names its decision document") }
        if let record = change.record, record.replica.path != ledger.replica.path {
            return .quarantined(rule: "not-competent", detail: "entry \(record.short) was not created by the list's issuer")
        }
        return personFault(entry.subject, name: entry.name, ledger) ?? .accepted
    case .listRemoval(let removal):
        switch ledger.audience {
        case .local, .published: break
        case .lineage: return .quarantined(rule: "wrong-audience", detail: "a removal is published, or of a draft here")
        }
        return listFault(removal.list, ledger, circumstances, change) ?? personFault(removal.subject, name: "", ledger) ?? .accepted
    case .listDigests(let digests):
        if ledger.audience != .published { return .quarantined(rule: "wrong-audience", detail: "digests of a list are published") }
        if digests.replica.path != ledger.replica.path { return .quarantined(rule: "not-competent", detail: "entries of \(digests.replica.path)") }
        return listFault(digests.list, ledger, circumstances) ?? .accepted
    case .listEdition(let edition):
        if ledger.audience != .published { return .quarantined(rule: "wrong-audience", detail: "an edition is published") }
        guard (1..<1 << 62).contains(edition.number) else { return .quarantined(rule: "edition-number", detail: "editions count from 1") }
        return listFault(edition.list, ledger, circumstances) ?? .accepted
    case .catalogue, .units, .profile, .calendar:
        guard ledger.replica.path.depth == 1, ledger.audience == .published else {
            return .quarantined(rule: "not-competent", detail: "only the root issues a \(change.kind.name); proposals travel upward")
        }
        return .accepted
    case .itemProposal(let proposal): return judge(proposal, change, ledger)
    case .proposalReply(let reply): return judge(reply, ledger, circumstances)
    case .erasure(let order): return judge(order, change, ledger, circumstances)
    case .optOut(let wish): return judge(wish, change, ledger, circumstances)
    case .unknown:
        return .quarantined(rule: "unknown-kind", detail: "written by a newer node; kept and relayed, judged after an upgrade")
    }
}

func actorFault(_ actor: Actor) -> Judgement? {
    guard case .valid = CreditCode.parse(actor.unit) else {
        return .quarantined(rule: "actor-unit", detail: "the acting unit has no valid unified social credit code")
    }
    if actor.operator.isEmpty { return .quarantined(rule: "actor-operator", detail: "nobody is named as operator") }
    if actor.reviewer == actor.operator {
        return .quarantined(rule: "four-eyes", detail: "reviewer and operator are the same person (T3)")
    }
    return nil
}

private func judge(_ state: RecordState, _ change: Change, _ dot: Dot, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    let author = ledger.replica.path
    let home = state.home ?? author
    guard home == author else { return .quarantined(rule: "not-competent", detail: "content belongs to the deciding unit's node \(home) (P1)") }
    if let record = change.record, record.replica.path != home {
        return .quarantined(rule: "not-competent", detail: "record \(record.short) was not created at \(home)")
    }
    if state.validity == .revoked { return .quarantined(rule: "malformed", detail: "revoked is no state of its own") }
    let table: ItemInForce
    switch place(state.item, state.validity, change.actor, change.editions.first, home, ledger, circumstances) {
    case .sound(let found): table = found
    case .fault(let judgement): return judgement
    }
    if case .listed = state.subject { return .quarantined(rule: "subject-kind", detail: "a record names its subject, not a digest of a list") }
    if let fault = unitFault(change.actor, change.editions, author: author, circumstances.edition)?.unlessReleased(dot, circumstances) { return fault }
    let broken = table.checker.check(count: state.fields.count, subjectKind: state.subject.kind) { (state.fields[$0].number, state.fields[$0].value) }
    if broken.isEmpty { return .accepted }
    return Judgement.quarantined(rule: "invalid-record", detail: broken.joined(separator: ", ")).unlessReleased(dot, circumstances) ?? .accepted
}

/// Judges what a frame says of all its records, as ``judge(_:dot:ledger:in:)`` would of each: all but their subjects and fields.
package func judge(_ frame: RecordFrame, ledger: LedgerID, in circumstances: Circumstances) -> Judgement {
    if ledger.lane != .ordinary { return .quarantined(rule: "wrong-lane", detail: "records do not travel in the \(ledger.lane.name) lane") }
    if let fault = actorFault(frame.actor) { return fault }
    let author = ledger.replica.path
    switch place(frame.item, frame.validity, frame.actor, frame.editions.first, author, ledger, circumstances) {
    case .sound:
        // Row by row, then: not all of them may be beyond the frontier.
        if circumstances.cutOvers().concerns(unit: frame.actor.unit, item: frame.item) {
            return .quarantined(rule: "cut-over", detail: "the unit or the item has ended")
        }
        return unitFault(frame.actor, frame.editions, author: author, circumstances.edition) ?? .accepted
    case .fault(let judgement): return judgement
    }
}

private enum Placing {
    case sound(ItemInForce)
    case fault(Judgement)
}

/// Edition, item, audience and reviewer: what does not hang on subject and fields.
private func place(
    _ number: UInt32, _ validity: Validity, _ actor: Actor, _ edition: Digest?, _ home: NodePath, _ ledger: LedgerID, _ circumstances: Circumstances
) -> Placing {
    guard let edition else { return .fault(.quarantined(rule: "no-edition", detail: "names no catalogue edition")) }
    guard let held = circumstances.edition(edition) else { return .fault(.waiting(.edition(edition))) }
    guard case .catalogue(let catalogue) = held else {
        return .fault(.quarantined(rule: "no-edition", detail: "the first edition it names is no catalogue"))
    }
    guard let inForce = catalogue.item(number) else {
        return .fault(.quarantined(rule: "unknown-item", detail: "item \(number) is not in catalogue edition \(catalogue.catalogue.number)"))
    }
    let item = inForce.item
    switch ledger.audience {
    case .local: break
    case .published: return .fault(.quarantined(rule: "wrong-audience", detail: "records are not published whole"))
    case .lineage(let of, let upTo):
        guard of == home, upTo == min(Int(item.upToTier), home.depth) else {
            return .fault(.quarantined(rule: "wrong-audience", detail: "\(item.code) goes to \(home) up to tier \(item.upToTier), not \(ledger.audience)"))
        }
        guard validity == .effective else { return .fault(.quarantined(rule: "draft-shared", detail: "drafts stay local")) }
    }
    if validity == .effective, actor.reviewer == nil {
        return .fault(.quarantined(rule: "four-eyes", detail: "effective without a reviewer (T3)"))
    }
    return .sound(inForce)
}

/// Competence by the unit registries that are named (rules.md 3.3): the acting unit works at the author's node. A
/// federation without a registry names none, and nobody is asked.
func unitFault(_ actor: Actor, _ editions: [Digest], author: NodePath, _ held: (Digest) -> EditionInForce?) -> Judgement? {
    for edition in editions.dropFirst() {
        switch held(edition) {
        case nil: return .waiting(.edition(edition))
        case .units(let registry)?:
            guard let unit = CreditCode(actor.unit), registry.isCompetent(unit, at: author) else {
                return .quarantined(rule: "unit-not-competent", detail: "unit \(actor.unit) does not work at \(author), says the registry's edition \(registry.number)")
            }
        case .catalogue?, .other?: continue
        }
    }
    return nil
}

/// Written at a node on the record's way. Whether it counts is competence, as of any act: at R1 the deciding unit's, at whatever post
/// it has there; an instrument of R2 or above binds whoever enters it (T7). Relief waits for its record.
private func judge(_ revocation: Revocation, _ change: Change, _ dot: Dot, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    guard let record = change.record else { return .quarantined(rule: "malformed", detail: "a revocation names its record") }
    switch ledger.audience {
    case .local, .published: return .quarantined(rule: "wrong-audience", detail: "a revocation goes where its record went")
    case .lineage(let of, _):
        guard of == record.replica.path else { return .quarantined(rule: "wrong-audience", detail: "a revocation goes where its record went") }
    }
    if revocation.document.isEmpty || revocation.reason.isEmpty || revocation.rank == .technical {
        return .quarantined(rule: "revocation-document", detail: "a revocation names its document and reason (T7)")
    }
    if change.actor.reviewer == nil { return .quarantined(rule: "four-eyes", detail: "a revocation needs a reviewer") }
    if let fault = unitFault(change.actor, change.editions, author: ledger.replica.path, circumstances.edition)?.unlessReleased(dot, circumstances) { return fault }
    // The record may not be held yet, or stand under another key until the state it was revoked under comes: either
    // way the key it names stays suspended, and a later state judges it again.
    guard circumstances.naturalKey(record) == Array(revocation.naturalKey.bytes.prefix(NaturalKey.indexedBytes)) else {
        return .waiting(.change(record))
    }
    return .accepted
}

private func judge(_ opened: ListOpened, _ change: Change, _ ledger: LedgerID) -> Judgement? {
    guard ledger.audience == .published else { return .quarantined(rule: "wrong-audience", detail: "a list is published") }
    guard change.record == nil else { return .quarantined(rule: "malformed", detail: "a list is opened once") }
    guard ListCode.isValid(opened.code) else { return .quarantined(rule: "list-code", detail: "a list code is 1…40 of a-z, 0-9, -") }
    guard !opened.basis.isEmpty else { return .quarantined(rule: "no-basis", detail: "a list without legal basis cannot be created") }
    guard case .valid = CreditCode.parse(opened.authority) else {
        return .quarantined(rule: "list-authority", detail: "the competent authority has no valid code")
    }
    guard opened.maxAge > 0 else { return .quarantined(rule: "list-age", detail: "a list says how long it stays fresh") }
    return nil
}

/// Only the node that issued a list changes it; streets propose.
/// - Parameter change: of which competence is asked; nil for what follows from entries and removals.
private func listFault(_ list: Dot, _ ledger: LedgerID, _ circumstances: Circumstances, _ change: Change? = nil) -> Judgement? {
    guard list.replica.path == ledger.replica.path else {
        return .quarantined(rule: "not-competent", detail: "the list belongs to \(list.replica.path)")
    }
    guard circumstances.holds(list) else { return .waiting(.change(list)) }
    guard let change, let opened = circumstances.list(list) else { return nil }
    return listingFault(opened, change, ledger.replica.path, circumstances)
}

/// Proposals travel up to the root; streets and districts propose, the root decides.
private func judge(_ proposal: ItemProposal, _ change: Change, _ ledger: LedgerID) -> Judgement {
    let author = ledger.replica.path
    guard author.depth > 1 else { return .quarantined(rule: "not-competent", detail: "the root publishes editions, it does not propose them") }
    guard ledger.audience == .lineage(of: author, upTo: 1) else { return .quarantined(rule: "wrong-audience", detail: "a proposal goes up to the root") }
    if proposal.item.basis.isEmpty { return .quarantined(rule: "no-basis", detail: "an item without legal basis cannot be created") }
    if proposal.reason.isEmpty { return .quarantined(rule: "proposal-reason", detail: "a proposal states its reason") }
    if change.actor.reviewer == nil { return .quarantined(rule: "four-eyes", detail: "a proposal needs a reviewer") }
    return .accepted
}

private func judge(_ reply: ProposalReply, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    guard ledger.replica.path.depth == 1, ledger.replica.path == reply.proposal.replica.path.root else {
        return .quarantined(rule: "not-competent", detail: "only the root answers a proposal")
    }
    guard ledger.audience == .lineage(of: reply.proposal.replica.path, upTo: 1) else {
        return .quarantined(rule: "wrong-audience", detail: "an answer goes back where the proposal came from")
    }
    if reply.reason.isEmpty { return .quarantined(rule: "proposal-reason", detail: "an answer states its reason") }
    if reply.outcome == .adopted, reply.edition == nil { return .quarantined(rule: "malformed", detail: "an adoption names its edition") }
    return circumstances.holds(reply.proposal) ? .accepted : .waiting(.change(reply.proposal))
}

/// A person goes out as memory-hard digest alone: no name, and no digest under the stable subject key (guarantee 7).
private func personFault(_ subject: SubjectKey, name: String, _ ledger: LedgerID) -> Judgement? {
    guard ledger.audience != .local else { return nil }
    switch subject {
    case .organisation, .unregistered: return nil
    case .person: return .quarantined(rule: "person-on-list", detail: "a person stands on a published list by list digest only")
    case .listed: return name.isEmpty ? nil : .quarantined(rule: "person-on-list", detail: "a person's name does not travel with a list")
    }
}

/// Codes by which people name lists.
package enum ListCode {
    package static func isValid(_ code: String) -> Bool {
        (1...40).contains(code.utf8.count)
            && code.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }
}
