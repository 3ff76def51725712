import Node
import NIOCore
import Registry
import Replication
import Sealing

/// Frames out: control frames, then receipts, then change sets as the conversation allows, then contents of attachments.
extension LinkSession {
    func writeFrames() async throws {
        for await _ in outgoing.wakes {
            while try await writeOnce() {}
            try throwIfEnded()
            try Task.checkCancellation()
        }
    }

    /// - Returns: false when there is nothing to send now.
    private func writeOnce() async throws -> Bool {
        let frames = state.withLock { state in
            defer { state.control = [] }
            return state.control
        }
        for frame in frames { try await write(try FrameReader.encode(frame)) }
        if !frames.isEmpty { drained.wake() }
        var wrote = !frames.isEmpty
        if try await writeReceipts() { wrote = true }
        if try await writeProofs() { wrote = true }
        try await contents.writeSmall(write)
        guard state.withLock({ $0.end }) == nil else { return wrote }
        let yields = contents.isDue && !state.withLock { $0.conversation.reliefWaits }
        guard !yields, let load = now({ $0.conversation.nextLoad() }) else { return try await contents.writePiece(write) || wrote }
        try await writeSets(load)
        return true
    }

    private func writeSets(_ load: (ledger: LedgerID, after: UInt64, bytes: Int)) async throws {
        // What was committed a moment ago is still at hand.
        let recent = node.recent(load.ledger, after: load.after, limitBytes: load.bytes)
        let sets = if let recent { recent } else { try await Offload.run { [node] in try node.load(load.ledger, after: load.after, limitBytes: load.bytes) } }
        var through = load.after, bytes = 0
        let version = state.withLock { $0.conversation.version }
        for set in sets {
            try await write(try FrameReader.encode(.changeSet(set.readable(inProtocol: version))))
            through += 1
            bytes += set.byteCount
        }
        Measures.sent(bytes: bytes)
        logger.debug("sent", metadata: ["ledger": "\(load.ledger)", "after": "\(load.after)", "through": "\(through)", "bytes": "\(bytes)"])
        _ = now { $0.conversation.handle(.sent(load.ledger, through: through, bytes: bytes)) }
        contents.yielded(to: bytes)
    }

    private func writeReceipts() async throws -> Bool {
        let (tips, durable) = state.withLock { state in
            defer {
                state.receipts = [:]
                state.durable = [:]
            }
            return (state.receipts.values.sorted { $0.ledger < $1.ledger }, state.durable)
        }
        guard !tips.isEmpty || !durable.isEmpty else { return false }
        let peer = peer
        for group in [(node.path, tips)] + durable.sorted(by: { $0.key < $1.key }).map({ ($0.key, $0.value.values.sorted { $0.ledger < $1.ledger }) }) {
            var start = 0
            while start < group.1.count {
                let part = Array(group.1[start..<min(start + Frame.maximumTips, group.1.count)])
                let signed = try await Offload.run { [node] in try node.receipt(for: peer, tips: part, durableAt: group.0) }
                try await write(try FrameReader.encode(.receipt(signed)))
                start += part.count
            }
        }
        return true
    }

    /// The entries we hold where the peer says it wrote others.
    private func writeProofs() async throws -> Bool {
        let proofs = state.withLock { state in
            defer { state.proofs = [] }
            return state.proofs
        }
        for proof in proofs {
            let sets = try await Offload.run { [node] in try node.load(proof.ledger, after: proof.sequence - 1, limitBytes: 1) }
            let version = state.withLock { $0.conversation.version }
            for set in sets { try await write(try FrameReader.encode(.changeSet(set.readable(inProtocol: version)))) }
        }
        return !proofs.isEmpty
    }

    /// Tells the peer why, for two seconds at most. What the peer said itself is not said back.
    func sayFarewell(_ reason: any Error) async {
        guard let frame = OwnEnd.farewell(for: reason), let buffer = try? FrameReader.encode(frame) else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await self.write(buffer) }
            group.addTask { try? await Task.sleep(for: .seconds(2)) }
            await group.next()
            group.cancelAll()
        }
    }
}
