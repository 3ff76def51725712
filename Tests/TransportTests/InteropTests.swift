import NIOCore
import Testing

@testable import Transport

/// Against other people's TLS and HTTP/2.
@Suite(.timeLimit(.minutes(5))) struct InteropTests {
  private static func client(_ address: ListenAddress, _ options: [String]) async throws -> (code: Int32, output: String) {
    let pki = try TestPKI.shared.get()
    return try await run(
      ["openssl", "s_client", "-connect", address.description, "-CAfile", pki.path("root.pem"), "-cert", pki.path("client.pem"), "-key", pki.path("client.key")] + options)
  }

  @Test func withoutALPNIsRefused() async throws {
    let pki = try TestPKI.shared.get()
    try await withServer(tls: pki.serverContext(), handler: mirror) { _, address in
      let none = try await Self.client(address, [])
      #expect(none.code != 0 && none.output.contains("no application protocol"))
      let other = try await Self.client(address, ["-alpn", "http/1.1"])
      #expect(other.code != 0 && other.output.contains("no application protocol"))
      let old = try await Self.client(address, ["-alpn", "h2", "-tls1_2"])
      #expect(old.code != 0 && old.output.contains("protocol version"))
      let good = try await Self.client(address, ["-alpn", "h2"])
      #expect(good.output.contains("ALPN protocol: h2") && good.output.contains("TLSv1.3"))
    }
  }

  @Test func curl() async throws {
    guard try await run(["curl", "--version"]).output.contains("HTTP2") else { return }
    let pki = try TestPKI.shared.get()
    try await withServer(tls: pki.serverContext(), handler: mirror) { server, _ in
      let base = "https://127.0.0.1:\(server.localPort ?? 0)"
      let common = [
        "curl", "-sS", "--http2", "--cacert", pki.path("root.pem"), "--cert", pki.path("client.pem"), "--key",
        pki.path("client.key"), "-w", " %{http_version} %{http_code}",
      ]
      #expect(try await run(common + ["\(base)/x?y=z"]).output == "GET /x?y=z  2 200")
      #expect(try await run(common + ["-d", "abc", "\(base)/p"]).output == "POST /p abc 2 200")
      let head = try await run(common + ["-I", "\(base)/h"])
      #expect(head.code == 0 && head.output.contains("x-method: HEAD"))
      let none = try await run(["curl", "-sS", "--http2", "--cacert", pki.path("root.pem"), "\(base)/"])
      #expect(none.code != 0)
    }
  }

  @Test func garbageDoesNoHarm() async throws {
    let pki = try TestPKI.shared.get()
    var random = SystemRandomNumberGenerator()
    let noise = (0..<20_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    let preface = [UInt8]("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
    let samples: [[UInt8]] = [
      noise, [UInt8]("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8), preface + noise, preface + settings + noise,
      // A ClientHello record whose length lies.
      [0x16, 3, 1, 0x40, 0] + noise, [0x16, 3, 1, 0xFF, 0xFF] + noise,
    ]
    var limits = HTTPLimits()
    limits.handshakeTimeout = .milliseconds(500)
    limits.pingInterval = .milliseconds(250)
    for tls in [try pki.serverContext(), nil] {
      try await withServer(tls: tls, limits: limits, handler: mirror) { server, address in
        for sample in samples { _ = try await RawClient.talk(to: server.localPort ?? 0, sample) }
        let connection = try await HTTPConnection.connect(to: address, tls: tls == nil ? nil : pki.clientContext(), group: group)
        let response = try await connection.request(method: "GET", path: "/")
        #expect(response.status == 200)
        await connection.close()
      }
    }
  }

  @Test func silenceAtTheStartIsTimedOut() async throws {
    let pki = try TestPKI.shared.get()
    var limits = HTTPLimits()
    limits.handshakeTimeout = .milliseconds(50)
    for tls in [try pki.serverContext(), nil] {
      let reason = OneShot<any Error>()
      try await withServer(
        tls: tls, limits: limits,
        observer: { if case .refused(_, let error) = $0 { reason.resolve(.success(error)) } }, handler: mirror
      ) { server, _ in
        _ = try await RawClient.talk(to: server.localPort ?? 0, [])
        #expect((try await reason.get() as? TransportError)?.kind == .timedOut)
      }
    }
  }
}
