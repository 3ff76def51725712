import Synchronization

/// A value that arrives once and may be awaited by many.
final class OneShot<Value: Sendable>: Sendable {
  private struct State {
    var result: Result<Value, any Error>?
    var waiters: [(id: UInt64, continuation: CheckedContinuation<Value, any Error>)] = []
    var nextID: UInt64 = 0
  }

  private let state = Mutex(State())

  /// Sets the outcome; later calls change nothing.
  func resolve(_ result: Result<Value, any Error>) {
    let waiters = state.withLock { state -> [CheckedContinuation<Value, any Error>] in
      guard state.result == nil else { return [] }
      state.result = result
      defer { state.waiters = [] }
      return state.waiters.map(\.continuation)
    }
    for waiter in waiters { waiter.resume(with: result) }
  }

  var isResolved: Bool { state.withLock { $0.result != nil } }

  /// Waits for the outcome; throws `TransportError.cancelled` if the task is cancelled first.
  func get() async throws -> Value {
    if let result = state.withLock({ $0.result }) { return try result.get() }
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let result = state.withLock { state -> Result<Value, any Error>? in
          if let result = state.result { return result }
          // The flag is read under the lock: a later cancellation finds the waiter.
          if Task.isCancelled { return .failure(TransportError.cancelled) }
          state.waiters.append((id, continuation))
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> CheckedContinuation<Value, any Error>? in
        guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
        return state.waiters.remove(at: index).continuation
      }
      waiter?.resume(throwing: TransportError.cancelled)
    }
  }
}
