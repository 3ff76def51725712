import Registry

package struct ListOpened: Sendable, Hashable {
    package var code: String
    package var title: String
    /// Legal basis; a list without one cannot exist.
    package var basis: String
    /// Unit code of the authority competent for the list.
    package var authority: String
    /// Seconds a freshness statement stays valid.
    package var maxAge: UInt32
    package var kind: ListKind
    /// An entry without notice of grounds stays pending (T19).
    package var noticeRequired: Bool

    package init(code: String, title: String, basis: String, authority: String, maxAge: UInt32, kind: ListKind = .other, noticeRequired: Bool = false) {
        self.kind = kind
        self.noticeRequired = noticeRequired
        self.code = code
        self.title = title
        self.basis = basis
        self.authority = authority
        self.maxAge = maxAge
    }
}

/// An entry is a record of its own.
package struct ListEntry: Sendable, Hashable {
    package var list: Dot
    package var subject: SubjectKey
    package var name: String
    /// Normalised number of the decision.
    package var document: String
    package var authority: String
    package var since: CivilDate
    /// nil = until removed.
    package var until: CivilDate?
    package var notice: ListNotice?
    /// That it follows.
    package var proposal: Dot?

    package init(
        list: Dot, subject: SubjectKey, name: String, document: String, authority: String, since: CivilDate, until: CivilDate?, notice: ListNotice? = nil,
        proposal: Dot? = nil
    ) {
        self.notice = notice
        self.proposal = proposal
        self.list = list
        self.subject = subject
        self.name = name
        self.document = document
        self.authority = authority
        self.since = since
        self.until = until
    }
}

/// Relief names what it relieves by itself, so that it acts even before the entry arrives.
package struct ListRemoval: Sendable, Hashable {
    package var list: Dot
    package var subject: SubjectKey
    package var document: String
    package var authority: String
    package var reason: String

    package init(list: Dot, subject: SubjectKey, document: String, authority: String, reason: String) {
        self.list = list
        self.subject = subject
        self.document = document
        self.authority = authority
        self.reason = reason
    }
}

/// A signed checkpoint of a list: which entries were published so far. It cannot undo a held removal, for it
/// says nothing of what stands.
package struct ListEdition: Sendable, Hashable {
    package var list: Dot
    /// From 1; greater than every number held.
    package var number: UInt64
    /// Published entries, removed ones included.
    package var entries: UInt64
    /// Digest of ``SetHash/editionMessage(list:entries:)`` over them.
    package var digest: Digest
    /// The list-key epoch by which persons are looked up; 0 = the list names no person.
    package var epoch: UInt32
    /// Entries with a digest of that epoch.
    package var persons: UInt64
    /// Tells the epoch's key from a wrong one; nil when `epoch` is 0.
    package var keyCheck: Digest?

    package init(list: Dot, number: UInt64, entries: UInt64, digest: Digest, epoch: UInt32 = 0, persons: UInt64 = 0, keyCheck: Digest? = nil) {
        self.list = list
        self.number = number
        self.entries = entries
        self.digest = digest
        self.epoch = epoch
        self.persons = persons
        self.keyCheck = keyCheck
    }
}

/// A person on a published list: a memory-hard digest under the list key of an epoch. Neither number nor name
/// travels with it (guarantee 7).
package struct ListedPerson: Sendable, Hashable {
    package var epoch: UInt32
    package var digest: Digest

    package init(epoch: UInt32, digest: Digest) { (self.epoch, self.digest) = (epoch, digest) }

    package var lookupText: String { "listed:\(epoch):\(digest)" }

    /// - Returns: nil for anything but what ``lookupText`` gives.
    package init?(lookupText: String) {
        let parts = lookupText.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "listed", let epoch = UInt32(parts[1]), epoch > 0, let digest = Hex.decode(String(parts[2])).flatMap({ Digest($0) })
        else { return nil }
        self.init(epoch: epoch, digest: digest)
    }
}

/// Entries of persons under a renewed list key. An entry keeps the subject it was published with, so that a
/// removal goes on naming the same thing.
///
/// Invariant: 1…``maximumEntries`` entries of one replica, counters ascending.
package struct ListDigests: Sendable, Hashable {
    package static let maximumEntries = 1000

    package var list: Dot
    package var epoch: UInt32
    package var replica: ReplicaID
    package var entries: [(counter: UInt64, digest: Digest)]
    /// Why the key was renewed.
    package var reason: String

    package init(list: Dot, epoch: UInt32, replica: ReplicaID, entries: [(counter: UInt64, digest: Digest)], reason: String) {
        self.list = list
        self.epoch = epoch
        self.replica = replica
        self.entries = entries
        self.reason = reason
    }

    package static func == (a: ListDigests, b: ListDigests) -> Bool {
        a.list == b.list && a.epoch == b.epoch && a.replica == b.replica && a.reason == b.reason && a.entries.elementsEqual(b.entries, by: ==)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(list)
        hasher.combine(epoch)
        for entry in entries { hasher.combine(entry.digest) }
    }
}
