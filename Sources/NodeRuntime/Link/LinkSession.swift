import Logging
import Node
import NIOCore
import Registry
import Replication
import Synchronization
import Transport

/// Carries one conversation out: frames on the stream, operations of the node. All decisions are the
/// conversation's; this reads, writes, awaits and reports. Reading, admission, writing and directives stand in files of their own.
final class LinkSession: Sendable {
    /// Control frames that may wait for a slow peer before the reader stops reading.
    static let controlLimit = 256
    /// Ledgers that may be refused on one connection.
    static let refusedLimit = 4096

    struct State {
        var conversation: Conversation
        var control: [Frame] = []
        /// Receipts to sign and send, merged by ledger, so that a slow reader costs no memory.
        var receipts: [LedgerID: LedgerTip] = [:]
        var durable: [NodePath: [LedgerID: LedgerTip]] = [:]
        /// Ledgers of which nothing more is taken on this connection; what is still on its way is dropped.
        var refused: Set<LedgerID> = []
        /// Entries to show to the peer that wrote them otherwise; at most one a ledger.
        var proofs: [(ledger: LedgerID, sequence: UInt64)] = []
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
    let inbound: BodyStream
    let write: @Sendable (ByteBuffer) async throws -> Void
    let state: Mutex<State>
    let conditions: ConditionSender
    let outgoing = Signal()
    let drained = Signal()
    /// The clock asks for work that takes time.
    let chores = Signal()
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
        let grown = node.observe(for: peer) { [weak self] tips in self?.feed(.advanced(tips)) }
        let news = board.listen(as: peer) { [weak self] news in self?.hear(news) }
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
            return await talk()
        } catch {
            return error
        }
    }

    private func talk() async -> any Error {
        let pipe = admissionPipe()
        let clock = board.clock.join { [weak self] in self?.beat() }
        defer { board.clock.leave(clock) }
        return await withTaskGroup(of: (any Error).self) { group in
            group.addTask { await self.guarded { try await self.readFrames(into: pipe) } }
            group.addTask { await self.guarded { try await self.writeFrames() } }
            group.addTask { await self.guarded { try await self.doChores() } }
            let reason = await group.next() ?? CancellationError()
            end(reason)
            // First nothing more is read or written; only then the last word, which a peer that does not
            // read cannot hold up.
            group.cancelAll()
            await group.waitForAll()
            await pipe.close()
            let last = state.withLock { $0.end } ?? reason
            await sayFarewell(last)
            return last
        }
    }

    private func guarded(_ body: () async throws -> Void) async -> any Error {
        do {
            try await body()
            return Conversation.EndReason.farewell(reason: "closed", detail: "the stream ended")
        } catch { return error }
    }

    /// The first reason counts; whichever task sees it first ends the talk. The writer may wait for a peer that does not read.
    func end(_ reason: any Error) {
        state.withLock { if $0.end == nil { $0.end = reason } }
        outgoing.wake()
        chores.wake()
    }

    func throwIfEnded() throws { if let reason = state.withLock({ $0.end }) { throw reason } }

    /// The state, with the conversation's clock set.
    func now<T: Sendable>(_ body: (inout State) -> T) -> T {
        state.withLock { state in
            state.conversation.passes(to: Self.monotonic)
            return body(&state)
        }
    }

    private static var monotonic: UInt64 { NIODeadline.now().uptimeNanoseconds / 1_000_000 }

    // MARK: - The conversation

    /// Feeds one event and queues what it directs; anything that takes time is left to the tasks.
    /// - Parameter quietly: the caller wakes the writer itself.
    func feed(_ event: Conversation.Event, quietly: Bool = false) {
        let later = now { state in
            let directives = state.conversation.handle(event)
            return directives.filter { !Self.queue($0, &state) }
        }
        if !quietly { outgoing.wake() }
        precondition(later.isEmpty, "only frames that were received direct work")
    }

    /// - Returns: true when the directive was only something to send or to end.
    static func queue(_ directive: Conversation.Directive, _ state: inout State) -> Bool {
        switch directive {
        case .send(let frame): state.control.append(frame)
        case .receipt(let tips): for tip in tips { state.receipts[tip.ledger] = tip }
        case .end(let reason): if state.end == nil { state.end = reason }
        case .prove(let ledger, let sequence): state.proofs.append((ledger, sequence))
        case .compare, .admit, .store, .note, .noteRefusal, .consider, .takeListKeys, .attachment, .forked, .synchronised: return false
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
        case .listKeys: if role == .parent { Offload.start { [weak self] in self?.offerListKeys() } }
        case .suspended(let child): if role == .parent, child == peer { end(OwnEnd(reason: "suspended", detail: "suspended by the parent")) }
        case .superseded(let child, let newer):
            if role == .parent, child == peer, newer > generation { end(OwnEnd(reason: "superseded", detail: "the child opened a newer link")) }
        case .contentsWanted, .contentHeld: break
        }
    }

    // MARK: - Time

    private func beat() {
        now { state in if !state.listening { _ = state.conversation.handle(.heard) } }
        let due = state.withLock { state in
            let directives = state.conversation.handle(.tick(now: Self.monotonic))
            for directive in directives { _ = Self.queue(directive, &state) }
            return !directives.isEmpty
        }
        if due { outgoing.wake() }
        if state.withLock({ $0.end != nil }) || contents.wantsTick || (conditions.isDue && mayTell) { chores.wake() }
    }

    private var mayTell: Bool { state.withLock { $0.conversation.isOpen && $0.control.count < Self.controlLimit } }

    private func doChores() async throws {
        for await _ in chores.wakes {
            try Task.checkCancellation()
            try throwIfEnded()
            let frames = try await mayTell ? conditions.next() : []
            if !frames.isEmpty {
                state.withLock { $0.control += frames }
                outgoing.wake()
            }
            try await contents.tick()
        }
    }
}
