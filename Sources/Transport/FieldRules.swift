/// Header fields a caller may send.
enum FieldRules {
  /// The fields with names in lower case, without those that only HTTP/1 knows.
  /// Throws on names and values that could break out of their field.
  static func checked(_ fields: [(String, String)]) throws -> [(String, String)] {
    var result: [(String, String)] = []
    result.reserveCapacity(fields.count + 4)
    for (name, value) in fields {
      let lower = name.lowercased()
      guard !lower.isEmpty, lower.utf8.allSatisfy(isTokenByte) else {
        throw TransportError(.protocolError, "The field name \(debug(name)) cannot be sent", hint: "use letters, digits and hyphens")
      }
      guard value.utf8.allSatisfy({ $0 == 9 || ($0 >= 32 && $0 != 127) }) else {
        throw TransportError(.protocolError, "The value of \(lower) cannot be sent", hint: "it holds control characters")
      }
      if connectionFields.contains(lower) { continue }
      result.append((lower, value))
    }
    return result
  }

  /// A method: a token.
  static func method(_ method: String) throws -> String {
    guard !method.isEmpty, method.utf8.allSatisfy({ isTokenByte($0) || (0x41...0x5A).contains($0) }) else {
      throw TransportError(.protocolError, "\(debug(method)) is not a request method")
    }
    return method
  }

  /// A path with query: begins with a slash, without blanks and control characters.
  static func path(_ path: String) throws -> String {
    guard path.utf8.first == 0x2F, path.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
      throw TransportError(.protocolError, "\(debug(path)) is not a request path", hint: "begin with / and percent-encode")
    }
    return path
  }

  private static let connectionFields: Set<String> = [
    "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade",
  ]

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x61...0x7A: return true
    default: return "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  private static func debug(_ text: String) -> String {
    String(reflecting: String(text.prefix(40)))
  }
}
