import COpenSSL
import Registry
import Replication

/// What a certificate may be used for.
package enum CertificateKind: String, Sendable, Hashable {
    case ca
    /// Certifies a ledger key.
    case ledger
    /// Certifies a TLS key.
    case tls
    /// Certifies a TLS key of a look-up client: it proves who asks, and serves nothing.
    case reader
    /// Anything our CAs would not issue in this form: wrong usage, algorithm, or extensions.
    case foreign
}

/// A parsed X.509 certificate. Parsing proves nothing: see ``verifyChain(leaf:intermediates:roots:expecting:path:at:)``.
/// Safe from any thread.
package final class Certificate: Sendable, Hashable, CustomStringConvertible {
    let object: X509Object
    /// Exactly the bytes that were parsed.
    package let der: [UInt8]
    /// SHA-256 of ``der``.
    package let fingerprint: Digest
    /// DER, canonical.
    package let subjectPublicKeyInfo: [UInt8]
    /// Of the certified key.
    package let algorithm: KeyAlgorithm
    /// `.foreign` unless it is exactly what one of our CAs issues.
    package let kind: CertificateKind
    /// nil for a foreign certificate.
    package let purpose: CertificatePurpose?
    /// The node it names: exactly one SAN, a URI of the node grammar.
    package let path: Result<NodePath, SANProblem>
    /// Seconds since the epoch.
    package let notBefore: Int64
    /// Seconds since the epoch.
    package let notAfter: Int64

    /// - Throws: ``SealingError/malformed(_:)`` for bytes that are not exactly one certificate in canonical
    ///   DER with a key of ours; ``SealingError/tooLarge(what:limit:)`` above 16 KiB.
    package init(der: [UInt8]) throws(SealingError) {
        let object = try X509Object(der: der)
        let spki = try object.subjectPublicKeyInfo()
        guard let form = PublicKeyForm(spki) else { throw .malformed("certificate key of no known algorithm or form") }
        let dates = try object.dates()
        self.object = object
        self.der = der
        fingerprint = sha256(der)
        subjectPublicKeyInfo = spki
        algorithm = form.algorithm
        (kind, purpose) = object.kind(form.algorithm)
        path = object.path()
        (notBefore, notAfter) = dates
    }

    /// One certificate in PEM, and nothing else but text around it.
    package convenience init(pem: String) throws(SealingError) {
        let blocks = try PEM.certificates(in: Array(pem.utf8))
        guard blocks.count == 1 else { throw .malformed("\(blocks.count) certificates where one was expected") }
        try self.init(der: blocks[0])
    }

    /// All certificates of a PEM bundle, in order; other blocks are refused, text between them is skipped.
    /// - Throws: ``SealingError/tooLarge(what:limit:)`` above 256 KiB or 32 certificates; as ``init(der:)``.
    package static func bundle(pem: String) throws(SealingError) -> [Certificate] {
        var certificates: [Certificate] = []
        for block in try PEM.certificates(in: Array(pem.utf8)) {
            certificates.append(try Certificate(der: block))
        }
        return certificates
    }

    /// RFC 7468 text, with a final newline.
    package var pem: String { PEM.encode("CERTIFICATE", der) }

    /// SHA-256 of the SubjectPublicKeyInfo: the id of the key it certifies.
    package var keyID: Digest { sha256(subjectPublicKeyInfo) }

    /// For people: kind, path and the beginning of the fingerprint.
    package var description: String {
        let name =
            switch path {
            case .success(let path): path.description
            case .failure(let problem): "(\(problem))"
            }
        return "\(kind.rawValue) certificate of \(name), \(fingerprint.short)"
    }

    /// Equal bytes.
    package static func == (a: Certificate, b: Certificate) -> Bool { a.der == b.der }
    /// By fingerprint.
    package func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }
}

/// RFC 7468 text around DER.
enum PEM {
    /// The DER of every `CERTIFICATE` block.
    static func certificates(in text: [UInt8]) throws(SealingError) -> [[UInt8]] {
        guard text.count <= SealingLimit.bundle else { throw .tooLarge(what: "PEM bundle", limit: SealingLimit.bundle) }
        let bio = try MemoryBIO(text)
        var blocks: [[UInt8]] = []
        while let block = try next(bio) {
            guard blocks.count < SealingLimit.bundleCount else {
                throw .tooLarge(what: "certificates in a PEM bundle", limit: SealingLimit.bundleCount)
            }
            blocks.append(block)
        }
        return blocks
    }

    /// nil at the end of the text.
    private static func next(_ bio: MemoryBIO) throws(SealingError) -> [UInt8]? {
        var name: UnsafeMutablePointer<CChar>?
        var header: UnsafeMutablePointer<CChar>?
        var data: UnsafeMutablePointer<UInt8>?
        var count = 0
        guard unsafe PEM_read_bio(bio.pointer, &name, &header, &data, &count) == 1 else {
            // No further "BEGIN" line is how a bundle ends; anything else is a broken block.
            let reason = ERR_peek_last_error() & 0x7f_ffff
            ERR_clear_error()
            guard reason == UInt(PEM_R_NO_START_LINE) else { throw .malformed("PEM block") }
            return nil
        }
        defer {
            unsafe creditnode_openssl_free(name)
            unsafe creditnode_openssl_free(header)
            unsafe creditnode_openssl_free(data)
        }
        guard let name = unsafe name, let header = unsafe header, let data = unsafe data,
            unsafe String(cString: name) == "CERTIFICATE", unsafe header.pointee == 0
        else { throw .malformed("PEM block that is no plain CERTIFICATE") }
        return unsafe Array(UnsafeBufferPointer(start: data, count: count))
    }

    static func encode(_ label: String, _ der: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        var column = 0
        for start in stride(from: 0, to: der.count, by: 3) {
            let group = der[start..<min(start + 3, der.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for position in 0..<4 {
                text.append(position <= group.count ? alphabet[bits >> (18 - 6 * position) & 63] : UInt8(ascii: "="))
            }
            column += 4
            if column == 64 { text.append(UInt8(ascii: "\n")); column = 0 }
        }
        if column > 0 { text.append(UInt8(ascii: "\n")) }
        return "-----BEGIN \(label)-----\n" + String(decoding: text, as: UTF8.self) + "-----END \(label)-----\n"
    }
}
