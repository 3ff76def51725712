import NIOCore
import NIOPosix

/// A client's HTTP/2 connection. Streams share it; any task may use it.
///
/// It does not reconnect: when it is closed or going away, make a new one.
/// Dropping it, and all streams of it, closes it.
package final class HTTPConnection: Sendable {
  /// The server's certificates; nil without TLS.
  package let peer: PeerCertificates?
  private let ref: ConnectionRef
  private let loopExecutor: LoopTaskExecutor
  private let core: ClientCore
  private let channel: any Channel
  private let authority: String
  private let maxResponseBytes: Int

  /// Connects, and returns when the server's SETTINGS are here: in TLS 1.3 only
  /// then has the server accepted this side's certificate.
  ///
  /// - Parameters:
  ///   - tls: nil for HTTP/2 with prior knowledge, as on Unix sockets.
  ///   - verifyPeer: see `PeerVerifier`; not called without TLS.
  ///   - connectTimeout: for the socket alone; the handshake has `limits.handshakeTimeout`.
  /// - Throws: `connectFailed`, `tlsFailed`, `alpnMissing`, `timedOut`, `connectionClosed`,
  ///   `cancelled`, or what `verifyPeer` threw.
  package static func connect(
    to address: ListenAddress, tls: TLSContext?, group: any EventLoopGroup, verifyPeer: PeerVerifier? = nil,
    connectTimeout: Duration = .seconds(10), limits: HTTPLimits = HTTPLimits()
  ) async throws -> HTTPConnection {
    precondition(tls?.role != .server, "a client needs a context made by TLSContext.client")
    let core = ClientCore(verifyPeer: verifyPeer)
    let channel = try await openChannel(
      to: address, tls: tls, loop: group.next(), core: core, timeout: connectTimeout, limits: limits)
    do {
      let ref = try await core.ready.get()
      let peer = try await ref.run { $0.peer }
      return HTTPConnection(peer: peer, ref: ref, core: core, channel: channel, address: address, limits: limits)
    } catch {
      channel.close(promise: nil)
      throw error
    }
  }

  private static func openChannel(
    to address: ListenAddress, tls: TLSContext?, loop: any EventLoop, core: ClientCore, timeout: Duration,
    limits: HTTPLimits
  ) async throws -> any Channel {
    let unix: Bool
    if case .unix = address { unix = true } else { unix = false }
    let bootstrap = ClientBootstrap(group: loop)
      .connectTimeout(timeout.timeAmount)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if !unix { try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1) }
          if let tls { try pipeline.addHandler(TLSHandler(session: TLSSession(context: tls, server: address.description))) }
          try pipeline.addHandler(
            H2Connection(
              side: .client(core), limits: limits, id: 0, remoteAddress: address.description, overTLS: tls != nil,
              trustedPlain: unix))
        }
      }
    let future: EventLoopFuture<any Channel>
    switch address {
    case .tcp(let host, let port): future = bootstrap.connect(host: host, port: port)
    case .unix(let path): future = bootstrap.connect(unixDomainSocketPath: path)
    }
    let connected = OneShot<any Channel>()
    future.whenComplete { connected.resolve($0) }
    do {
      return try await connected.get()
    } catch let error as TransportError {
      // Cancelled: a connection that still comes about is not wanted any more.
      future.whenSuccess { $0.close(promise: nil) }
      throw error
    } catch {
      throw ConnectFailure.error(error, address)
    }
  }

  private init(
    peer: PeerCertificates?, ref: ConnectionRef, core: ClientCore, channel: any Channel, address: ListenAddress,
    limits: HTTPLimits
  ) {
    self.peer = peer
    self.ref = ref
    loopExecutor = LoopTaskExecutor(ref.loop)
    self.core = core
    self.channel = channel
    maxResponseBytes = limits.maxResponseBytes
    if case .unix = address { authority = "localhost" } else { authority = address.description }
  }

  deinit {
    if !isClosed { channel.close(promise: nil) }
  }

  /// Runs tasks on this connection's event loop, so that they and the connection share a thread. They must not block.
  package var executor: any TaskExecutor { loopExecutor }

  // MARK: Requests

  /// One request and its whole response.
  ///
  /// - Parameters:
  ///   - path: with query, percent-encoded.
  ///   - body: nil sends none.
  ///   - timeout: until the last byte of the response; nil waits for ever.
  /// - Throws: `timedOut`, `cancelled` (both reset the stream), `streamReset`,
  ///   `goingAway`, `connectionClosed`; `protocolError` for a response beyond
  ///   `maxResponseBytes`.
  package func request(
    method: String, path: String, headers: [(String, String)] = [], body: ByteBuffer? = nil,
    timeout: Duration? = .seconds(30)
  ) async throws -> HTTPResponse {
    let stream = try await open(
      method: method, path: path, headers: headers, body: body.map { .bytes($0) } ?? .none, timeout: timeout)
    do {
      let head = try await stream.head()
      let whole = try await stream.inbound.collect(upTo: maxResponseBytes)
      return HTTPResponse(status: head.status, headers: head.headers, body: whole)
    } catch {
      stream.reset()
      throw error
    }
  }

  /// As above, with the body as bytes.
  package func request(
    method: String, path: String, headers: [(String, String)] = [], body: [UInt8], timeout: Duration? = .seconds(30)
  ) async throws -> HTTPResponse {
    try await request(method: method, path: path, headers: headers, body: ByteBuffer(bytes: body), timeout: timeout)
  }

  /// Opens a stream with both bodies open; nothing limits its life but its
  /// ends, the connection and the keep-alive.
  package func openStream(
    method: String, path: String, headers: [(String, String)] = []
  ) async throws -> DuplexStream {
    try await open(method: method, path: path, headers: headers, body: .stream, timeout: nil)
  }

  private func open(
    method: String, path: String, headers: [(String, String)], body: H2Connection.RequestBody, timeout: Duration?
  ) async throws -> DuplexStream {
    if isClosed { throw TransportError.closed() }
    if Task.isCancelled { throw TransportError.cancelled }
    let opened = try await ref.run { [authority] in
      try $0.open(method: method, path: path, authority: authority, headers: headers, body: body, timeout: timeout)
    }
    let lease = StreamLease(
      id: opened.id, inbound: opened.inbound, outbound: opened.outbound, ref: ref, connection: self)
    return DuplexStream(lease: lease, response: opened.response)
  }

  // MARK: End

  /// True once the connection has ended, for whatever reason.
  package var isClosed: Bool { core.end.isResolved }

  /// Waits for the connection's end and returns the reason; nil if the waiting
  /// task is cancelled first.
  package func waitUntilClosed() async -> (any Error)? {
    try? await core.end.get()
  }

  /// Says good-bye and closes at once; open streams fail with `connectionClosed`.
  package func close() async {
    guard !isClosed else { return }
    ref.post { $0.terminate(.closed("The connection was closed by this side")) }
    try? await channel.closeFuture.get()
  }
}
