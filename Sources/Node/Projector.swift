import Registry
import Replication
import Storage

/// Applies accepted changes to the projection, inside the transaction that stores them. `rebuild` runs
/// exactly this over the stored change sets.
struct Projector {
    let node: Node
    let tx: WriteTransaction
    let circumstances: Circumstances
    let cuts: CutOverBox
    private let tally: ListTally
    private let bodies = BodyShelf()
    let shelf = ProjectorShelf()
    /// `rebuild` replays what came long ago: nobody is to be told anew.
    let isReplay: Bool
    let erasing: ErasureTally

    init(node: Node, tx: WriteTransaction, isReplay: Bool = false) {
        self.node = node
        self.tx = tx
        self.isReplay = isReplay
        tally = ListTally(tx: tx)
        let cuts = CutOverBox(node: node, tx: tx)
        self.cuts = cuts
        let erasing = ErasureTally(node: node, tx: tx)
        var circumstances = node.circumstances(tx, cuts, shelf)
        circumstances.isPurged = { dot in (try? erasing.isPurged(dot)) ?? false }
        (self.circumstances, self.erasing) = (circumstances, erasing)
    }

    /// - Parameters:
    ///   - bodies: not asked where all of the set is in `plain`.
    ///   - plain: records of the set that are accepted already, ascending by index.
    ///   - decoded: the changes where the caller has them already.
    /// - Returns: the changes that were not simply accepted.
    func apply(_ header: Header, bodies: SealedBodies, plain: [PlainRow] = [], decoded: [Change]? = nil) throws -> [(dot: Dot, judgement: Judgement)] {
        var exceptions: [(dot: Dot, judgement: Judgement)] = []
        tally.begin()
        // Rows accepted on their bytes know nothing of units that were succeeded: those are looked at one by one.
        let mayCut = !plain.isEmpty && cuts.cutOvers.mayCut(header.ledger.replica, through: header.firstCounter + UInt64(header.count) - 1)
        var next = 0, whole: SealedBodies?
        let heldBack = ledgerIsShared(header) ? try tx.heldBack(beyond: header.ledger.replica) : nil
        let isLost = ledgerIsShared(header) ? try node.isLost(header.dot(at: 0), tx) : false
        for index in 0..<header.count {
            let dot = header.dot(at: index)
            if next < plain.count, plain[next].index == index {
                let row = plain[next]
                next += 1
                if isLost || heldBack.map({ dot.counter > $0 }) ?? false {
                    let judgement = isLost ? Judgement.lostBranch(dot.replica) : .waiting(.ruling(dot.replica))
                    try tx.note(judgement, of: dot)
                    exceptions.append((dot, judgement))
                } else if mayCut || cuts.cutOvers.isWithdrawn(row.item) {
                    // What was accepted on its bytes may have let go of them.
                    if whole == nil { whole = bodies.places.isEmpty ? try tx.changeSet(holding: dot).map { try node.readBodies($0) } : bodies }
                    if let whole { try judge(whole, index, decoded, dot, header.ledger, &exceptions) }
                } else {
                    try accept(row, dot)
                }
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
                tx.quarantined.insert(dot)
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
            if case .quarantined = judgement { tx.quarantined.insert(dot) }
            if case .waiting = judgement {
                if case .federation(.filing(let filing)) = change.kind { try keep(filing, dot) }
                node.waiting.keep(change, dot, body)
            }
        }
        return judgement
    }

    /// A new record that was judged on its bytes: its view is its one state.
    private func accept(_ row: PlainRow, _ dot: Dot) throws {
        guard try !erasing.isPurged(dot) else { return try tx.note(.purged(dot), of: dot) }
        try erasing.met(dot, of: dot, naturalKey: row.naturalKey, subject: row.subject)
        try noteDuplicates(of: dot, row.naturalKey)
        try tx.put(
            RecordRow(
                id: dot, item: row.item, home: dot.replica.path, validity: row.validity, subject: row.subject, naturalKey: row.naturalKey, state: dot))
        if try tx.anythingWaits() {
            shelf.naturalKey = (dot, row.naturalKey)
            defer { shelf.naturalKey = nil }
            try judgeAgain(waitingFor: .change(dot))
        }
        try stands(dot, row.naturalKey, row.validity)
    }

    func accept(_ change: Change, dot: Dot, ledger: LedgerID, body: [UInt8]) throws {
        switch change.kind {
        case .recordState(let state):
            try accept(state, change, dot)
            if try tx.anythingWaits() { try judgeAgain(waitingFor: .change(change.record ?? dot)) }
        case .revocation:
            let before = try isWatched() ? tx.record(change.record ?? dot) : nil
            try tx.linkChange(dot, to: change.record ?? dot)
            try project(change.record ?? dot)
            try actedOn(change.record ?? dot, by: dot, change.kind, before)
        case .draftStep(let step):
            try tx.linkChange(dot, to: change.record ?? dot)
            try project(change.record ?? dot)
            if step.target != nil { try actedOn(change.record ?? dot, by: dot, change.kind, nil) }
        case .act(let act):
            let before = try act.lane == .relief && isWatched() ? tx.record(change.record ?? dot) : nil
            try accept(act, by: dot, on: change.record ?? dot)
            if let proof = change.proof, let record = change.record { try tx.put(FilingRoute(record: record, change: dot), of: proof.origin) }
            try actedOn(change.record ?? dot, by: dot, change.kind, before)
            if try tx.anythingWaits() { try judgeAgain(waitingFor: .change(dot)) }
            if let record = change.record { try concern(filingsOn: record) }
        case .federation(.kinship(let kinship)): try accept(kinship, dot, on: change.record ?? dot)
        case .federation(.noted):
            try tx.linkChange(dot, to: change.record ?? dot)
            try project(change.record ?? dot)
            try tx.noteActs(on: change.record ?? dot)
        case .federation(let act): try accept(act, dot)
        case .attachmentsAdded(let added):
            guard let record = change.record else { return }
            try tx.linkChange(dot, to: record)
            try tx.put(added, change: dot, record: record, ledger: ledger, at: node.environment.now())
        case .affair(let affair): try accept(affair, change, dot)
        case .listOpened(let opened):
            try tx.put(opened, id: dot)
            try judgeAgain(waitingFor: .change(dot))
        case .listEntry(let entry):
            if ledger.audience == .published {
                try tally.publish(entry, id: change.record ?? dot, change: dot)
            } else {
                try tally.stage(entry, id: change.record ?? dot, change: dot)
            }
        case .listRemoval(let removal):
            if ledger.audience == .published { try removed(removal, by: dot) }
            try tally.remove(removal, change: dot, published: ledger.audience == .published)
        case .listEdition(let edition): try tally.checkpoint(edition, change: dot, capturedAt: change.capturedAt)
        case .listDigests(let digests): try tally.add(digests, change: dot)
        case .catalogue, .units, .profile, .calendar:
            guard let object = IssuedObject(change.kind) else { preconditionFailure("these kinds issue an object") }
            let digest = node.editionDigest(body)
            let row = EditionRow(digest: digest, kind: object.kind, code: object.code, number: object.number, change: dot, capturedAt: change.capturedAt)
            try tx.putEdition(row, body: body)
            if object.kind == .units { try tx.reopenRecords() }
            switch object.kind {
            case .catalogue, .units: try applyCutOvers()
            case .profile, .calendar: break
            }
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
        case .correction(let correction): if try mayAlterRow(correction, of: record) { try project(record) }
        // A link is found from both its ends.
        case .identity(let link):
            try tx.linkChange(dot, to: link.other)
            try tx.noteLink(record, link.other)
        case .upheld, .objection, .reply, .reviewRequest, .forwarding, .repair, .publication, .litigation, .fulfilment: break
        }
    }

    /// Whether a correction sets or clears anything on which the record's row hangs: its subject, and the fields of its natural
    /// key as the edition says under which the state that stands was entered.
    private func mayAlterRow(_ correction: Correction, of record: Dot) throws -> Bool {
        guard correction.subject == nil, let row = try tx.record(record), let entry = try bodies.cache.change(row.state, node, tx),
            let item = entry.editions.first.flatMap({ node.catalogue($0, tx) })?.item(row.item)?.item
        else { return true }
        func isOfKey(_ number: UInt32) -> Bool {
            [item.roles.authorityCode, item.roles.documentNumber, item.roles.itemNumber].contains(number) || item.keyFields.contains(number)
        }
        return correction.fields.contains { isOfKey($0.number) } || correction.cleared.contains(where: isOfKey)
    }

    /// The row of a record with more than one change, from all of them.
    func project(_ id: Dot) throws {
        shelf.naturalKey = nil
        guard let view = resolve(record: id, changes: try node.acceptedChanges(of: id, tx, bodies)) else { return try tx.dropRecord(id) }
        let standing = RecordState(item: view.item, home: view.home, validity: view.validity, subject: view.subject, fields: view.fields)
        try put(id: id, state: standing, standing: view.state, edition: view.edition, home: view.home)
    }

    /// Relief that cannot be judged yet suspends the natural key it names; once judged, its effect takes over.
    func suspend(_ change: Change, _ dot: Dot, _ judgement: Judgement) throws {
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
        try erasing.met(standing, of: id, naturalKey: key, subject: subject)
        try noteDuplicates(of: id, key)
        try tx.put(RecordRow(id: id, item: state.item, home: home, validity: state.validity, subject: subject, naturalKey: key, state: standing))
        try stands(id, key, state.validity)
    }

    private func accept(_ affair: Affair, _ change: Change, _ dot: Dot) throws {
        switch affair {
        case .listProposal(let proposal):
            try tx.put(proposal, id: dot, unit: change.actor.unit, capturedAt: change.capturedAt)
            try judgeAgain(waitingFor: .change(dot))
        case .listReply(let reply): try tx.put(reply, change: dot)
        case .alias(let alias): try tx.put(alias, id: dot)
        case .measureOpened(let measure):
            try tx.put(measure, id: dot, unit: change.actor.unit)
            try judgeAgain(waitingFor: .change(dot))
        case .measureClosed(let closed): try tx.put(closed, change: dot)
        case .disclosure(let narrowed): try tx.put(narrowed, id: dot)
        }
    }

    /// Judges again, in this transaction, what waited for something that has just come.
    func judgeAgain(waitingFor missing: Missing) throws {
        for dot in try tx.waiting(for: missing) { try judgeAgain(dot) }
    }

    func judgeAgain(_ dot: Dot) throws {
        guard let (set, body) = try bodies.cache.body(dot, node, tx), let change = try? node.waiting.take(dot, body) ?? Change(serialized: body) else { return }
        let judgement = Replication.judge(change, dot: dot, ledger: set.ledger, in: circumstances)
        try tx.note(judgement, of: dot)
        try suspend(change, dot, judgement)
        if case .quarantined = judgement { tx.quarantined.insert(dot) }
        if judgement == .accepted { try accept(change, dot: dot, ledger: set.ledger, body: body) }
    }

    private func ledgerIsShared(_ header: Header) -> Bool { header.ledger.audience != .local }
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
    func circumstances(_ tx: ReadTransaction, _ cuts: CutOverBox? = nil, _ shelf: ProjectorShelf = ProjectorShelf()) -> Circumstances {
        let cuts = cuts ?? CutOverBox(node: self, tx: tx)
        var circumstances = Circumstances(
            edition: { self.edition($0, tx) },
            holds: { dot in
                (try? tx.list(dot)) != nil || (try? tx.proposal(dot)) != nil || (try? tx.filing(dot)) != nil || (try? tx.listProposal(dot)) != nil
                    || (try? tx.measure(dot)) != nil
            },
            naturalKey: { dot in
                if let known = shelf.naturalKey, known.record == dot { return known.key }
                return try? tx.naturalKey(of: dot)
            },
            matches: { key in (try? tx.records(naturalKey: key))?.contains { $0.validity >= .effective } ?? false },
            isTaken: { dot in (try? tx.answers(to: dot))?.contains { $0.state.isTaken } ?? false },
            proofFault: { self.fault(of: $0, tx) }, evidenceFault: { self.fault(of: $0, tx) },
            isReleased: { dot, rule in (try? tx.quarantineRulings(of: dot))?.contains { $0.outcome == .released && $0.rule == rule } ?? false },
            isHeldBack: { dot in (try? tx.heldBack(beyond: dot.replica)).map { dot.counter > $0 } ?? false },
            list: { dot in (try? tx.list(dot))?.opened }, cutOvers: { cuts.cutOvers })
        circumstances.isPurged = { dot in (try? tx.isPurged(dot)) ?? false }
        circumstances.isLost = { dot in (try? self.isLost(dot, tx)) ?? false }
        circumstances.knowsKey = { key in ((try? self.certifiedKey(key, tx)) ?? nil) != nil }
        return circumstances
    }
}
