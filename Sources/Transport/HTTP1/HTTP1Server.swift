import NIOCore
import NIOHTTP1
import NIOPosix

/// A small HTTP/1.1 server for a status page in this machine's own browser.
///
/// It listens on loopback only, answers GET and HEAD only, and answers only
/// requests whose Host is loopback: otherwise any web site the browser shows
/// could read the page through a name of its own that resolves to 127.0.0.1.
/// Heads and request bodies (read and dropped) are limited to 64 KiB.
package final class HTTP1Server: Sendable {
  private let listener: any Channel
  private let core: HTTP1Core
  private let address: ListenAddress

  /// Starts to listen.
  ///
  /// - Parameters:
  ///   - address: 127.0.0.1, ::1 or localhost with a port (0 lets the system choose), or a Unix socket.
  ///   - group: event loops; shut the server down before them.
  ///   - maxConnections: further ones are closed at once.
  ///   - handler: as for `HTTPServer`; `peer` is nil, the body empty.
  /// - Throws: `TransportError.bindFailed`.
  package static func start(
    on address: ListenAddress, group: any EventLoopGroup, maxConnections: Int = 256, idleTimeout: Duration = .seconds(60),
    handler: @escaping RequestHandler
  ) async throws -> HTTP1Server {
    if case .tcp(let host, _) = address, !LoopbackHost.accepts(host.utf8.contains(58) ? "[\(host)]" : host) {
      throw TransportError(
        .bindFailed, "\(host) is not a loopback address", hint: "the status page is for this machine only")
    }
    let core = HTTP1Core(handler: handler, maxConnections: maxConnections, idleTimeout: idleTimeout)
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 128)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        guard let id = core.admit(channel) else {
          return channel.eventLoop.makeFailedFuture(TransportError.closed("Too many connections"))
        }
        channel.closeFuture.whenComplete { _ in core.forget(id) }
        return channel.eventLoop.makeCompletedFuture {
          var decoding = NIOHTTPDecoderLimitConfiguration()
          decoding.maxHeaderFieldSize = 16 * 1024
          decoding.maxHeaderListSize = HTTP1Handler.limit
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(HTTPResponseEncoder())
          try pipeline.addHandler(
            ByteToMessageHandler(
              HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: decoding)))
          try pipeline.addHandler(HTTPServerPipelineHandler())
          try pipeline.addHandler(HTTPServerProtocolErrorHandler())
          try pipeline.addHandler(HTTP1Handler(core: core, id: id))
        }
      }
    do {
      let listener: any Channel
      switch address {
      case .tcp(let host, let port): listener = try await bootstrap.bind(host: host, port: port).get()
      case .unix(let path):
        listener = try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
      }
      return HTTP1Server(listener: listener, core: core, address: address)
    } catch {
      throw TransportError(
        .bindFailed, "Cannot listen on \(address): \(error)", hint: "is the address in use already?")
    }
  }

  private init(listener: any Channel, core: HTTP1Core, address: ListenAddress) {
    self.listener = listener
    self.core = core
    self.address = address
  }

  /// The TCP port listened on; nil on a Unix socket.
  package var localPort: Int? {
    if case .unix = address { return nil }
    return listener.localAddress?.port
  }

  /// Stops listening, lets running requests finish, at most `gracePeriod`, then closes.
  package func shutdown(gracePeriod: Duration) async {
    try? await listener.close().get()
    let channels = core.beginShutdown()
    for channel in channels {
      channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
      let timer = channel.eventLoop.scheduleTask(in: gracePeriod.timeAmount) { channel.close(promise: nil) }
      channel.closeFuture.whenComplete { _ in timer.cancel() }
    }
    for channel in channels { try? await channel.closeFuture.get() }
    if case .unix(let path) = address { unlinkSocket(path) }
  }
}

/// Whether a Host field names this machine's loopback.
enum LoopbackHost {
  /// 127.0.0.1, localhost or [::1], with any port or none.
  static func accepts(_ host: String) -> Bool {
    let lower = host.lowercased()
    for name in ["127.0.0.1", "localhost", "[::1]"] where lower.hasPrefix(name) {
      let rest = lower.dropFirst(name.count)
      if rest.isEmpty { return true }
      let digits = rest.dropFirst()
      if rest.first == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), digits.utf8.count <= 5 { return true }
    }
    return false
  }
}
