import GRDB

/// One transaction that several callers share. Each caller's work stays whole or not at all; a failing one takes
/// nobody else's with it, only a failing COMMIT, or a failure after which SQLite gave the transaction up, does.
struct WriteGroup {
    private let session: Session
    /// Everybody to answer.
    private(set) var jobs: [WriteJob] = []
    /// Whether anything became durable.
    private(set) var isCommitted = false

    init(_ session: Session) { self.session = session }

    /// - Parameter more: given how many jobs ran, since when, and the rows they changed, what is to join.
    mutating func run(_ first: WriteJob, more: (Int, ContinuousClock.Instant, Int64) -> [WriteJob]) {
        jobs = [first]
        // Not to be changed within a transaction; temporary tables, which a change would empty, are not used.
        if first.weight == .huge { try? session.db.execute(sql: "PRAGMA temp_store = FILE") }
        defer { if first.weight == .huge { try? session.db.execute(sql: "PRAGMA temp_store = MEMORY") } }
        do {
            try session.run(.beginImmediate)
            // The first needs no savepoint: when it fails, nothing else is in the transaction yet, and it stays alone.
            try first.run(session)
            try stillOpen()
        } catch {
            first.fault = StorageError.ofWriting(error)
            return rollBack()
        }
        // From here on, for the first may be bulk: those behind it would otherwise never share its fsync.
        let began = ContinuousClock.now, rows = session.totalChanges
        do {
            while true {
                let joined = more(jobs.count, began, session.totalChanges - rows)
                if joined.isEmpty { break }
                jobs += joined
                try join(joined)
            }
            try session.run(.commit)
            isCommitted = true
        } catch {
            let fault = StorageError.ofWriting(error)
            for job in jobs where job.fault == nil { job.fault = fault }
            rollBack()
        }
    }

    /// Runs jobs in one savepoint; when one of several fails, each again in its own.
    /// - Throws: only when the whole transaction is lost.
    private func join(_ joined: [WriteJob]) throws {
        try session.run(.savepoint)
        do {
            for job in joined { try job.run(session) }
        } catch {
            try stillOpen(error)
            try session.run(.rollbackTo)
            try session.run(.release)
            guard joined.count > 1 else {
                joined[0].fault = StorageError.ofWriting(error)
                return
            }
            for job in joined { try join([job]) }
            return
        }
        try stillOpen()
        try session.run(.release)
    }

    /// After a full disk, a failed read or no memory, SQLite may have rolled everything back by itself, even where
    /// the work caught the error.
    private func stillOpen(_ error: (any Error)? = nil) throws {
        guard !session.isInTransaction else { return }
        throw error ?? StorageError(message: "writing: the transaction was given up", hint: "run `creditnode doctor` / 请运行 creditnode doctor")
    }

    private func rollBack() {
        // Where this fails too, the next BEGIN says so.
        if session.isInTransaction { try? session.run(.rollback) }
    }
}
