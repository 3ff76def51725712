import Registry
import Replication
import Storage

extension Node {
    /// What ``record(_:item:edition:actor:)`` would make of a batch, with nothing written. Rows of earlier batches of the
    /// same file are not seen: they were not written either.
    /// - Throws: ``NodeRefusal`` for a bad actor; ``StorageError``.
    package func check(_ rows: [ValidRecord], item: CatalogueItem, actor: Actor) throws -> [RowFate] {
        try check(actor)
        let validity: Validity = actor.reviewer == nil ? .draft : .effective
        let states = try rows.map { try state(of: $0, validity: validity) }
        let keys = states.map { naturalKeyBytes($0, item: item, id: nil) }
        var cache = BodyCache()
        return try store.read { tx in
            var fates: [RowFate] = []
            var seen: [[UInt8]: Int] = [:]
            for (index, state) in states.enumerated() {
                if let fate = try barred(subject: state.subject.lookupText, item: state.item, keys[index], tx) {
                    fates.append(fate)
                    continue
                }
                if let earlier = seen[keys[index]] {
                    fates.append(compare(state, states[earlier], record: nil))
                    continue
                }
                seen[keys[index]] = index
                guard try tx.hasRecord(naturalKey: keys[index]), let held = try tx.records(naturalKey: keys[index]).first else {
                    fates.append(validity == .draft ? .draft : .effective)
                    continue
                }
                if held.validity == .revoked { fates.append(.revoked(record: held.id)); continue }
                guard case .recordState(let standing)? = try cache.change(held.state, self, tx)?.kind else {
                    fates.append(.differs(record: held.id, fields: []))
                    continue
                }
                let fate = compare(state, standing, record: held.id)
                let enters = fate == .unchanged && standing.validity == .draft && validity == .effective && held.id.replica.path == path
                fates.append(try !enters ? fate : isReturned(held.id, tx) ? .returned(record: held.id) : .effective)
            }
            return fates
        }
    }
}
