import NIOCore

/// Answers on an HTTP/2 stream.
struct H2ResponseWriter: ResponseWriter {
  let connection: ConnectionRef
  let stream: Int32
  let outbound: OutboundPipe
  /// HEAD: the head goes out, the body does not.
  let headOnly: Bool

  func sendHead(status: Int, headers: [(String, String)]) async throws {
    if outbound.isFailed { try await outbound.write(ByteBuffer()) }
    let bodyless = headOnly || status == 204 || status == 304
    if let here = connection.here { return try here.respond(stream, status: status, headers: headers, body: !bodyless) }
    try await connection.run { [stream] in
      try $0.respond(stream, status: status, headers: headers, body: !bodyless)
    }
  }

  func write(_ buffer: ByteBuffer) async throws {
    if headOnly { return }
    try await outbound.write(buffer)
  }

  func finish() async throws {
    try outbound.finish()
  }
}
