import NIOCore
import Synchronization

/// What a server's connections share.
final class ServerCore: Sendable {
  private struct State {
    var connections: [UInt64: Entry] = [:]
    var shutDown = false
  }

  struct Entry: Sendable {
    let channel: any Channel
    /// Nil until HTTP/2 is spoken.
    var ref: ConnectionRef?
  }

  let handler: RequestHandler
  let verifyPeer: PeerVerifier?
  let limits: HTTPLimits
  private let observer: (@Sendable (ServerEvent) -> Void)?
  private let state = Mutex(State())

  init(
    handler: @escaping RequestHandler, verifyPeer: PeerVerifier?, limits: HTTPLimits,
    observer: (@Sendable (ServerEvent) -> Void)?
  ) {
    self.handler = handler
    self.verifyPeer = verifyPeer
    self.limits = limits
    self.observer = observer
  }

  // MARK: Connections

  /// Takes a new connection in; nil if there are too many, or no more are wanted.
  func admit(_ channel: any Channel) -> UInt64? {
    state.withLock { state in
      guard !state.shutDown, state.connections.count < limits.maxConnections else { return nil }
      let id = Self.idSource.wrappingAdd(1, ordering: .relaxed).newValue
      state.connections[id] = Entry(channel: channel, ref: nil)
      return id
    }
  }

  /// Numbers connections across all servers of the process.
  private static let idSource = Atomic<UInt64>(0)

  /// Takes a connection out that never came to life.
  func forget(_ id: UInt64) {
    _ = state.withLock { $0.connections.removeValue(forKey: id) }
  }

  func refused(_ remoteAddress: String) {
    observer?(
      .refused(
        remoteAddress: remoteAddress,
        reason: TransportError(
          .goingAway(retryable: true), "Too many connections, or shutting down", hint: "raise maxConnections if this is normal load")))
  }

  func established(_ connection: H2Connection) {
    guard let ref = connection.reference else { return }
    let late = state.withLock { state in
      state.connections[connection.id]?.ref = ref
      return state.shutDown
    }
    observer?(.established(connectionID: connection.id, remoteAddress: connection.remoteAddress, peer: connection.peer))
    if late { connection.beginDrain() }
  }

  func closed(_ connection: H2Connection, reason: (any Error)?) {
    forget(connection.id)
    if connection.isReady {
      observer?(.closed(connectionID: connection.id, reason: reason))
    } else {
      observer?(.refused(remoteAddress: connection.remoteAddress, reason: reason ?? TransportError.closed()))
    }
  }

  var connectionCount: Int { state.withLock { $0.connections.count } }

  /// Lets no more connections in; returns those there are.
  func beginShutdown() -> [Entry] {
    state.withLock { state in
      state.shutDown = true
      return state.connections.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  // MARK: Requests

  func dispatch(_ stream: H2Stream, on connection: H2Connection) {
    guard let ref = connection.reference else { return }
    let id = stream.id
    if stream.fieldsTooLarge {
      stream.handlerDone = true
      try? connection.respond(id, status: 431, headers: [], body: false)
      return
    }
    let authority = stream.pseudo.authority
    let head = HTTPHead(
      method: stream.pseudo.method, path: stream.pseudo.path, headers: stream.fields,
      authority: authority.isEmpty ? stream.fields.first { $0.name == "host" }?.value ?? "" : authority)
    stream.fields = []
    guard head.path.hasPrefix("/") || head.path == "*" else {
      stream.handlerDone = true
      try? connection.respond(id, status: 400, headers: [], body: false)
      return
    }
    let writer = H2ResponseWriter(
      connection: ref, stream: id, outbound: stream.outbound, headOnly: head.method == "HEAD")
    let request = InboundRequest(
      head: head, body: BodyStream(pipe: stream.inbound), peer: connection.peer,
      remoteAddress: connection.remoteAddress, connectionID: connection.id)
    let handler = self.handler
    stream.handler = Task(executorPreference: connection.taskExecutor(ref.loop)) {
      do {
        try await handler(request, writer)
      } catch {
        // A handler that threw has not finished its response: handlerDone sees to that.
      }
      if let here = ref.here { here.handlerDone(stream: id) } else { ref.post { $0.handlerDone(stream: id) } }
    }
  }
}
