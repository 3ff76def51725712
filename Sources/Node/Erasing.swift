import Registry
import Replication
import Sealing
import Storage

/// What a transaction erases, gathered and done once a change set; and the records it met that were purged before.
final class ErasureTally {
    private let node: Node
    private let tx: WriteTransaction
    private var due: [ErasureRow] = []
    /// nil = not asked yet in this transaction.
    private var anyTombstone: Bool?
    /// Records entered anew although their decision was purged (M33, M43).
    private(set) var blocked: [Dot] = []
    /// Wishes and records that may have to be brought together (M47).
    private var meetings: [WishMeeting] = []
    private var anyOptOut: Bool?
    /// Whether bytes were erased: the log is to be emptied after the commit.
    private(set) var hasErased = false

    init(node: Node, tx: WriteTransaction) { (self.node, self.tx) = (node, tx) }

    func add(_ rows: [ErasureRow]) {
        due += rows
        anyTombstone = nil
    }

    /// An order was written: what was asked before is to be asked again.
    func renew() { anyTombstone = nil }

    /// Whether the record with this id was purged.
    func isPurged(_ record: Dot) throws -> Bool { try hasTombstones() && tx.isPurged(record) }

    private func hasTombstones() throws -> Bool {
        if let anyTombstone { return anyTombstone }
        let answer = try tx.anyTombstone()
        anyTombstone = answer
        return answer
    }

    /// - Parameter record: of which a state came.
    func met(_ change: Dot, of record: Dot, naturalKey: [UInt8], subject: String) throws {
        if try hasOptOuts() { meetings.append(.record(change, subject: subject)) }
        guard try hasTombstones(), try node.purged(naturalKey: naturalKey, subject: subject, tx) != nil else { return }
        blocked.append(change)
        // Look-ups resolve it, and tell nothing of it.
        try tx.noteActs(on: record)
    }

    private func hasOptOuts() throws -> Bool {
        if let anyOptOut { return anyOptOut }
        let answer = try tx.anyOptOut()
        anyOptOut = answer
        return answer
    }

    func met(_ wish: OptOutWish) {
        meetings.append(.wish(wish))
        anyOptOut = nil
    }

    func takeMeetings() -> [WishMeeting] {
        defer { meetings = [] }
        return meetings
    }

    func takeBlocked() -> [Dot] {
        defer { blocked = [] }
        return blocked
    }

    func noteErased() { hasErased = true }

    func flush() throws {
        guard !due.isEmpty else { return }
        let rows = due
        due = []
        if try node.erase(rows, tx) { hasErased = true }
    }
}

extension Node {
    /// Destroys bodies and salts in the change sets held; what is not held is erased when it comes.
    /// - Returns: whether anything was erased.
    func erase(_ rows: [ErasureRow], _ tx: WriteTransaction) throws -> Bool {
        var rest = rows.sorted { $0.change < $1.change }[...], erased = false
        while let first = rest.first {
            guard let set = try tx.changeSet(holding: first.change) else {
                rest.removeFirst()
                continue
            }
            let counters = set.firstCounter..<set.firstCounter + UInt64(set.count)
            let here = rest.prefix { $0.change.replica == set.ledger.replica && counters.contains($0.change.counter) }
            rest.removeFirst(here.count)
            let indices = try erasable(Array(here), in: try readBodies(set), first: set.firstCounter, tx)
            guard !indices.isEmpty else { continue }
            waiting.forget()
            try tx.replaceBodies(of: set.id, by: try ChangeSetSealer.erase(indices, of: set.sealed, try Header(serialized: set.sealed.header)))
            recents.forget(set.ledger)
            (erased, tx.hasErased) = (true, true)
        }
        return erased
    }

    /// Places of the bodies that are held and belong to the record their order speaks of: an order erases nothing else.
    func erasable(_ rows: [ErasureRow], in bodies: SealedBodies, first: UInt64, _ tx: WriteTransaction) throws -> [Int] {
        var indices: [Int] = []
        for row in rows {
            let index = Int(row.change.counter - first)
            guard indices.last != index, let body = bodies[index] else { continue }
            // A body that nobody can read is whatever the order says it is.
            if let change = try? Change(serialized: body) {
                guard change.belongs(to: row.record, as: row.change) else { continue }
                if case .act(.identity(let link)) = change.kind { try tx.unlinkChange(row.change, from: link.other) }
            }
            try tx.forgetPending(row.change)
            indices.append(index)
        }
        return indices
    }

    /// The purged record of which this natural key is; nil when none is known. Of persons nodes below the district cannot tell.
    /// - Parameter naturalKey: as indexed, 16 bytes.
    func purged(naturalKey: [UInt8], subject: String, _ tx: ReadTransaction) throws -> Dot? {
        guard let tombstone = tombstone(naturalKey: naturalKey, subject: subject) else { return nil }
        return try tx.purged(tombstone)
    }

