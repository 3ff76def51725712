import Foundation

/// How much a caller of ``ReplicaStore/write(as:_:)`` means to write.
package enum WriteWeight: Sendable, Hashable {
    /// A few rows: may share another's transaction wherever it stands in the queue.
    case small
    /// Many rows: never joins a transaction that a small one began, so that none of those waits for it; what is behind
    /// it, bulk or small, may share its own.
    case bulk
    /// So much that what SQLite sorts or keeps to roll back goes to temporary files, not into memory. Otherwise as bulk.
    case huge
}

/// One caller's work in the queue of the writer.
final class WriteJob: @unchecked Sendable {  // handed from its caller to the leader and back, never with both
    enum Waiter {
        /// Sleeps in its call until it is told to lead or has its answer.
        case thread(DispatchSemaphore)
        /// Told through a continuation; holds no thread. Its work may run twice.
        case task(@Sendable ((any Error)?) -> Void)
    }

    let weight: WriteWeight
    let waiter: Waiter
    private var body: ((WriteTransaction) throws -> Void)?
    /// Instead of a transaction, what runs while none does.
    let alone: (() -> Void)?
    /// Why nothing of this job stays.
    var fault: (any Error)?
    /// Whether the caller that wakes is to lead the next group.
    var isToLead = false

    init(_ weight: WriteWeight, _ waiter: Waiter, _ body: @escaping (WriteTransaction) throws -> Void) {
        self.weight = weight
        self.waiter = waiter
        self.body = body
        alone = nil
    }

    init(alone: @escaping () -> Void, _ waiter: Waiter) {
        weight = .bulk
        self.waiter = waiter
        self.alone = alone
    }

    var isTask: Bool {
        switch waiter {
        case .thread: false
        case .task: true
        }
    }

    /// Runs the work in a transaction object of its own: what one caller remembers is not another's.
    func run(_ session: Session) throws {
        guard let body else { preconditionFailure("a finished write was run") }
        try body(WriteTransaction(session))
    }

    /// Tells the caller. The work is let go first: it belongs to the caller's call.
    func answer() {
        body = nil
        switch waiter {
        case .thread(let semaphore): semaphore.signal()
        case .task(let tell): tell(fault)
        }
    }
}
