import Registry
import Replication
import Storage

/// Applies accepted changes to the projection, inside the transaction that stores them. `rebuild` runs
/// exactly this over the stored change sets.
struct Projector {
    let node: Node
    let tx: WriteTransaction
    let circumstances: Circumstances
    private let tally: ListTally
    private let bodies = BodyShelf()
    let erasing: ErasureTally

    init(node: Node, tx: WriteTransaction) {
        self.node = node
        self.tx = tx
        tally = ListTally(tx: tx)
        circumstances = node.circumstances(tx)
        erasing = ErasureTally(node: node, tx: tx)
    }

    /// - Parameters:
    ///   - bodies: not asked where all of the set is in `plain`.
    ///   - plain: records of the set that are accepted already, ascending by index.
    ///   - decoded: the changes where the caller has them already.
    /// - Returns: the changes that were not simply accepted.
    func apply(_ header: Header, bodies: SealedBodies, plain: [PlainRow] = [], decoded: [Change]? = nil) throws -> [(dot: Dot, judgement: Judgement)] {
        var exceptions: [(dot: Dot, judgement: Judgement)] = []
        tally.begin()
        var next = 0
        for index in 0..<header.count {
            let dot = header.dot(at: index)
            if next < plain.count, plain[next].index == index {
                try accept(plain[next], dot)
                next += 1
            } else if !bodies.places[index].isEmpty {
                try judge(bodies, index, decoded, dot, header.ledger, &exceptions)
            }
        }
        try tx.flushCounts()
        try tally.flush()
        try erasing.flush()
        // What was erased is not kept in memory either.
        if erasing.hasErased { self.bodies.cache = BodyCache() }
        return exceptions
    }

    private func judge(_ bodies: SealedBodies, _ index: Int, _ decoded: [Change]?, _ dot: Dot, _ ledger: LedgerID, _ exceptions: inout [(dot: Dot, judgement: Judgement)]) throws {
        guard let body = bodies[index] else { return }
        let change: Change
        if let decoded {
            change = decoded[index]
        } else {
            do { change = try Change(serialized: body) } catch {
                let judgement = Judgement.quarantined(rule: "malformed", detail: "\(error)")
                try tx.note(judgement, of: dot)
                exceptions.append((dot, judgement))
                return
            }
        }
        let judgement = try settle(change, dot: dot, ledger: ledger, body: body)
        if judgement != .accepted { exceptions.append((dot, judgement)) }
    }

    /// Judges one change; projects it when it is accepted, notes it when not.
    func settle(_ change: Change, dot: Dot, ledger: LedgerID, body: [UInt8]) throws -> Judgement {
        let judgement = Replication.judge(change, dot: dot, ledger: ledger, in: circumstances)
        switch judgement {
        case .accepted: try accept(change, dot: dot, ledger: ledger, body: body)
        case .waiting, .quarantined:
            try tx.note(judgement, of: dot)
            try suspend(change, dot, judgement)
            if case .waiting = judgement, case .federation(.filing(let filing)) = change.kind { try keep(filing, dot) }
        }
        return judgement
    }

    /// A new record that was judged on its bytes: its view is its one state.
    private func accept(_ row: PlainRow, _ dot: Dot) throws {
        guard try !erasing.isPurged(dot) else { return try tx.note(.purged(dot), of: dot) }
        try erasing.met(dot, naturalKey: row.naturalKey, subject: row.subject)
        try tx.put(
            RecordRow(
                id: dot, item: row.item, home: dot.replica.path, validity: row.validity, subject: row.subject, naturalKey: row.naturalKey, state: dot))
        if try tx.anythingWaits() { try judgeAgain(waitingFor: .change(dot)) }
        try stands(dot, row.naturalKey, row.validity)
    }

