import Foundation
import GRDB
import Registry
import Replication

/// One attachment as the projection keeps it, with how much of its content is held.
package struct AttachmentRow: Sendable, Hashable {
    package let change: Dot
    /// Place in the change's list, from 0.
    package let position: Int
    package let blob: BlobRow
}

package struct BlobTotals: Sendable, Hashable {
    /// Contents held whole, and contents not held whole.
    package var held: Int
    package var wanted: Int
    /// Stored bytes, those of unfinished contents and of files being taken in included.
    package var bytes: UInt64
    /// What is missing of the wanted.
    package var missingBytes: UInt64

    package init(held: Int, wanted: Int, bytes: UInt64, missingBytes: UInt64) {
        (self.held, self.wanted, self.bytes, self.missingBytes) = (held, wanted, bytes, missingBytes)
    }
}

extension ReadTransaction {
    /// Attachments of a record, in the order of changes and of their lists.
    package func attachments(of record: Dot) throws -> [AttachmentRow] {
        guard let replica = try replicaNumber(record.replica) else { return [] }
        let statement = try db.cachedStatement(
            sql: """
                SELECT replica, counter, position, blob.* FROM attachment JOIN blob ON blob.id = attachment.blob
                WHERE record_replica = ? AND record_counter = ?
                """)
        return try Row.fetchAll(statement, arguments: [replica, Int64(record.counter)]).map { row in
            AttachmentRow(change: try dot(row["replica"], row["counter"]), position: row["position"], blob: BlobRow(row))
        }.sorted { $0.change == $1.change ? $0.position < $1.position : $0.change < $1.change }
    }

    /// Whether any file belongs to a record.
    package func hasAttachments(_ record: Dot) throws -> Bool {
        guard let replica = try replicaNumber(record.replica) else { return false }
        let statement = try db.cachedStatement(sql: "SELECT 1 FROM attachment WHERE record_replica = ? AND record_counter = ? LIMIT 1")
        return try Row.fetchOne(statement, arguments: [replica, Int64(record.counter)]) != nil
    }

    /// The ledgers whose changes name a content, ascending.
    package func ledgers(naming blob: Int64) throws -> [LedgerID] {
        let statement = try db.cachedStatement(sql: "SELECT DISTINCT ledger FROM attachment WHERE blob = ?")
        return try Int64.fetchAll(statement, arguments: [blob]).map { try ledger(numbered: $0) }.sorted()
    }

    /// One change that names a content, with its place in the change's list.
    package func attachment(naming blob: Int64) throws -> (record: Dot, change: Dot, position: Int)? {
        let statement = try db.cachedStatement(
            sql: "SELECT * FROM attachment WHERE blob = ? ORDER BY record_replica, record_counter, replica, counter, position LIMIT 1")
        return try Row.fetchOne(statement, arguments: [blob]).map { row in
            (try dot(row["record_replica"], row["record_counter"]), try dot(row["replica"], row["counter"]), row["position"])
        }
    }

    /// The ledger that holds a change, without reading its set; nil when it is not held.
    package func ledger(holding dot: Dot) throws -> LedgerID? {
        guard let replica = try replicaNumber(dot.replica) else { return nil }
        let statement = try db.cachedStatement(
            sql: "SELECT ledger, first_counter + count FROM change_set WHERE replica = ? AND first_counter <= ? ORDER BY first_counter DESC LIMIT 1")
        guard let row = try Row.fetchOne(statement, arguments: [replica, Int64(dot.counter)]), Int64(dot.counter) < row[1] else { return nil }
        return try ledger(numbered: row[0])
    }

    package func blobTotals() throws -> BlobTotals {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT ifnull(sum(complete), 0), ifnull(sum(complete = 0 AND staged_at IS NULL), 0), ifnull(sum(held), 0),
                ifnull(sum(CASE WHEN complete = 0 AND staged_at IS NULL THEN size - held ELSE 0 END), 0) FROM blob
                """)
        guard let row else { return BlobTotals(held: 0, wanted: 0, bytes: 0, missingBytes: 0) }
        let bytes: Int64 = row[2]
        let missing: Int64 = row[3]
        return BlobTotals(held: row[0], wanted: row[1], bytes: UInt64(bytes), missingBytes: UInt64(missing))
    }

    /// Contents that do not come, and why; the longest waiting first.
    package func troubledBlobs(limit: Int) throws -> [BlobRow] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM blob WHERE complete = 0 AND staged_at IS NULL AND trouble IS NOT NULL ORDER BY moved_at, id LIMIT ?", arguments: [limit]
        ).map { BlobRow($0) }
    }
}

extension WriteTransaction {
    /// Projects an accepted change: from now on each content is held or wanted.
    /// - Parameter now: milliseconds since 1970.
    package func put(_ added: AttachmentsAdded, change: Dot, record: Dot, ledger: LedgerID, at now: UInt64) throws {
        guard let ledger = try ledgerNumber(ledger) else {
            throw StorageError(message: "the ledger of \(change.short) is missing", hint: "run `creditnode doctor`")
        }
        let insert = try db.cachedStatement(sql: "INSERT OR IGNORE INTO attachment VALUES (?, ?, ?, ?, ?, ?, ?)")
        for (position, attachment) in added.attachments.enumerated() {
            let blob = try want(attachment, at: now)
            try insert.execute(arguments: [
                try number(record.replica), Int64(record.counter), try number(change.replica), Int64(change.counter), position, blob, ledger,
            ])
        }
    }

    private func want(_ attachment: Attachment, at now: UInt64) throws -> Int64 {
        let key: StatementArguments = [Data(attachment.digest.bytes), Data(attachment.salt), attachment.suite.rawValue, Int64(attachment.size)]
        let find = try db.cachedStatement(sql: "SELECT id FROM blob WHERE digest = ? AND salt = ? AND suite = ? AND size = ?")
        if let id = try Int64.fetchOne(find, arguments: key) { return id }
        try db.cachedStatement(sql: "INSERT INTO blob (digest, salt, suite, size, held, complete, moved_at) VALUES (?, ?, ?, ?, 0, 0, ?)")
            .execute(arguments: key + [Int64(now)])
        wantsContents = true
        return db.lastInsertedRowID
    }

    /// Destroys the contents that a change names, unless another change names them too: with the body of the change
    /// goes what it describes. The freed pages are overwritten.
    package func eraseContents(of change: Dot) throws {
        let replica = try number(change.replica)
        let blobs = try Int64.fetchAll(db, sql: "SELECT blob FROM attachment WHERE replica = ? AND counter = ?", arguments: [replica, Int64(change.counter)])
        try db.execute(sql: "DELETE FROM attachment WHERE replica = ? AND counter = ?", arguments: [replica, Int64(change.counter)])
        for blob in blobs.sorted() where try Int.fetchOne(db, sql: "SELECT 1 FROM attachment WHERE blob = ? LIMIT 1", arguments: [blob]) == nil {
            try dropBlob(blob)
        }
    }
}
