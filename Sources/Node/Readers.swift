import Registry
import Replication
import Sealing
import Storage

/// Look-up clients of departments. They are enrolled like children, and certified by the same CA for nothing but asking: no
/// ledger key, no federation keys, no link. In whose name they ask is fixed when they are invited.
extension Node {
    /// Makes a one-time invitation for a look-up client. A name stays with its unit: inviting it again is how it gets a new
    /// certificate, and the old key ends when the new one is enrolled.
    /// - Parameter unit: the credit code that its look-ups are logged under.
    /// - Throws: ``NodeRefusal``: no CA keys here, not a name, not a code, or the name is another unit's.
    package func inviteReader(_ name: String, unit: CreditCode, validMilliseconds: UInt64) throws -> InvitationRow {
        guard identity.authorities != nil else {
            throw NodeRefusal(.refused, "no-authority", zh: "本节点没有签发证书的密钥", en: "this node holds no CA keys and cannot enrol anybody")
        }
        let reader = try readerPath(name)
        let now = environment.now()
        let invitation = InvitationRow(
            id: Hex.encode(try environment.random(8)), path: reader, secret: try environment.random(32), expiresAt: now + validMilliseconds)
        try store.write { tx in
            if let held = try tx.reader(reader), held.unit != unit.text {
                throw NodeRefusal(
                    .refused, "reader-of-another", zh: "\(name) 已属于单位 \(held.unit)", en: "\(name) belongs to unit \(held.unit)", hint: "换一个名称 / choose another name")
            }
            try tx.dropReaderInvitations(expiredBefore: now)
            try tx.put(invitation, ofReaderFor: unit.text)
        }
        return invitation
    }

    /// The name below this node's that a look-up client's certificate carries.
    package func readerPath(_ name: String) throws -> NodePath {
        guard !name.contains("/"), let reader = NodePath("\(path)/\(name)") else {
            throw NodeRefusal(
                .badInput, "reader-name", zh: "查询端名称无效：\(name.prefix(80))", en: "not a name for a look-up client: \(name.prefix(80))",
                hint: "小写字母、数字、连字符，例如 caigou / a-z, 0-9 and -")
        }
        return reader
    }

    /// Answers the plea of a look-up client, as ``enrol(_:)`` does.
    func enrolReader(_ request: EnrolmentRequest, _ authorities: NodeIdentity.Authorities, _ refused: NodeRefusal, _ now: UInt64) throws -> [UInt8] {
        let response = try store.write { tx -> [UInt8] in
            guard let (invitation, unit) = try tx.readerInvitation(request.token), invitation.expiresAt >= now, invitation.path == request.path,
                constantTimeEqual(hmacSHA256(key: invitation.secret, request.message).bytes, request.proof)
            else { throw refused }
            let fingerprint = digest(request.message)
            if let usedBy = invitation.usedBy {
                guard usedBy == fingerprint, let response = invitation.response else { throw refused }
                return response
            }
            let held = try tx.reader(request.path)
            guard held?.isSuspended != true else { throw refused }
            let tls = try CertificateRequest(der: request.tlsRequest)
            let certificate = try authorities.tls.issue(.readerLeaf(request.path), for: tls, now: Int64(now / 1000), validityDays: Self.leafDays)
            let response = try EnrolmentResponse(
                ledgerCertificate: [], tlsCertificate: certificate.der, ledgerCACertificate: [], tlsCACertificate: [], ledgerChain: [],
                tlsChain: authorities.tlsChain, federationKeys: [], parent: path, parentLedgerChain: []
            ).serialized()
            let reader = ReaderRow(
                path: request.path, unit: unit, key: certificate.keyID, isSuspended: false, enrolledAt: held?.enrolledAt ?? now,
                validUntil: UInt64(max(0, certificate.notAfter)) * 1000)
            try tx.put(reader)
            try tx.put(
                InvitationRow(
                    id: invitation.id, path: invitation.path, secret: invitation.secret, expiresAt: invitation.expiresAt, usedBy: fingerprint, response: response),
                ofReaderFor: unit)
            return response
        }
        try reloadReader(request.path)
        return response
    }

    /// Whether a peer that proved `certificate` may ask: at every handshake, resumed ones too.
    /// - Throws: ``NodeRefusal`` naming why not.
    package func admitReader(_ certificate: Certificate) throws -> ReaderRow {
        guard case .success(let path) = certificate.path, certificate.kind == .reader else {
            throw NodeRefusal(.refused, "certificate", zh: "不是查询端证书", en: "this is no certificate of a look-up client")
        }
        return try admitReader(path, key: certificate.keyID)
    }

    /// The same for a certificate that was read before: asked at every look-up, so that a suspension acts at once.
    /// - Throws: ``NodeRefusal`` naming why not.
    package func admitReader(_ path: NodePath, key: Digest) throws -> ReaderRow {
        guard let reader = readers.withLock({ $0[path] }), reader.key == key else {
            throw NodeRefusal(.refused, "not-enrolled", zh: "\(path) 未登记", en: "\(path) is not enrolled here with this key", hint: "creditnode readers invite")
        }
        guard !reader.isSuspended else { throw NodeRefusal(.refused, "suspended", zh: "\(path) 已被暂停", en: "\(path) is suspended") }
        return reader
    }

    package func setReaderSuspended(_ path: NodePath, _ suspended: Bool) throws {
        try store.write { tx in
            guard let held = try tx.reader(path) else {
                throw NodeRefusal(.notFound, "no-such-reader", zh: "没有查询端 \(path.name)", en: "there is no look-up client \(path.name)", hint: "creditnode readers list")
            }
            try tx.put(
                ReaderRow(path: held.path, unit: held.unit, key: held.key, isSuspended: suspended, enrolledAt: held.enrolledAt, validUntil: held.validUntil))
        }
        try reloadReader(path)
    }

    /// After a commit; what two threads changed at the same time ends as the replica has it.
    private func reloadReader(_ path: NodePath) throws { try readers.withLock { $0[path] = try store.read { try $0.reader(path) } } }
}
