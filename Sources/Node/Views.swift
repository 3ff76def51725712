import Registry
import Replication
import Storage

/// Everything held of one decision: what `resolve` takes.
struct GatheredDecision {
    /// Rows of the records, ascending by id: those that share a natural key, and those linked to them.
    var rows: [RecordRow] = []
    /// Accepted changes of those records.
    var changes: [HeldChange] = []
    var naturalKeys: [Dot: [UInt8]] = [:]

    /// Of what was gathered, one decision.
    func only(_ view: RecordView) -> GatheredDecision {
        let members = Set([view.id] + view.aliases)
        return GatheredDecision(
            rows: rows.filter { members.contains($0.id) }, changes: changes.filter { members.contains($0.record) }, naturalKeys: naturalKeys.filter { members.contains($0.key) })
    }
}

extension RecordView {
    /// Whether it is of the same decision as another, whichever of its records speaks for it.
    fileprivate func isOf(_ other: RecordView) -> Bool { other.id == id || other.aliases.contains(id) }
}

extension Node {
    /// What is shown here of the decision a record belongs to, all its duplicates included, on a day.
    /// - Parameter asOf: UTC+8; nil = today by this node's clock. Only the label, publication and deadlines read it.
    /// - Throws: ``NodeRefusal`` when the record is not held.
    package func view(of record: Dot, asOf: CivilDate? = nil) throws -> RecordView {
        try store.read { try view(of: record, asOf: asOf, $0) }
    }

    func view(of record: Dot, asOf: CivilDate? = nil, _ tx: ReadTransaction) throws -> RecordView {
        guard let held = try gather(record, tx), let view = try view(held, containing: record, asOf: asOf, tx) else { throw try absent(record, tx) }
        return view
    }

    /// The views of the decisions that have this natural key (16 bytes, as indexed): more than one where a person
    /// separated records. Ascending by id; empty when none is held.
    func views(naturalKey: [UInt8], asOf: CivilDate? = nil, _ tx: ReadTransaction) throws -> [RecordView] {
        guard let first = try tx.records(naturalKey: naturalKey).first, let held = try gather(first.id, tx) else { return [] }
        return try views(held, asOf: asOf, tx)
    }

    func view(_ held: GatheredDecision, containing record: Dot, asOf: CivilDate?, _ tx: ReadTransaction) throws -> RecordView? {
        try views(held, asOf: asOf, tx).first { $0.id == record || $0.aliases.contains(record) }
    }

    /// What is gathered may be several decisions, which a person linked or separated: each stands under its own item, law and
    /// wishes, and a purge of one says nothing of the others.
    private func views(_ held: GatheredDecision, asOf: CivilDate?, _ tx: ReadTransaction) throws -> [RecordView] {
        let day = asOf ?? environment.today
        let views = resolve(held.changes, naturalKeys: held.naturalKeys, in: try circumstances(of: held, asOf: day, tx))
        guard views.count > 1 else { return views }
        return try views.map { view in
            let own = try circumstances(of: held.only(view), asOf: day, tx)
            return resolve(held.changes, naturalKeys: held.naturalKeys, in: own).first { $0.isOf(view) } ?? view
        }
    }

    /// Gathers a decision: the record, whatever shares its natural key, and whatever a person linked to any of them.
    /// - Returns: nil when no state of the record is accepted here.
    func gather(_ record: Dot, _ tx: ReadTransaction, _ bodies: BodyShelf = BodyShelf()) throws -> GatheredDecision? {
        guard try tx.record(record) != nil else { return nil }
        var held = GatheredDecision()
        var open = [record], met: Set<Dot> = [record]
        while let id = open.popLast() {
            guard let row = try tx.record(id) else { continue }
            held.rows.append(row)
            held.naturalKeys[id] = row.naturalKey
            for other in try tx.records(naturalKey: row.naturalKey) where met.insert(other.id).inserted { open.append(other.id) }
            for dot in [id] + (try tx.changes(of: id)) {
                guard try tx.pending(dot) == nil, let one = try bodies.cache.held(dot, self, tx) else { continue }
                let change = HeldChange(dot: dot, change: one.change, audience: one.audience)
                // A link stands with both records; it is gathered with the one it is written on.
                if change.record == id { held.changes.append(change) }
                if case .act(.identity(let link)) = one.change.kind {
                    for other in [link.other, change.record] where met.insert(other).inserted { open.append(other) }
                }
            }
        }
        held.rows.sort { $0.id < $1.id }
        return held
    }

    static func noRecord(_ id: Dot) -> NodeRefusal {
        NodeRefusal(.notFound, "no-such-record", zh: "本节点没有记录 \(id)", en: "record \(id) is not held here", hint: "creditnode records")
    }
}
