import Registry
import Replication
import Storage

/// A decision whose time is over, or of which something is left to purge.
package struct RetentionLine: Sendable, Hashable {
    package enum Due: String, Sendable, Hashable {
        /// Shown to authorised readers alone from now on.
        case archive
        case purge
        /// To be purged, but something is open.
        case held
        /// Changes that came after their record was purged (M43).
        case late
    }

    package let record: Dot
    package let home: NodePath
    /// Code of the catalogue item; empty for what came late.
    package let item: String
    package let due: Due
    package let ground: ErasureGround
    package let retention: RetentionDue?
    /// Changes that came late.
    package let changes: Int
}

/// Why a record's content is not shown.
package enum Concealment: String, Sendable, Hashable {
    /// Its decision was purged, under this or another record id.
    case purged
    /// The subject does not want it recorded.
    case optedOut = "opted-out"
    /// Its time is over: authorised readers alone.
    case archived
}

extension Node {
    /// Why the content of a record is not shown today; nil where it is, and for a record that is not held.
    package func concealment(of record: Dot) throws -> Concealment? {
        try store.read { tx in
            guard let held = try gather(record, tx), let view = try view(held, containing: record, asOf: nil, tx) else { return nil }
            if view.shown.label == .purged { return .purged }
            if view.shown.reasons.contains(.optedOut) { return .optedOut }
            return try retention(of: view, held.only(view), tx)?.isArchived(on: environment.today) ?? false ? .archived : nil
        }
    }

    /// When the time of a record is over; nil while its catalogue item is not held.
    package func retention(of record: Dot) throws -> RetentionDue? {
        try store.read { tx in
            guard let held = try gather(record, tx), let view = try view(held, containing: record, asOf: nil, tx) else { return nil }
            return try retention(of: view, held.only(view), tx)
        }
    }

    /// What is due at this node: records it may purge (its own and those of nodes below it), ascending by home and id. Reads every record
    /// of the page.
    /// - Parameters:
    ///   - day: UTC+8; nil = today.
    ///   - after: continue after this record.
    ///   - limit: most lines; a page of records may give none.
    package func retention(on day: CivilDate? = nil, after: Dot? = nil, limit: Int = 200) throws -> (lines: [RetentionLine], next: Dot?) {
        let day = day ?? environment.today
        return try store.read { tx in
            var lines: [RetentionLine] = after == nil ? try late(tx) : []
            var last = after
            while lines.count < limit {
                let page = try tx.records(RecordFilter(after: last, limit: 500))
                guard let end = page.last else { return (lines, nil) }
                for row in page where row.validity >= .effective && path.isAncestorOrSelf(of: row.home) {
                    if let line = try line(row, day, tx) { lines.append(line) }
                }
                last = end.id
            }
            return (lines, last)
        }
    }

    private func line(_ row: RecordRow, _ day: CivilDate, _ tx: ReadTransaction) throws -> RetentionLine? {
        guard let all = try gather(row.id, tx), let view = try view(all, containing: row.id, asOf: day, tx) else { return nil }
        let held = all.only(view)
        let code = try item(of: view, tx).code
        func line(_ due: RetentionLine.Due, _ ground: ErasureGround, _ retention: RetentionDue?) -> RetentionLine {
            RetentionLine(record: row.id, home: row.home, item: code, due: due, ground: ground, retention: retention, changes: 0)
        }
        // Of a decision that was purged under another id.
        if view.shown.label == .purged { return line(.purge, .retention, nil) }
        guard let due = try retention(of: view, held, tx) else { return nil }
        if try isOptedOut(held, tx) { return line(due.holds.isEmpty ? .purge : .held, .optOut, due) }
        if due.isOver(on: day) { return line(due.holds.isEmpty ? .purge : .held, .retention, due) }
        return due.isArchived(on: day) ? line(.archive, .retention, due) : nil
    }

    private func late(_ tx: ReadTransaction) throws -> [RetentionLine] {
        var counts: [Dot: Int] = [:]
        for dot in try tx.latePurged(limit: 10_000) {
            guard let record = try change(dot, tx).map({ $0.change.record ?? dot }), path.isAncestorOrSelf(of: record.replica.path) else { continue }
            counts[record, default: 0] += 1
        }
        return counts.sorted { $0.key < $1.key }.map {
            RetentionLine(record: $0.key, home: $0.key.replica.path, item: "", due: .late, ground: .retention, retention: nil, changes: $0.value)
        }
    }
}
