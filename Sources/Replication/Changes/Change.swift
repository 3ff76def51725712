import Registry

/// One immutable event on one record, list or other issued object, decoded from its sealed body.
package struct Change: Sendable, Hashable {
    /// nil for a change that was never re-minted: its origin is its own dot.
    package var origin: Dot?
    /// nil: this change creates the record, and its own dot is the record id.
    package var record: Dot?
    /// The author's previous change of this record in this audience; 0 = none. Makes a gap visible.
    package var previous: UInt64
    package var context: Context
    package var actor: Actor
    /// Milliseconds since 1970 by the author's clock; never decides content.
    package var capturedAt: UInt64
    /// Digests of the editions it was written under.
    package var editions: [Digest]
    package var kind: ChangeKind
    /// Of a re-issued change: who first wrote it. All else but ``record`` and ``previous`` is then what the original says.
    package var proof: OriginProof?

    package init(
        origin: Dot? = nil, record: Dot? = nil, previous: UInt64 = 0, context: Context = .empty, actor: Actor,
        capturedAt: UInt64, editions: [Digest] = [], kind: ChangeKind, proof: OriginProof? = nil
    ) {
        self.origin = origin
        self.record = record
        self.previous = previous
        self.context = context
        self.actor = actor
        self.capturedAt = capturedAt
        self.editions = editions
        self.kind = kind
        self.proof = proof
    }
}

/// Which unit and person acted, on the word of the node that signed.
package struct Actor: Sendable, Hashable {
    /// Unified social credit code.
    package var unit: String
    package var `operator`: String
    /// nil: nobody reviewed.
    package var reviewer: String?

    package init(unit: String, operator: String, reviewer: String? = nil) {
        self.unit = unit
        self.operator = `operator`
        self.reviewer = reviewer
    }
}

package enum ChangeKind: Sendable, Hashable {
    case recordState(RecordState)
    case attachmentsAdded(AttachmentsAdded)
    case revocation(Revocation)
    /// What people do to an existing record.
    case act(RecordAct)
    /// What units say beside records.
    case affair(Affair)
    /// About changes on their way.
    case federation(FederationAct)
    /// On the way to being effective, and sent back.
    case draftStep(DraftStep)
    case listOpened(ListOpened)
    case listEntry(ListEntry)
    case listRemoval(ListRemoval)
    case listEdition(ListEdition)
    case listDigests(ListDigests)
    case catalogue(Catalogue)
    case units(UnitRegistry)
    case profile(LegalProfile)
    case calendar(WorkCalendar)
    case itemProposal(ItemProposal)
    case proposalReply(ProposalReply)
    /// Bodies of a record are destroyed everywhere.
    case erasure(ErasureOrder)
    /// A subject does not want some items recorded.
    case optOut(OptOutWish)
    /// Written by a newer node: kept, relayed, quarantined here; in the relief lane it suspends publication.
    case unknown

    /// Relief travels in its own lane: whatever spares the subject, and nothing else (P7).
    package var lane: Lane {
        switch self {
        case .listRemoval, .revocation, .erasure: .relief
        case .optOut(let wish): wish.isWithdrawal ? .ordinary : .relief
        case .act(let act): act.lane
        case .affair(let affair): affair.lane
        case .federation(let act): act.lane
        case .draftStep(let step): step.lane
        case .recordState, .attachmentsAdded, .listOpened, .listEntry, .listEdition, .listDigests, .catalogue, .units, .profile, .calendar, .itemProposal,
            .proposalReply, .unknown: .ordinary
        }
    }

    /// Stable name for people and exports.
    package var name: String {
        switch self {
        case .recordState: "record-state"
        case .attachmentsAdded: "attachments-added"
        case .revocation: "revocation"
        case .act(let act): act.name
        case .affair(let affair): affair.name
        case .federation(let act): act.name
        case .draftStep(let step): "draft-\(step.kind.name)"
        case .listOpened: "list-opened"
        case .listEntry: "list-entry"
        case .listRemoval: "list-removal"
        case .listEdition: "list-edition"
        case .listDigests: "list-digests"
        case .catalogue: "catalogue-edition"
        case .units: "unit-registry-edition"
        case .profile: "legal-profile-edition"
        case .calendar: "calendar-edition"
        case .itemProposal: "item-proposal"
        case .proposalReply: "proposal-reply"
        case .erasure: "erasure-order"
        case .optOut(let wish): wish.isWithdrawal ? "opt-out-withdrawn" : "opt-out"
        case .unknown: "unknown"
        }
    }
}

