import Registry
import Replication
import Storage

/// Under what the rows of one import are recorded: item, editions and actor. Found once an import; the transaction that
/// stores its rows judges them again, once a change set.
package struct RecordTerms: Sendable {
    package let item: CatalogueItem
    /// Catalogue first, then the unit registry once there is one.
    let editions: [Digest]
    let actor: Actor
    let audience: Audience
    /// The item as the catalogue edition has it: rows that passed this very table need no second look at their fields.
    let proven: CatalogueItem?

    var validity: Validity { actor.reviewer == nil ? .draft : .effective }
}

extension Node {
    /// The terms for an item of the newest catalogue held.
    /// - Throws: ``NodeRefusal`` while no catalogue is held, for an item it lacks (`item`), a bad actor, and a unit that does
    ///   not work here.
    package func terms(item code: String, actor: Actor) throws -> RecordTerms {
        try store.read { tx in
            guard let newest = try tx.newestEdition(.catalogue), let inForce = catalogue(newest.digest, tx) else { throw Self.noCatalogue }
            guard let item = inForce.catalogue.item(code: code) else {
                throw NodeRefusal(
                    .badInput, "item", zh: "目录中没有事项 \(code.prefix(40))", en: "the catalogue has no item \(code.prefix(40))",
                    hint: inForce.catalogue.items.map(\.code).joined(separator: ", "))
            }
            return try terms(item, edition: newest.digest, actor: actor, tx)
        }
    }

    func terms(_ item: CatalogueItem, edition: Digest, actor: Actor, _ tx: ReadTransaction) throws -> RecordTerms {
        try check(actor)
        return RecordTerms(
            item: item, editions: try editions(for: actor, catalogue: edition, tx), actor: actor,
            audience: actor.reviewer == nil ? .local : .lineage(of: path, upTo: min(Int(item.upToTier), path.depth)),
            proven: catalogue(edition, tx)?.item(item.number)?.item)
    }

    /// The editions a new record names: the catalogue's, and the unit registry's once there is one, in which the
    /// acting unit must work here.
    /// - Throws: ``NodeRefusal`` for a unit that does not.
    func editions(for actor: Actor, catalogue: Digest, _ tx: ReadTransaction) throws -> [Digest] {
        guard let newest = try tx.newestEdition(.units), case .units(let registry)? = edition(newest.digest, tx) else { return [catalogue] }
        guard let code = CreditCode(actor.unit), registry.isCompetent(code, at: path, on: environment.today) else {
            let here = registry.units(at: path).map { "\($0.code.text) \($0.name)" }
            throw NodeRefusal(
                .refused, "unit-not-competent", zh: "单位 \(actor.unit) 未登记在本节点办理业务", en: "unit \(actor.unit) is not registered to work at this node",
                hint: here.isEmpty ? "creditnode export-edition units" : "本节点的单位 / units of this node: \(here.prefix(5).joined(separator: "；"))")
        }
        return [catalogue, newest.digest]
    }

    static var noCatalogue: NodeRefusal {
        NodeRefusal(
            .refused, "no-catalogue", zh: "尚未收到信用信息目录，无法校验记录", en: "no catalogue edition is held yet, so rows cannot be checked",
            hint: "启动 serve 与上级连接一次即可收到目录 / run `creditnode serve` once with a line to the parent")
    }
}
