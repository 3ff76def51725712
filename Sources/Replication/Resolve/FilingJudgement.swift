import Registry

extension ChangeKind {
    /// Said by a node of its own motion.
    var isOfNode: Bool {
        if case .federation(let act) = self { act.isOfNode } else { false }
    }
}

/// Judges what is said about changes on their way.
func judge(_ act: FederationAct, _ change: Change, _ dot: Dot, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    switch act {
    case .filing(let filing): judge(filing, change, dot, ledger, circumstances)
    case .answer(let answer): judge(answer, ledger, circumstances)
    case .quarantine(.notice(let notice)): judge(notice, ledger)
    case .quarantine(.ruling(let ruling)): judge(ruling, change, ledger)
    case .forkReport(let report): judge(report, ledger, circumstances)
    case .forkRuling(let ruling): judge(ruling, change, ledger, circumstances)
    case .kinship(let kinship): judge(kinship, change, dot, ledger, circumstances)
    case .noted(let noted): judge(noted, change, dot, ledger, circumstances)
    }
}

/// A filing goes up its author's own line and waits there for a record with its natural key, or for word that it has reached one.
private func judge(_ filing: Filing, _ change: Change, _ dot: Dot, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    let author = ledger.replica.path
    guard change.record == nil else { return .quarantined(rule: "malformed", detail: "a filing names a natural key, not a record") }
    guard case .lineage(of: author, _) = ledger.audience else { return .quarantined(rule: "wrong-audience", detail: "a filing goes up its own line") }
    if let home = filing.home, home.commonAncestor(with: author) == nil {
        return .quarantined(rule: "wrong-audience", detail: "\(home) is of another federation")
    }
    guard case .valid = CreditCode.parse(filing.target.authority) else {
        return .quarantined(rule: "filing-authority", detail: "the deciding unit it names has no valid code")
    }
    if let target = filing.act.target, target != filing.target { return .quarantined(rule: "malformed", detail: "it names two natural keys") }
    if filing.receipt.isEmpty { return .quarantined(rule: "no-receipt", detail: "a filing is taken with a receipt number (T8)") }
    if let fault = formFault(filing.act) { return fault }
    if let fault = unitFault(change.actor, change.editions, author: author, circumstances.edition)?.unlessReleased(dot, circumstances) { return fault }
    let key = filing.indexedKey
    return circumstances.matches(key) || circumstances.isTaken(dot) ? .accepted : .waiting(.record(key))
}

/// Only a node on the line of whoever filed answers.
private func judge(_ answer: FilingAnswer, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    let window = answer.filing.replica.path
    guard ledger.replica.path.isAncestorOrSelf(of: window) else {
        return .quarantined(rule: "not-competent", detail: "\(ledger.replica.path) is not above \(window)")
    }
    guard case .lineage(of: window, _) = ledger.audience else { return .quarantined(rule: "wrong-audience", detail: "an answer goes back where the filing came from") }
    guard answer.state.isTaken == (answer.home != nil) else { return .quarantined(rule: "malformed", detail: "an answer names where the filing is dealt with, once it has come there") }
    return circumstances.holds(answer.filing) ? .accepted : .waiting(.change(answer.filing))
}

/// A change under another dot than its own counts only with the proof of who wrote it first, and only as the lowest common
/// ancestor of window and home re-issued it.
func originFault(_ change: Change, _ dot: Dot, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement? {
    guard let proof = change.proof else {
        if let origin = change.origin, origin != dot { return .quarantined(rule: "origin-unproven", detail: "it claims to be \(origin.short), without proof") }
        return nil
    }
    guard let record = change.record else { return .quarantined(rule: "malformed", detail: "a re-issued change names its record") }
    let window = proof.origin.replica.path, issuer = ledger.replica.path, home = record.replica.path
    guard case .lineage(of: window, _) = proof.header.ledger.audience, proof.header.ledger.lane == ledger.lane else {
        return .quarantined(rule: "malformed", detail: "the original did not go up its own line in this lane")
    }
    guard let meeting = window.commonAncestor(with: home), proof.assignedBy == nil ? issuer == meeting : issuer.isAncestorOrSelf(of: meeting) else {
        return .quarantined(rule: "not-competent", detail: "\(issuer) is not where the lines of \(window) and \(home) meet")
    }
    if let person = proof.assignedBy {
        if let fault = actorFault(person) { return fault }
        if person.reviewer == nil { return .quarantined(rule: "four-eyes", detail: "a record is chosen by two persons") }
    } else if let key = circumstances.naturalKey(record), key != proof.filing?.indexedKey {
        // Of relief the key is asked again where it is judged as an act; this holds for all else.
        return .waiting(.change(record))
    }
    if let detail = circumstances.proofFault(proof) { return .quarantined(rule: "origin-unproven", detail: detail) }
    return nil
}

extension Filing {
    /// The part of the natural key's digest that is indexed.
    package var indexedKey: [UInt8] { naturalKeyPrefix(target.naturalKey) }
}

private func naturalKeyPrefix(_ digest: Digest) -> [UInt8] { digest.leading(NaturalKey.indexedBytes) }
