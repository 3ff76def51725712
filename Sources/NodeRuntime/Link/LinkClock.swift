import Synchronization

/// One clock for all links of a node: each hears a beat a second, and 160 idle links need one timer.
final class LinkClock: Sendable {
    private struct State {
        var listeners: [UInt64: @Sendable () -> Void] = [:]
        var last: UInt64 = 0
        var task: Task<Void, Never>?
    }

    private let state = Mutex(State())
    private let beat: Duration

    init(beat: Duration = .seconds(1)) { self.beat = beat }

    deinit { state.withLock { $0.task?.cancel() } }

    /// Calls `body` at every beat until ``leave(_:)``; it must not block.
    func join(_ body: @escaping @Sendable () -> Void) -> UInt64 {
        state.withLock { state in
            state.last += 1
            state.listeners[state.last] = body
            if state.task == nil {
                state.task = Task.detached { [weak self, beat] in
                    while !Task.isCancelled {
                        try? await Task.sleep(for: beat)
                        guard let self else { return }
                        self.tell()
                    }
                }
            }
            return state.last
        }
    }

    func leave(_ handle: UInt64) {
        state.withLock { state in
            state.listeners[handle] = nil
            guard state.listeners.isEmpty else { return }
            state.task?.cancel()
            state.task = nil
        }
    }

    private func tell() {
        for listener in state.withLock({ state in state.listeners.sorted { $0.key < $1.key }.map(\.value) }) { listener() }
    }
}
