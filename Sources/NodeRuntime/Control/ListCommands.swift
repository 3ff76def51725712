package struct ListCreateCommand: ControlCommand {
    package static let name = "list-create"
    package var code: String
    package var title: String
    /// Legal basis; a list without one cannot be created.
    package var basis: String
    /// Unit code of the competent authority; nil = the acting unit.
    package var authority: String?
    /// Hours a freshness statement stays valid, 1…2160.
    package var maxAgeHours: Int
    /// serious, red, watch, abnormal, other; nil = other.
    package var kind: String?
    /// Entries without notice of grounds stay pending.
    package var noticeRequired: Bool?
    package var actor: ActorOptions

    package init(
        code: String, title: String, basis: String, authority: String?, kind: String? = nil, noticeRequired: Bool? = nil, maxAgeHours: Int, actor: ActorOptions
    ) {
        self.kind = kind
        self.noticeRequired = noticeRequired
        self.code = code
        self.title = title
        self.basis = basis
        self.authority = authority
        self.maxAgeHours = maxAgeHours
        self.actor = actor
    }
    package typealias Response = ListSummary
}

/// Stages an entry as a local draft; `list publish` lets it out.
package struct ListAddCommand: ControlCommand {
    package static let name = "list-add"
    package var list: String
    /// Unified social credit code of the organisation, or a person's number.
    package var subject: String
    /// Of a person: the kind of identity document, by its name.
    package var person: String?
    package var subjectName: String
    /// Number of the decision.
    package var document: String
    /// ISO dates; `since` nil = today.
    package var since: String?
    package var until: String?
    package var notice: NoticeOptions?
    package var actor: ActorOptions

    package init(
        list: String, subject: String, person: String? = nil, subjectName: String, document: String, since: String?, until: String?, notice: NoticeOptions? = nil,
        actor: ActorOptions
    ) {
        self.notice = notice
        self.list = list
        self.subject = subject
        self.person = person
        self.subjectName = subjectName
        self.document = document
        self.since = since
        self.until = until
        self.actor = actor
    }
    package typealias Response = ListSummary
}

/// Removes at once, in the relief lane, without waiting for the next edition.
package struct ListRemoveCommand: ControlCommand {
    package static let name = "list-remove"
    package var list: String
    package var subject: String
    /// Of a person: the kind of identity document, by its name.
    package var person: String?
    /// Number of the decision by which the subject was listed.
    package var document: String
    package var reason: String
    package var actor: ActorOptions

    package init(list: String, subject: String, person: String? = nil, document: String, reason: String, actor: ActorOptions) {
        self.list = list
        self.subject = subject
        self.person = person
        self.document = document
        self.reason = reason
        self.actor = actor
    }
    package typealias Response = ListSummary
}

/// Publishes staged entries, a new edition and its freshness statement.
package struct ListPublishCommand: ControlCommand {
    package static let name = "list-publish"
    package var list: String
    package var actor: ActorOptions

    package init(list: String, actor: ActorOptions) {
        self.list = list
        self.actor = actor
    }
    package typealias Response = ListSummary
}

/// A new key for persons on lists, at the root, after a loss: lists that name persons are published again under it.
package struct ListRenewKeysCommand: ControlCommand {
    package static let name = "list-renew-keys"
    package var reason: String
    package var actor: ActorOptions

    package init(reason: String, actor: ActorOptions) { (self.reason, self.actor) = (reason, actor) }

    package struct Response: Codable, Sendable {
        package var epoch: UInt32
        /// Codes of the lists that were published again.
        package var lists: [String]
    }
}

package struct ListsCommand: ControlCommand {
    package static let name = "lists"
    package init() {}
    package struct Response: Codable, Sendable { package var lists: [ListSummary] }
}

