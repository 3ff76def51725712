import Registry
import Replication
import Sealing
import Storage

/// How somebody here wants a list changed that is another's to change.
package struct ListWish: Sendable {
    package let code: String
    package let intent: ListIntent
    package let subject: Subject
    package let name: String
    /// Number of the decision; normalised when it is proposed.
    package let document: String
    /// Unit code of who decided; nil = the acting unit.
    package let authority: String?
    package let since: CivilDate
    package let until: CivilDate?
    package let reason: String
    package let notice: ListNotice?

    package init(
        code: String, intent: ListIntent, subject: Subject, name: String, document: String, authority: String? = nil, since: CivilDate, until: CivilDate? = nil,
        reason: String, notice: ListNotice? = nil
    ) {
        self.code = code
        self.intent = intent
        self.subject = subject
        self.name = name
        self.document = document
        self.authority = authority
        self.since = since
        self.until = until
        self.reason = reason
        self.notice = notice
    }
}

extension Node {
    /// Proposes an addition to a list or a removal from it (T19); it goes to the list's issuer and binds nobody until the issuer
    /// decides. The same proposal while it is open is the same one.
    /// - Returns: its id.
    /// - Throws: ``NodeRefusal``: no such list held, no second person, no document or reason, a unit that does not work here.
    package func proposeToList(_ wish: ListWish, actor: Actor) throws -> Dot {
        try check(actor)
        guard actor.reviewer != nil else {
            throw NodeRefusal(.refused, "four-eyes", zh: "名单建议须经另一人审核", en: "a proposal needs a reviewer", hint: "--reviewer")
        }
        let document = Normalisation.documentNumber(wish.document)
        guard !document.isEmpty, !wish.reason.isEmpty, wish.intent != .add || !wish.name.isEmpty else {
            throw NodeRefusal(.badInput, "list-document", zh: "须写明主体名称、决定书文号和理由", en: "name the subject, the number of the decision and the reason", hint: "--name, --document, --reason")
        }
        let list = try store.read { try anyList(wish.code, $0) }
        let issuer = list.id.replica.path
        guard let audience = ListProposal.audience(from: path, to: issuer) else {
            throw NodeRefusal(.refused, "not-on-path", zh: "名单 \(wish.code) 的发布节点 \(issuer) 不在本节点的上下级", en: "the list's issuer \(issuer) is not on this node's line")
        }
        let authority = wish.authority ?? actor.unit
        let proposal = ListProposal(
            list: list.id, intent: wish.intent, subject: try subjectKey(wish.subject, sealedAt: path.depth < issuer.depth ? issuer : path), name: wish.name,
            document: document, authority: authority, since: wish.since, until: wish.until, reason: wish.reason, notice: wish.notice)
        let affair = Affair.listProposal(proposal)
        return try announcing { tx -> (Dot, [LedgerTip]) in
            let editions = try unitEdition(actor, tx).map { [$0.digest] } ?? []
            let same = try tx.listProposals().first { row in
                row.id.replica.path == path && row.list == list.id && row.intent == wish.intent && row.subject == proposal.subject.lookupText
                    && row.document == document && row.outcome == nil
            }
            if let same { return (same.id, []) }
            let written = try issue([.affair(affair)], under: editions, actor, to: audience, lane: affair.lane, tx)
            return (written.0[0], [written.1].compactMap { $0 })
        }
    }

    /// Adopts a proposal: the entry or removal goes out, citing it, with the list's next edition and the answer to the proposer.
    /// - Parameter notice: of the grounds, where the proposal came without.
    /// - Returns: the entry, or the removal.
    /// - Throws: ``NodeRefusal``: no such open proposal, not the issuer, no second person, no notice of grounds (T19), the
    ///   decision was removed before (M25).
    package func adoptListProposal(_ id: Dot, notice: ListNotice? = nil, reason: String, actor: Actor) throws -> Dot {
        let (list, proposal) = try openListProposal(id, reason, actor)
        switch proposal.intent {
        case .add: return try adoptAddition(id, proposal, list, notice: notice ?? proposal.notice, reason, actor)
        case .remove: return try adoptRemoval(id, proposal, list, reason, actor)
        case .objection:
            throw NodeRefusal(
                .refused, "mirror-read-only", zh: "转载名单的异议不能直接采纳：由其主管部门更正后随下次转载生效", en: "an objection to a mirrored list is not adopted here: its own authority corrects it",
                hint: "creditnode list decide \(id) --decline --reason …")
        }
    }

    /// Declines a proposal; the reason goes back to the proposer.
    package func declineListProposal(_ id: Dot, reason: String, actor: Actor) throws {
        let (list, _) = try openListProposal(id, reason, actor)
        let reply = ListReply(proposal: id, list: list.id, outcome: .declined, reason: reason, result: nil)
        try announcing { ((), [try answer(reply, list, actor, $0)].compactMap { $0 }) }
    }

    // MARK: - Deciding

