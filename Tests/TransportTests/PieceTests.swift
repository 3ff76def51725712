import NIOCore
import Testing

@testable import Transport

/// The small pieces under the connection, each against what it must be like.
@Suite struct PieceTests {
  @Test("A queue of chunks is like an array, however it is used")
  func chunkQueue() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20 {
      var queue = ChunkQueue(), model: [ByteBuffer] = [], next = 0
      for _ in 0..<2000 {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5:
          let chunk = ByteBuffer(integer: next)
          next += 1
          queue.append(chunk)
          model.append(chunk)
        case 5..<8: #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
        case 8:
          #expect(queue.popLast() == model.popLast())
        default:
          guard let chunk = queue.popFirst() else { continue }
          #expect(chunk == model.first)
          queue.prepend(chunk)
        }
        #expect(queue.last == model.last)
      }
      queue.prepend(ByteBuffer(integer: -1))
      #expect(queue.popFirst() == ByteBuffer(integer: -1))
      while let chunk = queue.popFirst() { #expect(chunk == model.removeFirst()) }
      #expect(model.isEmpty)
      queue.append(ByteBuffer(integer: 1))
      queue.removeAll()
      #expect(queue.last == nil && queue.popFirst() == nil)
    }
  }

  @Test("Names of fields go out in lower case; those of HTTP/1 alone are left out, others are refused")
  func fields() throws {
    let fields = try FieldRules.checked([
      ("Content-Type", "text/plain"), ("CONNECTION", "close"), ("Keep-Alive", "1"), ("Proxy-Connection", "x"), ("Transfer-Encoding", "chunked"),
      ("Upgrade", "h2c"), ("upgrade-insecure-requests", "1"), ("X-Any!#$%&'*+-.^_`|~9", "\t ü"),
    ])
    #expect(fields.map(\.0) == ["content-type", "upgrade-insecure-requests", "x-any!#$%&'*+-.^_`|~9"])
    #expect(fields.map(\.1) == ["text/plain", "1", "\t ü"])
    for name in ["", " ", "a b", "a:", ":status", "ü", "a\r\n", "a\"", "a(b)", "a/b", "a[", "a{b}", "a@", "a,"] {
      #expect(throws: TransportError.self) { try FieldRules.checked([(name, "x")]) }
      #expect(throws: TransportError.self) {
        var block = FieldBlock(reserving: 1)
        try block.add(checking: [(name, "x")])
      }
    }
    for value in ["a\r\nb", "\n", "\u{0}", "\u{7f}"] { #expect(throws: TransportError.self) { try FieldRules.checked([("a", value)]) } }
  }

  @Test("A block of fields gives nghttp2 exactly the fields that were put in")
  func fieldBlock() throws {
    var block = FieldBlock(reserving: 2)
    block.add(":status", "200")
    try block.add(checking: [("Content-Length", ""), ("Upgrade", "x"), ("A", "wert ü")])
    var seen: [String] = []
    let count = block.withList { list, count in
      for index in 0..<count {
        guard let field = list?[index] else { continue }
        let name = String(decoding: UnsafeBufferPointer(start: field.name, count: field.namelen), as: UTF8.self)
        let value = String(decoding: UnsafeBufferPointer(start: field.value, count: field.valuelen), as: UTF8.self)
        seen.append("\(name)=\(value)")
      }
      return Int32(count)
    }
    #expect(count == 3)
    #expect(seen == [":status=200", "content-length=", "a=wert ü"])
  }
}
