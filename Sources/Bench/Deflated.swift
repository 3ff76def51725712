import CZlib

/// zlib at level 6, as bytes of one independent batch.
enum Deflated {
    /// - Returns: nil when zlib refuses, which only lack of memory brings about.
    static func size(of bytes: [UInt8]) -> Int? {
        var length = compressBound(UInt(bytes.count))
        var out = [UInt8](repeating: 0, count: Int(length))
        let code = unsafe compress2(&out, &length, bytes, UInt(bytes.count), 6)
        return code == Z_OK ? Int(length) : nil
    }
}
