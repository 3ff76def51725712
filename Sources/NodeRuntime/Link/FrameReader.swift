import NIOCore
import Replication

/// Cuts a byte stream into frames: each preceded by its length, four bytes, big-endian. Never holds more
/// than one frame and one buffer.
struct FrameReader {
    private var buffer = ByteBuffer()

    /// Adds bytes. - Returns: nothing; ``next()`` gives what is whole.
    mutating func append(_ more: ByteBuffer) {
        var more = more
        if buffer.readableBytes == 0 { buffer = more } else { buffer.writeBuffer(&more) }
    }

    /// The next whole frame; nil when more bytes are needed.
    /// - Throws: ``CodingFault`` for an announced length of 0 or beyond ``Frame/maximumBytes``, before anything is allocated for it.
    mutating func next() throws -> [UInt8]? {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return nil }
        guard length > 0, length <= UInt32(Frame.maximumBytes) else {
            throw CodingFault("a frame of \(length) bytes; 1…\(Frame.maximumBytes) are possible")
        }
        guard buffer.readableBytes >= 4 + Int(length) else { return nil }
        buffer.moveReaderIndex(forwardBy: 4)
        return buffer.readBytes(length: Int(length))
    }

    static func encode(_ frame: Frame) throws -> ByteBuffer {
        let bytes = try frame.serialized()
        precondition(bytes.count <= Frame.maximumBytes, "a frame of ours is bounded by construction")
        var buffer = ByteBuffer()
        buffer.reserveCapacity(4 + bytes.count)
        buffer.writeInteger(UInt32(bytes.count))
        buffer.writeBytes(bytes)
        return buffer
    }
}
