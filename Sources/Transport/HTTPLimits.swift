/// What one side allows the other. Server and client take the same values.
package struct HTTPLimits: Sendable {
  /// Streams the peer may have open at once on a connection.
  package var maxConcurrentStreams: Int = 256
  /// Bytes of a header list: names, values and 32 per field, as RFC 9113 counts.
  package var maxHeaderListBytes: Int = 32 * 1024
  /// Bytes a peer may send on a stream beyond what was read here; 65,535 … 2³¹−1.
  package var streamWindow: Int = 1024 * 1024
  /// Bytes in flight on a connection; 65,535 … 2³¹−1.
  package var connectionWindow: Int = 8 * 1024 * 1024
  /// A writer waits once more than this many bytes are queued on its stream …
  package var writeHighWater: Int = 256 * 1024
  /// … and goes on when fewer than this many are left.
  package var writeLowWater: Int = 64 * 1024
  /// From the accepted or started connection to the peer's first SETTINGS frame.
  package var handshakeTimeout: Duration = .seconds(10)
  /// Between two keep-alive PINGs.
  package var pingInterval: Duration = .seconds(15)
  /// PING intervals without one received byte after which the peer is given up.
  package var maxMissedPings: Int = 2
  /// Connections a server holds; further ones are accepted and closed at once.
  package var maxConnections: Int = 1024
  /// Bytes of a response body that `HTTPConnection.request` collects.
  package var maxResponseBytes: Int = 16 * 1024 * 1024
  /// RST_STREAM frames a peer with a verified certificate (or on a Unix socket)
  /// may send in a burst; others get the library's own, lower limit.
  package var verifiedResetBurst: UInt64 = 100_000
  /// RST_STREAM frames such a peer may send per second in the long run.
  package var verifiedResetRate: UInt64 = 10_000

  /// The defaults above.
  package init() {}
}