    /// What a purge of a decision leaves; nil where this node lacks the key for it.
    func tombstone(naturalKey: [UInt8], subject: String) -> Tombstone? {
        let keys = identity.federationKeys
        guard subject.hasPrefix("person:") else { return Tombstone(key: .subject, digest: keys.purgedDigest(naturalKey)) }
        guard let digest = try? keys.naturalKeyDigest(naturalKey) else { return nil }
        return Tombstone(key: .naturalKey, digest: digest)
    }

    /// Whether nothing of a record is shown because it, or its decision under another record id, was purged.
    func isPurged(_ row: RecordRow, _ tx: ReadTransaction) throws -> Bool {
        if try tx.isPurged(row.id) { return true }
        return try tx.anyTombstone() && purged(naturalKey: row.naturalKey, subject: row.subject, tx) != nil
    }
}

extension ChangeKind {
    /// Orders stay, for they say why bodies are missing; what a newer node wrote of the record goes with it.
    var isErasable: Bool {
        switch self {
        case .unknown: true
        case .federation(.filing): true
        case .recordState, .attachmentsAdded, .revocation, .act, .draftStep, .affair, .federation, .listOpened, .listEntry, .listRemoval, .listEdition,
            .listDigests, .catalogue, .units, .profile, .calendar, .itemProposal, .proposalReply, .erasure, .optOut: speaksOfRecord
        }
    }
}

extension Projector {
    /// An order counts at once, whatever is held of its record, or of its filing (M43).
    func purge(_ order: ErasureOrder, _ change: Change, _ dot: Dot) throws {
        guard let record = change.record else { return }
        if !isReplay { try node.matchAllRelief(tx) }
        let rows = order.erased.map { ErasureRow(change: $0, order: dot, record: record) }
        try tx.note(rows)
        try tx.put(order, change: dot, record: record, capturedAt: change.capturedAt)
        erasing.renew()
        let named = Set(order.erased)
        try tx.forget(filing: record)
        try tx.forgetArrivals(of: record)
        for erased in order.erased { try end(erased, on: record, dot) }
        for late in try [record] + tx.forget(record) where !named.contains(late) {
            guard let held = try node.change(late, tx), held.change.record ?? late == record else { continue }
            try tx.note(Replication.judge(held.change, dot: late, ledger: held.ledger, in: circumstances), of: late)
        }
        if try tx.anythingWaits() { try judgeAgain(waitingFor: .change(record)) }
        erasing.add(rows)
    }
}

extension Projector {
    /// A filing stands no more on a record by an erased change: once it stands on none, whoever put it there orders its original and the
    /// answers destroyed as well.
    private func end(_ erased: Dot, on record: Dot, _ order: Dot) throws {
        guard let filing = try tx.filing(standingBy: erased, on: record) else { return }
        try tx.endRoute(by: erased, on: record)
        guard !isReplay, erased.replica.path == node.path, try tx.routes(of: filing).isEmpty else { return }
        tx.filingsPurged.insert(PurgedFiling(filing: filing, order: order))
    }
}

extension Node {
    /// Carries a purge on to the originals of filings that stood on the record, where they went up from their windows, with every answer.
    /// The order is the archive officer's, on the word of this node, and follows the one that purged the record.
    /// - Returns: tips of ledgers of this node that grew.
    func eraseFilings(_ tx: WriteTransaction) throws -> [LedgerTip] {
        var tips: [LedgerTip] = []
        let due = tx.filingsPurged.sorted()
        tx.filingsPurged = []
        for one in due {
            guard let held = try change(one.order, tx), case .erasure(let order) = held.change.kind, let ledger = try tx.ledger(holding: one.filing),
                try tx.erasures(of: one.filing).isEmpty
            else { continue }
            let wanted = ErasureOrder(
                ground: order.ground, erased: [one.filing] + (try tx.answersSaid(to: one.filing)).prefix(ErasureOrder.maximumDots - 1), tombstone: nil,
                basis: order.basis, follows: one.order)
            let change = Change(record: one.filing, actor: held.change.actor, capturedAt: environment.now(), kind: .erasure(wanted))
            do {
                try tx.wholly { tips.append(try append([change], to: ledger.audience, lane: change.kind.lane, tx).tip) }
            } catch let refusal as NodeRefusal {
                // Whoever sent what gave rise to it is not at fault, and goes on.
                try tx.noteRefusal(
                    ChangeSetFault(.malformed, "filing \(one.filing.short)", "could not be purged: \(refusal)"), from: path.description, at: environment.now())
            }
        }
        return tips
    }

    /// Relief that is still to be matched is, before what it is about is gone.
    func matchAllRelief(_ tx: WriteTransaction) throws { while try matchRelief(limit: 256, tx) {} }
}

extension Change {
    /// Whether an order about `record` may destroy it: a change of that record, or the filing it names, or an answer to that.
    func belongs(to record: Dot, as dot: Dot) -> Bool {
        if case .federation(.answer(let answer)) = kind { return answer.filing == record }
        return (self.record ?? dot) == record && kind.isErasable
    }
}
