import COpenSSL
import Replication

/// A P-256 key pair: TLS keys, the TLS CA, and the receiver's side of ``KeyWrap``. Safe from any thread.
package final class ECKey: Sendable {
    /// For requests and CAs.
    package let handle: KeyHandle

    /// - Throws: ``SealingError/wrongAlgorithm(expected:found:)`` for another algorithm.
    package init(handle: KeyHandle) throws(SealingError) {
        guard handle.algorithm == .p256 else { throw .wrongAlgorithm(expected: "P-256", found: handle.algorithm.rawValue) }
        self.handle = handle
    }

    /// A fresh key pair.
    package static func generate() throws(SealingError) -> ECKey { try ECKey(handle: KeyHandle.generate(.p256)) }

    /// From unencrypted PKCS #8 PEM.
    package convenience init(privateKeyPEM: String) throws(SealingError) {
        try self.init(handle: KeyHandle.privateKey(pem: privateKeyPEM))
    }

    /// Unencrypted PKCS #8 PEM.
    package func privateKeyPEM() throws(SealingError) -> String { try handle.privateKeyPEM() }

    /// DER, canonical.
    package var subjectPublicKeyInfo: [UInt8] { handle.subjectPublicKeyInfo }

    /// SHA-256 of ``subjectPublicKeyInfo``.
    package var keyID: Digest { sha256(handle.subjectPublicKeyInfo) }

    /// ECDSA with SHA-256; DER of (r, s), at most 72 bytes. Not deterministic.
    package func sign(_ message: [UInt8]) throws(SealingError) -> [UInt8] {
        try SignatureContext(handle).sign(message)
    }

    /// True when `signature` is this P-256 key's over `message`.
    package static func isValid(signature: [UInt8], of message: [UInt8], subjectPublicKeyInfo der: [UInt8]) -> Bool {
        guard !signature.isEmpty, signature.count <= 128,
            let key = try? KeyHandle.publicKey(subjectPublicKeyInfo: der), key.algorithm == .p256,
            let context = try? SignatureContext(key)
        else { return false }
        return context.isValid(signature, of: message)
    }
}
