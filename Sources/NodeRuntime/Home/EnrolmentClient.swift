import NIOCore
import NIOPosix
import Registry
import Replication
import Sealing
import Transport

/// Asks a parent for certificates, before this machine has any: the parent is proven by the pinned
/// fingerprint of its root and its path, the child by the token's secret.
struct EnrolmentClient {
    let parent: NodePath
    /// SHA-256 of the TLS root certificate.
    let ca: Digest

    /// - Returns: the answer, and the certificate by which the parent proved itself.
    func ask(_ request: EnrolmentRequest, at address: HostPort, now: Int64) async throws -> (response: EnrolmentResponse, server: [UInt8]) {
        let tls = try TLSContext.client(certificateChainPEM: nil, privateKeyPEM: nil, trustAnchorsPEM: nil)
        let connection = try await HTTPConnection.connect(
            to: .tcp(host: address.host, port: address.port), tls: tls, group: MultiThreadedEventLoopGroup.singleton,
            verifyPeer: { try verify($0, now: now) })
        do {
            let response = try await connection.request(method: "POST", path: "/v1/enrol", body: try request.serialized(), timeout: .seconds(30))
            await connection.close()
            let bytes = Array(response.body.readableBytesView)
            guard response.status == 200 else {
                throw ControlFault(
                    "enrolment-refused", zh: "上级拒绝入网：邀请码无效、已使用或已过期", en: "the parent refused: the invitation is unknown, used or expired",
                    hint: "请上级重新 creditnode invite / ask the parent for a new invitation", exit: .refused)
            }
            return (try EnrolmentResponse(serialized: bytes), connection.peer?.leafDER ?? [])
        } catch {
            await connection.close()
            throw error
        }
    }

    static func untrusted(_ problem: ChainProblem) -> ControlFault {
        ControlFault("parent-certificate", zh: "上级证书不可信", en: "the parent's certificate is not to be trusted: \(problem)", hint: "检查地址和邀请码 / check address and invitation", exit: .refused)
    }

    private func verify(_ peer: PeerCertificates?, now: Int64) throws {
        guard let peer else { throw TransportError(.peerCertificateMissing, "the parent showed no certificate") }
        let chain = try peer.chainDER.map { try Certificate(der: $0) }
        guard let leaf = chain.first, let root = chain.first(where: { $0.fingerprint == ca }) else {
            throw TransportError(
                .tlsFailed, "the server at this address does not prove itself under the invitation's CA \(ca.short)",
                hint: "wrong address, or somebody stands between")
        }
        do {
            try verifyChain(leaf: leaf, intermediates: Array(chain.dropFirst()), roots: try TrustRoots([root]), expecting: .tls, path: parent, at: now)
        } catch { throw Self.untrusted(error) }
    }
}
