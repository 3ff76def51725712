import COpenSSL
import NIOCore

/// One SSL object on a wire: ciphertext is read from where it was received and written to where it is sent
/// from, without a buffer between. Confined to its event loop.
@safe final class TLSSession {
  enum ReadResult { case some(ByteBuffer), wantMore, closed }

  private let ssl: OpaquePointer
  var handle: OpaquePointer { unsafe ssl }
  private let wire: OpaquePointer
  let context: TLSContext
  private let server: String
  private(set) var established = false

  private nonisolated(unsafe) static let wireMethod = unsafe tls_wire_method()
  /// Plaintext of a record, and what a record adds to it at most.
  private static let recordSize = 16 * 1024, recordOverhead = 64

  /// - Parameter server: under which a client keeps its tickets.
  init(context: TLSContext, server: String) throws {
    guard let ssl = unsafe SSL_new(context.raw) else { throw openSSLFailure("No TLS session", hint: "") }
    guard let method = unsafe Self.wireMethod, let wire = unsafe tls_wire_new(method) else {
      unsafe SSL_free(ssl)
      throw openSSLFailure("No memory for a TLS session", hint: "")
    }
    unsafe SSL_set_bio(ssl, wire, wire)
    unsafe self.ssl = ssl
    unsafe self.wire = wire
    self.context = context
    self.server = server
    switch context.role {
    case .server: unsafe SSL_set_accept_state(ssl)
    case .client:
      unsafe SSL_set_connect_state(ssl)
      unsafe SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
      if let ticket = context.tickets.take(server: server) {
        // A ticket that does not fit only costs a full handshake.
        unsafe SSL_set_session(ssl, ticket.raw)
        ERR_clear_error()
      }
    }
  }

  deinit {
    unsafe SSL_free(ssl)
  }

  /// Called from OpenSSL when a ticket has arrived.
  func keep(ticket: SessionTicket) {
    context.tickets.put(ticket, server: server)
  }

  /// Lets `body` shake hands and read; it must read until `wantMore`, or give the session up.
  func receiving(_ ciphertext: ByteBuffer, _ body: () -> Void) {
    unsafe ciphertext.withUnsafeReadableBytes { bytes in
      unsafe tls_wire_give(wire, bytes.baseAddress, bytes.count)
      body()
      unsafe tls_wire_give(wire, nil, 0)
    }
  }

  /// Ciphertext to send that did not come from `encrypt`: handshake, alerts, key updates; nil if there is none.
  func drain() -> ByteBuffer? {
    let spill = unsafe tls_wire_spill(wire)
    let pending = unsafe tls_bio_pending(spill)
    guard pending > 0 else { return nil }
    var buffer = ByteBufferAllocator().buffer(capacity: pending)
    unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: pending) {
      unsafe max(0, Int(BIO_read(spill, $0.baseAddress, Int32(pending))))
    }
    return buffer
  }

  /// Goes on with the handshake; true when it is done. Throws what went wrong
  /// on either side; `drain` then still has an alert for the peer.
  func handshake() throws -> Bool {
    ERR_clear_error()
    let result = unsafe SSL_do_handshake(ssl)
    if result == 1 {
      established = true
      return true
    }
    switch unsafe SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return false
    default: throw failure(during: "The TLS handshake failed")
    }
  }

  /// Plaintext, up to `limit` bytes.
  func read(limit: Int) throws -> ReadResult {
    var buffer = ByteBufferAllocator().buffer(capacity: min(limit, max(2048, unsafe tls_wire_left(wire))))
    while buffer.writableBytes > 0 {
      ERR_clear_error()
      var outcome: Int32 = 0
      unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 0) { target in
        var count = 0
        outcome = unsafe SSL_read_ex(ssl, target.baseAddress, target.count, &count)
        return count
      }
      if outcome == 1 { continue }
      switch unsafe SSL_get_error(ssl, outcome) {
      case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
        return buffer.readableBytes > 0 ? .some(buffer) : .wantMore
      case SSL_ERROR_ZERO_RETURN:
        return buffer.readableBytes > 0 ? .some(buffer) : .closed
      default:
        if buffer.readableBytes > 0 { return .some(buffer) }
        throw failure(during: "The TLS connection failed")
      }
    }
    return .some(buffer)
  }

  /// Ciphertext of `buffer`, after whatever `drain` would have given.
  func encrypt(_ buffer: ByteBuffer) throws -> ByteBuffer {
    let room = buffer.readableBytes + (buffer.readableBytes / Self.recordSize + 1) * Self.recordOverhead
    var output = ByteBufferAllocator().buffer(capacity: room)
    try unsafe output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { place in
      unsafe tls_wire_place(wire, place.baseAddress, place.count)
      do {
        try write(buffer)
      } catch {
        unsafe tls_wire_place(wire, nil, 0)
        throw error
      }
      return unsafe tls_wire_place(wire, nil, 0)
    }
    if var rest = drain() { output.writeBuffer(&rest) }
    return output
  }

  private func write(_ buffer: ByteBuffer) throws {
    try unsafe buffer.withUnsafeReadableBytes { bytes in
      var offset = 0
      while offset < bytes.count {
        ERR_clear_error()
        var count = 0
        let start = unsafe bytes.baseAddress.map { unsafe $0 + offset }
        // The wire takes everything, so "try again" cannot happen after the handshake.
        guard unsafe SSL_write_ex(ssl, start, bytes.count - offset, &count) == 1 else {
          throw failure(during: "Encrypting failed")
        }
        offset += count
      }
    }
  }

  /// Prepares the close alert for `drain`.
  func close() {
    guard established else { return }
    ERR_clear_error()
    unsafe SSL_shutdown(ssl)
    ERR_clear_error()
  }

  private func failure(during what: String) -> TransportError {
    var details = drainOpenSSLErrors()
    let verdict = unsafe SSL_get_verify_result(ssl)
    if context.verifies, verdict != Int(X509_V_OK) {
      details.append(unsafe String(cString: X509_verify_cert_error_string(verdict)))
    }
    let text = details.joined(separator: "; ")
    let message = text.isEmpty ? what : "\(what): \(text)"
    if text.contains("peer did not return a certificate") || text.contains("certificate required") {
      return TransportError(.peerCertificateMissing, message, hint: "enrol this node, or check its certificate file")
    }
    if text.contains("no application protocol") {
      return TransportError(.alpnMissing, message, hint: "the other side does not speak HTTP/2 here")
    }
    return TransportError(
      .tlsFailed, message, hint: "check certificates, trust anchors and clocks on both sides")
  }
}
