import Registry

/// A notice comes from above the author it speaks to.
func judge(_ notice: QuarantineNotice, _ ledger: LedgerID) -> Judgement {
    let author = notice.replica.path
    guard ledger.replica.path.isProperAncestor(of: author) else { return .quarantined(rule: "not-competent", detail: "\(ledger.replica.path) is not above \(author)") }
    guard case .lineage(of: author, _) = ledger.audience else { return .quarantined(rule: "wrong-audience", detail: "a notice goes to the node it speaks to") }
    return .accepted
}

/// Two persons of a competent node release a change from a rule; whoever sees it may put down that it is rejected.
func judge(_ ruling: QuarantineRuling, _ change: Change, _ ledger: LedgerID) -> Judgement {
    let author = ledger.replica.path, changed = ruling.change.replica.path
    guard case .lineage = ledger.audience else { return .quarantined(rule: "wrong-audience", detail: "a ruling goes where the change went that it rules on") }
    if ruling.reason.isEmpty { return .quarantined(rule: "no-reason", detail: "a ruling states its reason") }
    if change.actor.reviewer == nil { return .quarantined(rule: "four-eyes", detail: "a ruling needs a reviewer") }
    switch ruling.outcome {
    case .released:
        guard let rule = QuarantineRules.named(ruling.rule), rule.release != .never else {
            return .quarantined(rule: "not-releasable", detail: "nobody releases from \(ruling.rule)")
        }
        guard QuarantineRules.mayRelease(ruling.rule, of: changed, by: author) else {
            return .quarantined(rule: "not-competent", detail: "\(author) does not release changes of \(changed) from \(ruling.rule)")
        }
    case .rejected:
        guard author.isAncestorOrSelf(of: changed) else { return .quarantined(rule: "not-competent", detail: "\(author) is not above \(changed)") }
    }
    return .accepted
}

extension Judgement {
    /// The fault itself, or nil where a ruling that is held releases the change from it.
    package func unlessReleased(_ dot: Dot, _ circumstances: Circumstances) -> Judgement? {
        guard case .quarantined(let rule, _) = self else { return self }
        return circumstances.isReleased(dot, rule) ? nil : self
    }
}
