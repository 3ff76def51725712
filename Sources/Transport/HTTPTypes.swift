import NIOCore

/// Where a server listens or a client connects to.
package enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
  /// A host name or numeric address; port 0 lets the system choose (servers only).
  case tcp(host: String, port: Int)
  /// A Unix socket. The file gets the rights the process's umask leaves, so put
  /// it in a directory that only the right users may enter.
  case unix(path: String)

  /// `host:port`, or `unix:path`.
  package var description: String {
    switch self {
    case .tcp(let host, let port): return host.utf8.contains(58) ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): return "unix:\(path)"
    }
  }
}

/// The head of a request.
package struct HTTPHead: Sendable {
  /// GET, POST …, as sent.
  package let method: String
  /// Path and query, as sent; begins with `/` (or is `*`).
  package let path: String
  /// Fields in the order received, names in lower case, pseudo-fields left out.
  package let headers: [(name: String, value: String)]
  /// The `:authority` or Host; empty when the client gave none.
  package let authority: String

  /// Makes a head, for tests and other transports.
  package init(method: String, path: String, headers: [(name: String, value: String)] = [], authority: String = "") {
    self.method = method
    self.path = path
    self.headers = headers
    self.authority = authority
  }

  /// The first value of a field, by its lower-case name.
  package func first(_ name: String) -> String? {
    headers.first { $0.name == name }?.value
  }
}

/// The head of a response.
package struct HTTPResponseHead: Sendable {
  /// 200 … 599.
  package let status: Int
  /// Fields in the order received, names in lower case.
  package let headers: [(name: String, value: String)]

  /// The first value of a field, by its lower-case name.
  package func first(_ name: String) -> String? {
    headers.first { $0.name == name }?.value
  }
}

/// A whole response, as `HTTPConnection.request` collects it.
package struct HTTPResponse: Sendable {
  /// 200 … 599.
  package let status: Int
  /// Fields in the order received, names in lower case.
  package let headers: [(name: String, value: String)]
  /// The whole body; empty if there was none.
  package let body: ByteBuffer
}

/// A request as a handler gets it.
package struct InboundRequest: Sendable {
  /// Method, path and fields.
  package let head: HTTPHead
  /// The request body. Reading it is what lets the client send more.
  package let body: BodyStream
  /// The client's certificates; nil without TLS or without a client certificate.
  package let peer: PeerCertificates?
  /// The client's address, for the record; `unix` on a Unix socket.
  package let remoteAddress: String
  /// The same for all requests of one connection; unique in this process.
  package let connectionID: UInt64

  /// Makes a request, for tests of handlers.
  package init(
    head: HTTPHead, body: BodyStream, peer: PeerCertificates?, remoteAddress: String, connectionID: UInt64
  ) {
    self.head = head
    self.body = body
    self.peer = peer
    self.remoteAddress = remoteAddress
    self.connectionID = connectionID
  }
}

/// How a handler answers: head, then writes, then finish.
///
/// A handler that returns before `finish` leaves its client with a reset stream:
/// a cut response must not look like a whole one.
package protocol ResponseWriter: Sendable {
  /// Sends status (200 … 599) and fields; names are put into lower case.
  /// Throws `protocolError` when called twice, otherwise as `write` does.
  func sendHead(status: Int, headers: [(String, String)]) async throws
  /// Queues bytes; waits while too many are queued. Throws `streamReset`,
  /// `connectionClosed` or `cancelled` when the bytes can no longer arrive.
  func write(_ buffer: ByteBuffer) async throws
  /// Ends the body. Does not wait until the bytes have left.
  func finish() async throws
}

/// Answers one request, in a task that runs on its connection's event loop: it
/// must not block. The task is cancelled when the client resets the stream or
/// the connection is lost. A throw becomes status 500, or a reset stream if
/// the head was already sent.
package typealias RequestHandler = @Sendable (InboundRequest, any ResponseWriter) async throws -> Void

/// Judges the peer after every handshake, resumed ones too, before the
/// connection counts as established; nil means a client without certificate.
/// Throwing closes the connection. Runs on the event loop: it must not block.
package typealias PeerVerifier = @Sendable (PeerCertificates?) throws -> Void

extension Duration {
  var timeAmount: TimeAmount {
    let (seconds, attoseconds) = components
    return .nanoseconds(seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
  }
}
