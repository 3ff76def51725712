import Foundation
import GRDB
import Registry
import Replication

/// A ledger key as first certified to this node.
package struct LedgerKeyRow: Sendable, Hashable {
    package let key: Digest
    package let path: NodePath
    /// DER SubjectPublicKeyInfo.
    package let publicKey: [UInt8]
    /// DER certificates, leaf first, root last.
    package let chain: [[UInt8]]
    package let continuity: KeyContinuity?

    package init(key: Digest, path: NodePath, publicKey: [UInt8], chain: [[UInt8]], continuity: KeyContinuity?) {
        self.key = key
        self.path = path
        self.publicKey = publicKey
        self.chain = chain
        self.continuity = continuity
    }
}

/// A child enrolled here.
package struct MemberRow: Sendable, Hashable {
    package let path: NodePath
    /// SHA-256 of the TLS key's SubjectPublicKeyInfo.
    package let tlsKey: Digest
    package let ledgerKey: Digest
    package let isSuspended: Bool
    /// Milliseconds since 1970.
    package let enrolledAt: UInt64
    package let lastContact: UInt64?

    package init(path: NodePath, tlsKey: Digest, ledgerKey: Digest, isSuspended: Bool, enrolledAt: UInt64, lastContact: UInt64?) {
        self.path = path
        self.tlsKey = tlsKey
        self.ledgerKey = ledgerKey
        self.isSuspended = isSuspended
        self.enrolledAt = enrolledAt
        self.lastContact = lastContact
    }
}

/// A one-time invitation.
package struct InvitationRow: Sendable, Hashable {
    package let id: String
    package let path: NodePath
    /// 32 bytes, shared with the token.
    package let secret: [UInt8]
    /// Milliseconds since 1970.
    package let expiresAt: UInt64
    /// Digest of the request that used it.
    package let usedBy: Digest?
    /// What was answered then, so that the same request gets the same answer.
    package let response: [UInt8]?

    package init(id: String, path: NodePath, secret: [UInt8], expiresAt: UInt64, usedBy: Digest? = nil, response: [UInt8]? = nil) {
        self.id = id
        self.path = path
        self.secret = secret
        self.expiresAt = expiresAt
        self.usedBy = usedBy
        self.response = response
    }
}

/// Lists of byte strings in one blob: each with its length (u32, big-endian).
private enum Packed {
    static func pack(_ parts: [[UInt8]]) -> Data { Data(parts.flatMap { BigEndian.bytes(UInt32($0.count)) + $0 }) }

    static func unpack(_ data: Data) -> [[UInt8]] {
        var rest = Array(data)[...]
        var parts: [[UInt8]] = []
        while rest.count >= 4 {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard rest.count >= length else { break }
            parts.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return parts
    }
}

extension ReadTransaction {
    package func ledgerKey(_ key: Digest) throws -> LedgerKeyRow? {
        let statement = try db.cachedStatement(sql: "SELECT * FROM ledger_key WHERE key = ?")
        return try Row.fetchOne(statement, arguments: [Data(key.bytes)]).flatMap(keyRow)
    }

    /// Every ledger key seen for a path, ascending by time seen.
    package func ledgerKeys(of path: NodePath) throws -> [LedgerKeyRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM ledger_key WHERE path = ? ORDER BY seen_at, key", arguments: [path.description]).compactMap(keyRow)
    }

    package func ledgerKeys() throws -> [LedgerKeyRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM ledger_key ORDER BY path, seen_at, key").compactMap(keyRow)
    }

    private func keyRow(_ row: Row) -> LedgerKeyRow? {
        let key: Data = row["key"]
        let publicKey: Data = row["public_key"]
        let continuity: Data? = row["continuity"]
        guard let digest = Digest(key), let path = NodePath(row["path"]) else { return nil }
        return LedgerKeyRow(
            key: digest, path: path, publicKey: Array(publicKey), chain: Packed.unpack(row["chain"]),
            continuity: continuity.flatMap { try? KeyContinuity(serialized: Array($0)) })
    }

    package func member(_ path: NodePath) throws -> MemberRow? {
        let statement = try db.cachedStatement(sql: "SELECT * FROM member WHERE path = ?")
        return try Row.fetchOne(statement, arguments: [path.description]).flatMap(memberRow)
    }

    package func members() throws -> [MemberRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM member ORDER BY path").compactMap(memberRow)
    }

    private func memberRow(_ row: Row) -> MemberRow? {
        let tls: Data = row["tls_key"]
        let ledger: Data = row["ledger_key"]
        let state: String = row["state"]
        let enrolled: Int64 = row["enrolled_at"]
        let contact: Int64? = row["last_contact"]
        guard let path = NodePath(row["path"]), let tlsKey = Digest(tls), let ledgerKey = Digest(ledger) else { return nil }
        return MemberRow(
            path: path, tlsKey: tlsKey, ledgerKey: ledgerKey, isSuspended: state == "suspended", enrolledAt: UInt64(enrolled),
            lastContact: contact.map { UInt64($0) })
    }

    package func invitation(_ id: String) throws -> InvitationRow? {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM invitation WHERE id = ?", arguments: [id]) else { return nil }
        let secret: Data = row["secret"]
        let expires: Int64 = row["expires_at"]
        let used: Data? = row["used_by"]
        let response: Data? = row["response"]
        guard let path = NodePath(row["path"]) else { return nil }
        return InvitationRow(
            id: id, path: path, secret: Array(secret), expiresAt: UInt64(expires), usedBy: used.flatMap { Digest($0) },
            response: response.map { Array($0) })
    }
}

extension WriteTransaction {
    package func put(_ key: LedgerKeyRow, seenAt: UInt64) throws {
        try db.execute(
            sql: "INSERT OR IGNORE INTO ledger_key VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                Data(key.key.bytes), key.path.description, Data(key.publicKey), Packed.pack(key.chain),
                try key.continuity.map { Data(try $0.serialized()) }, Int64(seenAt),
            ])
    }

    package func put(_ member: MemberRow) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO member VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                member.path.description, Data(member.tlsKey.bytes), Data(member.ledgerKey.bytes),
                member.isSuspended ? "suspended" : "enrolled", Int64(member.enrolledAt), member.lastContact.map { Int64($0) },
            ])
    }

    package func touchMember(_ path: NodePath, at time: UInt64) throws {
        try db.cachedStatement(sql: "UPDATE member SET last_contact = ? WHERE path = ?").execute(arguments: [Int64(time), path.description])
    }

    package func put(_ invitation: InvitationRow) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO invitation VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                invitation.id, invitation.path.description, Data(invitation.secret), Int64(invitation.expiresAt),
                invitation.usedBy.map { Data($0.bytes) }, invitation.response.map { Data($0) },
            ])
    }

    package func dropInvitations(expiredBefore time: UInt64) throws {
        try db.execute(sql: "DELETE FROM invitation WHERE expires_at < ?", arguments: [Int64(time)])
    }
}
