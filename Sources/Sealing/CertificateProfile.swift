import Registry

/// What the keys of a certificate chain are for. The two never mix: every certificate, CAs included,
/// names its purpose in the extended key usage, and a chain must name one purpose throughout.
package enum CertificatePurpose: String, Sendable, Hashable, CaseIterable {
    /// Links between nodes: P-256 keys under an ECDSA chain, in both suites.
    case tls
    /// Signatures of ledgers: keys of the node's suite.
    case ledger

    /// Extended key usage of a ledger certificate and a ledger CA: `2.25.` and the UUID
    /// 5c633361-ee8b-43f5-ac11-dbfa16060fa0 as a decimal number. The arc 2.25 (ITU-T X.667) is open to
    /// anyone without registration. It is critical, so that no other software takes such a
    /// certificate for a TLS one.
    package static let ledgerSigningOID = "2.25.122804055163054552318019279819100262304"

    /// Extended key usage of a look-up client's certificate, under a TLS CA: the client's alone.
    static let readerUsage = "clientAuth"
    static let readerIdentifiers: Set<String> = ["1.3.6.1.5.5.7.3.2"]

    /// The extension in libcrypto's configuration text.
    var extendedKeyUsage: String {
        switch self {
        case .tls: "clientAuth,serverAuth"
        case .ledger: "critical,\(CertificatePurpose.ledgerSigningOID)"
        }
    }

    /// The exact set of object identifiers expected when reading.
    var objectIdentifiers: Set<String> {
        switch self {
        case .tls: ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]
        case .ledger: [CertificatePurpose.ledgerSigningOID]
        }
    }

    /// True when a key of `algorithm` may be certified for this purpose.
    package func allows(_ algorithm: KeyAlgorithm) -> Bool {
        switch self {
        case .tls: algorithm == .p256
        case .ledger: algorithm != .p256
        }
    }
}

/// What a CA is asked to issue. The path is the subject's; nothing else is chosen by the asker.
package enum CertificateProfile: Sendable, Hashable {
    /// A self-signed CA of a root node; made by ``CertificateAuthority/makeRoot(path:purpose:key:now:validityDays:)``.
    case rootCA(NodePath)
    /// The CA of a node that may have children, of the issuing CA's purpose.
    case intermediateCA(NodePath)
    /// A node's ledger key.
    case ledgerLeaf(NodePath)
    /// A node's TLS key, for both ends of a link.
    case tlsLeaf(NodePath)
    /// The TLS key of a look-up client of the issuing node; the path is a name below the node's, and no node.
    case readerLeaf(NodePath)

    /// The node to be certified.
    package var path: NodePath {
        switch self {
        case .rootCA(let path), .intermediateCA(let path), .ledgerLeaf(let path), .tlsLeaf(let path), .readerLeaf(let path): path
        }
    }

    /// True for both kinds of CA.
    package var isCA: Bool {
        switch self {
        case .rootCA, .intermediateCA: true
        case .ledgerLeaf, .tlsLeaf, .readerLeaf: false
        }
    }

    /// nil for a CA, which has the purpose of its issuer.
    package var leafPurpose: CertificatePurpose? {
        switch self {
        case .rootCA, .intermediateCA: nil
        case .ledgerLeaf: .ledger
        case .tlsLeaf, .readerLeaf: .tls
        }
    }

    private var isReader: Bool {
        switch self {
        case .readerLeaf: true
        case .rootCA, .intermediateCA, .ledgerLeaf, .tlsLeaf: false
        }
    }

    /// The certificate's content, before key, serial and dates.
    func template(purpose: CertificatePurpose) -> CertificateTemplate {
        var template = CertificateTemplate(
            commonName: CertificateTemplate.commonName(path),
            unit: isCA ? "\(purpose.rawValue) ca" : isReader ? "look-up client" : purpose.rawValue,
            extensions: [])
        if isCA {
            // A CA at depth d certifies leafs down to the greatest depth through CAs above them.
            template.extensions.append(.basicConstraints("critical,CA:TRUE,pathlen:\(max(0, NodePath.maximumDepth - 1 - path.depth))"))
            template.extensions.append(.keyUsage("critical,keyCertSign"))
            template.extensions.append(.nameConstraints("critical," + permitted.map { "permitted;URI:\($0)" }.joined(separator: ",")))
        } else {
            template.extensions.append(.basicConstraints("critical,CA:FALSE"))
            template.extensions.append(.keyUsage("critical,digitalSignature"))
        }
        template.extensions.append(.extendedKeyUsage(isReader ? CertificatePurpose.readerUsage : purpose.extendedKeyUsage))
        template.extensions.append(.subjectAlternativeName("URI:\(path.certificateURI)"))
        return template
    }

    /// URI hosts a CA may certify: a leading dot means every name below, without it the exact host.
    private var permitted: [String] {
        switch self {
        case .rootCA(let path): [path.hostName, "." + path.hostName]
        case .intermediateCA(let path): ["." + path.hostName]
        case .ledgerLeaf, .tlsLeaf, .readerLeaf: []
        }
    }
}

/// Subject and extensions as libcrypto's configuration text. Tests build hostile ones; everything
/// else goes through ``CertificateProfile``. Values come from `NodePath` only: its grammar has no
/// comma, which would inject a second value.
struct CertificateTemplate: Sendable {
    enum Extension: Sendable {
        case basicConstraints(String), keyUsage(String), nameConstraints(String), extendedKeyUsage(String)
        case subjectAlternativeName(String)
    }

    var commonName: String
    /// Keeps the names of a node's certificates apart: a root's leaf must not look self-issued.
    var unit: String
    var extensions: [Extension]

    /// The path text. X.509 bounds a common name to 64 characters; a longer path is cut and made
    /// unique by 64 bits of its digest. Nothing reads it but people: the SAN is what counts.
    static func commonName(_ path: NodePath) -> String {
        let text = path.description
        guard text.utf8.count > 64 else { return text }
        return text.prefix(47) + "~" + sha256(Array(text.utf8)).description.prefix(16)
    }
}
