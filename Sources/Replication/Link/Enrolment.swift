import Registry

/// A child's plea for certificates. Each request proves possession of its key; `proof` binds them all to
/// the invitation's secret.
package struct EnrolmentRequest: Sendable, Hashable {
    package var path: NodePath
    package var token: String
    package var ledgerRequest: [UInt8]
    package var tlsRequest: [UInt8]
    /// Empty: the node will have no children.
    package var ledgerCARequest: [UInt8]
    package var tlsCARequest: [UInt8]
    package var proof: [UInt8]

    package init(path: NodePath, token: String, ledgerRequest: [UInt8], tlsRequest: [UInt8], ledgerCARequest: [UInt8], tlsCARequest: [UInt8], proof: [UInt8]) {
        self.path = path
        self.token = token
        self.ledgerRequest = ledgerRequest
        self.tlsRequest = tlsRequest
        self.ledgerCARequest = ledgerCARequest
        self.tlsCARequest = tlsCARequest
        self.proof = proof
    }

    /// What the proof covers.
    package var message: [UInt8] {
        LengthPrefixed.join(
            "creditnode enrolment v1",
            [Array(path.description.utf8), Array(token.utf8), ledgerRequest, tlsRequest, ledgerCARequest, tlsCARequest])
    }
}

package struct EnrolmentResponse: Sendable, Hashable {
    package var ledgerCertificate: [UInt8]
    package var tlsCertificate: [UInt8]
    package var ledgerCACertificate: [UInt8]
    package var tlsCACertificate: [UInt8]
    /// Issuing CA first, root last.
    package var ledgerChain: [[UInt8]]
    package var tlsChain: [[UInt8]]
    /// Wrapped to the child's TLS key.
    package var federationKeys: [UInt8]
    package var parent: NodePath
    /// The parent's own ledger certificate, leaf first, root last, so that its receipts can be checked.
    package var parentLedgerChain: [[UInt8]]

    package init(
        ledgerCertificate: [UInt8], tlsCertificate: [UInt8], ledgerCACertificate: [UInt8], tlsCACertificate: [UInt8],
        ledgerChain: [[UInt8]], tlsChain: [[UInt8]], federationKeys: [UInt8], parent: NodePath, parentLedgerChain: [[UInt8]]
    ) {
        self.ledgerCertificate = ledgerCertificate
        self.tlsCertificate = tlsCertificate
        self.ledgerCACertificate = ledgerCACertificate
        self.tlsCACertificate = tlsCACertificate
        self.ledgerChain = ledgerChain
        self.tlsChain = tlsChain
        self.federationKeys = federationKeys
        self.parent = parent
        self.parentLedgerChain = parentLedgerChain
    }

    /// Bound into the wrapping of the federation keys.
    package static func wrapContext(_ child: NodePath) -> [UInt8] { LengthPrefixed.join("creditnode federation keys v1", [Array(child.description.utf8)]) }
}
