import Registry
import Replication
import Sealing

/// What makes a process this node: its keys, the certificates that prove them, and the keys of the
/// federation it was given. Held outside the database.
package struct NodeIdentity: Sendable {
    package let path: NodePath
    package let ledgerKey: LedgerKey
    /// DER certificates of the ledger key, leaf first, root last: travels with a ledger's first change set.
    package let ledgerChain: [[UInt8]]
    package let ledgerRoots: TrustRoots
    package let federationKeys: FederationKeys
    /// Present on a node that may have children.
    package let authorities: Authorities?
    /// Unwraps what the parent wraps for this node; nil where there are no links.
    package let tlsKey: ECKey?
    /// Keys of persons on lists.
    package let listKeys: ListKeyring

    package struct Authorities: Sendable {
        package let ledger: CertificateAuthority
        package let tls: CertificateAuthority
        /// DER, issuing CA first, root last.
        package let ledgerChain: [[UInt8]]
        package let tlsChain: [[UInt8]]

        package init(ledger: CertificateAuthority, tls: CertificateAuthority, ledgerChain: [[UInt8]], tlsChain: [[UInt8]]) {
            self.ledger = ledger
            self.tls = tls
            self.ledgerChain = ledgerChain
            self.tlsChain = tlsChain
        }
    }

    package init(
        path: NodePath, ledgerKey: LedgerKey, ledgerChain: [[UInt8]], ledgerRoots: TrustRoots, federationKeys: FederationKeys,
        authorities: Authorities?, tlsKey: ECKey? = nil, listKeys: ListKeyring = ListKeyring()
    ) {
        self.path = path
        self.ledgerKey = ledgerKey
        self.ledgerChain = ledgerChain
        self.ledgerRoots = ledgerRoots
        self.federationKeys = federationKeys
        self.authorities = authorities
        self.tlsKey = tlsKey
        self.listKeys = listKeys
    }

    package var suite: Suite { ledgerKey.suite }
}

/// Time and randomness as arguments, so that the simulator runs exactly this code.
package struct NodeEnvironment: Sendable {
    /// Milliseconds since 1970.
    package let now: @Sendable () -> UInt64
    /// That many unpredictable bytes.
    package let random: @Sendable (Int) throws -> [UInt8]

    package init(now: @escaping @Sendable () -> UInt64, random: @escaping @Sendable (Int) throws -> [UInt8]) {
        self.now = now
        self.random = random
    }

    /// The civil date at UTC+8: all civil dates of the federation are.
    package var today: CivilDate {
        .inChina(now())
    }
}

extension CivilDate {
    /// The civil date at UTC+8 of a time in milliseconds since 1970.
    package static func inChina(_ milliseconds: UInt64) -> CivilDate {
        CivilDate(daysSinceEpoch: Int(min(milliseconds / 1000 + 8 * 3600, 1 << 40) / 86_400)) ?? .latest
    }
}

/// An operation that the node's rules refuse or whose input is bad, with a stable code.
package struct NodeRefusal: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        case badInput
        case notFound
        case refused
    }

    package let kind: Kind
    package let code: String
    package let zh: String
    package let en: String
    package let hint: String

    package init(_ kind: Kind, _ code: String, zh: String, en: String, hint: String = "") {
        self.kind = kind
        self.code = code
        self.zh = zh
        self.en = en
        self.hint = hint
    }

    package var description: String { "\(code): \(en)" }
}
