import Registry
import Replication
import Sealing
import Storage

/// A file taken in, to be named by a change.
package struct StagedContent: Sendable, Hashable {
    package let id: Int64
    package let salt: [UInt8]
}

/// A file as it is to be attached.
package struct AttachmentPlan: Sendable, Hashable {
    package let staged: Int64
    package let salt: [UInt8]
    package let name: String

    package init(staged: Int64, salt: [UInt8], name: String) { (self.staged, self.salt, self.name) = (staged, salt, name) }
}

/// An attachment of a held record with the state of its content here.
package struct HeldAttachment: Sendable, Hashable {
    package let change: Dot
    package let attachment: Attachment
    /// Who got it.
    package let audience: Audience
    package let blob: BlobRow
}

/// What became of one file that was to be attached.
package enum AttachmentFate: Sendable, Hashable {
    case added(Digest)
    /// The record has a file with these bytes already.
    case unchanged(Digest)
}

extension Node {
    /// Staged files that no change came to name are forgotten after this, milliseconds.
    private static let stagedFor: UInt64 = 3_600_000

    // MARK: - Taking a file in

    /// Begins to take a file in; its content may be stored piece by piece.
    /// - Throws: ``NodeRefusal`` when the quota is used up.
    package func stage() throws -> StagedContent {
        let salt = try environment.random(Attachment.saltBytes), now = environment.now()
        return try store.write { tx in
            try tx.dropStaged(before: now < Self.stagedFor ? 0 : now - Self.stagedFor)
            try checkQuota(tx)
            return StagedContent(id: try tx.stageBlob(salt: salt, suite: identity.suite, at: now), salt: salt)
        }
    }

    /// Adds 1…256 KiB to a staged file.
    /// - Throws: ``NodeRefusal`` beyond 20 MiB or the quota.
    package func extend(_ staged: StagedContent, by content: [UInt8]) throws {
        try store.write { tx in
            guard let blob = try tx.blob(staged.id), blob.isStaged, blob.salt == staged.salt else { throw Self.stagedIsGone }
            guard UInt64(content.count) <= Attachment.maximumBytes - blob.held else { throw Self.tooLarge }
            try checkQuota(tx)
            try tx.append(content, to: blob, at: environment.now())
        }
    }

    /// The file is here as a whole: looks what it is, and fixes its digest over what was stored.
    /// - Throws: ``NodeRefusal`` for an empty file or a kind that is not taken.
    package func finish(_ staged: StagedContent) throws -> (size: UInt64, kind: FileKind) {
        try store.write { tx in
            guard let blob = try tx.blob(staged.id), blob.isStaged else { throw Self.stagedIsGone }
            guard blob.held > 0 else {
                throw NodeRefusal(.badInput, "attachment-empty", zh: "文件为空", en: "the file is empty", hint: "检查文件 / check the file")
            }
            let edge = 64 * 1024
            let head = try tx.content(of: blob.id, from: 0, length: edge)
            let tail = try tx.content(of: blob.id, from: blob.held > UInt64(edge) ? blob.held - UInt64(edge) : 0, length: edge)
            guard let kind = FileKind.recognise(head: head, tail: tail) else {
                throw NodeRefusal(
                    .badInput, "attachment-type", zh: "不是可接受的文件类型（按内容判断，与扩展名无关）", en: "not a kind of file that is taken (told by its content, whatever its name)",
                    hint: "PDF、JPEG、PNG、TIFF、OFD")
            }
            let digest = try primitives.attachmentDigest(blob.suite, salt: blob.salt) { absorb in try tx.eachChunk(of: blob.id) { absorb($1) } }
            try tx.nameStaged(blob.id, digest: digest, mediaType: kind.mediaType)
            return (blob.held, kind)
        }
    }

    package func dropStaged(_ ids: [Int64]) throws {
        try store.write { tx in for id in ids { if try tx.blob(id)?.isStaged == true { try tx.dropBlob(id) } } }
    }

    /// Forgets every staged file: for a node that has just opened, when nobody can be in the middle of one.
    package func dropAllStaged() throws { try store.write { try $0.dropStaged(before: .max) } }

    private func checkQuota(_ tx: ReadTransaction) throws {
        guard try tx.blobTotals().bytes < attachmentQuota else {
            throw NodeRefusal(
                .refused, "attachment-quota", zh: "附件存储已达上限 \(attachmentQuota >> 20) MiB", en: "attachments use their whole quota of \(attachmentQuota >> 20) MiB",
                hint: "在配置中调大 attachment_quota_mib / raise attachment_quota_mib in the configuration")
        }
    }

    private static var stagedIsGone: NodeRefusal {
        NodeRefusal(.notFound, "attachment-staged", zh: "文件已不在暂存区", en: "the file is no longer staged", hint: "重新执行 attach / run attach again")
    }

