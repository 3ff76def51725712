/// What the other side showed in the handshake.
package struct PeerCertificates: Sendable {
  /// The peer's own certificate.
  package let leafDER: [UInt8]
  /// All certificates as presented, leaf first; after a resumption perhaps the leaf alone.
  package let chainDER: [[UInt8]]
  /// OpenSSL has followed the chain to a trust anchor (now, or in the session
  /// that was resumed). False if no trust anchors were given.
  package let verified: Bool
  /// The handshake resumed an earlier session, so nothing was looked at again
  /// but the leaf's validity period.
  package let resumed: Bool

  /// Makes a value, for tests.
  package init(leafDER: [UInt8], chainDER: [[UInt8]], verified: Bool, resumed: Bool) {
    self.leafDER = leafDER
    self.chainDER = chainDER
    self.verified = verified
    self.resumed = resumed
  }
}

/// Sent up the pipeline when a handshake is done.
struct TLSEstablished: Sendable {
  let peer: PeerCertificates?
}
