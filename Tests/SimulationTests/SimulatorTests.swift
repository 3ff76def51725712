import Simulation
import Testing

@Suite struct SimulatorTests {
    @Test("A small town goes through everything and agrees in the end", arguments: [UInt64(1), 2, 3])
    func small(seed: UInt64) throws {
        let cast = try Simulator.cast(tree: [1, 2, 3])
        let outcome = try Simulator.run(Simulator.Plan(seed: seed, steps: 150, tree: [1, 2, 3]), cast: cast)
        #expect(outcome.violation == nil, "\(outcome.trace.suffix(12).joined(separator: "\n"))")
        #expect(outcome.tally.operations > 15)
    }
}
