import NIOCore
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(5))) struct RequestTests {
  @Test func getAndPost() async throws {
    try await withPair(handler: mirror) { _, connection in
      let get = try await connection.request(method: "GET", path: "/a?b=c")
      #expect(get.status == 200)
      #expect(get.headers.contains { $0.name == "x-method" && $0.value == "GET" })
      #expect(String(buffer: get.body) == "GET /a?b=c ")
      let post = try await connection.request(method: "POST", path: "/p", body: [UInt8]("内容".utf8))
      #expect(String(buffer: post.body) == "POST /p 内容")
      let empty = try await connection.request(method: "POST", path: "/p", body: [])
      #expect(String(buffer: empty.body) == "POST /p ")
    }
  }

  @Test func headHasNoBody() async throws {
    try await withPair(handler: mirror) { _, connection in
      let head = try await connection.request(method: "HEAD", path: "/")
      #expect(head.status == 200)
      #expect(head.body.readableBytes == 0)
    }
  }

  @Test func peerAndHeadersReachTheHandler() async throws {
    let pki = try TestPKI.shared.get()
    let handler: RequestHandler = { request, writer in
      let peer = try #require(request.peer)
      #expect(peer.verified && !peer.resumed && peer.chainDER.first == peer.leafDER && !peer.leafDER.isEmpty)
      #expect(request.head.first("x-one") == "1")
      #expect(request.remoteAddress.hasPrefix("127.0.0.1:"))
      #expect(request.head.authority.hasPrefix("127.0.0.1:"))
      try await writer.sendHead(status: 204, headers: [("connection", "dropped"), ("X-Two", "2")])
      try await writer.finish()
    }
    try await withServer(tls: pki.serverContext(), handler: handler) { _, address in
      let connection = try await HTTPConnection.connect(to: address, tls: pki.clientContext(), group: group)
      #expect(connection.peer?.verified == true)
      let response = try await connection.request(method: "GET", path: "/", headers: [("X-One", "1")])
      #expect(response.status == 204)
      #expect(response.headers.map(\.name) == ["x-two"])
      await connection.close()
      #expect(connection.isClosed)
    }
  }

  @Test func thousandAtOnce() async throws {
    try await withPair(handler: mirror) { server, connection in
      try await withThrowingTaskGroup(of: Bool.self) { tasks in
        for number in 0..<1000 {
          tasks.addTask {
            let response = try await connection.request(method: "POST", path: "/n", body: [UInt8]("\(number)".utf8))
            return String(buffer: response.body) == "POST /n \(number)"
          }
        }
        for try await right in tasks { #expect(right) }
      }
      #expect(server.connectionCount == 1)
    }
  }

  @Test func failingHandlers() async throws {
    let handler: RequestHandler = { request, writer in
      switch request.head.path {
      case "/throws": throw TestFailure("on purpose")
      case "/silent": return
      case "/late":
        try await writer.sendHead(status: 200, headers: [])
        throw TestFailure("on purpose")
      case "/cut":
        try await writer.sendHead(status: 200, headers: [])
        try await writer.write(ByteBuffer(string: "half"))
      case "/twice":
        try await writer.sendHead(status: 200, headers: [])
        #expect(try await kind { try await writer.sendHead(status: 200, headers: []) } == .protocolError)
        try await writer.finish()
        #expect(try await kind { try await writer.write(ByteBuffer(string: "late")) } == .protocolError)
      default:
        #expect(try await kind { try await writer.sendHead(status: 101, headers: []) } == .protocolError)
        #expect(try await kind { try await writer.sendHead(status: 200, headers: [("a", "b\r\nc: d")]) } == .protocolError)
        try await writer.sendHead(status: 200, headers: [])
        try await writer.finish()
      }
    }
    try await withPair(handler: handler) { _, connection in
      let thrown = try await connection.request(method: "GET", path: "/throws")
      #expect(thrown.status == 500)
      #expect(try await connection.request(method: "GET", path: "/silent").status == 500)
      for path in ["/late", "/cut"] {
        #expect(try await kind { _ = try await connection.request(method: "GET", path: path) } == .streamReset(2))
      }
      #expect(try await connection.request(method: "GET", path: "/twice").status == 200)
      #expect(try await connection.request(method: "GET", path: "/rules").status == 200)
    }
  }

  @Test func limitsAreKept() async throws {
    var limits = HTTPLimits()
    limits.maxResponseBytes = 1000
    let pki = try TestPKI.shared.get()
    try await withServer(tls: pki.serverContext(), handler: mirror) { _, address in
      let connection = try await HTTPConnection.connect(to: address, tls: pki.clientContext(), group: group, limits: limits)
      let large = [UInt8](repeating: 0x61, count: 5000)
      #expect(try await kind { _ = try await connection.request(method: "POST", path: "/", body: large) } == .protocolError)
      let long = String(repeating: "x", count: 40_000)
      #expect(try await connection.request(method: "GET", path: "/", headers: [("x-long", long)]).status == 431)
      #expect(try await kind { _ = try await connection.request(method: "GET", path: "no-slash") } == .protocolError)
      #expect(try await connection.request(method: "GET", path: "/").status == 200)
      await connection.close()
    }
  }

  @Test func unreadUploadIsStopped() async throws {
    let handler: RequestHandler = { _, writer in
      try await writer.sendHead(status: 413, headers: [])
      try await writer.finish()
    }
    try await withPair(handler: handler) { _, connection in
      let stream = try await connection.openStream(method: "POST", path: "/")
      let head = try await stream.head()
      #expect(head.status == 413)
      // The handler is gone: the server resets with NO_ERROR, and writing ends.
      let chunk = ByteBuffer(repeating: 0, count: 65536)
      let end = try await kind { while true { try await stream.write(chunk) } }
      #expect(end == .streamReset(0))
    }
  }

  @Test func tooManyConnectionsAreClosed() async throws {
    var limits = HTTPLimits()
    limits.maxConnections = 1
    let pki = try TestPKI.shared.get()
    try await withServer(tls: pki.serverContext(), limits: limits, handler: mirror) { server, address in
      let first = try await HTTPConnection.connect(to: address, tls: pki.clientContext(), group: group)
      await #expect(throws: TransportError.self) {
        _ = try await HTTPConnection.connect(to: address, tls: pki.clientContext(), group: group)
      }
      #expect(try await first.request(method: "GET", path: "/").status == 200)
      #expect(server.connectionCount == 1)
      await first.close()
    }
  }
}
