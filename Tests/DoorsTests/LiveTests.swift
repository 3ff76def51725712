import Foundation
import Logging
import NIOPosix
import Synchronization
import Testing
import Transport

@testable import API
@testable import NodeRuntime

/// With PAGE_PORT set, serves the page with changing numbers for twelve seconds, to be looked at in a browser.
struct LiveTests {
    @Test(.enabled(if: ProcessInfo.processInfo.environment["PAGE_PORT"] != nil))
    func servesAPageToLookAt() async throws {
        let port = Int(ProcessInfo.processInfo.environment["PAGE_PORT"] ?? "") ?? 0
        let count = Mutex(0)
        let handler = consoleHandler(interval: .milliseconds(500), logger: Logger(label: "test")) {
            var report = Samples.status()
            report.records = count.withLock { count in
                count += 1
                return 1000 + count
            }
            if report.records % 2 == 0 { report.warnings = [] }
            return report
        }
        let server = try await HTTP1Server.start(on: .tcp(host: "127.0.0.1", port: port), group: MultiThreadedEventLoopGroup.singleton, handler: handler)
        try await Task.sleep(for: .seconds(12))
        await server.shutdown(gracePeriod: .milliseconds(100))
    }
}
