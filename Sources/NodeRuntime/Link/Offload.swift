import Dispatch
import Foundation
import Synchronization

/// Runs blocking work (SQLite, fsync, signatures of large sets) off the event loops, on a few threads of its own:
/// more than cores, because those that wait for a commit together share one.
enum Offload {
    /// Writers of as many links may wait for one commit; readers and commands come beside them.
    private static let threads = WorkThreads(limit: 12)

    static func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            start { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Runs `body` soon; nobody waits for it.
    static func start(_ body: @escaping @Sendable () -> Void) { threads.start(body) }
}

/// Threads that start as they are needed and stay. Of those that idle the last one that worked is woken: its stack, its
/// caches and its part of the heap are warm, and one thread after another does not fill a heap of its own.
package final class WorkThreads: Sendable {
    package typealias Job = @Sendable () -> Void

    private final class Worker: @unchecked Sendable {  // a semaphore is for many threads
        let job = Mutex<Job?>(nil)
        let woken = DispatchSemaphore(value: 0)
    }

    private struct State {
        var waiting: [Job] = []
        /// The last one idles the shortest.
        var idle: [Worker] = []
        var count = 0
    }

    private enum Place {
        case worker(Worker)
        case newThread
        case queue
    }

    private let limit: Int
    private let state = Mutex(State())

    package init(limit: Int) { self.limit = limit }

    /// Threads there are.
    package var count: Int { state.withLock { $0.count } }

    package func start(_ job: @escaping Job) {
        let place = state.withLock { state -> Place in
            if let worker = state.idle.popLast() { return .worker(worker) }
            guard state.count < limit else {
                state.waiting.append(job)
                return .queue
            }
            state.count += 1
            return .newThread
        }
        switch place {
        case .worker(let worker):
            worker.job.withLock { $0 = job }
            worker.woken.signal()
        case .newThread:
            let thread = Thread { [self] in work(job) }
            thread.name = "creditnode.work"
            thread.stackSize = 1 << 20
            thread.start()
        case .queue: break
        }
    }

    private func work(_ first: @escaping Job) {
        let me = Worker()
        var job = first
        while true {
            job()
            let next = state.withLock { state -> Job? in
                guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
                state.idle.append(me)
                return nil
            }
            job = next ?? rest(me)
        }
    }

    /// Waits for the next job.
    private func rest(_ me: Worker) -> Job {
        while true {
            me.woken.wait()
            if let job = me.job.withLock({ job in
                defer { job = nil }
                return job
            }) { return job }
        }
    }
}

/// Wakes one waiting task; several wakes before it looks count as one.
struct Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func wake() { continuation.yield() }
    func finish() { continuation.finish() }

    /// The wakes, for one task.
    var wakes: AsyncStream<Void> { stream }
}
