import Registry
import Replication
import Sealing
import Storage

/// One entry as somebody asks for it.
package struct ListAddition: Sendable {
    package let subject: Subject
    package let name: String
    /// Number of the decision; normalised when it is staged.
    package let document: String
    /// Unit code; nil = the list's authority.
    package let authority: String?
    package let since: CivilDate
    package let until: CivilDate?
    /// Of the grounds, to the subject (T19).
    package let notice: ListNotice?
    /// That it follows.
    package let proposal: Dot?

    package init(
        subject: Subject, name: String, document: String, authority: String? = nil, since: CivilDate, until: CivilDate?, notice: ListNotice? = nil, proposal: Dot? = nil
    ) {
        self.notice = notice
        self.proposal = proposal
        self.subject = subject
        self.name = name
        self.document = document
        self.authority = authority
        self.since = since
        self.until = until
    }
}

/// What became of an addition.
package enum StageFate: Sendable, Hashable {
    case staged(Dot)
    /// Staged or published already under this document.
    case unchanged
    /// This decision was removed from the list and cannot return (P4, M25).
    case removedBefore
}

extension Node {
    /// Stages an entry of an organisation as a local draft.
    /// - Throws: ``NodeRefusal``; an entry under a document that was removed from the list stays removed (P4, M25).
    package func addToList(code: String, subject: CreditCode, name: String, document: String, since: CivilDate, until: CivilDate?, actor: Actor) throws -> Dot {
        try addToList(code: code, ListAddition(subject: .organisation(subject), name: name, document: document, since: since, until: until), actor: actor)
    }

    /// Stages one entry as a local draft. Of a person number and name stay in this node's local ledger.
    /// - Throws: ``NodeRefusal`` where ``stage(code:_:actor:)`` tells a fate.
    package func addToList(code: String, _ addition: ListAddition, actor: Actor) throws -> Dot {
        switch try stage(code: code, [addition], actor: actor)[0] {
        case .staged(let dot): return dot
        case .unchanged: throw NodeRefusal(.refused, "listed-already", zh: "该主体已凭此文书列入", en: "the subject is on the list under this document already")
        case .removedBefore:
            throw NodeRefusal(
                .refused, "removed-before", zh: "该文书的列入已被移出，不得恢复；新的列入须有新的决定书", en: "this decision was removed from the list and cannot return; a new effect needs a new decision document",
                hint: "rules.md P4, M25")
        }
    }

    /// Stages entries as local drafts, in one transaction.
    /// - Returns: one fate an addition, in order.
    /// - Throws: ``NodeRefusal`` for a bad actor or list, or an entry without name or document. Nothing was written then.
    package func stage(code: String, _ additions: [ListAddition], actor: Actor) throws -> [StageFate] {
        try check(actor)
        let list = try store.read { try ownList(code, $0) }
        if let one = additions.first { try refuseMirrored(list, .add, one.subject, one.name, one.document, "本级列入 / a local entry", actor) }
        var wanted: [Wanted] = []
        for addition in additions { wanted.append(try want(addition, list)) }
        return try announcing { tx -> ([StageFate], [LedgerTip]) in
            var fates: [StageFate?] = []
            var drafts: [(index: Int, entry: ListEntry, record: Dot?)] = []
            var seen: Set<ListFold.Key> = []
            for (index, one) in wanted.enumerated() {
                let held = try heldEntries(of: one.entry.subject, one.aliases, tx).filter { $0.list == list.id && $0.document == one.entry.document }
                if try held.contains(where: \.removed) || isRemovedElsewhere(one.entry, list, tx) {
                    fates.append(.removedBefore)
                } else if let orphan = held.first(where: { $0.isListedPerson && $0.person == nil }) {
                    // It came back from other nodes without number and name, which are supplied again.
                    drafts.append((index, one.entry, orphan.id))
                    fates.append(.unchanged)
                } else if held.contains(where: { !$0.isPending(in: list.opened) || one.entry.notice == nil }) || !seen.insert(ListFold.Key(subject: one.entry.subject, document: one.entry.document)).inserted {
                    fates.append(.unchanged)
                } else {
                    drafts.append((index, one.entry, nil))
                    fates.append(nil)
                }
            }
            guard !drafts.isEmpty else { return (fates.compactMap { $0 }, []) }
            let (dots, tip) = try issue(
                drafts.map { .listEntry($0.entry) }, records: drafts.map(\.record), under: try listEditions(list.opened.code, actor, tx), actor, to: .local, tx)
            for (draft, dot) in zip(drafts, dots) where fates[draft.index] == nil { fates[draft.index] = .staged(dot) }
            return (fates.compactMap { $0 }, tip.map { [$0] } ?? [])
        }
    }

    /// Removes an organisation at once, in the relief lane. Elsewhere it acts whether or not the entry has arrived there.
    /// - Parameter document: number of the decision by which the subject was listed.
    package func removeFromList(code: String, subject: CreditCode, document: String, reason: String, actor: Actor) throws -> Dot {
        try removeFromList(code: code, .organisation(subject), document: document, reason: reason, actor: actor)
    }

