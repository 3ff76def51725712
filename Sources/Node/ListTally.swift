import Registry
import Replication
import Sealing
import Storage

/// Applies changes of lists to the projection, and keeps counts and set hashes of each list beside the rows, so
/// that publishing, checking an edition and looking up never read a list as a whole.
///
/// Everything it keeps is a function of the changes held: the state that stands for an entry id is that of the
/// smallest dot, a removal counts once for its subject and document, and what is later than the newest edition
/// follows from dots alone.
final class ListTally {
    private struct Entry {
        var state: ListStateRow
        /// The change of the newest edition.
        var newest: Dot?
        var edition: ListEditionRow?
    }

    private let tx: WriteTransaction
    private var lists: [Dot: Entry] = [:]

    init(tx: WriteTransaction) { self.tx = tx }

    /// Forgets what an earlier change set left: it may have been rolled back.
    func begin() { lists = [:] }

    /// Writes the states, and whether the entries are those of the newest edition.
    func flush() throws {
        for (list, entry) in lists.sorted(by: { $0.key < $1.key }) {
            var state = entry.state
            state.counts.confirmed = entry.edition.map { isConfirmed(list, state, $0) } ?? false
            try tx.put(state, of: list)
            // Digests of older epochs have done their work once those of the edition's epoch are complete.
            if let edition = entry.edition, edition.epoch > 1, state.counts.confirmed, try isComplete(list, edition) {
                try tx.dropDigests(of: list, before: edition.epoch)
            }
        }
        lists = [:]
    }

    private func isConfirmed(_ list: Dot, _ state: ListStateRow, _ edition: ListEditionRow) -> Bool {
        guard let spokenOf = UInt64(exactly: state.counts.published - state.counts.beyond), spokenOf == edition.entries else { return false }
        var spoken = state.added
        spoken.subtract(state.beyond)
        return spoken.editionDigest(list: list, entries: edition.entries) == edition.digest
    }

    private func isComplete(_ list: Dot, _ edition: ListEditionRow) throws -> Bool {
        let coverage = try tx.coverage(of: list, epoch: edition.epoch)
        return UInt64(exactly: coverage.covered - coverage.beyond) == edition.persons
    }

    private func load(_ list: Dot) throws -> Entry {
        if let entry = lists[list] { return entry }
        let edition = try tx.newestEdition(of: list)
        return Entry(state: try tx.listState(list), newest: edition?.change, edition: edition)
    }

    private func isBeyond(_ change: Dot, _ entry: Entry) -> Bool {
        guard let newest = entry.newest else { return false }
        return change.replica == newest.replica && change.counter > newest.counter
    }

    // MARK: - Changes

    /// A draft of this node, or the number and name behind a published entry that came back without them.
    func stage(_ entry: ListEntry, id: Dot, change: Dot) throws {
        var own = try load(entry.list)
        let held = try tx.entries(id: id)
        let person = personKey(entry.subject).map { (key: $0, draft: change) }
        if let published = held.first(where: \.published) {
            guard let person, published.person == nil else { return }
            try tx.setPerson(person.key, draft: person.draft, ofEntry: id)
            if published.isListedPerson { own.state.counts.known += 1 }
        } else if held.isEmpty {
            try tx.put(entry, id: id, change: change, published: false, person: person)
            if try !tx.isRemoved(entry.list, subject: entry.subject.lookupText, document: entry.document) { own.state.counts.staged += 1 }
        }
        lists[entry.list] = own
    }