    private func accept(_ change: Change, dot: Dot, ledger: LedgerID, body: [UInt8]) throws {
        switch change.kind {
        case .recordState(let state):
            try accept(state, change, dot)
            if try tx.anythingWaits() { try judgeAgain(waitingFor: .change(change.record ?? dot)) }
        case .revocation:
            try tx.linkChange(dot, to: change.record ?? dot)
            try project(change.record ?? dot)
        case .act(let act):
            try accept(act, by: dot, on: change.record ?? dot)
            if let proof = change.proof, let record = change.record { try tx.put(FilingRoute(record: record, change: dot), of: proof.origin) }
            if try tx.anythingWaits() { try judgeAgain(waitingFor: .change(dot)) }
            if let record = change.record { try concern(filingsOn: record) }
        case .federation(let act): try accept(act, dot)
        case .attachmentsAdded(let added):
            guard let record = change.record else { return }
            try tx.linkChange(dot, to: record)
            try tx.put(added, change: dot, record: record, ledger: ledger, at: node.environment.now())
        case .listOpened(let opened):
            try tx.put(opened, id: dot)
            try judgeAgain(waitingFor: .change(dot))
        case .listEntry(let entry):
            if ledger.audience == .published {
                try tally.publish(entry, id: change.record ?? dot, change: dot)
            } else {
                try tally.stage(entry, id: change.record ?? dot, change: dot)
            }
        case .listRemoval(let removal): try tally.remove(removal, change: dot, published: ledger.audience == .published)
        case .listEdition(let edition): try tally.checkpoint(edition, change: dot, capturedAt: change.capturedAt)
        case .listDigests(let digests): try tally.add(digests, change: dot)
        case .catalogue, .units, .profile, .calendar:
            guard let object = IssuedObject(change.kind) else { preconditionFailure("these kinds issue an object") }
            let digest = node.editionDigest(body)
            let row = EditionRow(digest: digest, kind: object.kind, code: object.code, number: object.number, change: dot, capturedAt: change.capturedAt)
            try tx.putEdition(row, body: body)
            try judgeAgain(waitingFor: .edition(digest))
        case .itemProposal(let proposal):
            try tx.put(proposal, id: dot)
            try judgeAgain(waitingFor: .change(dot))
        case .proposalReply(let reply): try tx.put(reply)
        case .erasure(let order): try purge(order, change, dot)
        case .optOut(let wish): try accept(wish, change, dot)
        case .unknown: break
        }
    }

    private func accept(_ state: RecordState, _ change: Change, _ dot: Dot) throws {
        let id = change.record ?? dot
        if change.record == nil {
            // The common case: a new record, whose view is its one state.
            try put(id: id, state: state, standing: dot, edition: change.editions.first, home: state.home ?? dot.replica.path)
            return
        }
        try tx.linkChange(dot, to: id)
        try project(id)
    }

    /// A record's row holds its validity, subject and natural key; of all acts only a correction of these alters it.
    private func accept(_ act: RecordAct, by dot: Dot, on record: Dot) throws {
        try tx.linkChange(dot, to: record)
        switch act {
        case .correction: try project(record)
        // A link is found from both its ends.
        case .identity(let link): try tx.linkChange(dot, to: link.other)
        case .upheld, .objection, .reply, .reviewRequest, .forwarding, .repair, .publication, .litigation, .fulfilment: break
        }
    }

    /// The row of a record with more than one change, from all of them.
    private func project(_ id: Dot) throws {
        guard let view = resolve(record: id, changes: try node.acceptedChanges(of: id, tx, bodies)) else { return }
        let standing = RecordState(item: view.item, home: view.home, validity: view.validity, subject: view.subject, fields: view.fields)
        try put(id: id, state: standing, standing: view.state, edition: view.edition, home: view.home)
    }

