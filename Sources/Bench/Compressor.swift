import CZlib
import CZstd

/// A general compressor, applied to one batch of rows independent of all others: what the bytes of a row and hop are
/// compared with.
struct Compressor: Sendable {
    let name: String
    /// nil when it refuses, which only lack of memory brings about.
    let size: @Sendable ([UInt8]) -> Int?

    /// The last one is the reference of `chain-wire`; all are in its detail.
    static let all: [Compressor] = [zlib(level: 1), zlib(level: 6), zstd(level: 3)]

    private static func zlib(level: Int32) -> Compressor {
        Compressor(name: "zlib-\(level)") { bytes in
            var length = compressBound(UInt(bytes.count))
            var out = [UInt8](repeating: 0, count: Int(length))
            let code = unsafe compress2(&out, &length, bytes, UInt(bytes.count), level)
            return code == Z_OK ? Int(length) : nil
        }
    }

    private static func zstd(level: Int32) -> Compressor {
        Compressor(name: "zstd-\(level)") { bytes in
            var out = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
            let size = unsafe ZSTD_compress(&out, out.count, bytes, bytes.count, level)
            return ZSTD_isError(size) == 0 ? size : nil
        }
    }
}
