import Foundation
import NIOCore
import NIOPosix
import Node
import Registry
import Replication
import Sealing
import Storage

import Transport

package struct InitReport: Codable, Sendable {
    package var path: String
    package var incarnation: String
    package var suite: String
    package var home: String
    /// SHA-256 of the TLS root certificate: what a child dials under.
    package var caFingerprint: String
    /// SHA-256 of the ledger root certificate: what exports are checked against.
    package var ledgerRoot: String
}

extension NodeHome {
    private static let rootDays = 36_500
    /// A synthetic code (division 000000 is never assigned), for trials.
    private static let trialUnit = "11000000TEXT00017D"

    /// Makes a root with its own CAs, publishes the shipped catalogue, and leaves a node ready to serve.
    /// - Parameter unit: code of the unit on whose behalf the shipped catalogue is published; nil = the
    ///   synthetic code of trials.
    /// - Throws: ``ControlFault``: a node exists already, bad path, unknown suite, bad unit.
    package static func initialise(home: String, path: String, suite: String, unit: String? = nil) async throws -> InitReport {
        let home = NodeHome(home)
        guard let node = NodePath(path) else { throw badPath(path) }
        guard node.depth == 1 else {
            throw ControlFault(
                "not-a-root", zh: "\(path) 不是根节点路径；下级节点须由上级邀请后加入", en: "\(path) is no root; nodes below are invited and join", hint: "creditnode invite \(path) → creditnode join TOKEN", exit: .badInput)
        }
        let suite = try Self.suite(suite)
        let publisher = unit ?? Self.trialUnit
        guard case .valid = CreditCode.parse(publisher) else {
            throw ControlFault("unit", zh: "--unit：不是有效的统一社会信用代码", en: "--unit: not a valid unified social credit code", hint: "18位 / 18 characters", exit: .badInput)
        }
        try refuseExisting(home)
        try home.make()
        let environment = NodeEnvironment.machine
        let seconds = Int64(environment.now() / 1000)
        let ledgerCAKey = try LedgerKey.generate(suite), ledgerKey = try LedgerKey.generate(suite), tlsKey = try ECKey.generate()
        let ledgerCA = try CertificateAuthority.makeRoot(path: node, purpose: .ledger, key: ledgerCAKey.handle, now: seconds, validityDays: rootDays)
        let tlsCA = try CertificateAuthority.makeRoot(path: node, purpose: .tls, now: seconds, validityDays: rootDays)
        let ledger = try ledgerCA.issue(.ledgerLeaf(node), for: try .make(ledgerKey), now: seconds, validityDays: Node.leafDays)
        let tls = try tlsCA.issue(.tlsLeaf(node), for: try .make(tlsKey), now: seconds, validityDays: Node.leafDays)
        try home.write(Array(try ledgerKey.privateKeyPEM().utf8), to: home.key("ledger"))
        try home.write(Array(try tlsKey.privateKeyPEM().utf8), to: home.key("tls"))
        try home.write(Array(try ledgerCA.privateKeyPEM().utf8), to: home.key("ledger-ca"))
        try home.write(Array(try tlsCA.privateKeyPEM().utf8), to: home.key("tls-ca"))
        try home.write(try FederationKeys.generate(root: node).serialized, to: home.federationKeysFile)
        try home.write(ListKey(epoch: 1, cost: .standard, secret: try randomBytes(32)).serialized, to: home.listKeysFile)
        try home.write([ledger, ledgerCA.certificate], as: "ledger")
        try home.write([tls, tlsCA.certificate], as: "tls")
        try home.write([ledgerCA.certificate], as: "ledger-ca")
        try home.write([tlsCA.certificate], as: "tls-ca")
        let report = try home.found(path: node, suite: suite, parentAddress: nil, parentChain: [], publisher: publisher, environment)
        return InitReport(path: path, incarnation: report.incarnation.description, suite: suite.name, home: home.directory, caFingerprint: tlsCA.certificate.fingerprint.description, ledgerRoot: ledgerCA.certificate.fingerprint.description)
    }

