/// Proposes an addition to a list, or a removal from it, to the list's issuer.
package struct ListProposeCommand: ControlCommand {
    package static let name = "list-propose"
    package var list: String
    /// Remove rather than add.
    package var remove: Bool
    /// Unified social credit code of the organisation, or a person's number.
    package var subject: String
    /// Of a person: the kind of identity document, by its name.
    package var person: String?
    package var subjectName: String
    /// Number of the decision.
    package var document: String
    /// Unit code of who decided; nil = the acting unit.
    package var authority: String?
    /// ISO dates; `since` nil = today.
    package var since: String?
    package var until: String?
    package var reason: String
    package var notice: NoticeOptions
    package var actor: ActorOptions

    package init(
        list: String, remove: Bool, subject: String, person: String?, subjectName: String, document: String, authority: String?, since: String?, until: String?,
        reason: String, notice: NoticeOptions, actor: ActorOptions
    ) {
        self.list = list
        self.remove = remove
        self.subject = subject
        self.person = person
        self.subjectName = subjectName
        self.document = document
        self.authority = authority
        self.since = since
        self.until = until
        self.reason = reason
        self.notice = notice
        self.actor = actor
    }
    package typealias Response = ListProposalLine
}

/// The subject was told the grounds: number of the notice, and the ISO date on which it was served (nil = today).
package struct NoticeOptions: Codable, Sendable, Hashable {
    package var document: String?
    package var servedOn: String?

    package init(document: String? = nil, servedOn: String? = nil) { (self.document, self.servedOn) = (document, servedOn) }
}

package struct ListProposalsCommand: ControlCommand {
    package static let name = "list-proposals"
    /// Answered ones too.
    package var all: Bool
    package init(all: Bool) { self.all = all }
    package struct Response: Codable, Sendable { package var proposals: [ListProposalLine] }
}

/// The issuer's decision on a proposal.
package struct ListDecideCommand: ControlCommand {
    package static let name = "list-decide"
    package var proposal: String
    package var adopt: Bool
    package var reason: String
    package var notice: NoticeOptions
    package var actor: ActorOptions

    package init(proposal: String, adopt: Bool, reason: String, notice: NoticeOptions, actor: ActorOptions) {
        self.proposal = proposal
        self.adopt = adopt
        self.reason = reason
        self.notice = notice
        self.actor = actor
    }
    package typealias Response = ListProposalLine
}

package struct ListProposalLine: Codable, Sendable {
    package var proposal: String
    /// Path of the node that proposed.
    package var from: String
    package var list: String
    /// add, remove, objection.
    package var intent: String
    /// Of a person the keyed digest.
    package var subject: String
    package var name: String
    package var document: String
    package var reason: String
    package var unit: String
    /// open, adopted, declined.
    package var outcome: String
    package var reply: String?
    /// The entry or removal that carries it out.
    package var result: String?
}

/// Links two codes of one organisation, or withdraws the link.
package struct AliasCommand: ControlCommand {
    package static let name = "alias"
    package var from: String
    package var to: String
    package var document: String
    package var subjectName: String
    package var on: String?
    package var withdraw: Bool
    package var actor: ActorOptions

    package init(from: String, to: String, document: String, subjectName: String, on: String?, withdraw: Bool, actor: ActorOptions) {
        self.from = from
        self.to = to
        self.document = document
        self.subjectName = subjectName
        self.on = on
        self.withdraw = withdraw
        self.actor = actor
    }
    package typealias Response = AliasesCommand.Response
}

package struct AliasesCommand: ControlCommand {
    package static let name = "aliases"
    package init() {}

    package struct Alias: Codable, Sendable {
        package var id: String
        package var from: String
        package var to: String
        package var name: String
        package var document: String
        package var on: String
        package var withdrawn: Bool
        package var node: String
    }
    package struct Response: Codable, Sendable { package var aliases: [Alias] }
}

/// Records that a measure was applied on the ground of a look-up's answer, or why not.
package struct MeasureOpenCommand: ControlCommand {
    package static let name = "measure-open"
    package var receipt: String
    /// Id of the list entry or record that the answer named.
    package var basis: String
    package var measure: String
    package var applied: Bool
    package var reason: String
    package var effect: String
    package var actor: ActorOptions

    package init(receipt: String, basis: String, measure: String, applied: Bool, reason: String, effect: String, actor: ActorOptions) {
        self.receipt = receipt
        self.basis = basis
        self.measure = measure
        self.applied = applied
        self.reason = reason
        self.effect = effect
        self.actor = actor
    }
    package typealias Response = MeasureLine
}

package struct MeasureCloseCommand: ControlCommand {
    package static let name = "measure-close"
    package var measure: String
    package var reason: String
    package var feedback: String
    package var actor: ActorOptions

    package init(measure: String, reason: String, feedback: String, actor: ActorOptions) {
        self.measure = measure
        self.reason = reason
        self.feedback = feedback
        self.actor = actor
    }
    package typealias Response = MeasureLine
}

package struct MeasuresCommand: ControlCommand {
    package static let name = "measures"
    /// Those that are over, too.
    package var all: Bool
    package init(all: Bool) { self.all = all }
    package struct Response: Codable, Sendable { package var measures: [MeasureLine] }
}

package struct MeasureLine: Codable, Sendable {
    package var id: String
    package var node: String
    package var unit: String
    package var subject: String
    package var name: String
    package var basis: String
    package var receipt: String
    package var purpose: String
    package var caseNumber: String
    package var measure: String
    /// open, basis-ended (to be lifted), closed, not-applied.
    package var state: String
    /// Why the basis ended: list-removed, expired, revoked, repaired, merged, purged.
    package var ended: String
    package var on: String
    package var reason: String
    package var effect: String
    package var closedOn: String?
    package var closedReason: String?
    package var feedback: String?
}

/// Commitments whose term ends within some days and that nobody declared kept or broken.
package struct CommitmentsCommand: ControlCommand {
    package static let name = "commitments"
    /// From today; 0 = overdue ones and those that end today.
    package var withinDays: Int
    /// Path of a node; nil = all.
    package var home: String?
    package init(withinDays: Int, home: String?) { (self.withinDays, self.home) = (withinDays, home) }

    package struct Commitment: Codable, Sendable {
        package var record: String
        package var home: String
        package var subject: String
        package var name: String
        package var due: String
        package var overdue: Bool
        /// none, under-check.
        package var fulfilment: String
    }
    package struct Response: Codable, Sendable { package var commitments: [Commitment] }
}

/// Shows an item less widely here and below, until the root's next catalogue edition.
package struct NarrowCommand: ControlCommand {
    package static let name = "narrow"
    package var item: String
    /// shared, authorised.
    package var to: String
    package var reason: String
    package var actor: ActorOptions

    package init(item: String, to: String, reason: String, actor: ActorOptions) {
        self.item = item
        self.to = to
        self.reason = reason
        self.actor = actor
    }
    package struct Response: Codable, Sendable {
        package var change: String
        package var item: String
        package var disclosure: String
    }
}
