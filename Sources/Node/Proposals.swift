import Registry
import Replication
import Storage

/// Supplements to the catalogue.
extension Node {
    /// Proposes a supplement upward; it binds nobody until the root publishes an edition that holds it.
    /// - Throws: ``NodeRefusal``: the root itself, faults in the item, no reason, no reviewer.
    package func propose(_ item: CatalogueItem, reason: String, actor: Actor) throws -> Dot {
        try check(actor)
        guard path.depth > 1 else {
            throw NodeRefusal(.refused, "not-competent", zh: "根节点直接发布目录，不作建议", en: "the root publishes editions; it does not propose", hint: "creditnode publish catalogue FILE")
        }
        guard actor.reviewer != nil else {
            throw NodeRefusal(.refused, "four-eyes", zh: "目录建议须经另一人审核", en: "a proposal needs a reviewer", hint: "--reviewer")
        }
        guard !reason.isEmpty else { throw NodeRefusal(.badInput, "proposal-reason", zh: "建议须说明理由", en: "a proposal states its reason", hint: "--reason") }
        let faults = item.faults()
        guard faults.isEmpty else {
            throw NodeRefusal(.badInput, "catalogue-faults", zh: "事项有误：\(faults.joined(separator: "；"))", en: "faults in the item: \(faults.joined(separator: "; "))")
        }
        return try writing { tx in
            try issue([.itemProposal(ItemProposal(item: item, reason: reason))], actor, to: .lineage(of: path, upTo: 1), tx)
        }[0]
    }

    /// Adopts a proposed supplement: the next edition holds it, and the answer goes back to the proposer, in
    /// one transaction.
    /// - Returns: number of the new edition.
    /// - Throws: ``NodeRefusal``: not the root, no such proposal, answered already, its code is taken.
    package func adopt(_ proposal: Dot, reason: String, actor: Actor) throws -> UInt64 {
        try checkAnswer(reason, actor)
        let (current, number) = (try currentCatalogue().catalogue, try currentCatalogue().catalogue.number + 1)
        try answering { tx in
            guard case .itemProposal(let proposed) = try self.open(proposal, tx).kind else { preconditionFailure("a proposal row names a proposal") }
            guard current.item(code: proposed.item.code) == nil else {
                throw NodeRefusal(.refused, "item-exists", zh: "目录已有事项 \(proposed.item.code)", en: "the catalogue has an item \(proposed.item.code) already")
            }
            var item = proposed.item
            // Numbers are the root's; an absurd one of a proposer is not taken as the highest.
            let usual = current.items.map(\.number).filter { $0 < 1 << 31 }.max() ?? 0
            let withdrawn = current.withdrawals.map(\.item).filter { $0 < 1 << 31 }.max() ?? 0
            if current.item(number: item.number) != nil || item.number >= 1 << 31 || item.number <= withdrawn { item.number = max(usual, withdrawn) + 1 }
            var next = current
            next.number = number
            next.items = (next.items + [item]).sorted { $0.number < $1.number }
            let published = try issue([try signed(try carrying(.catalogue(next), tx), tx).change], actor, to: .published, tx)
            guard let edition = try tx.newestEdition(.catalogue) else { preconditionFailure("an edition was just written") }
            let reply = ProposalReply(proposal: proposal, outcome: .adopted, reason: reason, edition: edition.digest)
            return [published, try answer(reply, actor, tx)]
        }
        return number
    }

    /// Declines a proposed supplement, with a reason that goes back to the proposer.
    package func decline(_ proposal: Dot, reason: String, actor: Actor) throws {
        try checkAnswer(reason, actor)
        try answering { tx in
            _ = try self.open(proposal, tx)
            return [try answer(ProposalReply(proposal: proposal, outcome: .declined, reason: reason, edition: nil), actor, tx)]
        }
    }

    private func checkAnswer(_ reason: String, _ actor: Actor) throws {
        try check(actor)
        guard path.depth == 1 else {
            throw NodeRefusal(.refused, "not-competent", zh: "只有根节点答复目录建议", en: "only the root answers proposals")
        }
        guard actor.reviewer != nil else {
            throw NodeRefusal(.refused, "four-eyes", zh: "答复须经另一人审核", en: "an answer needs a reviewer", hint: "--reviewer")
        }
        guard !reason.isEmpty else { throw NodeRefusal(.badInput, "proposal-reason", zh: "答复须说明理由", en: "an answer states its reason", hint: "--reason") }
    }

    /// The change of a proposal that is held and not answered.
    private func open(_ id: Dot, _ tx: ReadTransaction) throws -> Change {
        guard let row = try tx.proposal(id), let change = try change(id, tx)?.change else {
            throw NodeRefusal(.notFound, "no-such-proposal", zh: "没有目录建议 \(id)", en: "there is no proposal \(id)", hint: "creditnode propose show")
        }
        guard row.outcome == nil else {
            throw NodeRefusal(.refused, "answered-already", zh: "该建议已答复", en: "the proposal is answered already")
        }
        return change
    }

    private func answer(_ reply: ProposalReply, _ actor: Actor, _ tx: WriteTransaction) throws -> ([Dot], LedgerTip?) {
        try issue([.proposalReply(reply)], actor, to: .lineage(of: reply.proposal.replica.path, upTo: 1), tx)
    }

    /// One transaction over several ledgers, announced after the commit.
    private func answering(_ body: (WriteTransaction) throws -> [([Dot], LedgerTip?)]) throws {
        try announcing { tx in ((), try body(tx).compactMap(\.1)) }
    }
}
