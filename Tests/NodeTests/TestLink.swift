import Node
import Registry
import Replication
import Sealing

/// Carries one conversation between two nodes in memory, one frame at a time, each frame through its
/// bytes: what LinkSession does over a stream, without threads.
struct TestLink {
    struct Result {
        var ended: Conversation.EndReason?
        var restored: [LedgerID] = []
        var forked: [LedgerID] = []
        var faults: [ChangeSetFault] = []
        var frames = 0
        /// Lanes of change sets in the order they were sent up.
        var lanesUp: [Lane] = []
        /// Bytes of attachments' contents, sent up and down.
        var contentUp = 0, contentDown = 0
        /// Why contents did not come, as either end noted it.
        var troubles: [AttachmentExchange.Trouble] = []
    }

    private final class End {
        let node: Node
        let peer: NodePath
        var conversation: Conversation
        var outbox: [Frame] = []
        var refused: Set<LedgerID> = []
        var exchange = AttachmentExchange()

        init(_ node: Node, role: Conversation.Role, peer: NodePath) {
            self.node = node
            self.peer = peer
            conversation = Conversation(role: role, me: node.replica, peer: peer, software: "test")
        }
    }

    let child: Node
    let parent: Node
    /// Changes or drops a frame on its way; `true` = from child to parent.
    let tamper: ((Frame, Bool) -> Frame?)?
    /// Cuts the line once this many bytes of contents were sent.
    var cutAfterContent: Int?

    func run() throws -> Result {
        let down = End(child, role: .child, peer: parent.path), up = End(parent, role: .parent, peer: child.path)
        var result = Result()
        for end in [down, up] {
            let opening = try end.node.tips(for: end.peer)
            try carry(end.conversation.handle(.opened(tips: opening.tips, digest: opening.digest, time: end.node.environment.now())), end, &result)
        }
        var moved = true
        while moved {
            moved = false
            for (from, to) in [(down, up), (up, down)] {
                if from.outbox.isEmpty { try load(from, &result) }
                if from.outbox.isEmpty { try serve(from, &result) }
                if let cutAfterContent, result.contentUp + result.contentDown >= cutAfterContent { return result }
                guard !from.outbox.isEmpty else { continue }
                moved = true
                let frame = from.outbox.removeFirst()
                result.frames += 1
                guard let sent = tamper.map({ $0(frame, from === down) }) ?? frame else { continue }
                guard let read = try Frame.read(try sent.serialized()) else { continue }
                try carry(to.conversation.handle(.received(read)), to, &result)
            }
            if result.frames > 1_000_000 { preconditionFailure("the conversation does not end") }
        }
        return result
    }

    private func serve(_ end: End, _ result: inout Result) throws {
        guard let ask = end.exchange.nextAsk() else { return }
        let frame = try end.node.answer(ask, of: end.peer)
        if case .piece(let piece) = frame {
            if end.node === child { result.contentUp += piece.content.count } else { result.contentDown += piece.content.count }
        }
        _ = end.exchange.handle(.answered(frame), now: 0)
        end.outbox.append(.attachment(frame))
    }

    private func carry(_ directives: [AttachmentExchange.Directive], _ end: End, _ result: inout Result) throws {
        for directive in directives {
            switch directive {
            case .send(let frame): end.outbox.append(.attachment(frame))
            case .look(let after):
                let found = try end.node.wants(of: end.peer, after: after, limit: AttachmentExchange.pageSize)
                try carry(end.exchange.handle(.wants(found.wants, last: found.last), now: 0), end, &result)
            case .store(let piece):
                let fate = try end.node.keep(piece, from: end.peer)
                try carry(end.exchange.handle(.stored(piece.digest, fate), now: 0), end, &result)
            case .note(let digest, let trouble):
                result.troubles.append(trouble)
                try end.node.note(trouble, of: digest, from: end.peer)
            }
        }
    }

    private func load(_ end: End, _ result: inout Result) throws {
        guard let load = end.conversation.nextLoad() else { return }
        let sets = try end.node.load(load.ledger, after: load.after, limitBytes: load.bytes)
        end.outbox += try sets.map { .changeSet(try $0.readable(inProtocol: end.conversation.version)) }
        if end.node === child { result.lanesUp += sets.map { _ in load.ledger.lane } }
        _ = end.conversation.handle(.sent(load.ledger, through: load.after + UInt64(sets.count), bytes: sets.reduce(0) { $0 + $1.byteCount }))
    }

    private func carry(_ directives: [Conversation.Directive], _ end: End, _ result: inout Result) throws {
        for directive in directives {
            switch directive {
            case .send(let frame): end.outbox.append(frame)
            case .compare(let theirs): try carry(end.conversation.handle(.compared(forks: try end.node.forks(in: theirs))), end, &result)
            case .admit(let sealed):
                let admission = try end.node.admit([sealed], from: end.peer)
                for fault in admission.faults {
                    result.faults.append(fault.fault)
                    if let ledger = fault.ledger, end.refused.insert(ledger).inserted {
                        try carry(end.conversation.handle(.refused(ledger, sequence: fault.sequence, fault: fault.fault)), end, &result)
                    }
                }
                try carry(end.conversation.handle(.admitted(admission.tips, verdicts: admission.verdicts)), end, &result)
                if let ledger = admission.ownPast, !result.restored.contains(ledger) { result.restored.append(ledger) }
                if admission.wantsContents { try carry(end.exchange.handle(.news, now: 0), end, &result) }
            case .store(let signed):
                let receipt = try end.node.store(signed, from: end.peer)
                end.conversation.acknowledge(receipt.tips)
            case .note(let verdicts): try end.node.note(verdicts)
            case .consider(let signed):
                do { _ = try end.node.consider(signed, from: end.peer) } catch let fault as ChangeSetFault { result.faults.append(fault) }
            case .receipt(let tips): end.outbox.append(.receipt(try end.node.receipt(for: end.peer, tips: tips)))
            case .prove(let ledger, let sequence): end.outbox += try end.node.load(ledger, after: sequence - 1, limitBytes: 1).map { .changeSet($0) }
            case .forked(let ledger):
                result.forked.append(ledger)
                try end.node.noteFork(of: ledger, with: end.peer)
            case .attachment(let frame): try carry(end.exchange.handle(.received(frame), now: 0), end, &result)
            case .synchronised:
                try carry(end.exchange.handle(.opened, now: 0), end, &result)
                end.outbox += try end.node.openingFrames(for: end.peer)
                if end.node === parent {
                    for group in try end.node.durableAbove(for: end.peer) {
                        end.outbox.append(.receipt(try end.node.receipt(for: end.peer, tips: group.tips, durableAt: group.durableAt)))
                    }
                }
            case .takeListKeys(let keys):
                do { _ = try end.node.take(keys, from: end.peer) } catch let fault as ChangeSetFault { result.faults.append(fault) }
            case .noteRefusal: break
            case .end(let reason): result.ended = reason
            }
        }
    }
}
