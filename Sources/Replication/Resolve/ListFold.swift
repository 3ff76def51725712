import Registry

/// A list as the fold of its add and remove changes (rules.md P4, M25): a removal is absorbing for the
/// subject and decision document it names, in whatever order the two arrive; a new adverse effect
/// needs a new document. This is what is meant; Storage answers single questions of it by a join, and tests hold
/// the two side by side.
package struct ListFold: Sendable {
    package struct Entry: Sendable, Hashable {
        package let id: Dot
        package let entry: ListEntry
        package init(id: Dot, entry: ListEntry) { (self.id, self.entry) = (id, entry) }
    }

    package struct Key: Hashable, Sendable {
        package let subject: String
        package let document: String
        package init(subject: SubjectKey, document: String) { (self.subject, self.document) = (subject.lookupText, document) }
    }

    /// The standing entries, ascending by subject, document and id; one per subject and document.
    package static func standing(entries: [Entry], removals: [ListRemoval]) -> [Entry] {
        let removed = Set(removals.map { Key(subject: $0.subject, document: $0.document) })
        var result: [Entry] = []
        for entry in entries.sorted(by: precedes) {
            let key = Key(subject: entry.entry.subject, document: entry.entry.document)
            if removed.contains(key) { continue }
            if let last = result.last, Key(subject: last.entry.subject, document: last.entry.document) == key { continue }
            result.append(entry)
        }
        return result
    }

    private static func precedes(_ a: Entry, _ b: Entry) -> Bool {
        if a.entry.subject != b.entry.subject { return a.entry.subject < b.entry.subject }
        if a.entry.document != b.entry.document { return a.entry.document.utf8.lexicographicallyPrecedes(b.entry.document.utf8) }
        return a.id < b.id
    }
}
