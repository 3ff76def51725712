import Registry
import Replication
import Sealing
import Storage

extension Node {
    /// Validity of leaf and CA certificates, in days. Ledgers do not care; links do.
    package static let leafDays = 398
    package static let authorityDays = 3650

    /// Makes a one-time invitation for a direct child.
    /// - Parameter validMilliseconds: until it expires.
    package func invite(_ child: NodePath, validMilliseconds: UInt64) throws -> InvitationRow {
        guard identity.authorities != nil else {
            throw NodeRefusal(.refused, "no-authority", zh: "本节点没有签发下级证书的密钥", en: "this node holds no CA keys and cannot have children")
        }
        guard child.parent == path else {
            throw NodeRefusal(
                .badInput, "not-a-child", zh: "\(child) 不是 \(path) 的直接下级", en: "\(child) is no direct child of \(path)",
                hint: "例如 \(path)/\(child.name)；更下级由其上级邀请 / deeper nodes are invited by their own parent")
        }
        let now = environment.now()
        let invitation = InvitationRow(
            id: Hex.encode(try environment.random(8)), path: child, secret: try environment.random(32), expiresAt: now + validMilliseconds)
        try store.write { tx in
            if try tx.member(child) != nil {
                throw NodeRefusal(
                    .refused, "enrolled-already", zh: "\(child) 已入网；用过的路径不再分配给其他单位", en: "\(child) is enrolled already; a used path is never given away",
                    hint: "creditnode children list")
            }
            try tx.dropInvitations(expiredBefore: now)
            try tx.put(invitation)
        }
        return invitation
    }

    /// Answers a plea. The same request asked again within the token's life gets the same answer, so that an
    /// interrupted join can be repeated; another request does not.
    /// - Throws: ``NodeRefusal`` without telling a stranger which part was wrong.
    package func enrol(_ request: EnrolmentRequest) throws -> [UInt8] {
        let refused = NodeRefusal(.refused, "invitation-invalid", zh: "邀请码无效、已使用或已过期", en: "the invitation is unknown, used or expired", hint: "请上级重新 creditnode invite / ask the parent for a new invitation")
        guard let authorities = identity.authorities else { throw refused }
        let now = environment.now()
        if try store.read({ try $0.readerInvitation(request.token) }) != nil { return try enrolReader(request, authorities, refused, now) }
        return try store.write { tx in
            guard var invitation = try tx.invitation(request.token), invitation.expiresAt >= now, invitation.path == request.path,
                constantTimeEqual(hmacSHA256(key: invitation.secret, request.message).bytes, request.proof)
            else { throw refused }
            let fingerprint = digest(request.message)
            if let usedBy = invitation.usedBy {
                guard usedBy == fingerprint, let response = invitation.response else { throw refused }
                return response
            }
            guard try tx.member(request.path) == nil else { throw refused }
            let seconds = Int64(now / 1000)
            let ledger = try CertificateRequest(der: request.ledgerRequest)
            let tls = try CertificateRequest(der: request.tlsRequest)
            let ledgerCertificate = try authorities.ledger.issue(.ledgerLeaf(request.path), for: ledger, now: seconds, validityDays: Self.leafDays)
            let tlsCertificate = try authorities.tls.issue(.tlsLeaf(request.path), for: tls, now: seconds, validityDays: Self.leafDays)
            var ledgerCA: [UInt8] = [], tlsCA: [UInt8] = []
            if !request.ledgerCARequest.isEmpty, request.path.depth < NodePath.maximumDepth {
                ledgerCA = try authorities.ledger.issue(.intermediateCA(request.path), for: try CertificateRequest(der: request.ledgerCARequest), now: seconds, validityDays: Self.authorityDays).der
                tlsCA = try authorities.tls.issue(.intermediateCA(request.path), for: try CertificateRequest(der: request.tlsCARequest), now: seconds, validityDays: Self.authorityDays).der
            }
            let keys = try identity.federationKeys.derived(forChild: request.path)
            let wrapped = try KeyWrap.wrap(keys.serialized, to: tls.subjectPublicKeyInfo, context: EnrolmentResponse.wrapContext(request.path))
            let response = try EnrolmentResponse(
                ledgerCertificate: ledgerCertificate.der, tlsCertificate: tlsCertificate.der, ledgerCACertificate: ledgerCA,
                tlsCACertificate: tlsCA, ledgerChain: authorities.ledgerChain, tlsChain: authorities.tlsChain,
                federationKeys: wrapped, parent: path, parentLedgerChain: identity.ledgerChain
            ).serialized()
            try tx.put(
                MemberRow(path: request.path, tlsKey: tlsCertificate.keyID, ledgerKey: ledgerCertificate.keyID, isSuspended: false, enrolledAt: now, lastContact: nil))
            invitation = InvitationRow(
                id: invitation.id, path: invitation.path, secret: invitation.secret, expiresAt: invitation.expiresAt, usedBy: fingerprint, response: response)
            try tx.put(invitation)
            return response
        }
    }

    /// Whether a peer that proved `certificate` may come in as a child: asked at every handshake, resumed
    /// ones too.
    /// - Throws: ``NodeRefusal`` naming why not.
    package func admitChild(_ certificate: Certificate) throws -> NodePath {
        guard case .success(let child) = certificate.path, certificate.kind == .tls else {
            throw NodeRefusal(.refused, "certificate", zh: "证书未写明节点", en: "the certificate names no node: \(certificate.path)")
        }
        guard child.parent == path else {
            throw NodeRefusal(.refused, "not-a-child", zh: "\(child) 不是本节点的下级", en: "\(child) is no child of \(path)")
        }
        let member = try store.read { try $0.member(child) }
        guard let member, member.tlsKey == certificate.keyID else {
            throw NodeRefusal(.refused, "not-enrolled", zh: "\(child) 未入网", en: "\(child) is not enrolled here with this key")
        }
        guard !member.isSuspended else { throw NodeRefusal(.refused, "suspended", zh: "\(child) 已被暂停", en: "\(child) is suspended") }
        return child
    }

    /// Whether a child is still enrolled and not suspended.
    /// - Throws: ``NodeRefusal``.
    package func checkEnrolled(_ child: NodePath) throws {
        guard let member = try store.read({ try $0.member(child) }), !member.isSuspended else {
            throw NodeRefusal(.refused, "suspended", zh: "\(child) 已被暂停或未入网", en: "\(child) is suspended or not enrolled")
        }
    }

    package func setSuspended(_ child: NodePath, _ suspended: Bool) throws {
        try store.write { tx in
            guard let member = try tx.member(child) else {
                throw NodeRefusal(.notFound, "no-such-child", zh: "没有下级 \(child)", en: "there is no child \(child)", hint: "creditnode children list")
            }
            try tx.put(
                MemberRow(
                    path: member.path, tlsKey: member.tlsKey, ledgerKey: member.ledgerKey, isSuspended: suspended,
                    enrolledAt: member.enrolledAt, lastContact: member.lastContact))
        }
    }
}
