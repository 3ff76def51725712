import Foundation
import Registry
import SwiftProtobuf

extension EnrolmentRequest {
    package static let maximumBytes = 64 * 1024

    package func serialized() throws -> [UInt8] {
        var wire = WireEnrolmentRequest()
        wire.path = path.description
        wire.token = token
        wire.ledgerRequest = Data(ledgerRequest)
        wire.tlsRequest = Data(tlsRequest)
        wire.ledgerCaRequest = Data(ledgerCARequest)
        wire.tlsCaRequest = Data(tlsCARequest)
        wire.proof = Data(proof)
        return try wire.serializedBytes()
    }

    package init(serialized bytes: [UInt8]) throws(CodingFault) {
        guard bytes.count <= EnrolmentRequest.maximumBytes else { throw CodingFault("an enrolment request of \(bytes.count) bytes") }
        let wire: WireEnrolmentRequest
        do { wire = try WireEnrolmentRequest(serializedBytes: bytes) } catch { throw CodingFault("not an enrolment request: \(error)") }
        guard let path = NodePath(wire.path) else { throw CodingFault("not a node path") }
        self.init(
            path: path, token: String(wire.token.prefix(64)), ledgerRequest: Array(wire.ledgerRequest), tlsRequest: Array(wire.tlsRequest),
            ledgerCARequest: Array(wire.ledgerCaRequest), tlsCARequest: Array(wire.tlsCaRequest), proof: Array(wire.proof))
    }
}

extension EnrolmentResponse {
    package static let maximumBytes = 256 * 1024

    package func serialized() throws -> [UInt8] {
        var wire = WireEnrolmentResponse()
        wire.ledgerCertificate = Data(ledgerCertificate)
        wire.tlsCertificate = Data(tlsCertificate)
        wire.ledgerCaCertificate = Data(ledgerCACertificate)
        wire.tlsCaCertificate = Data(tlsCACertificate)
        wire.ledgerChain = ledgerChain.map { Data($0) }
        wire.tlsChain = tlsChain.map { Data($0) }
        wire.federationKeys = Data(federationKeys)
        wire.parent = parent.description
        wire.parentLedgerChain = parentLedgerChain.map { Data($0) }
        return try wire.serializedBytes()
    }

    package init(serialized bytes: [UInt8]) throws(CodingFault) {
        guard bytes.count <= EnrolmentResponse.maximumBytes else { throw CodingFault("an enrolment response of \(bytes.count) bytes") }
        let wire: WireEnrolmentResponse
        do { wire = try WireEnrolmentResponse(serializedBytes: bytes) } catch { throw CodingFault("not an enrolment response: \(error)") }
        guard let parent = NodePath(wire.parent) else { throw CodingFault("not a node path") }
        self.init(
            ledgerCertificate: Array(wire.ledgerCertificate), tlsCertificate: Array(wire.tlsCertificate),
            ledgerCACertificate: Array(wire.ledgerCaCertificate), tlsCACertificate: Array(wire.tlsCaCertificate),
            ledgerChain: wire.ledgerChain.map { Array($0) }, tlsChain: wire.tlsChain.map { Array($0) },
            federationKeys: Array(wire.federationKeys), parent: parent, parentLedgerChain: wire.parentLedgerChain.map { Array($0) })
    }
}
