import NIOCore
import Replication

/// Cuts a byte stream into frames: each preceded by its length, four bytes, big-endian. Never holds more
/// than one frame and one buffer.
package struct FrameReader {
    private var buffer = ByteBuffer()

    package init() {}

    /// Adds bytes. - Returns: nothing; ``next()`` gives what is whole.
    package mutating func append(_ more: ByteBuffer) {
        var more = more
        guard buffer.readableBytes > 0 else {
            buffer = more
            return
        }
        let needed = buffer.readableBytes + more.readableBytes
        if buffer.writableBytes < more.readableBytes {
            // Room for the whole frame at once, once its length is known to be possible; what was read goes.
            let frame = (try? announced()).flatMap { $0 } ?? 0
            var larger = ByteBuffer()
            larger.reserveCapacity(max(needed, min(frame, 2 * needed)))
            larger.writeBuffer(&buffer)
            buffer = larger
        }
        buffer.writeBuffer(&more)
    }

    /// The next whole frame, without copying it; nil when more bytes are needed.
    /// - Throws: ``CodingFault`` for an announced length of 0 or beyond ``Frame/maximumBytes``, before anything is allocated for it.
    package mutating func next() throws -> ByteBuffer? {
        guard let whole = try announced(), buffer.readableBytes >= whole else { return nil }
        buffer.moveReaderIndex(forwardBy: 4)
        return buffer.readSlice(length: whole - 4)
    }

    /// Bytes of the frame that begins here, its length prefix included.
    private func announced() throws -> Int? {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return nil }
        guard length > 0, length <= UInt32(Frame.maximumBytes) else {
            throw CodingFault("a frame of \(length) bytes; 1…\(Frame.maximumBytes) are possible")
        }
        return 4 + Int(length)
    }

    /// - Returns: nil for a kind this version does not know.
    package static func decode(_ bytes: ByteBuffer) throws -> Frame? { try bytes.withUnsafeReadableBytes { try Frame.read(raw: $0) } }

    package static func encode(_ frame: Frame) throws -> ByteBuffer {
        let parts = try frame.parts()
        let count = parts.reduce(0) { $0 + $1.count }
        precondition(count <= Frame.maximumBytes, "a frame of ours is bounded by construction")
        var buffer = ByteBuffer()
        buffer.reserveCapacity(4 + count)
        buffer.writeInteger(UInt32(count))
        for part in parts { buffer.writeBytes(part) }
        return buffer
    }
}
