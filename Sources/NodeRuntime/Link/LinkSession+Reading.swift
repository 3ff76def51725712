import Node
import Registry
import Replication

/// Frames in: change sets go into the pipe, everything else is acted on at once.
extension LinkSession {
    func readFrames(into pipe: AdmissionPipe<PreparedSets>) async throws {
        var reader = FrameReader()
        do {
            for try await buffer in inbound {
                reader.append(buffer)
                listens(false)
                try await take(&reader, into: pipe)
                try await waitForRoom()
                contact()
                listens(true)
            }
        } catch {
            // What came whole before the line broke counts, unless the talk itself is over.
            if !Task.isCancelled { try? await pipe.drain() }
            throw error
        }
        try await pipe.drain()
    }

    private func take(_ reader: inout FrameReader, into pipe: AdmissionPipe<PreparedSets>) async throws {
        var sets: [SealedChangeSet] = []
        while let raw = try reader.next() {
            try throwIfEnded()
            guard let frame = try FrameReader.decode(raw) else { continue }
            if case .changeSet(let sealed) = frame, state.withLock({ $0.conversation.isOpen }) {
                _ = now { $0.conversation.handle(.received(frame)) }
                sets.append(sealed)
                continue
            }
            try await pipe.put(sets)
            sets = []
            if frame.followsChangeSets { try await pipe.drain() }
            try await act(on: frame)
        }
        try await pipe.put(sets)
    }

    /// Any byte is a sign of life: on a slow line one frame takes minutes. While this side works on what it
    /// has it does not listen, and the peer's silence shows nothing.
    private func listens(_ listening: Bool) {
        now { state in
            state.listening = listening
            _ = state.conversation.handle(.heard)
        }
    }

    private func contact() {
        let now = node.environment.now()
        board.update(peer, isParent: role == .child) { $0.lastContact = now }
    }

    /// While a slow peer leaves control frames unread, nothing more is read from it.
    private func waitForRoom() async throws {
        guard state.withLock({ $0.control.count >= Self.controlLimit }) else { return }
        for await _ in drained.wakes {
            try Task.checkCancellation()
            if state.withLock({ $0.control.count < Self.controlLimit / 2 }) { return }
        }
    }

    private func act(on frame: Frame) async throws {
        if case .held(let tips) = frame { noteHeld(tips) }
        let (later, wakes) = now { state in
            let directives = state.conversation.handle(.received(frame))
            let later = directives.filter { !Self.queue($0, &state) }
            return (later, later.count < directives.count || frame.freesTheWindow)
        }
        if wakes { outgoing.wake() }
        for directive in later { try await carryOut(directive) }
        try throwIfEnded()
    }

    /// Keeps what a child says it holds, of ledgers that really flow down to it.
    private func noteHeld(_ tips: [LedgerTip]) {
        let known = state.withLock { state in tips.filter { state.conversation.knows($0.ledger) } }
        guard !known.isEmpty else { return }
        board.update(peer, isParent: role == .child) { state in for tip in known { state.held[tip.ledger] = tip.tip.sequence } }
    }
}

extension Frame {
    /// Whether what this says may lean on change sets that were sent before it. The others speak of what this side
    /// sent, or of the line alone.
    fileprivate var followsChangeSets: Bool {
        switch self {
        case .statement, .listKeys, .farewell, .greeting, .tips, .changeSet: true
        case .receipt, .held, .verdicts, .refusal, .ping, .pong, .attachment: false
        }
    }

    fileprivate var freesTheWindow: Bool {
        switch self {
        case .held, .refusal, .greeting, .tips: true
        case .receipt, .verdicts, .ping, .pong, .attachment, .statement, .listKeys, .farewell, .changeSet: false
        }
    }
}
