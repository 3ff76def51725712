import Node
import Registry
import Replication

/// What the two ends find out while they greet.
extension LinkSession {
    /// Both know where the other stands: receipts of what is held, statements, list keys, conditions, contents.
    func synchronised() async throws {
        let peer = peer
        logger.info("synchronised")
        let offered = state.withLock { $0.conversation.offered }
        board.update(peer, isParent: role == .child) { state in
            state.phase = .connected
            state.lastError = nil
            state.held = Dictionary(offered.map { ($0.ledger, $0.sequence) }, uniquingKeysWith: max)
        }
        try await Offload.run { [node] in try node.heard(from: peer, offered) }
        if role == .parent {
            let (tips, above) = try await Offload.run { [node] in (try node.tips(for: peer).tips, try node.durableAbove(for: peer)) }
            state.withLock { state in
                for tip in tips where peer.isAncestorOrSelf(of: tip.ledger.replica.path) { state.receipts[tip.ledger] = tip }
                for group in above { for tip in group.tips { state.durable[group.durableAt, default: [:]][tip.ledger] = tip } }
            }
        }
        try await sendOpeningFrames()
        conditions.addAll()
        try await contents.open()
    }
}
