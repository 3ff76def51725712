import Registry

/// A list as the fold of its add and remove changes (rules.md P4, M25): a removal is absorbing for the
/// subject and decision document it names, in whatever order the two arrive; a new adverse effect
/// needs a new document, and a notice of grounds where the subject was removed before (M26). This is what is meant; Storage
/// answers single questions of it by joins, and tests hold the two side by side.
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
    /// - Parameter noticeRequired: of the list: no entry stands without a notice.
    package static func standing(entries: [Entry], removals: [ListRemoval], noticeRequired: Bool = false) -> [Entry] {
        var result: [Entry] = []
        for entry in live(entries, removals) where !isPending(entry, removals, noticeRequired) {
            let key = Key(subject: entry.entry.subject, document: entry.entry.document)
            if let last = result.last, Key(subject: last.entry.subject, document: last.entry.document) == key { continue }
            result.append(entry)
        }
        return result
    }

    /// Entries that wait for a notice of grounds, in the same order.
    package static func pending(entries: [Entry], removals: [ListRemoval], noticeRequired: Bool = false) -> [Entry] {
        live(entries, removals).filter { isPending($0, removals, noticeRequired) }
    }

    private static func live(_ entries: [Entry], _ removals: [ListRemoval]) -> [Entry] {
        let removed = Set(removals.map { Key(subject: $0.subject, document: $0.document) })
        return entries.sorted(by: precedes).filter { !removed.contains(Key(subject: $0.entry.subject, document: $0.entry.document)) }
    }

    private static func isPending(_ entry: Entry, _ removals: [ListRemoval], _ noticeRequired: Bool) -> Bool {
        guard entry.entry.notice == nil else { return false }
        return noticeRequired || removals.contains { $0.subject == entry.entry.subject && $0.document != entry.entry.document }
    }

    private static func precedes(_ a: Entry, _ b: Entry) -> Bool {
        if a.entry.subject != b.entry.subject { return a.entry.subject < b.entry.subject }
        if a.entry.document != b.entry.document { return a.entry.document.utf8.lexicographicallyPrecedes(b.entry.document.utf8) }
        return a.id < b.id
    }
}
