import Registry
import Replication
import Sealing
import Storage

/// What became of change sets that a link brought.
package struct Admission: Sendable {
    /// New tips of the ledgers that grew, and of known ledgers the entries the peer showed to hold.
    package var tips: [LedgerTip] = []
    /// Changes not simply accepted.
    package var verdicts: [Verdict] = []
    /// Refused, with ledger and sequence where they could be read; the rest of that ledger is not taken.
    package var faults: [(ledger: LedgerID?, sequence: UInt64, fault: ChangeSetFault)] = []
    /// Tips of ledgers that really grew: what other links forward. The caller announces them, after it told
    /// its own conversation that the peer holds them: otherwise they would be sent straight back.
    package var grown: [LedgerTip] = []
    /// Whether contents of attachments are wanted that were not before.
    package var wantsContents = false
    /// Bodies were erased: the log is emptied after the commit.
    package var hasErased = false
    /// The peer showed an entry that this replica signed and does not hold: it was restored from a backup, or cloned.
    /// Such an entry is not stored: it comes again once a new incarnation has begun.
    package var ownPast: LedgerID?
}

extension Node {
    /// Verifies change sets beside the writer, then stores, judges and projects them in one transaction.
    /// What cannot be trusted is refused by name and changes nothing; other ledgers go on.
    /// - Parameter peer: who sent them; only ledgers that both ends may see are taken.
    /// - Throws: ``StorageError`` when nothing could be written; nothing is acknowledged then.
    package func admit(_ sealed: [SealedChangeSet], from peer: NodePath) throws -> Admission {
        try commit(try prepare(sealed, from: peer))
    }

    /// Stores, judges and projects what ``prepare(_:from:behind:)`` checked, in one transaction. Batches of one link
    /// are committed in the order they were prepared.
    /// - Throws: ``StorageError`` when nothing could be written; nothing is acknowledged then.
    package func commit(_ prepared: PreparedSets) throws -> Admission {
        let received = environment.now()
        // What is gathered belongs to one run of the work: a transaction shared with others may ask for another.
        let changes = prepared.checked.reduce(0) { $0 + $1.set.header.count }
        var (admission, proven) = try store.write(as: changes > 64 ? .bulk : .small) { tx in try append(prepared, received, tx) }
        // Only what is durable may be trusted without its certificates from now on: the key of a change set that
        // failed was not stored with its chain.
        for (id, key) in prepared.fresh.brought where proven.contains(id) { remember(key.certified) }
        if admission.hasErased { store.scrub() }
        admission.tips = newest(admission.tips)
        admission.grown = newest(admission.grown)
        return admission
    }

    /// - Returns: also the keys that were stored with their chains.
    private func append(_ prepared: PreparedSets, _ received: UInt64, _ tx: WriteTransaction) throws -> (Admission, proven: Set<Digest>) {
        var admission = Admission()
        admission.faults = prepared.faults
        var proven: Set<Digest> = []
        let mine = replica
        let projector = Projector(node: self, tx: tx)
        // What was checked precedes any fault of its ledger; a fault here stops the ledger as well.
        var failed: Set<LedgerID> = []
        var forks: [ForkFound] = []
        for one in prepared.checked where !failed.contains(one.set.header.ledger) {
            let header = one.set.header
            #if PLANTED_BUGS
                // A restored node goes on as if nothing had happened.
                if plantedBug == 4, header.ledger.replica == mine { continue }
            #endif
            if header.ledger.replica == mine, case let held = try tx.digest(of: header.ledger, at: header.sequence), held != one.set.digest {
                admission.ownPast = header.ledger
                if held != nil {
                    let fault = ChangeSetFault(.fork, "\(header.ledger) \(header.sequence)", "this node signed another entry with this sequence: it was restored, or cloned")
                    try tx.noteRefusal(fault, from: prepared.peer.description, at: received)
                }
                failed.insert(header.ledger)
                continue
            }
            do throws(ChangeSetFault) {
                try store(one, received, projector, &admission, tx)
                if case .brought = one.key { proven.insert(header.key) }
            } catch {
                failed.insert(header.ledger)
                admission.faults.append((header.ledger, header.sequence, error))
                if let found = try? fork(error, one.set, tx) { forks.append(found) }
            }
        }
        admission.grown += try duties(tx, forks: forks)
        // What this replica writes from now on would wait: it goes on as another one (M46).
        if admission.ownPast == nil, try tx.heldBack(beyond: mine) != nil {
            admission.ownPast = LedgerID(replica: mine, audience: .lineage(of: path, upTo: 1), lane: .ordinary)
        }
        for fault in admission.faults { try tx.noteRefusal(fault.fault, from: prepared.peer.description, at: received) }
        try tx.touchMember(prepared.peer, at: received)
        admission.wantsContents = tx.wantsContents
        admission.grown += try handOn(projector.erasing.takeMeetings(), tx)
        admission.hasErased = tx.hasErased
        return (admission, proven)
    }

