import Registry
import Replication
import Storage

/// A look-up whose user must be told, and by when (M45).
package struct LookupNotice: Sendable {
    package let row: NoticeRow
    /// One working day after the relief arrived, or as the profile says; nil only beyond 2199.
    package let due: DueDate
    package let isOverdue: Bool
    /// Of the decision, where it is held; nil for a list.
    package let view: RecordView?
    package let item: CatalogueItem?
}

extension Node {
    /// Matches relief that came against the look-ups answered before it. Bounded; called again while it says true.
    /// - Returns: whether there is more.
    package func matchRelief(limit: Int = 256) throws -> Bool {
        guard try store.read({ try !$0.reliefArrivals(limit: 1).isEmpty }) else { return false }
        return try store.write { try matchRelief(limit: limit, $0) }
    }

    @discardableResult
    func matchRelief(limit: Int, _ tx: WriteTransaction) throws -> Bool {
        let arrivals = try tx.reliefArrivals(limit: limit)
        for arrival in arrivals {
            if try arrival.record == nil || hasEffect(arrival, tx) { try match(arrival, tx) }
            try tx.forget(arrival)
        }
        return arrivals.count == limit
    }

    private func match(_ arrival: ReliefArrival, _ tx: WriteTransaction) throws {
        let heldSince = try arrival.record.flatMap { try tx.receivedAt($0) } ?? 0
        for line in try tx.told(arrival.subject, arrival.record == nil ? .entries : .records, through: arrival.through) {
            guard let entry = try tx.lookup(line) else { continue }
            // What came later than the answer cannot have been in it.
            if arrival.record != nil {
                // Told under another code of the same subject, or under a hash that two share: the line says which.
                guard entry.time >= heldSince, try entry.subject == arrival.subject || tx.codes(aliasedTo: entry.subject).contains(arrival.subject) else { continue }
            }
            if arrival.record == nil, !entry.answer.split(separator: " ").contains(Substring("\(arrival.list)=\(LookupVerdict.onTheList.rawValue)")) { continue }
            try tx.notify(line: line, unit: entry.unit, of: arrival)
        }
    }

    /// Relief outside its author's competence changed nothing, and nobody is told of it.
    private func hasEffect(_ arrival: ReliefArrival, _ tx: ReadTransaction) throws -> Bool {
        guard let record = arrival.record, let view = try? view(of: record, tx) else { return true }
        return switch arrival.kind {
        case "revoked": view.validity == .revoked
        case "repaired": view.repair.stopsPublication
        case "corrected": !view.corrections.isEmpty
        case "upheld": view.cases.contains { $0.status == .upheld || $0.status == .moot }
        default: true
        }
    }

    /// Who must be told, nearest due first.
    /// - Parameter unit: of one unit only; nil = all.
    package func lookupNotices(unit: String? = nil, includingDone: Bool = false, limit: Int) throws -> [LookupNotice] {
        while try matchRelief() {}
        let today = environment.today
        return try store.read { tx in
            let days = try calendar(tx) ?? Self.weekendsOnly
            return try tx.notices(unit: unit, includingDone: includingDone, limit: limit).map { try notice($0, days, today, tx) }
                .sorted { ($0.due.date, $0.row.id) < ($1.due.date, $1.row.id) }
        }
    }

    private func notice(_ row: NoticeRow, _ days: WorkCalendar, _ today: CivilDate, _ tx: ReadTransaction) throws -> LookupNotice {
        var shown: RecordView?, about: CatalogueItem?
        if let record = row.record {
            shown = try? view(of: record, tx)
            if let shown { about = try? item(of: shown, tx) }
        }
        let profile = try legalProfile(for: CreditCode(shown?.authority(about) ?? ""), tx)
        let due = days.due(profile?.term(.withdrawUser) ?? .workingDays(1), from: .inChina(row.arrivedAt))
        return LookupNotice(row: row, due: due, isOverdue: !row.isDone && today > due.date, view: shown, item: about)
    }

    /// Records that a user was told, durably and chained beside the log of look-ups.
    /// - Parameter unit: nil at the node; over the network only notices of the reader's own unit.
    /// - Throws: ``NodeRefusal``: no such notice, told already.
    package func noticeDone(_ id: Int64, how: String, unit: String? = nil, actor: Actor) throws {
        try check(actor)
        let how = Normalisation.line(how)
        guard !how.isEmpty, how.utf8.count <= 400 else {
            throw NodeRefusal(.badInput, "notice-how", zh: "须写明如何告知", en: "say how the user was told", hint: "--how 电话、书面…")
        }
        try store.write { tx in
            guard let row = try tx.notice(id), unit.map({ $0 == row.line.unit }) ?? true else {
                throw NodeRefusal(.notFound, "no-such-notice", zh: "没有待告知事项 \(id)", en: "there is no notice \(id)", hint: "creditnode notify list")
            }
            guard !row.isDone else { throw NodeRefusal(.refused, "told-already", zh: "\(id) 已告知", en: "notice \(id) is done already") }
            let done = NoticeDone(receipt: row.line.receipt, change: row.change, time: environment.now(), unit: actor.unit, operator: actor.operator, how: how)
            try tx.close(id, done) { digest(done.message(previous: $0)) }
        }
    }

    /// Where no calendar is held: weekends alone, and every date provisional.
    static let weekendsOnly = WorkCalendar(code: "-", number: 0, title: "", years: nil, days: [])
}

extension RecordView {
    /// Code of the deciding authority that its content names.
    package func authority(_ item: CatalogueItem?) -> String {
        guard let number = item?.roles.authorityCode, case .text(let text)? = fields.first(where: { $0.number == number })?.value else { return "" }
        return text
    }

    /// The text of a field; empty when it is absent or no text.
    package func text(_ number: UInt32?) -> String {
        guard let number, case .text(let text)? = fields.first(where: { $0.number == number })?.value else { return "" }
        return text
    }
}
