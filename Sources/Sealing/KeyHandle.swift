import COpenSSL
import Replication

/// The three key algorithms of the federation.
package enum KeyAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// Ledger keys of the default suite.
    case ed25519
    /// Ledger keys of the national suite.
    case sm2
    /// TLS keys and the TLS CA.
    case p256

    /// The ledger suite signed with this algorithm; nil for P-256, which signs no ledger.
    package var suite: Suite? {
        switch self {
        case .ed25519: .ed25519SHA256
        case .sm2: .sm2SM3
        case .p256: nil
        }
    }

    /// The algorithm a suite signs with.
    package init(_ suite: Suite) {
        switch suite {
        case .ed25519SHA256: self = .ed25519
        case .sm2SM3: self = .sm2
        }
    }
}

/// Owns one EVP_PKEY, public or private. libcrypto reads a key from many threads at once safely;
/// nothing here changes it after `init`.
@safe package final class KeyHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    /// One of the three.
    package let algorithm: KeyAlgorithm
    /// DER SubjectPublicKeyInfo in the one canonical form of the algorithm.
    package let subjectPublicKeyInfo: [UInt8]

    /// Takes over the reference on `owned`, also when it throws.
    private init(owned: OpaquePointer) throws(SealingError) {
        unsafe pointer = owned
        guard let algorithm = unsafe KeyHandle.algorithm(of: owned) else {
            unsafe EVP_PKEY_free(owned)
            throw .wrongAlgorithm(expected: "Ed25519, SM2 or P-256", found: "another")
        }
        let encoded: [UInt8]
        do throws(SealingError) {
            encoded = try encodedDER("public key encoding") { unsafe i2d_PUBKEY(owned, $0) }
        } catch {
            unsafe EVP_PKEY_free(owned)
            throw error
        }
        guard PublicKeyForm(encoded)?.algorithm == algorithm else {
            unsafe EVP_PKEY_free(owned)
            throw .malformed("public key in another form than named curve and uncompressed point")
        }
        self.algorithm = algorithm
        subjectPublicKeyInfo = encoded
    }

    /// Takes over the reference on a key built from `encoded`, whose form is known to be canonical.
    /// Encoding it again would cost twenty times what building it does.
    private init(owned: OpaquePointer, algorithm: KeyAlgorithm, encoded: [UInt8]) {
        unsafe pointer = owned
        self.algorithm = algorithm
        subjectPublicKeyInfo = encoded
    }

    /// A fresh key pair.
    package static func generate(_ algorithm: KeyAlgorithm) throws(SealingError) -> KeyHandle {
        let made = switch algorithm {
        case .ed25519: unsafe creditnode_keygen("ED25519")
        // EVP_EC_gen("SM2") would make an "EC" key that silently signs plain ECDSA.
        case .sm2: unsafe creditnode_keygen("SM2")
        case .p256: unsafe creditnode_keygen_p256()
        }
        guard let key = unsafe made else { throw .fromQueue("key generation") }
        return try unsafe KeyHandle(owned: key)
    }

    /// A key pair from PKCS #8 PEM (`BEGIN PRIVATE KEY`), unencrypted.
    package static func privateKey(pem: String) throws(SealingError) -> KeyHandle {
        let bytes = Array(pem.utf8)
        guard bytes.count <= SealingLimit.privateKey else { throw .tooLarge(what: "private key", limit: SealingLimit.privateKey) }
        let bio = try MemoryBIO(bytes)
        guard let key = unsafe creditnode_read_private_key(bio.pointer) else { throw .malformedClearing("private key PEM") }
        return try unsafe KeyHandle(owned: key)
    }

    /// A public key from its canonical DER SubjectPublicKeyInfo; other encodings of the same key are
    /// refused, so that a key has exactly one id. Far cheaper than libcrypto's general decoder.
    package static func publicKey(subjectPublicKeyInfo der: [UInt8]) throws(SealingError) -> KeyHandle {
        guard let form = PublicKeyForm(der) else { throw .malformed("SubjectPublicKeyInfo of no known algorithm") }
        let point = form.point
        let made = switch form.algorithm {
        case .ed25519: unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, point, point.count)
        case .sm2: unsafe creditnode_public_point("SM2", "SM2", point, point.count)
        case .p256: unsafe creditnode_public_point("EC", "prime256v1", point, point.count)
        }
        guard let key = unsafe made else { throw .malformedClearing("public point not on its curve") }
        return unsafe KeyHandle(owned: key, algorithm: form.algorithm, encoded: der)
    }

    /// PKCS #8 PEM, unencrypted: the file's mode protects it.
    /// - Throws: also for a handle that holds only the public half.
    package func privateKeyPEM() throws(SealingError) -> String {
        let bio = try MemoryBIO()
        guard unsafe creditnode_write_private_key(bio.pointer, pointer) == 1 else { throw .fromQueue("private key encoding") }
        return String(decoding: bio.contents, as: UTF8.self)
    }

    private static func algorithm(of key: OpaquePointer) -> KeyAlgorithm? {
        if unsafe EVP_PKEY_is_a(key, "ED25519") == 1 { return .ed25519 }
        if unsafe EVP_PKEY_is_a(key, "SM2") == 1 { return .sm2 }
        return unsafe EVP_PKEY_is_a(key, "EC") == 1 ? .p256 : nil  // the curve is checked by the encoded form
    }

    deinit { unsafe EVP_PKEY_free(pointer) }
}

/// The fixed shapes of a SubjectPublicKeyInfo: an algorithm's prefix, then the point.
package struct PublicKeyForm {
    /// One of the three.
    package let algorithm: KeyAlgorithm
    /// 32 bytes for Ed25519, otherwise 65 bytes beginning with 4.
    package let point: [UInt8]

    // RFC 8410 and RFC 5480 with the curves' object identifiers; all lengths are fixed.
    private static let ed25519: [UInt8] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]
    private static let curve: [UInt8] = [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08]
    private static let p256: [UInt8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00]
    private static let sm2: [UInt8] = [0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03, 0x42, 0x00]

    /// - Returns: nil for anything but the canonical encoding of one of the three algorithms.
    package init?(_ der: [UInt8]) {
        for (algorithm, prefix, length) in [
            (KeyAlgorithm.ed25519, PublicKeyForm.ed25519, 32),
            (.p256, PublicKeyForm.curve + PublicKeyForm.p256, 65),
            (.sm2, PublicKeyForm.curve + PublicKeyForm.sm2, 65),
        ] where der.count == prefix.count + length && der.starts(with: prefix) {
            guard length == 32 || der[prefix.count] == 4 else { return nil }
            self.algorithm = algorithm
            point = Array(der[prefix.count...])
            return
        }
        return nil
    }

    /// The DER SubjectPublicKeyInfo around an uncompressed P-256 point; not checked.
    static func p256Info(_ point: [UInt8]) -> [UInt8] { curve + p256 + point }
}
