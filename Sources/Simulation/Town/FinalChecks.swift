import Node
import Registry
import Replication
import Storage

/// After the last fault is mended: everything has arrived everywhere, and everybody shows the same.
extension Simulator {
    func checkEverything() throws {
        try checkArrived()
        try checkLedgersAgree()
        try checkJudgements()
        try checkViewsAgree()
        try checkListsAgree()
        try checkFilings()
        try checkErased()
        try checkWishes()
        try checkPlaces()
        for path in world.paths {
            try checkAudiences(at: path)
            try checkKept(path)
            // G4: everything held proves who wrote it, that nothing is missing, and the log of look-ups is whole.
            if let fault = try world.node(path).verify().faults.first { throw Violation("G4", "\(path): \(fault)") }
            // G6 of the disk.
            if let fault = try world.node(path).store.integrityFault() { throw Violation("G2", "\(path): \(fault)") }
            try checkRebuild(path)
        }
        try checkStatistics()
    }

    /// Guarantee 2 to the end: what was confirmed is at every node that is meant to have it.
    private func checkArrived() throws {
        for (path, dots) in model.confirmed.sorted(by: { $0.key < $1.key }) {
            let node = world.node(path)
            for dot in dots {
                guard let ledger = try node.store.read({ try $0.ledger(holding: dot) }) else { throw Violation("G2", "\(path) does not hold \(dot.short)") }
                for other in world.paths where ledger.audience.includes(other, author: ledger.replica.path) {
                    if try world.node(other).store.read({ try $0.ledger(holding: dot) }) == nil { throw Violation("G2", "\(other) never got \(dot.short) of \(ledger)") }
                }
            }
        }
    }

    /// Both ends of each line hold the same of every ledger that crosses it.
    private func checkLedgersAgree() throws {
        for line in world.lines {
            let down = try line.child.node.tips(for: line.parent.path), up = try line.parent.node.tips(for: line.child.path)
            guard down.digest != up.digest else { continue }
            let theirs = Dictionary(up.tips.map { ($0.ledger, $0.tip) }, uniquingKeysWith: { a, _ in a })
            let odd = down.tips.first { theirs[$0.ledger] != $0.tip }
            throw Violation("G1", "\(line.child.path) and its parent differ in \(odd.map { "\($0.ledger) \($0.tip.sequence)" } ?? "ledgers that only the parent has"); the line ended last: \(line.lastEnd)")
        }
    }

    private func checkViewsAgree() throws {
        var content = Fingerprint()
        for home in world.paths {
            var digests: [(NodePath, Int, Digest)] = []
            for path in sequence(first: home, next: \.parent) {
                let (count, digest) = try world.node(path).viewDigest(home: home)
                digests.append((path, count, digest))
            }
            if let first = digests.first, let odd = digests.first(where: { $0.2 != first.2 }) {
                throw Violation("G1", "of the records of \(home) \(first.0) shows \(first.1) as \(first.2), \(odd.0) shows \(odd.1) as \(odd.2)")
            }
        }
        for paper in model.papers {
            let views = try compare(paper, inTheEnd: true)
            // Gone at all nodes, which is asked elsewhere (guarantee 8).
            if model.isPurged(paper.id) { continue }
            // Entered under an item or by a unit that had ended: at home it does not count either, and all judge alike (guarantee 5).
            if case .quarantined? = try world.node(paper.home).store.read({ try $0.pending(paper.approval ?? paper.id) }) { continue }
            guard let root = views.first, root.path.depth == 1 else {
                let told = try [paper.home, world.paths[0]].map { path in
                    let (row, judged) = try world.node(path).store.read { (try $0.record(paper.id), try $0.pending(paper.approval ?? paper.id)) }
                    return "\(path): \(row.map { "validity \($0.validity.rawValue)" } ?? "no row"), \(judged.map { "\($0)" } ?? "accepted")"
                }
                throw Violation("G1", "the root has no view of \(paper.id.short)\(paper.approval.map { ", approved by \($0.short)" } ?? ""); \(told.joined(separator: "; "))")
            }
            if root.view.aliases.count > 0, root.view.id == paper.id { outcome.tally.merges += 1 }
            // Where all of a decision is below a node, that node and all above it hold the same of it.
            // All that share its natural key, also those somebody separated: whom one joins depends on who else is there.
            // One that a lost disk took may live on above: the root knows.
            let homes = model.papers.filter { $0.number == paper.number && $0.authority == paper.authority }.map(\.home)
                + ([root.view.id] + root.view.aliases).map(\.replica.path)
            for (path, view) in views where homes.allSatisfy({ path.isAncestorOrSelf(of: $0) }) {
                try checkView(view, of: paper.id, at: path)
                if view.changes != root.view.changes {
                    let odd = Set(view.changes).symmetricDifference(root.view.changes).sorted().map(\.short)
                    throw Violation("G1", "\(path) and \(root.path) hold different changes of \(paper.id.short): \(odd.joined(separator: ", "))")
                }
            }
            content.absorb(text(of: root.view))
            note("end \(root.view.id.short) \(root.view.shown.label.rawValue) \(root.view.shown.publication.rawValue) \(root.view.changes.count) changes")
        }
        outcome.content = content.value
    }

