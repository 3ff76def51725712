import Node
import Registry
import Replication

/// What a frame directs beyond an answer.
extension LinkSession {
    func carryOut(_ directive: Conversation.Directive) async throws {
        let peer = peer
        switch directive {
        case .compare(let theirs):
            let forks = try await Offload.run { [node] in try node.forks(in: theirs) }
            let later = state.withLock { state in
                state.conversation.handle(.compared(forks: forks)).filter { !Self.queue($0, &state) }
            }
            outgoing.wake()
            for directive in later { try await carryOut(directive) }
        case .store(let signed):
            try await Offload.run { [self] in
                let receipt = try node.store(signed, from: peer)
                now { $0.conversation.acknowledge(receipt.tips) }
                outgoing.wake()
                board.tell(.durable(receipt.tips, at: receipt.durableAt), except: state.withLock { $0.handle })
            }
        case .note(let verdicts): try await Offload.run { [node] in try node.note(verdicts) }
        case .noteRefusal(let ledger, let sequence, let rule, let detail):
            board.update(peer, isParent: role == .child) { $0.lastError = "\(rule) at \(ledger) \(sequence): \(detail)" }
        case .consider(let signed):
            do {
                if try await Offload.run({ [node] in try node.consider(signed, from: peer) }), let statement = try Statement.read(signed.content) {
                    board.tell(.of(signed, statement), except: state.withLock { $0.handle })
                }
            } catch let fault as ChangeSetFault {
                board.update(peer, isParent: role == .child) { $0.lastError = fault.description }
            }
        case .takeListKeys(let keys): try await take(keys)
        case .forked(let ledger):
            try await Offload.run { [node] in try node.noteFork(of: ledger, with: peer) }
            board.update(peer, isParent: role == .child) { $0.lastError = "fork of \(ledger)" }
        case .synchronised: try await synchronised()
        case .attachment(let frame): try await contents.receive(frame)
        case .send, .receipt, .prove, .end, .admit: break
        }
    }
}
