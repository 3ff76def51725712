import CZstd
import Synchronization

/// One frame of Zstandard (RFC 8878) with its content's size in its header, without dictionary and without
/// checksum: what it carries is digested anyway.
///
/// Contexts are pooled, because beginning one allocates and clears up to some MiB.
package enum Zstd {
    private static let compressors = ZstdPool(ZstdCompressor.init)
    private static let decompressors = ZstdPool(ZstdDecompressor.init)
    /// `28 b5 2f fd`: any other four bytes begin a skippable frame, or none.
    private static let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

    /// - Parameter level: 1 (fast) … 19 (small).
    /// - Returns: nil when the result would not be smaller than `bytes`.
    /// - Throws: ``CompressionProblem/library(_:)`` when memory is out, ``CompressionProblem/tooLarge(expected:limit:)`` above 1 GiB.
    package static func compress(_ bytes: [UInt8], level: Int32) throws(CompressionProblem) -> [UInt8]? {
        precondition((1...19).contains(level), "zstd's ordinary levels are 1…19")
        guard bytes.count <= compressionLimit else { throw .tooLarge(expected: bytes.count, limit: compressionLimit) }
        guard bytes.count > 1 else { return nil }
        let context = try compressors.take()
        defer { compressors.give(context) }
        return try context.compress(bytes, level: level)
    }

    /// Memory is the result's and a fixed context of about 160 KiB: the frame is decoded at once into its
    /// place, so that a great window in its header costs nothing.
    /// - Parameters:
    ///   - expectedSize: the exact size announced by the sender; the frame must name the same.
    ///   - limit: the greatest size the caller accepts, at most 1 GiB.
    /// - Throws: ``CompressionProblem``. Nothing is allocated for a size beyond the bounds.
    package static func decompress(_ bytes: [UInt8], expectedSize: Int, limit: Int) throws(CompressionProblem) -> [UInt8] {
        let bound = min(limit, compressionLimit)
        guard expectedSize >= 0, expectedSize <= bound else { throw .tooLarge(expected: expectedSize, limit: bound) }
        guard bytes.starts(with: magic), unsafe ZSTD_findFrameCompressedSize(bytes, bytes.count) == bytes.count else { throw .malformed }
        guard unsafe creditnode_zstd_content_size(bytes, bytes.count) == Int64(expectedSize) else { throw .wrongSize(expected: expectedSize) }
        let context = try decompressors.take()
        defer { decompressors.give(context) }
        return try context.decompress(bytes, expectedSize: expectedSize)
    }
}

/// Owns one ZSTD_CCtx and a place for its output: its exact length is known only afterwards.
@safe private final class ZstdCompressor: @unchecked Sendable {  // owned by one caller at a time, through the pool
    private let context: OpaquePointer
    private var place: [UInt8] = []

    init() throws(CompressionProblem) {
        guard let context = unsafe ZSTD_createCCtx() else { throw .library("no memory for zstd") }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    func compress(_ bytes: [UInt8], level: Int32) throws(CompressionProblem) -> [UInt8]? {
        let room = bytes.count - 1
        if place.count < room { place = [UInt8](repeating: 0, count: room) }
        unsafe ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters)
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        let count = unsafe place.withUnsafeMutableBytes { unsafe ZSTD_compress2(context, $0.baseAddress, room, bytes, bytes.count) }
        if ZSTD_isError(count) == 0 { return Array(place[..<count]) }
        guard creditnode_zstd_does_not_fit(count) == 1 else { throw .library(zstdName(of: count)) }
        return nil
    }
}

/// Owns one ZSTD_DCtx.
@safe private final class ZstdDecompressor: @unchecked Sendable {  // owned by one caller at a time, through the pool
    private let context: OpaquePointer

    init() throws(CompressionProblem) {
        guard let context = unsafe ZSTD_createDCtx() else { throw .library("no memory for zstd") }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    func decompress(_ bytes: [UInt8], expectedSize: Int) throws(CompressionProblem) -> [UInt8] {
        var code = 0
        let output = unsafe [UInt8](unsafeUninitializedCapacity: expectedSize) { output, count in
            // A result never exceeds the room it was given; an error code does.
            code = unsafe ZSTD_decompressDCtx(context, output.baseAddress, expectedSize, bytes, bytes.count)
            count = ZSTD_isError(code) == 0 ? min(code, expectedSize) : 0
        }
        guard ZSTD_isError(code) == 0 else { throw .malformed }
        guard output.count == expectedSize else { throw .wrongSize(expected: expectedSize) }
        return output
    }
}

/// What libzstd calls an error code: a static text.
private func zstdName(of code: Int) -> String { unsafe ZSTD_getErrorName(code).map { unsafe String(cString: $0) } ?? "unknown" }

/// Idle contexts of one kind; at most two are kept.
private final class ZstdPool<Context: AnyObject & Sendable>: Sendable {
    private let make: @Sendable () throws(CompressionProblem) -> Context
    private let idle = Mutex<[Context]>([])

    init(_ make: @escaping @Sendable () throws(CompressionProblem) -> Context) { self.make = make }

    func take() throws(CompressionProblem) -> Context {
        if let context = idle.withLock({ $0.popLast() }) { return context }
        return try make()
    }

    func give(_ context: Context) { idle.withLock { if $0.count < 2 { $0.append(context) } } }
}
