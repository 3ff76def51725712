import Registry

/// Whose changes came to nothing, and who took note of it.
struct Overtaken {
    /// Corrections beside a revocation, neither author of which knew of the other (M6); ascending by origin.
    private(set) var corrections: [Dot] = []
    /// Changes and records of which the node they came from took note.
    private(set) var noted: Set<Dot> = []

    init(_ history: History, _ revocations: [Dot]) {
        for index in history.indices(of: .noted) {
            let held = history.changes[index]
            guard case .federation(.noted(let noted)) = held.change.kind else { continue }
            self.noted.formUnion(noted.changes.filter { $0.replica.path == held.origin.replica.path })
        }
        guard !revocations.isEmpty, history.sorts.contains(.correction) else { return }
        let counting = Set(revocations), bases = history.indices(of: .revocation).filter { counting.contains(history.changes[$0].origin) }
        let seen = Seen(by: bases, history)
        corrections = history.indices(of: .correction).filter { index in
            !seen.contains(index, history) && !bases.contains { history.saw(index, $0) }
        }.map { history.changes[$0].origin }
    }
}

/// Only where a change came from somebody takes note of what became of it; it goes where its record went.
func judge(_ noted: Noted, _ change: Change, _ dot: Dot, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    guard let record = change.record else { return .quarantined(rule: "malformed", detail: "a note names its record") }
    if change.context.contains(dot) { return .quarantined(rule: "malformed", detail: "its context names itself") }
    guard case .lineage(of: record.replica.path, _) = ledger.audience else { return .quarantined(rule: "wrong-audience", detail: "a note goes where its record went") }
    guard noted.changes.allSatisfy({ $0.replica.path == ledger.replica.path }) else {
        return .quarantined(rule: "not-competent", detail: "\(ledger.replica.path) takes note of its own changes alone")
    }
    if let fault = unitFault(change.actor, change.editions, author: ledger.replica.path, circumstances.edition)?.unlessReleased(dot, circumstances) { return fault }
    return circumstances.naturalKey(record) == nil ? .waiting(.change(record)) : .accepted
}
