import Foundation
import GRDB
import Synchronization

/// Group commit: writers that come while another writes share the next transaction and its one fsync.
///
/// The first caller leads: it runs its own work, then what queued meanwhile, commits, answers everybody, and hands
/// the lead to the next in the queue. Nobody is answered before the commit is durable. See decision 0030.
final class WriteQueue: Sendable {
    /// When a group takes no more work in: enough to share an fsync among many, little enough that the first of
    /// them waits no longer than for a second fsync.
    private static let longest = Duration.milliseconds(3)
    private static let mostRows: Int64 = 4_000
    /// The same where a bulk write began the group: many links that each bring some hundred rows then touch the pages
    /// of the indexes once together. Counted from the end of the first one's work.
    private static let longestOfBulk = Duration.milliseconds(40)
    private static let mostRowsOfBulk: Int64 = 8_000
    private static let mostJobs = 4_096
    /// Work of tasks that shares one savepoint.
    private static let mostTogether = 128
    /// Tasks that may wait at once; whoever comes beyond is refused.
    static let mostWaiting = 100_000

    private struct State {
        var waiting = JobQueue()
        var isLed = false
        var leader: pthread_t?
        var commits: UInt64 = 0
    }

    private let state = Mutex(State())
    private let writer: Connection
    /// Called after each commit, when everybody is answered, with the length of the log.
    private let committed: @Sendable (_ frames: Int) -> Void
    /// Leads while tasks wait and no caller does.
    private let background = DispatchQueue(label: "creditnode.commit")

    init(writer: Connection, committed: @escaping @Sendable (_ frames: Int) -> Void) {
        self.writer = writer
        self.committed = committed
    }

    /// Runs a caller's work and returns when it is durable. The caller's thread waits, or leads.
    func perform(_ weight: WriteWeight, _ body: @escaping (WriteTransaction) throws -> Void) throws {
        let ready = DispatchSemaphore(value: 0)
        try wait(for: WriteJob(weight, .thread(ready), body), ready)
    }

    /// Runs `body` while no transaction writes.
    func alone(_ body: @escaping () -> Void) {
        let ready = DispatchSemaphore(value: 0)
        // It has no way to fail.
        try? wait(for: WriteJob(alone: body, .thread(ready)), ready)
    }

    private func wait(for job: WriteJob, _ ready: DispatchSemaphore) throws {
        let leads = state.withLock { state in
            precondition(state.leader.map { pthread_equal($0, pthread_self()) == 0 } ?? true, "a write within a write")
            if state.isLed {
                state.waiting.append(job)
                return false
            }
            state.isLed = true
            return true
        }
        if leads {
            lead(job)
        } else {
            ready.wait()
            if job.isToLead { lead(job) }
        }
        if let fault = job.fault { throw fault }
    }

    /// Queues a task's work; `tell` is called when it is durable or failed.
    func enqueue(_ body: @escaping @Sendable (WriteTransaction) throws -> Void, tell: @escaping @Sendable ((any Error)?) -> Void) {
        let job = WriteJob(.small, .task(tell), body)
        let (leads, isFull) = state.withLock { state in
            if state.isLed {
                if state.waiting.count >= Self.mostWaiting { return (false, true) }
                state.waiting.append(job)
                return (false, false)
            }
            state.isLed = true
            return (true, false)
        }
        if isFull { return tell(StorageError(message: "too many writes wait", hint: "the disk does not keep up: try again later / 磁盘跟不上：请稍后重试")) }
        if leads { background.async { self.lead(job) } }
    }

    /// Who stands in the queue, and how many transactions were committed. For tests and figures.
    var waitingCount: Int { state.withLock { $0.waiting.count } }
    var commits: UInt64 { state.withLock { $0.commits } }

    // MARK: - Leading

    private func lead(_ first: WriteJob) {
        var next: WriteJob? = first
        while let job = next {
            if let alone = job.alone {
                alone()
                next = pass(on: job)
                job.answer()
                continue
            }
            let group = writer.use { session in
                state.withLock { $0.leader = pthread_self() }
                var group = WriteGroup(session)
                group.run(job) { session, began, rows in self.takeMore(job.weight, session, began, rows) }
                state.withLock { state in
                    state.leader = nil
                    if group.isCommitted { state.commits += 1 }
                }
                return group
            }
            next = pass(on: job)
            for job in group.jobs { job.answer() }
            if group.isCommitted { committed(writer.frames.load(ordering: .relaxed)) }
        }
    }

    /// What may still share the transaction: jobs of callers one at a time, those of tasks by the hundred. Bulk joins
    /// bulk alone, so that nobody small waits for it who came before.
    private func takeMore(_ weight: WriteWeight, _ taken: Int, _ began: ContinuousClock.Instant, _ rows: Int64) -> [WriteJob] {
        let isBulk = weight == .bulk
        guard taken < Self.mostJobs, rows < (isBulk ? Self.mostRowsOfBulk : Self.mostRows),
            ContinuousClock.now - began < (isBulk ? Self.longestOfBulk : Self.longest)
        else { return [] }
        return state.withLock { state in
            guard let first = state.waiting.first, first.alone == nil, first.weight == .small || (isBulk && first.weight == .bulk) else { return [] }
            var jobs = [state.waiting.removeFirst()]
            guard first.isTask else { return jobs }
            while jobs.count < Self.mostTogether, let more = state.waiting.first, more.isTask { jobs.append(state.waiting.removeFirst()) }
            return jobs
        }
    }

    /// Hands the lead to the next caller. - Returns: the next job where this thread is to go on leading.
    private func pass(on led: WriteJob) -> WriteJob? {
        let next = state.withLock { state -> WriteJob? in
            guard state.waiting.first != nil else {
                state.isLed = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        guard let next else { return nil }
        switch next.waiter {
        case .thread(let ready):
            next.isToLead = true
            ready.signal()
            return nil
        case .task:
            if led.isTask { return next }
            background.async { self.lead(next) }
            return nil
        }
    }
}

/// First in, first out.
struct JobQueue {
    private var jobs: [WriteJob?] = []
    private var start = 0

    var count: Int { jobs.count - start }
    var first: WriteJob? { start < jobs.count ? jobs[start] : nil }

    mutating func append(_ job: WriteJob) { jobs.append(job) }

    mutating func removeFirst() -> WriteJob {
        guard let job = jobs[start] else { preconditionFailure("the queue is not empty") }
        jobs[start] = nil
        start += 1
        if start == jobs.count {
            jobs.removeAll(keepingCapacity: jobs.count <= 4_096)
            start = 0
        } else if start >= 4_096, start * 2 >= jobs.count {
            jobs.removeFirst(start)
            start = 0
        }
        return job
    }
}
