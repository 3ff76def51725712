import Synchronization

/// Bytes that many links share. Who gets none is called when some come free; they are called in turn, as long as
/// there is room.
package final class ByteBudget: Sendable {
    private struct State {
        var used = 0
        var waiting: [(id: UInt64, retry: @Sendable () -> Void)] = []
        var last: UInt64 = 0
    }

    package let limit: Int
    private let state = Mutex(State())

    package init(_ limit: Int) { self.limit = limit }

    package var used: Int { state.withLock { $0.used } }
    var hasRoom: Bool { used < limit }

    /// Counts bytes, whether they fit or not; negative ones come free.
    func add(_ bytes: Int) { if bytes != 0 { state.withLock { $0.used += bytes } } }

    /// Takes `bytes` when they fit, or when nobody has any.
    /// - Parameter retry: called once, later, when they did not fit.
    func take(_ bytes: Int, orElse retry: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            guard state.used == 0 || state.used + bytes <= limit else {
                state.last += 1
                state.waiting.append((state.last, retry))
                return false
            }
            state.used += bytes
            return true
        }
    }

    /// Gives bytes back and calls who waited for them.
    func give(_ bytes: Int) {
        guard bytes > 0 else { return }
        let asked = state.withLock { state in
            state.used -= bytes
            return state.last
        }
        // Those that ask again meanwhile wait for the next that gives.
        while let retry = state.withLock({ state -> (@Sendable () -> Void)? in
            guard state.used < limit, let first = state.waiting.first, first.id <= asked else { return nil }
            return state.waiting.removeFirst().retry
        }) { retry() }
    }
}
