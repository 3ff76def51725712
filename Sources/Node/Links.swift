import Registry
import Replication
import Sealing
import Storage

/// What the link conversation asks of the replica.
extension Node {
    /// Ledgers that cross the link to `peer`, with the digest that greetings compare.
    package func tips(for peer: NodePath) throws -> (tips: [LedgerTip], digest: Digest) {
        let tips = try store.read { try $0.tips() }.filter { $0.ledger.crosses(from: path, to: peer) && $0.tip.sequence > 0 }
        return (tips, tipsDigest(tips))
    }

    private func tipsDigest(_ tips: [LedgerTip]) -> Digest {
        var parts: [[UInt8]] = []
        for tip in tips { parts += [Array(tip.ledger.replica.path.description.utf8), tip.ledger.replica.incarnation.bytes, Array(tip.ledger.audience.description.utf8), [UInt8(tip.ledger.lane.rawValue)], BigEndian.bytes(tip.tip.sequence), tip.tip.digest.bytes] }
        return digest(LengthPrefixed.join("creditnode tips v1", parts))
    }

    /// Ledgers where the peer's tip contradicts what is held at the same sequence.
    package func forks(in theirs: [LedgerTip]) throws -> [LedgerID] {
        try store.read { tx in
            try theirs.filter { tip in
                guard tip.tip.sequence > 0, let mine = try tx.digest(of: tip.ledger, at: tip.tip.sequence) else { return false }
                return mine != tip.tip.digest
            }.map(\.ledger)
        }
    }

    /// Entries to send after `sequence`; the first entry under a key carries its certificates.
    package func load(_ ledger: LedgerID, after sequence: UInt64, limitBytes: Int) throws -> [SealedChangeSet] {
        try store.read { tx in
            var previousKey: Digest?
            if sequence > 0 { previousKey = try tx.header(of: ledger, at: sequence)?.header.key }
            return try tx.changeSets(of: ledger, after: sequence, limitBytes: limitBytes).map { stored in
                var sealed = stored.sealed
                let key = try Header(serialized: sealed.header).key
                if key != previousKey, let row = try tx.ledgerKey(key) {
                    sealed.chain = row.chain
                    sealed.continuity = row.continuity
                }
                previousKey = key
                sealed.erasureOrders = try erasureOrders(for: stored, tx)
                return sealed
            }
        }
    }

    /// A signed receipt that `tips` are durable here.
    package func receipt(for child: NodePath, tips: [LedgerTip], durableAt: NodePath? = nil) throws -> SignedReceipt {
        let receipt = Receipt(
            issuer: replica, child: child, tips: tips, durableAt: durableAt ?? path, time: environment.now(), provisional: false)
        let content = try receipt.serialized()
        return SignedReceipt(content: content, key: identity.ledgerKey.keyID, signature: try identity.ledgerKey.sign(SignedReceipt.message(content)))
    }

    /// What is known to be durable above this node, of ledgers that `child` may see and wrote or relayed:
    /// grouped by the highest tier. For receipts that pass the good news down.
    package func durableAbove(for child: NodePath) throws -> [(durableAt: NodePath, tips: [LedgerTip])] {
        let rows = try store.read { tx in
            try tx.durability().filter { child.isAncestorOrSelf(of: $0.ledger.replica.path) && $0.ledger.crosses(from: path, to: child) }
                .compactMap { row -> (NodePath, LedgerTip)? in
                    guard let digest = try tx.digest(of: row.ledger, at: row.sequenceAtHighest) else { return nil }
                    return (row.durableAt, LedgerTip(ledger: row.ledger, tip: Tip(sequence: row.sequenceAtHighest, digest: digest)))
                }
        }
        var groups: [(durableAt: NodePath, tips: [LedgerTip])] = []
        for (path, tip) in rows {
            if let index = groups.firstIndex(where: { $0.durableAt == path }) { groups[index].tips.append(tip) } else { groups.append((path, [tip])) }
        }
        return groups
    }

    /// Checks and keeps a receipt of the parent.
    /// Tips of entries that we hold otherwise (a fork) are left out and noted: the rest counts.
    /// - Throws: ``ChangeSetFault`` when it is not the parent's.
    package func store(_ signed: SignedReceipt, from parent: NodePath) throws -> Receipt {
        var receipt: Receipt
        do { receipt = try Receipt(serialized: signed.content) } catch { throw ChangeSetFault(.malformed, "receipt", "\(error)") }
        let place = "receipt of \(parent)"
        guard receipt.issuer.path == parent, receipt.child == path, receipt.durableAt.isAncestorOrSelf(of: parent) else {
            throw ChangeSetFault(.wrongAudience, place, "issued by \(receipt.issuer.path) for \(receipt.child)")
        }
        try store.write { tx in
            guard let key = try certifiedKey(signed.key, tx), key.path == parent else {
                throw ChangeSetFault(.unknownKey, place, "signed with an unknown key \(signed.key.short)")
            }
            guard key.key.isValid(signature: signed.signature, of: SignedReceipt.message(signed.content)) else {
                throw ChangeSetFault(.badSignature, place, "the signature is wrong")
            }
            receipt.tips = try receipt.tips.filter { tip in
                guard let mine = try tx.digest(of: tip.ledger, at: tip.tip.sequence) else { return false }
                if mine == tip.tip.digest { return true }
                let fault = ChangeSetFault(.fork, "\(tip.ledger) \(tip.tip.sequence)", "the parent holds another entry: a clone, a restored copy or a forger wrote one of them")
                try tx.noteRefusal(fault, from: parent.description, at: environment.now())
                return false
            }
            try tx.put(receipt, signed: signed)
        }
        return receipt
    }

