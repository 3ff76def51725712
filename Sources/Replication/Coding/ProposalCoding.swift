import Foundation
import Registry

extension ItemProposal {
    var wire: WireItemProposal {
        var wire = WireItemProposal()
        wire.item = item.wire
        wire.reason = reason
        return wire
    }

    /// - Throws: ``CodingFault`` for an item that could not be used: the validator relies on ``CatalogueItem/faults()``.
    init(_ wire: WireItemProposal) throws(CodingFault) {
        let item = try CatalogueItem(wire.item)
        let faults = item.faults()
        guard faults.isEmpty else { throw CodingFault("proposed item \(item.code): \(faults.prefix(3).joined(separator: "; "))") }
        self.init(item: item, reason: wire.reason)
    }
}

extension ProposalReply {
    var wire: WireProposalReply {
        var wire = WireProposalReply()
        wire.proposal = proposal.wire
        wire.outcome = outcome.rawValue
        wire.reason = reason
        if let edition { wire.edition = edition.data }
        return wire
    }

    init(_ wire: WireProposalReply) throws(CodingFault) {
        guard let outcome = Outcome(rawValue: wire.outcome) else { throw CodingFault("unknown outcome of a proposal: \(wire.outcome)") }
        self.init(
            proposal: try Dot(wire.proposal), outcome: outcome, reason: wire.reason,
            edition: wire.edition.isEmpty ? nil : try Digest(wire: wire.edition, "an edition"))
    }
}
