import Node
import Registry
import Replication
import Sealing
import Storage

/// After everything has arrived: what became of filings, purged records, wishes, and of changes that do not count.
extension Simulator {
    // MARK: - What waits or stands in quarantine

    /// Nothing honest waits or is refused for ever, and whoever holds a change judges it as all others do (guarantees 1 and 5).
    func checkJudgements() throws {
        var stuck: [Dot: [(path: NodePath, judgement: Judgement)]] = [:]
        for path in world.paths {
            for row in try world.node(path).store.read({ try $0.pendingChanges(limit: 10_000) }) {
                if try !isExplained(row.change, row.judgement, at: path) { throw Violation("G5", "\(path): \(row)") }
                stuck[row.change, default: []].append((path, row.judgement))
            }
        }
        for (dot, found) in stuck.sorted(by: { $0.key < $1.key }) {
            guard let first = found.first, case .quarantined = first.judgement else { continue }
            for path in world.paths {
                let (isHeld, judgement) = try world.node(path).store.read { (try $0.ledger(holding: dot) != nil, try $0.pending(dot)) }
                // The body of one that an order names is gone wherever the order is held.
                guard isHeld, judgement != first.judgement, try !world.node(path).store.read({ try !$0.erasures(of: dot).isEmpty }) else { continue }
                throw Violation("G1", "\(first.path) holds \(dot.short) as \(first.judgement), \(path) as \(judgement.map { "\($0)" } ?? "accepted")")
            }
            for release in model.releases where release.change == dot {
                for (path, judgement) in found {
                    guard case .quarantined(release.rule, _) = judgement, try holds(release.ruling, at: path) else { continue }
                    throw Violation("G5", "\(path) holds \(dot.short) as \(judgement) although \(release.ruling.short) released it")
                }
            }
        }
    }

    /// Why a change may wait or not count in the end although everybody was honest.
    private func isExplained(_ change: Dot, _ judgement: Judgement, at path: NodePath) throws -> Bool {
        switch judgement {
        case .accepted: return true
        // Relief that left before its record did, and the record went down with a disk; or of a record that does not count.
        case .waiting(.change(let dot)):
            if model.lost.contains(dot) { return true }
            // Of one that was a draft nobody above holds more than its approval.
            let counting = model.papers.first { $0.id == dot }?.approval ?? dot
            guard let why = try world.node(path).store.read({ try $0.pending(counting) }), case .quarantined = why else { return false }
            return try isExplained(dot, why, at: path)
        // A filing whose record no node above its window holds.
        case .waiting(.record): return model.filings.contains { $0.change == change }
        case .waiting(.edition), .waiting(.ruling), .waiting(.key): return false
        case .quarantined("unit-succeeded", _): return !model.successions.isEmpty
        case .quarantined("item-withdrawn", _): return model.hasWithdrawals
        case .quarantined("purged", _):
            guard let record = try world.node(path).record(ofChange: change) else { return false }
            return model.isPurged(record)
        case .quarantined: return false
        }
    }

    // MARK: - Filings

    /// Whatever was taken in at a window off the path of its record is on the record, and the window knows; it knows nothing else (P4, guarantee 7).
    func checkFilings() throws {
        guard let root = world.paths.first else { return }
        for filed in model.filings {
            // A purge goes on to the filings for its record, and to what was answered.
            let like = model.papers(like: filed.paper)
            if like.contains(where: { model.isPurged($0.id) }) || model.isPurged(filed.paper.id) { continue }
            let report = try world.node(filed.at).filing(filed.change)
            let home = report.filing.home
            let records = try like.filter { home == nil || home == $0.home }.filter { paper in
                try (world.node(root).store.read { try $0.record(paper.id) }?.validity ?? .draft) >= .effective
            }
            if records.isEmpty { continue }
            let views = try records.compactMap { try view(of: $0.id, at: root) }
            guard report.state?.isTaken == true else {
                if Set(views.map(\.id)).count > 1 { continue }
                throw Violation("P4", "\(filed.receipt), filed at \(filed.at) for \(filed.paper.id.short), is \(report.state.map(\.name) ?? "on its way") for ever")
            }
            if filed.isObjection, !views.contains(where: { $0.cases.contains { $0.receipts.contains { $0.number == filed.receipt } } }) {
                throw Violation("P4", "\(filed.receipt), filed at \(filed.at), is \(report.state.map(\.name) ?? "") and in no case of \(filed.paper.id.short)")
            }
            outcome.tally.filed += 1
        }
    }

