import COpenSSL

/// Keys, certificates and rules for TLS connections: one SSL_CTX.
///
/// TLS 1.3 only, ALPN `h2` only. A context cannot be changed; for renewed
/// certificates make a new one, which also voids all session tickets.
@safe package final class TLSContext: @unchecked Sendable {
  // SSL_CTX locks internally; nothing here changes it after init.

  /// What a server asks of its clients.
  package enum ClientCertificate: Sendable, Hashable {
    /// Do not ask.
    case none
    /// Ask; accept a client without one; refuse an invalid one in the handshake.
    case optional
    /// Ask; refuse a client without one.
    case required
  }

  enum Role: Sendable { case server, client }

  let raw: OpaquePointer
  let role: Role
  /// Peers are checked against trust anchors.
  let verifies: Bool
  let requiresPeer: Bool
  let tickets = TicketStore()

  /// A server's context.
  ///
  /// - Parameters:
  ///   - certificateChainPEM: leaf first, then the intermediates a client lacks.
  ///   - privateKeyPEM: the leaf's key, not encrypted.
  ///   - trustAnchorsPEM: certificates a client's chain may end at, intermediates
  ///     included; name constraints, path lengths and purposes are enforced.
  ///   - clientCertificates: whether clients show certificates.
  /// - Throws: `TransportError.tlsFailed` when the material cannot be used.
  package static func server(
    certificateChainPEM: [UInt8], privateKeyPEM: [UInt8], trustAnchorsPEM: [UInt8],
    clientCertificates: ClientCertificate
  ) throws -> TLSContext {
    let context = try TLSContext(
      role: .server, verifies: clientCertificates != .none, requiresPeer: clientCertificates == .required)
    try context.use(chain: certificateChainPEM, key: privateKeyPEM)
    switch clientCertificates {
    case .none: unsafe SSL_CTX_set_verify(context.raw, SSL_VERIFY_NONE, nil)
    case .optional: unsafe SSL_CTX_set_verify(context.raw, SSL_VERIFY_PEER, nil)
    case .required:
      unsafe SSL_CTX_set_verify(context.raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    }
    if clientCertificates != .none { try context.trust(trustAnchorsPEM) }
    // Tickets are stateless: the keys live in this SSL_CTX, no session is stored.
    unsafe tls_ctx_cache_off(context.raw)
    // Without a session id context OpenSSL refuses to resume verified sessions.
    let id = Array("creditnode".utf8)
    _ = unsafe id.withUnsafeBufferPointer { unsafe SSL_CTX_set_session_id_context(context.raw, $0.baseAddress, UInt32($0.count)) }
    context.requireALPN()
    return context
  }

  /// A client's context.
  ///
  /// - Parameters:
  ///   - certificateChainPEM: nil for an anonymous client, as in enrolment.
  ///   - privateKeyPEM: the leaf's key; nil exactly when the chain is.
  ///   - trustAnchorsPEM: as for a server. Nil: the server's chain is not checked
  ///     here at all and `verifyPeer` alone must judge it.
  /// - Throws: `TransportError.tlsFailed` when the material cannot be used.
  package static func client(
    certificateChainPEM: [UInt8]?, privateKeyPEM: [UInt8]?, trustAnchorsPEM: [UInt8]?
  ) throws -> TLSContext {
    let context = try TLSContext(role: .client, verifies: trustAnchorsPEM != nil, requiresPeer: true)
    switch (certificateChainPEM, privateKeyPEM) {
    case (.some(let chain), .some(let key)): try context.use(chain: chain, key: key)
    case (.none, .none): break
    default:
      throw TransportError(.tlsFailed, "A client certificate without its key, or the reverse", hint: "give both or neither")
    }
    if let trustAnchorsPEM {
      try context.trust(trustAnchorsPEM)
      unsafe SSL_CTX_set_verify(context.raw, SSL_VERIFY_PEER, nil)
    } else {
      unsafe SSL_CTX_set_verify(context.raw, SSL_VERIFY_NONE, nil)
    }
    unsafe tls_ctx_cache_client(context.raw)
    unsafe SSL_CTX_sess_set_new_cb(context.raw) { ssl, session in
      // 1 keeps the reference, 0 gives it back.
      guard let ssl = unsafe ssl, let session = unsafe session, let data = unsafe SSL_get_ex_data(ssl, 0) else { return 0 }
      unsafe Unmanaged<TLSSession>.fromOpaque(data).takeUnretainedValue().keep(ticket: SessionTicket(session))
      return 1
    }
    // This function, unlike its siblings, returns 0 for success.
    guard unsafe SSL_CTX_set_alpn_protos(context.raw, alpnWire, UInt32(alpnWire.count)) == 0 else {
      throw openSSLFailure("ALPN could not be set", hint: "")
    }
    return context
  }

  private init(role: Role, verifies: Bool, requiresPeer: Bool) throws {
    let method = unsafe role == .server ? TLS_server_method() : TLS_client_method()
    guard let raw = unsafe SSL_CTX_new(method) else {
      throw openSSLFailure("No TLS context", hint: "check the OpenSSL installation")
    }
    unsafe self.raw = raw
    self.role = role
    self.verifies = verifies
    self.requiresPeer = requiresPeer
    guard unsafe tls_ctx_only_13(raw) == 1 else {
      throw openSSLFailure("TLS 1.3 is not available", hint: "check MinProtocol and MaxProtocol in openssl.cnf")
    }
    unsafe tls_ctx_set_modes(raw)
  }

  deinit {
    unsafe SSL_CTX_free(raw)
  }
}

/// ALPN protocol list in wire form.
private let alpnWire: [UInt8] = [2, 0x68, 0x32]

extension TLSContext {
  /// Refuses clients that do not offer h2, before any certificate is sent.
  fileprivate func requireALPN() {
    unsafe SSL_CTX_set_client_hello_cb(raw, { ssl, alert, _ in
      // OpenSSL calls the ALPN callback only if the client sent the extension.
      var bytes: UnsafePointer<UInt8>?
      var count = 0
      let type = UInt32(TLSEXT_TYPE_application_layer_protocol_negotiation)
      if unsafe SSL_client_hello_get0_ext(ssl, type, &bytes, &count) == 1 { return SSL_CLIENT_HELLO_SUCCESS }
      unsafe alert?.pointee = SSL_AD_NO_APPLICATION_PROTOCOL
      return SSL_CLIENT_HELLO_ERROR
    }, nil)
    unsafe SSL_CTX_set_alpn_select_cb(raw, { _, out, outLength, offered, offeredLength, _ in
      // The list is length-prefixed names; the answer must point into it.
      var index: UInt32 = 0
      while let offered = unsafe offered, index < offeredLength {
        let length = unsafe UInt32(offered[Int(index)])
        if length == 2, index + 2 < offeredLength, unsafe offered[Int(index) + 1] == 0x68, unsafe offered[Int(index) + 2] == 0x32 {
          unsafe out?.pointee = offered + Int(index) + 1
          unsafe outLength?.pointee = 2
          return SSL_TLSEXT_ERR_OK
        }
        index += 1 + length
      }
      return SSL_TLSEXT_ERR_ALERT_FATAL
    }, nil)
  }

  fileprivate func trust(_ pem: [UInt8]) throws {
    guard let store = unsafe SSL_CTX_get_cert_store(raw) else {
      throw openSSLFailure("No certificate store", hint: "")
    }
    let count = try unsafe eachCertificate(in: pem) { certificate in
      guard unsafe X509_STORE_add_cert(store, certificate) == 1 else {
        throw openSSLFailure("A trust anchor could not be used", hint: "check the trust anchor file")
      }
    }
    guard count > 0 else {
      throw TransportError(.tlsFailed, "No trust anchor was given", hint: "the PEM text holds no CERTIFICATE block")
    }
    // An anchor need not be self-signed: a district may trust its own CA only.
    unsafe X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
  }

  fileprivate func use(chain: [UInt8], key: [UInt8]) throws {
    var first = true
    let raw = unsafe self.raw
    let count = try unsafe eachCertificate(in: chain) { certificate in
      let result = unsafe first ? SSL_CTX_use_certificate(raw, certificate) : tls_ctx_add_chain(raw, certificate)
      first = false
      guard result == 1 else {
        throw openSSLFailure("The certificate cannot be used", hint: "check the chain file: leaf first, then its issuers")
      }
    }
    guard count > 0 else {
      throw TransportError(.tlsFailed, "No certificate was given", hint: "the PEM text holds no CERTIFICATE block")
    }
    try unsafe withMemoryBIO(key) { bio in
      ERR_clear_error()
      guard let pkey = unsafe PEM_read_bio_PrivateKey(bio, nil, { unsafe tls_no_password($0, $1, $2, $3) }, nil) else {
        throw openSSLFailure("The private key cannot be read", hint: "it must be PEM and not encrypted")
      }
      defer { unsafe EVP_PKEY_free(pkey) }
      guard unsafe SSL_CTX_use_PrivateKey(raw, pkey) == 1, unsafe SSL_CTX_check_private_key(raw) == 1 else {
        throw openSSLFailure("The private key cannot be used", hint: "does it belong to the certificate?")
      }
    }
  }

  /// Calls `body` for each CERTIFICATE block; returns how many there were.
  private func eachCertificate(in pem: [UInt8], _ body: (OpaquePointer) throws -> Void) throws -> Int {
    try unsafe withMemoryBIO(pem) { bio in
      var count = 0
      ERR_clear_error()
      while let certificate = unsafe PEM_read_bio_X509(bio, nil, { unsafe tls_no_password($0, $1, $2, $3) }, nil) {
        defer { unsafe X509_free(certificate) }
        try unsafe body(certificate)
        count += 1
      }
      guard tls_pem_ended(ERR_peek_last_error()) == 1 else {
        throw openSSLFailure("A certificate cannot be read", hint: "check the PEM text after certificate \(count)")
      }
      ERR_clear_error()
      return count
    }
  }
}
