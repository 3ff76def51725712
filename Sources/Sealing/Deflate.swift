import CZlib
import Synchronization

/// Why compression or decompression failed.
package enum DeflateProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// More than the caller's bound, or than the compressed bytes can hold.
    case tooLarge(expected: Int, limit: Int)
    /// The stream is broken, or bytes follow it.
    case malformed
    /// A whole stream of another length than announced.
    case wrongSize(expected: Int)
    /// zlib could not begin: out of memory.
    case zlib(code: Int32)

    /// For logs and for people.
    package var description: String {
        switch self {
        case .tooLarge(let expected, let limit): "\(expected) bytes announced; at most \(limit) are accepted"
        case .malformed: "the compressed bytes are broken"
        case .wrongSize(let expected): "the compressed bytes do not hold exactly \(expected) bytes"
        case .zlib(let code): "zlib error \(code)"
        }
    }
}

/// Raw deflate (RFC 1951) without header or checksum: what it carries is digested anyway.
///
/// Streams are pooled, because beginning one clears 256 KiB.
package enum Deflate {
    /// No stream of deflate grows more than this many times (zlib's documentation: 1032 to 1).
    private static let greatestRatio = 1032
    private static let levels = 1...9
    private static let compressors = levels.map { DeflatePool(level: Int32($0)) }
    private static let decompressors = DeflatePool(level: nil)

    /// - Parameter level: 1 (fast) … 9 (small).
    /// - Throws: ``DeflateProblem/zlib(code:)`` when memory is out, ``DeflateProblem/tooLarge(expected:limit:)`` above 1 GiB.
    package static func compress(_ bytes: [UInt8], level: Int = 6) throws(DeflateProblem) -> [UInt8] {
        precondition(levels.contains(level), "zlib's levels are 1…9")
        guard bytes.count <= 1 << 30 else { throw .tooLarge(expected: bytes.count, limit: 1 << 30) }
        let pool = compressors[level - levels.lowerBound]
        let stream = try pool.take()
        defer { pool.give(stream) }
        return try stream.compress(bytes)
    }

    /// - Parameters:
    ///   - expectedSize: the exact size announced by the sender.
    ///   - limit: the greatest size the caller accepts, at most 1 GiB.
    /// - Throws: ``DeflateProblem``. Nothing is allocated for a size beyond the bounds.
    package static func decompress(_ bytes: [UInt8], expectedSize: Int, limit: Int) throws(DeflateProblem) -> [UInt8] {
        let bound = min(limit, 1 << 30)
        guard expectedSize >= 0, expectedSize <= bound else { throw .tooLarge(expected: expectedSize, limit: bound) }
        guard bytes.count <= 1 << 30, expectedSize / greatestRatio <= bytes.count else {
            throw .tooLarge(expected: expectedSize, limit: bytes.count * greatestRatio)
        }
        let stream = try decompressors.take()
        defer { decompressors.give(stream) }
        return try stream.decompress(bytes, expectedSize: expectedSize)
    }
}

/// Owns one z_stream, at a fixed address because zlib's state points back to it.
@safe private final class DeflateStream: @unchecked Sendable {  // owned by one caller at a time, through the pool
    private let stream: UnsafeMutablePointer<z_stream>
    private let compresses: Bool

    /// - Parameter level: nil for a decompressor.
    init(level: Int32?) throws(DeflateProblem) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        compresses = level != nil
        let code =
            if let level { unsafe creditnode_deflate_init(stream, level, -15, 8) } else { unsafe creditnode_inflate_init(stream, -15) }
        guard code == Z_OK else { throw .zlib(code: code) }
    }

    deinit {
        // After a failed beginning there is no state; both then do nothing.
        _ = compresses ? unsafe deflateEnd(stream) : unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    func reset() -> Bool { (compresses ? unsafe deflateReset(stream) : unsafe inflateReset(stream)) == Z_OK }

    func compress(_ bytes: [UInt8]) throws(DeflateProblem) -> [UInt8] {
        let capacity = unsafe Int(deflateBound(stream, UInt(bytes.count)))
        var code = Z_OK
        let output = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            code = unsafe run(bytes, output, deflate)
            count = unsafe capacity - Int(stream.pointee.avail_out)
        }
        guard code == Z_STREAM_END else { throw .zlib(code: code) }
        return output
    }

    func decompress(_ bytes: [UInt8], expectedSize: Int) throws(DeflateProblem) -> [UInt8] {
        var code = Z_OK
        // One byte more than expected, so that a longer stream shows and an empty one has a place to write.
        let output = unsafe [UInt8](unsafeUninitializedCapacity: expectedSize + 1) { output, count in
            code = unsafe run(bytes, output, inflate)
            count = unsafe expectedSize + 1 - Int(stream.pointee.avail_out)
        }
        guard output.count <= expectedSize else { throw .wrongSize(expected: expectedSize) }
        guard code == Z_STREAM_END, unsafe stream.pointee.avail_in == 0 else { throw .malformed }
        guard output.count == expectedSize else { throw .wrongSize(expected: expectedSize) }
        return output
    }

    private func run(
        _ input: [UInt8], _ output: UnsafeMutableBufferPointer<UInt8>, _ step: (z_streamp?, Int32) -> Int32
    ) -> Int32 {
        unsafe input.withUnsafeBufferPointer { input in
            // zlib declares its input mutable but only reads it.
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.pointee.avail_in = UInt32(input.count)
            unsafe stream.pointee.next_out = output.baseAddress
            unsafe stream.pointee.avail_out = UInt32(output.count)
            let code = unsafe step(stream, Z_FINISH)
            unsafe stream.pointee.next_in = nil
            unsafe stream.pointee.next_out = nil
            return code
        }
    }
}

/// Idle streams of one kind; at most four are kept.
private final class DeflatePool: Sendable {
    private let level: Int32?
    private let idle = Mutex<[DeflateStream]>([])

    init(level: Int32?) { self.level = level }

    func take() throws(DeflateProblem) -> DeflateStream {
        if let stream = idle.withLock({ $0.popLast() }) { return stream }
        return try DeflateStream(level: level)
    }

    func give(_ stream: DeflateStream) {
        guard stream.reset() else { return }
        idle.withLock { if $0.count < 4 { $0.append(stream) } }
    }
}
