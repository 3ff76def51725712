import Registry
import Replication
import Sealing
import Storage

/// Rows of an import made ready beside the writer: changes serialised, natural keys digested, sets digested and packed.
/// What is left for the transaction: whether a row is recorded already, counters, headers, signatures, index rows.
package struct PreparedRecords: Sendable {
    let terms: RecordTerms
    let frame: RecordFrame
    /// One a row, in order.
    let outgoing: [Outgoing]
    /// Indexed natural keys, one a row; nil for a row without one, which never matches another.
    let keys: [[UInt8]?]
    /// Rows whose key an earlier row of the batch has: row → that row.
    let repeated: [Int: Int]
    /// All rows as sets, for the usual case that none is recorded yet; empty when that is not to be expected.
    let sets: [PreparedSet]

    package var count: Int { outgoing.count }
    /// Bytes of the serialised changes: what it holds in memory.
    package let byteCount: Int

    /// The decision's number of a row, for messages.
    package func documentNumber(_ index: Int) -> String {
        guard case .recordState(let state)? = try? outgoing[index].change().kind else { return "" }
        return state.text(terms.item.roles.documentNumber)
    }
}

extension Node {
    /// Does everything of recording rows that needs no transaction.
    /// - Parameter expectNew: most rows are not recorded yet, so sets of all of them are made ready as well.
    /// - Throws: errors of sealing and coding.
    package func prepare(_ rows: [ValidRecord], _ terms: RecordTerms, expectNew: Bool = true) throws -> PreparedRecords {
        let frame = RecordFrame(
            actor: terms.actor, capturedAt: environment.now(), editions: terms.editions, item: terms.item.number, validity: terms.validity)
        var outgoing: [Outgoing] = [], keys: [[UInt8]?] = [], repeated: [Int: Int] = [:], seen: [IndexKey: Int] = [:]
        outgoing.reserveCapacity(rows.count)
        keys.reserveCapacity(rows.count)
        seen.reserveCapacity(rows.count)
        var evidence = Evidence(terms.proven)
        var bytes = 0
        for (index, row) in rows.enumerated() {
            let made = try prepare(row, frame, terms.item, &evidence)
            if let key = made.key {
                if let earlier = seen[key] { repeated[index] = earlier } else { seen[key] = index }
            }
            bytes += made.outgoing.body.count
            outgoing.append(made.outgoing)
            keys.append(made.key?.bytes)
        }
        return PreparedRecords(
            terms: terms, frame: frame, outgoing: outgoing, keys: keys, repeated: repeated,
            sets: expectNew && repeated.isEmpty ? try prepareSets(outgoing) : [], byteCount: bytes)
    }

    private func prepare(_ row: ValidRecord, _ frame: RecordFrame, _ item: CatalogueItem, _ evidence: inout Evidence) throws -> (outgoing: Outgoing, key: IndexKey?) {
        if evidence.covers(row), let code = row.subjectCode, let natural = NaturalKey(row, item: row.table.item), let body = frame.body(of: row) {
            let key = IndexKey(digest(natural.bytes))
            let subject = String(decoding: row.values.bytes[code], as: UTF8.self)
            return (Outgoing(body: body, content: .row(subject: subject, naturalKey: key.bytes)), key)
        }
        let state = try state(of: row, validity: frame.validity)
        let change = Change(actor: frame.actor, capturedAt: frame.capturedAt, editions: frame.editions, kind: .recordState(state))
        return (try Outgoing(change), NaturalKey(state, item: item).map { IndexKey(digest($0.bytes)) })
    }

    /// Records prepared batches in one transaction, in order. With a reviewer they become effective and enter
    /// the lineage's ledger; without one they stay local drafts.
    ///
    /// Idempotent by natural key: rows that are recorded already change nothing, a draft that comes again
    /// with a reviewer is entered under its own id, and the same decision with other values is reported.
    /// - Returns: one fate a record, in order, for each batch.
    /// - Throws: ``NodeRefusal`` when the node's own rules refuse a row; ``StorageError``. Nothing was written then.
    package func record(_ batches: [PreparedRecords]) throws -> [[RowFate]] {
        try announcing(as: batches.reduce(0) { $0 + $1.count } > 64 ? .bulk : .small) { tx in
            let projector = Projector(node: self, tx: tx)
            var fates: [[RowFate]] = [], tips: [LedgerTip] = []
            for batch in batches { fates.append(try record(batch, projector, &tips)) }
            return (fates, tips)
        }
    }

