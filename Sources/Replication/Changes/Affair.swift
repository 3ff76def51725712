import Registry

/// What units say beside records: proposals to lists, who is who, what was done on a look-up's answer, what is shown less
/// widely here. None of it changes a record; each is a change of its own.
package enum Affair: Sendable, Hashable {
    case listProposal(ListProposal)
    case listReply(ListReply)
    case alias(SubjectAlias)
    case measureOpened(MeasureOpened)
    case measureClosed(MeasureClosed)
    case disclosure(DisclosureNarrowed)

    /// What may spare a subject is relief (P7).
    package var lane: Lane {
        switch self {
        case .listProposal(let proposal): proposal.intent == .add ? .ordinary : .relief
        case .disclosure: .relief
        case .listReply, .alias, .measureOpened, .measureClosed: .ordinary
        }
    }

    /// Stable, for people and exports.
    package var name: String {
        switch self {
        case .listProposal: "list-proposal"
        case .listReply: "list-reply"
        case .alias: "subject-alias"
        case .measureOpened: "measure-opened"
        case .measureClosed: "measure-closed"
        case .disclosure: "disclosure-narrowed"
        }
    }
}

/// Two codes of one organisation (M38). Records keep the code and name they were written with; look-ups follow.
package struct SubjectAlias: Sendable, Hashable {
    package var oldCode: CreditCode
    package var newCode: CreditCode
    /// Normalised number of the document by which the registration changed.
    package var document: String
    /// Under the new code; empty = unchanged.
    package var name: String
    package var on: CivilDate
    /// They are not one organisation after all; of both sayings this one wins (as M37).
    package var isWithdrawn: Bool

    package init(oldCode: CreditCode, newCode: CreditCode, document: String, name: String = "", on: CivilDate, isWithdrawn: Bool = false) {
        self.oldCode = oldCode
        self.newCode = newCode
        self.document = document
        self.name = name
        self.on = on
        self.isWithdrawn = isWithdrawn
    }
}

/// A measure that a department considered on the ground of a list entry or a record (联合奖惩案例): what a look-up
/// answered, what was done, and why not where nothing was. The case ends by itself when its basis ends.
package struct MeasureOpened: Sendable, Hashable {
    /// The list entry, or the record.
    package var basis: Dot
    package var subject: SubjectKey
    package var name: String
    /// Of the look-up that answered.
    package var receipt: String
    package var purpose: String
    /// Code or words of the published list of measures.
    package var measure: String
    package var isApplied: Bool
    /// Why it was not applied; empty when it was.
    package var reason: String
    package var on: CivilDate
    package var effect: String
    /// Of the business in which it was looked up; empty = none.
    package var caseNumber: String

    package init(
        basis: Dot, subject: SubjectKey, name: String, receipt: String, purpose: String, measure: String, isApplied: Bool, reason: String = "", on: CivilDate,
        effect: String = "", caseNumber: String = ""
    ) {
        self.basis = basis
        self.subject = subject
        self.name = name
        self.receipt = receipt
        self.purpose = purpose
        self.measure = measure
        self.isApplied = isApplied
        self.reason = reason
        self.on = on
        self.effect = effect
        self.caseNumber = caseNumber
    }
}

package struct MeasureClosed: Sendable, Hashable {
    package var opened: Dot
    package var reason: String
    package var feedback: String
    package var on: CivilDate

    package init(opened: Dot, reason: String, feedback: String = "", on: CivilDate) {
        self.opened = opened
        self.reason = reason
        self.feedback = feedback
        self.on = on
    }
}

/// A tier below the root shows an item less widely than the catalogue says (M40): the narrower counts at the author's node
/// and below it until the root's next edition.
package struct DisclosureNarrowed: Sendable, Hashable {
    package var edition: Digest
    package var item: UInt32
    package var disclosure: Disclosure
    package var reason: String

    package init(edition: Digest, item: UInt32, disclosure: Disclosure, reason: String) {
        self.edition = edition
        self.item = item
        self.disclosure = disclosure
        self.reason = reason
    }
}
