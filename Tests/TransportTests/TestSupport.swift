import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Transport

let group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton

/// A server on a free loopback port for the time of `body`.
func withServer<T: Sendable>(
  tls: TLSContext?, verifyPeer: PeerVerifier? = nil, limits: HTTPLimits = HTTPLimits(),
  observer: (@Sendable (ServerEvent) -> Void)? = nil, handler: @escaping RequestHandler,
  _ body: (HTTPServer, ListenAddress) async throws -> T
) async throws -> T {
  let server = try await HTTPServer.start(
    on: .tcp(host: "127.0.0.1", port: 0), tls: tls, group: group, verifyPeer: verifyPeer, limits: limits,
    observer: observer, handler: handler)
  do {
    let result = try await body(server, .tcp(host: "127.0.0.1", port: server.localPort ?? 0))
    await server.shutdown(gracePeriod: .seconds(2))
    return result
  } catch {
    await server.shutdown(gracePeriod: .zero)
    throw error
  }
}

/// A server and one connection to it, over mutual TLS.
func withPair<T: Sendable>(
  limits: HTTPLimits = HTTPLimits(), handler: @escaping RequestHandler,
  _ body: (HTTPServer, HTTPConnection) async throws -> T
) async throws -> T {
  let pki = try TestPKI.shared.get()
  return try await withServer(tls: pki.serverContext(), limits: limits, handler: handler) { server, address in
    let connection = try await HTTPConnection.connect(to: address, tls: pki.clientContext(), group: group)
    do {
      let result = try await body(server, connection)
      await connection.close()
      return result
    } catch {
      await connection.close()
      throw error
    }
  }
}

/// Answers any request with its method, path and body.
let mirror: RequestHandler = { request, writer in
  let body = try await request.body.collect(upTo: 1 << 20)
  try await writer.sendHead(status: 200, headers: [("X-Method", request.head.method)])
  try await writer.write(ByteBuffer(string: "\(request.head.method) \(request.head.path) "))
  try await writer.write(body)
  try await writer.finish()
}

/// A counter that tasks share.
final class Counter: Sendable {
  private let value = Mutex(0)
  func add(_ count: Int) { value.withLock { $0 += count } }
  var count: Int { value.withLock { $0 } }
}

/// A signal given once.
typealias Signal = OneShot<Void>
extension OneShot where Value == Void {
  func give() { resolve(.success(())) }
}

/// The kind of the transport error `body` throws.
func kind(_ body: () async throws -> Void) async throws -> TransportError.Kind? {
  do {
    try await body()
    return nil
  } catch let error as TransportError {
    return error.kind
  }
}

/// Round trips until `counter` no longer moves between them.
func settle(_ counter: Counter, on connection: HTTPConnection) async throws {
  var quiet = 0
  while quiet < 5 {
    let before = counter.count
    for _ in 0..<20 { _ = try await connection.request(method: "GET", path: "/ping") }
    quiet = before == counter.count && before > 0 ? quiet + 1 : 0
  }
}

/// A plain TCP connection that sends bytes and keeps what comes back until the end.
final class RawClient: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer
  private let text = Mutex<[UInt8]>([])

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = Array(unwrapInboundIn(data).readableBytesView)
    text.withLock { $0 += bytes }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  /// Sends `bytes` and returns what was received when the peer closed.
  static func talk(to port: Int, _ bytes: [UInt8]) async throws -> [UInt8] {
    let client = RawClient()
    let channel = try await ClientBootstrap(group: group)
      .channelInitializer { channel in channel.pipeline.addHandler(client) }
      .connect(host: "127.0.0.1", port: port).get()
    try? await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    try await channel.closeFuture.get()
    return client.text.withLock { $0 }
  }
}

/// Sends a request, waits for certain words of the answer, then breaks off.
final class FirstWords: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer
  private let text = Mutex("")
  private let words: String
  private let found = OneShot<String>()

  private init(_ words: String) { self.words = words }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let whole = text.withLock { text in
      text += String(buffer: unwrapInboundIn(data))
      return text
    }
    if whole.contains(words) { found.resolve(.success(whole)) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    found.resolve(.failure(TestFailure("closed before \(words)")))
  }

  static func of(_ port: Int, _ request: String, until words: String) async throws -> String {
    let handler = FirstWords(words)
    let channel = try await ClientBootstrap(group: group)
      .channelInitializer { channel in channel.pipeline.addHandler(handler) }
      .connect(host: "127.0.0.1", port: port).get()
    try await channel.writeAndFlush(ByteBuffer(string: request)).get()
    let text = try await handler.found.get()
    try await channel.close().get()
    return text
  }
}
