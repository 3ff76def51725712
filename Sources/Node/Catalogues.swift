import Registry
import Replication
import Storage

extension Node {
    /// Publishes a catalogue edition. Only the root does; the shipped one is published at `init`.
    /// - Throws: ``NodeRefusal``: not the root, faults in the catalogue, number not above the newest held.
    package func publishCatalogue(_ catalogue: Catalogue, actor: Actor) throws -> Dot {
        try check(actor)
        guard path.depth == 1 else {
            throw NodeRefusal(.refused, "not-competent", zh: "只有根节点发布目录", en: "only the root publishes a catalogue; propose it upward")
        }
        let faults = catalogue.faults()
        guard faults.isEmpty else {
            throw NodeRefusal(.badInput, "catalogue-faults", zh: "目录有误：\(faults.joined(separator: "；"))", en: "faults in the catalogue: \(faults.joined(separator: "; "))")
        }
        return try writing { tx in
            if let newest = try tx.newestCatalogue(), newest.number >= catalogue.number {
                throw NodeRefusal(.refused, "older-edition", zh: "已有第 \(newest.number) 版目录", en: "edition \(newest.number) is held already")
            }
            return try issue([.catalogue(catalogue)], actor, to: .published, tx)
        }[0]
    }
}
