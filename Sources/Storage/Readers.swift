import Foundation
import GRDB
import Registry
import Replication

/// A department's look-up client, enrolled here.
package struct ReaderRow: Sendable, Hashable {
    /// As in its certificate: a name below this node's.
    package let path: NodePath
    /// Unified social credit code of the department.
    package let unit: String
    /// SHA-256 of the TLS key's SubjectPublicKeyInfo.
    package let key: Digest
    package let isSuspended: Bool
    /// Milliseconds since 1970.
    package let enrolledAt: UInt64
    /// End of the certificate, milliseconds since 1970.
    package let validUntil: UInt64

    package init(path: NodePath, unit: String, key: Digest, isSuspended: Bool, enrolledAt: UInt64, validUntil: UInt64) {
        self.path = path
        self.unit = unit
        self.key = key
        self.isSuspended = isSuspended
        self.enrolledAt = enrolledAt
        self.validUntil = validUntil
    }
}

extension ReadTransaction {
    package func reader(_ path: NodePath) throws -> ReaderRow? {
        try Row.fetchOne(db, sql: "SELECT * FROM reader WHERE path = ?", arguments: [path.description]).flatMap(readerRow)
    }

    package func readers() throws -> [ReaderRow] { try Row.fetchAll(db, sql: "SELECT * FROM reader ORDER BY path").compactMap(readerRow) }

    private func readerRow(_ row: Row) -> ReaderRow? {
        let key: Data = row["tls_key"], state: String = row["state"], enrolled: Int64 = row["enrolled_at"], until: Int64 = row["valid_until"]
        guard let path = NodePath(row["path"]), let digest = Digest(key) else { return nil }
        return ReaderRow(
            path: path, unit: row["unit"], key: digest, isSuspended: state == "suspended", enrolledAt: UInt64(enrolled), validUntil: UInt64(until))
    }

    /// An invitation of a reader, with the unit it is for.
    package func readerInvitation(_ id: String) throws -> (invitation: InvitationRow, unit: String)? {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM reader_invitation WHERE id = ?", arguments: [id]), let path = NodePath(row["path"]) else { return nil }
        let secret: Data = row["secret"], expires: Int64 = row["expires_at"], used: Data? = row["used_by"], response: Data? = row["response"]
        let invitation = InvitationRow(
            id: id, path: path, secret: Array(secret), expiresAt: UInt64(expires), usedBy: used.flatMap { Digest($0) }, response: response.map { Array($0) })
        return (invitation, row["unit"])
    }
}

extension WriteTransaction {
    package func put(_ reader: ReaderRow) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO reader VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                reader.path.description, reader.unit, Data(reader.key.bytes), reader.isSuspended ? "suspended" : "enrolled", Int64(reader.enrolledAt),
                Int64(reader.validUntil),
            ])
    }

    package func put(_ invitation: InvitationRow, ofReaderFor unit: String) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO reader_invitation VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                invitation.id, invitation.path.description, unit, Data(invitation.secret), Int64(invitation.expiresAt),
                invitation.usedBy.map { Data($0.bytes) }, invitation.response.map { Data($0) },
            ])
    }

    package func dropReaderInvitations(expiredBefore time: UInt64) throws {
        try db.execute(sql: "DELETE FROM reader_invitation WHERE expires_at < ?", arguments: [Int64(time)])
    }
}
