import Logging
import NIOCore
import Node
import Registry
import Replication
import Storage
import Synchronization

/// Carries out an ``AttachmentExchange`` beside a link's conversation. What is small goes out with control frames;
/// a piece only when the conversation has nothing to send, or when ordinary change sets have had their share.
final class AttachmentTraffic: Sendable {
    private struct State {
        var exchange = AttachmentExchange()
        var outbox: [AttachmentFrame] = []
        var handle: UInt64 = 0
    }

    private let node: Node
    private let board: LinkBoard
    private let peer: NodePath
    private let logger: Logger
    /// Wakes the link's writer.
    private let outgoing: Signal
    private let state = Mutex(State())

    init(node: Node, board: LinkBoard, peer: NodePath, logger: Logger, outgoing: Signal) {
        (self.node, self.board, self.peer, self.logger, self.outgoing) = (node, board, peer, logger, outgoing)
        let handle = board.listen(as: peer) { [weak self] news in
            switch news {
            case .contentsWanted: self?.hear(.news)
            case .contentHeld(let digest): self?.hear(.completed(digest))
            case .durable, .statement, .condition, .listKeys, .newIncarnation, .suspended, .superseded: break
            }
        }
        state.withLock { $0.handle = handle }
    }

    deinit { board.stop(state.withLock { $0.handle }) }

    private static var monotonic: UInt64 { NIODeadline.now().uptimeNanoseconds / 1_000_000 }

    /// The conversation is open.
    func open() async throws { try await handle(.opened) }

    func receive(_ frame: AttachmentFrame) async throws { try await handle(.received(frame)) }

    /// Whether ``tick()`` would have work to do: 160 idle links need none.
    var wantsTick: Bool { state.withLock { $0.exchange.wantsTick(at: Self.monotonic) } }

    func tick() async throws { try await handle(.tick) }

    // MARK: - Writing

    /// Sends asks and short answers.
    func writeSmall(_ write: (ByteBuffer) async throws -> Void) async throws {
        let frames = state.withLock { state in
            defer { state.outbox = [] }
            return state.outbox
        }
        for frame in frames { try await write(try FrameReader.encode(.attachment(frame))) }
    }

    /// Whether change sets have had their share and the peer waits for a piece.
    var isDue: Bool { state.withLock { $0.exchange.isDue } }

    /// Change sets went out.
    func yielded(to bytes: Int) { state.withLock { $0.exchange.yielded(to: bytes) } }

    /// Answers the peer's next ask. - Returns: false when it asks for nothing.
    func writePiece(_ write: (ByteBuffer) async throws -> Void) async throws -> Bool {
        guard let ask = state.withLock({ $0.exchange.nextAsk() }) else { return false }
        let peer = peer
        let frame = try await Offload.run { [node] in try node.answer(ask, of: peer) }
        state.withLock { _ = $0.exchange.handle(.answered(frame), now: Self.monotonic) }
        try await write(try FrameReader.encode(.attachment(frame)))
        if case .piece(let piece) = frame { Measures.contentSent(bytes: piece.content.count) }
        return true
    }

    // MARK: - Directives

    /// What other tasks tell is only queued: the reader or the clock carries it out.
    private func hear(_ event: AttachmentExchange.Event) {
        let later = state.withLock { state in Self.queue(state.exchange.handle(event, now: Self.monotonic), &state) }
        outgoing.wake()
        guard !later.isEmpty else { return }
        Task { [weak self] in
            do { for directive in later { try await self?.carryOut(directive) } } catch {
                self?.logger.warning("attachments could not be looked for", metadata: ["error": "\(error)"])
            }
        }
    }

    private static func queue(_ directives: [AttachmentExchange.Directive], _ state: inout State) -> [AttachmentExchange.Directive] {
        directives.filter { directive in
            guard case .send(let frame) = directive else { return true }
            state.outbox.append(frame)
            return false
        }
    }

    private func handle(_ event: AttachmentExchange.Event) async throws {
        let later = state.withLock { state in Self.queue(state.exchange.handle(event, now: Self.monotonic), &state) }
        outgoing.wake()
        for directive in later { try await carryOut(directive) }
    }

    private func carryOut(_ directive: AttachmentExchange.Directive) async throws {
        let peer = peer
        switch directive {
        case .send: break
        case .look(let after):
            let found = try await Offload.run { [node] in try node.wants(of: peer, after: after, limit: AttachmentExchange.pageSize) }
            try await handle(.wants(found.wants, last: found.last))
        case .store(let piece):
            let fate = await store(piece)
            if case .whole = fate {
                logger.info("an attachment arrived", metadata: ["digest": "\(piece.digest.short)", "bytes": "\(piece.total)"])
                board.tell(.contentHeld(piece.digest))
            }
            try await handle(.stored(piece.digest, fate))
        case .note(let digest, let trouble):
            logger.info("an attachment does not come", metadata: ["digest": "\(digest.short)", "why": "\(trouble)"])
            do { try await Offload.run { [node] in try node.note(trouble, of: digest, from: peer) } } catch {
                // A note that cannot be written, on a full disk, is no reason to end the link.
                logger.warning("trouble with an attachment could not be noted", metadata: ["error": "\(error)"])
            }
        }
    }

    /// A full disk holds attachments up, not the link.
    private func store(_ piece: AttachmentPiece) async -> AttachmentExchange.PieceFate {
        let peer = peer
        do {
            let fate = try await Offload.run { [node] in try node.keep(piece, from: peer) }
            Measures.contentReceived(bytes: piece.content.count)
            return fate
        } catch let error as StorageError {
            return .refused("\(error.message.prefix(200))")
        } catch {
            return .refused("\("\(error)".prefix(200))")
        }
    }
}
