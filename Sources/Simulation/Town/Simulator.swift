import Node
import Registry
import Replication
import Samples
import Storage

/// One run: a town of nodes, clerks who work at random everywhere, faults of every kind, and checkers that look on. After the
/// last step everything is mended, and all must agree.
package final class Simulator {
    package struct Plan: Sendable, Hashable {
        package var seed: UInt64
        package var steps: Int
        /// Nodes at each tier, from the root.
        package var tree: [Int]
        /// Every machine's clock is off from the beginning, each by other years: what is shown of content must not change (guarantee 9).
        package var shiftsClocks = false
        /// Run a second time under other clocks: what a clock decides by law (whether a record's time is over) is left out of both.
        package var isTwinned = false
        /// Kinds of steps that are left out.
        package var without: Set<StepKind> = []
        /// The steps that the plan stands for.
        var all: [Step] { Step.all(seed: seed, count: steps, without: without) }

        package init(seed: UInt64, steps: Int, tree: [Int]) { (self.seed, self.steps, self.tree) = (seed, steps, tree) }
    }

    package struct Outcome: Sendable {
        package let plan: Plan
        package var tally = Tally()
        package var violation: Violation?
        /// One line a step that did something.
        package var trace: [String] = []
        /// Of trace and final state: equal for equal plans and steps.
        package var fingerprint: UInt64 = 0
        /// Of what all nodes show in the end, dates left out.
        package var content: UInt64 = 0
    }

    let plan: Plan
    let world: World
    let units: [NodePath: String]
    private var claim: Claim?
    var model = Model()
    var outcome: Outcome
    /// What each node showed as revoked, and never again shows otherwise.
    var seenRevoked: [NodePath: Set<Dot>] = [:]

    private init(_ plan: Plan, _ cast: Cast) throws {
        self.plan = plan
        outcome = Outcome(plan: plan)
        world = try World(seed: plan.seed, cast: cast, catalogue: .standard)
        units = Units.codes(world.paths)
        for path in world.paths { world.machine(path).clockError = shift(of: path) }
    }

    /// What a machine's clock is off by for the whole run: up to ten years, to either side.
    func shift(of path: NodePath) -> Int64 {
        guard plan.shiftsClocks else { return 0 }
        var random = SplitMix64.derived(from: plan.seed, "clock of \(path)")
        return Int64(random.below(20 * 365) - 10 * 365) * 86_400_000
    }

    /// Something more that is said to hold of the town: asked after each step; throws a ``Violation`` where it does not.
    package typealias Claim = @Sendable (World) throws -> Void

    /// Runs a plan, or some of its steps.
    /// - Parameters:
    ///   - steps: nil = all.
    ///   - claim: asked besides everything else.
    /// - Throws: only what the simulator itself cannot do; what nodes do wrong is in the outcome.
    package static func run(_ plan: Plan, cast: Cast, steps: [Step]? = nil, claim: Claim? = nil) throws -> Outcome {
        let simulator = try Simulator(plan, cast)
        simulator.claim = claim
        simulator.run(steps ?? plan.all)
        return simulator.outcome
    }

    /// The keys of the trees with these numbers of nodes: made once for many runs.
    package static func cast(tree: [Int]) throws -> Cast { try Cast(try World.paths(counts: tree), now: World.usualStart) }

    private func run(_ steps: [Step]) {
        do {
            try begin()
            for step in steps {
                do {
                    try take(step)
                    try claim?(world)
                } catch var violation as Violation {
                    violation.step = step.number
                    throw violation
                }
            }
            try mend()
            try checkEverything()
        } catch let violation as Violation {
            outcome.violation = violation
            note("violation \(violation)")
        } catch {
            outcome.violation = Violation("X", "\(error)")
            note("violation \(error)")
        }
        outcome.tally.frames = world.lines.reduce(0) { $0 + $1.moves }
        var hash = Fingerprint()
        for line in outcome.trace { hash.absorb(line) }
        outcome.fingerprint = hash.value
    }

    /// The town before anything goes wrong: everybody has the catalogue, and the lists are open.
    private func begin() throws {
        for path in world.paths where path.depth <= 2 {
            guard let unit = units[path] else { continue }
            let opened = ListOpened(code: "list-\(path.name)", title: "重点关注名单", basis: "《测试条例》第一条", authority: unit, maxAge: 86_400)
            _ = try world.node(path).createList(opened, actor: clerk(at: path))
        }
        try world.settle()
    }

    func clerk(at path: NodePath, alone: Bool = false) -> Actor {
        Actor(unit: duty(of: units[path] ?? World.authority, at: path), operator: "甲", reviewer: alone ? nil : "乙")
    }

    func note(_ text: @autoclosure () -> String) { outcome.trace.append(text()) }

    // MARK: - Steps

    private func take(_ step: Step) throws {
        outcome.tally.steps += 1
        var random = step.random
        do {
            let text: String
            if step.kind.isFault || step.kind == .lineUp || step.kind == .image || step.kind == .carry {
                text = try disturb(step, &random)
            } else {
                text = try work(step, &random)
            }
            if !text.isEmpty { note("\(step.number) \(step.kind.rawValue) \(text)") }
        } catch let refusal as NodeRefusal {
            outcome.tally.refused += 1
            note("\(step.number) \(step.kind.rawValue) refused: \(refusal.code)")
        } catch let error where !(error is Violation) {
            // Only a machine without power may fail.
            guard world.paths.contains(where: { world.machine($0).disk.isDead }) else { throw Violation("X", "\(step.kind.rawValue): \(error)") }
            note("\(step.number) \(step.kind.rawValue) the power went")
        }
        try restartDead(&random)
        if step.number % 40 == 39 { try look(&random) }
    }

    /// Machines whose power went start again from what their disks kept.
    private func restartDead(_ random: inout SplitMix64) throws {
        for path in world.paths where world.machine(path).disk.isDead {
            let loss: MemoryDisk.Loss
            switch random.below(4) {
            case 0: loss = .everything
            case 1: loss = .nothing
            default: loss = .part(seed: random.next())
            }
            note("  \(path) starts again, \(loss)")
            try world.crash(path, losing: loss)
            try checkKept(path)
        }
    }

    // MARK: - The end

    /// No more faults: power, lines and clocks as they should be, and time for everything to arrive.
    private func mend() throws {
        for path in world.paths {
            world.machine(path).disk.keepPower()
            world.machine(path).clockError = shift(of: path)
        }
        // Lines that talk go on as they are: what one of them forgot must show. Only where something was refused the talk
        // is over for that ledger, by design, until the next one.
        for line in world.lines { line.isUp = true }
        do {
            // What was spoiled on its way may be refused while all else arrives.
            for _ in 0..<3 {
                for line in world.lines where line.refusals > 0 { line.end("refused something") }
                try world.settle()
            }
        } catch let problem as WorldProblem { throw Violation("G1", problem.description) }
    }
}

/// FNV-1a over lines.
struct Fingerprint {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func absorb(_ text: String) {
        for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        value = (value ^ 0x0A) &* 0x0000_0100_0000_01B3
    }
}

/// Synthetic units, one a node, with valid codes of division 000000.
enum Units {
    static func codes(_ paths: [NodePath]) -> [NodePath: String] {
        var codes: [NodePath: String] = [:]
        for (index, path) in paths.enumerated() { codes[path] = code("11", 1_000 + index) }
        return codes
    }

    /// Companies, by number.
    static func company(_ index: Int) -> String { code("91", 4_000 + index) }

    /// Who succeeds the unit of a node, by the node's number.
    static func heir(_ index: Int) -> String { code("11", 2_000 + index) }

    private static func code(_ category: StaticString, _ body: Int) -> String {
        String(decoding: SampleCodes.creditCode(category: category, body: body), as: UTF8.self)
    }
}
