import Foundation
import Synchronization

/// Copies the log into the database file on a connection and a thread of its own, so that no commit ever does it:
/// a commit is one write to the log and one fsync. See decision 0030.
final class Checkpointer: Sendable {
    /// Sizes in frames of the log, each a page of 4 KiB and a little.
    struct Limits: Sendable {
        /// Frames not yet copied that begin a pass.
        var due = 2_000
        /// Beyond this the writer waits for the rest of the copying, so that the log begins anew: about 32 MiB.
        var most = 8_000
        /// Longest log that a quiet node leaves on the disk, in bytes.
        var quietBytes = 4 << 20
        /// Without commits for so long the node counts as quiet.
        var quietAfter = DispatchTimeInterval.seconds(3)
        /// Passes run on the thread that committed, and no quiet moment is waited for: nothing happens but what the caller does.
        var isInline = false
    }

    private struct State {
        /// Frames in the log, and how many of them are copied.
        var frames = 0
        var copied = 0
        /// Length of the log when a pass last ended: where a reader of an old snapshot holds it back, the next one
        /// waits for as many new frames as if all had been copied.
        var tried = 0
        var isRunning = false
        var isClosed = false
        var isWatched = false
        /// The log holds what was erased, and a reader kept it from being emptied.
        var mustEmpty = false
        var commits: UInt64 = 0
    }

    private let state = Mutex(State())
    private let limits: Limits
    private let connection: Connection
    /// Runs a closure while no transaction writes.
    private let alone: @Sendable (@escaping @Sendable () -> Void) -> Void
    /// Gives back what caches hold; called when the node is quiet.
    private let quiet: @Sendable () -> Void
    private let thread = DispatchQueue(label: "creditnode.checkpoint", qos: .utility)

    init(
        _ connection: Connection, limits: Limits, alone: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void,
        quiet: @escaping @Sendable () -> Void
    ) {
        self.connection = connection
        self.limits = limits
        self.alone = alone
        self.quiet = quiet
    }

    /// Told after each commit how long the log is; never waits.
    func committed(frames: Int) {
        let (begins, watches) = state.withLock { state in
            // A shorter log began anew.
            if frames < state.frames { (state.copied, state.tried) = (0, 0) }
            state.frames = frames
            state.commits += 1
            let begins = !state.isRunning && !state.isClosed && frames - max(state.copied, state.tried) >= limits.due
            if begins { state.isRunning = true }
            let watches = !limits.isInline && !state.isWatched && !state.isClosed
            if watches { state.isWatched = true }
            return (begins, watches)
        }
        if begins, limits.isInline { pass() } else if begins { thread.async { self.pass() } }
        if watches { watch() }
    }

    private func pass() {
        defer {
            state.withLock { state in
                state.isRunning = false
                state.tried = state.frames
            }
        }
        // The second is short: it copies what came during the first.
        copy()
        guard isLong else { return }
        copy()
        guard isLong else { return }
        alone { self.copy() }
    }

    private var isLong: Bool { state.withLock { $0.frames >= limits.most && !$0.isClosed } }

    /// One pass as far as readers allow. What fails is tried again at the next commit: the log keeps everything.
    private func copy() {
        guard let result = try? connection.use({ try $0.db.checkpoint(.passive) }), result.walFrameCount >= 0 else { return }
        state.withLock { state in
            // Unless the log began anew meanwhile.
            if state.frames >= result.checkpointedFrameCount { state.copied = result.checkpointedFrameCount }
        }
    }

    // MARK: - Quiet moments

    private func watch() {
        let seen = state.withLock { $0.commits }
        thread.asyncAfter(deadline: .now() + limits.quietAfter) { [weak self] in
            guard let self else { return }
            let (isQuiet, isClosed) = state.withLock { state in
                let isQuiet = state.commits == seen
                if isQuiet { state.isWatched = false }
                return (isQuiet, state.isClosed)
            }
            if isClosed { return }
            if isQuiet { settle() } else { watch() }
        }
    }

    /// Copies everything, shortens a long log and gives caches back. For quiet moments.
    func settle() {
        copy()
        let path = connection.path + "-wal"
        let bytes = ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.intValue ?? 0
        if bytes > limits.quietBytes || state.withLock({ $0.mustEmpty }) { empty() }
        quiet()
    }

    /// Copies everything and cuts the log to nothing, now or, where a reader of an older snapshot holds it, at the next quiet moment.
    func scrub() {
        state.withLock { $0.mustEmpty = true }
        empty()
    }

    private func empty() {
        alone {
            // Readers of older snapshots keep it as it is.
            guard (try? self.connection.use { try $0.db.checkpoint(.truncate) }) != nil else { return }
            self.state.withLock { $0.mustEmpty = false }
        }
        state.withLock { ($0.frames, $0.copied, $0.tried) = (0, 0, 0) }
    }

    func close() throws {
        state.withLock { $0.isClosed = true }
        try thread.sync { try connection.close() }
    }
}
