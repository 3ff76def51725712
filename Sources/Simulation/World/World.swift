import Node
import Registry
import Replication

/// A federation of real nodes in one thread: real replicas (SQLite on a disk in memory), real signatures and certificates,
/// real conversations. Only clock, randomness, network and disk are the world's, and all four follow from the seed and
/// from what is asked of it: the same calls give the same world.
package final class World {
    package let seed: UInt64
    /// Parents before children.
    package let paths: [NodePath]
    package let clock: WorldClock
    private let machines: [NodePath: Machine]
    /// One a child, in the order of ``paths``.
    let lines: [Line]
    /// Changes or drops frames on their way; `up` = from the child to its parent. Set by tests.
    package var tamper: ((_ child: NodePath, _ frame: Frame, _ up: Bool) -> Frame?)?

    /// 2026-11-18 17:06:40 at UTC+8.
    package static let usualStart: UInt64 = 1_795_000_000_000
    package static let clerk = Actor(unit: "11000000TEXT00017D", operator: "甲", reviewer: "乙")
    package static let loneClerk = Actor(unit: "11000000TEXT00017D", operator: "甲")

    /// - Parameters:
    ///   - tree: paths such as `wuhan/wuchang/jiyuqiao`, in any order; missing parents are added.
    ///   - catalogue: published by the root at the beginning; nil publishes nothing.
    package convenience init(seed: UInt64, tree: [String], catalogue: Catalogue? = .standard, start: UInt64 = World.usualStart) throws {
        try self.init(seed: seed, cast: try Cast(try Self.paths(tree), now: start), catalogue: catalogue, start: start)
    }

    package init(seed: UInt64, cast: Cast, catalogue: Catalogue? = .standard, start: UInt64 = World.usualStart) throws {
        (self.seed, paths) = (seed, cast.paths)
        let clock = WorldClock(start)
        self.clock = clock
        var machines: [NodePath: Machine] = [:], lines: [Line] = []
        for path in cast.paths {
            guard let identity = cast.identities[path] else { preconditionFailure("the cast has every path") }
            let machine = try Machine(path, identity, clock: clock, seed: seed)
            machines[path] = machine
            guard let parent = path.parent, let above = machines[parent] else { continue }
            try machine.node.trust(chain: above.node.identity.ledgerChain)
            lines.append(Line(child: machine, parent: above))
        }
        self.machines = machines
        self.lines = lines
        for line in lines { line.world = self }
        if let catalogue, let root = cast.paths.first { _ = try node(root).publishCatalogue(catalogue, actor: Self.clerk) }
    }

    /// The paths of a tree with all parents, parents first.
    package static func paths(_ tree: [String]) throws -> [NodePath] {
        var paths: Set<NodePath> = []
        for text in tree {
            guard let path = NodePath(text) else { throw WorldProblem("\(text) is no path of a node") }
            for step in sequence(first: path, next: \.parent) { paths.insert(step) }
        }
        return paths.sorted { $0.depth != $1.depth ? $0.depth < $1.depth : $0 < $1 }
    }

    /// A tree by the number of nodes at each tier, `[1, 3, 9]`: `city`, `city/d1`…, `city/d1/s1`…, spread evenly.
    package static func paths(counts: [Int]) throws -> [NodePath] {
        guard counts.first == 1, counts.allSatisfy({ $0 > 0 }) else { throw WorldProblem("a tree begins with one root: 1,3,9") }
        var tiers: [[String]] = [["city"]]
        for (tier, count) in counts.enumerated().dropFirst() {
            let above = tiers[tier - 1], letter = ["d", "s", "n", "m", "k", "j"][min(tier - 1, 5)]
            tiers.append((0..<count).map { "\(above[$0 * above.count / count])/\(letter)\($0 + 1)" })
        }
        return try paths(tiers.flatMap { $0 })
    }

    // MARK: - Who and what

    package func machine(_ path: NodePath) -> Machine {
        guard let machine = machines[path] else { preconditionFailure("no node \(path)") }
        return machine
    }

    package func node(_ path: NodePath) -> Node { machine(path).node }

    /// - Precondition: the world has a node there.
    package func node(_ text: String) -> Node {
        guard let path = NodePath(text) else { preconditionFailure("\(text) is no path") }
        return node(path)
    }

    func line(of child: NodePath) -> Line {
        guard let line = lines.first(where: { $0.child.path == child }) else { preconditionFailure("\(child) has no line") }
        return line
    }

    // MARK: - Lines

    /// Takes the line between a child and its parent down, or up again. Lines are up at the beginning.
    package func link(_ child: String, up: Bool) {
        guard let path = NodePath(child) else { preconditionFailure("\(child) is no path") }
        line(of: path).isUp = up
    }

    /// Takes every line down, or up again.
    package func links(up: Bool) { for line in lines { line.isUp = up } }

    /// Moves one frame on one line: each in turn, so that repeated steps settle everything.
    /// - Returns: false when nothing moves on any line.
    @discardableResult
    package func step() throws -> Bool {
        for offset in lines.indices {
            let index = (turn + offset) % lines.count
            for up in [true, false] where try lines[index].move(up: up) {
                turn = index + 1
                return true
            }
        }
        return false
    }
    private var turn = 0

    /// Runs until no line has anything to send.
    /// - Throws: ``WorldProblem`` when that does not come about.
    package func settle() throws {
        var moved = 0
        while try step() {
            moved += 1
            if moved > 2_000_000 { throw WorldProblem("the lines do not come to rest") }
        }
    }

    /// Stops a node in good order and starts it again; its lines end and begin anew.
    package func restart(_ path: NodePath) throws {
        cut(path)
        try machine(path).restart()
    }

    /// Takes the power from a node and starts it from what its disk kept.
    package func crash(_ path: NodePath, losing loss: MemoryDisk.Loss = .everything) throws {
        cut(path)
        try machine(path).start(losing: loss)
    }

    /// Starts a node from an image of its disk made earlier (``MemoryDisk/image()``): a restore from a backup.
    package func restore(_ path: NodePath, from image: [String: [UInt8]]) throws {
        cut(path)
        try machine(path).start(from: image)
    }

    /// Ends the talk on every line of a node; those that are up begin again.
    func cut(_ path: NodePath) { for line in lines where line.child.path == path || line.parent.path == path { line.end("cut") } }

    /// What one line learned and others pass on.
    func spread(_ news: LineNews, at node: NodePath, except line: Line) throws {
        for other in lines where other !== line && (other.child.path == node || other.parent.path == node) { try other.hear(news, at: node) }
    }
}