    /// Removes at once, in the relief lane. What a person was published as is found by the number.
    /// - Throws: ``NodeRefusal`` when the list holds no such entry.
    package func removeFromList(code: String, _ subject: Subject, document: String, reason: String, actor: Actor) throws -> Dot {
        try check(actor)
        guard !reason.isEmpty else { throw NodeRefusal(.badInput, "list-reason", zh: "移出须说明理由", en: "a removal states its reason") }
        let list = try store.read { try ownList(code, $0) }
        try refuseMirrored(list, .remove, subject, "", document, reason, actor)
        let going = try leaving(list, subject, document)
        return try writing { tx in try remove(going, list, reason, actor, tx) }[0]
    }

    /// An entry that is to be removed, prepared beside the writer.
    struct Leaving {
        let subject: Subject
        let key: SubjectKey
        let aliases: [Digest]
        let document: String
    }

    func leaving(_ list: ListRow, _ subject: Subject, _ document: String) throws -> Leaving {
        Leaving(subject: subject, key: try subjectKey(subject), aliases: try listedAliases(subject, list), document: Normalisation.documentNumber(document))
    }

    func remove(_ going: Leaving, _ list: ListRow, _ reason: String, _ actor: Actor, _ tx: WriteTransaction) throws -> ([Dot], LedgerTip?) {
        let key = going.key, document = going.document, code = list.opened.code, subject = going.subject, aliases = going.aliases
        let held = try heldEntries(of: key, aliases, tx).filter { $0.list == list.id && $0.document == document }
        var named: [SubjectKey] = []
        for entry in held where entry.published { if let listed = ListedPerson(lookupText: entry.subject) { named.append(.listed(listed)) } }
        switch key {
        case .organisation, .unregistered, .listed: if !held.isEmpty { named = [key] }
        // Nothing was published: the removal, too, stays at this node.
        case .person: if named.isEmpty, !held.isEmpty { named = [key] }
        }
        guard !named.isEmpty else {
            throw NodeRefusal(
                .notFound, "not-listed", zh: "名单 \(code) 中没有 \(subject) 凭《\(document)》的列入", en: "list \(code) holds no entry of \(subject) under \(document)",
                hint: "--document 填列入时的决定书文号 / give the number of the decision by which it was listed; creditnode lookup")
        }
        let staysHere = named == [key] && key.isPerson
        let removals = named.map { ChangeKind.listRemoval(ListRemoval(list: list.id, subject: $0, document: document, authority: list.opened.authority, reason: reason)) }
        return try issue(removals, under: try listEditions(code, actor, tx), actor, to: staysHere ? .local : .published, lane: .relief, tx)
    }

    // MARK: - Subjects

    private struct Wanted {
        let entry: ListEntry
        let aliases: [Digest]
    }

    private func want(_ addition: ListAddition, _ list: ListRow) throws -> Wanted {
        let document = Normalisation.documentNumber(addition.document)
        guard !document.isEmpty, !addition.name.isEmpty else {
            throw NodeRefusal(.badInput, "list-document", zh: "须写明主体名称和决定书文号", en: "name the subject and the number of the decision")
        }
        let entry = ListEntry(
            list: list.id, subject: try subjectKey(addition.subject), name: addition.name, document: document,
            authority: addition.authority ?? list.opened.authority, since: addition.since, until: addition.until, notice: addition.notice, proposal: addition.proposal)
        return Wanted(entry: entry, aliases: try listedAliases(addition.subject, list))
    }

    /// A subject as local changes and records name it.
    func subjectKey(_ subject: Subject) throws -> SubjectKey {
        switch subject {
        case .organisation(let code): return .organisation(code)
        case .unregistered(let name): return .unregistered(name)
        case .person(let document, let number):
            let sealed = try identity.federationKeys.sealNumber(type: UInt8(document.rawValue), number: number, at: path)
            return .person(PersonNumber(document: document, digest: sealed.digest, ciphertext: sealed.ciphertext, sealedAt: path, keyEpoch: 1))
        }
    }

    /// A person's digests under every epoch of a list, where entries of persons are held without their numbers
    /// (they came back from other nodes after a restore): otherwise a removed entry could return unrecognised.
    private func listedAliases(_ subject: Subject, _ list: ListRow) throws -> [Digest] {
        guard case .person(let document, let number) = subject else { return [] }
        let (counts, epochs) = try store.read { (try $0.listCounts(list.id), try $0.epochs(of: list.id)) }
        guard counts.known < counts.persons else { return [] }
        return try epochs.compactMap { try identity.listKeys.key($0)?.digest(document, number: number) }
    }

    private func heldEntries(of subject: SubjectKey, _ aliases: [Digest], _ tx: ReadTransaction) throws -> [ListEntryRow] {
        let known = subject.isPerson ? try tx.entries(person: subject.lookupText) : try tx.entries(subject: subject.lookupText)
        return try known + aliases.flatMap { try tx.entries(listed: $0).map(\.entry) }.filter { entry in !known.contains { $0.id == entry.id } }
    }
}

extension SubjectKey {
    var isPerson: Bool {
        switch self {
        case .person: true
        case .organisation, .unregistered, .listed: false
        }
    }
}
