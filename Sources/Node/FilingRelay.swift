import Registry
import Replication
import Sealing
import Storage

/// What a node does of its own motion about filings that pass it, in the transaction that gave rise to it: as the lowest
/// common ancestor of window and home it re-issues them to the record; and it tells the window what became of them.
extension Node {
    /// Everything that a node owes others after what a transaction brought, in that transaction.
    /// - Returns: tips of ledgers of this node that grew.
    func duties(_ tx: WriteTransaction, forks: [ForkFound] = []) throws -> [LedgerTip] {
        let kin = try tx.kinDue.isEmpty || firstWord.keeps(tx.kinDue) ? [] : tellKin(tx)
        let filings = try kin + passFilingsOn(tx)
        let held = try forks.isEmpty && tx.forkReportsDue.isEmpty ? [] : holdBack(forks, tx)
        let erased = try tx.filingsPurged.isEmpty ? [] : eraseFilings(tx)
        return try filings + held + erased + (tx.quarantined.isEmpty ? [] : tellOfQuarantine(tx))
    }

    /// - Returns: tips of ledgers of this node that grew.
    func passFilingsOn(_ tx: WriteTransaction) throws -> [LedgerTip] {
        var tips: [LedgerTip] = []
        // What is written here is due again, once: then there is nothing left to write.
        while !tx.filingsDue.isEmpty {
            let due = tx.filingsDue.sorted()
            tx.filingsDue = []
            for id in due {
                guard let row = try tx.filing(id) else { continue }
                do {
                    try tx.wholly { tips += try passOn(row, tx) }
                } catch let refusal as NodeRefusal {
                    // Whoever sent what gave rise to it is not at fault, and goes on.
                    let fault = ChangeSetFault(.malformed, "filing \(id.short)", "could not be passed on: \(refusal)")
                    try tx.noteRefusal(fault, from: path.description, at: environment.now())
                }
            }
        }
        return tips
    }

    private func passOn(_ row: FilingRow, _ tx: WriteTransaction) throws -> [LedgerTip] {
        guard let held = try change(row.id, tx), case .federation(.filing(let filing)) = held.change.kind, case .lineage(_, let upTo) = held.ledger.audience
        else { return [] }
        // What a person put on a record stays there: the natural key it named was wrong.
        if try tx.routes(of: row.id).contains(where: { try isByHand($0, tx) }) { return try answer(row.id, upTo, .taken, tx) }
        let window = row.id.replica.path
        var tips: [LedgerTip] = []
        let meant = try records(meantBy: filing, from: window, tx)
        switch meant {
        case .none: return path.depth == upTo ? try answer(row.id, upTo, .unmatched, tx) : []
        case .several(let homes): return homes.contains { $0.commonAncestor(with: window) == path } ? try answer(row.id, upTo, .ambiguous, tx) : []
        case .decision(let records):
            let routed = Set(try tx.routes(of: row.id).map(\.record.replica.path))
            for record in records where record.home.commonAncestor(with: window) == path && !routed.contains(record.home) {
                if let tip = try reissue(held, row.id, filing, to: record.id, assignedBy: nil, tx) { tips.append(tip) }
            }
        }
        return tips + (try answer(row.id, upTo, .taken, tx))
    }

    private enum Meant {
        case none
        /// Records that a person declared to be different decisions, by their homes.
        case several(homes: [NodePath])
        /// Of one decision one record a home, ascending.
        case decision([RecordRow])
    }

    private func records(meantBy filing: Filing, from window: NodePath, _ tx: ReadTransaction) throws -> Meant {
        let rows = try tx.records(naturalKey: filing.indexedKey).filter { $0.validity >= .effective && (filing.home ?? $0.home) == $0.home }
        if rows.isEmpty { return .none }
        if rows.count > 1 {
            let ids = Set(rows.map(\.id))
            let views = try views(naturalKey: filing.indexedKey, tx).filter { view in ids.contains(view.id) || view.aliases.contains(where: ids.contains) }
            if views.count > 1 { return .several(homes: rows.map(\.home)) }
        }
        var homes: Set<NodePath> = []
        return .decision(rows.filter { homes.insert($0.home).inserted })
    }

    private func isByHand(_ route: FilingRoute, _ tx: ReadTransaction) throws -> Bool { try change(route.change, tx)?.change.proof?.assignedBy != nil }

    /// Writes the filing into the lineage of a record's home, in its own lane, under its first dot, with the proof of who wrote it.
    /// - Returns: nil when its body was erased, or the record's changes do not pass this node.
    func reissue(_ held: HeldBody, _ origin: Dot, _ filing: Filing, to record: Dot, assignedBy: Actor?, _ tx: WriteTransaction) throws -> LedgerTip? {
        guard let decision = try gather(record, tx), let place = try place(decision, record, basedOn: nil, required: false),
            let proof = try proof(of: origin, in: held.set, filing, assignedBy: assignedBy, tx)
        else { return nil }
        let original = held.change
        let change = Change(
            origin: origin, record: record, previous: place.previous, context: original.context, actor: original.actor, capturedAt: original.capturedAt,
            editions: original.editions, kind: .act(filing.act), proof: proof)
        return try append([change], to: place.audience, lane: filing.act.lane, tx).tip
    }

