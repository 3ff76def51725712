import Registry
import Replication
import Sealing
import Storage

/// Contents of attachments on their way over links.
extension Node {
    /// How long content may stand still before it is asked of the parent too, although its author is below, milliseconds.
    private static let turnAfter: UInt64 = 10 * 60_000

    /// Contents to ask `peer` for: described by changes in ledgers that cross the link, held here in part or not at all.
    /// A child is asked for what was written at or below it; the parent for the rest, and for what has stood still.
    /// What would pass the quota is left out.
    /// - Returns: `last`: there is nothing beyond these.
    package func wants(of peer: NodePath, after id: Int64, limit: Int) throws -> (wants: [AttachmentExchange.Want], last: Bool) {
        var unfinished: [Int64] = []
        let found = try store.read { tx -> (wants: [AttachmentExchange.Want], last: Bool) in
            let now = environment.now()
            let used = try tx.blobTotals().bytes
            var free = attachmentQuota > used ? attachmentQuota - used : 0
            var wants: [AttachmentExchange.Want] = []
            var cursor = id
            // Pages, until enough are found for this peer: others' contents must not hide them.
            while wants.count < limit {
                let page = try tx.wantedBlobs(after: cursor, limit: limit)
                for blob in page where wants.count < limit {
                    cursor = blob.id
                    if blob.held == blob.size { unfinished.append(blob.id) }
                    guard blob.held < blob.size, try asks(peer, for: blob, now, tx), blob.size - blob.held <= free else { continue }
                    free -= blob.size - blob.held
                    wants.append(AttachmentExchange.Want(id: blob.id, digest: blob.digest, size: blob.size, held: blob.held))
                }
                if page.count < limit { return (wants, wants.count < limit) }
            }
            return (wants, false)
        }
        // All bytes came, but the node stopped before it looked at them.
        for blob in unfinished { _ = try finish(blob, from: peer) }
        return found
    }

    private func asks(_ peer: NodePath, for blob: BlobRow, _ now: UInt64, _ tx: ReadTransaction) throws -> Bool {
        let isParent = peer == path.parent
        return try tx.ledgers(naming: blob.id).contains { ledger in
            guard ledger.crosses(from: path, to: peer) else { return false }
            let author = ledger.replica.path
            if !isParent { return peer.isAncestorOrSelf(of: author) }
            let isBelow = author != path && path.isAncestorOrSelf(of: author)
            return !isBelow || now > blob.movedAt + Self.turnAfter
        }
    }

    /// Stores a piece that `peer` sent, if it continues what is held; with the last one the digest decides.
    package func keep(_ piece: AttachmentPiece, from peer: NodePath) throws -> AttachmentExchange.PieceFate {
        let now = environment.now()
        let (fate, whole) = try store.write { tx -> (AttachmentExchange.PieceFate, Int64?) in
            guard let blob = try tx.blobs(digest: piece.digest).first(where: { blob in
                try !blob.isComplete && blob.size == piece.total && tx.ledgers(naming: blob.id).contains { $0.crosses(from: path, to: peer) }
            }) else { return (.unwanted, nil) }
            guard piece.offset == blob.held, UInt64(piece.content.count) <= blob.size - blob.held else { return (.kept(held: blob.held), nil) }
            // Asked per piece: several links may each have been promised what was free.
            guard try tx.blobTotals().bytes + UInt64(piece.content.count) <= attachmentQuota else { return (.refused("quota"), nil) }
            try tx.append(piece.content, to: blob, at: now)
            let held = blob.held + UInt64(piece.content.count)
            return (.kept(held: held), held == blob.size ? blob.id : nil)
        }
        guard let whole else { return fate }
        return try finish(whole, from: peer)
    }

    /// Checks content of which every byte is here: beside the writer, for it may be 20 MiB.
    private func finish(_ id: Int64, from peer: NodePath) throws -> AttachmentExchange.PieceFate {
        let checked = try store.read { tx in try tx.blob(id).map { (blob: $0, fits: try fits($0, tx)) } }
        guard let checked, !checked.blob.isComplete, checked.blob.held == checked.blob.size else { return .unwanted }
        return try store.write { tx in
            guard let blob = try tx.blob(id), !blob.isComplete, blob.held == blob.size else { return .unwanted }
            if checked.fits {
                try tx.complete(id)
                return .whole
            }
            try discard(blob, "the content that came is not what its change describes", from: peer, tx)
            return .wrong
        }
    }

