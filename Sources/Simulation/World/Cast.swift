import Foundation
import Node
import Registry
import Sealing

/// Keys and certificates of a whole tree, made from nothing but the tree: every world with the same tree has the same,
/// so that they are made once. Real ones, and worth nothing: their seeds are public.
package struct Cast: Sendable {
    package let paths: [NodePath]
    let identities: [NodePath: NodeIdentity]
    /// The ledger CA of each node, for those who forge.
    package let authorities: [NodePath: CertificateAuthority]

    /// - Parameters:
    ///   - paths: parents before children.
    ///   - now: milliseconds since 1970; certificates begin then.
    package init(_ paths: [NodePath], now: UInt64) throws {
        var identities: [NodePath: NodeIdentity] = [:], authorities: [NodePath: CertificateAuthority] = [:], keys: [NodePath: FederationKeys] = [:]
        let seconds = Int64(now / 1000)
        for path in paths {
            let key = try Self.key("ledger key of \(path)"), caKey = try Self.key("ledger CA of \(path)")
            let issuer: CertificateAuthority, ca: CertificateAuthority
            if let parent = path.parent {
                guard let above = authorities[parent], let given = keys[parent] else { throw WorldProblem("\(path) stands before its parent") }
                issuer = above
                ca = try CertificateAuthority(
                    certificate: try issuer.issue(.intermediateCA(path), subjectPublicKeyInfo: caKey.subjectPublicKeyInfo, now: seconds, validityDays: 36_500), key: caKey.handle)
                keys[path] = try given.derived(forChild: path)
            } else {
                ca = try CertificateAuthority.makeRoot(path: path, purpose: .ledger, key: caKey.handle, now: seconds, validityDays: 36_500)
                issuer = ca
                var random = SplitMix64.derived(from: 0, "federation keys of \(path)")
                keys[path] = try FederationKeys(root: path, material: random.bytes(FederationKeys.materialLength))
            }
            authorities[path] = ca
            let leaf = try issuer.issue(.ledgerLeaf(path), subjectPublicKeyInfo: key.subjectPublicKeyInfo, now: seconds, validityDays: 36_500)
            var chain = [leaf.der]
            for step in sequence(first: path.parent ?? path, next: \.parent) { if let above = authorities[step] { chain.append(above.certificate.der) } }
            guard let root = authorities[path.root], let federationKeys = keys[path] else { throw WorldProblem("no root above \(path)") }
            identities[path] = NodeIdentity(
                path: path, ledgerKey: key, ledgerChain: chain, ledgerRoots: try TrustRoots([root.certificate]), federationKeys: federationKeys, authorities: nil)
        }
        (self.paths, self.identities, self.authorities) = (paths, identities, authorities)
    }

    /// An Ed25519 key of a seed that follows from `name` (RFC 8410).
    private static func key(_ name: String) throws -> LedgerKey {
        var random = SplitMix64.derived(from: 0, name)
        let prefix: [UInt8] = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]
        let text = Data(prefix + random.bytes(32)).base64EncodedString()
        return try LedgerKey(privateKeyPEM: "-----BEGIN PRIVATE KEY-----\n\(text)\n-----END PRIVATE KEY-----\n")
    }
}

/// What cannot be simulated as asked, or went wrong in a way that no checker has a number for.
package struct WorldProblem: Error, Sendable, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
