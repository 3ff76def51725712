import Registry

/// A later incarnation shows an entry of an earlier one of its path.
func judge(_ report: ForkReport, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    let author = ledger.replica, entry = report.entry.header
    guard entry.ledger.replica.path == author.path, entry.ledger.replica != author else {
        return .quarantined(rule: "not-competent", detail: "\(author) reports of an earlier incarnation of its own")
    }
    guard case .lineage(of: author.path, upTo: _) = ledger.audience else { return .quarantined(rule: "wrong-audience", detail: "a report goes up its own line") }
    if !circumstances.knowsKey(entry.key) { return .waiting(.key(entry.key)) }
    if let detail = circumstances.evidenceFault(report.entry) { return .quarantined(rule: "fork-evidence", detail: detail) }
    return .accepted
}

extension Judgement {
    /// What a cloned or restored machine wrote and nobody took (M46): never accepted, done again under the new name.
    package static func lostBranch(_ replica: ReplicaID) -> Judgement {
        .quarantined(rule: "branch-lost", detail: "\(replica) was written twice, and nobody took this branch; it is written anew (M46)")
    }
}

/// A node above rules on two entries that exclude each other and were both signed by keys of that path.
func judge(_ ruling: ForkRuling, _ change: Change, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    let path = ruling.replica.path
    guard ledger.replica.path.isProperAncestor(of: path) else { return .quarantined(rule: "not-competent", detail: "\(ledger.replica.path) is not above \(path)") }
    guard case .lineage(of: path, _) = ledger.audience else { return .quarantined(rule: "wrong-audience", detail: "a ruling goes to the replica it is about") }
    guard ruling.held.header.ledger.replica == ruling.replica, ruling.held.contradicts(ruling.other) else {
        return .quarantined(rule: "fork-evidence", detail: "the two entries do not exclude each other")
    }
    if ruling.goesOn {
        if change.actor.reviewer == nil { return .quarantined(rule: "four-eyes", detail: "a ruling on a fork needs a reviewer") }
        if ruling.reason.isEmpty { return .quarantined(rule: "no-reason", detail: "a ruling states its reason") }
    }
    for evidence in [ruling.held, ruling.other] {
        if !circumstances.knowsKey(evidence.header.key) { return .waiting(.key(evidence.header.key)) }
        if let detail = circumstances.evidenceFault(evidence) { return .quarantined(rule: "fork-evidence", detail: detail) }
    }
    return .accepted
}
