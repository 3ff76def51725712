import NIOCore

/// A client's stream with request and response body open at the same time.
///
/// Dropping the stream and its `inbound` without finishing resets it.
package final class DuplexStream: Sendable {
  private let lease: StreamLease
  private let response: OneShot<HTTPResponseHead>

  init(lease: StreamLease, response: OneShot<HTTPResponseHead>) {
    self.lease = lease
    self.response = response
  }

  /// Queues bytes; waits while more than the high-water mark is queued. They
  /// leave within a tick of the event loop as far as the windows allow. If the
  /// wait is cancelled they stay queued. Throws why the stream ended, if it did.
  package func write(_ buffer: ByteBuffer) async throws {
    try await lease.outbound.write(buffer)
  }

  /// Ends the request body after what is queued.
  package func finish() async throws {
    try lease.outbound.finish()
  }

  /// Waits for the response head; throws why the stream ended, if it did.
  package func head() async throws -> HTTPResponseHead {
    try await response.get()
  }

  /// The response body, for one reader.
  package var inbound: BodyStream {
    BodyStream(pipe: lease.inbound, lease: lease)
  }

  /// Gives the stream up: the server's handler is cancelled, and reads and writes
  /// here throw `cancelled` as soon as the event loop has got round to it.
  package func reset() {
    lease.reset()
  }
}

/// Holds a client's stream open; the last holder's end resets it.
final class StreamLease: Sendable {
  let inbound: InboundPipe
  let outbound: OutboundPipe
  private let id: Int32
  private let ref: ConnectionRef
  /// A connection lives as long as a stream of it is in use.
  private let connection: HTTPConnection

  init(id: Int32, inbound: InboundPipe, outbound: OutboundPipe, ref: ConnectionRef, connection: HTTPConnection) {
    self.id = id
    self.inbound = inbound
    self.outbound = outbound
    self.ref = ref
    self.connection = connection
  }

  deinit {
    reset()
  }

  func reset() {
    // Once closed the connection must not be reached for: its loop may be gone.
    if outbound.isFailed || connection.isClosed { return }
    ref.post { [id] in $0.reset(id, .cancelled) }
  }
}
