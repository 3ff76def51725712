import COpenSSL

/// AES-256-GCM: nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes).
package enum SymmetricBox {
    /// In bytes.
    package static let keyLength = 32
    /// In bytes.
    package static let nonceLength = 12
    /// In bytes.
    package static let tagLength = 16
    /// What a box adds to its plaintext, in bytes.
    package static let overhead = nonceLength + tagLength

    /// Encrypts and authenticates.
    /// - Parameters:
    ///   - key: 32 bytes. At most 2^32 boxes under one key with random nonces (NIST SP 800-38D).
    ///   - context: authenticated but not contained: what the box belongs to.
    ///   - nonce: 12 bytes, never used twice with one key; nil draws a random one.
    /// - Throws: ``SealingError/tooLarge(what:limit:)`` above 64 MiB; libcrypto's errors.
    package static func seal(
        _ plaintext: [UInt8], key: [UInt8], context: [UInt8], nonce: [UInt8]? = nil
    ) throws(SealingError) -> [UInt8] {
        precondition(key.count == keyLength, "an AES-256 key has 32 bytes")
        guard plaintext.count <= SealingLimit.plaintext else { throw .tooLarge(what: "plaintext", limit: SealingLimit.plaintext) }
        let nonce = if let nonce { nonce } else { try randomBytes(nonceLength) }
        precondition(nonce.count == nonceLength, "a GCM nonce has 12 bytes")
        let cipher = try CipherContext(key: key, nonce: nonce, encrypting: true)
        var box = nonce
        box.reserveCapacity(plaintext.count + overhead)
        try cipher.authenticate(context)
        box += try cipher.update(plaintext)
        box += try cipher.finishSealing()
        return box
    }

    /// Checks and decrypts.
    /// - Throws: ``SealingError/notAuthentic(_:)`` for another key, another context or any changed byte;
    ///   ``SealingError/malformed(_:)`` and ``SealingError/tooLarge(what:limit:)`` for a box of impossible size.
    package static func open(_ box: [UInt8], key: [UInt8], context: [UInt8]) throws(SealingError) -> [UInt8] {
        precondition(key.count == keyLength, "an AES-256 key has 32 bytes")
        guard box.count >= overhead else { throw .malformed("sealed box of \(box.count) bytes") }
        guard box.count <= SealingLimit.plaintext + overhead else { throw .tooLarge(what: "sealed box", limit: SealingLimit.plaintext) }
        let cipher = try CipherContext(key: key, nonce: Array(box[..<nonceLength]), encrypting: false)
        try cipher.authenticate(context)
        let plaintext = try cipher.update(Array(box[nonceLength..<box.count - tagLength]))
        guard cipher.finishOpening(tag: Array(box[(box.count - tagLength)...])) else { throw .notAuthentic("sealed box") }
        return plaintext
    }
}

/// One EVP_CIPHER_CTX for one message.
@safe private final class CipherContext {
    // Fetched once: a fetch takes longer than sealing a number.
    private nonisolated(unsafe) static let algorithm: OpaquePointer? = unsafe EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)

    private let pointer: OpaquePointer

    init(key: [UInt8], nonce: [UInt8], encrypting: Bool) throws(SealingError) {
        guard let algorithm = unsafe CipherContext.algorithm, let context = unsafe EVP_CIPHER_CTX_new() else {
            throw .fromQueue("AES-256-GCM")
        }
        unsafe pointer = context
        // The nonce length of GCM is 12 unless told otherwise.
        guard unsafe EVP_CipherInit_ex2(context, algorithm, key, nonce, encrypting ? 1 : 0, nil) == 1 else {
            throw .fromQueue("AES-256-GCM")
        }
    }

    deinit { unsafe EVP_CIPHER_CTX_free(pointer) }

    func authenticate(_ context: [UInt8]) throws(SealingError) {
        var written: Int32 = 0
        guard !context.isEmpty else { return }
        guard context.count <= SealingLimit.plaintext else { throw .tooLarge(what: "context", limit: SealingLimit.plaintext) }
        guard unsafe EVP_CipherUpdate(pointer, nil, &written, context, Int32(context.count)) == 1 else {
            throw .fromQueue("AES-256-GCM")
        }
    }

    func update(_ input: [UInt8]) throws(SealingError) -> [UInt8] {
        guard !input.isEmpty else { return [] }
        var output = [UInt8](repeating: 0, count: input.count)
        var written: Int32 = 0
        guard unsafe EVP_CipherUpdate(pointer, &output, &written, input, Int32(input.count)) == 1, Int(written) == input.count else {
            throw .fromQueue("AES-256-GCM")
        }
        return output
    }

    func finishSealing() throws(SealingError) -> [UInt8] {
        var none = [UInt8](repeating: 0, count: 16)
        var tag = [UInt8](repeating: 0, count: SymmetricBox.tagLength)
        var written: Int32 = 0
        guard unsafe EVP_CipherFinal_ex(pointer, &none, &written) == 1,
            unsafe EVP_CIPHER_CTX_ctrl(pointer, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1
        else { throw .fromQueue("AES-256-GCM") }
        return tag
    }

    func finishOpening(tag: [UInt8]) -> Bool {
        var tag = tag
        var none = [UInt8](repeating: 0, count: 16)
        var written: Int32 = 0
        let ok = unsafe EVP_CIPHER_CTX_ctrl(pointer, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1
            && EVP_CipherFinal_ex(pointer, &none, &written) == 1
        if !ok { ERR_clear_error() }
        return ok
    }
}