package struct ListSummary: Codable, Sendable {
    package var code: String
    package var id: String
    package var title: String
    package var basis: String
    package var authority: String
    package var issuer: String
    /// nil before the first publication.
    package var edition: UInt64?
    package var entries: Int
    /// Entries staged here and not yet published.
    package var staged: Int
    package var removed: Int
    /// Published, and waiting for a notice of grounds; not among `entries`.
    package var pending = 0
    /// serious, red, watch, abnormal, other.
    package var kind = "other"
    package var issuedAt: String?
    package var validUntil: String?
    /// fresh, stale, unpublished; differs: the entries held are not those the edition speaks of.
    package var freshness: String
}

/// Answers in one of four ways, never with a score; logged before it is given.
package struct LookupCommand: ControlCommand {
    package static let name = "lookup"
    package var subject: String
    /// Of a person: the kind of identity document, by its name; `subject` is the number then.
    package var person: String?
    package var purpose: String
    package var caseNumber: String?
    package var unit: String
    package var `operator`: String

    package init(subject: String, person: String? = nil, purpose: String, caseNumber: String? = nil, unit: String, operator: String) {
        self.subject = subject
        self.person = person
        self.caseNumber = caseNumber
        self.purpose = purpose
        self.unit = unit
        self.operator = `operator`
    }

    package enum Answer: String, Codable, Sendable {
        case onTheList = "on-the-list"
        case notOnTheList = "not-on-the-list"
        case notCovered = "not-covered"
        case tooStaleToSay = "too-stale-to-say"
    }

    package struct Hit: Codable, Sendable {
        package var entry: String
        /// Empty for a person: no name travels with a list.
        package var name: String
        package var document: String
        package var authority: String
        package var since: String
        package var until: String?
        /// Of the decision it rests on, where that is held (as ``MarkedRecord``), and of open proposals: removal-proposed, disputed. Empty = none held.
        package var marks: [String]
    }

    package struct ListAnswer: Codable, Sendable {
        package var list: String
        package var title: String
        package var answer: Answer
        package var hits: [Hit]
        package var edition: UInt64?
        /// When the issuer last said this edition is current.
        package var asOf: String?
        package var validUntil: String?
        package var competentAuthority: String
        package var basis: String
        /// Why nothing can be said, where it is not age: no-list-key, wrong-list-key, digests-incomplete,
        /// edition-differs, removals-withheld; or suspended-by-serious-entry: its hits do not count meanwhile.
        package var reason: String?
    }

    /// One decision with its marks: disputed, under-review, objection-upheld, litigation, repaired, repaired-provisionally,
    /// repair-withdrawn, corrected, expired, suspended, conflict, commitment-under-check; or identity-under-check alone, and
    /// then nothing else is told of it.
    package struct MarkedRecord: Codable, Sendable {
        /// nil while its identity is under check.
        package var record: String?
        package var item: String
        package var document: String
        package var label: String
        package var marks: [String]
        /// Code and name of the authority that decides about it.
        package var authority: String
        package var authorityName: String
    }

    package struct Response: Codable, Sendable {
        /// Of a person the kind of document and stars, never the number.
        package var subject: String
        /// Other codes of the same organisation, whose entries and records count; nil = none known.
        package var aliases: [String]?
        /// True for a person: a hit must be confirmed online or by telephone before any adverse act.
        package var confirm: Bool?
        /// How long the answer took without its durable line in the log.
        package var microseconds: Int?
        package var receipt: String
        package var answeredAt: String
        package var node: String
        /// One for each list held; a single `not-covered` when none is.
        package var lists: [ListAnswer]
        /// Effective records about the subject held at this node, by item code.
        package var recordsHeld: [String: Int]
        /// Decisions about the subject of which more is to be said than that they stand.
        package var records: [MarkedRecord]?
        /// There are more of these than an answer lists.
        package var recordsCut: Bool?
        /// Earlier answers to the asking unit that have changed in the subject's favour since: `creditnode notify list`, or
        /// `GET /v1/notices`.
        package var notices: Int?
        /// Last contact with the parent.
        package var lastContact: String?
    }
}
