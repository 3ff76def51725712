import Registry
import Replication
import Sealing
import Storage

/// How the line of a child stands, as the links know it.
package struct ChildLine: Sendable {
    package var line: NodeCondition.Line
    /// Milliseconds since 1970; nil = never.
    package var lastContact: UInt64?
    /// What it said it holds of ledgers that flow down.
    package var held: [LedgerID: UInt64]

    package init(line: NodeCondition.Line, lastContact: UInt64?, held: [LedgerID: UInt64]) {
        (self.line, self.lastContact, self.held) = (line, lastContact, held)
    }
}

extension Node {
    /// How this node is now: what it would tell its ancestors. Cheap enough to be asked every two seconds.
    /// - Parameter lines: of enrolled children; one without an entry was not heard of since the start.
    package func condition(software: String, lines: [NodePath: ChildLine]) throws -> NodeCondition {
        let now = environment.now()
        func age(_ time: UInt64) -> UInt64 { now > time ? now - time : 0 }
        var condition = NodeCondition()
        condition.software = software
        condition.suite = identity.suite
        let members = try store.read { tx in
            let standing = try tx.standing()
            (condition.records, condition.waiting, condition.quarantined) = (UInt64(standing.records), UInt64(standing.waiting), UInt64(standing.quarantined))
            condition.catalogue = try tx.newestEdition(.catalogue)?.number ?? 0
            condition.lists = try tx.lists().map { row in
                NodeCondition.HeldList(
                    list: row.id, edition: try tx.newestEdition(of: row.id)?.number ?? 0, asOf: try tx.statement(slot: Self.freshnessSlot(row.id))?.issuedAt ?? 0)
            }
            return try tx.members()
        }
        let toRoot = try backlogToRoot()
        (condition.relief, condition.ordinary) = (UInt64(toRoot.relief), UInt64(toRoot.ordinary))
        condition.lag = toRoot.oldest.map(age) ?? 0
        let backlogs = try backlogsDown(to: members.map { ($0.path, lines[$0.path]?.held ?? [:]) })
        for (member, backlog) in zip(members, backlogs) {
            let known = lines[member.path]
            let contact = known?.lastContact ?? member.lastContact
            let unseen: NodeCondition.Line = contact == nil ? .never : .cut
            let line: NodeCondition.Line = member.isSuspended ? .suspended : known?.line ?? unseen
            condition.children.append(
                NodeCondition.Child(
                    name: member.path.name, line: line, silent: line == .connected ? 0 : contact.map(age), relief: UInt64(backlog.relief),
                    ordinary: UInt64(backlog.ordinary)))
        }
        return condition.bounded()
    }

    /// Signs a statement of our condition and keeps it. The root has nobody to tell.
    package func stateCondition(_ condition: NodeCondition) throws -> SignedStatement? {
        guard path.depth > 1 else { return nil }
        let now = environment.now()
        var statement = Statement(
            issuer: replica, issuedAt: now, validUntil: 0, audience: NodeCondition.audience(of: path), kind: .condition(condition))
        if let held = conditions[path], held.issuedAt >= now { statement.issuedAt = held.issuedAt + 1 }
        statement.validUntil = statement.issuedAt + 3 * ConditionPace.idleWait
        let content = try statement.serialized()
        let signed = SignedStatement(
            content: content, key: identity.ledgerKey.keyID, signature: try identity.ledgerKey.sign(SignedStatement.message(content)), chain: identity.ledgerChain)
        let held = ConditionShelf.Held(
            issuer: path, issuedAt: statement.issuedAt, receivedAt: now, condition: condition, statement: statement, signed: signed)
        return conditions.put(held) ? signed : nil
    }

    /// Checks and shelves a condition that a child's link brought.
    /// - Throws: ``ChangeSetFault``: conditions go up only, each for exactly its issuer's ancestors.
    func consider(_ condition: NodeCondition, _ statement: Statement, _ signed: SignedStatement, from peer: NodePath) throws -> Bool {
        let issuer = statement.issuer.path
        let place = "statement \(statement.slot)"
        guard statement.audience == NodeCondition.audience(of: issuer) else { throw ChangeSetFault(.wrongAudience, place, "a condition is for the ancestors of its issuer alone") }
        guard path.isProperAncestor(of: peer), peer.isAncestorOrSelf(of: issuer) else {
            throw ChangeSetFault(.wrongAudience, place, "it does not come up from \(peer)")
        }
        let child = path.child(String(issuer.segments[path.depth])) ?? peer
        guard conditions.hasRoom(for: issuer, below: child) else { throw ChangeSetFault(.malformed, place, "\(child) speaks of too many nodes") }
        if let held = conditions[issuer], held.issuedAt >= statement.issuedAt { return false }
        let key = try trusted(signed, of: issuer, place)
        if let key { try store.write { try $0.put(key, seenAt: environment.now()) } }
        return conditions.put(
            ConditionShelf.Held(
                issuer: issuer, issuedAt: statement.issuedAt, receivedAt: environment.now(), condition: condition, statement: statement, signed: signed))
    }

    /// A held condition for the link up, with the certificates of its key, which may have come without.
    package func conditionToSend(of issuer: NodePath) throws -> SignedStatement? {
        guard let held = conditions[issuer] else { return nil }
        var signed = held.signed
        if signed.chain.isEmpty { signed.chain = try store.read { try $0.ledgerKey(signed.key) }?.chain ?? [] }
        return signed
    }

    /// Saves what came since the last time, in one transaction.
    package func saveConditions() throws {
        let unsaved = conditions.takeUnsaved()
        guard !unsaved.isEmpty else { return }
        do {
            try store.write { tx in
                for held in unsaved { _ = try tx.put(held.statement, signed: held.signed, receivedAt: held.receivedAt) }
            }
        } catch {
            conditions.putBack(unsaved)
            throw error
        }
    }
}
