import NIOCore
import NIOPosix

/// Why no connection came about, in words for whoever looks after the line: the libraries give lists of numbers.
enum ConnectFailure {
  static func error(_ error: any Error, _ address: ListenAddress) -> TransportError {
    guard let tries = error as? NIOConnectionError else {
      return TransportError(.connectFailed, "Cannot connect to \(address): \(reason(error))", hint: hint)
    }
    if tries.connectionErrors.isEmpty, let lookup = tries.dnsAError ?? tries.dnsAAAAError {
      return TransportError(
        .connectFailed, "The name \(tries.host) has no address: \(reason(lookup))",
        hint: "is the name spelt right, and does this machine reach its name server?")
    }
    var reasons: [String] = []
    for attempt in tries.connectionErrors {
      let words = "\(attempt.target.ipAddress ?? tries.host): \(reason(attempt.error))"
      if !reasons.contains(words) { reasons.append(words) }
    }
    return TransportError(.connectFailed, "Cannot connect to \(address): \(reasons.joined(separator: "; "))", hint: hint)
  }

  private static let hint = "is the server running, the address right, the port open?"

  private static func reason(_ error: any Error) -> String {
    if case ChannelError.connectTimeout(let time) = error { return "no answer within \(time.nanoseconds / 1_000_000_000) s" }
    return "\(error)"
  }
}
