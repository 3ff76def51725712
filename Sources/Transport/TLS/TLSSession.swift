import COpenSSL
import NIOCore

/// One SSL object between two memory BIOs. Confined to its event loop.
@safe final class TLSSession {
  enum ReadResult { case some(ByteBuffer), wantMore, closed }

  private let ssl: OpaquePointer
  var handle: OpaquePointer { unsafe ssl }
  private let incoming: OpaquePointer
  private let outgoing: OpaquePointer
  let context: TLSContext
  private let server: String
  private(set) var established = false

  /// - Parameter server: under which a client keeps its tickets.
  init(context: TLSContext, server: String) throws {
    guard let ssl = unsafe SSL_new(context.raw) else { throw openSSLFailure("No TLS session", hint: "") }
    guard let incoming = unsafe BIO_new(BIO_s_mem()), let outgoing = unsafe BIO_new(BIO_s_mem()) else {
      unsafe SSL_free(ssl)
      throw openSSLFailure("No memory for a TLS session", hint: "")
    }
    unsafe tls_bio_empty_is_retry(incoming)
    unsafe tls_bio_empty_is_retry(outgoing)
    unsafe SSL_set_bio(ssl, incoming, outgoing)
    unsafe self.ssl = ssl
    unsafe self.incoming = incoming
    unsafe self.outgoing = outgoing
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

  /// Takes in ciphertext.
  func feed(_ buffer: ByteBuffer) throws {
    let written = unsafe buffer.withUnsafeReadableBytes { unsafe BIO_write(incoming, $0.baseAddress, Int32($0.count)) }
    guard Int(written) == buffer.readableBytes else { throw openSSLFailure("No memory for received bytes", hint: "") }
  }

  /// Ciphertext to send, nil if there is none.
  func drain() -> ByteBuffer? {
    let pending = unsafe tls_bio_pending(outgoing)
    guard pending > 0 else { return nil }
    var buffer = ByteBufferAllocator().buffer(capacity: pending)
    unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: pending) {
      unsafe max(0, Int(BIO_read(outgoing, $0.baseAddress, Int32(pending))))
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
    var buffer = ByteBufferAllocator().buffer(capacity: min(limit, max(2048, unsafe tls_bio_pending(incoming))))
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

  /// Encrypts; the result is taken with `drain`.
  func write(_ buffer: ByteBuffer) throws {
    try unsafe buffer.withUnsafeReadableBytes { bytes in
      var offset = 0
      while offset < bytes.count {
        ERR_clear_error()
        var count = 0
        let start = unsafe bytes.baseAddress.map { unsafe $0 + offset }
        // A memory BIO takes everything, so "try again" cannot happen after the handshake.
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
