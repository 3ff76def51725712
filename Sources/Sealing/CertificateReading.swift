import COpenSSL
import Registry

/// Why a certificate does not name a node. OpenSSL alone would let most of these pass its URI name
/// constraints, which look only at URIs and only at their host.
package enum SANProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// No subject alternative name at all.
    case missing
    /// The extension does not decode, or stands there twice.
    case undecodable
    /// More than one name.
    case several(Int)
    /// One name, but no URI: `DNS`, `IP`, `e-mail`, `otherName`, `directory`, …
    case notURI(type: String)
    /// A URI with user information before an `@`.
    case userInfo(String)
    /// A URI that is no node's; at most 250 characters of it.
    case notANode(String)

    /// For logs and for people.
    package var description: String {
        switch self {
        case .missing: "no subject alternative name"
        case .undecodable: "the subject alternative name does not decode"
        case .several(let count): "\(count) subject alternative names instead of one"
        case .notURI(let type): "the subject alternative name is of type \(type), not a URI"
        case .userInfo(let uri): "user information in the URI \(uri)"
        case .notANode(let uri): "\(uri) is not the URI of a node"
        }
    }
}

extension X509Object {
    /// All of `der` must be one certificate in canonical DER: one certificate has one fingerprint.
    convenience init(der: [UInt8]) throws(SealingError) {
        guard der.count <= SealingLimit.certificate else { throw .tooLarge(what: "certificate", limit: SealingLimit.certificate) }
        let parsed = unsafe der.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return unsafe d2i_X509(nil, &cursor, buffer.count)
        }
        guard let x = unsafe parsed else { throw .malformedClearing("certificate") }
        unsafe self.init(owned: x)
        guard try encodedDER("certificate", { unsafe i2d_X509(x, $0) }) == der else {
            throw .malformed("certificate in another form than canonical DER, or with bytes after it")
        }
        // Computes and caches the extensions now, while no other thread sees the object.
        guard unsafe X509_check_purpose(x, -1, 0) == 1 else { throw .malformedClearing("certificate extensions") }
        if unsafe X509_get_signature_nid(x) == NID_SM2_with_SM3 {
            guard unsafe creditnode_x509_set_signer_id(x, sm2SignerID) == 1 else { throw .fromQueue("SM2 signer id") }
        }
    }

    func subjectPublicKeyInfo() throws(SealingError) -> [UInt8] {
        guard let key = unsafe X509_get_X509_PUBKEY(pointer) else { throw .malformedClearing("certificate key") }
        return try encodedDER("certificate key") { unsafe i2d_X509_PUBKEY(key, $0) }
    }

    /// Seconds since the epoch.
    func dates() throws(SealingError) -> (notBefore: Int64, notAfter: Int64) {
        var begin: Int64 = 0
        var end: Int64 = 0
        guard unsafe creditnode_time_seconds(X509_get0_notBefore(pointer), &begin) == 1,
            unsafe creditnode_time_seconds(X509_get0_notAfter(pointer), &end) == 1
        else { throw .malformedClearing("certificate dates") }
        return (begin, end)
    }

    /// Kind and purpose, or `.foreign` when anything differs from what our CAs issue.
    func kind(_ algorithm: KeyAlgorithm) -> (CertificateKind, CertificatePurpose?) {
        let usages = extendedKeyUsages()
        let isReader = usages == CertificatePurpose.readerIdentifiers
        guard let purpose = isReader ? .tls : CertificatePurpose.allCases.first(where: { $0.objectIdentifiers == usages }), purpose.allows(algorithm),
            unsafe X509_get_version(pointer) == 2,
            unsafe creditnode_x509_critical(pointer, NID_basic_constraints) == 1,
            unsafe creditnode_x509_critical(pointer, NID_key_usage) == 1
        else { return (.foreign, nil) }
        let usage = unsafe X509_get_key_usage(pointer)
        if unsafe X509_check_ca(pointer) == 1 {
            guard !isReader, usage == UInt32(KU_KEY_CERT_SIGN), unsafe creditnode_x509_critical(pointer, NID_name_constraints) == 1 else {
                return (.foreign, nil)
            }
            return (.ca, purpose)
        }
        guard usage == UInt32(KU_DIGITAL_SIGNATURE) else { return (.foreign, nil) }
        return (isReader ? .reader : purpose == .tls ? .tls : .ledger, purpose)
    }

    /// Object identifiers in dotted form; empty when absent or undecodable.
    private func extendedKeyUsages() -> Set<String> {
        guard let found = unsafe X509_get_ext_d2i(pointer, NID_ext_key_usage, nil, nil) else {
            ERR_clear_error()
            return []
        }
        let usages = OpaquePointer(found)
        defer { unsafe EXTENDED_KEY_USAGE_free(usages) }
        var texts: Set<String> = []
        for index in 0..<(unsafe creditnode_oids_count(usages)) {
            var text = [UInt8](repeating: 0, count: 96)
            let length = unsafe text.withUnsafeMutableBytes { buffer in
                unsafe OBJ_obj2txt(
                    buffer.assumingMemoryBound(to: CChar.self).baseAddress, Int32(buffer.count), creditnode_oids_at(usages, index), 1)
            }
            // A longer identifier is none of ours; it stays in the set so that the sets differ.
            texts.insert(length > 0 && length < 96 ? String(decoding: text.prefix(Int(length)), as: UTF8.self) : "?")
        }
        return texts
    }

    /// The node named by the one subject alternative name.
    func path() -> Result<NodePath, SANProblem> {
        var critical: Int32 = 0
        guard let found = unsafe X509_get_ext_d2i(pointer, NID_subject_alt_name, &critical, nil) else {
            ERR_clear_error()
            return .failure(critical == -1 ? .missing : .undecodable)
        }
        let names = OpaquePointer(found)
        defer { unsafe GENERAL_NAMES_free(names) }
        let count = unsafe creditnode_names_count(names)
        guard count > 0 else { return .failure(.missing) }
        guard count == 1 else { return .failure(.several(Int(count))) }
        var type: Int32 = 0
        guard let value = unsafe GENERAL_NAME_get0_value(creditnode_names_at(names, 0), &type) else { return .failure(.undecodable) }
        guard type == GEN_URI else { return .failure(.notURI(type: X509Object.nameType(type))) }
        let string = unsafe value.assumingMemoryBound(to: ASN1_STRING.self)
        let length = unsafe Int(ASN1_STRING_length(string))
        guard let start = unsafe ASN1_STRING_get0_data(string), length > 0 else { return .failure(.notANode("")) }
        // Every byte counts, zero bytes included: the length is X.509's, not C's.
        let uri = unsafe String(decoding: UnsafeBufferPointer(start: start, count: min(length, 250)), as: UTF8.self)
        if length <= 250, let path = NodePath(certificateURI: uri) { return .success(path) }
        return .failure(uri.utf8.contains(UInt8(ascii: "@")) ? .userInfo(uri) : .notANode(uri))
    }

    private static func nameType(_ type: Int32) -> String {
        switch type {
        case GEN_OTHERNAME: "otherName"
        case GEN_EMAIL: "e-mail"
        case GEN_DNS: "DNS"
        case GEN_X400: "X.400"
        case GEN_DIRNAME: "directory"
        case GEN_EDIPARTY: "EDI party"
        case GEN_IPADD: "IP"
        case GEN_RID: "registered id"
        default: "unknown"
        }
    }
}
