import Node
import Registry
import Replication
import Storage

extension LinkSession {
    /// The peer holds entries of ours that we do not: we were restored from a backup, or cloned. A new
    /// incarnation begins, and every conversation with it (guarantee 10).
    func meetOwnPast(_ ledger: LedgerID, _ directive: Conversation.Directive) async throws {
        if case .forked = directive {
            let now = node.environment.now(), peer = peer
            try await Offload.run { [node] in
                try node.store.write { tx in
                    try tx.noteRefusal(
                        ChangeSetFault(.fork, "\(ledger)", "this node and \(peer) hold different entries: a clone, a restored copy or a forger wrote one of them"),
                        from: peer.description, at: now)
                }
            }
            board.update(peer, isParent: role == .child) { $0.lastError = "fork of \(ledger)" }
        }
        guard ledger.replica == node.replica else { return }
        _ = try await Offload.run { [node] in try node.beginIncarnation() }
        board.tell(.newIncarnation)
        throw OwnEnd(reason: "new-incarnation", detail: "this node was restored and begins a new incarnation")
    }
}
