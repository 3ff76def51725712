import Registry
import Replication
import Storage

/// A decision about the subject of a look-up of which there is more to say than that it stands.
package struct MarkedRecord: Sendable, Hashable {
    /// nil where it is masked: whether it is about this subject at all is being checked (M4).
    package let record: Dot?
    /// Code of the item; empty where it is masked.
    package let item: String
    package let document: String
    package let label: RecordLabel
    /// Stable names, in the order of ``RecordView/marks``.
    package let marks: [String]
    /// Code of the authority that decides about it, and its name where a registry is held.
    package let authority: String
    package let authorityName: String
    /// It counts among the effective ones.
    package let isCounted: Bool

    package var isMasked: Bool { record == nil }
}

/// Decisions that look-ups resolved, good while nothing was written and the day is the same.
struct ResolvedRecords: Sendable {
    static let most = 4096

    var day: CivilDate
    /// By each record of the decision; nil: not to be spoken of.
    var records: [Dot: (id: Dot, marked: MarkedRecord?)] = [:]

    mutating func turn(to today: CivilDate) {
        if day != today || records.count >= Self.most { self = ResolvedRecords(day: today) }
    }
}

/// What look-ups find of records.
struct HeldRecords {
    var counts: [(item: String, count: Int)] = []
    var marked: [MarkedRecord] = []
    var isCut = false

    /// Of another code of the same organisation.
    mutating func add(_ other: HeldRecords) {
        for one in other.counts {
            if let index = counts.firstIndex(where: { $0.item == one.item }) { counts[index].count += one.count } else { counts.append(one) }
        }
        marked += other.marked
        isCut = isCut || other.isCut
    }
}

extension Node {
    /// Most decisions that one answer resolves.
    static let resolvedAtOnce = 64

    /// Plain records are counted; those that were acted on, or share a natural key with another, are resolved.
    func records(of subject: String, on today: CivilDate, _ facts: inout LookupFacts, _ tx: ReadTransaction) throws -> HeldRecords {
        var held = HeldRecords()
        var counts = try tx.recordCounts(subject: subject)
        if !counts.isEmpty, try tx.anyOptOut() {
            let wish = identity.federationKeys.optOutDigest(subject)
            counts = try counts.filter { try !tx.hasOptOut(subject: wish, item: $0.item) }
        }
        let acted = try tx.actedRecords(subject: subject, limit: Self.resolvedAtOnce + 1)
        held.isCut = acted.count > Self.resolvedAtOnce
        var met: Set<Dot> = []
        for record in acted.prefix(Self.resolvedAtOnce) {
            facts.resolved.turn(to: today)
            let (id, marked, item) = try resolved(record, today, &facts, tx)
            guard met.insert(id).inserted, let marked else { continue }
            if marked.isCounted {
                if let index = counts.firstIndex(where: { $0.item == item }) { counts[index].count += 1 } else { counts.append((item, 1)) }
            }
            if marked.isMasked || !marked.marks.isEmpty { held.marked.append(marked) }
        }
        held.counts = counts.map { (item: facts.items[$0.item] ?? "\($0.item)", count: $0.count) }
        return held
    }

    private func resolved(_ record: Dot, _ today: CivilDate, _ facts: inout LookupFacts, _ tx: ReadTransaction) throws -> (id: Dot, marked: MarkedRecord?, item: UInt32) {
        let row = try tx.record(record)
        if let kept = facts.resolved.records[record] { return (kept.id, kept.marked, row?.item ?? 0) }
        let view = try view(of: record, asOf: today, tx)
        let marked = try marked(view, facts, tx)
        for member in [view.id] + view.aliases { facts.resolved.records[member] = (view.id, marked) }
        return (view.id, marked, view.item)
    }

    private func marked(_ view: RecordView, _ facts: LookupFacts, _ tx: ReadTransaction) throws -> MarkedRecord? {
        // Withdrawn, purged, not yet effective: nothing is told (P4, M43).
        guard view.validity == .effective, view.shown.label != .purged, !view.shown.reasons.contains(.purged), !view.shown.reasons.contains(.optedOut) else { return nil }
        let item = try? item(of: view, tx)
        let authority = view.authority(item), marks = view.marks
        let name = try CreditCode(authority).flatMap { try registry(tx)?.unit($0)?.name } ?? ""
        if marks.contains(RecordView.identityMark) {
            return MarkedRecord(
                record: nil, item: "", document: "", label: view.shown.label, marks: [RecordView.identityMark], authority: authority, authorityName: name, isCounted: false)
        }
        return MarkedRecord(
            record: view.id, item: facts.items[view.item] ?? "\(view.item)", document: view.text(item?.roles.documentNumber), label: view.shown.label, marks: marks,
            authority: authority, authorityName: name, isCounted: !view.repair.stopsPublication)
    }

    /// What a line told that was not in the subject's favour is found again when relief comes.
    func note(_ result: LookupResult, _ question: LookupQuestion, at line: Int64, _ tx: WriteTransaction) throws {
        if !result.records.isEmpty || result.marked.contains(where: { !$0.isMasked }) {
            for key in [question.key] + result.aliases { try tx.tell(key, .records, line: line) }
        }
        for list in result.lists { for hit in list.hits { try tx.tell(hit.subject, .entries, line: line) } }
    }
}

extension LookupResult {
    /// What stands in the log: everything that was told but texts.
    var logText: String {
        var text = lists.map { "\($0.list?.opened.code ?? "-")=\($0.verdict.rawValue)" }.joined(separator: " ")
        for held in records { text += " \(held.item):\(held.count)" }
        for list in lists { for hit in list.hits { if let marks = list.marks[hit.id] { text += " \(list.list?.opened.code ?? "-")+\(marks.joined(separator: "+"))" } } }
        for one in marked { text += " \(one.record.map(\.short) ?? "-")!\(one.marks.joined(separator: "+"))" }
        return text
    }
}

extension RecordView {
    package static let identityMark = "identity-under-check"

    /// What whoever uses the record must know, by stable names (rules.md 3.7); never a judgement.
    package var marks: [String] {
        var marks: [String] = []
        let reasons = shown.reasons
        if reasons.contains(.identity) { marks.append(Self.identityMark) }
        if !conflicts.isEmpty { marks.append("conflict") }
        if cases.contains(where: \.isOpen) { marks.append(dispute == .underReview ? "under-review" : "disputed") }
        if reasons.contains(.upheld) { marks.append("objection-upheld") }
        if !litigation.isEmpty { marks.append("litigation") }
        switch repair {
        case .repaired: marks.append("repaired")
        case .provisional: marks.append("repaired-provisionally")
        case .withdrawn: marks.append("repair-withdrawn")
        case .unnecessary: marks.append("repair-unnecessary")
        case .none, .applied, .refused: break
        }
        if isCorrected { marks.append("corrected") }
        if reasons.contains(.expired) { marks.append("expired") }
        if reasons.contains(where: { $0.isSuspension }) { marks.append("suspended") }
        if reasons.contains(.commitment) { marks.append("commitment-under-check") }
        return marks
    }
}

extension PublicationReason {
    /// A person stopped publication, or what stands is in doubt for another reason than the ones that have marks of their own.
    fileprivate var isSuspension: Bool {
        switch self {
        case .byHand, .suspendedByHand, .overdueObjection, .contradiction, .repairInDoubt, .separated, .returned: true
        case .notEffective, .disclosure, .person, .noPeriod, .optedOut, .purged, .revoked, .repaired, .expired, .identity, .conflict, .upheld, .commitment: false
        }
    }
}
