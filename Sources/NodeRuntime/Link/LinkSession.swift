import Logging
import Node
import NIOCore
import Registry
import Replication
import Sealing
import Synchronization
import Transport

/// Carries one conversation out: frames on the stream, operations of the node. All decisions are the
/// conversation's; this reads, writes, awaits and reports.
final class LinkSession: Sendable {
    /// Bytes of change sets verified and stored in one transaction at most.
    private static let batchBytes = 8 * 1024 * 1024
    private static let batchSets = 16
    /// Control frames that may wait for a slow peer before the reader stops reading.
    static let controlLimit = 256

    struct State {
        var conversation: Conversation
        var control: [Frame] = []
        /// Receipts to sign and send, merged by ledger, so that a slow reader costs no memory.
        var receipts: [LedgerID: LedgerTip] = [:]
        var durable: [NodePath: [LedgerID: LedgerTip]] = [:]
        /// Ledgers of which nothing more is taken on this connection; what is still on its way is dropped.
        var refused: Set<LedgerID> = []
        var end: (any Error)?
        var handle: UInt64 = 0
        /// The reader waits for the peer's bytes; false while it works on what it has.
        var listening = true
    }

    let node: Node
    let board: LinkBoard
    let peer: NodePath
    let role: Conversation.Role
    /// Of the links of one child the newest counts; 0 on the link to the parent.
    private let generation: UInt64
    let logger: Logger
    private let inbound: BodyStream
    private let write: @Sendable (ByteBuffer) async throws -> Void
    let state: Mutex<State>
    let conditions: ConditionSender
    let outgoing = Signal()
    private let drained = Signal()
    let contents: AttachmentTraffic

    init(
        node: Node, board: LinkBoard, role: Conversation.Role, peer: NodePath, generation: UInt64 = 0, patience: Patience, logger: Logger,
        inbound: BodyStream, write: @escaping @Sendable (ByteBuffer) async throws -> Void
    ) {
        self.node = node
        self.board = board
        self.role = role
        self.peer = peer
        self.generation = generation
        var logger = logger
        logger[metadataKey: "peer"] = "\(peer)"
        self.logger = logger
        self.inbound = inbound
        self.write = write
        conditions = ConditionSender(node: node, role: role)
        state = Mutex(State(conversation: Conversation(role: role, me: node.replica, peer: peer, software: Software.version, pingEvery: patience.pingEvery, silenceLimit: patience.silenceLimit)))
        contents = AttachmentTraffic(node: node, board: board, peer: peer, logger: logger, outgoing: outgoing)
    }

    /// Talks until the stream ends, the peer says farewell or falls silent, or the task is cancelled.
    /// - Returns: why it ended.
    func run() async -> any Error {
        let grown = node.observe { [weak self] tips in self?.feed(.advanced(tips)) }
        let news = board.listen { [weak self] news in self?.hear(news) }
        state.withLock { $0.handle = news }
        defer {
            node.stopObserving(grown)
            board.stop(news)
        }
        do {
            let peer = peer
            // Asked again now that news is heard: a suspension in between would be missed.
            if role == .parent { try await Offload.run { [node] in try node.checkEnrolled(peer) } }
            let opening = try await Offload.run { [node] in try node.tips(for: peer) }
            feed(.tick(now: Self.monotonic))
            feed(.opened(tips: opening.tips, digest: opening.digest, time: node.environment.now()))
            return await withTaskGroup(of: (any Error).self) { group in
                group.addTask { await self.guarded { try await self.readFrames() } }
                group.addTask { await self.guarded { try await self.writeFrames() } }
                group.addTask { await self.guarded { try await self.keepTime() } }
                let reason = await group.next() ?? CancellationError()
                end(reason)
                // First nothing more is read or written; only then the last word, which a peer that does not
                // read cannot hold up.
                group.cancelAll()
                await group.waitForAll()
                let last = state.withLock { $0.end } ?? reason
                await sayFarewell(last)
                return last
            }
        } catch {
            return error
        }
    }

    private func guarded(_ body: () async throws -> Void) async -> any Error {
        do {
            try await body()
            return Conversation.EndReason.farewell(reason: "closed", detail: "the stream ended")
        } catch { return error }
    }

    private func end(_ reason: any Error) {
        state.withLock { if $0.end == nil { $0.end = reason } }
        outgoing.wake()
    }

    /// The state, with the conversation's clock set.
    private func now<T: Sendable>(_ body: (inout State) -> T) -> T {
        state.withLock { state in
            state.conversation.passes(to: Self.monotonic)
            return body(&state)
        }
    }

