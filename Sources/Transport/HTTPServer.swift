import NIOCore
import NIOPosix
import Synchronization

/// What happens to a server's connections: facts for whoever logs and counts.
package enum ServerEvent: Sendable {
  /// Handshake, peer verdict and HTTP/2 settings are done.
  case established(connectionID: UInt64, remoteAddress: String, peer: PeerCertificates?)
  /// A connection ended before it was established: bad certificate, refused by
  /// `verifyPeer` (then its error), not HTTP/2, too slow, too many.
  case refused(remoteAddress: String, reason: any Error)
  /// An established connection ended; nil: the peer closed it.
  case closed(connectionID: UInt64, reason: (any Error)?)
}

/// An HTTP/2 server on TCP with TLS, or on a Unix socket without.
package final class HTTPServer: Sendable {
  private let listener: any Channel
  private let core: ServerCore
  private let tls: TLSSlot
  private let address: ListenAddress

  /// Starts to listen.
  ///
  /// - Parameters:
  ///   - tls: nil for HTTP/2 with prior knowledge, as on Unix sockets.
  ///   - group: event loops; shut the server down before them.
  ///   - verifyPeer: see `PeerVerifier`; not called without TLS.
  ///   - observer: told of connections as they come and go, on event loops.
  ///   - handler: see `RequestHandler`.
  /// - Throws: `TransportError.bindFailed`.
  package static func start(
    on address: ListenAddress, tls: TLSContext?, group: any EventLoopGroup, verifyPeer: PeerVerifier? = nil,
    limits: HTTPLimits = HTTPLimits(), observer: (@Sendable (ServerEvent) -> Void)? = nil,
    handler: @escaping RequestHandler
  ) async throws -> HTTPServer {
    precondition(tls?.role != .client, "a server needs a context made by TLSContext.server")
    let core = ServerCore(handler: handler, verifyPeer: verifyPeer, limits: limits, observer: observer)
    let slot = TLSSlot(tls)
    let unix: Bool
    if case .unix = address { unix = true } else { unix = false }
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        let remote = unix ? "unix" : channel.remoteAddress.map(Self.text) ?? "unknown"
        guard let id = core.admit(channel) else {
          core.refused(remote)
          return channel.eventLoop.makeFailedFuture(TransportError.closed("Too many connections"))
        }
        return channel.eventLoop.makeCompletedFuture {
          do {
            let tls = slot.current
            if let tls { try channel.pipeline.syncOperations.addHandler(TLSHandler(session: TLSSession(context: tls, server: ""))) }
            if !unix { try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1) }
            let connection = H2Connection(
              side: .server(core), limits: limits, id: id, remoteAddress: remote, overTLS: tls != nil, trustedPlain: unix)
            try channel.pipeline.syncOperations.addHandler(connection)
          } catch {
            core.forget(id)
            throw error
          }
        }
      }
    do {
      let listener: any Channel
      switch address {
      case .tcp(let host, let port): listener = try await bootstrap.bind(host: host, port: port).get()
      case .unix(let path):
        listener = try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
      }
      return HTTPServer(listener: listener, core: core, tls: slot, address: address)
    } catch {
      throw TransportError(
        .bindFailed, "Cannot listen on \(address): \(error)", hint: "is the address in use, or not this machine's?")
    }
  }

  private init(listener: any Channel, core: ServerCore, tls: TLSSlot, address: ListenAddress) {
    self.listener = listener
    self.core = core
    self.tls = tls
    self.address = address
  }

  /// The TCP port listened on; nil on a Unix socket.
  package var localPort: Int? {
    if case .unix = address { return nil }
    return listener.localAddress?.port
  }

  /// Connections now open, those in their handshake included.
  package var connectionCount: Int { core.connectionCount }

  /// Uses a new context, as after a certificate was renewed, for connections
  /// accepted from now on; those open stay as they are.
  package func replace(tls context: TLSContext) {
    precondition(context.role == .server, "a server needs a context made by TLSContext.server")
    tls.replace(context)
  }

  /// Stops listening, asks all clients to go, waits until running requests are
  /// answered, at most `gracePeriod`, then closes what is left.
  package func shutdown(gracePeriod: Duration) async {
    try? await listener.close().get()
    let entries = core.beginShutdown()
    for entry in entries {
      guard let ref = entry.ref else {
        entry.channel.close(promise: nil)
        continue
      }
      ref.post { $0.beginDrain() }
    }
    for entry in entries {
      let timer = entry.channel.eventLoop.scheduleTask(in: gracePeriod.timeAmount) { entry.channel.close(promise: nil) }
      entry.channel.closeFuture.whenComplete { _ in timer.cancel() }
    }
    for entry in entries { try? await entry.channel.closeFuture.get() }
    if case .unix(let path) = address { unlinkSocket(path) }
  }

  private static func text(_ address: SocketAddress) -> String {
    "\(address.ipAddress ?? "unknown"):\(address.port ?? 0)"
  }
}

/// The server's current context.
final class TLSSlot: Sendable {
  private let context: Mutex<TLSContext?>

  init(_ context: TLSContext?) {
    self.context = Mutex(context)
  }

  var current: TLSContext? { context.withLock { $0 } }

  func replace(_ new: TLSContext) {
    context.withLock { $0 = new }
  }
}
