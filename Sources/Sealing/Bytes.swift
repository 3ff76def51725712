import COpenSSL

/// Bounds on what we parse, in bytes.
package enum SealingLimit {
    /// One DER certificate or request. Ours are below 1 KiB.
    package static let certificate = 16 * 1024
    /// A PEM bundle.
    package static let bundle = 256 * 1024
    /// Certificates in one bundle or chain message.
    package static let bundleCount = 32
    /// A private key in PEM.
    package static let privateKey = 16 * 1024
    /// A plaintext given to ``KeyWrap`` or ``SymmetricBox``; attachments are sealed in pieces.
    package static let plaintext = 64 * 1024 * 1024
}

/// `count` bytes of the system's random generator, for keys, nonces and salts.
/// - Throws: ``SealingError/libcrypto(operation:detail:)`` when the generator has no entropy.
package func randomBytes(_ count: Int) throws(SealingError) -> [UInt8] {
    precondition(count >= 0 && count <= Int(Int32.max), "a count of random bytes is 0…2^31-1")
    var bytes = [UInt8](repeating: 0, count: count)
    guard unsafe count == 0 || RAND_bytes(&bytes, Int32(count)) == 1 else { throw .fromQueue("random bytes") }
    return bytes
}

/// True when both have the same length and content. The time taken depends on the lengths only,
/// so that an answer does not tell how much of a secret was guessed right.
package func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    return unsafe CRYPTO_memcmp(a, b, a.count) == 0
}

/// Owns bytes that are overwritten when the last reference goes. Copies handed out by ``bytes`` are not.
@safe package final class SecretBytes: @unchecked Sendable, Equatable {  // immutable after init
    private let storage: UnsafeMutableRawBufferPointer

    /// Copies `bytes`; the caller's own array is not overwritten.
    package init(_ bytes: [UInt8]) {
        unsafe storage = .allocate(byteCount: max(bytes.count, 1), alignment: 16)
        count = bytes.count
        unsafe storage.copyBytes(from: bytes)
    }

    deinit {
        unsafe OPENSSL_cleanse(storage.baseAddress, storage.count)
        unsafe storage.deallocate()
    }

    /// In bytes.
    package let count: Int

    /// A copy, for the one call that needs it.
    package var bytes: [UInt8] { unsafe Array(UnsafeRawBufferPointer(rebasing: storage[..<count])) }

    /// In constant time.
    package static func == (a: SecretBytes, b: SecretBytes) -> Bool { constantTimeEqual(a.bytes, b.bytes) }
}

/// Owns a memory BIO: bytes in, or bytes out.
@safe final class MemoryBIO {
    let pointer: OpaquePointer

    /// Empty, for writing.
    init() throws(SealingError) {
        guard let bio = unsafe BIO_new(BIO_s_mem()) else { throw .fromQueue("memory buffer") }
        unsafe pointer = bio
    }

    /// Holds a copy of `bytes`, for reading.
    convenience init(_ bytes: [UInt8]) throws(SealingError) {
        try self.init()
        let written = unsafe BIO_write(pointer, bytes, Int32(clamping: bytes.count))
        guard Int(written) == bytes.count || bytes.isEmpty else { throw .fromQueue("memory buffer") }
    }

    deinit { unsafe BIO_free(pointer) }

    var contents: [UInt8] {
        var start: UnsafeMutablePointer<CChar>?
        let count = unsafe creditnode_bio_bytes(pointer, &start)
        guard let start = unsafe start, count > 0 else { return [] }
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}

/// Runs one of libcrypto's `i2d_…` functions, which allocate their result.
@safe func encodedDER(
    _ operation: String, _ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>) -> Int32
) throws(SealingError) -> [UInt8] {
    var start: UnsafeMutablePointer<UInt8>?
    let count = unsafe encode(&start)
    guard count > 0, let bytes = unsafe start else { throw .fromQueue(operation) }
    defer { unsafe creditnode_openssl_free(bytes) }
    return unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
}