    /// Makes a parent's ledger key known, from the chain given at enrolment: its receipts come before its
    /// first change set.
    package func trust(chain: [[UInt8]]) throws {
        guard let first = chain.first else { return }
        let leaf = try Certificate(der: first)
        guard case .success(let author) = leaf.path else { throw ChangeSetFault(.keyNotCertified, "certificate", "names no node") }
        try store.write { tx in
            if try tx.ledgerKey(leaf.keyID) != nil { return }
            try tx.put(try certify(chain, key: leaf.keyID, author: author, continuity: nil, "certificate of \(author)", tx), seenAt: environment.now())
        }
    }

    package func note(_ verdicts: [Verdict]) throws {
        let now = environment.now()
        try store.write { tx in
            for verdict in verdicts where verdict.change.replica.path == path || path.isAncestorOrSelf(of: verdict.change.replica.path) {
                try tx.put(verdict, receivedAt: now)
            }
        }
    }

    /// Changes not yet durable at the parent, by lane, and when the oldest was stored.
    package func backlogUp(to parent: NodePath) throws -> (relief: Int, ordinary: Int, oldest: UInt64?) {
        try store.read { tx in
            let acknowledged = Dictionary(try tx.durability().map { ($0.ledger, $0.sequence) }, uniquingKeysWith: max)
            var result = (relief: 0, ordinary: 0, oldest: UInt64?.none)
            for tip in try tx.tips() where tip.ledger.crosses(from: path, to: parent) && path.isAncestorOrSelf(of: tip.ledger.replica.path) {
                let behind = try tx.backlog(of: tip.ledger, after: acknowledged[tip.ledger] ?? 0)
                switch tip.ledger.lane {
                case .relief: result.relief += behind.changes
                case .ordinary: result.ordinary += behind.changes
                }
                if let oldest = behind.oldest { result.oldest = min(result.oldest ?? oldest, oldest) }
            }
            return result
        }
    }
}

extension Node {
    /// Changes that cross the link down to each child, of ledgers it did not write or relay, and that it has not
    /// said it holds. Known only as far as `acknowledged` tells; without it everything counts as not held.
    package func backlogsDown(to children: [(child: NodePath, acknowledged: [LedgerID: UInt64])]) throws -> [(relief: Int, ordinary: Int, oldest: UInt64?)] {
        try store.read { tx in
            // Only what this node or a tier above wrote goes down; of 160 streets' ledgers none crosses to a sibling.
            let tips = try tx.tips().filter { $0.ledger.audience != .local && $0.ledger.replica.path.isAncestorOrSelf(of: path) }
            return try children.map { child, acknowledged in
                var result = (relief: 0, ordinary: 0, oldest: UInt64?.none)
                for tip in tips where (acknowledged[tip.ledger] ?? 0) < tip.tip.sequence && tip.ledger.crosses(from: path, to: child) {
                    let behind = try tx.backlog(of: tip.ledger, after: acknowledged[tip.ledger] ?? 0)
                    switch tip.ledger.lane {
                    case .relief: result.relief += behind.changes
                    case .ordinary: result.ordinary += behind.changes
                    }
                    if let oldest = behind.oldest { result.oldest = min(result.oldest ?? oldest, oldest) }
                }
                return result
            }
        }
    }

    /// Changes of this node and those below it that no receipt says are durable at the root. Empty at the root.
    package func backlogToRoot() throws -> (relief: Int, ordinary: Int, oldest: UInt64?) {
        guard path.depth > 1 else { return (0, 0, nil) }
        return try store.read { tx in
            let atRoot = Dictionary(try tx.durability().filter { $0.durableAt.depth == 1 }.map { ($0.ledger, $0.sequenceAtHighest) }, uniquingKeysWith: max)
            var result = (relief: 0, ordinary: 0, oldest: UInt64?.none)
            for tip in try tx.tips() where (atRoot[tip.ledger] ?? 0) < tip.tip.sequence {
                guard path.isAncestorOrSelf(of: tip.ledger.replica.path), tip.ledger.crosses(from: path, to: path.root) else { continue }
                let behind = try tx.backlog(of: tip.ledger, after: atRoot[tip.ledger] ?? 0)
                switch tip.ledger.lane {
                case .relief: result.relief += behind.changes
                case .ordinary: result.ordinary += behind.changes
                }
                if let oldest = behind.oldest { result.oldest = min(result.oldest ?? oldest, oldest) }
            }
            return result
        }
    }
}

extension Node {
    /// Notes that `peer` holds another entry where we hold ours: evidence, shown under warnings.
    package func noteFork(of ledger: LedgerID, with peer: NodePath) throws {
        let fault = ChangeSetFault(.fork, "\(ledger)", "this node and \(peer) hold different entries: a clone, a restored copy or a forger wrote one of them")
        try announcing { tx in
            try tx.noteRefusal(fault, from: peer.description, at: environment.now())
            let told = peer == path.parent ? try reportLosingBranch(of: ledger, tx) : nil
            return ((), told.map { [$0] } ?? [])
        }
    }
}
