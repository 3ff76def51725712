import Registry

/// Files are added to a held record by its home (P1), reviewed (T3) unless it is a draft, and go no further than the home's lineage. How far
/// the record itself went is not compared: it may have widened meanwhile, and nodes must agree in whatever order
/// things come. Who does not hold the record lets its attachments wait, and fetches nothing.
func judgeAttachments(_ change: Change, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    guard let record = change.record else { return .quarantined(rule: "malformed", detail: "attachments name the record they belong to") }
    guard record.replica.path == ledger.replica.path else {
        return .quarantined(rule: "not-competent", detail: "only \(record.replica.path) adds attachments to its records (P1)")
    }
    switch ledger.audience {
    case .published: return .quarantined(rule: "wrong-audience", detail: "attachments go where their record went")
    // Of a draft: they stay with it.
    case .local: return circumstances.naturalKey(record) == nil ? .waiting(.change(record)) : .accepted
    case .lineage(let of, _):
        guard of == record.replica.path else { return .quarantined(rule: "wrong-audience", detail: "attachments go where their record went") }
    }
    guard change.actor.reviewer != nil else { return .quarantined(rule: "four-eyes", detail: "attachments without a reviewer (T3)") }
    return circumstances.naturalKey(record) == nil ? .waiting(.change(record)) : .accepted
}
