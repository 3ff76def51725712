/// Acts on a record: corrects it, objects, replies, repairs, marks. One operation, for all of them are written the same way.
package struct ActCommand: ControlCommand {
    package static let name = "act"
    /// A record id, or a document number that only one record has.
    package var record: String
    package var request: ActRequest
    /// The version a form was filled from, as `show` and every act give it; nil = what is held now.
    package var version: String?
    package var actor: ActorOptions
    /// Of a record that may be held elsewhere; then `record` is its document number, and what is taken here is filed.
    package var address: AddressOptions?

    package init(record: String, request: ActRequest, version: String? = nil, actor: ActorOptions, address: AddressOptions? = nil) {
        self.record = record
        self.request = request
        self.version = version
        self.actor = actor
        self.address = address
    }

    package struct Response: Codable, Sendable {
        package var record: String
        /// One a record: relief is written on every duplicate.
        package var changes: [String]
        /// Given to the subject where the act has one.
        package var receipt: String?
        /// Whether it counts: `counts`, `proposal`, `conflict`, `void`; `filed` where the record is held elsewhere.
        package var effect: String
        package var label: String
        package var dispute: String
        package var repair: String
        package var publication: String
        /// Why it is not published.
        package var reasons: [String]
        /// Rules that ask a person, with who.
        package var tickets: [String]
        package var version: String
    }
}

/// What is to be done. Dates are ISO, at UTC+8; nil = today.
package enum ActRequest: Codable, Sendable {
    /// `settles`: receipt or id of the case it decides in the subject's favour; `source`: digest of the source compared with (rank 0).
    case correct(set: [FieldText], clear: [String], subject: String?, basis: BasisOptions, settles: String?, source: String?)
    case uphold(basis: BasisOptions)
    case object(ObjectionOptions)
    case reply(toCase: String, outcome: String, on: String?, basis: BasisOptions)
    case review(toCase: String, receipt: String?, on: String?, statement: String)
    case forward(toCase: String, unit: String, on: String?, reason: String)
    case repair(step: String, receipt: String?, on: String?, noRepeat: Bool, basis: BasisOptions)
    case publication(step: String, on: String?, confirmed: Bool, reason: String)
    case litigation(caseNumber: String, closed: Bool, note: String)
    case link(other: String, same: Bool, reason: String)
    case fulfil(fulfilled: Bool, basis: BasisOptions)
}

/// A field by its code or name, with its text as in a file.
package struct FieldText: Codable, Sendable, Hashable {
    package var field: String
    package var text: String
    package init(field: String, text: String) { (self.field, self.text) = (field, text) }
}

package struct ObjectionOptions: Codable, Sendable {
    package var ground: String
    package var fields: [String]
    package var claimed: [FieldText]
    /// nil: the node makes one.
    package var receipt: String?
    package var acceptedOn: String?
    package var claimant: String
    package var statement: String

    package init(ground: String, fields: [String] = [], claimed: [FieldText] = [], receipt: String? = nil, acceptedOn: String? = nil, claimant: String = "", statement: String) {
        self.ground = ground
        self.fields = fields
        self.claimed = claimed
        self.receipt = receipt
        self.acceptedOn = acceptedOn
        self.claimant = claimant
        self.statement = statement
    }
}

/// The instrument an act executes.
package struct BasisOptions: Codable, Sendable {
    /// 0 technical, 1 deciding unit, 2 superior, 3 reconsideration, 4 court.
    package var rank: UInt32
    package var document: String
    /// Number of the document of the same procedure that this one follows.
    package var follows: String
    package var reason: String

    package init(rank: UInt32 = 1, document: String = "", follows: String = "", reason: String) {
        self.rank = rank
        self.document = document
        self.follows = follows
        self.reason = reason
    }
}
