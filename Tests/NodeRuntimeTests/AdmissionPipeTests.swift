import Dispatch
import NodeRuntime
import Replication
import Synchronization
import Testing

/// Holds threads until it is opened.
final class Gate: @unchecked Sendable {  // a semaphore is for many threads
    private let semaphore = DispatchSemaphore(value: 0)
    func open() { semaphore.signal() }
    func pass() {
        semaphore.wait()
        semaphore.signal()
    }
}

/// Counts from many threads.
final class Tally: Sendable {
    private let state = Mutex((now: 0, most: 0))
    func up() { state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
    func down() { state.withLock { $0.now -= 1 } }
    var now: Int { state.withLock { $0.now } }
    var most: Int { state.withLock { $0.most } }
}

@Suite(.timeLimit(.minutes(5))) struct AdmissionPipeTests {
    private final class Log: Sendable {
        let committed = Mutex<[[Int]]>([])
        let checkedBehind = Mutex<[[[Int]]]>([])
        let failures = Mutex<[String]>([])
    }

    private struct Broken: Error {}

    private func make(_ log: Log, _ budgets: AdmissionBudgets = AdmissionBudgets(), gate: Gate? = nil, failing: Int? = nil) -> AdmissionPipe<[Int]> {
        AdmissionPipe(budgets) { sets, behind in
            log.checkedBehind.withLock { $0.append(behind) }
            return sets.map(number)
        } commit: { prepared, _ in
            gate?.pass()
            if let failing, prepared.contains(failing) { throw Broken() }
            log.committed.withLock { $0.append(prepared) }
        } failed: { error in log.failures.withLock { $0.append("\(error)") } }
    }

    @Test("All that was put in is committed in order, in batches, and the budgets are empty again")
    func order() async throws {
        let log = Log(), budgets = AdmissionBudgets(), pipe = make(log, budgets)
        for first in stride(from: 0, to: 3000, by: 3) { try await pipe.put((first..<first + 3).map { set($0, bytes: 1000) }) }
        try await pipe.drain()
        #expect(log.committed.withLock { Array($0.joined()) } == Array(0..<3000))
        #expect(budgets.waiting.used == 0 && budgets.working.used == 0)
        await pipe.close()
    }

    @Test("While one batch is committed the next is checked, and no third")
    func overlap() async throws {
        let log = Log(), gate = Gate(), pipe = make(log, gate: gate)
        try await pipe.put([set(1)])
        try await pipe.put([set(2)])
        while log.checkedBehind.withLock({ $0.count }) < 2 { await Task.yield() }
        try await pipe.put([set(3)])
        try await pipe.put([set(4)])
        #expect(log.checkedBehind.withLock { $0.count } == 2)
        gate.open()
        try await pipe.drain()
        #expect(log.committed.withLock { $0 } == [[1], [2], [3, 4]])
        #expect(log.checkedBehind.withLock { $0[1] } == [[1]])
        await pipe.close()
    }

    @Test("What waits is bounded: the reader stops until there is room")
    func backPressure() async throws {
        let log = Log(), gate = Gate(), budgets = AdmissionBudgets(), pipe = make(log, budgets, gate: gate)
        let large = (0..<40).map { SealedChangeSet(header: [UInt8($0), 0], signature: [], digests: [], compression: 0, bodiesSize: 10, bodies: [UInt8](repeating: 0, count: 500_000)) }
        let done = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for one in large {
                    try await pipe.put([one])
                    done.up()
                }
            }
            while done.now < 2 { await Task.yield() }
            for _ in 0..<1000 { await Task.yield() }
            // One batch is committed, one ready, and some five sets wait.
            #expect(budgets.waiting.used <= AdmissionPipe<[Int]>.waitingBytes + 500_100)
            #expect(done.now < 40)
            gate.open()
            try await group.waitForAll()
        }
        try await pipe.drain()
        #expect(log.committed.withLock { Array($0.joined()) } == Array(0..<40))
        await pipe.close()
    }

    @Test("Many links share one memory: all come through, whoever had to wait")
    func sharing() async throws {
        let log = Log(), budgets = AdmissionBudgets()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    let pipe = make(log, budgets)
                    for round in 0..<20 { try await pipe.put([set(round, bytes: 2_000_000)]) }
                    try await pipe.drain()
                    await pipe.close()
                }
            }
            try await group.waitForAll()
        }
        #expect(log.committed.withLock { $0.joined().count } == 1200)
        #expect(budgets.waiting.used == 0 && budgets.working.used == 0)
    }

    @Test("After a failure nothing more is committed, the reader learns why, and no memory is kept")
    func failure() async throws {
        let log = Log(), budgets = AdmissionBudgets(), pipe = make(log, budgets, failing: 7)
        await #expect(throws: Broken.self) {
            for one in 0..<5000 { try await pipe.put([set(one)]) }
            try await pipe.drain()
        }
        await pipe.close()
        #expect(log.failures.withLock { $0.count } == 1)
        #expect(log.committed.withLock { $0.joined().allSatisfy { $0 < 7 } })
        #expect(budgets.waiting.used == 0 && budgets.working.used == 0)
    }

    @Test("Closing drops what waits, lets a commit end, and a cancelled reader goes")
    func closing() async throws {
        let log = Log(), gate = Gate(), budgets = AdmissionBudgets(), pipe = make(log, budgets, gate: gate)
        try await pipe.put([set(1)])
        try await pipe.put([set(2)])
        // The second is checked once the first is being committed.
        while log.checkedBehind.withLock({ $0.count }) < 2 { await Task.yield() }
        try await pipe.put([set(3)])
        let reader = Task { try await pipe.drain() }
        reader.cancel()
        await #expect(throws: CancellationError.self) { try await reader.value }
        let closing = Task { await pipe.close() }
        gate.open()
        await closing.value
        #expect(log.committed.withLock { $0.first } == [1])
        #expect(budgets.waiting.used == 0 && budgets.working.used == 0)
        await #expect(throws: CancellationError.self) { try await pipe.put([set(4)]) }
    }
}
