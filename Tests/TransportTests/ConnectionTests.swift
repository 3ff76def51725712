import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(5))) struct ConnectionTests {
  private static let emptySettings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
  private static let preface = [UInt8]("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  @Test("Why nobody could be reached is told in words: an unknown name, a refusal")
  func reasonsInWords() async throws {
    func words(_ host: String, _ port: Int) async -> String? {
      do {
        _ = try await HTTPConnection.connect(to: .tcp(host: host, port: port), tls: nil, group: group)
        return nil
      } catch { return "\(error)" }
    }
    let unknown = try #require(await words("not a host name", 1))
    #expect(unknown.hasPrefix("The name not a host name has no address: ") && unknown.contains("name server"), "\(unknown)")
    let listener = try await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(listener.localAddress?.port)
    try await listener.close()
    let refused = try #require(await words("127.0.0.1", port))
    #expect(refused.hasPrefix("Cannot connect to 127.0.0.1:\(port): 127.0.0.1: ") && refused.contains("refused"), "\(refused)")
    #expect(!refused.contains("NIO") && !refused.contains("SingleConnectionFailure"), "\(refused)")
  }

  @Test func shutdownLetsRunningRequestsFinish() async throws {
    let pki = try TestPKI.shared.get()
    let started = Signal()
    let release = Signal()
    let handler: RequestHandler = { request, writer in
      started.give()
      try await release.get()
      try await mirror(request, writer)
    }
    let server = try await HTTPServer.start(
      on: .tcp(host: "127.0.0.1", port: 0), tls: pki.serverContext(), group: group, handler: handler)
    let address = ListenAddress.tcp(host: "127.0.0.1", port: server.localPort ?? 0)
    let connection = try await HTTPConnection.connect(to: address, tls: pki.clientContext(), group: group)
    let running = Task { try await connection.request(method: "POST", path: "/", body: [0x61]) }
    try await started.get()
    let stopping = Task { await server.shutdown(gracePeriod: .seconds(30)) }
    // New requests are refused as soon as the GOAWAY is here; those before are served.
    var refused: TransportError.Kind?
    var early: [Task<HTTPResponse, any Error>] = []
    while refused == nil {
      do {
        let stream = try await connection.openStream(method: "GET", path: "/early")
        try await stream.finish()
        early.append(
          Task {
            let head = try await stream.head()
            return HTTPResponse(status: head.status, headers: head.headers, body: try await stream.inbound.collect(upTo: 100))
          })
      } catch let error as TransportError { refused = error.kind }
      await Task.yield()
    }
    #expect(refused == .goingAway(retryable: true))
    release.give()
    let response = try await running.value
    #expect(String(buffer: response.body) == "POST / a")
    for task in early {
      do { #expect(try await task.value.status == 200) } catch let error as TransportError {
        #expect(error.kind == .goingAway(retryable: true))
      }
    }
    await stopping.value
    #expect(await connection.waitUntilClosed() != nil)
    #expect(server.connectionCount == 0)
    await #expect(throws: TransportError.self) {
      _ = try await HTTPConnection.connect(to: address, tls: pki.clientContext(), group: group)
    }
  }

  @Test func shutdownEndsAfterTheGracePeriod() async throws {
    let pki = try TestPKI.shared.get()
    let cancelled = Signal()
    let server = try await HTTPServer.start(
      on: .tcp(host: "127.0.0.1", port: 0), tls: pki.serverContext(), group: group,
      handler: { _, writer in
        try await writer.sendHead(status: 200, headers: [])
        do { try await Signal().get() } catch { cancelled.give() }
      })
    let connection = try await HTTPConnection.connect(
      to: .tcp(host: "127.0.0.1", port: server.localPort ?? 0), tls: pki.clientContext(), group: group)
    let stream = try await connection.openStream(method: "POST", path: "/v1/link")
    _ = try await stream.head()
    await server.shutdown(gracePeriod: .milliseconds(100))
    try await cancelled.get()
    #expect(try await kind { for try await _ in stream.inbound {} } == .connectionClosed)
  }

  @Test func silentServerIsNoticed() async throws {
    let server = try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(MuteServer()) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    var limits = HTTPLimits()
    limits.pingInterval = .milliseconds(250)
    let connection = try await HTTPConnection.connect(
      to: .tcp(host: "127.0.0.1", port: server.localAddress?.port ?? 0), tls: nil, group: group, limits: limits)
    let stream = try await connection.openStream(method: "POST", path: "/v1/link")
    #expect(try await kind { _ = try await stream.head() } == .timedOut)
    #expect((await connection.waitUntilClosed() as? TransportError)?.kind == .timedOut)
    try await server.close().get()
  }

  @Test func silentClientIsNoticed() async throws {
    var limits = HTTPLimits()
    limits.pingInterval = .milliseconds(40)
    let reason = OneShot<(any Error)?>()
    try await withServer(
      tls: nil, limits: limits,
      observer: { if case .closed(_, let error) = $0 { reason.resolve(.success(error)) } }, handler: mirror
    ) { server, _ in
      let answer = try await RawClient.talk(to: server.localPort ?? 0, Self.preface + Self.emptySettings)
      #expect(answer.starts(with: [0, 0]))
      #expect((try await reason.get() as? TransportError)?.kind == .timedOut)
    }
  }

  @Test func answeredPingsKeepAnIdleConnection() async throws {
    var limits = HTTPLimits()
    limits.pingInterval = .milliseconds(100)
    try await withServer(tls: nil, limits: limits, handler: mirror) { _, address in
      var patient = HTTPLimits()
      patient.pingInterval = .seconds(60)
      let connection = try await HTTPConnection.connect(to: address, tls: nil, group: group, limits: patient)
      // Seven intervals with nothing but the server's PINGs.
      try await group.next().scheduleTask(in: .milliseconds(700)) {}.futureResult.get()
      #expect(!connection.isClosed)
      let response = try await connection.request(method: "GET", path: "/")
      #expect(response.status == 200)
      await connection.close()
    }
  }

  @Test func unixSocket() async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("t-\(UUID().uuidString.prefix(8)).sock").path
    let server = try await HTTPServer.start(
      on: .unix(path: path), tls: nil, group: group,
      handler: { request, writer in
        #expect(request.peer == nil && request.remoteAddress == "unix")
        try await mirror(request, writer)
      })
    #expect(server.localPort == nil)
    let connection = try await HTTPConnection.connect(to: .unix(path: path), tls: nil, group: group)
    let response = try await connection.request(method: "POST", path: "/u", body: [0x78])
    #expect(String(buffer: response.body) == "POST /u x")
    await connection.close()
    await server.shutdown(gracePeriod: .seconds(1))
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func nobodyListens() async throws {
    let server = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0), tls: nil, group: group, handler: mirror)
    let address = ListenAddress.tcp(host: "127.0.0.1", port: server.localPort ?? 0)
    #expect(
      try await kind { _ = try await HTTPServer.start(on: address, tls: nil, group: group, handler: mirror) } == .bindFailed)
    await server.shutdown(gracePeriod: .zero)
    #expect(try await kind { _ = try await HTTPConnection.connect(to: address, tls: nil, group: group) } == .connectFailed)
  }

  @Test func cancelledConnect() async throws {
    let accepted = Signal()
    let server = try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        accepted.give()
        return channel.eventLoop.makeSucceededVoidFuture()
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = server.localAddress?.port ?? 0
    let task = Task {
      try await HTTPConnection.connect(to: .tcp(host: "127.0.0.1", port: port), tls: nil, group: group)
    }
    try await accepted.get()
    task.cancel()
    #expect(try await kind { _ = try await task.value } == .cancelled)
    try await server.close().get()
  }
}

/// Says enough to look like an HTTP/2 server, then nothing any more.
private final class MuteServer: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  func channelActive(context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [0, 0, 0, 4, 0, 0, 0, 0, 0] as [UInt8])), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}
