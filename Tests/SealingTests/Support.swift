import Registry
import Replication
import Testing

@testable import Sealing

/// 2026-03-01 00:00 UTC, in seconds since the epoch.
let now: Int64 = 1_772_323_200
let day: Int64 = 86_400

func node(_ text: String) throws -> NodePath { try #require(NodePath(text)) }
func hex(_ text: String) throws -> [UInt8] { try #require(Hex.decode(text)) }
func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) } }
}

/// A federation of three tiers for one purpose.
struct Tiers {
    let purpose: CertificatePurpose
    let algorithm: KeyAlgorithm
    let root: CertificateAuthority
    let district: CertificateAuthority
    let roots: TrustRoots

    init(_ purpose: CertificatePurpose, _ algorithm: KeyAlgorithm, root name: String = "wuhan") throws {
        self.purpose = purpose
        self.algorithm = algorithm
        root = try CertificateAuthority.makeRoot(
            path: node(name), purpose: purpose, key: KeyHandle.generate(algorithm), now: now, validityDays: 3650)
        district = try Tiers.intermediate(root, node("\(name)/wuchang"), algorithm)
        roots = try TrustRoots([root.certificate])
    }

    static func intermediate(_ ca: CertificateAuthority, _ path: NodePath, _ algorithm: KeyAlgorithm) throws -> CertificateAuthority {
        let key = try KeyHandle.generate(algorithm)
        let certificate = try ca.issue(
            .intermediateCA(path), subjectPublicKeyInfo: key.subjectPublicKeyInfo, now: now, validityDays: 1825)
        return try CertificateAuthority(certificate: certificate, key: key)
    }

    var kind: CertificateKind { purpose == .tls ? .tls : .ledger }

    func profile(_ path: NodePath) -> CertificateProfile { purpose == .tls ? .tlsLeaf(path) : .ledgerLeaf(path) }

    func leaf(_ ca: CertificateAuthority, _ path: String) throws -> Certificate {
        let key = try KeyHandle.generate(algorithm)
        return try ca.issue(profile(node(path)), subjectPublicKeyInfo: key.subjectPublicKeyInfo, now: now, validityDays: 365)
    }

    /// What a CA whose owner ignores our rules could sign.
    func rogue(
        _ ca: CertificateAuthority, _ profile: CertificateProfile, key: KeyHandle? = nil,
        change: (inout CertificateTemplate) -> Void = { _ in }
    ) throws -> Certificate {
        var template = profile.template(purpose: profile.leafPurpose ?? ca.purpose)
        change(&template)
        return try CertificateBuilder(
            template: template, subjectKey: key ?? KeyHandle.generate(algorithm), now: now, validityDays: 365,
            issuer: ca.certificate, issuerKey: KeyHandle.privateKey(pem: ca.privateKeyPEM())
        ).signed()
    }
}

extension CertificateTemplate {
    /// Replaces the subject alternative name; nil leaves it out.
    mutating func setSAN(_ text: String?) {
        extensions.removeAll { if case .subjectAlternativeName = $0 { true } else { false } }
        if let text { extensions.append(.subjectAlternativeName(text)) }
    }
    mutating func setUsage(_ text: String) {
        extensions.removeAll { if case .extendedKeyUsage = $0 { true } else { false } }
        extensions.append(.extendedKeyUsage(text))
    }
    mutating func dropNameConstraints() {
        extensions.removeAll { if case .nameConstraints = $0 { true } else { false } }
    }
}
