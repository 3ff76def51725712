import COpenSSL

/// A PKCS #10 request: a public key and the proof that the asker holds its private half.
/// Subject and extensions are ignored; the issuer sets them.
package struct CertificateRequest: Sendable, Hashable {
    /// Exactly the bytes that were parsed.
    package let der: [UInt8]
    /// DER, canonical.
    package let subjectPublicKeyInfo: [UInt8]
    /// Of the key.
    package let algorithm: KeyAlgorithm

    /// A request for `key`, with an empty subject.
    package static func make(_ key: ECKey) throws(SealingError) -> CertificateRequest { try make(key.handle) }

    /// A request for `key`, with an empty subject.
    package static func make(_ key: LedgerKey) throws(SealingError) -> CertificateRequest { try make(key.handle) }

    /// Parses and checks the self-signature.
    /// - Throws: ``SealingError/notAuthentic(_:)`` when the signature is not the key's,
    ///   ``SealingError/malformed(_:)`` and ``SealingError/tooLarge(what:limit:)`` for other bytes.
    package init(der: [UInt8]) throws(SealingError) {
        guard der.count <= SealingLimit.certificate else {
            throw .tooLarge(what: "certificate request", limit: SealingLimit.certificate)
        }
        let request = try RequestObject(der: der)
        let spki = try request.subjectPublicKeyInfo()
        let key = try KeyHandle.publicKey(subjectPublicKeyInfo: spki)
        if key.algorithm == .sm2 {
            guard unsafe creditnode_req_set_signer_id(request.pointer, sm2SignerID) == 1 else { throw .fromQueue("SM2 signer id") }
        }
        guard unsafe X509_REQ_verify(request.pointer, key.pointer) == 1 else {
            ERR_clear_error()
            throw .notAuthentic("signature of the certificate request")
        }
        self.der = der
        subjectPublicKeyInfo = spki
        algorithm = key.algorithm
    }

    private static func make(_ key: KeyHandle) throws(SealingError) -> CertificateRequest {
        guard let made = unsafe X509_REQ_new() else { throw .fromQueue("certificate request") }
        let request = unsafe RequestObject(owned: made)
        let r = unsafe request.pointer
        guard unsafe X509_REQ_set_version(r, 0) == 1, unsafe X509_REQ_set_pubkey(r, key.pointer) == 1 else {
            throw .fromQueue("certificate request")
        }
        let context = try SignatureContext(key)
        try context.beginSigning()
        guard unsafe X509_REQ_sign_ctx(r, context.pointer) > 0 else { throw .fromQueue("signing the request") }
        return try CertificateRequest(der: encodedDER("certificate request") { unsafe i2d_X509_REQ(r, $0) })
    }
}

/// Owns one X509_REQ.
@safe private final class RequestObject {
    let pointer: OpaquePointer

    init(owned: OpaquePointer) { unsafe pointer = owned }

    /// All of `der` must be one request.
    init(der: [UInt8]) throws(SealingError) {
        var parsed: OpaquePointer?
        let consumed = unsafe der.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            unsafe parsed = d2i_X509_REQ(nil, &cursor, buffer.count)
            guard let start = buffer.baseAddress, let end = unsafe cursor else { return 0 }
            return unsafe end - start
        }
        guard let request = unsafe parsed else { throw .malformedClearing("certificate request") }
        unsafe pointer = request
        guard consumed == der.count else { throw .malformed("bytes after the certificate request") }
    }

    deinit { unsafe X509_REQ_free(pointer) }

    func subjectPublicKeyInfo() throws(SealingError) -> [UInt8] {
        guard let key = unsafe X509_REQ_get_X509_PUBKEY(pointer) else { throw .malformedClearing("key of the certificate request") }
        return try encodedDER("key of the certificate request") { unsafe i2d_X509_PUBKEY(key, $0) }
    }
}
