import Registry

/// Why a subject objects. Raw values are sealed.
package enum ObjectionGround: UInt32, Sendable, Hashable, CaseIterable {
    /// “Not me”: another subject was meant. Publication stops at once.
    case wrongSubject = 1
    /// A field is wrong.
    case inaccurate = 2
    /// The period of publication is over.
    case overPeriod = 3
    /// There is no basis for holding it.
    case noBasis = 4
    /// This replica differs from its source.
    case replicaError = 5
    /// The subject is no longer on the list.
    case delisted = 6
    case other = 7

    /// Grounds a platform may decide itself (T9, M14); all others are the deciding unit's.
    package var isOfPlatform: Bool {
        switch self {
        case .overPeriod, .replicaError, .delisted: true
        case .wrongSubject, .inaccurate, .noBasis, .other: false
        }
    }

    /// Stable, in files and on the command line.
    package var name: String {
        switch self {
        case .wrongSubject: "wrong-subject"
        case .inaccurate: "inaccurate"
        case .overPeriod: "over-period"
        case .noBasis: "no-basis"
        case .replicaError: "replica-error"
        case .delisted: "delisted"
        case .other: "other"
        }
    }

    package init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}

/// A subject's objection as a window accepted it (T8). Its origin is the number of the case.
package struct Objection: Sendable, Hashable {
    package var ground: ObjectionGround
    /// Fields in dispute, ascending; empty = the record as a whole.
    package var fields: [UInt32]
    /// What the subject says they should be, ascending by number.
    package var claimed: [RecordField]
    /// Given to the subject, never lost (property 4).
    package var receipt: String
    /// UTC+8; the clock of the case runs from the earliest acceptance (M12).
    package var acceptedOn: CivilDate
    /// Who objects, where it is not the subject itself (a guarantor, an heir); empty = the subject.
    package var claimant: String
    package var statement: String
    package var target: ReliefTarget

    package init(
        ground: ObjectionGround, fields: [UInt32] = [], claimed: [RecordField] = [], receipt: String, acceptedOn: CivilDate, claimant: String = "",
        statement: String, target: ReliefTarget
    ) {
        self.ground = ground
        self.fields = fields
        self.claimed = claimed
        self.receipt = receipt
        self.acceptedOn = acceptedOn
        self.claimant = claimant
        self.statement = statement
        self.target = target
    }
}

/// How an objection was decided. Raw values are sealed.
package enum ObjectionOutcome: UInt32, Sendable, Hashable, CaseIterable {
    case upheld = 1
    case rejected = 2
    case unverifiable = 3

    package var name: String {
        switch self {
        case .upheld: "upheld"
        case .rejected: "rejected"
        case .unverifiable: "unverifiable"
        }
    }
}

/// A reasoned reply to the subject (T9), or the review of one (T10, R2).
package struct ObjectionReply: Sendable, Hashable {
    /// The case, or any objection joined to it.
    package var objection: Dot
    package var outcome: ObjectionOutcome
    /// R1 first instance, R2 review, R3 and R4 executed.
    package var basis: Basis
    package var repliedOn: CivilDate

    package init(objection: Dot, outcome: ObjectionOutcome, basis: Basis, repliedOn: CivilDate) {
        self.objection = objection
        self.outcome = outcome
        self.basis = basis
        self.repliedOn = repliedOn
    }
}

/// The subject asks the next tier to review a reply (T10).
package struct ReviewRequest: Sendable, Hashable {
    package var objection: Dot
    package var receipt: String
    package var requestedOn: CivilDate
    package var statement: String

    package init(objection: Dot, receipt: String, requestedOn: CivilDate, statement: String) {
        self.objection = objection
        self.receipt = receipt
        self.requestedOn = requestedOn
        self.statement = statement
    }
}

/// A case handed to the unit that must decide it (政府信息公开条例 41).
package struct Forwarding: Sendable, Hashable {
    package var objection: Dot
    /// Code of the unit that takes it over.
    package var unit: String
    package var forwardedOn: CivilDate
    package var reason: String

    package init(objection: Dot, unit: String, forwardedOn: CivilDate, reason: String) {
        self.objection = objection
        self.unit = unit
        self.forwardedOn = forwardedOn
        self.reason = reason
    }
}
