import Registry

/// Fifth dimension of a record's state (rules.md 3.3).
package enum PublicationState: String, Sendable, Hashable {
    case notPublic = "not-public"
    case published
    case suspended
    case stopped
}

/// Why something is not published. The order is that of canonical bytes.
package enum PublicationReason: String, Sendable, Hashable, CaseIterable {
    // Not public at all.
    case notEffective = "not-effective"
    case disclosure
    case person
    case noPeriod = "no-period"
    case optedOut = "opted-out"
    // Over.
    case purged
    case revoked
    case repaired
    case expired
    case byHand = "stopped-by-hand"
    // For a while.
    case identity = "identity-under-check"
    case conflict
    case overdueObjection = "overdue-objection"
    case contradiction = "contradicting-decisions"
    case upheld = "upheld-not-corrected"
    case repairInDoubt = "repair-in-doubt"
    case suspendedByHand = "suspended-by-hand"
    case separated = "separated-records"
    case commitment = "commitment-under-check"
    case returned = "returned-by-parent"

    package var state: PublicationState {
        switch self {
        case .notEffective, .disclosure, .person, .noPeriod, .optedOut: .notPublic
        case .purged, .revoked, .repaired, .expired, .byHand: .stopped
        case .identity, .conflict, .overdueObjection, .contradiction, .upheld, .repairInDoubt, .suspendedByHand, .separated, .commitment, .returned: .suspended
        }
    }
}

/// Marks set by hand that were not lifted (T15).
struct PublicationMarks {
    private(set) var stopped: [Dot] = []
    /// With the day each began, and whether it was confirmed.
    private(set) var suspended: [(change: Dot, on: CivilDate, confirmed: Bool)] = []

    /// A resumption lifts the marks it saw, of its own tier and of tiers below: who suspended stands above who may not lift it.
    init(_ history: History) {
        guard history.sorts.contains(.publication) else { return }
        var marks: [(index: Int, mark: PublicationMark)] = [], resumptions: [NodePath: [Int]] = [:]
        for index in history.indices(of: .publication) {
            let held = history.changes[index]
            guard case .act(.publication(let mark)) = held.change.kind else { continue }
            switch mark.step {
            case .suspended, .stopped: marks.append((index, mark))
            case .resumed: resumptions[held.origin.replica.path, default: []].append(index)
            }
        }
        guard !marks.isEmpty else { return }
        let lifted = resumptions.sorted { $0.key < $1.key }.map { ($0.key, Seen(by: $0.value, history)) }
        for (index, mark) in marks {
            let held = history.changes[index]
            let isLifted = lifted.contains { path, seen in path.isAncestorOrSelf(of: held.origin.replica.path) && seen.contains(index, history) }
            if isLifted { continue }
            if mark.step == .stopped { stopped.append(held.origin) } else { suspended.append((held.origin, mark.on, mark.confirmed)) }
        }
    }

    /// Whether a suspension counts on a day: an unconfirmed one ends by itself when its term is over.
    func suspends(on day: CivilDate, _ circumstances: Setting) -> Bool {
        suspended.contains { mark in
            guard !mark.confirmed, let profile = circumstances.profile, let calendar = circumstances.calendar,
                let end = profile.due(.suspension, from: mark.on, calendar)
            else { return true }
            return day <= end.date
        }
    }
}
