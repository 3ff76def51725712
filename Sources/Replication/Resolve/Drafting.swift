import Registry

/// Where a record stands that is not effective yet (T1–T4).
package struct DraftView: Sendable, Hashable {
    /// The version that stands: what an edit is based on, what is submitted, returned or approved.
    package let version: Dot
    package let author: Actor
    /// Milliseconds since 1970 by the author's clock.
    package let writtenAt: UInt64
    /// nil = not handed to anybody yet, or sent back.
    package let submittedBy: Actor?
    /// Of the step that stands; nil while there is none.
    package let stepAt: UInt64?
    package let returned: DraftReturn?
    package let isDiscarded: Bool
}

/// Sent back with a code and a reason (T4).
package struct DraftReturn: Sendable, Hashable {
    package let change: Dot
    package let by: Actor
    package let at: NodePath
    package let code: String
    package let reason: String
}

/// Steps before a record is effective, and what tiers above sent back afterwards.
struct Drafting {
    /// Draft or submitted; effective where the state itself is.
    let validity: Validity
    /// nil once the record is effective.
    let view: DraftView?
    /// Returns by tiers above that the home has not answered, ascending by origin: publication waits (T4).
    let returns: [DraftReturn]

    init(_ members: Members, _ history: History) {
        let canonical = members.canonical
        let steps = history.indices(of: .draftStep)
        switch canonical.state.validity {
        case .effective, .revoked:
            (validity, view) = (canonical.state.validity, nil)
            returns = steps.isEmpty ? [] : Drafting.unanswered(members, history)
        case .draft, .submitted:
            let entry = history.changes[canonical.change]
            let step = Drafting.last(of: entry.origin, steps, history)
            let made = Drafting.view(entry, step.map { history.changes[$0] }, canonical.state.validity)
            view = made
            validity = made.submittedBy == nil ? .draft : .submitted
            returns = []
        }
    }

    /// The step about a version that no other step about it saw.
    private static func last(of version: Dot, _ steps: [Int], _ history: History) -> Int? {
        let about = steps.filter { index in
            guard case .draftStep(let step) = history.changes[index].change.kind else { return false }
            return step.version == version
        }
        return about.last { one in !about.contains { history.saw($0, one) } } ?? about.last
    }

    private static func view(_ entry: HeldChange, _ last: HeldChange?, _ validity: Validity) -> DraftView {
        var submittedBy: Actor?, returned: DraftReturn?, isDiscarded = false
        if let last, case .draftStep(let step) = last.change.kind {
            switch step.kind {
            case .submitted: submittedBy = last.change.actor
            case .returned:
                returned = DraftReturn(change: last.origin, by: last.change.actor, at: last.origin.replica.path, code: step.code, reason: step.reason)
            case .discarded: isDiscarded = true
            }
        } else if validity == .submitted {
            submittedBy = entry.change.actor
        }
        return DraftView(
            version: entry.origin, author: entry.change.actor, writtenAt: entry.change.capturedAt, submittedBy: submittedBy, stepAt: last?.change.capturedAt,
            returned: returned, isDiscarded: isDiscarded)
    }

    /// A return is answered by a new version of the deciding unit that saw it, or lifted from where it came, or above.
    private static func unanswered(_ members: Members, _ history: History) -> [DraftReturn] {
        let home = members.home(history)
        return history.changes.enumerated().compactMap { index, held -> DraftReturn? in
            guard case .draftStep(let step) = held.change.kind, step.kind == .returned else { return nil }
            let from = held.origin.replica.path
            let isAnswered = history.changes.enumerated().contains { other, answer in
                guard answer.record == held.record, history.saw(other, index) else { return false }
                if answer.change.kind.isNewVersion { return answer.origin.replica.path == home }
                guard case .act(.publication(let mark)) = answer.change.kind else { return false }
                return mark.step == .resumed && answer.origin.replica.path.isAncestorOrSelf(of: from)
            }
            if isAnswered { return nil }
            return DraftReturn(change: held.origin, by: held.change.actor, at: from, code: step.code, reason: step.reason)
        }
    }
}

extension ChangeKind {
    fileprivate var isNewVersion: Bool {
        if case .recordState = self { return true }
        if case .act(.correction) = self { return true }
        return false
    }
}

/// Judges a step: of a draft here, or a return by a tier above of what it holds.
func judge(_ step: DraftStep, _ change: Change, _ dot: Dot, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    guard let record = change.record else { return .quarantined(rule: "malformed", detail: "a step names its record") }
    if change.context.contains(dot) { return .quarantined(rule: "malformed", detail: "its context names itself") }
    let author = ledger.replica.path
    switch ledger.audience {
    case .local:
        if record.replica.path != author { return .quarantined(rule: "not-competent", detail: "the draft was not written at \(author)") }
        if step.target != nil { return .quarantined(rule: "malformed", detail: "a draft is not published") }
    case .published: return .quarantined(rule: "wrong-audience", detail: "a step is not published")
    case .lineage(let of, _):
        guard of == record.replica.path else { return .quarantined(rule: "wrong-audience", detail: "a return goes where its record went") }
        guard step.kind == .returned else { return .quarantined(rule: "draft-shared", detail: "drafts stay local") }
        guard author != of, author.isAncestorOrSelf(of: of) else { return .quarantined(rule: "not-competent", detail: "only a tier above \(of) sends back what it holds (T4)") }
        guard step.target != nil else { return .quarantined(rule: "malformed", detail: "a return names what waits for its answer") }
    }
    if step.kind == .returned {
        if !RejectCode.isWellFormed(step.code) { return .quarantined(rule: "reject-code", detail: "a return names its code (T4)") }
        if step.reason.isEmpty { return .quarantined(rule: "no-reason", detail: "a return states its reason (T4)") }
    }
    if let target = step.target {
        guard circumstances.naturalKey(record) == Array(target.naturalKey.bytes.prefix(NaturalKey.indexedBytes)) else { return .waiting(.change(record)) }
    } else if circumstances.naturalKey(record) == nil {
        return .waiting(.change(record))
    }
    return .accepted
}
