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
}

/// A key that came with this batch and is not durable yet.
private struct FreshKey {
    let certified: Node.CertifiedKey
    let row: LedgerKeyRow
}

/// A change set whose signature was checked before the transaction, with the key to remember.
private struct Checked {
    let set: VerifiedChangeSet
    let key: LedgerKeyRow?
}

extension Node {
    /// Verifies change sets beside the writer, then stores, judges and projects them in one transaction.
    /// What cannot be trusted is refused by name and changes nothing; other ledgers go on.
    /// - Parameter peer: who sent them; only ledgers that both ends may see are taken.
    /// - Throws: ``StorageError`` when nothing could be written; nothing is acknowledged then.
    package func admit(_ sealed: [SealedChangeSet], from peer: NodePath) throws -> Admission {
        var admission = Admission()
        var checked: [Checked] = []
        var stopped: Set<LedgerID> = []
        var fresh: [Digest: FreshKey] = [:]
        try store.read { tx in
            for one in sealed {
                var header: Header?
                do throws(ChangeSetFault) {
                    let unverified = try UnverifiedChangeSet(one)
                    header = unverified.header
                    if stopped.contains(unverified.header.ledger) { continue }
                    checked.append(try verify(unverified, from: peer, &fresh, tx))
                } catch {
                    if let header { stopped.insert(header.ledger) }
                    admission.faults.append((header?.ledger, header?.sequence ?? 0, error))
                }
            }
        }
        let received = environment.now()
        try store.write { tx in
            let projector = Projector(node: self, tx: tx)
            // What was checked precedes any fault of its ledger; a fault here stops the ledger as well.
            var failed: Set<LedgerID> = []
            for one in checked where !failed.contains(one.set.header.ledger) {
                let header = one.set.header
                do throws(ChangeSetFault) {
                    try store(one, received, projector, &admission, tx)
                } catch {
                    failed.insert(header.ledger)
                    admission.faults.append((header.ledger, header.sequence, error))
                }
            }
            for fault in admission.faults { try tx.noteRefusal(fault.fault, from: peer.description, at: received) }
            try tx.touchMember(peer, at: received)
            admission.wantsContents = tx.wantsContents
        }
        // Only what is durable may be trusted without its certificates from now on: a key whose first
        // change set failed was not stored with its chain.
        for ledger in admission.grown.map(\.ledger) {
            for one in checked where one.set.header.ledger == ledger && one.key != nil {
                if let key = fresh[one.set.header.key] { remember(key.certified) }
            }
        }
        admission.tips = newest(admission.tips)
        admission.grown = newest(admission.grown)
        return admission
    }

    private func newest(_ tips: [LedgerTip]) -> [LedgerTip] {
        var best: [LedgerID: Tip] = [:]
        for tip in tips where (best[tip.ledger]?.sequence ?? 0) <= tip.tip.sequence { best[tip.ledger] = tip.tip }
        return best.map { LedgerTip(ledger: $0.key, tip: $0.value) }.sorted { $0.ledger < $1.ledger }
    }

    private func store(_ one: Checked, _ received: UInt64, _ projector: Projector, _ admission: inout Admission, _ tx: WriteTransaction) throws(ChangeSetFault) {
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
                try tx.append(one.set, receivedAt: received)
                if let key = one.key { try tx.put(key, seenAt: received) }
                exceptions = try projector.apply(header, bodies: one.set.bodies)
            }
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

    // MARK: - Trust

    private func verify(_ unverified: UnverifiedChangeSet, from peer: NodePath, _ fresh: inout [Digest: FreshKey], _ tx: ReadTransaction) throws(ChangeSetFault) -> Checked {
        let header = unverified.header
        let place = "\(header.ledger) \(header.sequence)"
        guard header.ledger.crosses(from: peer, to: path) else {
            throw ChangeSetFault(.wrongAudience, place, "this ledger does not cross the link from \(peer)")
        }
        let (key, row) = try trustedKey(unverified, place, &fresh, tx)
        let set = try VerifiedChangeSet(unverified) { unverified throws(ChangeSetFault) in
            try ChangeSetSealer.check(unverified, key: key.key)
        }
        // A body may be missing only under a signed erasure order; no such order exists in this version,
        // so a relay that drops one is refused rather than believed.
        if let hole = set.bodies.firstIndex(where: { $0 == nil }) {
            throw ChangeSetFault(.missingBody, place, "the body of \(header.dot(at: hole).short) is missing without an erasure order")
        }
        return Checked(set: set, key: row)
    }

