import NIOCore
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(5))) struct StreamTests {
  private static let chunk = ByteBuffer(repeating: 0x5A, count: 64 * 1024)

  /// Answers `/ping`; leaves everything else to `handler`.
  private static func pinging(_ handler: @escaping RequestHandler) -> RequestHandler {
    { request, writer in
      guard request.head.path == "/ping" else { return try await handler(request, writer) }
      try await writer.sendHead(status: 200, headers: [])
      try await writer.finish()
    }
  }

  @Test func bothSidesWrite64MiBAtOnce() async throws {
    let total = 64 * 1024 * 1024
    let handler: RequestHandler = { request, writer in
      try await writer.sendHead(status: 200, headers: [])
      for try await chunk in request.body { try await writer.write(chunk) }
      try await writer.finish()
    }
    try await withPair(handler: handler) { _, connection in
      let stream = try await connection.openStream(method: "POST", path: "/v1/link")
      async let written: Void = {
        for _ in 0..<(total / 65536) { try await stream.write(Self.chunk) }
        try await stream.finish()
      }()
      #expect(try await stream.head().status == 200)
      var received = 0
      for try await chunk in stream.inbound {
        received += chunk.readableBytes
        #expect(chunk.readableBytesView.first == 0x5A)
      }
      try await written
      #expect(received == total)
    }
  }

  @Test func framesArriveAsTheyAreWritten() async throws {
    let handler: RequestHandler = { request, writer in
      try await writer.sendHead(status: 200, headers: [])
      for try await chunk in request.body { try await writer.write(chunk) }
      try await writer.finish()
    }
    try await withPair(handler: handler) { _, connection in
      let stream = try await connection.openStream(method: "POST", path: "/v1/link")
      _ = try await stream.head()
      var frames = stream.inbound.makeAsyncIterator()
      for number in 0..<500 {
        let frame = ByteBuffer(string: "frame \(number)")
        try await stream.write(frame)
        #expect(try await frames.next() == frame)
      }
      try await stream.finish()
      #expect(try await frames.next() == nil)
    }
  }

  @Test func slowServerStopsTheClient() async throws {
    let read = Signal()
    let arrived = Counter()
    let handler = Self.pinging { request, writer in
      try await read.get()
      for try await chunk in request.body { arrived.add(chunk.readableBytes) }
      try await writer.sendHead(status: 200, headers: [])
      try await writer.finish()
    }
    try await withPair(handler: handler) { _, connection in
      let stream = try await connection.openStream(method: "POST", path: "/sink")
      let accepted = Counter()
      let writer = Task {
        for _ in 0..<128 {
          try await stream.write(Self.chunk)
          accepted.add(Self.chunk.readableBytes)
        }
        try await stream.finish()
      }
      try await settle(accepted, on: connection)
      #expect(accepted.count >= 1024 * 1024 - 65536)
      #expect(accepted.count <= 1536 * 1024)
      #expect(arrived.count == 0)
      read.give()
      try await writer.value
      #expect(try await stream.head().status == 200)
      #expect(arrived.count == 128 * 65536)
    }
  }

  @Test func slowClientStopsTheServer() async throws {
    let accepted = Counter()
    let handler = Self.pinging { _, writer in
      try await writer.sendHead(status: 200, headers: [])
      for _ in 0..<128 {
        try await writer.write(Self.chunk)
        accepted.add(Self.chunk.readableBytes)
      }
      try await writer.finish()
    }
    try await withPair(handler: handler) { _, connection in
      let stream = try await connection.openStream(method: "GET", path: "/source")
      _ = try await stream.head()
      try await settle(accepted, on: connection)
      #expect(accepted.count >= 1024 * 1024 - 65536)
      #expect(accepted.count <= 1536 * 1024)
      var received = 0
      for try await chunk in stream.inbound { received += chunk.readableBytes }
      #expect(received == 128 * 65536)
      #expect(accepted.count == received)
    }
  }

  @Test func tinyFramesDoNotPinBuffers() async throws {
    let read = Signal()
    let handler = Self.pinging { request, writer in
      try await read.get()
      let body = try await request.body.collect(upTo: 1 << 20)
      try await writer.sendHead(status: 200, headers: [])
      try await writer.write(ByteBuffer(string: "\(body.readableBytes)"))
      try await writer.finish()
    }
    try await withPair(handler: handler) { _, connection in
      let stream = try await connection.openStream(method: "POST", path: "/tiny")
      for _ in 0..<3000 { try await stream.write(ByteBuffer(string: "x")) }
      _ = try await connection.request(method: "GET", path: "/ping")
      try await stream.finish()
      read.give()
      #expect(try await stream.inbound.collect(upTo: 10) == ByteBuffer(string: "3000"))
    }
  }

  @Test func cancelledRequestCancelsTheHandler() async throws {
    let started = Signal()
    let cancelled = Signal()
    let handler: RequestHandler = { _, _ in
      started.give()
      do { try await Signal().get() } catch {
        cancelled.give()
        throw error
      }
    }
    try await withPair(handler: handler) { _, connection in
      let request = Task { try await connection.request(method: "GET", path: "/slow") }
      try await started.get()
      request.cancel()
      #expect(try await kind { _ = try await request.value } == .cancelled)
      try await cancelled.get()
    }
  }

  @Test func resetAndDropCancelTheHandler() async throws {
    for drops in [false, true] {
      let cancelled = Signal()
      let handler: RequestHandler = { request, writer in
        try await writer.sendHead(status: 200, headers: [])
        do { for try await _ in request.body {} } catch {
          #expect((error as? TransportError)?.kind == .streamReset(8))
          #expect(Task.isCancelled)
          cancelled.give()
          throw error
        }
      }
      try await withPair(handler: handler) { _, connection in
        do {
          let stream = try await connection.openStream(method: "POST", path: "/")
          _ = try await stream.head()
          if !drops {
            stream.reset()
            #expect(try await kind { for try await _ in stream.inbound {} } == .cancelled)
            #expect(try await kind { try await stream.write(Self.chunk) } == .cancelled)
          }
        }
        try await cancelled.get()
      }
    }
  }

  @Test func lostConnectionEndsBothSides() async throws {
    let cancelled = Signal()
    let handler: RequestHandler = { request, writer in
      try await writer.sendHead(status: 200, headers: [])
      do { for try await _ in request.body {} } catch {
        cancelled.give()
        throw error
      }
    }
    try await withPair(handler: handler) { _, connection in
      let stream = try await connection.openStream(method: "POST", path: "/")
      _ = try await stream.head()
      await connection.close()
      #expect(try await kind { for try await _ in stream.inbound {} } == .connectionClosed)
      #expect(try await kind { try await stream.write(Self.chunk) } == .connectionClosed)
      #expect(try await kind { _ = try await connection.request(method: "GET", path: "/") } == .connectionClosed)
      try await cancelled.get()
    }
  }

  @Test func timeoutResetsTheStream() async throws {
    let started = Signal()
    let cancelled = Signal()
    let handler = Self.pinging { _, _ in
      started.give()
      do { try await Signal().get() } catch {
        cancelled.give()
        throw error
      }
    }
    try await withPair(handler: handler) { _, connection in
      // On a busy machine the time may be up before the request has left; then again.
      while !started.isResolved {
        let end = try await kind {
          _ = try await connection.request(method: "GET", path: "/slow", timeout: .milliseconds(30))
        }
        #expect(end == .timedOut)
        #expect(try await connection.request(method: "GET", path: "/ping").status == 200)
      }
      try await cancelled.get()
    }
  }

  @Test func manyCancelsDoNotEndAVerifiedConnection() async throws {
    let handler = Self.pinging { _, _ in try await Signal().get() }
    try await withPair(handler: handler) { _, connection in
      for _ in 0..<1500 {
        let stream = try await connection.openStream(method: "POST", path: "/")
        stream.reset()
      }
      for _ in 0..<1500 {
        let stream = try await connection.openStream(method: "POST", path: "/")
        _ = try await connection.request(method: "GET", path: "/ping")
        stream.reset()
      }
      #expect(try await connection.request(method: "GET", path: "/ping").status == 200)
    }
  }

  @Test func bodyFromBytes() async throws {
    #expect(try await BodyStream(bytes: [1, 2, 3]).collect(upTo: 3) == ByteBuffer(bytes: [1, 2, 3]))
    #expect(try await BodyStream(bytes: []).collect(upTo: 0) == ByteBuffer())
    #expect(try await kind { _ = try await BodyStream(bytes: [1, 2]).collect(upTo: 1) } == .protocolError)
  }
}
