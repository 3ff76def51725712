import NIOCore

/// Buffers in order. Costs nothing until the first comes: most requests have no body.
struct ChunkQueue {
  private var chunks: [ByteBuffer] = []
  /// Those before it were taken.
  private var head = 0

  /// What was put in last.
  var last: ByteBuffer? { head < chunks.count ? chunks[chunks.count - 1] : nil }

  mutating func append(_ chunk: ByteBuffer) { chunks.append(chunk) }

  mutating func popLast() -> ByteBuffer? { head < chunks.count ? chunks.removeLast() : nil }

  mutating func popFirst() -> ByteBuffer? {
    guard head < chunks.count else { return nil }
    let chunk = chunks[head]
    chunks[head] = ByteBuffer()
    head += 1
    if head == chunks.count {
      chunks.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 64, head * 2 > chunks.count {
      chunks.removeFirst(head)
      head = 0
    }
    return chunk
  }

  /// Puts back what is left of the chunk taken just now.
  mutating func prepend(_ chunk: ByteBuffer) {
    if head > 0 {
      head -= 1
      chunks[head] = chunk
    } else {
      chunks.insert(chunk, at: 0)
    }
  }

  mutating func removeAll() { self = ChunkQueue() }
}
