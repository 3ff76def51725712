import Registry
import Replication
import Storage

/// Files of drafts stay here with them, and go up when their record does.
extension Node {
    /// Where files are added to a record of this node: an effective one's audience, or this node alone for a draft that may be changed.
    struct AttachmentPlace {
        let audience: Audience
        let changes: [HeldChange]
        let isDraft: Bool
    }

    /// - Throws: ``NodeRefusal``: not of this node, revoked, a draft that is submitted or of another unit.
    func attachmentPlace(_ record: Dot, _ actor: Actor, _ tx: ReadTransaction) throws -> AttachmentPlace {
        let changes = try acceptedChanges(of: record, tx)
        guard let draft = resolve(record: record, changes: changes)?.drafting else {
            let own = try ownRecord(record, tx)
            guard actor.reviewer != nil else {
                throw NodeRefusal(
                    .refused, "four-eyes", zh: "附件须由另一人审核（T3）", en: "attachments need a reviewer, another person than the operator (rule T3)", hint: "--reviewer")
            }
            return AttachmentPlace(audience: own.audience, changes: own.changes, isDraft: false)
        }
        _ = try ownDraft(record, tx)
        guard actor.unit == draft.author.unit else { throw Self.otherUnit(draft.author.unit) }
        guard draft.submittedBy == nil else {
            throw NodeRefusal(
                .refused, "draft-submitted", zh: "已提交待审，退回后方可附加文件", en: "it is submitted; files are added once it is sent back", hint: "creditnode return \(record)")
        }
        return AttachmentPlace(audience: .local, changes: changes, isDraft: true)
    }

    /// Enters the files of records that were drafts into the audience that they have now: named anew, for nobody else can see the local changes.
    /// - Parameters:
    ///   - records: with the change that made each effective; those without files cost one look.
    ///   - actor: author and reviewer of a record.
    /// - Returns: tips of ledgers that grew.
    func enterFiles(of records: [(record: Dot, state: Dot)], to audience: Audience, _ tx: WriteTransaction, actor: (Int) -> Actor) throws -> [LedgerTip] {
        var tips: [LedgerTip] = []
        for (index, one) in records.enumerated() where try tx.hasAttachments(one.record) {
            let held = try attachments(of: one.record, tx)
            let there = Set(held.filter { $0.audience == audience }.map(\.attachment.digest))
            let files = held.filter { $0.audience == .local && !there.contains($0.attachment.digest) }.map(\.attachment)
            var previous = one.state, rest = files[...]
            while !rest.isEmpty {
                let some = Array(rest.prefix(AttachmentsAdded.maximumFiles))
                rest = rest.dropFirst(some.count)
                let changes = try acceptedChanges(of: one.record, tx)
                let change = Change(
                    record: one.record, previous: previous.counter, context: chain(of: changes, in: audience).context, actor: actor(index),
                    capturedAt: environment.now(), kind: .attachmentsAdded(try AttachmentsAdded(some)))
                let written = try append([change], to: audience, lane: .ordinary, tx)
                previous = written.dots[0]
                tips.append(written.tip)
            }
        }
        return tips
    }

    /// Whether files came to a draft after it was sent back: that mends it, too.
    func isMendedByFiles(_ held: OwnDraft) -> Bool {
        guard let returned = held.draft.returned else { return false }
        return held.changes.contains { one in
            guard case .attachmentsAdded = one.change.kind else { return false }
            return one.change.context.contains(returned.change)
        }
    }
}

extension HeldAttachment {
    /// Each file once: of those that were named again in a wider audience the widest.
    static func once(_ held: [HeldAttachment]) -> [HeldAttachment] {
        held.filter { one in
            !held.contains { $0.audience.width > one.audience.width && $0.blob.id == one.blob.id }
        }
    }
}