    private func discard(_ blob: BlobRow, _ detail: String, from peer: NodePath, _ tx: WriteTransaction) throws {
        try tx.emptyBlob(blob.id, trouble: "\(peer): \(ChangeSetFault.Rule.attachmentDigest.rawValue)")
        let place = try tx.attachment(naming: blob.id).map { "\($0.change.short)" } ?? ""
        try tx.noteRefusal(
            ChangeSetFault(.attachmentDigest, "attachment \(blob.digest.short) \(place)", detail), from: peer.description, at: environment.now())
    }

    /// Whether the bytes held are the content that the digest names.
    func fits(_ blob: BlobRow, _ tx: ReadTransaction) throws -> Bool {
        var end: UInt64 = 0
        let digest = try primitives.attachmentDigest(blob.suite, salt: blob.salt) { absorb in
            try tx.eachChunk(of: blob.id) { offset, content in
                if offset == end { absorb(content) }
                end += UInt64(content.count)
            }
        }
        return end == blob.size && digest == blob.digest
    }

    /// The answer to an ask of `peer`: given only if a change in a ledger that crosses this link names the content.
    /// At its beginning the content is checked once more: what a disk damaged is not passed on but fetched again.
    package func answer(_ ask: AttachmentAsk, of peer: NodePath) throws -> AttachmentFrame {
        var damaged: BlobRow?
        let frame = try store.read { tx -> AttachmentFrame in
            let visible = try tx.blobs(digest: ask.digest).filter { blob in
                try tx.ledgers(naming: blob.id).contains { $0.crosses(from: path, to: peer) }
            }
            guard let blob = visible.first(where: \.isComplete) else {
                return .absent(ask.digest, reason: visible.isEmpty ? AbsentReason.notHeld : AbsentReason.notYet)
            }
            guard ask.offset < blob.size else { return .absent(ask.digest, reason: AbsentReason.notHeld) }
            if ask.offset == 0, !(try fits(blob, tx)) { damaged = blob }
            let content = damaged == nil ? try tx.content(of: blob.id, from: ask.offset, length: ask.length) : []
            guard !content.isEmpty else { return .absent(ask.digest, reason: AbsentReason.notYet) }
            return .piece(AttachmentPiece(digest: ask.digest, offset: ask.offset, total: blob.size, content: content))
        }
        if let damaged { try repair(damaged) }
        return frame
    }

    /// Lets go of content that is no longer what was checked: it is wanted again.
    func repair(_ blob: BlobRow) throws {
        try store.write { tx in
            guard let now = try tx.blob(blob.id), now.isComplete else { return }
            try discard(now, "the stored content was damaged at this node; it is fetched again", from: path, tx)
        }
    }

    /// Notes for people why content does not come from `peer`.
    package func note(_ trouble: AttachmentExchange.Trouble, of digest: Digest, from peer: NodePath) throws {
        let text: String
        switch trouble {
        // It is on its way to the peer as well.
        case .absent(AbsentReason.notYet): return
        case .absent(let reason): text = "\(peer): \(reason)"
        case .lied(let detail): text = "\(peer): size: \(detail)"
        case .wrong(let tries): text = "\(peer): \(ChangeSetFault.Rule.attachmentDigest.rawValue) (×\(tries))"
        case .unanswered: text = "\(peer): unanswered"
        case .refused(let why): text = why
        }
        let now = environment.now()
        try store.write { tx in
            try tx.note(trouble: text, of: digest)
            if case .lied(let detail) = trouble {
                try tx.noteRefusal(ChangeSetFault(.attachmentDigest, "attachment \(digest.short)", "wrong size: \(detail)"), from: peer.description, at: now)
            }
        }
    }

    /// Checks every content held whole.
    func verifyContents(_ tx: ReadTransaction, _ result: inout Verification) throws {
        var last: Int64 = 0
        while let blob = try tx.nextCompleteBlob(after: last) {
            last = blob.id
            if !(try fits(blob, tx)) {
                let place = try tx.attachment(naming: blob.id).map { "attachment \(blob.digest.short) of \($0.record.short)" } ?? "attachment \(blob.digest.short)"
                result.add(place, ChangeSetFault.Rule.attachmentDigest.rawValue, "the stored content is not what its change describes; `creditnode fetch` has it fetched again")
            }
        }
    }
}
