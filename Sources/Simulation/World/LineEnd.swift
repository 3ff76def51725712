import Node
import Registry
import Replication
import Sealing

/// One end of a line: a conversation, and the node it carries out what the conversation says. The same steps as the session
/// of a running node, in the same order.
final class LineEnd: @unchecked Sendable {  // of one thread: the node's observers are told by whoever works there
    let node: Node
    private let peer: NodePath
    private let role: Conversation.Role
    private unowned let line: Line
    private var conversation: Conversation
    private var exchange = AttachmentExchange()
    private var refused: Set<LedgerID> = []
    private var observation: UInt64 = 0
    /// Frames on their way to the other end.
    var queue: [Frame] = []

    init(_ node: Node, role: Conversation.Role, peer: NodePath, line: Line) {
        (self.node, self.role, self.peer, self.line) = (node, role, peer, line)
        conversation = Conversation(role: role, me: node.replica, peer: peer, software: "simulation")
    }

    func open() throws {
        observation = node.observe(for: peer) { [weak self] tips in _ = self?.conversation.handle(.advanced(tips)) }
        let opening = try node.tips(for: peer)
        try carry(conversation.handle(.opened(tips: opening.tips, digest: opening.digest, time: node.environment.now())))
    }

    func close() { node.stopObserving(observation) }

    func receive(_ frame: Frame) throws { try carry(conversation.handle(.received(frame))) }

    /// Loads what the conversation wants to send next, if anything.
    func fill() throws {
        if let load = conversation.nextLoad() {
            let recent = node.recent(load.ledger, after: load.after, limitBytes: load.bytes)
            let sets = if let recent { recent } else { try node.load(load.ledger, after: load.after, limitBytes: load.bytes) }
            queue += sets.map { .changeSet($0) }
            _ = conversation.handle(.sent(load.ledger, through: load.after + UInt64(sets.count), bytes: sets.reduce(0) { $0 + $1.byteCount }))
        } else if let ask = exchange.nextAsk() {
            let frame = try node.answer(ask, of: peer)
            _ = exchange.handle(.answered(frame), now: 0)
            queue.append(.attachment(frame))
        }
    }

    func hear(_ news: LineNews) throws {
        switch news {
        case .durable(let tips, let place):
            guard role == .parent, conversation.isOpen else { return }
            let told = tips.filter { peer.isAncestorOrSelf(of: $0.ledger.replica.path) && $0.ledger.crosses(from: node.path, to: peer) }
            if !told.isEmpty { queue.append(.receipt(try node.receipt(for: peer, tips: told, durableAt: place))) }
        case .statement(let signed, let statement):
            guard conversation.isOpen, statement.audience.includes(peer, author: statement.issuer.path) else { return }
            queue.append(.statement(signed))
        case .newIncarnation: break
        }
    }

    // MARK: - Directives

    private func carry(_ directives: [Conversation.Directive]) throws {
        for directive in directives {
            switch directive {
            case .send(let frame): queue.append(frame)
            case .receipt(let tips): queue.append(.receipt(try node.receipt(for: peer, tips: tips)))
            case .compare(let theirs): try carry(conversation.handle(.compared(forks: try node.forks(in: theirs))))
            case .admit(let sealed): try admit(sealed)
            case .store(let signed):
                let receipt = try node.store(signed, from: peer)
                conversation.acknowledge(receipt.tips)
                try line.tell(.durable(receipt.tips, at: receipt.durableAt), by: self)
            case .note(let verdicts): try node.note(verdicts)
            case .consider(let signed): try consider(signed)
            case .prove(let ledger, let sequence):
                queue += try node.load(ledger, after: sequence - 1, limitBytes: 1).map { .changeSet($0) }
            case .forked(let ledger): try node.noteFork(of: ledger, with: peer)
            case .attachment(let frame): try carry(exchange.handle(.received(frame), now: 0))
            case .synchronised: try synchronised()
            case .takeListKeys(let keys): _ = try node.take(keys, from: peer)
            case .noteRefusal: break
            case .end(let reason): throw LineEnded(why: reason.description)
            }
        }
    }

    private func admit(_ sealed: SealedChangeSet) throws {
        let admission = try node.admit([sealed], from: peer)
        for fault in admission.faults { try refuse(fault.ledger, fault.sequence, fault.fault) }
        try carry(conversation.handle(.admitted(admission.tips, verdicts: admission.verdicts)))
        // Now that this conversation knows that the peer holds it, others may send it.
        node.announce(admission.grown)
        if admission.wantsContents { try carry(exchange.handle(.news, now: 0)) }
        if let ledger = admission.ownPast, ledger.replica == node.replica {
            _ = try node.beginIncarnation()
            try line.tell(.newIncarnation, by: self)
            throw LineEnded(why: "new-incarnation")
        }
    }

    private func refuse(_ ledger: LedgerID?, _ sequence: UInt64, _ fault: ChangeSetFault) throws {
        line.note(fault)
        guard let ledger else { throw LineEnded(why: fault.description) }
        // What was under way behind a refused entry.
        if refused.contains(ledger) { return }
        // Something was lost between the two ends: greeting anew finds the true frontier.
        guard fault.rule != .outOfOrder else { throw LineEnded(why: fault.description) }
        if refused.insert(ledger).inserted { try carry(conversation.handle(.refused(ledger, sequence: sequence, fault: fault))) }
    }

    private func consider(_ signed: SignedStatement) throws {
        do {
            if try node.consider(signed, from: peer), let statement = try Statement.read(signed.content) { try line.tell(.statement(signed, statement), by: self) }
        } catch let fault as ChangeSetFault { line.note(fault) }
    }

    private func synchronised() throws {
        try node.heard(from: peer, conversation.offered)
        try carry(exchange.handle(.opened, now: 0))
        queue += try node.openingFrames(for: peer)
        guard role == .parent else { return }
        let held = try node.tips(for: peer).tips.filter { peer.isAncestorOrSelf(of: $0.ledger.replica.path) }
        if !held.isEmpty { queue.append(.receipt(try node.receipt(for: peer, tips: held))) }
        for group in try node.durableAbove(for: peer) { queue.append(.receipt(try node.receipt(for: peer, tips: group.tips, durableAt: group.durableAt))) }
    }

    private func carry(_ directives: [AttachmentExchange.Directive]) throws {
        for directive in directives {
            switch directive {
            case .send(let frame): queue.append(.attachment(frame))
            case .look(let after):
                let found = try node.wants(of: peer, after: after, limit: AttachmentExchange.pageSize)
                try carry(exchange.handle(.wants(found.wants, last: found.last), now: 0))
            case .store(let piece): try carry(exchange.handle(.stored(piece.digest, try node.keep(piece, from: peer)), now: 0))
            case .note(let digest, let trouble): try node.note(trouble, of: digest, from: peer)
            }
        }
    }
}