    private func newest(_ tips: [LedgerTip]) -> [LedgerTip] {
        var best: [LedgerID: Tip] = [:]
        for tip in tips where (best[tip.ledger]?.sequence ?? 0) <= tip.tip.sequence { best[tip.ledger] = tip.tip }
        return best.map { LedgerTip(ledger: $0.key, tip: $0.value) }.sorted { $0.ledger < $1.ledger }
    }

    private func store(_ one: CheckedSet, _ received: UInt64, _ projector: Projector, _ admission: inout Admission, _ tx: WriteTransaction) throws(ChangeSetFault) {
        let header = one.set.header
        do {
            let tip = try tx.tip(of: header.ledger)
            if header.sequence <= tip.sequence {
                guard try tx.digest(of: header.ledger, at: header.sequence) == one.set.digest else {
                    throw ChangeSetFault(.fork, "\(header.ledger) \(header.sequence)", "another entry with this sequence is held: a clone or a forger wrote it")
                }
                // What the peer is known to hold is this entry, not our tip: it may still need what follows.
                admission.tips.append(LedgerTip(ledger: header.ledger, tip: Tip(sequence: header.sequence, digest: one.set.digest)))
                return
            }
            var exceptions: [(dot: Dot, judgement: Judgement)] = []
            try tx.wholly {
                let reduced = try reduced(one, tx)
                try tx.append(one.set, receivedAt: received)
                try settle(one.key, of: header, "\(header.ledger) \(header.sequence)", received, tx)
                if let reduced {
                    try keep(reduced, of: header, tx)
                    exceptions = try projector.apply(header, bodies: reduced.bodies, plain: one.plain.filter { !reduced.missing.contains($0.index) })
                } else {
                    recents.stage(one.set)
                    exceptions = try projector.apply(header, bodies: one.set.bodies, plain: one.plain)
                }
            }
            // Evidence of a fork may have come before the key that proves it.
            if try tx.anythingWaits() { try projector.judgeAgain(waitingFor: .key(header.key)) }
            exceptions += projector.erasing.takeBlocked().map { ($0, Judgement.purged($0)) }
            for exception in exceptions { admission.verdicts.append(verdict(exception.dot, exception.judgement)) }
            let grown = LedgerTip(ledger: header.ledger, tip: Tip(sequence: header.sequence, digest: one.set.digest))
            admission.tips.append(grown)
            admission.grown.append(grown)
        } catch let fault as ChangeSetFault {
            throw fault
        } catch {
            throw ChangeSetFault(.malformed, "\(header.ledger) \(header.sequence)", "could not be stored: \(error)")
        }
    }

    private func verdict(_ dot: Dot, _ judgement: Judgement) -> Verdict {
        switch judgement {
        case .accepted: Verdict(change: dot, outcome: .alreadyKnown, rule: "", detail: "")
        case .waiting(let missing): Verdict(change: dot, outcome: .waiting, rule: "waiting", detail: missing.description)
        case .quarantined(let rule, let detail): Verdict(change: dot, outcome: .quarantined, rule: rule, detail: detail)
        }
    }
}
