import CNghttp2

/// Fields laid out in one piece for nghttp2, which copies them.
struct FieldBlock {
  private var text: [UInt8] = []
  private var lengths: [(name: Int, value: Int)] = []

  /// - Parameter fields: how many more may follow.
  init(reserving fields: Int) {
    text.reserveCapacity(32 * (fields + 1))
    lengths.reserveCapacity(fields + 4)
  }

  /// A field whose name and value are known to be good.
  mutating func add(_ name: String, _ value: String) {
    text.append(contentsOf: name.utf8)
    text.append(contentsOf: value.utf8)
    lengths.append((name.utf8.count, value.utf8.count))
  }

  /// Fields of a caller: checked, names put into lower case, those that only HTTP/1 knows left out.
  mutating func add(checking fields: [(String, String)]) throws {
    for (name, value) in fields {
      let start = text.count
      guard try FieldRules.append(name: name, to: &text) else { continue }
      let middle = text.count
      try FieldRules.check(value, of: name)
      text.append(contentsOf: value.utf8)
      lengths.append((middle - start, text.count - middle))
    }
  }

  /// As nghttp2 wants it, for the length of a call.
  mutating func withList(_ body: (UnsafePointer<nghttp2_nv>?, Int) -> Int32) -> Int32 {
    let lengths = lengths
    return unsafe text.withUnsafeMutableBufferPointer { text in
      unsafe withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: max(1, lengths.count)) { list in
        var cursor = text.baseAddress
        for (index, length) in lengths.enumerated() {
          let start = unsafe cursor
          let middle = unsafe cursor.map { unsafe $0 + length.name }
          unsafe cursor = middle.map { unsafe $0 + length.value }
          unsafe list.initializeElement(
            at: index,
            to: nghttp2_nv(
              name: start, value: middle, namelen: length.name, valuelen: length.value, flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue)))
        }
        return unsafe body(list.baseAddress, lengths.count)
      }
    }
  }
}
