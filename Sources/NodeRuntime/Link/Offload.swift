import Dispatch

/// Runs blocking work (SQLite, fsync, signatures of large sets) off the event loops.
enum Offload {
    private static let queue = DispatchQueue(label: "creditnode.work", attributes: .concurrent)

    static func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
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
