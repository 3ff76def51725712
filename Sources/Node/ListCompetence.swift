import Registry
import Replication
import Sealing
import Storage

extension Node {
    /// The unit registry that a change of a list names, once there is one: the acting unit works here, and may list.
    /// - Throws: ``NodeRefusal`` for a unit that may not (rules.md 3.3), and for what only a mirror's keeper brings in (M28).
    func listEditions(_ code: String, _ actor: Actor, _ tx: ReadTransaction) throws -> [Digest] {
        guard let named = try unitEdition(actor, tx) else { return [] }
        guard let unit = CreditCode(actor.unit) else { return [named.digest] }
        if let mirror = named.registry.mirrors.first(where: { $0.list == code }) {
            if named.registry.hasDuties(of: mirror.mirroredBy, unit) { return [named.digest] }
            throw mirrorRefusal(mirror, objection: nil)
        }
        guard named.registry.unit(unit)?.listingPower == true else {
            throw NodeRefusal(
                .refused, "no-listing-power", zh: "单位 \(actor.unit) 没有列入权，只能建议（T19）", en: "unit \(actor.unit) has no power to list; it may propose (T19)",
                hint: "creditnode list propose \(code) …")
        }
        return [named.digest]
    }

    /// The newest registry, in which the acting unit works here; nil while none was issued.
    /// - Throws: ``NodeRefusal`` for a unit that does not.
    func unitEdition(_ actor: Actor, _ tx: ReadTransaction) throws -> (digest: Digest, registry: UnitRegistry)? {
        guard let newest = try tx.newestEdition(.units), case .units(let registry)? = edition(newest.digest, tx) else { return nil }
        guard let code = CreditCode(actor.unit), registry.isCompetent(code, at: path, on: environment.today) else {
            throw NodeRefusal(
                .refused, "unit-not-competent", zh: "单位 \(actor.unit) 未登记在本节点办理业务", en: "unit \(actor.unit) is not registered to work at this node",
                hint: "creditnode export-edition units")
        }
        return (newest.digest, registry)
    }

    private func mirrorRefusal(_ mirror: ListMirror, objection: Dot?) -> NodeRefusal {
        NodeRefusal(
            .refused, "mirror-read-only", zh: "名单 \(mirror.list) 转载自\(mirror.authority)，本级不得改动" + (objection.map { "；已转为异议 \($0)，报送转载单位" } ?? ""),
            en: "list \(mirror.list) mirrors one of \(mirror.authority) and is read-only here" + (objection.map { "; recorded as objection \($0) and sent to the unit that mirrors it" } ?? ""),
            hint: "creditnode list proposals")
    }

    /// M28: of a mirrored list the mirror wins; what somebody here wanted to change becomes an objection that goes to the unit
    /// which brings the list in, and from there to its own authority.
    func refuseMirrored(_ list: ListRow, _ intent: ListIntent, _ subject: Subject, _ name: String, _ document: String, _ reason: String, _ actor: Actor) throws {
        let mirror = try store.read { tx -> ListMirror? in
            guard let named = try unitEdition(actor, tx), let unit = CreditCode(actor.unit) else { return nil }
            return named.registry.mirrors.first { $0.list == list.opened.code && !named.registry.hasDuties(of: $0.mirroredBy, unit) }
        }
        guard let mirror else { return }
        guard actor.reviewer != nil else { throw mirrorRefusal(mirror, objection: nil) }
        let words = intent == .add ? "应列入 / should be listed: " : "应移出 / should be removed: "
        let wish = ListWish(code: list.opened.code, intent: .objection, subject: subject, name: name, document: document, since: environment.today, reason: words + reason)
        throw mirrorRefusal(mirror, objection: try proposeToList(wish, actor: actor))
    }

    /// Whether the decision was removed from the list under another code of the same organisation (M25 with M38).
    func isRemovedElsewhere(_ entry: ListEntry, _ list: ListRow, _ tx: ReadTransaction) throws -> Bool {
        guard case .organisation(let code) = entry.subject, try tx.hasAliases() else { return false }
        return try tx.codes(aliasedTo: code.text).contains { other in try other != code.text && tx.isRemoved(list.id, subject: other, document: entry.document) }
    }

    /// Whether the subject stands on a list of the kind on a day: published, not removed, not waiting for its notice, within its
    /// period; of an organisation under any of its codes. A person is found where the number can be opened and the list key is
    /// held, in lists that are published under it.
    func isListed(_ subject: SubjectKey, kind: ListKind = .serious, on day: CivilDate, _ tx: ReadTransaction) throws -> Bool {
        let lists = Dictionary(try tx.lists().filter { $0.opened.kind == kind }.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        guard !lists.isEmpty else { return false }
        func stands(_ entry: ListEntryRow) -> Bool {
            guard let list = lists[entry.list], entry.published, !entry.removed, !entry.isPending(in: list.opened) else { return false }
            return entry.since <= day && (entry.until.map { day <= $0 } ?? true)
        }
        switch subject {
        case .organisation(let code):
            let codes = try tx.hasAliases() ? try tx.codes(aliasedTo: code.text) : [code.text]
            return try codes.contains { try tx.entries(subject: $0).contains(where: stands) }
        case .unregistered, .listed: return try tx.entries(subject: subject.lookupText).contains(where: stands)
        case .person(let person):
            if try tx.entries(person: subject.lookupText).contains(where: stands) { return true }
            let epochs = Set(try lists.keys.compactMap { try tx.newestEdition(of: $0)?.epoch }).subtracting([0]).sorted()
            guard !epochs.isEmpty, let number = try? opened(person) else { return false }
            return try epochs.contains { epoch in
                guard let key = identity.listKeys.key(epoch) else { return false }
                let digest = try key.digest(person.document, number: number)
                return try tx.entries(listed: digest).contains { $0.epoch == epoch && stands($0.entry) }
            }
        }
    }

    /// A person's number in clear. - Throws: where this node may not read it.
    func opened(_ person: PersonNumber) throws -> String {
        try identity.federationKeys.openNumber(
            type: UInt8(person.document.rawValue), sealed: SealedNumber(digest: person.digest, ciphertext: person.ciphertext), at: person.sealedAt)
    }
}
