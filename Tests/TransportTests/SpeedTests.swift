import Foundation
import NIOCore
import Testing

@testable import Transport

/// Measures; run it in a release build with TRANSPORT_BENCH set. The bounds
/// only catch a loss of an order of magnitude.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["TRANSPORT_BENCH"] != nil), .serialized)
struct SpeedTests {
  private func report(_ what: String, _ start: (ContinuousClock.Instant, Double), _ detail: (Double) -> String) {
    let wall = (ContinuousClock.now - start.0) / .seconds(1)
    let cpu = Self.cpuSeconds() - start.1
    FileHandle.standardError.write(
      Data("\(what): \(detail(wall)), wall \(Int(wall * 1000)) ms, CPU \(Int(cpu * 1000)) ms (both sides)\n".utf8))
  }

  private static func cpuSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

  @Test func upload() async throws {
    let handler: RequestHandler = { request, writer in
      var total = 0
      for try await chunk in request.body { total += chunk.readableBytes }
      try await writer.sendHead(status: 200, headers: [("x-total", "\(total)")])
      try await writer.finish()
    }
    try await withPair(handler: handler) { _, connection in
      let chunk = ByteBuffer(repeating: 7, count: 64 * 1024)
      let mebibytes = 1024
      let start = (ContinuousClock.now, Self.cpuSeconds())
      let stream = try await connection.openStream(method: "POST", path: "/")
      for _ in 0..<(mebibytes * 16) { try await stream.write(chunk) }
      try await stream.finish()
      let head = try await stream.head()
      #expect(head.headers.contains { $0.value == "\(mebibytes << 20)" })
      report("upload 1 GiB", start) { "\(Int(Double(mebibytes) / $0)) MiB/s" }
    }
  }

  @Test func frameLatency() async throws {
    let handler: RequestHandler = { request, writer in
      try await writer.sendHead(status: 200, headers: [])
      for try await chunk in request.body { try await writer.write(chunk) }
      try await writer.finish()
    }
    try await withPair(handler: handler) { _, connection in
      let stream = try await connection.openStream(method: "POST", path: "/")
      _ = try await stream.head()
      var frames = stream.inbound.makeAsyncIterator()
      var times: [Duration] = []
      for _ in 0..<5000 {
        let begin = ContinuousClock.now
        try await stream.write(ByteBuffer(repeating: 1, count: 200))
        _ = try await frames.next()
        times.append(ContinuousClock.now - begin)
      }
      times.sort()
      let start = (ContinuousClock.now, Self.cpuSeconds())
      report("frame round trip", start) { _ in "median \(times[2500]), 99 % \(times[4950])" }
      try await stream.finish()
      #expect(times[2500] < .milliseconds(10))
    }
  }

  @Test func requests() async throws {
    try await withPair(handler: mirror) { _, connection in
      let start = (ContinuousClock.now, Self.cpuSeconds())
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for _ in 0..<32 {
          tasks.addTask {
            for _ in 0..<2000 { _ = try await connection.request(method: "GET", path: "/") }
          }
        }
        try await tasks.waitForAll()
      }
      report("64,000 GETs, 32 at once", start) { "\(Int(64000 / $0)) per second" }
    }
  }
}