    func publish(_ entry: ListEntry, id: Dot, change: Dot) throws {
        var own = try load(entry.list)
        var person: (key: String, draft: Dot)?
        for held in try tx.entries(id: id) {
            if let key = held.person, let draft = held.draft { person = (key, draft) }
            // An author may have used the id in another list of its own: that list's counts change, not this one's.
            var other = held.list == entry.list ? own : try load(held.list)
            if held.published {
                // The smallest dot stands, whichever came first.
                guard change < held.change else { return }
                withdraw(held, &other)
            } else if !held.removed {
                other.state.counts.staged -= 1
            }
            if held.list == entry.list { own = other } else { lists[held.list] = other }
            try tx.dropEntry(id, published: held.published)
        }
        try tx.put(entry, id: id, change: change, published: true, person: person)
        let subject = entry.subject.lookupText
        let element = Expansion.listElement(
            ListElement.entry(
                id: id, subject: subject, name: entry.name, document: entry.document, authority: entry.authority, since: entry.since, until: entry.until))
        own.state.added.add(element)
        own.state.counts.published += 1
        if isBeyond(change, own) {
            own.state.beyond.add(element)
            own.state.counts.beyond += 1
        }
        if try tx.isRemoved(entry.list, subject: subject, document: entry.document) { own.state.counts.removed += 1 }
        if case .listed(let listed) = entry.subject {
            own.state.counts.persons += 1
            if person != nil { own.state.counts.known += 1 }
            try digest(listed.digest, epoch: listed.epoch, entry: id, list: entry.list, change: change, own)
        }
        lists[entry.list] = own
    }

    /// Takes a published state out of counts and hashes, before another one replaces it.
    private func withdraw(_ row: ListEntryRow, _ own: inout Entry) {
        let element = Expansion.listElement(
            ListElement.entry(
                id: row.id, subject: row.subject, name: row.name, document: row.document, authority: row.authority, since: row.since, until: row.until))
        own.state.added.remove(element)
        own.state.counts.published -= 1
        if isBeyond(row.change, own) {
            own.state.beyond.remove(element)
            own.state.counts.beyond -= 1
        }
        if row.removed { own.state.counts.removed -= 1 }
        if row.isListedPerson {
            own.state.counts.persons -= 1
            if row.person != nil { own.state.counts.known -= 1 }
        }
    }

    func remove(_ removal: ListRemoval, change: Dot, published: Bool) throws {
        var own = try load(removal.list)
        let subject = removal.subject.lookupText
        if try !tx.isRemoved(removal.list, subject: subject, document: removal.document) {
            let counts = try tx.entryCounts(of: removal.list, subject: subject, document: removal.document)
            own.state.counts.removed += counts.published
            own.state.counts.staged -= counts.staged
            // What never left this node is no part of what nodes compare.
            if published { own.state.removals.add(Expansion.listElement(ListElement.removal(subject: subject, document: removal.document))) }
        }
        try tx.put(removal, change: change)
        lists[removal.list] = own
    }

    func checkpoint(_ edition: ListEdition, change: Dot, capturedAt: UInt64) throws {
        var own = try load(edition.list)
        try tx.put(edition, change: change, capturedAt: capturedAt)
        own.edition = try tx.newestEdition(of: edition.list)
        if own.edition?.change == change, own.newest != change {
            own.newest = change
            // A replica's changes arrive in order: all of its entries held are earlier than this edition.
            own.state.beyond = .empty
            own.state.counts.beyond = 0
            try tx.nothingBeyond(edition.list)
        }
        lists[edition.list] = own
    }

    func add(_ digests: ListDigests, change: Dot) throws {
        let own = try load(digests.list)
        for entry in digests.entries {
            try digest(
                entry.digest, epoch: digests.epoch, entry: Dot(replica: digests.replica, counter: entry.counter), list: digests.list, change: change, own)
        }
        lists[digests.list] = own
    }

    private func digest(_ digest: Digest, epoch: UInt32, entry: Dot, list: Dot, change: Dot, _ own: Entry) throws {
        if let edition = own.edition, epoch < edition.epoch, try isComplete(list, edition) { return }
        guard try tx.putDigest(digest, epoch: epoch, entry: entry, list: list) else { return }
        try tx.countDigest(of: list, epoch: epoch, isBeyond: isBeyond(change, own))
    }

    private func personKey(_ subject: SubjectKey) -> String? {
        switch subject {
        case .person: subject.lookupText
        case .organisation, .unregistered, .listed: nil
        }
    }
}

extension Expansion {
    /// One element of a list's set hash.
    static func listElement(_ bytes: [UInt8]) -> [UInt8] { shake128(bytes, count: SetHash.byteCount) }
}

extension SetHash {
    /// What a list edition's digest is.
    func editionDigest(list: Dot, entries: UInt64) -> Digest {
        OpenSSLPrimitives().digest(.ed25519SHA256, of: editionMessage(list: list, entries: entries))
    }
}
