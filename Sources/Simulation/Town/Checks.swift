import Node
import Registry
import Replication
import Storage

/// Checkers that look on while the town works. Each names the guarantee (docs/invariants.md) or the property that it is for.
extension Simulator {
    /// Whether a node holds a change and counts it: it is accepted, not waiting.
    func holds(_ change: Dot, at path: NodePath) throws -> Bool {
        try world.node(path).store.read { tx in try tx.ledger(holding: change) != nil && tx.pending(change) == nil }
    }

    /// One view against what the simulator knows by itself.
    func checkView(_ view: RecordView, of record: Dot, at path: NodePath) throws {
        outcome.tally.checks += 1
        let place = "\(path) of \(record.short)"
        if !view.conflicts.isEmpty || view.cases.contains(where: { !$0.contradiction.isEmpty }) { outcome.tally.conflicts += 1 }
        if view.shown.label == .purged {
            if view.shown.publication == .published { throw Violation("G3", "\(place) is purged and published") }
            return
        }
        // G3, P2: a revocation that is held binds; revoked once is revoked for good; relieved is not public.
        let isRevoked = try (model.revocations[record] ?? []).contains { try holds($0, at: path) }
        if isRevoked || seenRevoked[path]?.contains(record) == true, view.validity != .revoked {
            throw Violation("G3", "\(place) is \(view.validity) although it is revoked")
        }
        if isRevoked { seenRevoked[path, default: []].insert(record) }
        if view.validity == .revoked, view.shown.publication == .published { throw Violation("G3", "\(place) is revoked and published") }
        if view.shown.publication == .published, try isRepaired(record, at: path) { throw Violation("G3", "\(place) is repaired and published") }
        if view.shown.publication == .published, view.conflicts.contains(where: \.isMaterial) { throw Violation("P3", "\(place) is published under an open conflict") }
        // P4: every receipt of an objection held is in a case.
        let receipts = Set(view.cases.flatMap { $0.receipts.map(\.number) })
        for objection in model.objections[record] ?? [] where !receipts.contains(objection.receipt) {
            if try holds(objection.change, at: path) { throw Violation("P4", "\(place) lost receipt \(objection.receipt)") }
        }
        // P5: what another than the deciding unit says is a proposal.
        for dot in view.corrections where model.offers.contains(dot) { throw Violation("P5", "\(place) counts correction \(dot.short) of a unit that did not decide") }
        // P9: what counts, counts under a catalogue.
        if view.validity == .effective, view.edition == nil { throw Violation("P9", "\(place) is effective under no catalogue") }
    }

    /// An approval is held that no withdrawal held has seen.
    private func isRepaired(_ record: Dot, at path: NodePath) throws -> Bool {
        let approvals = try (model.approvals[record] ?? []).filter { try holds($0, at: path) }
        if approvals.isEmpty { return false }
        let withdrawals = try (model.withdrawals[record] ?? []).filter { try holds($0.change, at: path) }
        return approvals.contains { approval in !withdrawals.contains { $0.saw.contains(approval) } }
    }

    /// A decision that is revoked here does not come to life again under a new record (guarantee 3, M33).
    func checkNotResurrected(_ number: String, authority: String, by record: Dot, at path: NodePath) throws {
        let twins = model.papers.filter { $0.number == number && $0.authority == authority && $0.id != record }
        for twin in twins where try model.isPurged(twin.id) && world.node(path).store.read({ try $0.isPurged(twin.id) }) {
            throw Violation("G3", "\(path) took \(number) in again as \(record.short) although it holds the order that purged it")
        }
        for twin in twins where seenRevoked[path]?.contains(twin.id) == true {
            throw Violation("G3", "\(path) took \(number) in again as \(record.short) although it holds its revocation")
        }
    }

    /// What a machine confirmed before its power went is there again, and its parent still has what it gave receipts for
    /// (guarantee 2). The replica is sound.
    func checkKept(_ path: NodePath) throws {
        outcome.tally.checks += 1
        let node = world.node(path)
        try node.store.read { tx in
            for dot in model.confirmed[path] ?? [] where try tx.ledger(holding: dot) == nil {
                throw Violation("G2", "\(path) confirmed \(dot.short) and does not hold it any more")
            }
        }
        for line in world.lines where line.parent.path == path && line.child.isOn { try checkReceipts(of: line.child.path) }
    }

    /// What a child holds receipts for is at its parent.
    private func checkReceipts(of child: NodePath) throws {
        guard let parent = child.parent else { return }
        let rows = try world.node(child).store.read { try $0.durability() }
        try world.node(parent).store.read { tx in
            for row in rows where try tx.tip(of: row.ledger).sequence < row.sequence {
                throw Violation("G2", "\(parent) gave \(child) a receipt for \(row.ledger) \(row.sequence) and holds \(try tx.tip(of: row.ledger).sequence)")
            }
        }
    }

