import COpenSSL

/// Encrypts to the holder of a P-256 key (ECIES): an ephemeral ECDH secret, HKDF-SHA256, AES-256-GCM.
///
/// Layout: version 1 (1 byte) ‖ ephemeral point (65 bytes, uncompressed) ‖ ciphertext ‖ tag (16 bytes).
/// HKDF binds both points and the caller's context, and gives key and nonce; each key is used once.
/// It hides and binds, but says nothing of who sent it: the carrying change set is signed.
package enum KeyWrap {
    private static let version: UInt8 = 1
    private static let pointLength = 65
    private static let label = Array("creditnode key wrap v1".utf8)
    /// What wrapping adds, in bytes.
    package static let overhead = 1 + pointLength + SymmetricBox.tagLength

    /// - Parameters:
    ///   - subjectPublicKeyInfo: the receiver's P-256 key in DER.
    ///   - context: what the secret is for and for whom; `unwrap` must be given the same.
    /// - Throws: ``SealingError/wrongAlgorithm(expected:found:)`` for another kind of key, ``SealingError/malformed(_:)``.
    package static func wrap(
        _ secret: [UInt8], to subjectPublicKeyInfo: [UInt8], context: [UInt8]
    ) throws(SealingError) -> [UInt8] {
        let receiver = try KeyHandle.publicKey(subjectPublicKeyInfo: subjectPublicKeyInfo)
        guard receiver.algorithm == .p256 else { throw .wrongAlgorithm(expected: "P-256", found: receiver.algorithm.rawValue) }
        let ephemeral = try KeyHandle.generate(.p256)
        let shared = try KeyAgreement(own: ephemeral, peer: receiver).secret()
        let point = try KeyWrap.point(of: ephemeral)
        let material = try derive(shared, point, KeyWrap.point(of: receiver), context)
        let box = try SymmetricBox.seal(secret, key: material.key, context: context, nonce: material.nonce)
        // The nonce follows from the secret; sending it would only invite another one.
        return [version] + point + box.dropFirst(SymmetricBox.nonceLength)
    }

    /// - Throws: ``SealingError/notAuthentic(_:)`` for another receiver's wrap, another context or changed bytes;
    ///   ``SealingError/malformed(_:)`` for what is no wrap at all.
    package static func unwrap(_ wrapped: [UInt8], with key: ECKey, context: [UInt8]) throws(SealingError) -> [UInt8] {
        guard wrapped.count >= overhead, wrapped[0] == version else { throw .malformed("wrapped key") }
        let point = Array(wrapped[1..<1 + pointLength])
        let ephemeral = try KeyHandle.publicKey(subjectPublicKeyInfo: PublicKeyForm.p256Info(point))
        let shared = try KeyAgreement(own: key.handle, peer: ephemeral).secret()
        let material = try derive(shared, point, KeyWrap.point(of: key.handle), context)
        return try SymmetricBox.open(material.nonce + wrapped[(1 + pointLength)...], key: material.key, context: context)
    }

    private static func point(of key: KeyHandle) throws(SealingError) -> [UInt8] {
        guard let form = PublicKeyForm(key.subjectPublicKeyInfo), form.algorithm == .p256 else { throw .malformed("P-256 point") }
        return form.point
    }

    private static func derive(
        _ shared: [UInt8], _ ephemeral: [UInt8], _ receiver: [UInt8], _ context: [UInt8]
    ) throws(SealingError) -> (key: [UInt8], nonce: [UInt8]) {
        // Label and points have fixed lengths, so the concatenation is unambiguous.
        let material = hkdfSHA256(secret: shared, info: label + ephemeral + receiver + context, count: 44)
        return (Array(material[..<32]), Array(material[32...]))
    }
}

/// One ECDH agreement.
@safe private final class KeyAgreement {
    private let pointer: OpaquePointer
    private let own: KeyHandle
    private let peer: KeyHandle

    init(own: KeyHandle, peer: KeyHandle) throws(SealingError) {
        (self.own, self.peer) = (own, peer)
        guard let context = unsafe EVP_PKEY_CTX_new(own.pointer, nil) else { throw .fromQueue("key agreement") }
        unsafe pointer = context
    }

    deinit { unsafe EVP_PKEY_CTX_free(pointer) }

    /// The x coordinate, 32 bytes.
    func secret() throws(SealingError) -> [UInt8] {
        var secret = [UInt8](repeating: 0, count: 32)
        var count = secret.count
        // set_peer also checks that the point is on the curve and of full order.
        guard unsafe EVP_PKEY_derive_init(pointer) == 1, unsafe EVP_PKEY_derive_set_peer(pointer, peer.pointer) == 1,
            unsafe EVP_PKEY_derive(pointer, &secret, &count) == 1, count == 32
        else { throw .fromQueue("key agreement") }
        return secret
    }
}
