import NodeRuntime

/// One status for all who look at the page within a second: ten open tabs ask the replica as often as one.
actor RecentStatus {
    private let load: @Sendable () async throws -> StatusReport
    private let lifetime: Duration
    private let clock = ContinuousClock()
    private var running: Task<StatusReport, any Error>?
    private var startedAt: ContinuousClock.Instant?

    init(lifetime: Duration = .seconds(1), load: @escaping @Sendable () async throws -> StatusReport) {
        self.lifetime = lifetime
        self.load = load
    }

    /// The status asked for within the last second, or a new one. A failure is not kept.
    func current() async throws -> StatusReport {
        if let running, let startedAt, clock.now - startedAt < lifetime { return try await running.value }
        let task = Task { [load] in try await load() }
        (running, startedAt) = (task, clock.now)
        do {
            return try await task.value
        } catch {
            if running == task { running = nil }
            throw error
        }
    }
}
