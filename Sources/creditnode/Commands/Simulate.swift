import ArgumentParser
import Foundation
import Registry
import Simulation
import Synchronization

/// A whole federation in one thread, with everything that can go wrong, replayed exactly by its seed.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "模拟：整个联邦在一个线程内运行，可按种子精确重放\nA whole federation in one thread, faults of every kind, replayed exactly by its seed",
        discussion: """
            示例 / examples:
              creditnode simulate --seed 17 --steps 2000 --nodes 1,3,9 --trace
              creditnode simulate --seeds 1-100

            有保证被违反，或达不到最低次数时退出码为 70；失败的种子打印最短的轨迹。
            Exit code 70 when a guarantee does not hold or too little happened; a failing seed prints
            the shortest trace found. docs/simulation.md says what is checked.
            """)

    @Option(help: "一个种子 / one seed") var seed: UInt64?
    @Option(help: ArgumentHelp("若干种子 / many seeds", valueName: "A-B")) var seeds: String?
    @Option(help: "每个种子的步数 / steps of each seed") var steps = 2000
    @Option(help: ArgumentHelp("各级节点数 / nodes at each tier, from the root", valueName: "1,3,9")) var nodes = "1,3,9"
    @Option(help: "同时运行几个种子 / seeds at a time") var jobs = 2
    @Option(help: "每隔几个种子再以错误时钟运行一次，0 为不做 / every so many seeds run again with wrong clocks; 0 = none") var twins = 10
    @Flag(help: "打印轨迹 / print the trace") var trace = false
    @Flag(help: "出现失败即停 / end at the first failure") var untilFailure = false
    @Flag(inversion: .prefixedNo, help: "缩短失败的轨迹 / make the trace of a failure shorter") var shrink = true

    @Option(help: ArgumentHelp("缩短至多用时，秒 / seconds that making it shorter may take", valueName: "S")) var shrinkFor = 300

    @Option(help: ArgumentHelp("略去的步骤 / kinds of steps to leave out", valueName: "KIND,…")) var without = ""

    func validate() throws {
        guard seed == nil || seeds == nil else { throw ValidationError("--seed N 或 / or --seeds A-B") }
        guard range != nil else { throw ValidationError("--seeds A-B, A ≤ B") }
        guard (1...1_000_000).contains(steps) else { throw ValidationError("--steps 1…1000000") }
        guard leftOut.count == without.split(separator: ",").count else { throw ValidationError("--without \(StepKind.allCases.map(\.rawValue).joined(separator: ","))") }
        guard (1...64).contains(jobs) else { throw ValidationError("--jobs 1…64") }
        guard tree.first == 1, tree.allSatisfy({ (1...200).contains($0) }) else { throw ValidationError("--nodes 1,3,9") }
    }

    private var range: ClosedRange<UInt64>? {
        if let seed { return seed...seed }
        guard let seeds else { return 1...1 }
        let ends = seeds.split(separator: "-").compactMap { UInt64($0) }
        return ends.count == 2 && ends[0] <= ends[1] ? ends[0]...ends[1] : nil
    }

    private var leftOut: Set<StepKind> { Set(without.split(separator: ",").compactMap { StepKind(rawValue: String($0)) }) }

    private var tree: [Int] { nodes.split(separator: ",").map { Int($0) ?? 0 } }

    func run() async throws {
        #if PLANTED_BUGS
            plantedBug = ProcessInfo.processInfo.environment["CREDITNODE_PLANTED_BUG"].flatMap { Int($0) } ?? 0
        #endif
        guard let range else { throw ValidationError("--seeds") }
        let began = ContinuousClock.now, trace = trace
        let outcomes = try Batch.run(seeds: range, steps: steps, tree: tree, jobs: jobs, twins: twins, without: leftOut, stopsAtFailure: untilFailure) { outcome in
            if trace { Output.lines(outcome.trace) }
            Output.line("seed \(outcome.plan.seed): \(outcome.tally.line), \(String(outcome.fingerprint, radix: 16))\(outcome.violation.map { "\n  FAILED \($0)" } ?? "")")
        }
        let took = ContinuousClock.now - began
        let total = outcomes.reduce(Tally()) { $0 + $1.tally }
        Output.line("\(outcomes.count) seeds in \(took.formatted(.units(allowed: [.minutes, .seconds]))): \(total.line)")
        Output.line("  operations: " + Self.list(total.confirmed))
        Output.line("  faults: " + Self.list(total.faults))
        for failed in outcomes.filter({ $0.violation != nil }).prefix(shrink ? 1 : 0) { try report(failed) }
        // The least is asked of whole batches only: one small seed proves nothing anyhow.
        let short = outcomes.count >= 10 && !untilFailure ? total.shortfalls(without: leftOut) : []
        for one in short { Output.line("too little / 次数不足: \(one)") }
        if !short.isEmpty || outcomes.contains(where: { $0.violation != nil }) { throw ExitCode(70) }
    }

    private func report(_ failed: Simulator.Outcome) throws {
        let end = ContinuousClock.now + .seconds(shrinkFor)
        var shrink = Shrink(isOver: { ContinuousClock.now > end })
        let (steps, outcome) = try shrink.shrink(failed, cast: try Simulator.cast(tree: tree))
        Output.line("seed \(failed.plan.seed), \(steps.count) of \(failed.plan.steps) steps, after \(shrink.used) runs:")
        Output.lines(outcome.trace.filter { !$0.hasPrefix("end ") })
    }

    private static func list(_ counts: [StepKind: Int]) -> String {
        StepKind.allCases.compactMap { kind in counts[kind].map { "\(kind.rawValue) \($0)" } }.joined(separator: ", ")
    }
}
