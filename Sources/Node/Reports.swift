import Registry
import Replication
import Sealing
import Storage

/// One change of a record with everything that shows where it came from.
package struct HistoryEvent: Sendable {
    package let dot: Dot
    /// nil when the body is missing or unreadable.
    package let change: Change?
    package let ledger: LedgerID
    package let sequence: UInt64
    package let judgement: Judgement
    /// nil = verified just now from the stored bytes.
    package let fault: ChangeSetFault?
    package let key: Digest
    package let suite: Suite
    package let durableAt: NodePath?
    package let verdict: Verdict?
}

package struct RecordDetail: Sendable {
    package let view: RecordView
    package let item: CatalogueItem?
    package let history: [HistoryEvent]
}

extension Node {
    /// A record with its whole history, each change set verified again from its bytes.
    /// - Throws: ``NodeRefusal`` when it is not held.
    package func show(_ id: Dot) throws -> RecordDetail {
        try store.read { tx in
            let view = try view(of: id, tx)
            let durability = try tx.durability()
            let history = try ([id] + (try tx.changes(of: id))).compactMap { try event($0, durability, tx) }
            let item = view.edition.flatMap { catalogue($0, tx) }?.item(view.item)?.item
            return RecordDetail(view: view, item: item, history: history)
        }
    }

    private func event(_ dot: Dot, _ durability: [DurabilityRow], _ tx: ReadTransaction) throws -> HistoryEvent? {
        guard let set = try tx.changeSet(holding: dot) else { return nil }
        let unverified = try UnverifiedChangeSet(set.sealed)
        var fault: ChangeSetFault?
        do throws(ChangeSetFault) { try check(unverified, tx) } catch { fault = error }
        let row = durability.first { $0.ledger == set.ledger && $0.sequenceAtHighest >= set.sequence }
        return HistoryEvent(
            dot: dot, change: try change(dot, tx)?.change, ledger: set.ledger, sequence: set.sequence,
            judgement: try tx.pending(dot) ?? .accepted, fault: fault, key: unverified.header.key, suite: unverified.header.suite,
            durableAt: row?.durableAt ?? (path.depth == 1 && set.ledger.audience != .local ? path : nil),
            verdict: try tx.verdict(of: dot)?.verdict)
    }

    private func check(_ unverified: UnverifiedChangeSet, _ tx: ReadTransaction) throws(ChangeSetFault) {
        let place = "\(unverified.header.ledger) \(unverified.header.sequence)"
        let key: CertifiedKey?
        do { key = try certifiedKey(unverified.header.key, tx) } catch { throw ChangeSetFault(.unknownKey, place, "\(error)") }
        guard let key, key.path == unverified.header.ledger.replica.path else { throw ChangeSetFault(.unknownKey, place, "no certified key") }
        _ = try ChangeSetSealer.check(unverified, key: key.key)
    }

    /// The record whose document number is `text`, when exactly one has it.
    package func record(documentNumber text: String) throws -> Dot? {
        let found = try records(documentNumber: text, limit: 2)
        return found.count == 1 ? found[0] : nil
    }

    /// Records with this document number, as far as `limit`.
    package func records(documentNumber text: String, limit: Int) throws -> [Dot] {
        let document = Normalisation.documentNumber(text)
        guard !document.isEmpty else { return [] }
        return try store.read { tx in
            var found: [Dot] = []
            var cache = BodyCache()
            try tx.eachRecord(home: path.root) { row in
                guard found.count < limit, let change = try cache.change(row.state, self, tx), case .recordState(let state) = change.kind,
                    let edition = change.editions.first, let item = catalogue(edition, tx)?.item(state.item)?.item
                else { return }
                if Normalisation.documentNumber(state.text(item.roles.documentNumber)) == document { found.append(row.id) }
            }
            return found
        }
    }

    /// States of records for listing, with their item.
    package func describe(_ rows: [RecordRow]) throws -> [(row: RecordRow, state: RecordState?, item: CatalogueItem?)] {
        try store.read { tx in
            var cache = BodyCache()
            return try rows.map { row in
                guard let change = try cache.change(row.state, self, tx), case .recordState(let state) = change.kind else { return (row, nil, nil) }
                return (row, state, change.editions.first.flatMap { catalogue($0, tx) }?.item(state.item)?.item)
            }
        }
    }

    /// The digest of the views of every shared record (effective or revoked) whose home is `home` or below: equal at every node
    /// that holds them, whatever the order of arrival (guarantee 1).
    package func viewDigest(home: NodePath) throws -> (records: Int, digest: Digest) {
        try store.read { tx in
            var running = Digest.zero
            var count = 0
            var cache = BodyCache()
            try tx.eachRecord(home: home) { row in
                guard row.validity >= .effective else { return }
                let others = try tx.changes(of: row.id)
                var held: [HeldChange] = []
                for dot in [row.id] + others {
                    // What only the author can see (a draft behind an entered record) is no part of the shared view.
                    guard let one = try cache.held(dot, self, tx), one.audience != .local, try tx.pending(dot) == nil else { continue }
                    held.append(HeldChange(dot: dot, change: one.change, audience: one.audience))
                }
                guard let view = resolve(record: row.id, changes: held) else { return }
                running = digest(running.bytes + view.canonicalBytes)
                count += 1
            }
            return (count, running)
        }
    }

    /// The digest of published objects held: the editions in force, and lists by the set hashes of their entries and
    /// removals, which together fix what stands. Reads no entry.
    package func publishedDigest() throws -> (objects: Int, digest: Digest) {
        try store.read { tx in
            var running = Digest.zero
            var count = 0
            for edition in try tx.editionsInForce() {
                running = digest(running.bytes + edition.digest.bytes)
                count += 1
            }
            for list in try tx.lists() {
                running = digest(running.bytes + Array(list.id.description.utf8) + BigEndian.bytes(try tx.newestEdition(of: list.id)?.number ?? 0))
                let state = try tx.listState(list.id)
                running = digest(running.bytes + state.added.bytes + state.removals.bytes)
                count += 1
            }
            return (count, running)
        }
    }

    /// Paths whose ledgers, local ones aside, are held here.
    package func authors() throws -> [NodePath] {
        Set(try store.read { try $0.tips() }.filter { $0.ledger.audience != .local }.map(\.ledger.replica.path)).sorted()
    }
}
