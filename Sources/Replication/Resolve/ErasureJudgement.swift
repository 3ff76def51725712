import Registry

/// Judges an erasure order on itself and its ledger alone: it counts from its arrival, before and after what it names, and
/// whether or not the record was ever held (M43).
///
/// Each handler must delete when the time is over (PIPL 20, 47), so the record's home orders it or a node above; an order
/// that is not for the deciding unit's own lineage is for the office that the change came through.
func judge(_ order: ErasureOrder, _ change: Change, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    guard let record = change.record else { return .quarantined(rule: "malformed", detail: "an erasure order names its record") }
    let author = ledger.replica.path, home = record.replica.path
    guard author.isAncestorOrSelf(of: home) else {
        return .quarantined(rule: "not-competent", detail: "record \(record.short) is purged by \(home) or a node above it (T18)")
    }
    switch ledger.audience {
    case .published: return .quarantined(rule: "wrong-audience", detail: "an erasure order goes where the changes went that it names")
    case .local:
        guard order.erased.allSatisfy({ $0.replica.path == author }) else {
            return .quarantined(rule: "wrong-audience", detail: "a local erasure names changes of this node")
        }
    case .lineage(let of, _):
        guard order.erased.allSatisfy({ $0.replica.path.isAncestorOrSelf(of: of) }) else {
            return .quarantined(rule: "wrong-audience", detail: "it names changes that this audience cannot hold")
        }
    }
    if change.actor.reviewer == nil { return .quarantined(rule: "four-eyes", detail: "an erasure needs the archive officer and another person (T18)") }
    if order.basis.reason.isEmpty || order.basis.document.isEmpty {
        return .quarantined(rule: "erasure-basis", detail: "an erasure states its basis and reason (T18)")
    }
    if let tombstone = order.tombstone, tombstone.key == .naturalKey, author.depth > 2 {
        return .quarantined(rule: "tombstone-key", detail: "the key for natural keys of persons is not held at \(author)")
    }
    return unitFault(change.actor, change.editions, author: author, circumstances.edition) ?? .accepted
}

/// Judges a wish, taken at any window, or handed on by the lowest common ancestor of that window and a record's home.
func judge(_ wish: OptOutWish, _ change: Change, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    let author = ledger.replica.path
    guard case .lineage(let of, let upTo) = ledger.audience else {
        return .quarantined(rule: "wrong-audience", detail: "a wish goes up from its window, and down to where such records are made")
    }
    if let origin = change.origin {
        let window = origin.replica.path
        guard author != of, window.commonAncestor(with: of) == author, upTo == author.depth, change.record == nil else {
            return .quarantined(rule: "not-competent", detail: "a wish is handed on by the node where both lines meet")
        }
        guard let proof = change.proof else { return .quarantined(rule: "origin-unproven", detail: "it claims to be \(origin.short), without proof") }
        guard case .lineage(of: window, _) = proof.header.ledger.audience, proof.header.ledger.lane == ledger.lane, proof.assignedBy == nil else {
            return .quarantined(rule: "malformed", detail: "the original did not go up its own line in this lane")
        }
        if let detail = circumstances.proofFault(proof) { return .quarantined(rule: "origin-unproven", detail: detail) }
    } else if of != author || upTo != 1 {
        return .quarantined(rule: "wrong-audience", detail: "a wish goes up to the root")
    }
    if wish.receipt.isEmpty { return .quarantined(rule: "no-receipt", detail: "a wish is accepted with a receipt number") }
    guard let edition = change.editions.first else { return .quarantined(rule: "no-edition", detail: "names no catalogue edition") }
    guard let held = circumstances.edition(edition) else { return .waiting(.edition(edition)) }
    guard case .catalogue(let catalogue) = held else { return .quarantined(rule: "no-edition", detail: "the first edition it names is no catalogue") }
    for number in wish.items {
        guard let item = catalogue.item(number)?.item else { return .quarantined(rule: "unknown-item", detail: "item \(number) is not in catalogue edition \(catalogue.catalogue.number)") }
        if !item.optOutAllowed { return .quarantined(rule: "no-opt-out", detail: "\(item.code) is recorded whether or not the subject wishes it (M47)") }
    }
    return .accepted
}

/// What comes for a purged record is kept as it came and has no effect (M43): nobody holds the record it speaks of.
func purgedFault(_ change: Change, _ dot: Dot, _ circumstances: Circumstances) -> Judgement? {
    let record = change.record ?? dot
    guard change.kind.speaksOfRecord, circumstances.isPurged(record) else { return nil }
    return Judgement.purged(record)
}

extension Judgement {
    package static func purged(_ record: Dot) -> Judgement {
        .quarantined(rule: "purged", detail: "record \(record.short) was purged; a new effect needs a new decision document (M43)")
    }
}

extension ChangeKind {
    /// A wish, which the lowest common ancestor hands on under its origin.
    var isWish: Bool { if case .optOut = self { true } else { false } }

    /// Whether it belongs to a record of a decision, and goes with it when that is purged.
    package var speaksOfRecord: Bool {
        switch self {
        case .recordState, .attachmentsAdded, .revocation, .act, .draftStep, .federation(.kinship), .federation(.noted): true
        case .affair, .federation, .listOpened, .listEntry, .listRemoval, .listEdition, .listDigests, .catalogue, .units, .profile, .calendar, .itemProposal, .proposalReply,
            .erasure, .optOut, .unknown: false
        }
    }
}
