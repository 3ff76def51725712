import NIOCore
import Synchronization

/// The queue between the HTTP/2 session, on the event loop, and one reader on
/// any thread. It needs no bound of its own: the peer's flow-control window,
/// which grows only as the reader takes, is the bound.
final class InboundPipe: Sendable {
  private struct State {
    var queue = ChunkQueue()
    var finished = false
    var failure: (any Error)?
    var waiter: CheckedContinuation<ByteBuffer?, any Error>?
    /// Bytes taken by the reader that the peer has not been told of.
    var unreported = 0
  }

  /// Chunks below this size are copied together, so that a peer sending many
  /// tiny DATA frames cannot pin a large read buffer with each of them.
  private static let smallChunk = 1024

  private let state = Mutex(State())
  private let reportStep: Int
  private let report: @Sendable (Int) -> Void

  /// - Parameters:
  ///   - reportStep: bytes taken before the peer's window is opened again.
  ///   - report: called with the number of bytes taken.
  init(reportStep: Int, report: @escaping @Sendable (Int) -> Void) {
    self.reportStep = reportStep
    self.report = report
  }

  // MARK: Event loop

  /// Hands a chunk to the reader.
  func push(_ chunk: ByteBuffer) {
    let small = chunk.readableBytes < Self.smallChunk
    let waiter = state.withLock { state -> CheckedContinuation<ByteBuffer?, any Error>? in
      guard !state.finished, state.failure == nil else { return nil }
      if let waiter = state.waiter {
        state.waiter = nil
        return waiter
      }
      guard small else {
        state.queue.append(chunk)
        return nil
      }
      // A small chunk in the queue is always a copy of its own, so it can grow in place.
      var tail = ByteBuffer()
      if let last = state.queue.last, last.readableBytes < Self.smallChunk { tail = state.queue.popLast() ?? tail }
      tail.writeImmutableBuffer(chunk)
      state.queue.append(tail)
      return nil
    }
    if let waiter {
      waiter.resume(returning: chunk)
      taken(chunk.readableBytes)
    }
  }

  /// The body is complete.
  func finish() {
    let waiter = state.withLock { state -> CheckedContinuation<ByteBuffer?, any Error>? in
      guard state.failure == nil else { return nil }
      state.finished = true
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: nil)
  }

  /// The body was cut off: the reader still gets what is queued, then the error.
  func fail(_ error: any Error) {
    let waiter = state.withLock { state -> CheckedContinuation<ByteBuffer?, any Error>? in
      guard !state.finished, state.failure == nil else { return nil }
      state.failure = error
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(throwing: error)
  }

  /// True once nothing more can arrive.
  var isEnded: Bool { state.withLock { $0.finished || $0.failure != nil } }

  // MARK: Reader

  private enum Step {
    case chunk(ByteBuffer)
    case end
    case error(any Error)
    case wait
  }

  /// The next chunk, nil at the end of the body.
  func next() async throws -> ByteBuffer? {
    switch state.withLock({ Self.step(&$0) }) {
    case .chunk(let chunk):
      taken(chunk.readableBytes)
      return chunk
    case .end: return nil
    case .error(let error): throw error
    case .wait: return try await wait()
    }
  }

  private static func step(_ state: inout State) -> Step {
    if let chunk = state.queue.popFirst() { return .chunk(chunk) }
    if state.finished { return .end }
    if let failure = state.failure { return .error(failure) }
    return .wait
  }

  private func wait() async throws -> ByteBuffer? {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<ByteBuffer?, any Error>) in
        let step = state.withLock { state -> Step in
          let step = Self.step(&state)
          guard case .wait = step else { return step }
          if Task.isCancelled { return .error(TransportError.cancelled) }
          precondition(state.waiter == nil, "a body stream has one reader")
          state.waiter = continuation
          return .wait
        }
        switch step {
        case .chunk(let chunk):
          continuation.resume(returning: chunk)
          taken(chunk.readableBytes)
        case .end: continuation.resume(returning: nil)
        case .error(let error): continuation.resume(throwing: error)
        case .wait: break
        }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        defer { state.waiter = nil }
        return state.waiter
      }
      waiter?.resume(throwing: TransportError.cancelled)
    }
  }

  private func taken(_ count: Int) {
    let due = state.withLock { state -> Int in
      state.unreported += count
      guard state.unreported >= reportStep else { return 0 }
      defer { state.unreported = 0 }
      return state.unreported
    }
    if due > 0 { report(due) }
  }
}
