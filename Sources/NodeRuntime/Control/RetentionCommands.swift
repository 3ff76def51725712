/// What is due at a node for the archive and for purging.
package struct RetentionCommand: ControlCommand {
    package static let name = "retention"
    /// As of this day, ISO; nil = today.
    package var on: String?
    /// Continue after this record.
    package var after: String?
    package var limit: Int

    package init(on: String? = nil, after: String? = nil, limit: Int = 200) { (self.on, self.after, self.limit) = (on, after, limit) }

    package struct Line: Codable, Sendable {
        package var record: String
        package var home: String
        package var item: String
        /// `archive`, `purge`, `held`, `late`.
        package var due: String
        /// `retention`, `opt-out`, `unlawful`.
        package var ground: String
        /// Profile and edition, or item, that the dates come from.
        package var basis: String
        /// False: a number of the law waits for a person who has read the text.
        package var verified: Bool
        package var archiveFrom: String?
        package var purgeFrom: String?
        /// Why it is not purged yet, stable names, and in Chinese.
        package var holds: [String]
        package var holdsZh: [String]
        /// Changes that came after the record was purged.
        package var changes: Int
    }
    package struct Response: Codable, Sendable {
        package var on: String
        package var lines: [Line]
        package var next: String?
    }
}

/// Destroys bodies and salts of a decision's records everywhere.
package struct PurgeCommand: ControlCommand {
    package static let name = "purge"
    /// A record id, or a document number that only one record has.
    package var record: String
    /// `retention`, `opt-out`, `unlawful`.
    package var ground: String
    /// Rule of law, schedule or decision it rests on.
    package var basis: String
    package var reason: String
    package var actor: ActorOptions

    package init(record: String, ground: String, basis: String, reason: String, actor: ActorOptions) {
        self.record = record
        self.ground = ground
        self.basis = basis
        self.reason = reason
        self.actor = actor
    }

    package struct Response: Codable, Sendable {
        package var record: String
        package var orders: [String]
        package var changes: Int
    }
}

/// A subject's wish not to have items recorded, or its withdrawal.
package struct OptOutCommand: ControlCommand {
    package static let name = "opt-out"
    /// Code of an organisation, or number of a person.
    package var subject: String
    /// Of a person: kind of identity document.
    package var person: String?
    /// Codes of catalogue items.
    package var items: [String]
    package var receipt: String
    package var withdraws: Bool
    package var actor: ActorOptions

    package init(subject: String, person: String?, items: [String], receipt: String, withdraws: Bool, actor: ActorOptions) {
        self.subject = subject
        self.person = person
        self.items = items
        self.receipt = receipt
        self.withdraws = withdraws
        self.actor = actor
    }

    package struct Response: Codable, Sendable {
        package var change: String
        package var receipt: String
        package var items: [String]
        package var withdrawn: Bool
    }
}
