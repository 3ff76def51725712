import Foundation
import NIOCore
import NIOPosix
import Node
import Registry
import Replication
import Sealing
import Transport

/// A look-up client's connection to the node that answers it.
package struct LookupClient: Sendable {
    package let connection: HTTPConnection

    /// Dials, proves itself, and makes sure that the node is the one of the enrolment, whatever its address is called.
    /// - Parameter address: `host:port`; nil = that of the invitation.
    /// - Throws: ``ControlFault``, or the transport's error.
    package static func connect(_ identity: ReaderIdentity, address: String? = nil, loops: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton) async throws -> LookupClient {
        let facts = try identity.facts(), dialled = try HostPort(address ?? facts.address)
        let files = NodeHome(identity.directory)
        let anchors = try files.read(identity.rootFile)
        let tls = try TLSContext.client(
            certificateChainPEM: try files.read(identity.certificateFile), privateKeyPEM: try files.read(identity.keyFile), trustAnchorsPEM: anchors)
        let roots = try TrustRoots(try Certificate.bundle(pem: String(decoding: anchors, as: UTF8.self)))
        guard let node = NodePath(facts.node) else {
            throw ControlFault("no-identity", zh: "查询端目录已损坏", en: "the look-up client's directory is damaged", hint: "creditnode readers join", exit: .failure)
        }
        let connection = try await HTTPConnection.connect(to: .tcp(host: dialled.host, port: dialled.port), tls: tls, group: loops) { peer in
            guard let peer else { throw TransportError(.peerCertificateMissing, "the node showed no certificate") }
            let chain = try peer.chainDER.map { try Certificate(der: $0) }
            guard let leaf = chain.first else { throw TransportError(.peerCertificateMissing, "the node showed no certificate") }
            try verifyChain(
                leaf: leaf, intermediates: Array(chain.dropFirst()), roots: roots, expecting: .tls, path: node, at: Int64(NodeEnvironment.machine.now() / 1000))
        }
        return LookupClient(connection: connection)
    }

    package func close() async { await connection.close() }

    /// One subject. - Throws: ``ControlFault`` as the node gave it.
    package func ask(_ request: LookupRequest) async throws -> LookupCommand.Response { try await send(request, as: LookupCommand.Response.self) }

    /// Several subjects. - Throws: ``ControlFault`` as the node gave it.
    package func askSeveral(_ request: LookupRequest) async throws -> LookupBatchResponse { try await send(request, as: LookupBatchResponse.self) }

    /// Earlier answers to this client's unit that have changed in the subject's favour since (M45).
    package func notices() async throws -> NotifyCommand.Response {
        try decode(try await connection.request(method: "GET", path: NoticeAnswer.path, headers: [], body: []), as: NotifyCommand.Response.self)
    }

    /// Says that the user of one of them was told. - Returns: those still open.
    package func done(_ answer: NoticeAnswer) async throws -> NotifyCommand.Response {
        let body = Array(try JSONEncoder().encode(answer))
        let response = try await connection.request(method: "POST", path: NoticeAnswer.path, headers: [("content-type", "application/json")], body: body)
        return try decode(response, as: NotifyCommand.Response.self)
    }

    private func send<Answer: Decodable>(_ request: LookupRequest, as type: Answer.Type) async throws -> Answer {
        try decode(try await post(Array(try JSONEncoder().encode(request))), as: type)
    }

    private func decode<Answer: Decodable>(_ answer: HTTPResponse, as type: Answer.Type) throws -> Answer {
        let body = Data(answer.body.readableBytesView)
        guard answer.status == 200 else {
            throw (try? JSONDecoder().decode(ControlFault.self, from: body))
                ?? ControlFault("bad-answer", zh: "节点的应答无法理解（HTTP \(answer.status)）", en: "the node's answer makes no sense (HTTP \(answer.status))", hint: "", exit: .failure)
        }
        return try JSONDecoder().decode(type, from: body)
    }

    /// The request as bytes; for measurement and tests.
    package func post(_ json: [UInt8]) async throws -> HTTPResponse {
        try await connection.request(method: "POST", path: LookupRequest.path, headers: [("content-type", "application/json")], body: json)
    }
}
