import Registry
import Replication
import Storage

extension Node {
    /// Enters this node's effective records of an item into the wider audience that the newest catalogue
    /// gives it: each as a new change that carries the whole state, naming only what that audience can see.
    /// What the narrower audience holds is never re-addressed; an audience never narrows.
    ///
    /// In batches, each a transaction of its own; interrupted, it goes on where it stopped.
    /// - Returns: how many records were entered, and how many stood there already.
    /// - Throws: ``NodeRefusal``: no such item, no reviewer.
    package func widen(item code: String, actor: Actor) throws -> (entered: Int, already: Int) {
        try check(actor)
        guard actor.reviewer != nil else {
            throw NodeRefusal(.refused, "four-eyes", zh: "扩大报送范围须经另一人审核", en: "entering a wider audience needs a reviewer", hint: "--reviewer")
        }
        let (edition, catalogue) = try currentCatalogue()
        guard let item = catalogue.item(code: code) else {
            throw NodeRefusal(.notFound, "no-such-item", zh: "目录中没有事项 \(code)", en: "the catalogue has no item \(code)", hint: catalogue.items.map(\.code).joined(separator: ", "))
        }
        let editions = try store.read { try self.editions(for: actor, catalogue: edition, $0) }
        let audience = Audience.lineage(of: path, upTo: min(Int(item.upToTier), path.depth))
        var result = (entered: 0, already: 0)
        var after: Dot?
        while true {
            let filter = RecordFilter(home: path, item: item.number, validity: .effective, after: after, limit: 500)
            let rows = try store.read { try $0.records(filter) }
            guard let last = rows.last else { return result }
            let entered = try widen(rows, to: audience, editions: editions, actor)
            result.entered += entered
            result.already += rows.count - entered
            after = last.id
        }
    }

    private func widen(_ rows: [RecordRow], to audience: Audience, editions: [Digest], _ actor: Actor) throws -> Int {
        try writing { tx -> ([Dot], LedgerTip?) in
            var changes: [Change] = []
            for row in rows {
                let held = try ownRecord(row.id, tx)
                guard held.audience.width < audience.width else { continue }
                changes.append(
                    Change(record: row.id, actor: actor, capturedAt: environment.now(), editions: editions, kind: .recordState(held.state)))
            }
            if changes.isEmpty { return ([], nil) }
            let written = try append(changes, to: audience, lane: .ordinary, tx)
            return (written.dots, written.tip)
        }.count
    }
}
