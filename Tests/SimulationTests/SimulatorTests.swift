import Registry
import Simulation
import Storage
import Testing

@Suite struct SimulatorTests {
    static let tree = [1, 2, 3]

    @Test("A small town goes through everything and agrees in the end", arguments: [UInt64(1), 2])
    func small(seed: UInt64) throws {
        let outcome = try Batch.one(Simulator.Plan(seed: seed, steps: 150, tree: Self.tree), try Simulator.cast(tree: Self.tree), twin: seed == 2)
        #expect(outcome.violation == nil, "\(outcome.trace.suffix(12).joined(separator: "\n"))")
        #expect(outcome.tally.operations > 15)
        #expect(outcome.tally.checks > 10)
    }

    @Test("The same seed gives the same trace; another gives another")
    func replay() throws {
        let cast = try Simulator.cast(tree: Self.tree)
        func run(_ seed: UInt64) throws -> Simulator.Outcome { try Simulator.run(Simulator.Plan(seed: seed, steps: 80, tree: Self.tree), cast: cast) }
        let first = try run(7)
        #expect(try run(7).trace == first.trace)
        #expect(try run(8).fingerprint != first.fingerprint)
    }

    @Test("Of a run that fails a few steps are left, which fail by themselves")
    func shrinks() throws {
        let cast = try Simulator.cast(tree: Self.tree)
        // What does not hold: nothing is ever revoked.
        let claim: Simulator.Claim = { world in
            for path in world.paths where path.depth == 1 {
                let revoked = try world.node(path).store.read { try $0.records(RecordFilter(validity: .revoked, limit: 1)) }
                if let one = revoked.first { throw Violation("T", "\(one.id) is revoked") }
            }
        }
        var failed: Simulator.Outcome?
        for seed in UInt64(1)...30 where failed == nil {
            let outcome = try Simulator.run(Simulator.Plan(seed: seed, steps: 250, tree: Self.tree), cast: cast, claim: claim)
            if outcome.violation?.mark == "T" { failed = outcome }
        }
        let found = try #require(failed)
        var shrink = Shrink(claim: claim)
        let (steps, outcome) = try shrink.shrink(found, cast: cast)
        #expect(outcome.violation?.mark == "T" && outcome.violation?.step == steps.last?.number)
        // It is entered and revoked, and somebody carries both up, unless that was at the root.
        #expect((2...8).contains(steps.count), "\(steps)")
        #expect(Set(steps.map(\.kind)).isSuperset(of: [.revoke]))
        #expect(outcome.trace.count <= 2 * steps.count + 2, "\(outcome.trace)")
        let again = try Simulator.run(found.plan, cast: cast, steps: steps, claim: claim)
        #expect(again.violation?.description == outcome.violation?.description)
        for index in steps.indices {
            var fewer = steps
            fewer.remove(at: index)
            #expect(try Simulator.run(found.plan, cast: cast, steps: fewer, claim: claim).violation == nil, "nothing is left that may be left out")
        }
    }

    @Test("Too little of anything is told")
    func shortfalls() {
        var tally = Tally()
        tally.steps = 1000
        #expect(tally.shortfalls.count == 5)
        tally.confirmed = [.enter: 400]
        tally.relief = 100
        tally.merges = 10
        tally.conflicts = 10
        tally.faults = [.blackout: 40]
        #expect(tally.shortfalls == [])
        tally.steps = 20_000
        #expect(tally.shortfalls.contains("fault spoil: none"))
    }

    @Test("Steps left out leave the others as they are")
    func steps() {
        let all = Simulation.Step.all(seed: 4, count: 50)
        #expect(Array(Simulation.Step.all(seed: 4, count: 60).prefix(50)) == all)
        #expect(Set(all.map(\.kind)).count > 5)
    }
}
