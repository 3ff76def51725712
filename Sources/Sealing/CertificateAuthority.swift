import COpenSSL
import Registry

/// Why a CA refuses to issue.
package enum IssueProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The certificate given for the CA is none of our CAs', or its key is another one's.
    case notThisCA(String)
    /// The path is not below the CA's node.
    case notBelow(ca: NodePath, asked: NodePath)
    /// A ledger CA was asked for a TLS certificate, or the other way round.
    case wrongPurpose(ca: CertificatePurpose, asked: CertificatePurpose)
    /// The key's algorithm does not fit the purpose.
    case wrongKey(CertificatePurpose, KeyAlgorithm)
    /// A root certificate is self-signed; only `makeRoot` and `renewedRoot` make one.
    case rootIsSelfSigned
    /// A CA at the greatest depth could have no children.
    case tooDeep(NodePath)
    /// Not within 1…36,500 days.
    case validity(days: Int)
    case sealing(SealingError)

    /// For logs and for people.
    package var description: String {
        switch self {
        case .notThisCA(let why): "not usable as this CA: \(why)"
        case .notBelow(let ca, let asked): "the CA of \(ca) may not certify \(asked)"
        case .wrongPurpose(let ca, let asked): "a \(ca.rawValue) CA may not issue a \(asked.rawValue) certificate"
        case .wrongKey(let purpose, let algorithm): "a \(purpose.rawValue) certificate cannot hold a key of \(algorithm.rawValue)"
        case .rootIsSelfSigned: "a root certificate is self-signed"
        case .tooDeep(let path): "\(path) is at the greatest depth and cannot have children"
        case .validity(let days): "validity of \(days) days is outside 1…36,500"
        case .sealing(let error): error.description
        }
    }
}