    // MARK: - Purged records

    /// A purged record and everything said of it is gone at every node that held it; what is left proves itself all the same,
    /// which is asked of every node anyhow (guarantees 4 and 8).
    func checkErased() throws {
        let purged = Set(model.purges.keys.filter(model.isPurged))
        if purged.isEmpty { return }
        for record in purged.sorted() {
            for path in sequence(first: record.replica.path, next: \.parent) {
                let (row, isPurged) = try world.node(path).store.read { (try $0.record(record), try $0.isPurged(record)) }
                if row != nil { throw Violation("G8", "\(path) still shows \(record.short), which was purged") }
                // What never left its home is owed to nobody above.
                if !isPurged, path == record.replica.path { throw Violation("G8", "\(path) does not know that \(record.short) was purged") }
            }
        }
        for path in world.paths { try checkBodies(of: purged, at: path) }
        for paper in model.papers where !purged.contains(paper.id) && model.papers(like: paper).contains(where: { purged.contains($0.id) }) {
            guard let root = world.paths.first, let view = try view(of: paper.id, at: root) else { continue }
            if view.shown.label != .purged || view.shown.publication == .published { throw Violation("G3", "\(root) shows \(paper.id.short) as \(view.shown.label.rawValue) although its decision was purged") }
        }
        outcome.tally.purged += purged.count
    }

    private func checkBodies(of purged: Set<Dot>, at path: NodePath) throws {
        try world.node(path).store.read { tx in
            for tip in try tx.tips() {
                var after: UInt64 = 0
                while case let sets = try tx.changeSets(of: tip.ledger, after: after, limitBytes: 1 << 20), let last = sets.last {
                    for set in sets {
                        let bodies = try ChangeSetSealer.bodies(of: set.sealed, count: set.count)
                        for index in 0..<set.count {
                            guard let body = bodies[index], let change = try? Change(serialized: body), change.kind.speaksOfRecord else { continue }
                            let dot = Dot(replica: set.ledger.replica, counter: set.firstCounter + UInt64(index))
                            guard purged.contains(change.record ?? dot) else { continue }
                            // What came after the order waits for another (M43).
                            if case .quarantined("purged", _)? = try tx.pending(dot), try tx.erasures(of: dot).isEmpty { continue }
                            throw Violation("G8", "\(path) still holds the body of \(dot.short), a \(change.kind.name) of \((change.record ?? dot).short), which was purged")
                        }
                    }
                    after = last.sequence
                }
            }
        }
    }

    // MARK: - Wishes

    /// A wish nobody withdrew is heard wherever such a record went (M47), and by nobody else (guarantee 7).
    func checkWishes() throws {
        for (company, wishes) in Dictionary(grouping: model.wishes, by: \.company).sorted(by: { $0.key < $1.key }) where !model.changedTheirMind.contains(company) {
            let honours = model.papers.filter { $0.code == "honour" && Self.subject($0.code, $0.number) == Units.company(20 + company) && !model.isPurged($0.id) }
            for paper in honours {
                for path in sequence(first: paper.home, next: \.parent) {
                    guard let view = try view(of: paper.id, at: path), view.validity == .effective, view.shown.label != .purged else { continue }
                    outcome.tally.checks += 1
                    if !view.shown.reasons.contains(.optedOut) { throw Violation("M47", "\(path) shows \(paper.id.short) although \(wishes[0].change.short) of its subject is held") }
                }
            }
        }
        guard model.lost.isEmpty else { return }
        for path in world.paths where try world.node(path).store.read({ try $0.anyOptOut() }) {
            let heard = model.wishes.contains { wish in
                path.isAncestorOrSelf(of: wish.at)
                    || model.papers.contains { $0.code == "honour" && path.isAncestorOrSelf(of: $0.home) && Self.subject($0.code, $0.number) == Units.company(20 + wish.company) }
            }
            if !heard { throw Violation("G7", "\(path) holds a wish that is about nothing it holds") }
        }
    }

    // MARK: - Places

    /// No node shows a record whose home is not below it (guarantee 7).
    func checkPlaces() throws {
        for path in world.paths {
            var after: Dot?
            while case let page = try world.node(path).store.read({ try $0.records(RecordFilter(after: after, limit: 500)) }), let last = page.last {
                for row in page where !path.isAncestorOrSelf(of: row.home) { throw Violation("G7", "\(path) holds record \(row.id.short) of \(row.home)") }
                after = last.id
            }
        }
    }
}