    /// Writes the replica and, last, the identity file: until that exists the directory is no node.
    private func found(path: NodePath, suite: Suite, parentAddress: String?, parentChain: [[UInt8]], publisher: String, _ environment: NodeEnvironment) throws -> ReplicaID {
        try write(Array(try JSONEncoder().encode(IdentityFile(path: path.description, suite: suite.name, parentAddress: parentAddress))), to: identityFile)
        do {
            let identity = try loadIdentity()
            umask(0o077)
            let store = try ReplicaStore(path: database)
            defer { try? store.close() }
            try Node.initialise(store: store, identity: identity, environment: environment)
            let node = try Node(store: store, identity: identity, environment: environment)
            if path.depth == 1 {
                let actor = Actor(unit: publisher, operator: "creditnode init")
                _ = try node.publishCatalogue(.standard, actor: actor)
                _ = try node.publish(.calendar(.standard), actor: actor)
                for profile in LegalProfile.standard { _ = try node.publish(.profile(profile), actor: actor) }
            }
            if !parentChain.isEmpty { try node.trust(chain: parentChain) }
            return node.replica
        } catch {
            try? FileManager.default.removeItem(atPath: identityFile)
            throw error
        }
    }

    /// Makes keys, proves possession to the parent, stores certificates: the directory is a node then.
    /// Repeating an interrupted join with the same token is safe: the keys are kept until it succeeds.
    /// - Parameter suite: of the ledger keys; nil = that of keys kept from an interrupted join, else what the
    ///   invitation suggests, else the default.
    /// - Throws: ``ControlFault``; `kept-key-suite` when keys of another suite are kept.
    package static func join(home: String, token text: String, suite asked: String? = nil) async throws -> InitReport {
        let home = NodeHome(home)
        let asked = try asked.map { try suite($0) }
        let token = try InvitationToken(text)
        guard token.unit == nil else {
            throw ControlFault("token-of-reader", zh: "这是查询端的邀请码", en: "this invitation is for a look-up client", hint: "creditnode readers join TOKEN --identity DIR", exit: .badInput)
        }
        guard let path = NodePath(token.path), let parent = path.parent, let ca = Hex.decode(token.ca).flatMap({ Digest($0) }),
            let secret = Hex.decode(token.secret)
        else { throw badPath(token.path) }
        try refuseExisting(home)
        try home.make()
        let environment = NodeEnvironment.machine
        guard token.expires >= environment.now() else {
            throw ControlFault("token-expired", zh: "邀请码已过期（\(Instant.text(token.expires))）", en: "the invitation expired at \(Instant.text(token.expires))", hint: "请上级重新邀请 / ask for a new one", exit: .refused)
        }
        let ledgerKey = try home.keptLedgerKey("ledger", asked: asked, otherwise: token.suite.flatMap { Suite(name: $0) } ?? .ed25519SHA256)
        let ledgerCAKey = try home.keptLedgerKey("ledger-ca", asked: ledgerKey.suite, otherwise: ledgerKey.suite)
        let tlsKey = try home.keptECKey("tls"), tlsCAKey = try home.keptECKey("tls-ca")
        var request = EnrolmentRequest(
            path: path, token: token.id, ledgerRequest: try home.kept(request: "ledger") { try CertificateRequest.make(ledgerKey).der },
            tlsRequest: try home.kept(request: "tls") { try CertificateRequest.make(tlsKey).der },
            ledgerCARequest: try home.kept(request: "ledger-ca") { try CertificateRequest.make(ledgerCAKey).der },
            tlsCARequest: try home.kept(request: "tls-ca") { try CertificateRequest.make(tlsCAKey).der }, proof: [])
        request.proof = hmacSHA256(key: secret, request.message).bytes
        let response = try await EnrolmentClient(parent: parent, ca: ca).ask(request, at: try HostPort(token.address), now: Int64(environment.now() / 1000)).response
        let ledgerChain = try ([response.ledgerCertificate] + response.ledgerChain).map { try Certificate(der: $0) }
        let tlsChain = try ([response.tlsCertificate] + response.tlsChain).map { try Certificate(der: $0) }
        guard let ledgerRoot = ledgerChain.last, let tlsRoot = tlsChain.last, tlsRoot.fingerprint == ca, ledgerChain[0].keyID == ledgerKey.keyID,
            tlsChain[0].keyID == tlsKey.keyID
        else { throw ControlFault("enrolment-answer", zh: "上级返回的证书有误", en: "the parent's answer does not fit our keys or its root", hint: "", exit: .failure) }
        do throws(ChainProblem) {
            try verifyChain(leaf: ledgerChain[0], intermediates: Array(ledgerChain.dropFirst()), roots: try TrustRoots([ledgerRoot]), expecting: .ledger, path: path, at: nil)
            try verifyChain(leaf: tlsChain[0], intermediates: Array(tlsChain.dropFirst()), roots: try TrustRoots([tlsRoot]), expecting: .tls, path: path, at: Int64(environment.now() / 1000))
        } catch { throw EnrolmentClient.untrusted(error) }
        try home.write(try KeyWrap.unwrap(response.federationKeys, with: tlsKey, context: EnrolmentResponse.wrapContext(path)), to: home.federationKeysFile)
        try home.write(ledgerChain, as: "ledger")
        try home.write(tlsChain, as: "tls")
        if response.ledgerCACertificate.isEmpty {
            for name in ["ledger-ca", "tls-ca"] { try? FileManager.default.removeItem(atPath: home.key(name)) }
        } else {
            try home.write([try Certificate(der: response.ledgerCACertificate)] + ledgerChain.dropFirst(), as: "ledger-ca")
            try home.write([try Certificate(der: response.tlsCACertificate)] + tlsChain.dropFirst(), as: "tls-ca")
        }
        let replica = try home.found(path: path, suite: ledgerKey.suite, parentAddress: token.address, parentChain: response.parentLedgerChain, publisher: Self.trialUnit, environment)
        for name in ["ledger", "tls", "ledger-ca", "tls-ca"] { try? FileManager.default.removeItem(atPath: home.requestFile(name)) }
        return InitReport(path: path.description, incarnation: replica.incarnation.description, suite: ledgerKey.suite.name, home: home.directory, caFingerprint: token.ca, ledgerRoot: ledgerRoot.fingerprint.description)
    }

