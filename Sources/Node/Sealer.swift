import Registry
import Replication
import Sealing
import Storage

extension Node {
    /// Most bodies of one change set, in bytes; see `docs/decisions`.
    static let setBytes = SealedChangeSet.targetBodyBytes

    /// Seals and stores `changes` as the next entries of one ledger, inside the caller's transaction.
    /// - Returns: the dots, in order, and the ledger's new tip.
    func append(_ changes: [Change], to audience: Audience, lane: Lane, _ tx: WriteTransaction) throws -> (dots: [Dot], tip: LedgerTip) {
        let outgoing = try changes.map { try Outgoing($0) }
        return try append(outgoing, try prepareSets(outgoing), to: audience, lane: lane, Projector(node: self, tx: tx))
    }

    /// Counters, sequence, header bytes and signature of sets are fixed here, once, and never again; all that hangs on
    /// the bodies alone was prepared before.
    /// - Parameter frame: what the rows among `outgoing` have in common; judged here, for this ledger.
    func append(
        _ outgoing: [Outgoing], _ sets: [PreparedSet], under frame: RecordFrame? = nil, to audience: Audience, lane: Lane, _ projector: Projector
    ) throws -> (dots: [Dot], tip: LedgerTip) {
        let ledger = LedgerID(replica: replica, audience: audience, lane: lane)
        // A frame that is not accepted leaves its rows to be judged one by one, which says of each why.
        let heldBack = try audience == .local ? nil : projector.tx.heldBack(beyond: ledger.replica)
        let sound = heldBack != nil ? nil : frame.flatMap { judge($0, ledger: ledger, in: projector.circumstances) == .accepted ? $0 : nil }
        var dots: [Dot] = []
        dots.reserveCapacity(outgoing.count)
        var tip = try projector.tx.tip(of: ledger)
        for set in sets {
            let sealed = try seal(set.bodies, ledger, after: tip, projector.tx)
            // A node must not seal what its own rules refuse: nothing of the transaction stays.
            for exception in try projector.apply(sealed.header, outgoing[set.range], under: sound) {
                guard case .quarantined(let rule, let detail) = exception.judgement else { continue }
                let words = QuarantineRules.words(rule)
                throw NodeRefusal(
                    .refused, rule, zh: "本节点规则不允许：\(words.zh)", en: "refused by the node's own rules: \(detail)", hint: "\(words.remedyZh) / \(words.remedyEn)")
            }
            for index in 0..<set.range.count { dots.append(sealed.header.dot(at: index)) }
            tip = Tip(sequence: sealed.header.sequence, digest: sealed.digest)
        }
        return (dots, LedgerTip(ledger: ledger, tip: tip))
    }

    private func seal(_ bodies: SealableBodies, _ ledger: LedgerID, after tip: Tip, _ tx: WriteTransaction) throws -> VerifiedChangeSet {
        var siblings: [(lane: Lane, tip: Tip)] = []
        for lane in Lane.allCases where lane != ledger.lane {
            let other = try tx.tip(of: LedgerID(replica: ledger.replica, audience: ledger.audience, lane: lane))
            if other != .none { siblings.append((lane, other)) }
        }
        let now = environment.now()
        let header = Header(
            ledger: ledger, sequence: tip.sequence + 1, previous: tip.sequence == 0 ? nil : tip.digest, time: try tx.tick(now: now),
            suite: identity.suite, key: identity.ledgerKey.keyID, firstCounter: try tx.allocateCounters(bodies.count),
            count: bodies.count, siblings: siblings)
        let set = try ChangeSetSealer(key: identity.ledgerKey).seal(header, bodies)
        try tx.append(set, receivedAt: now)
        recents.stage(set)
        return set
    }

    /// The bodies of a stored change set, checked for size but not against the signature.
    func readBodies(_ set: StoredChangeSet) throws -> SealedBodies {
        try ChangeSetSealer.bodies(of: set.sealed, count: set.count)
    }
}