    /// What a view says, dates left out.
    private func text(of view: RecordView) -> String {
        let fields = view.fields.filter { $0.value.type != .date }.map { "\($0.number) \($0.value.tableText)" }
        let cases = view.cases.map { "\($0.status.rawValue) \($0.receipts.map(\.number))" }
        return "\(view.id) \(view.aliases) \(view.validity) \(fields) \(cases) \(view.conflicts.count) \(view.proposals.count) \(view.dispute) \(view.repair) \(view.litigation)"
    }

    /// Lists agree wherever they are held, and are held wherever they are meant to be.
    private func checkListsAgree() throws {
        for issuer in world.paths where issuer.depth <= 2 {
            for own in try lists(at: issuer) where own.id.replica.path == issuer {
                for path in world.paths where path.isInLine(with: issuer) {
                    guard let theirs = try lists(at: path).first(where: { $0.id == own.id }) else { throw Violation("G1", "\(path) has no list \(own.id.short)") }
                    if theirs != own { throw Violation("G1", "list \(own.id.short) is \(theirs) at \(path) and \(own) at \(issuer)") }
                }
            }
        }
    }

    private struct ListFacts: Equatable {
        let id: Dot
        let edition: UInt64
        let added: Digest
        let removed: Digest
    }

    private func lists(at path: NodePath) throws -> [ListFacts] {
        try world.node(path).store.read { tx in
            try tx.lists().map { list in
                let state = try tx.listState(list.id)
                return ListFacts(id: list.id, edition: try tx.newestEdition(of: list.id)?.number ?? 0, added: self.digest(state.added.bytes), removed: self.digest(state.removals.bytes))
            }
        }
    }

    private func digest(_ bytes: [UInt8]) -> Digest { world.node(world.paths[0]).primitives.digest(.ed25519SHA256, of: bytes) }

    /// What is shown follows from the ledgers alone: rebuilding changes nothing (guarantee 1).
    private func checkRebuild(_ path: NodePath) throws {
        let rebuilt = try world.node(path).rebuild()
        if rebuilt.before != rebuilt.after { throw Violation("G1", "\(path) shows something else after a rebuild") }
    }

    /// P10: counts of the root are those of the districts and its own together.
    private func checkStatistics() throws {
        guard let root = world.paths.first else { return }
        var counts: [NodePath: Int] = [:]
        for row in try world.node(root).store.read({ try $0.recordCounts() }) where row.validity >= .effective { counts[row.home, default: 0] += row.count }
        for home in world.paths where home != root {
            let own = try world.node(home).store.read { try $0.recordCounts() }.filter { $0.home == home && $0.validity >= .effective }.reduce(0) { $0 + $1.count }
            if own != counts[home, default: 0] { throw Violation("P10", "\(root) counts \(counts[home, default: 0]) records of \(home), which counts \(own)") }
        }
    }
}
