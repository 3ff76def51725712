import NIOCore

/// What a client's connection tells those who wait for it.
final class ClientCore: Sendable {
  let verifyPeer: PeerVerifier?
  /// The connection, once the server's SETTINGS are here.
  let ready = OneShot<ConnectionRef>()
  /// Why the connection ended.
  let end = OneShot<any Error>()

  init(verifyPeer: PeerVerifier?) {
    self.verifyPeer = verifyPeer
  }

  func ended(_ reason: any Error) {
    ready.resolve(.failure(reason))
    end.resolve(.success(reason))
  }
}

extension H2Connection {
  enum RequestBody: Sendable {
    case none
    case bytes(ByteBuffer)
    case stream
  }

  /// Opens a client's stream; `timeout` resets it.
  func open(
    method: String, path: String, authority: String, headers: [(String, String)], body: RequestBody, timeout: Duration?
  ) throws -> (id: Int32, inbound: InboundPipe, outbound: OutboundPipe, response: OneShot<HTTPResponseHead>) {
    guard let session, let context else { throw TransportError.closed() }
    guard !goingAway else {
      throw TransportError(.goingAway(retryable: true), "The server is shutting down", hint: "use a new connection")
    }
    let hasBody: Bool
    if case .none = body { hasBody = false } else { hasBody = true }
    var fields = FieldBlock(reserving: headers.count + 4)
    fields.add(":method", try FieldRules.method(method))
    fields.add(":scheme", isOverTLS ? "https" : "http")
    fields.add(":authority", authority)
    fields.add(":path", try FieldRules.path(path))
    try fields.add(checking: headers)
    let id = try session.submitRequest(fields, hasBody: hasBody)
    let response = OneShot<HTTPResponseHead>()
    guard let stream = makeStream(id, response: response) else { throw TransportError.closed() }
    keep(stream)
    switch body {
    case .stream: break
    case .none: try stream.outbound.finish()
    case .bytes(let bytes):
      if bytes.readableBytes > 0 { _ = try stream.outbound.enqueue(bytes) }
      try stream.outbound.finish()
    }
    if let timeout {
      stream.deadline = context.eventLoop.assumeIsolated().scheduleTask(in: timeout.timeAmount) { [weak self] in
        self?.reset(
          id, TransportError(.timedOut, "No response to \(method) \(path) within \(timeout)", hint: "the server may be overloaded"))
      }
    }
    scheduleFlush()
    return (id, stream.inbound, stream.outbound, response)
  }
}
