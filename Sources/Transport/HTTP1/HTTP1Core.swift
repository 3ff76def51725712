import NIOCore
import Synchronization

/// What the HTTP/1 server's connections share.
final class HTTP1Core: Sendable {
  private struct State {
    var channels: [UInt64: any Channel] = [:]
    var nextID: UInt64 = 0
    var shutDown = false
  }

  let handler: RequestHandler
  let idleTimeout: Duration
  private let maxConnections: Int
  private let state = Mutex(State())

  init(handler: @escaping RequestHandler, maxConnections: Int, idleTimeout: Duration) {
    self.handler = handler
    self.maxConnections = maxConnections
    self.idleTimeout = idleTimeout
  }

  func admit(_ channel: any Channel) -> UInt64? {
    state.withLock { state in
      guard !state.shutDown, state.channels.count < maxConnections else { return nil }
      state.nextID += 1
      state.channels[state.nextID] = channel
      return state.nextID
    }
  }

  func forget(_ id: UInt64) {
    _ = state.withLock { $0.channels.removeValue(forKey: id) }
  }

  func beginShutdown() -> [any Channel] {
    state.withLock { state in
      state.shutDown = true
      return state.channels.sorted { $0.key < $1.key }.map(\.value)
    }
  }
}
