import Registry
import Replication
import Sealing
import Storage

extension Node {
    /// Most bodies of one change set, in bytes; see `docs/decisions`.
    static let setBytes = SealedChangeSet.targetBodyBytes

    /// Seals and stores `changes` as the next entries of one ledger, inside the caller's transaction:
    /// counters, sequence, salts, header bytes and signature are fixed here, once, and never again.
    /// - Returns: the dots, in order, and the ledger's new tip.
    func append(_ changes: [Change], to audience: Audience, lane: Lane, _ tx: WriteTransaction) throws -> (dots: [Dot], tip: LedgerTip) {
        let ledger = LedgerID(replica: replica, audience: audience, lane: lane)
        let projector = Projector(node: self, tx: tx)
        var dots: [Dot] = []
        dots.reserveCapacity(changes.count)
        var start = 0
        while start < changes.count {
            var bodies: [[UInt8]] = []
            var bytes = 0
            while start + bodies.count < changes.count, bodies.count < Header.maximumChanges {
                let body = try changes[start + bodies.count].serialized()
                if !bodies.isEmpty, bytes + body.count > Self.setBytes { break }
                bytes += body.count + 8
                bodies.append(body)
            }
            let header = try seal(bodies, ledger, Array(changes[start..<start + bodies.count]), projector, tx)
            for index in bodies.indices { dots.append(header.dot(at: index)) }
            start += bodies.count
        }
        return (dots, LedgerTip(ledger: ledger, tip: try tx.tip(of: ledger)))
    }

    private func seal(_ bodies: [[UInt8]], _ ledger: LedgerID, _ changes: [Change], _ projector: Projector, _ tx: WriteTransaction) throws -> Header {
        let tip = try tx.tip(of: ledger)
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
        let set = try ChangeSetSealer(key: identity.ledgerKey).seal(header, bodies: bodies, seed: try environment.random(16))
        try tx.append(set, receivedAt: now)
        recents.stage(set)
        let exceptions = try projector.apply(set.header, bodies: set.bodies, decoded: changes)
        // A node must not seal what its own rules refuse: nothing of the transaction stays.
        for exception in exceptions {
            guard case .quarantined(let rule, let detail) = exception.judgement else { continue }
            throw NodeRefusal(.refused, rule, zh: "本节点规则不允许：\(detail)", en: "refused by the node's own rules: \(detail)")
        }
        return header
    }

    /// The bodies of a stored change set, checked for size but not against the signature.
    func readBodies(_ set: StoredChangeSet) throws -> SealedBodies {
        try ChangeSetSealer.bodies(of: set.sealed, count: set.count)
    }
}