    /// The key of a header, certified for the author's path: held already, or proven by the chain that
    /// comes with the set.
    private func trustedKey(_ unverified: UnverifiedChangeSet, _ place: String, _ fresh: inout [Digest: FreshKey], _ tx: ReadTransaction) throws(ChangeSetFault) -> (CertifiedKey, LedgerKeyRow?) {
        let header = unverified.header
        let author = header.ledger.replica.path
        do {
            if let held = try fresh[header.key]?.certified ?? certifiedKey(header.key, tx) {
                guard held.path == author else {
                    throw ChangeSetFault(.keyNotCertified, place, "the key is certified for \(held.path), not for \(author)")
                }
                guard held.key.suite == header.suite else { throw ChangeSetFault(.keyNotCertified, place, "the key is not of suite \(header.suite.name)") }
                return (held, fresh[header.key]?.row)
            }
            guard !unverified.sealed.chain.isEmpty else {
                throw ChangeSetFault(.unknownKey, place, "key \(header.key.short) is not known and no certificates came with it")
            }
            let row = try certify(unverified.sealed.chain, key: header.key, author: author, continuity: unverified.sealed.continuity, place, tx)
            let key = CertifiedKey(path: author, key: try LedgerPublicKey(subjectPublicKeyInfo: row.publicKey))
            guard key.key.suite == header.suite else { throw ChangeSetFault(.keyNotCertified, place, "the key is not of suite \(header.suite.name)") }
            fresh[header.key] = FreshKey(certified: key, row: row)
            return (key, row)
        } catch let fault as ChangeSetFault {
            throw fault
        } catch {
            throw ChangeSetFault(.unknownKey, place, "\(error)")
        }
    }

    /// Checks a chain up to the federation's ledger roots, whatever the date, and that a second key of a
    /// path was continued from the first.
    func certify(_ chain: [[UInt8]], key: Digest, author: NodePath, continuity: KeyContinuity?, _ place: String, _ tx: ReadTransaction) throws(ChangeSetFault) -> LedgerKeyRow {
        let certificates: [Certificate]
        do { certificates = try chain.map { try Certificate(der: $0) } } catch {
            throw ChangeSetFault(.keyNotCertified, place, "unreadable certificate: \(error)")
        }
        guard let leaf = certificates.first, leaf.keyID == key else {
            throw ChangeSetFault(.keyNotCertified, place, "the certificates are of another key")
        }
        do {
            try verifyChain(leaf: leaf, intermediates: Array(certificates.dropFirst()), roots: identity.ledgerRoots, expecting: .ledger, path: author, at: nil)
        } catch {
            throw ChangeSetFault(.keyNotCertified, place, "\(error)")
        }
        let earlier: [LedgerKeyRow]
        do { earlier = try tx.ledgerKeys(of: author).filter { $0.key != key } } catch {
            throw ChangeSetFault(.unknownKey, place, "\(error)")
        }
        if !earlier.isEmpty { try checkContinuity(continuity, to: key, of: author, after: earlier, place, tx) }
        return LedgerKeyRow(key: key, path: author, publicKey: leaf.subjectPublicKeyInfo, chain: chain, continuity: earlier.isEmpty ? nil : continuity)
    }

    /// A new key of a known path counts only when an earlier key signed it, or a ledger key one tier
    /// above the parent: a parent alone, being CA and relay at once, cannot replace its child.
    private func checkContinuity(_ continuity: KeyContinuity?, to key: Digest, of author: NodePath, after earlier: [LedgerKeyRow], _ place: String, _ tx: ReadTransaction) throws(ChangeSetFault) {
        guard let continuity, continuity.path == author, continuity.newKey == key, earlier.contains(where: { $0.key == continuity.oldKey }) else {
            throw ChangeSetFault(.keyNotContinued, place, "\(author) has another key already; the new one is not continued from it")
        }
        let signer: CertifiedKey?
        do { signer = try certifiedKey(continuity.signer, tx) } catch { throw ChangeSetFault(.unknownKey, place, "\(error)") }
        guard let signer else { throw ChangeSetFault(.keyNotContinued, place, "the signer of the continuity statement is not known") }
        let isOldKey = continuity.signer == continuity.oldKey && signer.path == author
        let isGrandparent = author.parent?.parent.map { $0 == signer.path } ?? (author.parent == signer.path && signer.path.depth == 1)
        guard isOldKey || isGrandparent else {
            throw ChangeSetFault(.keyNotContinued, place, "\(signer.path) may not continue the key of \(author)")
        }
        guard signer.key.isValid(signature: continuity.signature, of: continuity.message) else {
            throw ChangeSetFault(.keyNotContinued, place, "the continuity statement's signature is wrong")
        }
    }
}