    // MARK: - Now and then

    /// Two nodes that hold the same changes of a decision show the same (guarantee 1); nobody holds what is not for it (7).
    func look(_ random: inout SplitMix64) throws {
        guard !model.papers.isEmpty else { return }
        let paper = model.papers[random.below(model.papers.count)]
        try compare(paper)
        if let path = random.pick(world.paths) {
            try checkAudiences(at: path)
            if let (other, _) = pick(&random), path.isAncestorOrSelf(of: other.home), let view = try view(of: other.id, at: path) { try checkView(view, of: other.id, at: path) }
        }
    }

    func view(of record: Dot, at path: NodePath) throws -> RecordView? {
        do { return try world.node(path).view(of: record, asOf: Simulator.day) } catch let refusal as NodeRefusal where refusal.kind == .notFound || refusal.code == "purged" { return nil }
    }

    /// The day on which nodes are compared, whatever their clocks say.
    static let day = CivilDate(year: 2026, month: 11, day: 18) ?? .latest

    /// - Returns: views of a record at the nodes that hold it, from the root down.
    @discardableResult
    func compare(_ paper: Model.Paper, inTheEnd: Bool = false) throws -> [(path: NodePath, view: RecordView)] {
        outcome.tally.checks += 1
        var views: [(path: NodePath, view: RecordView)] = [], editions: [NodePath: [Digest]] = [:]
        for path in sequence(first: paper.home, next: \.parent) {
            guard let view = try view(of: paper.id, at: path) else { continue }
            views.append((path, view))
            editions[path] = try world.node(path).store.read { try $0.editionsInForce().map(\.digest) }
        }
        // An order to purge one of the records of a decision does not come to the homes of the others.
        let isPurged = model.papers(like: paper).contains { model.isPurged($0.id) }
        for (index, one) in views.enumerated() {
            for other in views.dropFirst(index + 1) where one.view.changes == other.view.changes {
                // A separation is said on both records; a restored disk may have kept the other one's half only (M37).
                if one.view.isSeparated != other.view.isSeparated, ([paper.id] + one.view.aliases + [one.view.id]).contains(where: model.isHalfSeparated) { continue }
                // Equal inputs: editions are part of them, and in the end they are equal everywhere.
                if editions[one.path] != editions[other.path] {
                    if inTheEnd { throw Violation("G1", "\(one.path) and \(other.path) have other editions in force") }
                    continue
                }
                if isPurged, (one.view.shown.label == .purged) != (other.view.shown.label == .purged) { continue }
                guard one.view.canonicalBytes == other.view.canonicalBytes else {
                    throw Violation("G1", "\(one.path) and \(other.path) hold the same of \(paper.id.short) and show: \(difference(one.view.canonicalBytes, other.view.canonicalBytes))")
                }
                if inTheEnd, one.view.shown.canonicalBytes != other.view.shown.canonicalBytes {
                    throw Violation("G1", "\(one.path) and \(other.path) show \(paper.id.short): \(difference(one.view.shown.canonicalBytes, other.view.shown.canonicalBytes))")
                }
            }
        }
        return views.reversed()
    }

    /// The first line in which two texts differ.
    private func difference(_ a: [UInt8], _ b: [UInt8]) -> String {
        let (one, other) = (String(decoding: a, as: UTF8.self).split(separator: "\n"), String(decoding: b, as: UTF8.self).split(separator: "\n"))
        for (left, right) in zip(one, other) where left != right { return "“\(left)” and “\(right)”" }
        return "\(one.count) and \(other.count) lines"
    }

    func checkAudiences(at path: NodePath) throws {
        outcome.tally.checks += 1
        for tip in try world.node(path).store.read({ try $0.tips() }) where !isMeant(tip.ledger, for: path) {
            throw Violation("G7", "\(path) holds ledger \(tip.ledger)")
        }
    }

    /// Who receives a ledger, in other words than the audience's own.
    private func isMeant(_ ledger: LedgerID, for path: NodePath) -> Bool {
        let (me, author) = (path.description + "/", ledger.replica.path.description + "/")
        switch ledger.audience {
        case .local: return me == author
        case .lineage(let of, _): return (of.description + "/").hasPrefix(me)
        case .published: return me.hasPrefix(author) || author.hasPrefix(me)
        }
    }
}

extension RecordView {
    fileprivate var isSeparated: Bool { tickets.contains { $0.rule == "M37" } }
}
