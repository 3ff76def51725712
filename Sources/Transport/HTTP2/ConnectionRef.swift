import NIOCore

/// How other threads reach a connection.
struct ConnectionRef: Sendable {
  let loop: any EventLoop
  private let bound: NIOLoopBound<H2Connection>

  /// Made on the connection's event loop.
  init(_ connection: H2Connection, loop: any EventLoop) {
    self.loop = loop
    bound = NIOLoopBound(connection, eventLoop: loop)
  }

  /// The connection itself, on its loop; nil elsewhere.
  var here: H2Connection? { loop.inEventLoop ? bound.value : nil }

  /// Runs `body` on the loop and waits for it; at once if this is the loop.
  func run<T: Sendable>(_ body: @escaping @Sendable (H2Connection) throws -> T) async throws -> T {
    if loop.inEventLoop { return try body(bound.value) }
    return try await loop.submit { [bound] in try body(bound.value) }.get()
  }

  /// Runs `body` on the loop, soon; at once if this is the loop.
  func post(_ body: @escaping @Sendable (H2Connection) -> Void) {
    if loop.inEventLoop { return body(bound.value) }
    loop.execute { [bound] in body(bound.value) }
  }
}