    package static var tooLarge: NodeRefusal {
        let limit = Attachment.maximumBytes >> 20
        return NodeRefusal(
            .badInput, "attachment-size", zh: "文件超过 \(limit) MiB", en: "the file is larger than \(limit) MiB", hint: "降低扫描分辨率或拆分文件 / scan at a lower resolution, or split it")
    }

    // MARK: - Attaching

    /// Attaches staged files to an effective record of this node, as one change in the record's own audience; or to a draft, with which they
    /// go to its reviewer, and up when it does.
    /// A file whose bytes the record has already is left out, so that a repeated command adds nothing.
    /// - Throws: ``NodeRefusal``; nothing was written then.
    package func attach(_ plans: [AttachmentPlan], to record: Dot, actor: Actor) throws -> [AttachmentFate] {
        try check(actor)
        guard (1...AttachmentsAdded.maximumFiles).contains(plans.count), plans.allSatisfy({ Attachment.isName($0.name) }) else {
            throw NodeRefusal(
                .badInput, "attachment-name", zh: "一次附 1 至 \(AttachmentsAdded.maximumFiles) 个文件，文件名 1 至 200 字节，不含斜线和控制字符",
                en: "1…\(AttachmentsAdded.maximumFiles) files at once; names of 1…200 bytes without slashes and control characters", hint: "--name")
        }
        return try announcing { tx -> ([AttachmentFate], [LedgerTip]) in
            let own = try attachmentPlace(record, actor, tx)
            // What only a narrower audience got does not count: a record that widened may take the file again.
            let held = try attachments(of: record, tx).filter { $0.audience == own.audience }
            var fates: [AttachmentFate] = [], fresh: [Attachment] = []
            for plan in plans {
                guard let blob = try tx.blob(plan.staged), blob.isStaged, blob.salt == plan.salt, let mediaType = blob.mediaType else { throw Self.stagedIsGone }
                if let same = try held.first(where: { try $0.blob.size == blob.size && digest(of: blob, like: $0.attachment, tx) == $0.attachment.digest }) {
                    try tx.dropBlob(blob.id)
                    fates.append(.unchanged(same.attachment.digest))
                    continue
                }
                try tx.complete(blob.id)
                fresh.append(
                    try Attachment(name: plan.name, mediaType: mediaType, size: blob.size, digest: blob.digest, salt: blob.salt, suite: blob.suite))
                fates.append(.added(blob.digest))
            }
            guard !fresh.isEmpty else { return (fates, []) }
            let seen = chain(of: own.changes, in: own.audience)
            let change = Change(
                record: record, previous: seen.previous, context: seen.context, actor: own.isDraft ? Actor(unit: actor.unit, operator: actor.operator) : actor, capturedAt: environment.now(),
                kind: .attachmentsAdded(try AttachmentsAdded(fresh)))
            return (fates, [try append([change], to: own.audience, lane: .ordinary, tx).tip])
        }
    }

    private func digest(of blob: BlobRow, like attachment: Attachment, _ tx: ReadTransaction) throws -> Digest {
        try primitives.attachmentDigest(attachment.suite, salt: attachment.salt) { absorb in try tx.eachChunk(of: blob.id) { absorb($1) } }
    }

    // MARK: - Looking

    /// Attachments of a record, with what is held of each.
    package func attachments(of record: Dot) throws -> [HeldAttachment] { HeldAttachment.once(try store.read { try attachments(of: record, $0) }) }

    func attachments(of record: Dot, _ tx: ReadTransaction) throws -> [HeldAttachment] {
        try tx.attachments(of: record).compactMap { row in
            guard let named = try change(row.change, tx), case .attachmentsAdded(let added) = named.change.kind, added.attachments.indices.contains(row.position) else { return nil }
            return HeldAttachment(change: row.change, attachment: added.attachments[row.position], audience: named.ledger.audience, blob: row.blob)
        }
    }

    /// The content of an attachment, checked against its digest now.
    /// - Throws: ``NodeRefusal`` when it is not held whole, or was damaged (it is fetched again then).
    package func checkedContent(_ attachment: HeldAttachment) throws -> BlobRow {
        let found = try store.read { tx in try tx.blob(attachment.blob.id).map { (blob: $0, fits: $0.isComplete ? try fits($0, tx) : false) } }
        guard let found, found.blob.isComplete else {
            let held = found?.blob.held ?? 0
            throw NodeRefusal(
                .notFound, "attachment-missing", zh: "内容尚未到达（\(held)/\(attachment.attachment.size) 字节）",
                en: "its content has not arrived yet (\(held) of \(attachment.attachment.size) bytes)", hint: found?.blob.trouble ?? "creditnode show")
        }
        guard found.fits else {
            try repair(found.blob)
            throw NodeRefusal(
                .refused, "attachment-digest", zh: "本节点所存内容已损坏，将重新获取", en: "the content stored here is damaged; it is fetched again", hint: "creditnode show")
        }
        return found.blob
    }
}
