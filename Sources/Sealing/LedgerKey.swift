import COpenSSL
import Replication

/// What SM2 mixes into the digest as the signer's identity: the fixed value of GM/T 0009.
let sm2SignerID = "1234567812345678"

/// A key pair that signs ledgers. Safe from any thread.
package final class LedgerKey: LedgerSigner {
    /// Follows from the key.
    package let suite: Suite
    /// SHA-256 of ``subjectPublicKeyInfo``, whatever the suite.
    package let keyID: Digest
    /// For requests, CAs and certificates.
    package let handle: KeyHandle

    /// - Throws: ``SealingError/wrongAlgorithm(expected:found:)`` for a P-256 key, which signs no ledger.
    package init(handle: KeyHandle) throws(SealingError) {
        guard let suite = handle.algorithm.suite else {
            throw .wrongAlgorithm(expected: "Ed25519 or SM2", found: handle.algorithm.rawValue)
        }
        self.suite = suite
        self.handle = handle
        keyID = sha256(handle.subjectPublicKeyInfo)
    }

    /// A fresh key of `suite`.
    package static func generate(_ suite: Suite) throws(SealingError) -> LedgerKey {
        try LedgerKey(handle: KeyHandle.generate(KeyAlgorithm(suite)))
    }

    /// From unencrypted PKCS #8 PEM; the suite follows from the key.
    package convenience init(privateKeyPEM: String) throws(SealingError) {
        try self.init(handle: KeyHandle.privateKey(pem: privateKeyPEM))
    }

    /// Unencrypted PKCS #8 PEM.
    package func privateKeyPEM() throws(SealingError) -> String { try handle.privateKeyPEM() }

    /// DER, canonical.
    package var subjectPublicKeyInfo: [UInt8] { handle.subjectPublicKeyInfo }

    /// The public half.
    package func publicKey() throws(SealingError) -> LedgerPublicKey {
        try LedgerPublicKey(subjectPublicKeyInfo: handle.subjectPublicKeyInfo)
    }

    /// Ed25519: 64 bytes (RFC 8032). SM2: DER of (r, s), 70…72 bytes, with the digest SM3.
    /// - Throws: ``SealingError/libcrypto(operation:detail:)``.
    package func sign(_ message: [UInt8]) throws -> [UInt8] {
        let context = try SignatureContext(handle)
        return try context.sign(message)
    }
}

/// The public half of a ledger key. Keep and reuse it: parsing costs more than a check should.
/// Safe from any thread.
package final class LedgerPublicKey: LedgerVerifier {
    /// Follows from the key.
    package let suite: Suite
    /// SHA-256 of ``subjectPublicKeyInfo``, whatever the suite.
    package let keyID: Digest
    /// For requests, CAs and certificates.
    package let handle: KeyHandle

    /// Detects the suite.
    /// - Throws: ``SealingError/malformed(_:)`` for other bytes than a canonical SubjectPublicKeyInfo,
    ///   ``SealingError/wrongAlgorithm(expected:found:)`` for P-256.
    package init(subjectPublicKeyInfo der: [UInt8]) throws(SealingError) {
        let key = try KeyHandle.publicKey(subjectPublicKeyInfo: der)
        guard let suite = key.algorithm.suite else {
            throw .wrongAlgorithm(expected: "Ed25519 or SM2", found: key.algorithm.rawValue)
        }
        self.suite = suite
        handle = key
        keyID = sha256(der)
    }

    /// DER, canonical.
    package var subjectPublicKeyInfo: [UInt8] { handle.subjectPublicKeyInfo }

    /// False for a wrong signature of any shape and length.
    package func isValid(signature: [UInt8], of message: [UInt8]) -> Bool {
        guard !signature.isEmpty, signature.count <= 128, let context = try? SignatureContext(handle) else { return false }
        return context.isValid(signature, of: message)
    }
}

/// One EVP_MD_CTX for one signature, with the signer id where SM2 needs it.
@safe final class SignatureContext {
    let pointer: OpaquePointer
    private let parameters: OpaquePointer?  // an own EVP_PKEY_CTX; EVP_MD_CTX_set_pkey_ctx does not take it over
    private let key: KeyHandle

    init(_ key: KeyHandle) throws(SealingError) {
        self.key = key
        guard let context = unsafe EVP_MD_CTX_new() else { throw .fromQueue("signature context") }
        unsafe pointer = context
        guard key.algorithm == .sm2 else {
            unsafe parameters = nil
            return
        }
        unsafe parameters = EVP_PKEY_CTX_new(key.pointer, nil)
        guard let own = unsafe parameters, unsafe EVP_PKEY_CTX_set1_id(own, sm2SignerID, Int32(sm2SignerID.utf8.count)) == 1 else {
            throw .fromQueue("SM2 signer id")
        }
        unsafe EVP_MD_CTX_set_pkey_ctx(context, own)
    }

    deinit {
        unsafe EVP_MD_CTX_free(pointer)
        unsafe EVP_PKEY_CTX_free(parameters)
    }

    private var digest: OpaquePointer? {
        switch key.algorithm {
        case .ed25519: nil
        case .sm2: unsafe EVP_sm3()
        case .p256: unsafe EVP_sha256()
        }
    }

    /// Ready for `EVP_DigestSign`, or for the functions that sign a certificate or request. Those that
    /// take a key instead would sign with an empty SM2 id, which no other GM/T 0015 software accepts.
    func beginSigning() throws(SealingError) {
        guard unsafe EVP_DigestSignInit(pointer, nil, digest, nil, key.pointer) == 1 else { throw .fromQueue("signing") }
    }

    func sign(_ message: [UInt8]) throws(SealingError) -> [UInt8] {
        try beginSigning()
        var count = 128
        var signature = [UInt8](repeating: 0, count: count)
        guard unsafe EVP_DigestSign(pointer, &signature, &count, message, message.count) == 1 else { throw .fromQueue("signing") }
        signature.removeLast(signature.count - count)
        return signature
    }

    func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        let ok = unsafe EVP_DigestVerifyInit(pointer, nil, digest, nil, key.pointer) == 1
            && (unsafe EVP_DigestVerify(pointer, signature, signature.count, message, message.count)) == 1
        if !ok { ERR_clear_error() }
        return ok
    }
}
