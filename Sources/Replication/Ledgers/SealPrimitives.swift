/// The hash functions of the suites, as an argument, so that this target stays free of libcrypto, which
/// stands behind it in `Sealing`.
package protocol SealPrimitives: Sendable {
    /// Digest of the concatenation of `parts`, with the suite's hash function.
    func digest(_ suite: Suite, _ parts: UnsafeRawBufferPointer...) -> Digest
}

/// Signs with one ledger key. Implementations are safe to call from any thread.
package protocol LedgerSigner: Sendable {
    var suite: Suite { get }
    /// SHA-256 of the DER SubjectPublicKeyInfo, whatever the suite.
    var keyID: Digest { get }
    func sign(_ message: [UInt8]) throws -> [UInt8]
}

/// Checks signatures of one ledger key.
package protocol LedgerVerifier: Sendable {
    var suite: Suite { get }
    var keyID: Digest { get }
    func isValid(signature: [UInt8], of message: [UInt8]) -> Bool
}
