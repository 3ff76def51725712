import NIOCore
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(5))) struct HTTP1Tests {
  private func with(
    _ handler: @escaping RequestHandler, _ body: (HTTP1Server, Int) async throws -> Void
  ) async throws {
    let server = try await HTTP1Server.start(on: .tcp(host: "127.0.0.1", port: 0), group: group, handler: handler)
    do { try await body(server, server.localPort ?? 0) } catch {
      await server.shutdown(gracePeriod: .zero)
      throw error
    }
    await server.shutdown(gracePeriod: .zero)
  }

  private static func talk(_ port: Int, _ text: String) async throws -> String {
    String(decoding: try await RawClient.talk(to: port, [UInt8](text.utf8)), as: UTF8.self)
  }

  private static let page: RequestHandler = { request, writer in
    #expect(request.peer == nil)
    try await writer.sendHead(status: 200, headers: [("content-type", "text/plain"), ("content-length", "5")])
    try await writer.write(ByteBuffer(string: request.head.path.prefix(5).padding(5)))
    try await writer.finish()
  }

  @Test func getHeadAndKeepAlive() async throws {
    try await with(Self.page) { _, port in
      let answer = try await Self.talk(
        port,
        "GET /one HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n" + "HEAD /two HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
          + "GET /tri HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n")
      #expect(answer.components(of: "HTTP/1.1 200 OK") == 3)
      #expect(answer.contains("/one ") && !answer.contains("/two") && answer.hasSuffix("/tri "))
      #expect(answer.components(of: "connection: close") == 1)
    }
  }

  @Test func hostAndMethodAreChecked() async throws {
    try await with(Self.page) { _, port in
      for host in ["Host: evil.example\r\n", "", "Host: localhost.evil.example\r\n", "Host: 127.0.0.1:x\r\n", "Host: a\r\nHost: localhost\r\n"] {
        let answer = try await Self.talk(port, "GET / HTTP/1.1\r\n\(host)\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 421 ") || answer.hasPrefix("HTTP/1.1 400 "), "\(host): \(answer)")
      }
      let post = try await Self.talk(
        port, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab")
      #expect(post.hasPrefix("HTTP/1.1 405 ") && post.contains("allow: GET, HEAD"))
      let large = try await Self.talk(
        port, "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\n\r\n" + String(repeating: "x", count: 70000))
      #expect(large.hasPrefix("HTTP/1.1 413 "))
      let head = try await Self.talk(
        port, "GET / HTTP/1.1\r\nHost: localhost\r\n" + String(repeating: "a: \(String(repeating: "y", count: 8000))\r\n", count: 9) + "\r\n")
      #expect(!head.contains("200 OK"))
      let garbage = try await Self.talk(port, "\u{1}\u{2}\u{3}\r\n\r\n")
      #expect(!garbage.contains("200 OK"))
    }
  }

  @Test func listensOnLoopbackOnly() async throws {
    #expect(
      try await kind { _ = try await HTTP1Server.start(on: .tcp(host: "0.0.0.0", port: 0), group: group, handler: Self.page) }
        == .bindFailed)
    for (host, accepted) in [
      ("localhost", true), ("LOCALHOST:1", true), ("127.0.0.1:65535", true), ("[::1]", true), ("::1", false),
      ("127.0.0.1.nip.io", false), ("localhost:123456", false), ("127.0.0.2", false), ("", false),
    ] { #expect(LoopbackHost.accepts(host) == accepted, "\(host)") }
  }

  @Test func eventsStream() async throws {
    let received = Signal()
    let gone = Signal()
    let handler: RequestHandler = { _, writer in
      try await writer.sendHead(status: 200, headers: [("content-type", "text/event-stream")])
      try await writer.write(ByteBuffer(string: "data: first\n\n"))
      do {
        try await received.get()
        while true { try await writer.write(ByteBuffer(repeating: 0x61, count: 65536)) }
      } catch {
        gone.give()
        throw error
      }
    }
    try await with(handler) { _, port in
      // The first event arrives while the handler is still waiting.
      let text = try await FirstWords.of(port, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n", until: "data: first\n\n")
      #expect(text.contains("transfer-encoding: chunked"))
      received.give()
      try await gone.get()
    }
  }

  @Test func failingHandlers() async throws {
    let handler: RequestHandler = { request, writer in
      if request.head.path == "/cut" {
        try await writer.sendHead(status: 200, headers: [])
        try await writer.write(ByteBuffer(string: "half"))
      }
      throw TestFailure("on purpose")
    }
    try await with(handler) { _, port in
      let failed = try await Self.talk(port, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
      #expect(failed.hasPrefix("HTTP/1.1 500 "))
      let cut = try await Self.talk(port, "GET /cut HTTP/1.1\r\nHost: localhost\r\n\r\n")
      #expect(cut.contains("half") && !cut.hasSuffix("0\r\n\r\n"))
    }
  }
}

extension StringProtocol {
  fileprivate func padding(_ count: Int) -> String { self + String(repeating: " ", count: Swift.max(0, count - self.count)) }

  fileprivate func components(of part: String) -> Int {
    var (found, rest) = (0, Substring(self))
    while let range = rest.firstRange(of: part) {
      found += 1
      rest = rest[range.upperBound...]
    }
    return found
  }
}