    /// Relief that cannot be judged yet suspends the natural key it names; once judged, its effect takes over.
    private func suspend(_ change: Change, _ dot: Dot, _ judgement: Judgement) throws {
        guard let digest = change.kind.relievedKey else { return }
        let key = Array(digest.bytes.prefix(NaturalKey.indexedBytes))
        switch judgement {
        case .waiting: try tx.suspend(naturalKey: key, by: dot)
        case .accepted, .quarantined: try tx.endSuspension(naturalKey: key, by: dot)
        }
    }

    private func put(id: Dot, state: RecordState, standing: Dot, edition: Digest?, home: NodePath) throws {
        let item = edition.flatMap { node.catalogue($0, tx) }?.item(state.item)?.item
        let key = node.naturalKeyBytes(state, item: item, id: id), subject = state.subject.lookupText
        try erasing.met(standing, naturalKey: key, subject: subject)
        try tx.put(RecordRow(id: id, item: state.item, home: home, validity: state.validity, subject: subject, naturalKey: key, state: standing))
        try stands(id, key, state.validity)
    }

    /// Judges again, in this transaction, what waited for something that has just come.
    func judgeAgain(waitingFor missing: Missing) throws {
        for dot in try tx.waiting(for: missing) {
            guard let held = try node.change(dot, tx) else { continue }
            let judgement = Replication.judge(held.change, dot: dot, ledger: held.ledger, in: circumstances)
            try tx.note(judgement, of: dot)
            try suspend(held.change, dot, judgement)
            if judgement == .accepted { try accept(held.change, dot: dot, ledger: held.ledger, body: held.body) }
        }
    }
}

extension Node {
    /// The local index key of a record's natural key. A record without one (no document number) is keyed
    /// by its own id, so that it never matches another.
    func naturalKeyBytes(_ state: RecordState, item: CatalogueItem?, id: Dot?) -> [UInt8] {
        let bytes = item.flatMap { NaturalKey(state, item: $0)?.bytes } ?? Array("id \(id?.description ?? "")".utf8)
        return Array(digest(bytes).bytes.prefix(NaturalKey.indexedBytes))
    }

    /// One held change with its bytes.
    struct HeldBody {
        let change: Change
        let body: [UInt8]
        let ledger: LedgerID
        let set: StoredChangeSet
    }

    /// nil when the change or its body is not held or cannot be read.
    func change(_ dot: Dot, _ tx: ReadTransaction) throws -> HeldBody? {
        guard let set = try tx.changeSet(holding: dot) else { return nil }
        let bodies = try readBodies(set)
        guard let body = bodies[Int(dot.counter - set.firstCounter)], let change = try? Change(serialized: body) else { return nil }
        return HeldBody(change: change, body: body, ledger: set.ledger, set: set)
    }

    /// Accepted changes that name a record, the creating one first.
    func acceptedChanges(of record: Dot, _ tx: ReadTransaction, _ bodies: BodyShelf = BodyShelf()) throws -> [HeldChange] {
        var held: [HeldChange] = []
        for dot in [record] + (try tx.changes(of: record)) {
            guard try tx.pending(dot) == nil, let one = try bodies.cache.held(dot, self, tx) else { continue }
            held.append(HeldChange(dot: dot, change: one.change, audience: one.audience))
        }
        return held
    }
}

extension Node {
    /// What judging may ask of the replica.
    func circumstances(_ tx: ReadTransaction) -> Circumstances {
        var circumstances = Circumstances(
            edition: { self.edition($0, tx) },
            holds: { dot in (try? tx.list(dot)) != nil || (try? tx.proposal(dot)) != nil || (try? tx.filing(dot)) != nil },
            naturalKey: { dot in (try? tx.record(dot))?.naturalKey },
            matches: { key in (try? tx.records(naturalKey: key))?.contains { $0.validity >= .effective } ?? false },
            isTaken: { dot in (try? tx.answers(to: dot))?.contains { $0.state.isTaken } ?? false },
            proofFault: { self.fault(of: $0, tx) })
        circumstances.isPurged = { dot in (try? tx.isPurged(dot)) ?? false }
        return circumstances
    }
}
