import Registry
import Replication
import Sealing
import Storage

extension Node {
    /// Signs and keeps a fresh "this is still the newest edition" for one of our lists.
    @discardableResult
    package func stateFreshness(of list: Dot) throws -> SignedStatement? {
        let made = try store.read { tx -> Statement? in
            guard let row = try tx.list(list), list.replica.path == path, let edition = try tx.newestEdition(of: list) else { return nil }
            let now = environment.now()
            let tips = try tx.tips().filter { $0.ledger.replica.path == path && $0.ledger.audience == .published }
            return Statement(
                issuer: replica, issuedAt: now, validUntil: now + UInt64(row.opened.maxAge) * 1000, audience: .published,
                kind: .freshness(list: list, edition: edition.number, digest: edition.digest, tips: tips))
        }
        guard let made else { return nil }
        return try state(made)
    }

    /// Signs and keeps the heartbeat of our ledgers, one an audience: silence shows as age, a withheld tail
    /// as a difference (guarantee 4).
    package func stateHeartbeats() throws -> [SignedStatement] {
        let now = environment.now()
        let tips = try store.read { try $0.tips() }.filter { $0.ledger.replica == replica && $0.ledger.audience != .local }
        var audiences: [Audience] = []
        for tip in tips where !audiences.contains(tip.ledger.audience) { audiences.append(tip.ledger.audience) }
        return try audiences.compactMap { audience in
            try state(
                Statement(
                    issuer: replica, issuedAt: now, validUntil: now + 2 * 86_400_000, audience: audience,
                    kind: .heartbeat(tips: tips.filter { $0.ledger.audience == audience })))
        }
    }

    /// Renews what is due: freshness after a quarter of its validity, heartbeats after a day.
    /// - Returns: the new statements, for the links.
    package func renewStatements() throws -> [SignedStatement] {
        let now = environment.now()
        let held = try store.read { try $0.statements() }.filter { $0.issuer == path }
        var made: [SignedStatement] = []
        for list in try store.read({ try $0.lists() }) where list.id.replica.path == path {
            let row = held.first { $0.slot == Self.freshnessSlot(list.id) }
            let due = row.map { $0.issuedAt + ($0.validUntil - $0.issuedAt) / 4 <= now || $0.issuedAt > now } ?? true
            if due, let signed = try stateFreshness(of: list.id) { made.append(signed) }
        }
        let lastBeat = held.filter { $0.slot.hasPrefix("heartbeat ") }.map(\.issuedAt).max() ?? 0
        if lastBeat + 86_400_000 <= now { made += try stateHeartbeats() }
        return made
    }

    private func state(_ made: Statement) throws -> SignedStatement? {
        var statement = made
        // Strictly newer than the one it replaces, even within one millisecond or after the clock went back.
        if let held = try store.read({ try $0.statement(slot: made.slot) }), held.issuedAt >= made.issuedAt {
            statement.issuedAt = held.issuedAt + 1
            statement.validUntil = max(made.validUntil, statement.issuedAt)
        }
        let content = try statement.serialized()
        let signed = SignedStatement(
            content: content, key: identity.ledgerKey.keyID, signature: try identity.ledgerKey.sign(SignedStatement.message(content)),
            chain: identity.ledgerChain)
        return try store.write { try $0.put(statement, signed: signed, receivedAt: environment.now()) } ? signed : nil
    }

    /// Statements that the node at `peer` may see.
    package func statements(for peer: NodePath) throws -> [SignedStatement] {
        try store.read { try $0.statements() }.filter { $0.audience.includes(peer, author: $0.issuer) && $0.audience.includes(path, author: $0.issuer) }
            .map(\.signed)
    }

    /// What a link begins with once both ends know where the other stands: statements and, for a child, list keys.
    package func openingFrames(for peer: NodePath) throws -> [Frame] {
        let keys = try listKeys(for: peer)
        return try statements(for: peer).map { .statement($0) } + (keys.isEmpty ? [] : [.listKeys(keys)])
    }