    /// The list and the proposal, where this node is to decide it.
    private func openListProposal(_ id: Dot, _ reason: String, _ actor: Actor) throws -> (ListRow, ListProposal) {
        try check(actor)
        guard actor.reviewer != nil else { throw NodeRefusal(.refused, "four-eyes", zh: "决定须经另一人审核", en: "a decision needs a reviewer", hint: "--reviewer") }
        guard !reason.isEmpty else { throw NodeRefusal(.badInput, "proposal-reason", zh: "答复须说明理由", en: "an answer states its reason", hint: "--reason") }
        return try store.read { tx in
            guard let row = try tx.listProposal(id), let list = try tx.list(row.list), case .affair(.listProposal(let proposal))? = try change(id, tx)?.change.kind else {
                throw NodeRefusal(.notFound, "no-such-proposal", zh: "没有名单建议 \(id)", en: "there is no proposal \(id)", hint: "creditnode list proposals")
            }
            guard list.id.replica.path == path else {
                throw NodeRefusal(.refused, "not-competent", zh: "由 \(list.id.replica.path) 决定", en: "\(list.id.replica.path) decides it")
            }
            guard row.outcome == nil else { throw NodeRefusal(.refused, "answered-already", zh: "该建议已答复", en: "the proposal is answered already") }
            return (list, proposal)
        }
    }

    private func adoptAddition(_ id: Dot, _ proposal: ListProposal, _ list: ListRow, notice: ListNotice?, _ reason: String, _ actor: Actor) throws -> Dot {
        guard let notice else {
            throw NodeRefusal(
                .refused, "no-notice", zh: "列入前须告知当事人事由和依据（T19）", en: "the subject is told the grounds before it is listed (T19)", hint: "--notice 告知书文号 --notice-on 送达日期")
        }
        try checkListKey(for: list)
        let addition = ListAddition(
            subject: try subject(of: proposal.subject), name: proposal.name, document: proposal.document, authority: proposal.authority, since: proposal.since,
            until: proposal.until, notice: notice, proposal: id)
        let fate = try stage(code: list.opened.code, [addition], actor: actor)[0]
        if fate == .removedBefore {
            throw NodeRefusal(
                .refused, "removed-before", zh: "该文书的列入已被移出，不得恢复；新的列入须有新的决定书", en: "this decision was removed from the list and cannot return; a new effect needs a new decision document",
                hint: "rules.md P4, M25")
        }
        let entries = try store.read { try held(proposal.subject, proposal.document, list, $0) }
        // Staged by whoever was faster, or published already: the answer cites what stands.
        guard let entry = entries.first(where: { $0.proposal == id }) ?? entries.first(where: { $0.notice != nil }) ?? entries.first else {
            preconditionFailure("an addition was staged or held")
        }
        try digestAnew(list, actor, "")
        let page = try self.page(entry.published ? [] : [entry], isLast: true)
        let reply = ListReply(proposal: id, list: list.id, outcome: .adopted, reason: reason, result: entry.id)
        _ = try publish(page, list, actor) { tx in try answer(reply, list, actor, tx) }
        try stateFreshness(of: list.id)
        return entry.id
    }

    private func adoptRemoval(_ id: Dot, _ proposal: ListProposal, _ list: ListRow, _ reason: String, _ actor: Actor) throws -> Dot {
        let going = try leaving(list, try subject(of: proposal.subject), proposal.document)
        let removal = try announcing { tx -> (Dot, [LedgerTip]) in
            let removed = try remove(going, list, reason, actor, tx)
            let reply = ListReply(proposal: id, list: list.id, outcome: .adopted, reason: reason, result: removed.0[0])
            return (removed.0[0], [removed.1, try answer(reply, list, actor, tx)].compactMap { $0 })
        }
        try stateFreshness(of: list.id)
        return removal
    }

    private func answer(_ reply: ListReply, _ list: ListRow, _ actor: Actor, _ tx: WriteTransaction) throws -> LedgerTip? {
        guard let audience = ListProposal.audience(from: reply.proposal.replica.path, to: path) else { preconditionFailure("the proposal came along this line") }
        let affair = Affair.listReply(reply)
        return try issue([.affair(affair)], under: try listEditions(list.opened.code, actor, tx), actor, to: audience, lane: affair.lane, tx).1
    }

    /// Entries of one subject and document in a list, drafts included.
    private func held(_ subject: SubjectKey, _ document: String, _ list: ListRow, _ tx: ReadTransaction) throws -> [ListEntryRow] {
        let rows = subject.isPerson ? try tx.entries(person: subject.lookupText) : try tx.entries(subject: subject.lookupText)
        return rows.filter { $0.list == list.id && $0.document == document && !$0.removed }.sorted { $0.id < $1.id }
    }

    /// As people name it: of a person the number in clear, where this node may read it.
    private func subject(of key: SubjectKey) throws -> Subject {
        switch key {
        case .organisation(let code): return .organisation(code)
        case .unregistered(let name): return .unregistered(name: name)
        case .person(let person): return .person(person.document, number: try opened(person))
        case .listed: preconditionFailure("refused when it was judged")
        }
    }

    /// A list held here, this node's own first.
    private func anyList(_ code: String, _ tx: ReadTransaction) throws -> ListRow {
        let named = try tx.lists().filter { $0.opened.code == code }
        guard let list = named.first(where: { $0.id.replica.path == path }) ?? named.first else {
            throw NodeRefusal(.notFound, "no-such-list", zh: "没有名单 \(code)", en: "there is no list \(code)", hint: "creditnode list show")
        }
        return list
    }

    /// A subject as it goes to a node that must be able to read it.
    private func subjectKey(_ subject: Subject, sealedAt place: NodePath) throws -> SubjectKey {
        guard case .person(let document, let number) = subject, place != path else { return try subjectKey(subject) }
        let sealed = try identity.federationKeys.sealNumber(type: UInt8(document.rawValue), number: number, at: place)
        return .person(PersonNumber(document: document, digest: sealed.digest, ciphertext: sealed.ciphertext, sealedAt: place, keyEpoch: 1))
    }
}
