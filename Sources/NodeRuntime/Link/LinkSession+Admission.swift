import Node
import Registry
import Replication

/// What a link brought is checked, committed and told: first the conversation, then the links that pass it on, then
/// the peer, all on the thread that committed.
extension LinkSession {
    func admissionPipe() -> AdmissionPipe<PreparedSets> {
        let peer = peer
        return AdmissionPipe(board.budgets) { [node] sets, behind in
            try node.prepare(sets, from: peer, behind: behind)
        } commit: { [weak self] prepared, sets in
            guard let self else { throw CancellationError() }
            try throwIfEnded()
            try conclude(try node.commit(prepared), of: sets)
        } failed: { [weak self] error in self?.end(error) }
    }

    private func conclude(_ admission: Admission, of sets: Int) throws {
        logger.debug("admitted", metadata: ["sets": "\(sets)", "tips": "\(admission.tips.map { "\($0.ledger) \($0.tip.sequence)" })"])
        Measures.admitted(sets: sets - admission.faults.count, refused: admission.faults.map(\.fault.rule.rawValue))
        for fault in admission.faults { try refuse(fault.ledger, fault.sequence, fault.fault) }
        // Every verdict is told, a frame's worth at a time.
        var verdicts = admission.verdicts[...]
        feed(.admitted(admission.tips, verdicts: Array(verdicts.prefix(Header.maximumChanges))), quietly: true)
        while verdicts.count > Header.maximumChanges {
            verdicts = verdicts.dropFirst(Header.maximumChanges)
            feed(.admitted([], verdicts: Array(verdicts.prefix(Header.maximumChanges))), quietly: true)
        }
        // Now that this conversation knows that the peer holds it, others may send it.
        node.announce(admission.grown)
        try signReceipts()
        outgoing.wake()
        if admission.wantsContents { board.tell(.contentsWanted) }
        if let ledger = admission.ownPast { try meetOwnPast(ledger) }
    }

    private func refuse(_ ledger: LedgerID?, _ sequence: UInt64, _ fault: ChangeSetFault) throws {
        board.update(peer, isParent: role == .child) { $0.lastError = fault.description }
        logger.warning("refused", metadata: ["fault": "\(fault)"])
        guard let ledger else { throw fault }
        let isNew = try state.withLock { state in
            if state.refused.contains(ledger) { return false }
            // A gap is not the entry's fault: something was lost between the two ends. Greeting anew finds
            // the true frontier; refusing the ledger would leave it standing still on a live link.
            if fault.rule == .outOfOrder { throw fault }
            guard state.refused.count < Self.refusedLimit else { throw OwnEnd(reason: "too-many-refusals", detail: "more than \(Self.refusedLimit) ledgers were refused") }
            state.refused.insert(ledger)
            return true
        }
        if isNew { feed(.refused(ledger, sequence: sequence, fault: fault), quietly: true) }
    }

    /// One receipt a commit, signed on the thread that committed; while the peer reads slowly they are merged, and the
    /// writer signs them when their turn comes.
    private func signReceipts() throws {
        let tips = state.withLock { state -> [LedgerTip] in
            guard state.control.count < 8, state.receipts.count <= Frame.maximumTips else { return [] }
            defer { state.receipts = [:] }
            return state.receipts.values.sorted { $0.ledger < $1.ledger }
        }
        guard !tips.isEmpty else { return }
        let signed = try node.receipt(for: peer, tips: tips)
        state.withLock { $0.control.append(.receipt(signed)) }
    }

    /// The peer proved with an entry that we signed, and do not hold, that we were restored from a backup or cloned. A new
    /// incarnation begins, and every conversation with it (guarantee 10).
    private func meetOwnPast(_ ledger: LedgerID) throws {
        // Another link may have met it first.
        guard ledger.replica == node.replica else { return }
        _ = try node.beginIncarnation()
        board.tell(.newIncarnation)
        throw OwnEnd(reason: "new-incarnation", detail: "this node was restored and begins a new incarnation")
    }
}