    /// Checks and keeps a statement that a link brought.
    /// - Returns: true when it was newer than what was held, so that other links forward it.
    /// - Throws: ``ChangeSetFault`` when it cannot be trusted.
    package func consider(_ signed: SignedStatement, from peer: NodePath) throws -> Bool {
        let read: Statement?
        do { read = try Statement.read(signed.content) } catch { throw ChangeSetFault(.malformed, "statement", "\(error)") }
        guard let statement = read else { return false }
        let place = "statement \(statement.slot)"
        let issuer = statement.issuer.path
        if case .condition(let condition) = statement.kind { return try consider(condition, statement, signed, from: peer) }
        guard statement.audience != .local, statement.audience.admits(author: issuer), statement.audience.includes(path, author: issuer),
            statement.audience.includes(peer, author: issuer)
        else { throw ChangeSetFault(.wrongAudience, place, "it does not cross the link from \(peer)") }
        if case .freshness(let list, _, _, _) = statement.kind, list.replica.path != issuer {
            throw ChangeSetFault(.wrongAudience, place, "\(issuer) speaks of a list of \(list.replica.path)")
        }
        let key = try trusted(signed, of: issuer, place)
        return try store.write { tx in
            // Audiences and lists can be made up without end, and each has its slot.
            if try tx.statement(slot: statement.slot) == nil, try tx.statementCount(of: issuer) >= Self.maximumStatements {
                throw ChangeSetFault(.tooLarge, place, "\(issuer) has \(Self.maximumStatements) statements here already")
            }
            if let row = key { try tx.put(row, seenAt: environment.now()) }
            return try tx.put(statement, signed: signed, receivedAt: environment.now())
        }
    }

    /// Most statements kept of one issuer: its lists, and its heartbeats of at most a dozen audiences.
    static let maximumStatements = 1024

    /// Checks that a statement is signed by a key certified for its issuer.
    /// - Returns: the key, if it was not held before; the caller keeps it together with what it signed.
    /// - Throws: ``ChangeSetFault``.
    func trusted(_ signed: SignedStatement, of issuer: NodePath, _ place: String) throws -> LedgerKeyRow? {
        let trust = try store.read { tx -> (CertifiedKey, LedgerKeyRow?) in
            if let held = try certifiedKey(signed.key, tx) { return (held, nil) }
            let row = try certify(signed.chain, key: signed.key, author: issuer, continuity: nil, place, tx)
            return (CertifiedKey(path: issuer, key: try LedgerPublicKey(subjectPublicKeyInfo: row.publicKey)), row)
        }
        guard trust.0.path == issuer else { throw ChangeSetFault(.keyNotCertified, place, "signed with the key of \(trust.0.path)") }
        guard trust.0.key.isValid(signature: signed.signature, of: SignedStatement.message(signed.content)) else {
            throw ChangeSetFault(.badSignature, place, "the signature is wrong")
        }
        return trust.1
    }

    /// Authors whose last heartbeat is no longer valid: their line is down for days, or somebody withholds
    /// all they say. `since`: when they last spoke by their own clock, milliseconds since 1970.
    package func overdue() throws -> [(author: NodePath, audience: Audience, since: UInt64)] {
        let now = environment.now()
        return try store.read { try $0.statements() }
            .filter { $0.issuer != path && $0.slot.hasPrefix("heartbeat ") && $0.validUntil < now }
            .map { ($0.issuer, $0.audience, $0.issuedAt) }
            .sorted { $0.2 != $1.2 ? $0.2 < $1.2 : $0.0 < $1.0 }
    }

    /// Ledgers whose author says, in headers' siblings, heartbeats or freshness statements, that there is
    /// more than is held here: a relay withholds a tail or a lane, or it is still on its way.
    package func withheld() throws -> [(ledger: LedgerID, claimed: UInt64, held: UInt64, since: UInt64)] {
        try store.read { tx in
            let held = Dictionary(try tx.tips().map { ($0.ledger, $0.tip.sequence) }, uniquingKeysWith: max)
            var claims: [LedgerID: (sequence: UInt64, since: UInt64)] = [:]
            for row in try tx.statements() {
                guard let statement = try? Statement.read(row.signed.content) else { continue }
                let tips: [LedgerTip]
                switch statement.kind {
                case .freshness(_, _, _, let listed): tips = listed
                case .heartbeat(let listed): tips = listed
                case .condition: continue
                }
                for tip in tips where tip.tip.sequence > (claims[tip.ledger]?.sequence ?? 0) { claims[tip.ledger] = (tip.tip.sequence, row.receivedAt) }
            }
            for tip in try tx.tips() {
                guard let last = try tx.header(of: tip.ledger, at: tip.tip.sequence) else { continue }
                for sibling in last.header.siblings {
                    let ledger = LedgerID(replica: tip.ledger.replica, audience: tip.ledger.audience, lane: sibling.lane)
                    if sibling.tip.sequence > (claims[ledger]?.sequence ?? 0) { claims[ledger] = (sibling.tip.sequence, last.receivedAt) }
                }
            }
            return claims.filter { $0.value.sequence > (held[$0.key] ?? 0) }
                .map { ($0.key, $0.value.sequence, held[$0.key] ?? 0, $0.value.since) }
                .sorted { $0.0 < $1.0 }
        }
    }
}
