import Foundation
import GRDB
import Registry
import Replication

/// Content of an attachment, whole or on its way.
package struct BlobRow: Sendable, Hashable {
    package let id: Int64
    package let digest: Digest
    package let salt: [UInt8]
    package let suite: Suite
    package let size: UInt64
    /// Bytes held from the beginning.
    package let held: UInt64
    /// All of it, and the digest was found right.
    package let isComplete: Bool
    /// Last progress, milliseconds since 1970.
    package let movedAt: UInt64
    package let trouble: String?
    package let isStaged: Bool
    package let mediaType: String?

    init(_ row: Row) {
        let digest: Data = row["digest"], salt: Data = row["salt"]
        let suite: UInt32 = row["suite"]
        let size: Int64 = row["size"], held: Int64 = row["held"], movedAt: Int64 = row["moved_at"]
        let staged: Int64? = row["staged_at"]
        id = row["id"]
        self.digest = Digest(digest) ?? .zero
        self.salt = Array(salt)
        self.suite = Suite(rawValue: suite) ?? .ed25519SHA256
        self.size = UInt64(size)
        self.held = UInt64(held)
        isComplete = row["complete"]
        self.movedAt = UInt64(movedAt)
        trouble = row["trouble"]
        isStaged = staged != nil
        mediaType = row["media_type"]
    }
}

extension ReadTransaction {
    package func blob(_ id: Int64) throws -> BlobRow? {
        try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM blob WHERE id = ?"), arguments: [id]).map { BlobRow($0) }
    }

    /// Contents with this digest, ascending by id: one, unless somebody names it under another salt.
    package func blobs(digest: Digest) throws -> [BlobRow] {
        let statement = try db.cachedStatement(sql: "SELECT * FROM blob WHERE digest = ? AND staged_at IS NULL ORDER BY id LIMIT 64")
        return try Row.fetchAll(statement, arguments: [Data(digest.bytes)]).map { BlobRow($0) }
    }

    /// Contents named by a change and not held whole, ascending by id.
    package func wantedBlobs(after id: Int64, limit: Int) throws -> [BlobRow] {
        let statement = try db.cachedStatement(sql: "SELECT * FROM blob WHERE complete = 0 AND staged_at IS NULL AND id > ? ORDER BY id LIMIT ?")
        return try Row.fetchAll(statement, arguments: [id, limit]).map { BlobRow($0) }
    }

    /// The next content held whole, ascending by id.
    package func nextCompleteBlob(after id: Int64) throws -> BlobRow? {
        let statement = try db.cachedStatement(sql: "SELECT * FROM blob WHERE complete = 1 AND id > ? ORDER BY id LIMIT 1")
        return try Row.fetchOne(statement, arguments: [id]).map { BlobRow($0) }
    }

    /// Bytes from `offset`, at most `length`; fewer at the end of what is held.
    package func content(of blob: Int64, from offset: UInt64, length: Int) throws -> [UInt8] {
        var out: [UInt8] = []
        let end = offset + UInt64(length)
        let statement = try db.cachedStatement(
            sql: "SELECT offset, content FROM blob_chunk WHERE blob = ? AND offset > ? AND offset < ? ORDER BY offset")
        let cursor = try Row.fetchCursor(statement, arguments: [blob, Int64(offset) - Int64(AttachmentFrame.maximumPiece), Int64(end)])
        while let row = try cursor.next() {
            let start: Int64 = row[0]
            let chunk: Data = row[1]
            let from = max(offset, UInt64(start)), to = min(end, UInt64(start) + UInt64(chunk.count))
            guard from < to, from == offset + UInt64(out.count) else { continue }
            let base = chunk.startIndex
            out += chunk[base + Int(from - UInt64(start))..<base + Int(to - UInt64(start))]
        }
        return out
    }

    /// Every chunk in order, with its place. Memory stays bounded.
    package func eachChunk(of blob: Int64, _ body: (_ offset: UInt64, _ content: [UInt8]) throws -> Void) throws {
        let cursor = try Row.fetchCursor(db, sql: "SELECT offset, content FROM blob_chunk WHERE blob = ? ORDER BY offset", arguments: [blob])
        while let row = try cursor.next() {
            let offset: Int64 = row[0]
            let chunk: Data = row[1]
            try body(UInt64(offset), Array(chunk))
        }
    }
}

extension WriteTransaction {
    /// Begins to take a local file in. - Returns: its number.
    package func stageBlob(salt: [UInt8], suite: Suite, at now: UInt64) throws -> Int64 {
        try db.execute(
            sql: "INSERT INTO blob (digest, salt, suite, size, held, complete, moved_at, staged_at) VALUES (zeroblob(32), ?, ?, ?, 0, 0, ?, ?)",
            arguments: [Data(salt), suite.rawValue, Int64(Attachment.maximumBytes), Int64(now), Int64(now)])
        return db.lastInsertedRowID
    }

    /// Appends 1…256 KiB.
    package func append(_ content: [UInt8], to blob: BlobRow, at now: UInt64) throws {
        try db.cachedStatement(sql: "INSERT INTO blob_chunk (blob, offset, content) VALUES (?, ?, ?)")
            .execute(arguments: [blob.id, Int64(blob.held), Data(content)])
        try db.cachedStatement(sql: "UPDATE blob SET held = held + ?, moved_at = ?, trouble = NULL WHERE id = ?")
            .execute(arguments: [content.count, Int64(now), blob.id])
    }

    /// A staged file is here as a whole.
    package func nameStaged(_ blob: Int64, digest: Digest, mediaType: String) throws {
        try db.execute(
            sql: "UPDATE blob SET digest = ?, size = held, media_type = ? WHERE id = ? AND staged_at IS NOT NULL AND held > 0",
            arguments: [Data(digest.bytes), mediaType, blob])
    }

    /// Makes content complete: its digest was found right. A staged file is staged no more.
    package func complete(_ blob: Int64) throws {
        try db.execute(sql: "UPDATE blob SET complete = 1, staged_at = NULL, trouble = NULL WHERE id = ? AND held = size", arguments: [blob])
    }

    /// Throws content away that is not what it should be; it is wanted again.
    package func emptyBlob(_ blob: Int64, trouble: String) throws {
        try db.execute(sql: "DELETE FROM blob_chunk WHERE blob = ?", arguments: [blob])
        try db.execute(sql: "UPDATE blob SET complete = 0, held = 0, trouble = ? WHERE id = ?", arguments: [trouble.bounded(300), blob])
    }

    /// Notes why content does not come; nothing when it is held meanwhile.
    package func note(trouble: String, of digest: Digest) throws {
        try db.execute(
            sql: "UPDATE blob SET trouble = ? WHERE digest = ? AND complete = 0 AND staged_at IS NULL", arguments: [trouble.bounded(300), Data(digest.bytes)])
    }

    /// Forgets files taken in before `time` that no change came to name.
    package func dropStaged(before time: UInt64) throws {
        for blob in try Int64.fetchAll(db, sql: "SELECT id FROM blob WHERE staged_at IS NOT NULL AND staged_at < ?", arguments: [Int64(clamping: time)]) {
            try dropBlob(blob)
        }
    }

    /// Deletes content for good: the writer overwrites what is freed with zeros.
    package func dropBlob(_ blob: Int64) throws {
        try db.execute(sql: "DELETE FROM blob_chunk WHERE blob = ?", arguments: [blob])
        try db.execute(sql: "DELETE FROM blob WHERE id = ?", arguments: [blob])
    }
}
