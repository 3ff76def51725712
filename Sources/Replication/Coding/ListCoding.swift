import Foundation
import Registry

extension ListOpened {
    var wire: WireListOpened {
        var wire = WireListOpened()
        wire.code = code
        wire.title = title
        wire.basis = basis
        wire.authority = authority
        wire.maxAge = maxAge
        wire.listKind = kind.rawValue
        wire.noticeRequired = noticeRequired
        return wire
    }

    init(_ wire: WireListOpened) throws(CodingFault) {
        guard let kind = ListKind(rawValue: wire.listKind) else { throw CodingFault("unknown kind of list \(wire.listKind)") }
        self.init(
            code: wire.code, title: wire.title, basis: wire.basis, authority: wire.authority, maxAge: wire.maxAge, kind: kind, noticeRequired: wire.noticeRequired)
    }
}

extension ListEntry {
    var wire: WireListEntry {
        var wire = WireListEntry()
        wire.list = list.wire
        wire.subject = subject.wire
        wire.name = name
        wire.document = document
        wire.authority = authority
        wire.since = since.daysSinceEpoch
        if let until { wire.until = until.daysSinceEpoch }
        if let notice { wire.notice = notice.wire }
        if let proposal { wire.proposal = proposal.wire }
        return wire
    }

    init(_ wire: WireListEntry) throws(CodingFault) {
        guard let since = CivilDate(daysSinceEpoch: Int(wire.since)) else { throw CodingFault("a list entry without a date") }
        var until: CivilDate?
        if wire.until != 0 {
            guard let date = CivilDate(daysSinceEpoch: Int(wire.until)) else { throw CodingFault("a list entry with an impossible end") }
            until = date
        }
        self.init(
            list: try Dot(wire.list), subject: try SubjectKey(wire.subject), name: wire.name, document: wire.document,
            authority: wire.authority, since: since, until: until, notice: wire.hasNotice ? try ListNotice(wire.notice) : nil,
            proposal: wire.hasProposal ? try Dot(wire.proposal) : nil)
    }
}

extension ListRemoval {
    var wire: WireListRemoval {
        var wire = WireListRemoval()
        wire.list = list.wire
        wire.subject = subject.wire
        wire.document = document
        wire.authority = authority
        wire.reason = reason
        return wire
    }

    init(_ wire: WireListRemoval) throws(CodingFault) {
        self.init(
            list: try Dot(wire.list), subject: try SubjectKey(wire.subject), document: wire.document,
            authority: wire.authority, reason: wire.reason)
    }
}

extension ListEdition {
    var wire: WireListEdition {
        var wire = WireListEdition()
        wire.list = list.wire
        wire.number = number
        wire.entries = entries
        wire.digest = digest.data
        wire.epoch = epoch
        wire.persons = persons
        if let keyCheck { wire.keyCheck = keyCheck.data }
        return wire
    }

    init(_ wire: WireListEdition) throws(CodingFault) {
        guard wire.keyCheck.isEmpty == (wire.epoch == 0) else { throw CodingFault("a list edition has a key check iff it has an epoch") }
        self.init(
            list: try Dot(wire.list), number: wire.number, entries: wire.entries, digest: try Digest(wire: wire.digest, "a list edition"),
            epoch: wire.epoch, persons: wire.persons, keyCheck: wire.epoch == 0 ? nil : try Digest(wire: wire.keyCheck, "a key check"))
    }
}

extension ListDigests {
    var wire: WireListDigests {
        var wire = WireListDigests()
        wire.list = list.wire
        wire.epoch = epoch
        wire.replica = replica.wire
        wire.entries = entries.map(\.counter)
        wire.digests = Data(entries.flatMap(\.digest.bytes))
        wire.reason = reason
        return wire
    }

    init(_ wire: WireListDigests) throws(CodingFault) {
        let count = wire.entries.count
        guard (1...Self.maximumEntries).contains(count), wire.digests.count == Digest.byteCount * count, wire.epoch > 0 else {
            throw CodingFault("\(count) entries with \(wire.digests.count) bytes of digests under epoch \(wire.epoch)")
        }
        let bytes = Array(wire.digests)
        var entries: [(counter: UInt64, digest: Digest)] = []
        entries.reserveCapacity(count)
        for (index, counter) in wire.entries.enumerated() {
            guard counter > entries.last?.counter ?? 0, counter < 1 << 62, let digest = Digest(bytes[Digest.byteCount * index..<Digest.byteCount * (index + 1)]) else {
                throw CodingFault("counters of entries ascend from 1")
            }
            entries.append((counter, digest))
        }
        self.init(list: try Dot(wire.list), epoch: wire.epoch, replica: try ReplicaID(wire.replica), entries: entries, reason: wire.reason)
    }
}
