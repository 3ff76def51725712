import Registry
import Replication
import Storage

extension Node {
    /// Links two codes of one organisation, or withdraws such a link for good (M38): the keeper of the base register does. Records
    /// and entries keep code and name as the decision wrote them; look-ups follow.
    /// - Throws: ``NodeRefusal``: one and the same code, no document, no second person, not the keeper.
    package func linkCodes(_ alias: SubjectAlias, actor: Actor) throws -> Dot {
        try check(actor)
        guard actor.reviewer != nil else { throw NodeRefusal(.refused, "four-eyes", zh: "代码关联须经另一人审核", en: "linking codes needs a reviewer", hint: "--reviewer") }
        guard alias.oldCode != alias.newCode else { throw NodeRefusal(.badInput, "same-code", zh: "两个代码相同", en: "both codes are the same") }
        var alias = alias
        alias.document = Normalisation.documentNumber(alias.document)
        guard !alias.document.isEmpty else { throw NodeRefusal(.badInput, "alias-document", zh: "须写明变更登记的文书号", en: "name the document of the change of registration", hint: "--document") }
        let kind = ChangeKind.affair(.alias(alias))
        return try writing { tx in
            if alias.isWithdrawn, try !tx.aliases().contains(where: { $0.oldCode == alias.oldCode.text && $0.newCode == alias.newCode.text && !$0.isWithdrawn }) {
                throw NodeRefusal(.notFound, "no-such-alias", zh: "没有这一关联", en: "these codes are not linked", hint: "creditnode alias show")
            }
            let named = try unitEdition(actor, tx)
            if let named, CreditCode(actor.unit).flatMap({ named.registry.unit($0) })?.roles.contains(.baseRegister) != true {
                throw NodeRefusal(
                    .refused, "not-competent", zh: "单位 \(actor.unit) 不负责法人库，不得关联代码（M38）", en: "unit \(actor.unit) does not keep the base register and may not link codes (M38)",
                    hint: "单位登记册 roles: base-register")
            }
            return try issue([kind], under: named.map { [$0.digest] } ?? [], actor, to: .published, tx)
        }[0]
    }

    /// Shows an item less widely at this node and below it, until the root's next catalogue edition (M40).
    /// - Throws: ``NodeRefusal``: the root, no such item, no narrower than the catalogue, no reason, no second person.
    package func narrow(item code: String, to disclosure: Disclosure, reason: String, actor: Actor) throws -> Dot {
        try check(actor)
        guard actor.reviewer != nil else { throw NodeRefusal(.refused, "four-eyes", zh: "收窄公开范围须经另一人审核", en: "this needs a reviewer", hint: "--reviewer") }
        guard path.depth > 1 else {
            throw NodeRefusal(.refused, "not-competent", zh: "根节点直接发布新版目录", en: "the root issues a catalogue edition instead", hint: "creditnode publish catalogue FILE")
        }
        guard !reason.isEmpty else { throw NodeRefusal(.badInput, "no-reason", zh: "须说明理由", en: "state the reason", hint: "--reason") }
        return try writing { tx in
            guard let newest = try tx.newestEdition(.catalogue), let item = catalogue(newest.digest, tx)?.catalogue.item(code: code) else {
                throw NodeRefusal(.notFound, "no-such-item", zh: "目录中没有事项 \(code)", en: "the catalogue has no item \(code)", hint: "creditnode editions")
            }
            guard disclosure.rawValue > item.disclosure.rawValue else {
                throw NodeRefusal(
                    .refused, "not-narrower", zh: "目录规定为 \(item.disclosure.name)，本级只能收窄（M40）", en: "the catalogue says \(item.disclosure.name); this tier may only narrow it (M40)")
            }
            let affair = Affair.disclosure(DisclosureNarrowed(edition: newest.digest, item: item.number, disclosure: disclosure, reason: reason))
            return try issue([.affair(affair)], under: try unitEdition(actor, tx).map { [$0.digest] } ?? [], actor, to: .published, lane: affair.lane, tx)
        }[0]
    }
}