/// One CA of one node: TLS or ledger. Subject, names and extensions follow from the profile; of a
/// request nothing is used but the key. Safe from any thread.
package final class CertificateAuthority: Sendable {
    /// The CA's own certificate.
    package let certificate: Certificate
    /// The node whose CA it is.
    package let path: NodePath
    /// What it may certify.
    package let purpose: CertificatePurpose
    private let key: KeyHandle

    /// - Throws: ``IssueProblem/notThisCA(_:)`` when the certificate is no CA's of ours or the key is not its own.
    package init(certificate: Certificate, key: KeyHandle) throws(IssueProblem) {
        guard certificate.kind == .ca, let purpose = certificate.purpose, case .success(let path) = certificate.path else {
            throw .notThisCA("\(certificate)")
        }
        guard certificate.subjectPublicKeyInfo == key.subjectPublicKeyInfo else { throw .notThisCA("the key is another one's") }
        (self.certificate, self.key, self.path, self.purpose) = (certificate, key, path, purpose)
    }

    /// From one certificate in PEM and its unencrypted PKCS #8 key.
    package convenience init(certificatePEM: String, privateKeyPEM: String) throws(IssueProblem) {
        let certificate: Certificate
        let key: KeyHandle
        do throws(SealingError) {
            certificate = try Certificate(pem: certificatePEM)
            key = try KeyHandle.privateKey(pem: privateKeyPEM)
        } catch { throw .sealing(error) }
        try self.init(certificate: certificate, key: key)
    }

    /// Unencrypted PKCS #8 PEM of the CA's key.
    package func privateKeyPEM() throws(SealingError) -> String { try key.privateKeyPEM() }

    /// A self-signed CA for a root node.
    /// - Parameters:
    ///   - path: of depth 1.
    ///   - key: an ``ECKey``'s handle for TLS, a ``LedgerKey``'s of the federation's suite for ledgers; nil
    ///     makes a P-256 key for TLS and an Ed25519 key for ledgers.
    ///   - now: seconds since the epoch; the certificate begins 300 s earlier.
    package static func makeRoot(
        path: NodePath, purpose: CertificatePurpose, key: KeyHandle? = nil, now: Int64, validityDays: Int
    ) throws(IssueProblem) -> CertificateAuthority {
        guard path.depth == 1 else { throw .notBelow(ca: path.root, asked: path) }
        guard CertificateBuilder.validityDays.contains(validityDays) else { throw .validity(days: validityDays) }
        let certificate: Certificate
        let own: KeyHandle
        do throws(SealingError) {
            own = if let key { key } else { try KeyHandle.generate(purpose == .tls ? .p256 : .ed25519) }
            guard purpose.allows(own.algorithm) else {
                throw .wrongAlgorithm(expected: "a \(purpose.rawValue) CA", found: own.algorithm.rawValue)
            }
            certificate = try CertificateBuilder(
                template: CertificateProfile.rootCA(path).template(purpose: purpose), subjectKey: own,
                now: now, validityDays: validityDays, issuer: nil, issuerKey: own
            ).signed()
        } catch { throw .sealing(error) }
        return try CertificateAuthority(certificate: certificate, key: own)
    }

    /// The same root with new dates: same key, so that what it issued stays valid.
    package func renewedRoot(now: Int64, validityDays: Int) throws(IssueProblem) -> CertificateAuthority {
        try CertificateAuthority.makeRoot(path: path, purpose: purpose, key: key, now: now, validityDays: validityDays)
    }

    /// Issues for a request whose proof of possession was checked when it was parsed.
    /// - Parameters: as ``issue(_:subjectPublicKeyInfo:now:validityDays:)``.
    package func issue(
        _ profile: CertificateProfile, for request: CertificateRequest, now: Int64, validityDays: Int
    ) throws(IssueProblem) -> Certificate {
        try issue(profile, subjectPublicKeyInfo: request.subjectPublicKeyInfo, now: now, validityDays: validityDays)
    }

    /// Issues for a key whose possession the caller knows of in another way.
    /// - Parameters:
    ///   - now: seconds since the epoch; the certificate begins 300 s earlier.
    ///   - validityDays: from `now`. The issuer's own end is not a bound: chains are checked as a whole.
    /// - Throws: ``IssueProblem``.
    package func issue(
        _ profile: CertificateProfile, subjectPublicKeyInfo: [UInt8], now: Int64, validityDays: Int
    ) throws(IssueProblem) -> Certificate {
        try check(profile, validityDays)
        do throws(SealingError) {
            let subject = try KeyHandle.publicKey(subjectPublicKeyInfo: subjectPublicKeyInfo)
            guard purpose.allows(subject.algorithm) else {
                throw .wrongAlgorithm(expected: purpose.rawValue, found: subject.algorithm.rawValue)
            }
            return try CertificateBuilder(
                template: profile.template(purpose: purpose), subjectKey: subject,
                now: now, validityDays: validityDays, issuer: certificate, issuerKey: key
            ).signed()
        } catch {
            if case .wrongAlgorithm(_, let found) = error, let algorithm = KeyAlgorithm(rawValue: found) {
                throw .wrongKey(purpose, algorithm)
            }
            throw .sealing(error)
        }
    }

    private func check(_ profile: CertificateProfile, _ validityDays: Int) throws(IssueProblem) {
        guard CertificateBuilder.validityDays.contains(validityDays) else { throw .validity(days: validityDays) }
        if let asked = profile.leafPurpose, asked != purpose { throw .wrongPurpose(ca: purpose, asked: asked) }
        switch profile {
        case .rootCA:
            throw .rootIsSelfSigned
        case .intermediateCA(let asked):
            guard path.isProperAncestor(of: asked) else { throw .notBelow(ca: path, asked: asked) }
            guard asked.depth < NodePath.maximumDepth else { throw .tooDeep(asked) }
        case .readerLeaf(let asked):
            guard asked.parent == path else { throw .notBelow(ca: path, asked: asked) }
        case .ledgerLeaf(let asked), .tlsLeaf(let asked):
            // The root has no parent, so its CA certifies the root's own leafs.
            guard path.isProperAncestor(of: asked) || (path == asked && path.depth == 1) else { throw .notBelow(ca: path, asked: asked) }
        }
    }
}