    // MARK: - Kept between attempts

    private func requestFile(_ name: String) -> String { directory + "/keys/\(name).csr" }

    /// The key of an interrupted join, else a new one.
    private func keptLedgerKey(_ name: String, asked: Suite?, otherwise: Suite) throws -> LedgerKey {
        if let data = FileManager.default.contents(atPath: key(name)) {
            let kept = try LedgerKey(privateKeyPEM: String(decoding: data, as: UTF8.self))
            guard let asked, asked != kept.suite else { return kept }
            throw ControlFault(
                "kept-key-suite", zh: "此前中断的 join 已生成 \(kept.suite.name) 密钥，与要求的 \(asked.name) 不符",
                en: "an interrupted join left keys of \(kept.suite.name) here; \(asked.name) was asked for",
                hint: "沿用：--suite \(kept.suite.name)；改用：换 --home，或删除 \(directory)/keys 后用新邀请码 / keep it with --suite \(kept.suite.name), or take another --home, or delete \(directory)/keys and ask for a new invitation",
                exit: .refused)
        }
        let made = try LedgerKey.generate(asked ?? otherwise)
        try write(Array(try made.privateKeyPEM().utf8), to: key(name))
        return made
    }

    private func keptECKey(_ name: String) throws -> ECKey {
        if let data = FileManager.default.contents(atPath: key(name)) { return try ECKey(privateKeyPEM: String(decoding: data, as: UTF8.self)) }
        let made = try ECKey.generate()
        try write(Array(try made.privateKeyPEM().utf8), to: key(name))
        return made
    }

    /// The same request bytes on every attempt, so that the parent can answer a repeated one.
    private func kept(request name: String, _ make: () throws -> [UInt8]) throws -> [UInt8] {
        if let data = FileManager.default.contents(atPath: requestFile(name)) { return Array(data) }
        let made = try make()
        try write(made, to: requestFile(name))
        return made
    }

    static func suite(_ name: String) throws(ControlFault) -> Suite {
        guard let suite = Suite(name: name) else {
            throw ControlFault(
                "suite", zh: "未知的密码套件 \(name.prefix(40))", en: "unknown suite \(name.prefix(40))", hint: Suite.allCases.map(\.name).joined(separator: ", "), exit: .badInput)
        }
        return suite
    }

    private static func refuseExisting(_ home: NodeHome) throws(ControlFault) {
        guard !home.exists else {
            throw ControlFault("node-exists", zh: "\(home.directory) 已有节点", en: "\(home.directory) holds a node already", hint: "换一个 --home，或删除旧目录 / choose another --home", exit: .refused)
        }
    }

    private static func badPath(_ path: String) -> ControlFault {
        ControlFault("path", zh: "节点路径无效：\(path.prefix(80))", en: "not a node path: \(path.prefix(80))", hint: "小写字母、数字、连字符，以 / 分级，例如 wuhan/wuchang / a-z, 0-9 and -, tiers separated by /", exit: .badInput)
    }
}
