import COpenSSL

/// Reads, and thereby empties, this thread's OpenSSL error queue. The queue is
/// per thread and connections share threads: an entry left behind would be
/// taken for another connection's error.
func drainOpenSSLErrors() -> [String] {
  var messages: [String] = []
  while true {
    let code = ERR_get_error()
    if code == 0 { break }
    if let reason = unsafe ERR_reason_error_string(code) {
      messages.append(unsafe String(cString: reason))
    } else {
      messages.append("error \(String(code, radix: 16))")
    }
  }
  return messages
}

func openSSLFailure(_ what: String, hint: String) -> TransportError {
  let detail = drainOpenSSLErrors().joined(separator: "; ")
  return TransportError(.tlsFailed, detail.isEmpty ? what : "\(what): \(detail)", hint: hint)
}

/// Runs `body` with the bytes in a read-only BIO.
func withMemoryBIO<T>(_ bytes: [UInt8], _ body: (OpaquePointer) throws -> T) throws -> T {
  guard bytes.count <= 1 << 24 else {
    throw TransportError(.tlsFailed, "A PEM text of \(bytes.count) bytes is too large", hint: "16 MiB is the limit")
  }
  return try unsafe bytes.withUnsafeBytes { text in
    guard let bio = unsafe BIO_new_mem_buf(text.baseAddress, Int32(text.count)) else {
      throw openSSLFailure("No memory for a PEM text", hint: "")
    }
    defer { unsafe BIO_free(bio) }
    return try unsafe body(bio)
  }
}
