import Node
import Registry
import Replication
import Sealing

/// Carries one conversation between a child and its parent in memory, each frame through its bytes, until both are quiet.
struct TownLine {
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
            conversation = Conversation(role: role, me: node.replica, peer: peer, software: "minutes")
        }
    }

    let child: Node
    let parent: Node

    /// - Throws: ``ChangeSetFault`` when an end refuses what the other sent: between honest nodes there is nothing to refuse.
    func run() throws -> Conversation.EndReason? {
        let down = End(child, role: .child, peer: parent.path), up = End(parent, role: .parent, peer: child.path)
        var ended: Conversation.EndReason?
        for end in [down, up] {
            let opening = try end.node.tips(for: end.peer)
            try carry(end.conversation.handle(.opened(tips: opening.tips, digest: opening.digest, time: end.node.environment.now())), end, &ended)
        }
        var moved = true, frames = 0
        while moved {
            moved = false
            for (from, to) in [(down, up), (up, down)] {
                if from.outbox.isEmpty { try load(from) }
                guard !from.outbox.isEmpty else { continue }
                moved = true
                frames += 1
                precondition(frames < 100_000, "the conversation does not end")
                guard let read = try Frame.read(try from.outbox.removeFirst().serialized()) else { continue }
                try carry(to.conversation.handle(.received(read)), to, &ended)
            }
        }
        return ended
    }

    private func load(_ end: End) throws {
        guard let load = end.conversation.nextLoad() else { return }
        let sets = try end.node.load(load.ledger, after: load.after, limitBytes: load.bytes)
        end.outbox += try sets.map { .changeSet(try $0.readable(inProtocol: end.conversation.version)) }
        _ = end.conversation.handle(.sent(load.ledger, through: load.after + UInt64(sets.count), bytes: sets.reduce(0) { $0 + $1.byteCount }))
    }

    private func carry(_ directives: [Conversation.Directive], _ end: End, _ ended: inout Conversation.EndReason?) throws {
        for directive in directives {
            switch directive {
            case .send(let frame): end.outbox.append(frame)
            case .compare(let theirs): try carry(end.conversation.handle(.compared(forks: try end.node.forks(in: theirs))), end, &ended)
            case .admit(let sealed):
                let admission = try end.node.admit([sealed], from: end.peer)
                if let fault = admission.faults.first { throw fault.fault }
                try carry(end.conversation.handle(.admitted(admission.tips, verdicts: admission.verdicts)), end, &ended)
            case .store(let signed): end.conversation.acknowledge(try end.node.store(signed, from: end.peer).tips)
            case .note(let verdicts): try end.node.note(verdicts)
            case .consider(let signed): _ = try end.node.consider(signed, from: end.peer)
            case .receipt(let tips): end.outbox.append(.receipt(try end.node.receipt(for: end.peer, tips: tips)))
            case .prove(let ledger, let sequence): end.outbox += try end.node.load(ledger, after: sequence - 1, limitBytes: 1).map { .changeSet($0) }
            case .synchronised: end.outbox += try end.node.openingFrames(for: end.peer)
            case .takeListKeys(let keys): _ = try end.node.take(keys, from: end.peer)
            case .end(let reason): ended = reason
            // Minutes know no attachments.
            case .attachment, .forked, .noteRefusal: break
            }
        }
    }
}
