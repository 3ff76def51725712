@testable import API
import NodeRuntime
import Synchronization
import Testing

@Suite struct RecentStatusTests {
    @Test("Ten who look at the page ask the replica once")
    func shared() async throws {
        let asked = Mutex(0)
        let recent = RecentStatus(lifetime: .seconds(3600)) {
            asked.withLock { $0 += 1 }
            return Samples.status()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { _ = try await recent.current() } }
            try await group.waitForAll()
        }
        #expect(asked.withLock { $0 } == 1)
    }

    @Test("A failure is not kept")
    func failures() async throws {
        struct Down: Error {}
        let asked = Mutex(0)
        let recent = RecentStatus(lifetime: .seconds(3600)) {
            if asked.withLock({ asked in asked += 1; return asked }) == 1 { throw Down() }
            return Samples.status()
        }
        await #expect(throws: Down.self) { _ = try await recent.current() }
        _ = try await recent.current()
        #expect(asked.withLock { $0 } == 2)
    }
}
