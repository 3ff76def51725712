import COpenSSL

extension TLSSession {
  /// The verdict on a finished handshake: HTTP/2 was agreed on, and the peer's
  /// certificates, nil if it has none and need not.
  func verdict() throws -> PeerCertificates? {
    var name: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    unsafe SSL_get0_alpn_selected(handle, &name, &count)
    guard count == 2, let name = unsafe name, unsafe name[0] == 0x68, unsafe name[1] == 0x32 else {
      throw TransportError(.alpnMissing, "The peer did not agree on HTTP/2", hint: "does something else listen there?")
    }
    let resumed = unsafe SSL_session_reused(handle) == 1
    guard let leaf = unsafe SSL_get1_peer_certificate(handle) else {
      guard !context.requiresPeer else {
        throw TransportError(.peerCertificateMissing, "The peer gave no certificate", hint: "enrol the peer first")
      }
      return nil
    }
    defer { unsafe X509_free(leaf) }
    // OpenSSL does not look at dates again when a session is resumed.
    if context.verifies, resumed {
      guard unsafe X509_cmp_time(X509_get0_notAfter(leaf), nil) > 0 else {
        throw TransportError(.tlsFailed, "The peer's certificate has expired since the session began", hint: "renew it")
      }
    }
    let leafDER = unsafe Self.der(leaf)
    var chain = [leafDER]
    let presented = unsafe SSL_get_peer_cert_chain(handle)
    for index in 0..<(unsafe tls_chain_count(presented)) {
      guard let certificate = unsafe tls_chain_at(presented, index) else { continue }
      let der = unsafe Self.der(certificate)
      // A client's list begins with the leaf, a server's does not.
      if index > 0 || der != leafDER { chain.append(der) }
    }
    let verified = unsafe context.verifies && SSL_get_verify_result(handle) == Int(X509_V_OK)
    return PeerCertificates(leafDER: leafDER, chainDER: chain, verified: verified, resumed: resumed)
  }

  private static func der(_ certificate: OpaquePointer) -> [UInt8] {
    let size = unsafe i2d_X509(certificate, nil)
    guard size > 0 else { return [] }
    return unsafe [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
      var cursor = buffer.baseAddress
      count = unsafe max(0, Int(i2d_X509(certificate, &cursor)))
    }
  }
}
