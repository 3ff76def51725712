import Registry
import Replication
import Sealing
import Storage

extension Node {
    /// Counts every list anew from its rows, and compares with what is kept beside them.
    func verifyLists(_ tx: ReadTransaction, _ result: inout Verification) throws {
        for list in try tx.lists() {
            let kept = try tx.listState(list.id)
            let newest = try tx.newestEdition(of: list.id)?.change
            var counted = ListStateRow()
            try tx.eachEntry(of: list.id) { row in
                guard row.published else {
                    if !row.removed { counted.counts.staged += 1 }
                    return
                }
                let element = Expansion.listElement(
                    ListElement.entry(
                        id: row.id, subject: row.subject, name: row.name, document: row.document, authority: row.authority, since: row.since, until: row.until))
                counted.added.add(element)
                counted.counts.published += 1
                if row.removed { counted.counts.removed += 1 }
                if row.isListedPerson { counted.counts.persons += 1 }
                if row.isListedPerson, row.person != nil { counted.counts.known += 1 }
                if let newest, row.change.replica == newest.replica, row.change.counter > newest.counter {
                    counted.beyond.add(element)
                    counted.counts.beyond += 1
                }
            }
            counted.removals = kept.removals
            counted.counts.confirmed = kept.counts.confirmed
            if counted != kept {
                result.add("list \(list.opened.code)", "list-state", "counts or set hash differ from the entries held; creditnode rebuild")
            }
        }
    }
}
