import Registry

/// Judges an act on an existing record: form, ledger, and what it needs. Whether it counts for content is a question of
/// competence and rank, answered where all changes of the decision are seen (`resolve`).
func judge(_ act: RecordAct, _ change: Change, _ dot: Dot, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    guard let record = change.record else { return .quarantined(rule: "malformed", detail: "a \(act.name) names its record") }
    // A change that claims to have seen itself would overrule itself.
    if change.context.contains(dot) { return .quarantined(rule: "malformed", detail: "its context names itself") }
    switch ledger.audience {
    case .local: return .quarantined(rule: "wrong-audience", detail: "a \(act.name) goes where its record went")
    case .published: return .quarantined(rule: "wrong-audience", detail: "a \(act.name) is not published")
    case .lineage(let of, _):
        guard of == record.replica.path else { return .quarantined(rule: "wrong-audience", detail: "a \(act.name) goes where its record went") }
    }
    if let fault = formFault(act) { return fault }
    if case .identity(let link) = act, !link.mayBeSaid(of: record, by: ledger.replica.path) {
        return .quarantined(rule: "not-competent", detail: "\(ledger.replica.path) does not merge records of \(record.replica.path) and \(link.other.replica.path) (T17)")
    }
    if act.needsReviewer, change.actor.reviewer == nil {
        return .quarantined(rule: "four-eyes", detail: "a \(act.name) needs a reviewer")
    }
    let author = change.proof?.origin.replica.path ?? ledger.replica.path
    let unfit = unitFault(change.actor, change.editions, author: author, circumstances.edition)
    // Of one that was re-issued either the filing was released or this.
    if let fault = unfit?.unlessReleased(dot, circumstances)?.unlessReleased(change.origin ?? dot, circumstances) { return fault }
    // What a person put on a record by hand names the key that the window was told, not the record's own.
    if let target = act.target, change.proof?.assignedBy == nil {
        guard circumstances.naturalKey(record) == Array(target.naturalKey.bytes.prefix(NaturalKey.indexedBytes)) else { return .waiting(.change(record)) }
    } else if circumstances.naturalKey(record) == nil, !circumstances.holds(record) {
        return .waiting(.change(record))
    }
    return .accepted
}

func formFault(_ act: RecordAct) -> Judgement? {
    switch act {
    case .correction(let correction):
        if correction.parts.isEmpty { return .quarantined(rule: "malformed", detail: "a correction sets something") }
        if correction.parts.count > 256 { return .quarantined(rule: "malformed", detail: "a correction of more than 256 fields") }
        if zip(correction.parts, correction.parts.dropFirst()).contains(where: { $0.part == $1.part }) {
            return .quarantined(rule: "malformed", detail: "a correction sets a field once")
        }
        if correction.objection != nil, correction.target == nil { return .quarantined(rule: "malformed", detail: "relief names what it relieves") }
        if correction.basis.rank == .technical, correction.source == nil {
            return .quarantined(rule: "no-source", detail: "a technical correction proves the source it was compared with (T6)")
        }
        return basisFault(correction.basis)
    case .upheld(let upheld):
        return upheld.basis.rank >= .reconsideration ? basisFault(upheld.basis) : .quarantined(rule: "instrument-rank", detail: "only R3 and R4 uphold a decision (M8)")
    case .objection(let objection):
        if objection.receipt.isEmpty { return .quarantined(rule: "no-receipt", detail: "an objection is accepted with a receipt number (T8)") }
        if objection.fields.count > 256 || objection.claimed.count > 256 { return .quarantined(rule: "malformed", detail: "more than 256 fields") }
        return nil
    case .reply(let reply): return basisFault(reply.basis)
    case .reviewRequest(let request): return request.receipt.isEmpty ? .quarantined(rule: "no-receipt", detail: "a request is accepted with a receipt number (T10)") : nil
    case .forwarding(let forwarding):
        guard case .valid = CreditCode.parse(forwarding.unit) else { return .quarantined(rule: "forward-unit", detail: "the unit it goes to has no valid code") }
        return nil
    case .repair(let act):
        if act.step.isRelief, act.target == nil { return .quarantined(rule: "malformed", detail: "relief names what it relieves") }
        if act.step == .provisional, act.basis.rank != .court { return .quarantined(rule: "instrument-rank", detail: "a provisional repair rests on a court's ruling (T13)") }
        return basisFault(act.basis)
    case .publication(let mark):
        if mark.reason.isEmpty { return .quarantined(rule: "no-reason", detail: "a mark states its reason (T15)") }
        if mark.step != .resumed, mark.target == nil { return .quarantined(rule: "malformed", detail: "relief names what it relieves") }
        return nil
    case .litigation(let mark): return mark.caseNumber.isEmpty ? .quarantined(rule: "no-case", detail: "the mark names its case (T11)") : nil
    case .identity(let link): return link.reason.isEmpty ? .quarantined(rule: "no-reason", detail: "a link states its reason") : nil
    case .fulfilment(let one): return basisFault(one.basis)
    }
}

private func basisFault(_ basis: Basis) -> Judgement? {
    if basis.reason.isEmpty { return .quarantined(rule: "no-reason", detail: "an act states its reason") }
    if basis.rank >= .superior, basis.document.isEmpty {
        return .quarantined(rule: "no-document", detail: "an instrument of R2 or above is named by its document")
    }
    return nil
}
