import CZlib
import Synchronization

/// Raw deflate (RFC 1951) without header or checksum, for reading only: bodies sealed before zstd came.
///
/// Streams are pooled, because each holds a window of 32 KiB.
package enum Deflate {
    /// No stream of deflate grows more than this many times (zlib's documentation: 1032 to 1).
    private static let greatestRatio = 1032
    private static let idle = Mutex<[InflateStream]>([])

    /// - Parameters:
    ///   - expectedSize: the exact size announced by the sender.
    ///   - limit: the greatest size the caller accepts, at most 1 GiB.
    /// - Throws: ``CompressionProblem``. Nothing is allocated for a size beyond the bounds.
    package static func decompress(_ bytes: [UInt8], expectedSize: Int, limit: Int) throws(CompressionProblem) -> [UInt8] {
        let bound = min(limit, compressionLimit)
        guard expectedSize >= 0, expectedSize <= bound else { throw .tooLarge(expected: expectedSize, limit: bound) }
        guard bytes.count <= compressionLimit, expectedSize / greatestRatio <= bytes.count else {
            throw .tooLarge(expected: expectedSize, limit: bytes.count * greatestRatio)
        }
        let stream = if let stream = idle.withLock({ $0.popLast() }) { stream } else { try InflateStream() }
        defer { if stream.reset() { idle.withLock { if $0.count < 2 { $0.append(stream) } } } }
        return try stream.decompress(bytes, expectedSize: expectedSize)
    }
}

/// Owns one z_stream, at a fixed address because zlib's state points back to it.
@safe private final class InflateStream: @unchecked Sendable {  // owned by one caller at a time, through the pool
    private let stream: UnsafeMutablePointer<z_stream>

    init() throws(CompressionProblem) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let code = unsafe creditnode_inflate_init(stream, -15)
        guard code == Z_OK else { throw .library("zlib error \(code)") }
    }

    deinit {
        // After a failed beginning there is no state; it then does nothing.
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    func reset() -> Bool { unsafe inflateReset(stream) == Z_OK }

    func decompress(_ bytes: [UInt8], expectedSize: Int) throws(CompressionProblem) -> [UInt8] {
        var code = Z_OK
        // One byte more than expected, so that a longer stream shows and an empty one has a place to write.
        let output = unsafe [UInt8](unsafeUninitializedCapacity: expectedSize + 1) { output, count in
            code = unsafe run(bytes, output)
            count = unsafe expectedSize + 1 - Int(stream.pointee.avail_out)
        }
        guard output.count <= expectedSize else { throw .wrongSize(expected: expectedSize) }
        guard code == Z_STREAM_END, unsafe stream.pointee.avail_in == 0 else { throw .malformed }
        guard output.count == expectedSize else { throw .wrongSize(expected: expectedSize) }
        return output
    }

    private func run(_ input: [UInt8], _ output: UnsafeMutableBufferPointer<UInt8>) -> Int32 {
        unsafe input.withUnsafeBufferPointer { input in
            // zlib declares its input mutable but only reads it.
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.pointee.avail_in = UInt32(input.count)
            unsafe stream.pointee.next_out = output.baseAddress
            unsafe stream.pointee.avail_out = UInt32(output.count)
            let code = unsafe inflate(stream, Z_FINISH)
            unsafe stream.pointee.next_in = nil
            unsafe stream.pointee.next_out = nil
            return code
        }
    }
}
