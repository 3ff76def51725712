import Dispatch
import Node
import Synchronization

/// Where look-ups wait for their line in the log. Those that come while the lines of others are being written are answered
/// together next: one state of the replica, one transaction, one commit, and no answer before it.
final class LookupDesk: Sendable {
    typealias Answers = [Result<LookupResult, NodeRefusal>]

    /// Most questions of one transaction: how long it holds the writer.
    private static let atOnce = 512

    private struct Waiting: Sendable {
        let questions: [LookupQuestion]
        let continuation: CheckedContinuation<Answers, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isWorking = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "creditnode.look-ups", qos: .userInitiated)
    private let answer: @Sendable ([LookupQuestion]) throws -> Answers

    /// - Parameter answer: answers in order, or throws when none of them could be logged.
    init(answer: @escaping @Sendable ([LookupQuestion]) throws -> Answers) { self.answer = answer }

    /// An answer for each question, in order, once their lines are durable.
    /// - Throws: when the log could not be written.
    func ask(_ questions: [LookupQuestion]) async throws -> Answers {
        try await withCheckedThrowingContinuation { continuation in
            let isFirst = state.withLock { state in
                state.waiting.append(Waiting(questions: questions, continuation: continuation))
                defer { state.isWorking = true }
                return !state.isWorking
            }
            if isFirst { queue.async { self.work() } }
        }
    }

    /// Requests that wait for their turn; for tests.
    var countWaiting: Int { state.withLock { $0.waiting.count } }

    private func work() {
        while let batch = next() {
            do {
                var answers = try answer(batch.flatMap(\.questions))[...]
                for one in batch {
                    one.continuation.resume(returning: Array(answers.prefix(one.questions.count)))
                    answers = answers.dropFirst(one.questions.count)
                }
            } catch {
                for one in batch { one.continuation.resume(throwing: error) }
            }
        }
    }

    /// Those that wait, oldest first, up to the bound; nil ends the work.
    private func next() -> [Waiting]? {
        state.withLock { state in
            var count = 0
            let fitting = state.waiting.prefix { one in
                count += one.questions.count
                return count <= Self.atOnce
            }
            // One request larger than the bound still gets its turn.
            let batch = Array(state.waiting.prefix(max(1, fitting.count)))
            state.waiting.removeFirst(batch.count)
            state.isWorking = !batch.isEmpty
            return batch.isEmpty ? nil : batch
        }
    }
}
