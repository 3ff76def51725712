/// Makes a one-time invitation for a child (or any descendant one step below).
package struct InviteCommand: ControlCommand {
    package static let name = "invite"
    /// Path of the child to be.
    package var path: String
    /// Hours until the token expires, 1…720.
    package var validHours: Int
    /// `host:port` the child shall dial; nil = what `serve` listens on or the configuration advertises.
    package var address: String?
    /// Suite suggested to the child; nil = our own.
    package var suite: String?

    package init(path: String, validHours: Int = 72, address: String? = nil, suite: String? = nil) {
        self.path = path
        self.validHours = validHours
        self.address = address
        self.suite = suite
    }

    package struct Response: Codable, Sendable {
        package var token: String
        package var path: String
        package var address: String
        /// SHA-256 of the parent's TLS root certificate, hexadecimal.
        package var caFingerprint: String
        /// ISO 8601, UTC+8.
        package var expiresAt: String
        /// Suite that the invitation suggests.
        package var suite: String
    }
}

/// Lists, suspends or resumes enrolled children.
package struct ChildrenCommand: ControlCommand {
    package static let name = "children"
    package enum Action: String, Codable, Sendable { case list, suspend, resume }
    package var action: Action
    package var path: String?

    package init(action: Action, path: String? = nil) {
        self.action = action
        self.path = path
    }

    package struct Child: Codable, Sendable {
        package var path: String
        package var state: String
        package var enrolledAt: String
        package var lastContact: String?
        package var ledgerKey: String
        /// Of the ledger key; nil until its first change set came.
        package var suite: String?
    }
    package struct Response: Codable, Sendable { package var children: [Child] }
}

package struct RecordsCommand: ControlCommand {
    package static let name = "records"
    package var home: String?
    package var subject: String?
    package var item: String?
    /// draft, submitted, effective.
    package var validity: String?
    package var after: String?
    package var limit: Int
    /// Authorised reading: what is in the archive is shown too.
    package var archive: Bool?

    package init(
        home: String? = nil, subject: String? = nil, item: String? = nil, validity: String? = nil, after: String? = nil, limit: Int = 20, archive: Bool? = nil
    ) {
        self.archive = archive
        self.home = home
        self.subject = subject
        self.item = item
        self.validity = validity
        self.after = after
        self.limit = limit
    }

    package struct Line: Codable, Sendable {
        package var record: String
        package var item: String
        package var validity: String
        package var home: String
        package var subject: String
        package var subjectName: String
        package var document: String
        package var decidedOn: String
    }
    package struct Count: Codable, Sendable {
        package var home: String
        package var item: String
        package var validity: String
        package var count: Int
    }
    package struct Response: Codable, Sendable {
        package var records: [Line]
        package var counts: [Count]
        /// Pass as `after` for the next page; nil at the end.
        package var next: String?
    }
}

package struct ShowCommand: ControlCommand {
    package static let name = "show"
    /// A record id (dot), as `records` prints it; a unique document number also serves.
    package var record: String
    /// Authorised reading: what is in the archive is shown too.
    package var archive: Bool?

    package init(record: String, archive: Bool? = nil) { (self.record, self.archive) = (record, archive) }

    package struct Field: Codable, Sendable {
        package var code: String
        package var name: String
        package var value: String
    }
    package struct Event: Codable, Sendable {
        package var change: String
        package var kind: String
        package var author: String
        package var unit: String
        package var `operator`: String
        package var reviewer: String?
        package var capturedAt: String
        package var audience: String
        package var sequence: UInt64
        /// accepted, waiting: …, quarantined: ….
        package var judgement: String
        /// What checking the stored bytes said just now: `verified` with the key's short id, or the fault.
        package var verification: String
        /// Highest tier known to hold it durably.
        package var durableAt: String?
        /// What the parent said, if not simply accepted.
        package var verdict: String?
    }
    package struct Response: Codable, Sendable {
        package var record: String
        package var item: String
        package var itemTitle: String
        package var validity: String
        package var label: String
        package var home: String
        package var subject: String
        package var fields: [Field]
        /// What is due, and until when it is public; derived, by the law in force here.
        package var deadlines: [Deadline]
        package var history: [Event]
        package var attachments: [AttachmentLine] = []
        /// What an act on it may say it is based on (`--based-on`).
        package var version: String?
        /// Everything the view says beyond its fields.
        package var view: ViewParts?
    }

    package struct Deadline: Codable, Sendable {
        /// report-by, public-until, repair-from, not-public.
        package var name: String
        /// ISO date; nil where the name says it all.
        package var date: String?
        /// The holidays of some year on the way are not announced yet.
        package var provisional: Bool
        /// Profile or calendar with its edition, and `unverified` while nobody checked the number.
        package var basis: String
    }
}

package struct VerifyCommand: ControlCommand {
    package static let name = "verify"
    package init() {}
    package struct Fault: Codable, Sendable {
        package var place: String
        package var rule: String
        package var detail: String
    }
    package struct Response: Codable, Sendable {
        package var ledgers: Int
        package var changeSets: Int
        package var changes: Int
        package var missingBodies: Int
        package var keys: Int
        package var lookups: Int
        package var faults: [Fault]
        package var milliseconds: Int
    }
}

package struct RebuildCommand: ControlCommand {
    package static let name = "rebuild"
    package init() {}
    package struct Response: Codable, Sendable {
        package var changeSets: Int
        package var digestBefore: String
        package var digestAfter: String
        package var identical: Bool
        package var milliseconds: Int
    }
}

package struct DoctorCommand: ControlCommand {
    package static let name = "doctor"
    package init() {}
    package struct Check: Codable, Sendable {
        package var name: String
        /// ok, warning, failed.
        package var result: String
        package var zh: String
        package var en: String
        package var hint: String
    }
    package struct Response: Codable, Sendable { package var checks: [Check] }
}

/// The digest of the views of every record at or below a path: equal at every node that holds them.
package struct DigestCommand: ControlCommand {
    package static let name = "digest"
    package var home: String

    package init(home: String) { self.home = home }

    package struct Response: Codable, Sendable {
        package var home: String
        /// Effective records only; drafts stay local.
        package var records: Int
        package var digest: String
        /// Over published objects held: lists with standing entries, catalogue editions.
        package var published: String
        package var publishedObjects: Int
        /// Paths of authors of any record or lineage ledger held here.
        package var authors: [String]
    }
}
