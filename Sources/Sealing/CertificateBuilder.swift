import COpenSSL

/// Owns one X509 while it is being made or after it was parsed.
@safe final class X509Object: @unchecked Sendable {  // changed only before it is shared
    let pointer: OpaquePointer

    /// Takes over the reference.
    init(owned: OpaquePointer) { unsafe pointer = owned }

    deinit { unsafe X509_free(pointer) }
}

/// Makes and signs one X.509 certificate from a template. It checks nothing: ``CertificateAuthority`` does.
struct CertificateBuilder {
    /// Issuer's clock may run ahead of the subject's by this much, in seconds.
    static let clockSkew: Int64 = 300
    /// Validity bounds, in days. A root may live for decades; ledgers do not look at dates.
    static let validityDays = 1...36_500

    var template: CertificateTemplate
    var subjectKey: KeyHandle
    /// Seconds since the epoch.
    var now: Int64
    var validityDays: Int
    /// nil for self-signed.
    var issuer: Certificate?
    var issuerKey: KeyHandle

    /// - Throws: ``SealingError/libcrypto(operation:detail:)``; also for dates outside years 1950…9999.
    func signed() throws(SealingError) -> Certificate {
        guard let made = unsafe X509_new() else { throw .fromQueue("certificate") }
        let certificate = unsafe X509Object(owned: made)
        let x = unsafe certificate.pointer
        let issuerObject = unsafe issuer?.object.pointer ?? x
        guard unsafe X509_set_version(x, 2) == 1, unsafe X509_set_pubkey(x, subjectKey.pointer) == 1 else {
            throw .fromQueue("certificate key")
        }
        try setSerial(certificate)
        try setDates(certificate)
        try setSubject(certificate)
        guard unsafe X509_set_issuer_name(x, X509_get_subject_name(issuerObject)) == 1 else { throw .fromQueue("issuer name") }
        try add(NID_subject_key_identifier, "hash", to: certificate)
        for one in template.extensions {
            switch one {
            case .basicConstraints(let text): try add(NID_basic_constraints, text, to: certificate)
            case .keyUsage(let text): try add(NID_key_usage, text, to: certificate)
            case .nameConstraints(let text): try add(NID_name_constraints, text, to: certificate)
            case .extendedKeyUsage(let text): try add(NID_ext_key_usage, text, to: certificate)
            case .subjectAlternativeName(let text): try add(NID_subject_alt_name, text, to: certificate)
            }
        }
        try add(NID_authority_key_identifier, "keyid:always", to: certificate)
        try sign(certificate)
        return try Certificate(der: encodedDER("certificate") { unsafe i2d_X509(x, $0) })
    }

    /// 127 random bits: positive, unguessable, below RFC 5280's 20 octets.
    private func setSerial(_ certificate: X509Object) throws(SealingError) {
        var random = try randomBytes(16)
        random[0] &= 0x7f
        guard let number = unsafe BN_bin2bn(random, 16, nil) else { throw .fromQueue("serial number") }
        defer { unsafe BN_free(number) }
        guard unsafe BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.pointer)) != nil else {
            throw .fromQueue("serial number")
        }
    }

    private func setDates(_ certificate: X509Object) throws(SealingError) {
        let end = now.addingReportingOverflow(Int64(validityDays) * 86_400)
        let begin = now.subtractingReportingOverflow(CertificateBuilder.clockSkew)
        guard !end.overflow, !begin.overflow else { throw .malformed("certificate dates") }
        guard unsafe ASN1_TIME_set(X509_getm_notBefore(certificate.pointer), Int(begin.partialValue)) != nil,
            unsafe ASN1_TIME_set(X509_getm_notAfter(certificate.pointer), Int(end.partialValue)) != nil
        else { throw .fromQueue("certificate dates") }
    }

    private func setSubject(_ certificate: X509Object) throws(SealingError) {
        let name = unsafe X509_get_subject_name(certificate.pointer)
        for (nid, text) in [(NID_organizationalUnitName, template.unit), (NID_commonName, template.commonName)] {
            let bytes = Array(text.utf8)
            // MBSTRING_ASC and MBSTRING_UTF8 are macros; 0x1000 is the UTF-8 flag (asn1.h).
            guard unsafe X509_NAME_add_entry_by_NID(name, nid, 0x1000, bytes, Int32(bytes.count), -1, 0) == 1 else {
                throw .fromQueue("subject name")
            }
        }
    }

    private func add(_ nid: Int32, _ value: String, to certificate: X509Object) throws(SealingError) {
        let x = unsafe certificate.pointer
        guard unsafe creditnode_x509_add_extension(x, issuer?.object.pointer ?? x, nid, value) == 1 else {
            throw .fromQueue("certificate extension")
        }
    }

    private func sign(_ certificate: X509Object) throws(SealingError) {
        let context = try SignatureContext(issuerKey)
        try context.beginSigning()
        guard unsafe X509_sign_ctx(certificate.pointer, context.pointer) > 0 else { throw .fromQueue("certificate signature") }
    }
}