    private func record(_ batch: PreparedRecords, _ projector: Projector, _ tips: inout [LedgerTip]) throws -> [RowFate] {
        let tx = projector.tx, fresh: RowFate = batch.frame.validity == .draft ? .draft : .effective
        var fates: [RowFate] = [], chosen: [Outgoing] = [], cache = BodyCache()
        fates.reserveCapacity(batch.count)
        // Filled only once a row turns out to be recorded: before that, all rows so far are chosen.
        var isWhole = true
        func leaveOut(_ index: Int) {
            guard isWhole else { return }
            isWhole = false
            chosen = Array(batch.outgoing[..<index])
        }
        let isBarred = try tx.anyTombstone() || tx.anyOptOut()
        for (index, one) in batch.outgoing.enumerated() {
            if isBarred, let fate = try barred(one, batch.frame.item, batch.keys[index], tx) {
                leaveOut(index)
                fates.append(fate)
            } else if let earlier = batch.repeated[index] {
                leaveOut(index)
                fates.append(try compare(one.recordState(), batch.outgoing[earlier].recordState(), record: nil))
            } else if let key = batch.keys[index], try tx.hasRecord(naturalKey: key), let held = try entered(key, tx) {
                leaveOut(index)
                fates.append(try again(one, held, &cache, &chosen, tx))
            } else {
                if !isWhole { chosen.append(one) }
                fates.append(fresh)
            }
        }
        let outgoing = isWhole ? batch.outgoing : chosen
        guard !outgoing.isEmpty else { return fates }
        let sets = isWhole && !batch.sets.isEmpty ? batch.sets : try prepareSets(outgoing)
        let tip = try append(outgoing, sets, under: batch.frame, to: batch.terms.audience, lane: .ordinary, projector).tip
        tips.removeAll { $0.ledger == tip.ledger }
        tips.append(tip)
        return fates
    }

    /// What a natural key is recorded as: revoked, once any of its records is (M33).
    private func entered(_ key: [UInt8], _ tx: ReadTransaction) throws -> RecordRow? {
        let rows = try tx.records(naturalKey: key)
        return rows.first { $0.validity == .revoked } ?? rows.first
    }

    /// Why a row may not be recorded at all: its decision was purged, or its subject does not want it.
    private func barred(_ one: Outgoing, _ item: UInt32, _ key: [UInt8]?, _ tx: ReadTransaction) throws -> RowFate? {
        switch one.content {
        case .row(let subject, _): try barred(subject: subject, item: item, key, tx)
        case .change: try barred(subject: one.recordState().subject.lookupText, item: item, key, tx)
        }
    }

    func barred(subject: String, item: UInt32, _ key: [UInt8]?, _ tx: ReadTransaction) throws -> RowFate? {
        if let key, let record = try purged(naturalKey: key, subject: subject, tx) { return .purged(record: record) }
        return try tx.hasOptOut(subject: identity.federationKeys.optOutDigest(subject), item: item) ? .optedOut : nil
    }

    /// What was sent back is mended before it is effective: no reviewer may be asked a second time for the same (T2, T4).
    func isReturned(_ draft: Dot, _ tx: ReadTransaction) throws -> Bool {
        guard try tx.changeCount(of: draft) > 0 else { return false }
        return try ownDraft(draft, tx).draft.returned != nil
    }

    /// A row whose natural key is recorded already.
    private func again(_ one: Outgoing, _ held: RecordRow, _ cache: inout BodyCache, _ chosen: inout [Outgoing], _ tx: ReadTransaction) throws -> RowFate {
        #if PLANTED_BUGS
            // An import brings a revoked decision back.
            if plantedBug == 6, held.validity == .revoked {
                chosen.append(one)
                return .effective
            }
        #endif
        if held.validity == .revoked { return .revoked(record: held.id) }
        guard case .recordState(let standing)? = try cache.change(held.state, self, tx)?.kind else { return .differs(record: held.id, fields: []) }
        let state = try one.recordState()
        let fate = compare(state, standing, record: held.id)
        guard case .unchanged = fate else { return fate }
        guard standing.validity == .draft, state.validity == .effective, held.id.replica.path == path else { return fate }
        if try isReturned(held.id, tx) { return .returned(record: held.id) }
        var entering = try one.change()
        entering.record = held.id
        // The draft's dot and chain are local: this audience can see none of them, so previous and context stay empty.
        chosen.append(try Outgoing(entering))
        return .effective
    }
}

extension Outgoing {
    /// The state it writes; only rows of imports are asked.
    fileprivate func recordState() throws -> RecordState {
        guard case .recordState(let state) = try change().kind else { preconditionFailure("an import writes states of records") }
        return state
    }
}

/// Whether rows carry their evidence: they passed the very item that the edition has. Tables are compared once each.
private struct Evidence {
    private let item: CatalogueItem?
    private var known: ItemTable?

    init(_ item: CatalogueItem?) { self.item = item }

    mutating func covers(_ row: ValidRecord) -> Bool {
        if let known, known === row.table { return true }
        guard let item, row.passed(item) else { return false }
        known = row.table
        return true
    }
}

/// The first 16 bytes of the digest of a natural key.
private struct IndexKey: Hashable {
    private let a: UInt64, b: UInt64

    init(_ digest: Digest) { (a, b) = (digest.a, digest.b) }

    var bytes: [UInt8] { Digest(a: a, b: b, c: 0, d: 0).leading(NaturalKey.indexedBytes) }
}