/// Whom a record speaks of, as it stands in a sealed body.
package enum SubjectKey: Sendable, Hashable, Comparable {
    case organisation(CreditCode)
    /// A body or sole trader without a code yet, by name; never a key to merge by.
    case unregistered(String)
    case person(PersonNumber)
    /// Of a published list entry.
    case listed(ListedPerson)

    package var kind: SubjectKind {
        switch self {
        case .organisation: .organisation
        case .unregistered: .unregistered
        case .person, .listed: .person
        }
    }

    /// What look-ups compare: the code, or the keyed digest in hexadecimal with the document kind.
    package var lookupText: String {
        switch self {
        case .organisation(let code): code.text
        case .unregistered(let name): "name:" + name
        case .person(let person): "person:\(person.document.rawValue):" + person.digest.description
        case .listed(let listed): listed.lookupText
        }
    }

    package static func < (a: SubjectKey, b: SubjectKey) -> Bool { a.lookupText.utf8.lexicographicallyPrecedes(b.lookupText.utf8) }
}

/// A natural person's number: keyed digest plus ciphertext, never in clear.
package struct PersonNumber: Sendable, Hashable {
    package var document: IdentityDocument
    /// Under the federation's subject key.
    package var digest: Digest
    package var ciphertext: [UInt8]
    /// This node and those above it can open the ciphertext.
    package var sealedAt: NodePath
    package var keyEpoch: UInt32

    package init(document: IdentityDocument, digest: Digest, ciphertext: [UInt8], sealedAt: NodePath, keyEpoch: UInt32) {
        self.document = document
        self.digest = digest
        self.ciphertext = ciphertext
        self.sealedAt = sealedAt
        self.keyEpoch = keyEpoch
    }
}

/// First dimension of a record's state (rules.md 3.3). The raw values are sealed.
package enum Validity: UInt32, Sendable, Hashable, Comparable {
    case draft = 1
    case submitted = 2
    case effective = 3
    /// Withdrawn; never in a sealed state, only in views.
    case revoked = 4

    package static func < (a: Validity, b: Validity) -> Bool { a.rawValue < b.rawValue }
}

/// One field of a record, numbered by the item's field table.
package struct RecordField: Sendable, Hashable {
    package let number: UInt32
    package let value: FieldValue
    package init(number: UInt32, value: FieldValue) { (self.number, self.value) = (number, value) }
}

extension [RecordField] {
    /// The value of field `number`.
    package func value(_ number: UInt32) -> FieldValue? {
        for index in indices where self[index].number == number { return self[index].value }
        return nil
    }
}

/// The whole state of a record: creates it, or enters it into a wider audience.
///
/// Invariant: `fields` ascend strictly by number.
package struct RecordState: Sendable, Hashable {
    package var item: UInt32
    /// nil = the author's path.
    package var home: NodePath?
    package var validity: Validity
    package var subject: SubjectKey
    package var fields: [RecordField]

    package init(item: UInt32, home: NodePath?, validity: Validity, subject: SubjectKey, fields: [RecordField]) {
        self.item = item
        self.home = home
        self.validity = validity
        self.subject = subject
        self.fields = fields
    }

    package func value(_ number: UInt32) -> FieldValue? { fields.value(number) }

    /// The text of field `number`; empty when it is absent or no text.
    package func text(_ number: UInt32?) -> String {
        guard let number, case .text(let text)? = value(number) else { return "" }
        return text
    }
}
