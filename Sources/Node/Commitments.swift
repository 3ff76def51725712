import Registry
import Replication
import Storage

/// A commitment and whether it was kept.
package struct CommitmentLine: Sendable {
    package let view: RecordView
    package let item: CatalogueItem
    /// Last day to keep it; nil = without a term.
    package let due: CivilDate?
    /// Over, and nobody has said that it was kept.
    package let isOverdue: Bool
}

extension Node {
    /// Commitments (信用承诺) held here whose term ends up to a day and that nobody declared kept or broken, soonest first; those
    /// under check (M42) too.
    /// - Parameters:
    ///   - home: only those of a node and below it.
    ///   - limit: at most so many.
    package func commitmentsDue(through day: CivilDate, home: NodePath? = nil, limit: Int = 500) throws -> [CommitmentLine] {
        let today = environment.today
        return try store.read { tx in
            guard let newest = try tx.newestEdition(.catalogue), let catalogue = catalogue(newest.digest, tx)?.catalogue else { return [] }
            var lines: [CommitmentLine] = [], met: Set<Dot> = []
            for item in catalogue.items where item.kind == .commitment {
                var after: Dot?
                while true {
                    let page = try tx.records(RecordFilter(item: item.number, validity: .effective, after: after, limit: 256))
                    for row in page where home.map({ $0.isAncestorOrSelf(of: row.home) }) ?? true {
                        guard let line = try commitment(row, today, tx), met.insert(line.view.id).inserted, let due = line.due, due <= day else { continue }
                        switch line.view.fulfilment {
                        case .none, .underCheck: lines.append(line)
                        case .fulfilled, .broken: break
                        }
                    }
                    guard page.count == 256, let last = page.last else { break }
                    after = last.id
                }
            }
            return Array(lines.sorted { ($0.due ?? .latest, $0.view.id) < ($1.due ?? .latest, $1.view.id) }.prefix(limit))
        }
    }

    private func commitment(_ row: RecordRow, _ today: CivilDate, _ tx: ReadTransaction) throws -> CommitmentLine? {
        let view = try view(of: row.id, asOf: today, tx)
        guard let item = view.edition.flatMap({ catalogue($0, tx) })?.item(view.item)?.item else { return nil }
        var due: CivilDate?
        if let number = item.roles.validTo, case .date(let date)? = view.fields.first(where: { $0.number == number })?.value { due = date }
        return CommitmentLine(view: view, item: item, due: due, isOverdue: view.fulfilment == .none && (due.map { $0 < today } ?? false))
    }
}
