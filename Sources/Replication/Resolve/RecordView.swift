import Registry

/// Version of the rules. Nodes with equal inputs and equal versions show equal views (guarantee 1).
package let rulesVersion: UInt32 = 5

/// Third dimension of a record's state (rules.md 3.3).
package enum DisputeState: String, Sendable, Hashable {
    case none
    case open
    case upheld
    case rejected
    case unverifiable
    case underReview = "under-review"
}

/// What people read first: the first that applies, in this order (rules.md 3.3).
package enum RecordLabel: String, Sendable, Hashable, CaseIterable {
    case purged
    case revoked
    case merged
    case expired
    case repaired
    case disputed
    case corrected
    case effective
    case submitted
    case draft
}

/// Whether a commitment was kept (M42).
package enum FulfilmentState: String, Sendable, Hashable {
    case none
    case fulfilled
    case broken
    /// 履约待核: units contradict each other; nothing adverse follows until the accepting unit decides.
    case underCheck = "under-check"
}

/// What a node shows of one decision: a pure function of its changes, of the circumstances and of a date.
package struct RecordView: Sendable, Hashable {
    /// The canonical record (M35).
    package let id: Dot
    /// Other records of the same decision, ascending.
    package let aliases: [Dot]
    package let home: NodePath
    package let item: UInt32
    package let validity: Validity
    package let subject: SubjectKey
    package let fields: [RecordField]
    /// Who entered the state that stands.
    package let actor: Actor
    /// The catalogue edition it was judged under.
    package let edition: Digest?
    /// The change whose state stands. Not part of the view: a re-minted one has another dot.
    package let state: Dot
    /// Corrections whose value counts, ascending.
    package let corrections: [Dot]
    package let conflicts: [ContentConflict]
    package let proposals: [ContentProposal]
    /// Every accepted revocation, ascending by origin: all bases are kept (M7).
    package let revocations: [Revocation]
    /// Records that came, or came again, without a new decision document although the decision was revoked (M33).
    package let blocked: [Dot]
    package let cases: [CaseView]
    package let dispute: DisputeState
    /// Reconsiderations and lawsuits that are pending, by case number (M44).
    package let litigation: [String]
    package let repair: RepairState
    package let fulfilment: FulfilmentState
    /// nil once the record is effective.
    package let drafting: DraftView?
    /// Of records of the same decision that are not held here; nil where nobody spoke of any.
    package let kin: KinView?
    package let tickets: [Ticket]
    /// Changes that took part, by origin, ascending.
    package let changes: [Dot]
    /// What depends on the date of the question.
    package let shown: Shown

    package var isCorrected: Bool { !corrections.isEmpty }
    package var withdrawnOn: CivilDate? { revocations.compactMap(\.effectiveOn).min() }
}

/// The part of a view that reads the date: label, publication, deadlines.
package struct Shown: Sendable, Hashable {
    package let asOf: CivilDate
    package let label: RecordLabel
    package let publication: PublicationState
    /// Every reason why it is not published, in the order of ``PublicationReason``.
    package let reasons: [PublicationReason]
    /// Last day of publication; nil = open, or never.
    package let publicUntil: CivilDate?
    /// Last day for a reply to each case that is owed one, in the order of the cases.
    package let replies: [CaseDeadline]
    /// Over, and yet open to authorised users while the subject stands on a serious list (M31).
    package let isQueryableWhileListed: Bool
}

package struct CaseDeadline: Sendable, Hashable {
    package let id: Dot
    /// nil while no profile or calendar is held.
    package let due: DueDate?
    package let isOverdue: Bool
}
