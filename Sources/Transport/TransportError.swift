/// Why a connection, a handshake, a request or a stream came to nothing.
///
/// Every failure that leaves this target is one of these, except an error
/// thrown by the caller's own peer verifier or request handler.
package struct TransportError: Error, Sendable, CustomStringConvertible {
  /// What a caller may branch on; the words are for people.
  package enum Kind: Sendable, Hashable {
    /// The TCP or Unix-socket connection could not be made.
    case connectFailed
    /// Certificates or keys could not be used, or the handshake failed.
    case tlsFailed
    /// A client certificate is required and none was given.
    case peerCertificateMissing
    /// The peer did not negotiate HTTP/2.
    case alpnMissing
    /// The connection ended, or had ended before.
    case connectionClosed
    /// One side gave up this stream; the number is the HTTP/2 error code (RFC 9113, 7).
    case streamReset(UInt32)
    /// No answer within the time allowed.
    case timedOut
    /// The peer is shutting down. `retryable`: it has not looked at this
    /// request, so it may be repeated on a new connection without harm.
    case goingAway(retryable: Bool)
    /// The peer, or the caller, broke the rules of HTTP or passed a limit.
    case protocolError
    /// The calling task was cancelled, or the stream was reset on this side.
    case cancelled
    /// The listening address could not be used.
    case bindFailed
  }

  /// What happened.
  package let kind: Kind
  /// What happened, in words, with the detail the libraries gave.
  package let message: String
  /// What an operator can try.
  package let hint: String

  /// Makes an error; `hint` may stay empty where nothing can be advised.
  package init(_ kind: Kind, _ message: String, hint: String = "") {
    self.kind = kind
    self.message = message
    self.hint = hint
  }

  /// The message, and the hint after it if there is one.
  package var description: String {
    hint.isEmpty ? message : "\(message) (\(hint))"
  }

  static func closed(_ detail: String = "The connection was closed") -> TransportError {
    TransportError(.connectionClosed, detail, hint: "connect again after a short wait")
  }

  static let cancelled = TransportError(.cancelled, "The operation was cancelled")

  static func reset(_ code: UInt32) -> TransportError {
    TransportError(
      .streamReset(code), "The stream was reset with HTTP/2 error code \(code) (\(name(ofHTTP2Error: code)))")
  }

  private static func name(ofHTTP2Error code: UInt32) -> String {
    let names = [
      "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT",
      "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR",
      "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ]
    return Int(code) < names.count ? names[Int(code)] : "unknown"
  }
}
