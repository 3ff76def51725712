import NIOCore

/// A body as a sequence of chunks, for one reader, to be read once.
///
/// Reading is what lets the peer send more: at most the stream window (1 MiB
/// unless set otherwise) waits here unread. Reading throws `streamReset`,
/// `connectionClosed`, `timedOut` or `cancelled` if the body cannot be completed;
/// chunks that arrived before are still delivered first.
package struct BodyStream: AsyncSequence, Sendable {
  package typealias Element = ByteBuffer

  let pipe: InboundPipe
  /// Keeps the client's stream open as long as somebody can read it.
  let lease: StreamLease?

  init(pipe: InboundPipe, lease: StreamLease? = nil) {
    self.pipe = pipe
    self.lease = lease
  }

  /// A body that is complete already.
  package init(bytes: [UInt8]) {
    self.init(buffer: ByteBuffer(bytes: bytes))
  }

  /// A body that is complete already.
  package init(buffer: ByteBuffer) {
    let pipe = InboundPipe(reportStep: .max, report: { _ in })
    if buffer.readableBytes > 0 { pipe.push(buffer) }
    pipe.finish()
    self.init(pipe: pipe)
  }

  /// Reads on where the last iterator stopped: all iterators share one queue.
  package struct AsyncIterator: AsyncIteratorProtocol {
    let stream: BodyStream

    /// The next chunk, never empty; nil at the end.
    package mutating func next() async throws -> ByteBuffer? {
      try await stream.pipe.next()
    }
  }

  /// An iterator; two must not be waited on at the same time.
  package func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(stream: self)
  }

  /// The whole body, at most `limit` bytes; throws `protocolError` beyond that.
  package func collect(upTo limit: Int) async throws -> ByteBuffer {
    var whole = ByteBuffer()
    for try await chunk in self {
      guard whole.readableBytes + chunk.readableBytes <= limit else {
        throw TransportError(.protocolError, "A body is larger than \(limit) bytes", hint: "raise the limit or send less")
      }
      if whole.readableBytes == 0 {
        whole = chunk
      } else {
        whole.writeImmutableBuffer(chunk)
      }
    }
    return whole
  }
}