    private static var monotonic: UInt64 { NIODeadline.now().uptimeNanoseconds / 1_000_000 }

    // MARK: - The conversation

    /// Feeds one event and queues what it directs; anything that takes time is left to the tasks.
    private func feed(_ event: Conversation.Event) {
        let later = state.withLock { state in
            let directives = state.conversation.handle(event)
            return directives.filter { !Self.queue($0, &state) }
        }
        outgoing.wake()
        precondition(later.isEmpty, "only frames that were received direct work")
    }

    /// - Returns: true when the directive was only something to send or to end.
    private static func queue(_ directive: Conversation.Directive, _ state: inout State) -> Bool {
        switch directive {
        case .send(let frame): state.control.append(frame)
        case .receipt(let tips): for tip in tips { state.receipts[tip.ledger] = tip }
        case .end(let reason): if state.end == nil { state.end = reason }
        case .compare, .admit, .store, .note, .noteRefusal, .consider, .takeListKeys, .attachment, .restored, .forked, .synchronised: return false
        }
        return true
    }

    private func hear(_ news: LinkBoard.News) {
        switch news {
        case .durable(let tips, let place):
            guard role == .parent else { return }
            state.withLock { state in
                for tip in tips where peer.isAncestorOrSelf(of: tip.ledger.replica.path) && tip.ledger.crosses(from: node.path, to: peer) {
                    state.durable[place, default: [:]][tip.ledger] = tip
                }
            }
            outgoing.wake()
        case .statement(let signed, let audience, let issuer):
            guard audience.includes(peer, author: issuer) else { return }
            state.withLock { state in
                if state.conversation.isOpen, state.control.count < Self.controlLimit { state.control.append(.statement(signed)) }
            }
            outgoing.wake()
        case .condition(let issuer): conditions.add(issuer)
        case .newIncarnation: end(OwnEnd(reason: "new-incarnation", detail: "this node begins a new incarnation"))
        case .listKeys: offerListKeys()
        case .suspended(let child): if role == .parent, child == peer { end(OwnEnd(reason: "suspended", detail: "suspended by the parent")) }
        case .superseded(let child, let newer):
            if role == .parent, child == peer, newer > generation { end(OwnEnd(reason: "superseded", detail: "the child opened a newer link")) }
        case .contentsWanted, .contentHeld: break
        }
    }

    // MARK: - Reading

    private func readFrames() async throws {
        var reader = FrameReader()
        var batch: [SealedChangeSet] = []
        var bytes = 0
        for try await buffer in inbound {
            reader.append(buffer)
            listens(false)
            while let raw = try reader.next() {
                try throwIfEnded()
                guard let frame = try Frame.read(raw) else { continue }
                if case .changeSet(let sealed) = frame, state.withLock({ $0.conversation.isOpen }) {
                    _ = state.withLock { $0.conversation.handle(.received(frame)) }
                    batch.append(sealed)
                    bytes += sealed.byteCount
                    if bytes >= Self.batchBytes || batch.count >= Self.batchSets { try await admit(&batch, &bytes) }
                    continue
                }
                try await admit(&batch, &bytes)
                try await act(on: frame)
            }
            try await admit(&batch, &bytes)
            try await waitForRoom()
            contact()
            listens(true)
        }
    }

    /// Any byte is a sign of life: on a slow line one frame takes minutes. While this side works on what it
    /// has it does not listen, and the peer's silence shows nothing.
    private func listens(_ listening: Bool) {
        now { state in
            state.listening = listening
            _ = state.conversation.handle(.heard)
        }
    }

    private func throwIfEnded() throws { if let reason = state.withLock({ $0.end }) { throw reason } }

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

