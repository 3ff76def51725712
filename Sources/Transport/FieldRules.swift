/// Header fields a caller may send.
enum FieldRules {
  /// The fields with names in lower case, without those that only HTTP/1 knows.
  /// Throws on names and values that could break out of their field.
  static func checked(_ fields: [(String, String)]) throws -> [(String, String)] {
    var result: [(String, String)] = []
    result.reserveCapacity(fields.count)
    for (name, value) in fields {
      var lower: [UInt8] = []
      guard try append(name: name, to: &lower) else { continue }
      try check(value, of: name)
      result.append((String(decoding: lower, as: UTF8.self), value))
    }
    return result
  }

  /// Appends a field's name in lower case; throws unless it is a token.
  /// - Returns: false, with nothing appended, for a field that only HTTP/1 knows.
  static func append(name: String, to text: inout [UInt8]) throws -> Bool {
    let start = text.count
    for byte in name.utf8 {
      let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
      guard isTokenByte(lower) else { throw badName(name) }
      text.append(lower)
    }
    guard text.count > start else { throw badName(name) }
    // Of the lengths that those names have; the comparison is rare then.
    switch text.count - start {
    case 7, 10, 16, 17:
      guard connectionFields.contains(where: { $0.elementsEqual(text[start...]) }) else { return true }
      text.removeSubrange(start...)
      return false
    default: return true
    }
  }

  /// Throws on values that could break out of their field.
  static func check(_ value: String, of name: String) throws {
    guard value.utf8.allSatisfy({ $0 == 9 || ($0 >= 32 && $0 != 127) }) else {
      throw TransportError(.protocolError, "The value of \(name.lowercased()) cannot be sent", hint: "it holds control characters")
    }
  }

  private static func badName(_ name: String) -> TransportError {
    TransportError(.protocolError, "The field name \(debug(name)) cannot be sent", hint: "use letters, digits and hyphens")
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

  private static let connectionFields = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"].map { Array($0.utf8) }

  /// RFC 9110, 5.6.2, in lower case.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x61...0x7A, 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: return true
    default: return false
    }
  }

  private static func debug(_ text: String) -> String {
    String(reflecting: String(text.prefix(40)))
  }
}
