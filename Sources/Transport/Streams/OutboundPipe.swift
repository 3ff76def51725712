import NIOCore
import Synchronization

/// The queue between a writer, on any thread, and the HTTP/2 session that pulls
/// on the event loop. A writer waits above the high-water mark.
final class OutboundPipe: Sendable {
  private struct State {
    var queue = ChunkQueue()
    var queuedBytes = 0
    var finished = false
    var failure: TransportError?
    /// A wake-up is on its way to the event loop; no second one is needed.
    var signalled = false
    var waiters: [(id: UInt64, continuation: CheckedContinuation<Void, any Error>)] = []
    var nextID: UInt64 = 0
  }

  /// What the session may send now.
  enum Offer {
    /// Nothing yet.
    case nothing
    /// So many bytes; `last` if the body ends with them.
    case bytes(Int, last: Bool)
    /// The stream is over.
    case failed
  }

  private let state = Mutex(State())
  private let highWater: Int
  private let lowWater: Int
  private let signal: @Sendable () -> Void

  /// - Parameter signal: tells the event loop that there is something to pull.
  init(highWater: Int, lowWater: Int, signal: @escaping @Sendable () -> Void) {
    self.highWater = highWater
    self.lowWater = lowWater
    self.signal = signal
  }

  // MARK: Writer

  /// Queues a buffer, and waits for room if that was too much. If the wait is
  /// cancelled the buffer stays queued.
  func write(_ buffer: ByteBuffer) async throws {
    guard buffer.readableBytes > 0 else { return try check() }
    if try enqueue(buffer) { try await waitForRoom() }
  }

  /// Queues without waiting; true if the queue is now too long.
  func enqueue(_ buffer: ByteBuffer) throws -> Bool {
    let (wake, full) = try state.withLock { state -> (Bool, Bool) in
      if let failure = state.failure { throw failure }
      guard !state.finished else {
        throw TransportError(.protocolError, "A body was written to after its end", hint: "call write before finish")
      }
      state.queue.append(buffer)
      state.queuedBytes += buffer.readableBytes
      defer { state.signalled = true }
      return (!state.signalled, state.queuedBytes > highWater)
    }
    if wake { signal() }
    return full
  }

  /// Ends the body after what is queued. A second call changes nothing.
  func finish() throws {
    let wake = try state.withLock { state -> Bool in
      if state.finished { return false }
      if let failure = state.failure { throw failure }
      state.finished = true
      defer { state.signalled = true }
      return !state.signalled
    }
    if wake { signal() }
  }

  private func check() throws {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  private func waitForRoom() async throws {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let result = state.withLock { state -> Result<Void, any Error>? in
          if let failure = state.failure { return .failure(failure) }
          if state.queuedBytes < lowWater { return .success(()) }
          if Task.isCancelled { return .failure(TransportError.cancelled) }
          state.waiters.append((id, continuation))
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> CheckedContinuation<Void, any Error>? in
        guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
        return state.waiters.remove(at: index).continuation
      }
      waiter?.resume(throwing: TransportError.cancelled)
    }
  }

  // MARK: Event loop

  /// The event loop has seen the signal; the next write signals again.
  func signalSeen() {
    state.withLock { $0.signalled = false }
  }

  /// What can be sent, at most `limit` bytes.
  func offer(limit: Int) -> Offer {
    state.withLock { state in
      if state.failure != nil { return .failed }
      let count = min(limit, state.queuedBytes)
      let last = state.finished && count == state.queuedBytes
      return count == 0 && !last ? .nothing : .bytes(count, last: last)
    }
  }

  /// Moves exactly `count` bytes into `target`; false if they are not there any
  /// more because the stream failed in between.
  func take(_ count: Int, into target: inout ByteBuffer) -> Bool {
    let (taken, waiters) = state.withLock { state -> (Bool, [CheckedContinuation<Void, any Error>]) in
      guard state.queuedBytes >= count else { return (false, []) }
      var missing = count
      while missing > 0, var front = state.queue.popFirst() {
        if front.readableBytes > missing, let part = front.readSlice(length: missing) {
          target.writeImmutableBuffer(part)
          state.queue.prepend(front)
          missing = 0
        } else {
          missing -= front.readableBytes
          target.writeImmutableBuffer(front)
        }
      }
      state.queuedBytes -= count
      guard state.queuedBytes < lowWater, !state.waiters.isEmpty else { return (true, []) }
      defer { state.waiters = [] }
      return (true, state.waiters.map(\.continuation))
    }
    for waiter in waiters { waiter.resume() }
    return taken
  }

  /// Ends the pipe: what is queued is dropped, writers get the error.
  func fail(_ error: TransportError) {
    let waiters = state.withLock { state -> [CheckedContinuation<Void, any Error>] in
      guard state.failure == nil else { return [] }
      state.failure = error
      state.queue.removeAll()
      state.queuedBytes = 0
      defer { state.waiters = [] }
      return state.waiters.map(\.continuation)
    }
    for waiter in waiters { waiter.resume(throwing: error) }
  }

  /// The writer has ended the body.
  var isFinished: Bool { state.withLock { $0.finished } }

  /// True once no further write can succeed.
  var isFailed: Bool { state.withLock { $0.failure != nil } }
}