    private func admit(_ batch: inout [SealedChangeSet], _ bytes: inout Int) async throws {
        guard !batch.isEmpty else { return }
        try throwIfEnded()
        let sets = batch, peer = peer
        batch = []
        bytes = 0
        let admission = try await Offload.run { [node] in try node.admit(sets, from: peer) }
        logger.debug("admitted", metadata: ["sets": "\(sets.count)", "tips": "\(admission.tips.map { "\($0.ledger) \($0.tip.sequence)" })"])
        Measures.admitted(sets: sets.count - admission.faults.count, refused: admission.faults.map(\.fault.rule.rawValue))
        for fault in admission.faults {
            board.update(peer, isParent: role == .child) { $0.lastError = fault.fault.description }
            logger.warning("refused", metadata: ["fault": "\(fault.fault)"])
            guard let ledger = fault.ledger else { throw fault.fault }
            // A gap is not the entry's fault: something was lost between the two ends. Greeting anew finds
            // the true frontier; refusing the ledger would leave it standing still on a live link.
            if fault.fault.rule == .outOfOrder, !state.withLock({ $0.refused.contains(ledger) }) { throw fault.fault }
            if state.withLock({ $0.refused.insert(ledger).inserted }) { feed(.refused(ledger, sequence: fault.sequence, fault: fault.fault)) }
        }
        // Every verdict is told, a frame's worth at a time.
        var verdicts = admission.verdicts[...]
        feed(.admitted(admission.tips, verdicts: Array(verdicts.prefix(Header.maximumChanges))))
        while verdicts.count > Header.maximumChanges {
            verdicts = verdicts.dropFirst(Header.maximumChanges)
            feed(.admitted([], verdicts: Array(verdicts.prefix(Header.maximumChanges))))
        }
        node.announce(admission.grown)
        if admission.wantsContents { board.tell(.contentsWanted) }
    }

    private func act(on frame: Frame) async throws {
        if case .held(let tips) = frame {
            board.update(peer, isParent: role == .child) { state in for tip in tips { state.held[tip.ledger] = tip.tip.sequence } }
        }
        let later = now { state in
            state.conversation.handle(.received(frame)).filter { !Self.queue($0, &state) }
        }
        outgoing.wake()
        for directive in later { try await carryOut(directive) }
        try throwIfEnded()
    }

    private func carryOut(_ directive: Conversation.Directive) async throws {
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
            let receipt = try await Offload.run { [node] in try node.store(signed, from: peer) }
            now { $0.conversation.acknowledge(receipt.tips) }
            outgoing.wake()
            board.tell(.durable(receipt.tips, at: receipt.durableAt), except: state.withLock { $0.handle })
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
        case .restored(let ledger), .forked(let ledger):
            try await meetOwnPast(ledger, directive)
        case .synchronised: try await synchronised()
        case .attachment(let frame): try await contents.receive(frame)
        case .send, .receipt, .end, .admit: break
        }
    }

    // MARK: - Writing

    private func writeFrames() async throws {
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
        try await contents.writeSmall(write)
        guard state.withLock({ $0.end }) == nil else { return wrote }
        let yields = contents.isDue && !state.withLock { $0.conversation.reliefWaits }
        guard !yields, let load = now({ $0.conversation.nextLoad() }) else { return try await contents.writePiece(write) || wrote }
        let sets = try await Offload.run { [node] in try node.load(load.ledger, after: load.after, limitBytes: load.bytes) }
        var through = load.after, bytes = 0
        let version = state.withLock { $0.conversation.version }
        for set in sets {
            try await write(try FrameReader.encode(.changeSet(set.readable(inProtocol: version))))
            through += 1
            bytes += set.byteCount
        }
        Measures.sent(bytes: bytes)
        logger.debug("sent", metadata: ["ledger": "\(load.ledger)", "after": "\(load.after)", "through": "\(through)", "bytes": "\(bytes)"])
        _ = state.withLock { $0.conversation.handle(.sent(load.ledger, through: through, bytes: bytes)) }
        contents.yielded(to: bytes)
        return true
    }

    private func writeReceipts() async throws -> Bool {
        let (tips, durable) = state.withLock { state in
            defer {
                state.receipts = [:]
                state.durable = [:]
            }
            return (state.receipts.values.sorted { $0.ledger < $1.ledger }, state.durable)
        }
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
        return !tips.isEmpty || !durable.isEmpty
    }

    /// Tells the peer why, for two seconds at most. What the peer said itself is not said back.
    private func sayFarewell(_ reason: any Error) async {
        guard let frame = OwnEnd.farewell(for: reason), let buffer = try? FrameReader.encode(frame) else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await self.write(buffer) }
            group.addTask { try? await Task.sleep(for: .seconds(2)) }
            await group.next()
            group.cancelAll()
        }
    }

    private func keepTime() async throws {
        while true {
            try await Task.sleep(for: .seconds(1))
            let mayTell = state.withLock { $0.conversation.isOpen && $0.control.count < Self.controlLimit }
            let frames = try await mayTell ? conditions.next() : []
            state.withLock { $0.control += frames }
            now { state in if !state.listening { _ = state.conversation.handle(.heard) } }
            feed(.tick(now: Self.monotonic))
            try await contents.tick()
            try throwIfEnded()
        }
    }
}
