import Registry

/// What nodes, and the people who watch over them, say about changes on their way, rather than about a record's content.
package enum FederationAct: Sendable, Hashable {
    case filing(Filing)
    case answer(FilingAnswer)
    case quarantine(Quarantine)
    case forkReport(ForkReport)
    case forkRuling(ForkRuling)
    case kinship(Kinship)
    case noted(Noted)

    /// What spares a subject is relief, on its way as at its record (P7).
    package var lane: Lane {
        switch self {
        case .filing(let filing): filing.act.lane
        case .answer(let answer): answer.state.isRelief ? .relief : .ordinary
        case .quarantine, .forkRuling, .noted: .ordinary
        case .forkReport(let report): report.suspends.isEmpty ? .ordinary : .relief
        case .kinship(let kinship): kinship.isRelief ? .relief : .ordinary
        }
    }

    /// Stable, for people and exports.
    package var name: String {
        switch self {
        case .filing: "filing"
        case .answer: "filing-answer"
        case .quarantine(.notice): "quarantine-notice"
        case .quarantine(.ruling): "quarantine-ruling"
        case .forkReport: "fork-report"
        case .forkRuling: "fork-ruling"
        case .kinship: "kinship"
        case .noted: "noted"
        }
    }

    /// Said by a node of its own motion: nobody acts, and no unit is named.
    package var isOfNode: Bool {
        switch self {
        case .filing, .noted: false
        case .answer, .quarantine(.notice), .forkReport, .kinship: true
        case .quarantine(.ruling): false
        case .forkRuling(let ruling): !ruling.goesOn
        }
    }

    /// The natural key that relief on its way names.
    package var relievedKey: Digest? {
        switch self {
        case .filing(let filing): filing.act.lane == .relief ? filing.target.naturalKey : nil
        case .answer, .quarantine, .forkReport, .forkRuling, .kinship, .noted: nil
        }
    }
}
