/// The crypto suite of a ledger key, named in every header. The number is sealed and never reused.
package enum Suite: UInt32, Sendable, Hashable, CaseIterable {
    /// Ed25519 signatures, SHA-256 digests. The default.
    case ed25519SHA256 = 1
    /// SM2 signatures (signer id `1234567812345678`), SM3 digests: national commercial cryptography.
    case sm2SM3 = 2

    package var name: String {
        switch self {
        case .ed25519SHA256: "ed25519-sha256"
        case .sm2SM3: "sm2-sm3"
        }
    }

    package init?(name: String) {
        guard let suite = Suite.allCases.first(where: { $0.name == name }) else { return nil }
        self = suite
    }
}