    /// Who wrote a change first, from the set that it stands in.
    /// - Returns: nil when its body was erased.
    func proof(of origin: Dot, in set: StoredChangeSet, _ filing: Filing?, assignedBy: Actor?, _ tx: ReadTransaction) throws -> OriginProof? {
        guard let index = Int(exactly: origin.counter - set.firstCounter), let body = try ChangeSetSealer.bodyProof(of: set.sealed, at: index) else { return nil }
        let header = try Header(serialized: set.sealed.header)
        guard let key = try tx.ledgerKey(header.key) else { return nil }
        return OriginProof(
            header: header, headerBytes: set.sealed.header, signature: set.sealed.signature, digests: body.digests, index: index, salt: body.salt, body: body.body,
            chain: key.chain, continuity: key.continuity, filing: filing, assignedBy: assignedBy, reissuedAt: environment.now())
    }

    /// Tells the window, when there is something new to tell.
    private func answer(_ filing: Dot, _ upTo: Int, _ state: FilingState, _ tx: WriteTransaction) throws -> [LedgerTip] {
        var answer = FilingAnswer(filing: filing, number: 1, state: state, home: nil, reply: nil)
        if state.isTaken {
            // Whoever put it on the record answers for it, and nobody else.
            guard let route = try tx.routes(of: filing).first(where: { $0.change.replica.path == path }), let decision = try gather(route.record, tx) else { return [] }
            try report(on: decision, route.record, into: &answer, tx)
        }
        if let last = try tx.answers(to: filing).first(where: { $0.author == path }) {
            guard case .federation(.answer(var said))? = try change(last.change, tx)?.change.kind else { return [] }
            said.number = 1
            if said == answer { return [] }
            // A record that was gone again (its key was corrected) leaves what was said standing.
            if said.state.isTaken, !state.isTaken { return [] }
            answer.number = last.number + 1
        }
        let change = Change(actor: .ofNode, capturedAt: environment.now(), kind: .federation(.answer(answer)))
        return [try append([change], to: .lineage(of: filing.replica.path, upTo: upTo), lane: change.kind.lane, tx).tip]
    }

    /// State and reply of the case that a filing opened or belongs to.
    private func report(on decision: GatheredDecision, _ record: Dot, into answer: inout FilingAnswer, _ tx: ReadTransaction) throws {
        guard let view = try view(decision, containing: record, asOf: nil, tx),
            let filed = decision.changes.first(where: { $0.origin == answer.filing }), case .act(let act) = filed.change.kind
        else { return }
        answer.home = view.home
        switch act {
        case .objection: report(view.cases.first { $0.receipts.contains { $0.change == answer.filing } }, decision, into: &answer)
        case .reviewRequest(let request): report(view.cases.first { $0.receipts.contains { $0.change == request.objection } }, decision, into: &answer)
        case .repair: report(view.repair, decision, into: &answer)
        case .litigation, .correction, .upheld, .reply, .forwarding, .publication, .identity, .fulfilment: break
        }
        if view.validity == .revoked, answer.state == .taken { answer.state = .moot }
    }

    private func report(_ one: CaseView?, _ decision: GatheredDecision, into answer: inout FilingAnswer) {
        guard let one else { return }
        answer.state =
            switch one.status {
            case .open: .taken
            case .underReview: .underReview
            case .upheld: .upheld
            case .rejected: .rejected
            case .unverifiable: .unverifiable
            case .moot: .moot
            }
        guard let counting = one.replies.last(where: { $0.weight == .counts }), let held = decision.changes.first(where: { $0.origin == counting.change }),
            case .act(.reply(let reply)) = held.change.kind
        else { return }
        answer.reply = FilingAnswer.Reply(change: held.origin, unit: held.change.actor.unit, basis: reply.basis, repliedOn: reply.repliedOn)
    }

    private func report(_ state: RepairState, _ decision: GatheredDecision, into answer: inout FilingAnswer) {
        let steps: [RepairStep]
        switch state {
        case .none, .applied: return
        case .repaired, .provisional, .unnecessary: (answer.state, steps) = (.approved, [.approved, .provisional])
        case .refused: (answer.state, steps) = (.refused, [.refused])
        case .withdrawn: (answer.state, steps) = (.refused, [.withdrawn])
        }
        let decided = decision.changes.last { held in
            if case .act(.repair(let act)) = held.change.kind { steps.contains(act.step) } else { false }
        }
        guard let decided, case .act(.repair(let act)) = decided.change.kind else { return }
        answer.reply = FilingAnswer.Reply(change: decided.origin, unit: decided.change.actor.unit, basis: act.basis, repliedOn: act.on)
    }

    /// Why a proof of origin does not hold; nil when it does. The author's key need not be known here: its certificates come with the proof.
    func fault(of proof: OriginProof, _ tx: ReadTransaction) -> String? {
        let author = proof.header.ledger.replica.path
        do {
            if let held = try certifiedKey(proof.header.key, tx) {
                guard held.path == author else { return "its key is certified for \(held.path), not for \(author)" }
                return ChangeSetSealer.fault(of: proof, key: held.key)
            }
            let row = try certify(proof.chain, key: proof.header.key, author: author, continuity: proof.continuity, "proof of \(proof.origin.short)", tx)
            return ChangeSetSealer.fault(of: proof, key: try LedgerPublicKey(subjectPublicKeyInfo: row.publicKey))
        } catch {
            return "\(error)"
        }
    }
}

extension Actor {
    /// Of what a node says of its own motion.
    static var ofNode: Actor { Actor(unit: "", operator: "") }
}

extension Node {
    /// How this node would judge a change from what it holds now; notes nothing.
    package func judgement(of change: Change, dot: Dot, ledger: LedgerID) -> Judgement {
        (try? store.read { tx in Replication.judge(change, dot: dot, ledger: ledger, in: circumstances(tx)) })
            ?? .quarantined(rule: "unreadable", detail: "the replica cannot be read")
    }
}
