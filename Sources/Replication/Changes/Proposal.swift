import Registry

/// A supplement to the catalogue, proposed upward (rules.md 3.3: approve catalogue item). It binds nobody
/// until the root publishes an edition that holds it.
package struct ItemProposal: Sendable, Hashable {
    package var item: CatalogueItem
    package var reason: String

    package init(item: CatalogueItem, reason: String) { (self.item, self.reason) = (item, reason) }
}

/// What the root answered; travels back into the proposer's line.
package struct ProposalReply: Sendable, Hashable {
    /// Raw values are sealed.
    package enum Outcome: UInt32, Sendable, Hashable, CaseIterable {
        case adopted = 1
        case declined = 2

        /// Stable name.
        package var name: String {
            switch self {
            case .adopted: "adopted"
            case .declined: "declined"
            }
        }
    }

    /// The change that proposed.
    package var proposal: Dot
    package var outcome: Outcome
    package var reason: String
    /// The edition that holds the item; only when adopted.
    package var edition: Digest?

    package init(proposal: Dot, outcome: Outcome, reason: String, edition: Digest?) {
        self.proposal = proposal
        self.outcome = outcome
        self.reason = reason
        self.edition = edition
    }
}
