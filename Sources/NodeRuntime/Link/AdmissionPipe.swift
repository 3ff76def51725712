import Replication
import Synchronization

/// What all links of a node share, so that memory does not grow with their number.
package struct AdmissionBudgets: Sendable {
    /// Sealed bytes that wait. A link that has none waiting may always have one read buffer's worth.
    package let waiting = ByteBudget(6 * 1024 * 1024)
    /// Batches checked or committed.
    package let working = ByteBudget(18 * 1024 * 1024)

    package init() {}
}

/// Carries an ``AdmissionQueue`` out on ``Offload``'s threads. The reader of the link puts sets in and waits only for room;
/// no thread waits for another.
package final class AdmissionPipe<Prepared: Sendable>: Sendable {
    /// Sealed bytes that may wait before the reader stops reading.
    package static var waitingBytes: Int { 2 * 1024 * 1024 }

    package typealias Prepare = @Sendable (_ sets: [SealedChangeSet], _ behind: [Prepared]) throws -> Prepared
    /// Commits, and tells whoever must know before the next batch is committed.
    package typealias Commit = @Sendable (_ prepared: Prepared, _ sets: Int) throws -> Void

    /// What the reader, or the end of the link, waits for.
    private enum Need {
        case room
        case drained
        case idle
    }

    private struct State {
        var queue = AdmissionQueue<Prepared>()
        /// Jobs on threads.
        var running = 0
        var closed = false
        var failure: (any Error)?
        /// A retry is registered with the budget.
        var asked = false
        var waiter: (need: Need, continuation: CheckedContinuation<Void, any Error>)?
    }

    private let budgets: AdmissionBudgets
    private let prepare: Prepare
    private let commit: Commit
    /// Told once when a batch could not be checked or committed: nothing more is taken then.
    private let failed: @Sendable (any Error) -> Void
    private let state = Mutex(State())

    package init(_ budgets: AdmissionBudgets, prepare: @escaping Prepare, commit: @escaping Commit, failed: @escaping @Sendable (any Error) -> Void) {
        (self.budgets, self.prepare, self.commit, self.failed) = (budgets, prepare, commit, failed)
    }

    // MARK: - For the reader

    /// Takes sets in, and waits while too many wait already.
    /// - Throws: why the pipe failed; `CancellationError`.
    package func put(_ sets: [SealedChangeSet]) async throws {
        guard !sets.isEmpty else { return }
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            guard !state.closed else { throw CancellationError() }
            let before = state.queue.waitingBytes
            state.queue.put(sets)
            budgets.waiting.add(state.queue.waitingBytes - before)
        }
        pump()
        try await wait(for: .room)
    }

    /// Returns when all that was put in is committed.
    /// - Throws: why the pipe failed; `CancellationError`.
    package func drain() async throws { try await wait(for: .drained) }

    /// Drops what waits and returns when nothing is being worked on.
    package func close() async {
        let dropped = state.withLock { state in
            state.closed = true
            return drop(&state)
        }
        budgets.working.give(dropped)
        // Nobody else waits any more, and a wait that is cancelled must not leave work behind.
        await Task { try? await wait(for: .idle) }.value
    }

    private func wait(for need: Need) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let result = state.withLock { state -> Result<Void, any Error>? in
                    if let outcome = self.met(need, state) { return outcome }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    precondition(state.waiter == nil, "a pipe has one reader")
                    state.waiter = (need, continuation)
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter?.continuation
            }
            waiter?.resume(throwing: CancellationError())
        }
    }

    private func met(_ need: Need, _ state: State) -> Result<Void, any Error>? {
        if case .idle = need { return state.running == 0 ? .success(()) : nil }
        if let failure = state.failure { return .failure(failure) }
        if state.closed { return .failure(CancellationError()) }
        switch need {
        case .room:
            let waiting = state.queue.waitingBytes
            return waiting == 0 || (waiting < Self.waitingBytes && budgets.waiting.hasRoom) ? .success(()) : nil
        case .drained: return state.queue.isEmpty ? .success(()) : nil
        case .idle: return nil
        }
    }

    // MARK: - Work

    private func pump() {
        while let work = turn() {
            Offload.start { self.run(work) }
        }
    }

    /// What can begin now; tells the one that waits if that made room.
    private func turn(after done: Int = 0) -> AdmissionQueue<Prepared>.Work? {
        let (work, dropped, waiter) = state.withLock { state -> (AdmissionQueue<Prepared>.Work?, Int, (CheckedContinuation<Void, any Error>, Result<Void, any Error>)?) in
            state.running -= done
            let work = next(&state)
            let dropped = state.closed ? drop(&state) : 0
            guard let waiter = state.waiter, let result = met(waiter.need, state) else { return (work, dropped, nil) }
            state.waiter = nil
            return (work, dropped, (waiter.continuation, result))
        }
        budgets.working.give(dropped)
        if let (continuation, result) = waiter { continuation.resume(with: result) }
        return work
    }

    private func next(_ state: inout State) -> AdmissionQueue<Prepared>.Work? {
        guard !state.closed else { return nil }
        let before = state.queue.waitingBytes
        var asked = state.asked
        let work = state.queue.next { weight in
            guard !asked else { return false }
            asked = !budgets.working.take(weight) { [weak self] in self?.retry() }
            return !asked
        }
        state.asked = asked
        budgets.waiting.add(state.queue.waitingBytes - before)
        if work != nil { state.running += 1 }
        return work
    }

    private func retry() {
        state.withLock { $0.asked = false }
        pump()
    }

    private func run(_ first: AdmissionQueue<Prepared>.Work) {
        var work: AdmissionQueue<Prepared>.Work? = first
        while let current = work {
            do {
                switch current {
                case .check(let sets, let behind, _):
                    let prepared = try prepare(sets, behind)
                    state.withLock { $0.queue.checked(prepared) }
                case .commit(let prepared, let sets, let weight):
                    // What waits is checked meanwhile.
                    pump()
                    defer { budgets.working.give(weight) }
                    try commit(prepared, sets)
                    state.withLock { $0.queue.committed() }
                }
            } catch { fail(error, current) }
            work = turn(after: 1)
        }
    }

    private func fail(_ error: any Error, _ work: AdmissionQueue<Prepared>.Work) {
        let first = state.withLock { state in
            defer { (state.failure, state.closed) = (state.failure ?? error, true) }
            return state.failure == nil
        }
        if case .check(_, _, let weight) = work { budgets.working.give(weight) }
        if first { failed(error) }
    }

    private func drop(_ state: inout State) -> Int {
        budgets.waiting.add(-state.queue.waitingBytes)
        return state.queue.drop()
    }
}
