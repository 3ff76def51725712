/// Every edition of catalogue, unit registry, legal profiles and calendars held here.
package struct EditionsCommand: ControlCommand {
    package static let name = "editions"
    /// catalogue, units, profile, calendar; nil = all.
    package var kind: String?
    package init(kind: String? = nil) { self.kind = kind }

    package struct Edition: Codable, Sendable {
        package var kind: String
        /// Which profile or calendar; empty where there is one of the kind.
        package var code: String
        package var number: UInt64
        package var title: String
        package var digest: String
        package var issuer: String
        /// By the issuer's clock.
        package var issuedAt: String
        /// The newest of its kind and code: the one in force.
        package var inForce: Bool
        /// What waits for somebody to check it: numbers of a profile whose text was not read.
        package var unverified: [String]
    }
    package struct Response: Codable, Sendable { package var editions: [Edition] }
}

/// The newest edition as the file people edit.
package struct EditionTextCommand: ControlCommand {
    package static let name = "edition-text"
    package var kind: String
    package var code: String
    package init(kind: String, code: String) { (self.kind, self.code) = (kind, code) }
    package struct Response: Codable, Sendable {
        package var number: UInt64
        package var text: String
    }
}

/// Issues the next edition from the text of a file; the root only.
package struct EditionPublishCommand: ControlCommand {
    package static let name = "edition-publish"
    package var kind: String
    /// For messages.
    package var fileName: String
    /// At most 8 MiB.
    package var text: String
    package var actor: ActorOptions

    package init(kind: String, fileName: String, text: String, actor: ActorOptions) {
        self.kind = kind
        self.fileName = fileName
        self.text = text
        self.actor = actor
    }

    package struct Response: Codable, Sendable {
        package var kind: String
        package var code: String
        package var number: UInt64
        package var title: String
    }
}

/// Proposes a supplement to the catalogue upward.
package struct ProposeItemCommand: ControlCommand {
    package static let name = "catalogue-propose"
    package var fileName: String
    /// A catalogue file with exactly one item.
    package var text: String
    package var reason: String
    package var actor: ActorOptions

    package init(fileName: String, text: String, reason: String, actor: ActorOptions) {
        self.fileName = fileName
        self.text = text
        self.reason = reason
        self.actor = actor
    }
    package typealias Response = ProposalLine
}

package struct ProposalsCommand: ControlCommand {
    package static let name = "catalogue-proposals"
    package init() {}
    package struct Response: Codable, Sendable { package var proposals: [ProposalLine] }
}

/// The root's answer to a proposal.
package struct AnswerProposalCommand: ControlCommand {
    package static let name = "catalogue-answer"
    package var proposal: String
    package var adopt: Bool
    package var reason: String
    package var actor: ActorOptions

    package init(proposal: String, adopt: Bool, reason: String, actor: ActorOptions) {
        self.proposal = proposal
        self.adopt = adopt
        self.reason = reason
        self.actor = actor
    }
    package typealias Response = ProposalLine
}

package struct ProposalLine: Codable, Sendable {
    package var proposal: String
    /// Path of the node that proposed.
    package var from: String
    package var item: String
    package var title: String
    package var reason: String
    /// open, adopted, declined.
    package var outcome: String
    package var reply: String?
}
