import Registry
import Replication
import Sealing
import Storage

extension Node {
    /// Drafts of this node, ascending by id; those given up are left out.
    /// - Parameter after: the last record of the page before.
    /// - Returns: the lines, and where the next page begins; nil at the end.
    package func drafts(after: Dot? = nil, limit: Int) throws -> (lines: [DraftLine], next: Dot?) {
        try store.read { tx in
            let rows = try tx.drafts(after: after, limit: limit)
            var cache = BodyCache()
            let lines = try rows.compactMap { row -> DraftLine? in
                var changes: [HeldChange] = []
                for dot in [row.id] + (try tx.changes(of: row.id)) {
                    guard let one = try cache.held(dot, self, tx), try tx.pending(dot) == nil else { continue }
                    changes.append(HeldChange(dot: dot, change: one.change, audience: one.audience))
                }
                guard let view = resolve(record: row.id, changes: changes), let draft = view.drafting, !draft.isDiscarded else { return nil }
                return DraftLine(view: view, draft: draft, item: view.edition.flatMap { catalogue($0, tx) }?.item(view.item)?.item)
            }
            return (lines, rows.count == limit ? rows.last?.id : nil)
        }
    }

    /// The cells of a draft as a form shows them, by field code: what an edit starts from. A person's number is opened
    /// here, for whoever may edit wrote it.
    /// - Throws: ``NodeRefusal`` when it is no draft of this node.
    package func cells(ofDraft id: Dot) throws -> (item: CatalogueItem, version: Dot, cells: [String: String]) {
        let (held, item) = try store.read { tx in
            let held = try ownDraft(id, tx)
            return (held, held.view.edition.flatMap { catalogue($0, tx) }?.item(held.view.item)?.item)
        }
        guard let item else { throw Self.noCatalogue }
        var cells: [String: String] = [:]
        for field in held.view.fields { if let rule = item.field(field.number) { cells[rule.code] = field.value.tableText } }
        if case .person(let person) = held.view.subject, let code = item.roles.personIDNumber.flatMap({ item.field($0) })?.code {
            let sealed = SealedNumber(digest: person.digest, ciphertext: person.ciphertext)
            cells[code] = try identity.federationKeys.openNumber(type: UInt8(person.document.rawValue), sealed: sealed, at: person.sealedAt)
        }
        return (item, held.draft.version, cells)
    }
}

extension Node {
    /// Sends an effective record of a node below back to its home (T4): publication waits until the home has written a new
    /// version, or this node, or one above, resumes it. Its sender sees the code and the reason with the next contact.
    /// - Returns: the change, and the record.
    /// - Throws: ``NodeRefusal``: not of a node below, revoked, no code or reason.
    package func sendBack(_ record: Dot, code: String, reason: String, actor: Actor) throws -> (change: Dot, record: String) {
        try check(actor)
        guard RejectCode.isWellFormed(code), !reason.isEmpty, reason.utf8.count <= 2000 else {
            throw NodeRefusal(.badInput, "reject-code", zh: "退回须写明代码和理由（T4）", en: "a return names its code and reason (T4)", hint: RejectCode.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let dots = try announcing { tx in
            let (held, shown) = try actable(record, tx)
            guard path.isProperAncestor(of: shown.home) else {
                throw NodeRefusal(
                    .refused, "not-below", zh: "只有上级可以退回已生效的记录（T4）", en: "only a tier above its home sends an effective record back (T4)",
                    hint: "creditnode correct / creditnode revoke")
            }
            guard shown.validity == .effective, let version = held.changes.first(where: { $0.dot == shown.state })?.origin else {
                throw NodeRefusal(.refused, "revoked-already", zh: "该记录已撤销", en: "the record is revoked already")
            }
            guard let place = try place(held, record, basedOn: nil, required: true) else { throw Self.noRecord(record) }
            let step = DraftStep(
                kind: .returned, version: version, code: code, reason: reason, target: try target(of: record, held, try item(of: shown, tx)))
            return try write([(place, .draftStep(step))], lane: .relief, actor, tx)
        }
        return (dots[0], record.description)
    }
}
