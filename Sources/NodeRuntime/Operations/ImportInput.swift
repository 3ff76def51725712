import NIOCore
import Synchronization

/// Bytes of a file on their way from whoever sends it to the one who reads it, so that a pause of the sender shows
/// while the reader waits. Bounded: a sender who is ahead waits.
final class ImportInput: Sendable {
    struct Piece: Sendable {
        var bytes: [UInt8]
        /// Nothing comes any more.
        var isEnd = false
        /// Nothing came for a while; told once a pause.
        var isPause = false
    }

    /// Resumes whoever waits, once the lock is given back.
    private typealias Answer = @Sendable () -> Void

    private struct State {
        var bytes: [UInt8] = []
        var isEnd = false
        var isClosed = false
        var fault: (any Error)?
        var taker: (least: Int, continuation: CheckedContinuation<Piece, any Error>)?
        var sender: CheckedContinuation<Void, Never>?
        /// Something came since the tick before; a pause was told since.
        var isFresh = true, isTold = false
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: bytes that may lie here before the sender waits.
    init(limit: Int) { self.limit = limit }

    // MARK: - The sender

    func put(_ buffer: ByteBuffer) async {
        await withCheckedContinuation { sender in
            let (free, answer) = state.withLock { state -> (Bool, Answer?) in
                state.isFresh = true
                state.isTold = false
                state.bytes.append(contentsOf: buffer.readableBytesView)
                let answer = Self.answer(&state)
                let free = state.isClosed || state.bytes.count < limit
                if !free { state.sender = sender }
                return (free, answer)
            }
            answer?()
            if free { sender.resume() }
        }
    }

    /// - Parameter fault: why the file broke off; nil at its end. The reader gets what lies here first.
    func end(_ fault: (any Error)?) {
        state.withLock { state -> Answer? in
            state.isEnd = true
            state.fault = fault
            return Self.answer(&state)
        }?()
    }

    // MARK: - The reader

    /// At least `least` bytes, or all there are at the end or in a pause.
    func take(least: Int) async throws -> Piece {
        try await withCheckedThrowingContinuation { continuation in
            state.withLock { state -> Answer? in
                precondition(state.taker == nil, "one reader")
                state.taker = (least, continuation)
                return Self.answer(&state)
            }?()
        }
    }

    /// Told regularly: when nothing came since the time before, a reader who waits gets what there is.
    func tick() {
        state.withLock { state -> Answer? in
            defer { state.isFresh = false }
            guard !state.isFresh, !state.isTold, state.taker != nil else { return nil }
            state.isTold = true
            return Self.hand(Piece(bytes: [], isPause: true), &state)
        }?()
    }

    /// Nobody reads any more: the sender is not to wait.
    func close() {
        let sender = state.withLock { state in
            state.isClosed = true
            state.bytes = []
            return state.sender.take()
        }
        sender?.resume()
    }

    private static func answer(_ state: inout State) -> Answer? {
        guard let taker = state.taker else { return nil }
        guard state.bytes.count >= taker.least || state.isEnd else { return nil }
        if let fault = state.fault, state.bytes.isEmpty {
            state.taker = nil
            return { taker.continuation.resume(throwing: fault) }
        }
        // What lies before a fault is handed out first.
        return hand(Piece(bytes: [], isEnd: state.isEnd && state.fault == nil), &state)
    }

    private static func hand(_ piece: Piece, _ state: inout State) -> Answer? {
        guard let taker = state.taker.take() else { return nil }
        var piece = piece
        swap(&piece.bytes, &state.bytes)
        let sender = state.sender.take(), whole = piece
        return {
            taker.continuation.resume(returning: whole)
            sender?.resume()
        }
    }
}
