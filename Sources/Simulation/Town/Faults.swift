import Node
import Registry
import Replication

/// What goes wrong, and what goes on by itself: lines, power, clocks, disks.
extension Simulator {
    func disturb(_ step: Step, _ random: inout SplitMix64) throws -> String {
        let text = try strike(step.kind, &random)
        if !text.isEmpty, step.kind.isFault { outcome.tally.faults[step.kind, default: 0] += 1 }
        return text
    }

    private func strike(_ kind: StepKind, _ random: inout SplitMix64) throws -> String {
        guard let line = random.pick(world.lines), let path = random.pick(world.paths) else { return "" }
        let up = random.chance(500)
        switch kind {
        case .carry: return try carry(line, up: up, 4 + random.below(28))
        case .lineDown:
            guard line.isUp else { return "" }
            line.isUp = false
            return "\(line.child.path)"
        case .lineUp:
            guard let down = random.pick(world.lines.filter { !$0.isUp }) else { return "" }
            down.isUp = true
            return "\(down.child.path)"
        case .duplicate: return line.duplicate(up: up) ? "\(line.child.path) \(up ? "up" : "down")" : ""
        case .overtake: return line.swap(up: up, &random) ? "\(line.child.path) \(up ? "up" : "down")" : ""
        case .lose:
            // On a stream what is lost takes the stream with it.
            guard line.ends != nil else { return "" }
            line.end("lost")
            return "\(line.child.path)"
        case .spoil:
            // A set on its way is rare: the first line that has one.
            for line in world.lines { for up in [true, false] where line.spoil(up: up, &random) { return "\(line.child.path) \(up ? "up" : "down")" } }
            return ""
        case .powerCut:
            world.machine(path).disk.loosePower(after: random.below(24))
            return "\(path) soon"
        case .blackout:
            world.machine(path).disk.loosePower()
            return "\(path)"
        case .restart:
            try world.restart(path)
            return "\(path)"
        case .clockJump:
            world.clock.advance(days: [1, 40, 400, 1500][random.below(4)])
            return "\(world.clock.now)"
        case .clockError:
            world.machine(path).clockError = shift(of: path) + Int64(random.below(10 * 365) - 5 * 365) * 86_400_000
            return "\(path)"
        case .image:
            world.machine(path).disk.keepPower()
            model.images[path] = (world.machine(path).disk.image(), model.confirmed[path]?.count ?? 0)
            return "\(path)"
        case .restore: return try restore(path)
        case .enter, .enterAgain, .draft, .submit, .correct, .correctStale, .revoke, .object, .reply, .review, .repair, .publication, .litigation, .identity,
            .uphold, .handIn, .approve, .sendBack, .file, .assign, .honour, .wish, .wishWithdrawn, .commitment, .fulfil, .purge, .rule, .registry, .catalogue,
            .profile, .listAdd, .listPublish, .listRemove, .lookup, .statement:
            preconditionFailure("\(kind) is work")
        }
    }

    /// Frames cross one line, one after the other, both ways.
    private func carry(_ line: Line, up: Bool, _ count: Int) throws -> String {
        var moved = 0, upward = up, idle = 0
        while moved < count, idle < 2 {
            if try line.move(up: upward) {
                (moved, idle) = (moved + 1, 0)
                if moved % 5 == 0 { upward.toggle() }
            } else {
                idle += 1
                upward.toggle()
            }
        }
        return moved == 0 ? "" : "\(moved) on \(line.child.path)"
    }

    /// Frames after which a restored machine and its neighbours must have said what they have to say.
    private static var longestTalk: Int { 100_000 }

    /// An old backup takes the machine's place (guarantee 10). It talks with its neighbours before anybody works there: what
    /// is written between is kept at home alone (docs/invariants.md).
    private func restore(_ path: NodePath) throws -> String {
        guard let image = model.images[path], world.lines.allSatisfy({ $0.child.isOn && $0.parent.isOn }) else { return "" }
        for other in world.paths { world.machine(other).disk.keepPower() }
        let before = model.confirmed[path] ?? []
        try world.restore(path, from: image.files)
        // What came after the image, and is not at a neighbour, is gone with the disk.
        let neighbours = world.lines.filter { $0.child.path == path || $0.parent.path == path }
        for line in neighbours { line.end("restored") }
        let states = neighbours.map(\.isUp)
        for line in neighbours { line.isUp = true }
        var moved = true, left = Self.longestTalk
        while moved {
            moved = false
            for line in neighbours {
                for up in [true, false] {
                    while try line.move(up: up) {
                        moved = true
                        left -= 1
                        if left == 0 { throw Violation("G5", "\(path) was restored, and talk on the line of \(line.child.path) never ends: \(line.talks) talks, the last over because \(line.lastEnd)") }
                    }
                }
            }
        }
        for (line, isUp) in zip(neighbours, states) { line.isUp = isUp }
        for dot in before.dropFirst(image.confirmed) where try !isAnywhere(dot) { model.lost.insert(dot) }
        forget(at: path)
        return "\(path) to \(image.confirmed) of \(before.count) changes, now \(world.node(path).replica.incarnation)"
    }

    /// Whether any replica holds a change, whatever it makes of it.
    private func isAnywhere(_ dot: Dot) throws -> Bool {
        try world.paths.contains { path in try world.node(path).store.read { try $0.ledger(holding: dot) != nil } }
    }

    /// What the model knew of a restored node's own drafts and of changes nobody has any more.
    private func forget(at path: NodePath) {
        let lost = model.lost
        model.confirmed[path]?.removeAll(where: lost.contains)
        model.drafts.removeAll { lost.contains($0.id) }
        model.handedIn.subtract(lost)
        model.filings.removeAll { lost.contains($0.change) }
        model.wishes.removeAll { lost.contains($0.change) }
        model.releases.removeAll { lost.contains($0.ruling) }
        for key in Array(model.purges.keys) { model.purges[key]?.removeAll(where: lost.contains) }
        // One that was a draft lives on by its approval alone; without it, it is a draft again, and owed to nobody above.
        for paper in model.papers where !lost.contains(paper.id) {
            if let approval = paper.approval, lost.contains(approval) { model.drafts.append((paper.home, paper.code, paper.number, paper.authority, paper.id)) }
        }
        model.papers.removeAll { paper in lost.contains(paper.approval ?? paper.id) }
        model.forms.removeAll { $0.node == path }
        model.images[path] = nil
        model.removals.removeAll { lost.contains($0.change) }
        for key in Array(model.objections.keys) { model.objections[key]?.removeAll { lost.contains($0.change) } }
        seenRevoked[path] = []
    }
}
