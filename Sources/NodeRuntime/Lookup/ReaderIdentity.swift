import Foundation
import Node
import Registry
import Replication
import Sealing

/// A look-up client's directory, on a department's machine: key, certificate, the root it trusts, and where to ask. Other
/// programs use the same PEM files.
package struct ReaderIdentity: Sendable {
    package let directory: String

    package init(_ directory: String) {
        self.directory = directory.hasPrefix("/") ? directory : FileManager.default.currentDirectoryPath + "/" + directory
    }

    package struct Facts: Codable, Sendable {
        package var name: String
        /// Path of the node that answers.
        package var node: String
        /// Credit code under which look-ups are logged.
        package var unit: String
        /// `host:port`.
        package var address: String
        /// Of the node's TLS key, as curl's `--pinnedpubkey` takes it.
        package var serverKey: String
        /// End of the certificate, ISO 8601.
        package var validUntil: String
    }

    /// PEM: the key, its certificate with the chain, and the root it trusts.
    package var keyFile: String { directory + "/key.pem" }
    package var certificateFile: String { directory + "/certificate.pem" }
    package var rootFile: String { directory + "/ca.pem" }
    private var request: String { directory + "/request.csr" }
    private var factsFile: String { directory + "/reader.json" }
    /// Writes files whole, of mode 0600.
    private var files: NodeHome { NodeHome(directory) }

    package func facts() throws(ControlFault) -> Facts {
        guard let data = FileManager.default.contents(atPath: factsFile), let facts = try? JSONDecoder().decode(Facts.self, from: data) else {
            throw ControlFault("no-identity", zh: "\(directory) 不是查询端目录", en: "\(directory) is no look-up client's directory", hint: "creditnode readers join TOKEN --identity DIR", exit: .notFound)
        }
        return facts
    }

    /// Makes a key, proves possession with the invitation's secret, stores the certificate. Repeating an interrupted join is
    /// safe; a new invitation of the same client renews the certificate of the key that is here.
    /// - Throws: ``ControlFault``.
    package func join(token text: String) async throws -> Facts {
        let token = try InvitationToken(text)
        guard let unit = token.unit, let path = NodePath(token.path), let node = path.parent, let ca = Hex.decode(token.ca).flatMap({ Digest($0) }),
            let secret = Hex.decode(token.secret)
        else {
            throw ControlFault("token-of-child", zh: "这不是查询端的邀请码", en: "this invitation is not for a look-up client", hint: "creditnode join TOKEN --home DIR", exit: .badInput)
        }
        let now = NodeEnvironment.machine.now()
        guard token.expires >= now else {
            throw ControlFault("token-expired", zh: "邀请码已过期（\(Instant.text(token.expires))）", en: "the invitation expired at \(Instant.text(token.expires))", hint: "请重新邀请 / ask for a new one", exit: .refused)
        }
        if let held = try? facts(), held.node != node.description || held.name != path.name {
            throw ControlFault("reader-exists", zh: "\(directory) 已属于查询端 \(held.name)", en: "\(directory) belongs to the look-up client \(held.name)", hint: "换一个 --identity / choose another --identity", exit: .refused)
        }
        try make()
        let key = try keptKey()
        var asked = EnrolmentRequest(path: path, token: token.id, ledgerRequest: [], tlsRequest: try keptRequest(key), ledgerCARequest: [], tlsCARequest: [], proof: [])
        asked.proof = hmacSHA256(key: secret, asked.message).bytes
        let (response, server) = try await EnrolmentClient(parent: node, ca: ca).ask(asked, at: try HostPort(token.address), now: Int64(now / 1000))
        let chain = try ([response.tlsCertificate] + response.tlsChain).map { try Certificate(der: $0) }
        guard let root = chain.last, root.fingerprint == ca, chain[0].keyID == key.keyID else {
            throw ControlFault("enrolment-answer", zh: "节点返回的证书有误", en: "the node's answer does not fit our key or its root", hint: "", exit: .failure)
        }
        do throws(ChainProblem) {
            try verifyChain(leaf: chain[0], intermediates: Array(chain.dropFirst()), roots: try TrustRoots([root]), expecting: .reader, path: path, at: Int64(now / 1000))
        } catch { throw EnrolmentClient.untrusted(error) }
        let pin = try Data(Certificate(der: server).keyID.bytes).base64EncodedString()
        let facts = Facts(
            name: path.name, node: node.description, unit: unit, address: token.address, serverKey: "sha256//\(pin)",
            validUntil: Instant.text(UInt64(max(0, chain[0].notAfter)) * 1000))
        try files.write(Array(chain.map(\.pem).joined().utf8), to: certificateFile)
        try files.write(Array(root.pem.utf8), to: rootFile)
        try files.write(Array(try JSONEncoder().encode(facts)), to: factsFile)
        try? FileManager.default.removeItem(atPath: request)
        return facts
    }

    private func make() throws(ControlFault) {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ControlFault("identity-directory", zh: "无法创建目录 \(directory)", en: "cannot make the directory \(directory): \(error.localizedDescription)", hint: "检查权限 / check permissions", exit: .system)
        }
    }

    private func keptKey() throws -> ECKey {
        if let data = FileManager.default.contents(atPath: keyFile) { return try ECKey(privateKeyPEM: String(decoding: data, as: UTF8.self)) }
        let made = try ECKey.generate()
        try files.write(Array(try made.privateKeyPEM().utf8), to: keyFile)
        return made
    }

    /// The same request bytes on every attempt, so that the node can answer a repeated one.
    private func keptRequest(_ key: ECKey) throws -> [UInt8] {
        if let data = FileManager.default.contents(atPath: request) { return Array(data) }
        let made = try CertificateRequest.make(key).der
        try files.write(made, to: request)
        return made
    }
}
