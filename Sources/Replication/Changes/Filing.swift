import Registry

/// Work on a record taken at a window whose node does not hold it (T8, T10, T11, T12): an objection at another street, say.
/// It goes up the author's own line; the lowest common ancestor of author and home re-issues it to the record.
package struct Filing: Sendable, Hashable {
    package var target: ReliefTarget
    /// Where the record's deciding unit works, when it is known: then it goes up no further than it must.
    package var home: NodePath?
    package var act: RecordAct

    /// - Returns: nil for an act that is not taken off its record's path.
    package init?(target: ReliefTarget, home: NodePath? = nil, act: RecordAct) {
        switch act {
        case .objection, .reviewRequest, .litigation: break
        case .repair(let repair): guard repair.step == .applied else { return nil }
        case .correction, .upheld, .reply, .forwarding, .publication, .identity, .fulfilment: return nil
        }
        (self.target, self.home, self.act) = (target, home, act)
    }

    /// The number given to whoever filed it; empty where the act has none.
    package var receipt: String {
        switch act {
        case .objection(let objection): objection.receipt
        case .reviewRequest(let request): request.receipt
        case .repair(let repair): repair.receipt
        case .litigation(let mark): mark.caseNumber
        case .correction, .upheld, .reply, .forwarding, .publication, .identity, .fulfilment: ""
        }
    }
}

/// How far a filing has come. Raw values are sealed.
package enum FilingState: UInt32, Sendable, Hashable, CaseIterable {
    /// Nobody up to here holds such a record; it waits for one.
    case unmatched = 1
    /// Several records could be meant; a person chooses.
    case ambiguous = 2
    /// It stands on its record.
    case taken = 3
    case underReview = 4
    case upheld = 5
    case rejected = 6
    case unverifiable = 7
    /// The record was revoked: nothing is left to decide, in the subject's favour (M11).
    case moot = 8
    case approved = 9
    case refused = 10

    package var name: String {
        switch self {
        case .unmatched: "unmatched"
        case .ambiguous: "ambiguous"
        case .taken: "taken"
        case .underReview: "under-review"
        case .upheld: "upheld"
        case .rejected: "rejected"
        case .unverifiable: "unverifiable"
        case .moot: "moot"
        case .approved: "approved"
        case .refused: "refused"
        }
    }

    /// Whether it has reached a record.
    package var isTaken: Bool {
        switch self {
        case .unmatched, .ambiguous: false
        case .taken, .underReview, .upheld, .rejected, .unverifiable, .moot, .approved, .refused: true
        }
    }

    var isRelief: Bool {
        switch self {
        case .upheld, .moot, .approved: true
        case .unmatched, .ambiguous, .taken, .underReview, .rejected, .unverifiable, .refused: false
        }
    }
}

/// What became of a filing, told back into the line of the node that took it: case number, state and reply alone, nothing of
/// the record (guarantee 7).
package struct FilingAnswer: Sendable, Hashable {
    package struct Reply: Sendable, Hashable {
        /// Origin of the change that replied.
        package var change: Dot
        package var unit: String
        package var basis: Basis
        package var repliedOn: CivilDate

        package init(change: Dot, unit: String, basis: Basis, repliedOn: CivilDate) {
            (self.change, self.unit, self.basis, self.repliedOn) = (change, unit, basis, repliedOn)
        }
    }

    package var filing: Dot
    /// Of this author's answers to it, ascending from 1: the highest counts.
    package var number: UInt64
    package var state: FilingState
    /// Where it is dealt with; nil until it was taken.
    package var home: NodePath?
    package var reply: Reply?

    package init(filing: Dot, number: UInt64, state: FilingState, home: NodePath?, reply: Reply?) {
        (self.filing, self.number, self.state, self.home, self.reply) = (filing, number, state, home, reply)
    }
}
